/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * audit.h - how far can a reader narrow down what is hidden?
 *
 * The reader knows every count that is not hidden and every relation, and that no count is negative.  A hidden cell, or a small
 * count that no table shows, is safe when its largest value that fits is at least the threshold and the values that fit span at
 * least the threshold:
 *
 *     high >= T   and   high - low >= T
 *
 * A hidden count of which a reader knows by a public rule that it is not small (at_least) protects others, and needs no protection.
 *
 * Two ways to a proof that it is safe.  First, tables that fit are sought by moving counts (displacement.h): each widens the
 * known range of all counts that it moves, which proves nearly all that can be proven.  What is left is asked of linear programmes (GLPK's
 * simplex method), one for each connected part of the system: smallest and largest value, exactly.  In a part of more
 * than LARGE_PART unknown counts that takes too long: there what is left counts as unsafe, so that something more is hidden,
 * unless is_last.  So a count is called safe only when tables are at hand that prove it, and a count of a small part, or at last,
 * is called unsafe only when there are none.
 *
 * Every solution of a programme is a table that fits, too.  Whole numbers are not asked for there: the true range of a reader who
 * uses them can be narrower only where relations are no sums and margins.
 */
#ifndef REPORT_AUDIT_H
#define REPORT_AUDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "report/count_system.h"
#include "report/displacement.h"

/** Unknown counts of a part for whose sake no linear programme is made, unless nothing is left to hide. */
enum { LARGE_PART = 6000 };

struct audit {
    size_t n_audited;  /* hidden cells and small counts */
    size_t n_unsafe;
    size_t n_programs; /* linear programmes solved in all audits of this system; 0 before the first */
};

/**
 * Values that were seen to fit, by count.  Hiding more only adds tables that fit, so that ranges stay good from one audit
 * to the next of the same system, and only what was unsafe is looked at again.
 */
struct audit_ranges {
    double *low, *high;          /* [n_counts] */
    struct displacer *displacer; /* the table it found last */
    int n_threads;               /* any number finds the same */
    bool is_trial;               /* one unsafe count is enough: the others of its part may then not be told */
};

/** The true counts fit.  -1 after telling; free in any case. */
int audit_ranges_start(struct audit_ranges *ranges, const struct count_system *system, int n_threads);

/** Tables are sought from the true one again: where the last one had come to there may be no way on.  -1 after telling. */
int audit_ranges_restart(struct audit_ranges *ranges, const struct count_system *system);
void audit_ranges_free(struct audit_ranges *ranges);

/** is_last: large parts are asked of programmes too.  unsafe: [n_counts] output.  -1 after telling. */
int audit_counts(const struct count_system *system, struct audit_ranges *ranges, bool is_last, bool *unsafe,
                 struct audit *audit);

#endif
