/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * results.h - the tables of results.h5: their columns, in one place.
 *
 * Texts are "" and numbers missing where a column does not apply.  Rows are in a fixed order (analysis,
 * outcome, population, arm or pair, day), which the study file alone decides, so equal people give equal
 * bytes whatever the order of the input rows.
 *
 *   study        key value line                       every scalar of the study file, in its order
 *   provenance   key value                            store/chain.h
 *   quality      table file column quantity reason n  copied from records.h5
 *   attrition    step label unit dropped left reason  copied from cohort.h5; step counts from 1
 *   baseline     population term level arm n n_missing mean std_dev percent
 *                term: covariate; level: of a factor, "" for a number; n: with a value (number) or in the level (factor)
 *   balance      analysis outcome population adjustment term level arm reference smd variance_ratio ks_statistic
 *                denominator; unadjusted: of all people of the population, without analysis and outcome
 *   overlap      analysis outcome population adjustment arm reference people_of score_from score_to n
 *   risk_tables  analysis outcome population adjustment stratum arm time entered n_event_1 .. n_event_K n_censor
 *                the first row of an arm has no time: who was at risk from the start;
 *                K: most causes of any outcome; cause 1 is the outcome's event, the others compete
 *   curves       analysis outcome population adjustment stratum measure cause arm time n_risk n_event n_censor
 *                estimate std_error conf_low conf_high
 *                measure: survival (no competing cause) or cumulative_incidence (cause "event" or a competing name);
 *                starts with a row at time 0 when nothing happens on day 0
 *   differences  compare/differences.h
 *   calibration  compare/calibration.h
 *   estimates    compare/estimates.h
 *   verdicts     below
 *   published    published.h
 *   outcomes     outcome label rule event_is causes has_time descriptive units definition - one row an outcome
 *   losses       outcome reason n                      copied from outcomes.h5
 *   arms         arm condition is_reference n - one row an arm, in the study's order
 */
#ifndef COMPARE_RESULTS_H
#define COMPARE_RESULTS_H

#include "base/table.h"
#include "compare/estimates.h"

/** One row of verdicts. */
struct verdict_row {
    const char *analysis, *outcome, *population, *adjustment, *estimand;
    enum measure measure;
    const char *arm, *reference;
    double time, margin;
    const char *because, *worse_is, *role; /* worse_is: "higher" or "lower" value of the measure */
    double estimate, conf_low, conf_high, conf_level;
    const char *verdict;                   /* "non-inferior", "inferior", "inconclusive", "undefined" */
    const char *statistically;             /* "better", "worse", "not different", "" */
    double power;
    int64_t n_needed_80, n_needed_90;
    const char *gate, *note;               /* gate: warnings that a reader must see beside the verdict */
};

/** One row of balance. */
struct balance_row {
    const char *analysis, *outcome, *population, *adjustment, *term, *level, *arm, *reference;
    double smd, variance_ratio, ks;
};

/* Empty tables with all their columns; NULL after telling. */
struct table *verdicts_alloc(void);
struct table *baseline_alloc(void);
struct table *balance_alloc(void);
struct table *overlap_alloc(void);
struct table *curves_alloc(void);
struct table *risk_tables_alloc(size_t n_causes);

int balance_row_add(struct table *balance, const struct balance_row *row); /* denominator: pooled */
int verdicts_add(struct table *verdicts, const struct verdict_row *row);

#endif
