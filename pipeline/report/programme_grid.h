/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * programme_grid.h - inside release_counts: the counts of table `programmes` as a box of measures, programmes and periods.
 *
 * A cell is a programme in a period.  Programme 0 is all of them, period 0 all periods; behind the last period stand those who
 * are in none, because their date is missing: no table shows them, but a subtraction does.
 *
 *     n, events, rest     people whose state is known, those of them who count, those who do not
 *
 * Measures of one outcome at several days count the same people.  Of those whose state is known on a day, i = 1 .. k,
 *
 *     known_i = event_i + free_i           with the event by then, and without
 *     event_i = still_i + past_i           of them due on the next day too, and not due any more
 *     event_(i+1) = still_i + new_i        had it before, and between the days
 *     free_i = free_(i+1) + new_i + gone_i without it then too, with it by then, not known any more
 *
 * because who is known on a day is known on every day before it, and who had the event by a day has had it on every day after.
 * A share without the event shows free in place of event.  A rate shows those who are due, lost or not, in place of
 * known, and of them the same events; free is then everybody else who is due, and due = known + lost.  All of it holds in every
 * cell, and each of these counts adds up over programmes and over periods.
 */
#ifndef REPORT_PROGRAMME_GRID_H
#define REPORT_PROGRAMME_GRID_H

#include "report/release_counts.h"

/** A count, or nobody: then it has no term. */
struct node {
    size_t count;
    int64_t value;
};

/** What compare counted in a cell (compare/programmes.h). */
struct programme_truth {
    int64_t n, events, unknown, people, seen, before;
};

/** An outcome of the dashboard. */
struct programme_outcome {
    const char *name;
    size_t measure;                /* one of its first day */
    struct node *top;              /* [n_cells] the most people that it counts: on its first day */
    size_t first_kind, end_kind;   /* of the box */
};

struct programme_grid {
    struct release_counts *counts;
    size_t n_measures, height, width, n_cells; /* n_cells = height * width; both with their totals, width with those without a date */
    struct programme_truth *truth;             /* [n_measures * n_cells] */
    struct node *n, *events, *rest;            /* [n_measures * n_cells] */
    bool *is_whole;                            /* [n_measures] a cell is shown by all measures of the outcome or by none */
    size_t n_outcomes;
    struct programme_outcome *outcomes;        /* [n_measures] room for so many */
    struct count_box *box;                     /* of the system: the counts of all outcomes */
};

/**
 * May nobody be somebody for a reader?  That two numbers are the same is suspected where one of them is seen: what lies between
 * them is then left out of the relation.  Of cells that are shown whole or not at all nothing is seen where anything is hidden.
 */
bool programme_hides_nobody(const struct programme_grid *grid, size_t measure, size_t cell);

/** "2019-03 of North", what the keys of counts without a cell end with. */
const char *programme_cell_name(const struct programme_grid *grid, size_t cell);

/** A count without a cell; nobody has no count, unless he is kept. */
struct node node_without_cell(struct release_counts *counts, const char *key, int64_t value, bool keeps_nobody);

/** A term of the relation that is being made. */
void node_term(struct count_system *system, struct node node, int64_t coefficient);

/** whole = part + rest */
void node_sum(struct count_system *system, struct node whole, struct node part, struct node rest);

/** Two counts are one number; nothing to say where it is one count. */
void node_equal(struct count_system *system, struct node a, struct node b);

/** [n_cells] counts add up over programmes and over periods. */
void programme_lines(const struct programme_grid *grid, const struct node *cells);

void add_programme_days(struct programme_grid *grid);   /* counts_days.c: outcomes, and the days of each */
void add_programme_people(struct programme_grid *grid); /* counts_dashboard.c: outcomes with each other, and with other tables */

#endif
