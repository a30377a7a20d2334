/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * axis.h - where ticks stand: at numbers a person would choose.
 */
#ifndef REPORT_AXIS_H
#define REPORT_AXIS_H

#include <stdbool.h>
#include <stddef.h>

/** The smallest of 1, 2, 5 times a power of ten that needs at most n_max steps over a range > 0. */
double axis_step(double range, size_t n_max);

/** For times: of days the steps of a calendar (1, 2, 5, 7, 10, 14, 30, 60, 90, 180, 365, ...), else axis_step(). */
double axis_time_step(double range, size_t n_max, bool days);

/** The nearest of 1, 2, 5 times a power of ten at or below x > 0, where it is near (a factor of 1.6), else x. */
double axis_log_floor(double x);

/** Ticks of a log axis within [low, high]: from 1, 2, 5 times powers of ten; at most n_max, returns how many. */
size_t axis_log_ticks(double low, double high, double *ticks, size_t n_max);

#endif
