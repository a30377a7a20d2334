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

/* All analyses of these people. */
static inline struct small_comparison adjusted_compare(const char *cohort, const char *outcomes, const char *compare)
{
    char *lines = adjusted_lines("tests/reference/adjusted_people.csv");
    struct small_comparison c = small_compare(cohort, outcomes, compare, lines);

    free(lines);
    return c;
}

/* The last line first; the caller frees. */
static inline char *adjusted_reversed(const char *lines)
{
    char *other = calloc(1, strlen(lines) + 2);

    assert_non_null(other);
    for (size_t n = strlen(lines); n > 0;) {
        size_t start = n - 1;
        while (start > 0 && lines[start - 1] != '\n')
            start--;
        strncat(other, lines + start, n - start);
        n = start;
    }
    return other;
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

/* n_rows: there is none. */
static inline size_t adjusted_resampled_row(const struct table *estimates, const char *adjustment, const char *measure, const char *term)
{
    size_t i = 0;

    while (i < estimates->n_rows && !(text_is(estimates, "adjustment", i, adjustment) && text_is(estimates, "measure", i, measure) &&
                                      text_is(estimates, "term", i, term) && text_is(estimates, "stratum", i, "")))
        i++;
    return i;
}

static inline double adjusted_resampled(const struct table *estimates, const char *adjustment, const char *measure, const char *term,
                                        const char *column)
{
    const size_t row = adjusted_resampled_row(estimates, adjustment, measure, term);

    if (row == estimates->n_rows)
        fail_msg("no %s of %s under %s", term, measure, adjustment);
    return adjusted_number(estimates, row, column);
}

static const struct adjusted_key {
    const char *measure, *arm, *reference;
    double time;
    bool is_log;
} adjusted_keys[] = {{"risk", "iop", "", 60, false},
                    {"risk", "inpatient", "", 60, false},
                    {"risk_difference", "iop", "inpatient", 30, false},
                    {"risk_difference", "iop", "inpatient", 60, false},
                    {"risk_ratio", "iop", "inpatient", 60, true},
                    {"survival_difference", "iop", "inpatient", 60, false},
                    {"rmst_difference", "iop", "inpatient", 80, false},
                    {"log_hazard_ratio", "iop", "inpatient", NAN, false}};

/* Numbers by their place in R's answers, which have a column of the adjustment and of the number, both from 1. */
struct adjusted_answers {
    const char *path, *adjustment; /* and the name of that column */
    size_t n_rows;
    const char *const *adjustments, *const *estimands;
    double tolerance, error_tolerance;
};

static inline void adjusted_assert(const struct table *estimates, const struct adjusted_answers *of, const char *error)
{
    struct reference *answers = reference_read(of->path);

    assert_non_null(answers);
    assert_int_equal(answers->n_rows, of->n_rows);
    for (size_t i = 0; i < answers->n_rows; i++) {
        const size_t k = (size_t)reference_count(answers, i, of->adjustment) - 1;
        const struct adjusted_key *key = &adjusted_keys[reference_count(answers, i, "number") - 1];
        const size_t row = adjusted_row(estimates, of->adjustments[k], key->measure, key->arm, key->reference, key->time);
        const double value = adjusted_number(estimates, row, "estimate");
        assert_near(key->is_log ? log(value) : value, reference_value(answers, i, "value"), of->tolerance);
        assert_near(adjusted_number(estimates, row, "std_error"), reference_value(answers, i, error), of->error_tolerance);
        assert_true(text_is(estimates, "estimand", row, of->estimands[k]));
    }
    reference_free(answers);
}

#endif
