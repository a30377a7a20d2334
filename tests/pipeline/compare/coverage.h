/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * coverage.h - many simulated studies, and what is asked of their numbers: does an interval hold its own estimand as often as it
 * says, is a margin passed as seldom as it should be where the loss is the margin itself, is there bias?
 */
#ifndef TESTS_PIPELINE_COMPARE_COVERAGE_H
#define TESTS_PIPELINE_COMPARE_COVERAGE_H

#include <gsl/gsl_errno.h>
#include <gsl/gsl_statistics_double.h>
#include <stdlib.h>

#include "stats/verdict.h"
#include "tests/pipeline/compare/adjusted_people.h"

struct coverage_plan {
    size_t n_studies, n_people, n_truth;
    double low, high, type_1, bias; /* limits: coverage, error of the verdict, bias in its Monte-Carlo errors */
};

/*
 * Limits that a right method passes: so many Monte-Carlo errors about 95 %, above 2.5 %, and about no bias; with 3 and 2,000 studies
 * 93.5 to 96.5 %, 3.5 %.  FULL: the whole of it; STUDIES: so many studies.
 */
static inline struct coverage_plan coverage_plan(size_t n_studies, size_t n_people, size_t n_truth, double errors)
{
    const char *const studies = getenv("STUDIES");
    const double n = (double)(studies != NULL ? (size_t)strtoul(studies, NULL, 10) : n_studies), reach = errors * sqrt(0.95 * 0.05 / n);

    return (struct coverage_plan){(size_t)n, n_people, n_truth, 0.95 - reach, 0.95 + reach, 0.025 + errors * sqrt(0.025 * 0.975 / n), errors};
}

static inline struct coverage_plan coverage_plan_of(size_t n_few, size_t n_people_few, size_t n_truth_few, size_t n_people, size_t n_truth)
{
    return getenv("FULL") != NULL ? coverage_plan(2000, n_people, n_truth, 3) : coverage_plan(n_few, n_people_few, n_truth_few, 4.5);
}

/* A number of every study, and what it should be. */
struct coverage_number {
    const char *analysis, *design, *measure, *arm, *reference;
    double time;
    double truth, truth_error;      /* and its Monte-Carlo error */
    bool is_log;                    /* a ratio, looked at on the log scale */
    const char *shown_only;         /* of a design that cannot be right here, why: shown, not judged; else NULL */
    size_t n, n_covered, n_passed;
    double *estimate;               /* [n_studies] */
    double errors;
};

static inline size_t coverage_row(const struct table *estimates, const struct coverage_number *number)
{
    for (size_t i = 0; i < estimates->n_rows; i++) {
        const double at = column_real(table_column(estimates, "time"), i);
        if (text_is(estimates, "analysis", i, number->analysis) && text_is(estimates, "adjustment", i, number->design) &&
            text_is(estimates, "measure", i, number->measure) && text_is(estimates, "arm", i, number->arm) &&
            text_is(estimates, "reference", i, number->reference) && text_is(estimates, "term", i, "") &&
            (at == number->time || (isnan(at) && isnan(number->time))))
            return i;
    }
    fail_msg("no %s %s at %g", number->design, number->measure, number->time);
    return 0;
}

static inline void coverage_count(struct coverage_number *number, const struct table *estimates)
{
    const size_t row = coverage_row(estimates, number);
    const double value = adjusted_number(estimates, row, "estimate"), estimate = number->is_log ? log(value) : value, error = adjusted_number(estimates, row, "std_error"),
                 truth = number->truth;
    const struct verdict_question question = {.estimate = estimate, .std_error = error, .conf_low = estimate - Z95 * error,
                                              .conf_high = estimate + Z95 * error, .level = 0.95, .ratio = false,
                                              .worse = WORSE_IS_HIGHER, .margin = truth, .n = 1};
    struct verdict verdict;

    if (!isfinite(error))
        return;
    number->estimate[number->n++] = estimate;
    number->errors += error;
    number->n_covered += fabs(estimate - truth) <= Z95 * error;
    number->n_passed += truth > 0 ? verdict_decide(&question, &verdict) == GSL_SUCCESS && verdict.answer == VERDICT_NON_INFERIOR
                                  : estimate - Z95 * error > truth; /* the loss is the other way round */
}

static inline void coverage_head(const char *of, const struct coverage_plan *plan)
{
    printf("%s: %zu studies of %zu people\n\n", of, plan->n_studies, plan->n_people);
    printf("| design | number | truth | mean | bias | std dev. | mean err | covered | passed | |\n"
           "|---|---|---:|---:|---:|---:|---:|---:|---:|---|\n");
}

/* How many numbers are not as they should be. */
static inline size_t coverage_judge(const struct coverage_plan *plan, struct coverage_number *numbers, size_t n_numbers)
{
    size_t n_bad = 0;

    for (size_t k = 0; k < n_numbers; k++) {
        struct coverage_number *const t = &numbers[k];
        const double n = (double)t->n, mean = gsl_stats_mean(t->estimate, 1, t->n), sd = gsl_stats_sd(t->estimate, 1, t->n),
                     bias = (mean - t->truth) / hypot(sd / sqrt(n), t->truth_error), covered = (double)t->n_covered / n,
                     passed = (double)t->n_passed / n;
        /* A number may be undefined in a study, where nobody of a level is seen in an arm; but not in many. */
        const bool good = 20 * (plan->n_studies - t->n) <= plan->n_studies && covered >= plan->low &&
                          covered <= plan->high && passed <= plan->type_1 && fabs(bias) <= plan->bias;
        char day[64] = "";
        if (!isnan(t->time))
            snprintf(day, sizeof day, " at %g", t->time);
        if (t->n < plan->n_studies)
            snprintf(day + strlen(day), sizeof day - strlen(day), " (%zu studies)", t->n);
        printf("| %s | %s%s | %.4f | %.4f | %.1f | %.4f | %.4f | %.1f %% | %.1f %% | %s |\n", t->design, t->measure, day, t->truth, mean, bias, sd, t->errors / n, 100 * covered, 100 * passed, t->shown_only != NULL ? t->shown_only : good ? "" : "no");
        n_bad += !good && t->shown_only == NULL;
        free(t->estimate);
    }
    printf("\n");
    return n_bad;
}

static inline void coverage_start(struct coverage_number *numbers, size_t n_numbers, size_t n_studies)
{
    for (size_t k = 0; k < n_numbers; k++)
        assert_non_null(numbers[k].estimate = calloc(n_studies, sizeof(double)));
}

/* ---- tables of a study -------------------------------------------------------------------------------------------------- */

struct coverage_study {
    struct table *records, *cohort, *outcome;
};

static inline struct coverage_study coverage_study_alloc(const struct study *study, size_t n)
{
    struct coverage_study s = {codebook_schema(study->tables[0].codebook, "clients"), table_alloc("cohort", ""), table_alloc("outcome", "")};
    const char *arms[8];

    assert_true(s.records != NULL && s.cohort != NULL && s.outcome != NULL && study->cohort.arms.n <= 8);
    for (size_t k = 0; k < study->cohort.arms.n; k++)
        arms[k] = study->cohort.arms.items[k].name.text;
    assert_int_equal(table_resize(s.records, n), 0);
    assert_int_equal(table_resize(s.cohort, n), 0);
    assert_int_equal(table_resize(s.outcome, n), 0);
    assert_non_null(table_add_column(s.cohort, "record", COLUMN_INT64, 0, "", ""));
    assert_non_null(table_add_category(s.cohort, "arm", arms, study->cohort.arms.n, ""));
    assert_non_null(table_add_column(s.cohort, "weight", COLUMN_INT64, 0, "", ""));
    assert_non_null(table_add_column(s.cohort, "population:all", COLUMN_INT8, 0, "", ""));
    assert_non_null(table_add_column(s.outcome, "cause", COLUMN_INT8, 0, "", ""));
    assert_non_null(table_add_column(s.outcome, "time", COLUMN_FLOAT64, 0, "", ""));
    return s;
}

static inline void coverage_set(const struct coverage_study *s, size_t i, int32_t arm, int cause, double time)
{
    column_set_integer(table_column(s->cohort, "record"), i, (int64_t)i);
    column_set_code(table_column(s->cohort, "arm"), i, arm);
    column_set_integer(table_column(s->cohort, "weight"), i, 1);
    column_set_integer(table_column(s->cohort, "population:all"), i, 1);
    column_set_integer(table_column(s->outcome, "cause"), i, cause);
    column_set_real(table_column(s->outcome, "time"), i, time);
}

/* Computes the study, counts its numbers, and frees the tables. */
static inline void coverage_compare(const struct study *study, struct coverage_study *s, struct coverage_number *numbers, size_t n_numbers)
{
    const struct analyses_input input = {.study = study, .cohort = s->cohort, .records = s->records, .outcomes = &s->outcome, .n_threads = 1};
    struct analyses a;

    assert_int_equal(analyses_run(&input, &a), 0);
    for (size_t k = 0; k < n_numbers; k++)
        coverage_count(&numbers[k], a.estimates);
    analyses_free(&a);
    table_free(s->outcome);
    table_free(s->cohort);
    table_free(s->records);
}

#endif
