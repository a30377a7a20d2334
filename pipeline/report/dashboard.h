/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * dashboard.h - the released programmes by period in memory, and what is said of them in words.
 */
#ifndef REPORT_DASHBOARD_H
#define REPORT_DASHBOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/bundle.h"

struct dashboard_cell {
    int64_t n, n_event;      /* MISSING_INTEGER where withheld */
    double expected, variance, ratio, conf_low, conf_high, z, centre, low, high; /* NAN where there is none */
    const char *signal;      /* of table programmes; "" */
    bool withheld;           /* either count: the cell then says nothing */
};

struct dashboard_question { /* a measure */
    const char *id, *label, *adjusted, *note, *spread;
    bool higher_is_better;
    double phi;
    int64_t n_unknown, n_not_due, n_missing; /* MISSING_INTEGER where not told */
};

struct dashboard {
    struct pool *pool;
    int64_t threshold;
    size_t n_measures, n_programmes, n_periods;
    struct dashboard_question *measures; /* [n_measures] */
    const char **programmes, **periods;  /* [n_programmes], [n_periods] */
    struct dashboard_cell *cells;        /* [n_measures * (n_programmes + 1) * (n_periods + 1)], totals first */
};

/** 1 when the study has a dashboard, 0 when it has none, -1 after telling; free in any case. */
int dashboard_read(struct bundle *bundle, struct dashboard *dashboard);
void dashboard_free(struct dashboard *dashboard);

/** Programme p - 1 (0: all) in period q - 1 (0: all). */
const struct dashboard_cell *dashboard_at(const struct dashboard *dashboard, size_t measure, size_t p, size_t q);

/** "All programmes", or the name. */
const char *dashboard_programme(const struct dashboard *dashboard, size_t p);

double dashboard_share(const struct dashboard_cell *cell);  /* NAN */

/** Where a programme lies, from its signal: 2 outside the 99.8 % limits, 1 the 95 % limits, negative below, 0 within. */
int dashboard_place(const struct dashboard_cell *cell);

/**
 * What a place says: "Worse: lower than chance explains", "To watch: somewhat lower", ...; "" for 0.
 * The script of the page says the same.
 */
const char *dashboard_flag(const struct dashboard_question *measure, int place);

/** What stands out in a period, from its signal: "worse: below the limits; a run below the centre"; "" when nothing. */
const char *dashboard_period_flag(struct pool *pool, const struct dashboard_question *measure,
                                  const struct dashboard_cell *cell);

/** The factor by which dispersion widens limits: 1 where chance explains what lies between programmes. */
double dashboard_dispersion(const struct dashboard_question *measure);

/** dashboard.html, caller frees; NULL after telling. */
char *page_dashboard(struct bundle *bundle, const struct dashboard *dashboard, size_t *length);

/** The data block that the page's script reads: JSON with every < > & escaped; caller frees; NULL after telling. */
char *dashboard_json(const struct dashboard *dashboard);

extern const char dashboard_script[]; /* made from dashboard.js */

#endif
