/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * numcheck.h - are printed results consistent with themselves?
 *
 * Every printed number stands for the span it was rounded from; a finding is told only when no numbers within the spans
 * fit together.
 *
 *     wrong      cannot be: an estimate outside its limits, a percentage that no count gives, parts that exceed the whole
 *     doubtful   does not fit the usual method: limits that are not symmetric, a p-value that the interval does not give
 *     hint       worth a look: a p-value slightly off, medians that speak another language than the hazard ratio
 *
 * Checks: order, symmetry, p_value, std_error, range, grim, sum, counts, medians, at_risk.
 */
#ifndef VERIFY_NUMCHECK_H
#define VERIFY_NUMCHECK_H

#include "base/table.h"
#include "base/table_print.h"
#include "verify/numcheck_rows.h"

enum severity { SEVERITY_WRONG, SEVERITY_DOUBTFUL, SEVERITY_HINT };

/** What was found: columns line, column, item, check, severity, finding, reading. */
struct table *numcheck_findings_alloc(void); /* NULL after telling */

/** row: of the rows; reading NULL: none is offered.  -1 after telling. */
int numcheck_add(struct table *findings, const struct numcheck_row *row, enum numcheck_column column, const char *check,
                 enum severity severity, const char *reading, const char *format, ...)
    __attribute__((format(printf, 7, 8)));

/* One family of checks each; -1 after telling (memory). */
int numcheck_interval(const struct numcheck_row *row, struct table *findings); /* order, symmetry, std_error, p_value */
int numcheck_counts(const struct numcheck_row *row, struct table *findings);   /* range, grim, counts, medians */
int numcheck_groups(const struct numcheck_rows *rows, struct table *findings); /* sum, at_risk */

/** The command: reads, checks, prints.  The exit status: EXIT_CHECK_SAID_NO when something is wrong or doubtful. */
int numcheck(const char *path, enum table_format format);

#endif
