/* SPDX-License-Identifier: GPL-3.0-or-later */
/** adjusted_people.h - the 160 people of scripts/references/adjusted.R, and answers for them by adjustment. */
#ifndef TESTS_PIPELINE_COMPARE_ADJUSTED_PEOPLE_H
#define TESTS_PIPELINE_COMPARE_ADJUSTED_PEOPLE_H

#include <stdio.h>
#include <stdlib.h>

#include "tests/pipeline/compare/small_comparison.h"
#include "tests/support/reference.h"

#define ADJUSTED_COHORT \
    "cohort:\n  arms: {iop: \"arm == 'iop'\", inpatient: \"arm == 'inpatient'\"}\n  reference: inpatient\n" \
    "  covariates: [age, sex]\n"
#define CLUSTERED ADJUSTED_COHORT "  cluster: n\n"
#define COMPETING "outcomes: {relapse: {time: days, event: \"what == 1\", competing: {death: \"what == 2\"}, event_is: bad}}\n"
#define ADJUST(list) \
    "compare: [{outcomes: [relapse], measures: [risk_difference, risk_ratio, survival_difference, rmst_difference, " \
    "log_hazard_ratio], at: [30, 60], tau: 80, adjust: [" list "]}]\n"

/* All lines of a file; the caller frees. */
static inline char *adjusted_lines(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = malloc(1 << 20);

    assert_non_null(file);
    assert_non_null(text);
    const size_t n = fread(text, 1, (1 << 20) - 1, file);
    text[n] = '\0';
    fclose(file);
    return text;
}

static inline size_t adjusted_row(const struct table *estimates, const char *adjustment, const char *measure, const char *arm,
                                  const char *reference, double time)
{
    size_t found = estimates->n_rows;

    for (size_t i = 0; i < estimates->n_rows; i++) {
        const double at = column_real(table_column(estimates, "time"), i);
        if (text_is(estimates, "adjustment", i, adjustment) && text_is(estimates, "measure", i, measure) &&
            text_is(estimates, "arm", i, arm) && text_is(estimates, "reference", i, reference) &&
            text_is(estimates, "term", i, "") && text_is(estimates, "stratum", i, "") && (at == time || (isnan(at) && isnan(time)))) {
            assert_true(found == estimates->n_rows);
            found = i;
        }
    }
    if (found == estimates->n_rows)
        fail_msg("no %s %s at %g", adjustment, measure, time);
    return found;
}

static inline double adjusted_number(const struct table *estimates, size_t row, const char *column)
{
    return column_real(table_column(estimates, column), row);
}

#endif
