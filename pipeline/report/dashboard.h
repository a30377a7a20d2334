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
    double expected, variance, ratio, conf_low, conf_high, z, centre, low, high, person_time, factor; /* NAN where there is none */
    const char *signal;      /* of table programmes; "" */
    int64_t phase;           /* of its control chart; MISSING_INTEGER over all periods */
    bool in_baseline;        /* the limits of the phase are taken from it */
    bool withheld;           /* either count: the cell then says nothing */
};

struct dashboard_question { /* a measure */
    const char *id, *label, *adjusted, *note, *spread, *chart, *rules, *time_units;
    bool higher_is_better, is_rate; /* events over time, else a share of people */
    bool is_share;                  /* told as a share: its counts are those of the first measure's people (programme_shares.h) */
    int64_t run, trend;             /* points that are a signal */
    double phi;
    int64_t n_unknown, n_not_due, n_missing; /* MISSING_INTEGER where not told */
};

/** A phase of control charts, of all programmes ("") or of one that has its own. */
struct dashboard_span {
    const char *measure, *programme, *from, *freeze, *because, *note;
    int64_t phase; /* MISSING_INTEGER: not begun */
};

struct dashboard {
    struct pool *pool;
    int64_t threshold;
    size_t n_measures, n_programmes, n_periods;
    struct dashboard_question *measures; /* [n_measures] */
    const char **programmes, **periods;  /* [n_programmes], [n_periods] */
    size_t n_spans;
    struct dashboard_span *spans;        /* [n_spans] table programme_phases */
    struct dashboard_cell *cells;        /* [n_measures * (n_programmes + 1) * (n_periods + 1)], totals first */
};

/** 1 when the study has a dashboard, 0 when it has none, -1 after telling; free in any case. */
int dashboard_read(struct bundle *bundle, struct dashboard *dashboard);
void dashboard_free(struct dashboard *dashboard);

/** Programme p - 1 (0: all) in period q - 1 (0: all). */
const struct dashboard_cell *dashboard_at(const struct dashboard *dashboard, size_t measure, size_t p, size_t q);

/** "All programmes", or the name. */
const char *dashboard_programme(const struct dashboard *dashboard, size_t p);

/** The share of people, or the rate in events a unit of time; NAN. */
double dashboard_value(const struct dashboard_cell *cell);
double dashboard_expected(const struct dashboard_cell *cell); /* the same of what was to be expected */

/** A share is read in per cent, a rate in events per 1,000 units: times this. */
double dashboard_scale(const struct dashboard_question *measure);

/** "37.7 %", or "4.31": a rate without its unit, which is dashboard_per(): "per 1,000 person-days". */
const char *dashboard_words(struct pool *pool, const struct dashboard_question *measure, double value);
const char *dashboard_per(struct pool *pool, const struct dashboard_question *measure);

/** Its chart and what is told of it: "p chart (Laney). Told are ..."; in whole sentences. */
const char *dashboard_rules(struct pool *pool, const struct dashboard_question *measure);

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
