/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * digitised_rows.h - points read off a printed curve, and the numbers at risk printed below it.
 *
 *     curve     columns time, survival, and arm where there are several curves
 *     at risk   columns time, n, arm likewise; and events: how many in all, in one row of an arm, where it is printed
 *
 * Points are read by hand or by a program that follows pixels, so they jitter: a point may lie a little above the one before
 * (READING_SLACK) and is then taken as level; more is told as a mistake, with line and column.
 */
#ifndef VERIFY_DIGITISED_ROWS_H
#define VERIFY_DIGITISED_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** How far above the point before a point may lie, as a share. */
#define READING_SLACK 0.02

struct digitised_options {
    bool percent;  /* survival is 0 .. 100 */
    bool rising;   /* the curve is of events that have happened: survival is 1 less it */
};

/** One arm, ready for stats/guyot.h: every number at risk has a point. */
struct digitised_arm {
    char *name;            /* "" without a column arm */
    size_t n, capacity;
    double *time, *surv;   /* [n] */
    size_t n_risk;
    double *risk_time;     /* [n_risk] */
    int64_t *risk;
    size_t *place;         /* [n_risk] */
    int64_t n_event;       /* -1: not printed */
    size_t n_levelled;     /* points that were taken as level */
};

struct digitised {
    size_t n;
    struct digitised_arm *arms; /* in the order of the curve file */
};

/** -1 after telling with line and column.  Free in any case. */
int digitised_read(const char *curve, const char *at_risk, const struct digitised_options *options, struct digitised *digitised);
void digitised_free(struct digitised *digitised);

#endif
