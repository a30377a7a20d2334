/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * page_dashboard_parts.h - the sections of dashboard.html, and how they word a cell.  Withheld cells are said to be so.
 */
#ifndef REPORT_PAGE_DASHBOARD_PARTS_H
#define REPORT_PAGE_DASHBOARD_PARTS_H

#include "report/dashboard.h"
#include "report/html.h"

/** "37.7 %", "4.31"; what was to be expected likewise. */
const char *cell_share_words(const struct dashboard *d, size_t m, const struct dashboard_cell *cell);
const char *cell_expected_words(const struct dashboard *d, size_t m, const struct dashboard_cell *cell);

/** "37.7 % of 120 people", told as a share "38 %", "4.31 events per 1,000 person-days". */
const char *cell_value_words(const struct dashboard *d, size_t m, const struct dashboard_cell *cell);
const char *cell_ratio_words(struct pool *pool, const struct dashboard_cell *cell);
const char *cell_interval_words(struct pool *pool, const struct dashboard_cell *cell);
const char *cell_count_words(struct pool *pool, const struct dashboard_cell *cell, int64_t n);

/** What stands out: programmes beyond the 99.8 % limits, and periods of all programmes. */
void write_dashboard_signals(struct html *html, const struct dashboard *d);

/** A measure: its charts, programmes and periods, on what it rests. */
void write_dashboard_measure(struct html *html, const struct dashboard *d, size_t m);

#endif
