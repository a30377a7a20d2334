/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * audit.h - how far can a reader narrow down what is hidden?
 *
 * The reader knows every count that is not hidden and every relation, and that no count is negative.  For each hidden
 * cell and each small count the smallest and the largest value that fits are found by linear programming (GLPK's simplex
 * method), one programme for each connected part of the system.  The count is safe when its largest value is at least the
 * threshold and the values span at least the threshold:
 *
 *     high >= T   and   high - low >= T
 *
 * A hidden count of which a reader knows by a public rule that it is not small (at_least) protects others, and needs no protection.
 *
 * Every solution of a programme is a table that fits, so it widens the known range of all counts of its part; most
 * counts are safe without a programme of their own.  Whole numbers are not asked for: the true range of a reader who uses
 * them can be narrower only where relations are no sums and margins.
 */
#ifndef REPORT_AUDIT_H
#define REPORT_AUDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "report/count_system.h"

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
    double *low, *high; /* [n_counts] */
};

/** The true counts fit.  -1 after telling; free in any case. */
int audit_ranges_start(struct audit_ranges *ranges, const struct count_system *system);
void audit_ranges_free(struct audit_ranges *ranges);

/** unsafe: [n_counts] output.  -1 after telling. */
int audit_counts(const struct count_system *system, struct audit_ranges *ranges, bool *unsafe, struct audit *audit);

#endif
