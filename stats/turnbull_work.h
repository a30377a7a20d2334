/* SPDX-License-Identifier: GPL-3.0-or-later */
/** turnbull_work.h - what turnbull_solve leaves for turnbull_error; private to these two. */
#ifndef STATS_TURNBULL_WORK_H
#define STATS_TURNBULL_WORK_H

#include <stddef.h>

/* An end of a row's interval.  Ends at one time come in the order: start of a point, upper ends, lower ends. */
enum turnbull_end_kind { END_POINT, END_UPPER, END_LOWER };

struct turnbull_end {
    double time;
    enum turnbull_end_kind kind;
};

/* Rows that are alike, as a range of innermost intervals and how many. */
struct turnbull_range {
    double lower, upper;
    double count;
    size_t first, last; /* covers first .. last */
};

struct turnbull_work {
    struct turnbull_end *end;     /* [2 n] */
    struct turnbull_range *range; /* [n] */
    size_t n_range;
    double *below;         /* [n + 1] mass before each interval */
    double *gradient;      /* [n + 1] g */
    double *slope, *curve; /* [n + 1] of the likelihood by the sums below; for the minorant */
    double *target;        /* [n + 1] */
    double *trial;         /* [n + 1] */
    size_t *pool;          /* [n + 1] */
    double *pool_weight;   /* [n + 1] */
};

#endif
