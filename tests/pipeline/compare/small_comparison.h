/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * small_comparison.h - all analyses of a small study whose people stand in the test, and its numbers by key.
 *
 * Every record is a line "arm,days,start,what,n,age,sex": arm 1 iop, 2 inpatient, 3 outpatient; what 0 nothing,
 * 1 relapsed, 2 died; sex 1 female, 2 male; an empty cell is missing.
 */
#ifndef TESTS_PIPELINE_COMPARE_SMALL_COMPARISON_H
#define TESTS_PIPELINE_COMPARE_SMALL_COMPARISON_H

#include <ctype.h>
#include <math.h>

#include "cohort/cohort.h"
#include "compare/analyses.h"
#include "compare/comparison.h"
#include "episodes/people.h"
#include "outcomes/outcome.h"
#include "tests/pipeline/support/small_study.h"

#define TWO_ARMS "cohort:\n  arms: {iop: \"arm == 'iop'\", inpatient: \"arm == 'inpatient'\"}\n  reference: inpatient\n"
#define THREE_ARMS \
    "cohort:\n  arms: {iop: \"arm == 'iop'\", inpatient: \"arm == 'inpatient'\", outpatient: \"arm == " \
    "'outpatient'\"}\n"
#define RELAPSE "outcomes: {relapse: {time: days, event: \"what == 1\", event_is: bad}}\n"

#define Z95 1.959963984540054 /* 97.5 % point of the normal distribution */
#define Z90 1.644853626951473

struct small_comparison {
    struct small_study small;
    struct table *stays, *quality;
    struct cohort cohort;
    struct table **outcomes;
    struct analyses a;
    int status;
};

static const char small_columns[] = "  arm: {type: category, codes: {1: iop, 2: inpatient, 3: outpatient}}\n"
                                    "  days: {type: integer, range: [0, 99999]}\n"
                                    "  start: {type: integer, range: [0, 99999]}\n"
                                    "  what: {type: integer, range: [0, 2]}\n"
                                    "  n: {type: integer, range: [0, 1000000]}\n"
                                    "  age: {type: real, range: [0, 120]}\n"
                                    "  sex: {type: category, codes: {1: female, 2: male}}\n";

/* "nan" and "inf" as words: they are no answers. */
static inline void assert_no_word(const char *text, size_t n, const char *word)
{
    const size_t length = strlen(word);

    for (size_t i = 0; i + length <= n; i++)
        if (strncasecmp(text + i, word, length) == 0 && (i == 0 || !isalpha((unsigned char)text[i - 1])) &&
            (i + length == n || !isalpha((unsigned char)text[i + length])))
            fail_msg("'%.*s' holds the word %s", (int)n, text, word);
}

static inline void assert_finite_or_missing(const struct table *table)
{
    for (size_t j = 0; j < table->n_columns; j++)
        for (size_t i = 0; i < table->n_rows; i++) {
            size_t n;
            if (table->columns[j].type == COLUMN_FLOAT64)
                assert_true(isinf(column_real(&table->columns[j], i)) == 0);
            else if (table->columns[j].type == COLUMN_TEXT) {
                const char *text = column_text(&table->columns[j], i, &n);
                assert_no_word(text, n, "nan");
                assert_no_word(text, n, "inf");
            }
        }
}

/* What an undefined number says: the reason, and no value. */
static inline void assert_undefined_rows_have_reasons(const struct table *estimates)
{
    size_t n;

    for (size_t i = 0; i < estimates->n_rows; i++) {
        const char *status = column_text(table_column(estimates, "status"), i, &n);
        if (n != 9 || memcmp(status, "undefined", 9) != 0)
            continue;
        const char *measure = column_text(table_column(estimates, "measure"), i, &n);
        /* An undefined test may stand beside an estimate that exists. */
        if (n < 5 || memcmp(measure + n - 5, "_test", 5) != 0)
            assert_true(column_is_missing(table_column(estimates, "estimate"), i));
        assert_true(column_is_missing(table_column(estimates, "statistic"), i));
        assert_true(column_is_missing(table_column(estimates, "p_value"), i));
        assert_false(column_is_missing(table_column(estimates, "note"), i));
    }
}

static inline int compute_outcomes(struct small_comparison *c)
{
    const struct study *study = c->small.study;

    c->outcomes = calloc(study->n_outcomes, sizeof *c->outcomes);
    assert_non_null(c->outcomes);
    for (size_t k = 0; k < study->n_outcomes; k++) {
        const struct outcome_input input = {study,
                                            &study->outcomes[k],
                                            c->small.records,
                                            table_column(c->cohort.people, "record"),
                                            c->cohort.people->n_rows,
                                            1,
                                            NULL,
                                            NULL,
                                            NULL,
                                            c->cohort.people,
                                            false};
        assert_non_null(c->outcomes[k] = outcome_compute(&input));
    }
    return 0;
}

/* cohort, outcomes and compare are lines of the study file, columns those of its codebook; clients is "" or ", weight: n". */
static inline struct small_comparison small_compare_columns(const char *columns, const char *clients, const char *cohort,
                                                            const char *outcomes, const char *compare, const char *lines,
                                                            int n_threads)
{
    struct small_comparison c = {0};
    char study[4096];

    snprintf(study, sizeof study, "%s%s%s", cohort, outcomes, compare);
    c.small = small_study_open(columns, clients, study, lines);
    c.stays = people_stays(c.small.records, NULL, 0);
    c.quality = small_quality("clients", (int64_t)c.small.records->n_rows, 0);
    const struct cohort_input input = {.records = c.small.records, .stays = c.stays, .quality = c.quality};
    assert_int_equal(cohort_draw(c.small.study, &input, n_threads, &c.cohort), 0);
    compute_outcomes(&c);
    const struct analyses_input people = {.study = c.small.study,
                                          .cohort = c.cohort.people,
                                          .records = c.small.study->cohort.covariates.n > 0 ? c.small.records : NULL,
                                          .outcomes = c.outcomes,
                                          .n_threads = n_threads};
    c.status = analyses_run(&people, &c.a);
    if (c.status == 0) {
        const struct table *const tables[] = {c.a.arms, c.a.baseline, c.a.balance, c.a.overlap, c.a.risk_tables,
                                              c.a.curves, c.a.estimates, c.a.verdicts};
        for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
            assert_finite_or_missing(tables[i]);
        assert_undefined_rows_have_reasons(c.a.estimates);
    }
    return c;
}

static inline struct small_comparison small_compare_counted(const char *clients, const char *cohort,
                                                            const char *outcomes, const char *compare,
                                                            const char *lines, int n_threads)
{
    return small_compare_columns(small_columns, clients, cohort, outcomes, compare, lines, n_threads);
}

static inline struct small_comparison small_compare(const char *cohort, const char *outcomes, const char *compare,
                                                    const char *lines)
{
    struct small_comparison c = small_compare_counted("", cohort, outcomes, compare, lines, 2);

    assert_int_equal(c.status, 0);
    return c;
}

static inline void small_release(struct small_comparison *c)
{
    for (size_t k = 0; c->outcomes != NULL && k < c->small.study->n_outcomes; k++)
        table_free(c->outcomes[k]);
    free(c->outcomes);
    analyses_free(&c->a);
    cohort_free(&c->cohort);
    table_free(c->stays);
    table_free(c->quality);
    small_study_close(&c->small);
}

/* ---- numbers by key --------------------------------------------------------------------------------------------- */

struct key {
    const char *measure, *term, *arm, *reference;
    double time;                              /* NAN: none */
    const char *outcome, *population, *cause; /* NULL: any */
};

/* The row of a measure in the only outcome and population. */
#define KEY(measure, term, arm, reference, time) ((struct key){measure, term, arm, reference, time, NULL, NULL, NULL})

static inline int text_is(const struct table *table, const char *column, size_t row, const char *wanted)
{
    size_t n;
    const char *text = column_text(table_column(table, column), row, &n);

    return wanted == NULL || (n == strlen(wanted) && memcmp(text, wanted, n) == 0);
}

/* The one row of the key; no row or two end the test. */
static inline size_t row_of(const struct table *table, struct key key)
{
    size_t found = table->n_rows;

    for (size_t i = 0; i < table->n_rows; i++) {
        const double time = column_real(table_column(table, "time"), i);
        if (!text_is(table, "measure", i, key.measure) || !text_is(table, "arm", i, key.arm) ||
            !text_is(table, "reference", i, key.reference == NULL ? "" : key.reference) ||
            !(time == key.time || (isnan(time) && isnan(key.time))) || !text_is(table, "outcome", i, key.outcome) ||
            !text_is(table, "population", i, key.population))
            continue;
        if (table_column(table, "term") != NULL &&
            (!text_is(table, "term", i, key.term == NULL ? "" : key.term) || !text_is(table, "cause", i, key.cause)))
            continue;
        if (found < table->n_rows)
            fail_msg("two rows of %s %s at %g", key.measure, key.arm, key.time);
        found = i;
    }
    if (found == table->n_rows)
        fail_msg("no row of %s %s at %g", key.measure, key.arm, key.time);
    return found;
}

static inline double number_of(const struct table *table, struct key key, const char *column)
{
    return column_real(table_column(table, column), row_of(table, key));
}

static inline void assert_text(const struct table *table, struct key key, const char *column, const char *expected)
{
    size_t n;
    const char *text = column_text(table_column(table, column), row_of(table, key), &n);

    if (n != strlen(expected) || memcmp(text, expected, n) != 0)
        fail_msg("%s of %s %s at %g is '%.*s', not '%s'", column, key.measure, key.arm, key.time, (int)n, text,
                 expected);
}

static inline void assert_number(const struct table *table, struct key key, double estimate, double std_error,
                                 double low, double high)
{
    assert_text(table, key, "status", "shown");
    assert_near(number_of(table, key, "estimate"), estimate, 1e-12);
    assert_near(number_of(table, key, "std_error"), std_error, 1e-12);
    assert_near(number_of(table, key, "conf_low"), low, 1e-12);
    assert_near(number_of(table, key, "conf_high"), high, 1e-12);
    assert_near(number_of(table, key, "conf_level"), isnan(low) ? NAN : 0.95, 0);
}

static inline void assert_undefined(const struct table *table, struct key key, const char *why)
{
    assert_text(table, key, "status", "undefined");
    assert_text(table, key, "note", why);
    assert_true(isnan(number_of(table, key, "estimate")));
    assert_true(isnan(number_of(table, key, "conf_low")));
    assert_true(isnan(number_of(table, key, "statistic")));
}

static inline void assert_counts(const struct table *table, struct key key, int n_event, int n)
{
    assert_near(number_of(table, key, "n_event"), n_event, 0);
    assert_near(number_of(table, key, "n"), n, 0);
}

/* ---- formulas, written once more ----------------------------------------------------------------------------------
 */

struct limits {
    double low, high;
};

static inline struct limits wilson(double x, double n, double z)
{
    const double p = x / n, middle = p + z * z / (2 * n), reach = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n));

    return (struct limits){(middle - reach) / (1 + z * z / n), (middle + reach) / (1 + z * z / n)};
}

static inline struct limits newcombe(double x1, double n1, double x0, double n0, double z)
{
    const struct limits w1 = wilson(x1, n1, z), w0 = wilson(x0, n0, z);
    const double p1 = x1 / n1, p0 = x0 / n0;

    return (struct limits){p1 - p0 - hypot(p1 - w1.low, w0.high - p0), p1 - p0 + hypot(w1.high - p1, p0 - w0.low)};
}

/* Of a survival probability with standard error. */
static inline struct limits log_log(double surv, double std_error)
{
    const double reach = Z95 * std_error / (surv * log(surv));

    return (struct limits){pow(surv, exp(-reach)), pow(surv, exp(reach))};
}

#endif
