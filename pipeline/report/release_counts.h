/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * release_counts.h - every count of results.h5, as relations of one system: count_system.h; with what a reader knows about them.
 *
 * Which relations there are, table by table:
 *
 *     quality     rows in = kept + rejected; rejected = sum of its reasons, of its columns; all files = sum of the files;
 *                 kept + missing of a column = rows kept
 *     attrition   left = left before - dropped; its first line is what quality counts
 *     arms        their sum is what the attrition leaves
 *     baseline    sum of the levels + missing = people of the arm; a population is a part of all
 *     losses      sum over reasons = people of the arms - people with the outcome
 *     evidence    rows in = rows used + rows set aside
 *     flow        what enters a level leaves it; beginnings = ends = people of the arm; an arm is a part of all
 *     estimates   people of the arm = people with the outcome + lost; people = with event + without, cause by cause; events by
 *                 a later day = events by an earlier one + those between; a comparison = the sum of its arms; strata add up;
 *                 a population is a part of the first one
 *     overlap     the people of an arm are those of all intervals of the score
 *     programmes  all programmes = sum of the programmes, all periods = sum of the periods and of those without a date; people =
 *                 counted + not counted; all arms = all programmes + others, with the outcome's event by the day too, between bounds
 *                 where a measure is told as a share
 *     curves      events of the steps add up to the events by a day, at risk = at risk before - events - censored + entered
 *
 * Events by a day that is no end of a released step have no cell: they are never shown, but their strata may add up to them.
 */
#ifndef REPORT_RELEASE_COUNTS_H
#define REPORT_RELEASE_COUNTS_H

#include "base/table.h"
#include "report/coarse_curves.h"
#include "report/count_system.h"
#include "report/pool.h"

/** The exact tables that hold counts; each may be NULL.  Of measures told as shares the dashboard holds what is told of them. */
struct exact_tables {
    const struct table *quality, *attrition, *arms, *baseline, *losses, *evidence, *flow, *estimates, *overlap, *programmes,
        *programme_measures;
    const bool *is_share; /* [measures] programme_shares.h; NULL: none */
};

struct counted;

struct release_counts {
    struct count_system *system;
    struct pool *pool;                 /* borrowed */
    struct exact_tables tables;
    const struct coarse_curves *curves;
    size_t *programme_n, *programme_events; /* [rows of programmes] their counts: there are too many to look them up by key */
    struct counted *counted; /* programme_counted.h; NULL: no dashboard */
    size_t *share_bounds; /* [2 * measures] of each share the bound above and below, counts that are hidden by not telling it; NO_COUNT: none */
};

/** Makes the system; release_counts_free in any case.  -1 after telling. */
int release_counts_make(struct release_counts *counts, const struct exact_tables *tables,
                        const struct coarse_curves *curves, int64_t threshold, int64_t round_to, struct pool *pool);
void release_counts_free(struct release_counts *counts);

/** The count of a cell; NO_COUNT when the cell has none (missing, negative, not in the system). */
size_t release_counts_cell(const struct release_counts *counts, const struct table *table, size_t row, const char *column);

/** After the audit: would the share of this measure, over all cells, give away events of the arms? */
bool release_counts_hides_share(const struct release_counts *counts, size_t measure);

/** Of the steps of curves: people at risk when step `edge` began, and events of a cause in it. */
size_t release_counts_at_risk(const struct release_counts *counts, const struct coarse_curve *curve, size_t edge);
size_t release_counts_step(const struct release_counts *counts, const struct coarse_curve *curve, size_t cause, size_t edge);

/** "64 to 180": the days of a step that was merged from the ends first .. last, whatever its number. */
const char *step_days(const struct release_counts *counts, const struct coarse_curve *curve, size_t first, size_t last);

/* ---- for the builders: counts_sources.c, counts_people.c, counts_programmes.c, counts_dashboard.c, counts_shares.c, counts_estimates.c -------------------------------------- */

/** The key of a cell, NULL when it is no count of the system. */
const char *release_counts_key(const struct release_counts *counts, const struct table *table, size_t row,
                               const char *column);

/** Adds the count of a cell. */
size_t add_cell(struct release_counts *counts, const struct table *table, size_t row, const char *column, int cost);

/**
 * A term of the relation that is being made: a count without a cell.  Where it is nobody there is no term: a reader may well
 * suspect that two numbers are the same.
 */
void add_rest(struct release_counts *counts, const char *key, int64_t value, int coefficient);

/** a = b + (a count without a cell), when a >= b: what lies between them may be small. */
void add_difference(struct release_counts *counts, const char *key, size_t a, size_t b);

/** Two counts are the same number. */
void add_equal(struct release_counts *counts, size_t a, size_t b);

/** "POPULATION" or, under a profile, "POPULATION@PROFILE": whom a row of estimates or curves speaks of. */
const char *population_of(const struct release_counts *counts, const struct table *table, size_t row);

/** People of an arm in a population: a count without a cell that is the one of `arms` where it is the same. */
size_t people_of_arm(struct release_counts *counts, const char *population, const char *arm);

void add_sources(struct release_counts *counts);   /* quality, attrition, evidence */
void add_people(struct release_counts *counts);    /* arms, baseline, losses, flow */
void add_programmes(struct release_counts *counts); /* programmes by period */
void add_estimates(struct release_counts *counts); /* estimates, overlap, curves */

#endif
