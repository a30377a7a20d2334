/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * gnuplot.h - one run of gnuplot: no shell, fixed arguments, nothing to read but the tables of one folder.
 *
 *     gnuplot --default-settings -c PLOTS/TEMPLATE PLOTS
 *
 * started in the folder of the tables, found through PATH, with standard input closed, an environment of its own
 * and its messages in the file `messages`.  It has a time limit; then it and its children are killed.
 */
#ifndef REPORT_GNUPLOT_H
#define REPORT_GNUPLOT_H

enum gnuplot_end { GNUPLOT_DONE, GNUPLOT_FAILED, GNUPLOT_TIMED_OUT };

/** Anything but GNUPLOT_DONE is told: not found, exit status, signal, time. */
enum gnuplot_end gnuplot_run(const char *plots, const char *template_name, const char *folder, int limit_seconds);

#endif
