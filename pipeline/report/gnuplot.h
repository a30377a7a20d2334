/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * gnuplot.h - runs of gnuplot, side by side: no shell, fixed arguments, nothing to read but the tables of one folder.
 *
 *     gnuplot --default-settings -c PLOTS/draw.gp PLOTS JOBS
 *
 * started in the folder of the tables, found through PATH, with standard input closed, an environment of its own and
 * its messages in the file `messages-K`.  JOBS is what plots/draw.gp reads: "0:curves:svg 1:forest:png".  A run has a
 * time limit; then it and its children are killed.
 *
 * Its PNGs are packed by png_pack.h, from a shared object that takes the place of cairo's writer (preload/cairo_png.c,
 * through LD_PRELOAD: gnuplot offers no other way); where that is not to be had gnuplot packs them by itself, more slowly.
 */
#ifndef REPORT_GNUPLOT_H
#define REPORT_GNUPLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum gnuplot_end { GNUPLOT_DONE, GNUPLOT_FAILED, GNUPLOT_TIMED_OUT, GNUPLOT_MISSING };

struct gnuplot_run {
    const char *jobs;
    int limit_seconds;
    enum gnuplot_end end; /* output */
    int status;           /* output: as wait() has it, when it ended by itself and failed */
    pid_t child;          /* while it runs */
};

/**
 * Runs all at once and waits for all; tells nothing, so that a failed list may be tried again piece by piece.  While it waits
 * it calls meanwhile(context), which does a little and says whether it did; NULL: there is nothing to do.
 */
void gnuplot_run(const char *plots, const char *folder, struct gnuplot_run *runs, size_t n, bool (*meanwhile)(void *context),
                 void *context);

/** Tells why run number k ended as it did; `what` serves the message.  Nothing for GNUPLOT_DONE. */
void gnuplot_tell(const char *folder, const struct gnuplot_run *run, size_t k, const char *what);

#endif
