/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * figure_jobs.h - the drawing of all figures, dealt to several gnuplots.
 *
 * A job is one figure in one format, at both sizes.  PNGs take more than half of the time, which goes with their area, so
 * jobs are dealt heaviest first, each to the gnuplot with the least to do (Graham 1969, doi:10.1137/0117039: at most
 * a third over the best).  Each gnuplot draws its jobs in the order of the figures, so that figures become whole one after the
 * other and may be finished while others are drawn.
 */
#ifndef REPORT_FIGURE_JOBS_H
#define REPORT_FIGURE_JOBS_H

#include <stdbool.h>
#include <stddef.h>

#include "report/gnuplot.h"
#include "report/pool.h"

enum { N_FORMATS = 3 };
extern const char *const figure_formats[N_FORMATS]; /* svg, pdf, png */

struct figure_job {
    size_t figure; /* its number, in the names of its tables */
    const char *template_name;
    size_t format; /* 0 .. N_FORMATS - 1 */
    const char *file; /* the first that it writes */
    double weight;
    size_t run;    /* output: which gnuplot draws it */
    bool ended;
};

/** What a job costs, in square millimetres of a PNG; area: of both sizes together. */
double figure_job_weight(size_t format, double area);

/**
 * Deals n jobs (which are put into the order of runs, and of their lists) to n_runs gnuplots and writes their lists into runs[].jobs; a run
 * may get none and then has an empty list.  A run has limit_seconds for its first job and a twentieth more for each.
 */
void figure_jobs_deal(struct pool *pool, struct figure_job *jobs, size_t n, struct gnuplot_run *runs, size_t n_runs,
                      int limit_seconds);

/**
 * While n jobs are drawn: a figure whose jobs have all ended since this was asked last, or SIZE_MAX.  A job has
 * ended when its gnuplot has begun the file of the one after it; those of the last jobs of the lists are not told.
 */
size_t figure_jobs_next_whole(struct figure_job *jobs, size_t n);

#endif
