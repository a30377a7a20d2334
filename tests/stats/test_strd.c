/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The certified values of NIST's StRD: as many digits as R has, or all that the doubles of the data hold. */
#include "stats/linear.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/autocorrelation.h"
#include "stats/balance.h"
#include "tests/support/near.h"
#include "tests/support/reference.h"

enum { ROWS_MAX = 18009, COLUMNS_MAX = 10, DIGITS_MAX = 15 };

struct answer {
    char set[16], quantity[16];
    double value;
};

struct answers {
    size_t n;
    struct answer answer[256];
};

static void read_answers(const char *path, struct answers *answers)
{
    FILE *const file = fopen(path, "r");
    char line[128];

    answers->n = 0;
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file) != NULL) {
        struct answer *const a = &answers->answer[answers->n++];
        assert_true(answers->n <= sizeof answers->answer / sizeof answers->answer[0]);
        assert_int_equal(sscanf(line, "%15[^,],%15[^,],%lf", a->set, a->quantity, &a->value), 3);
    }
    fclose(file);
}

static double find(const struct answers *answers, const char *set, const char *quantity)
{
    for (size_t i = 0; i < answers->n; i++)
        if (strcmp(answers->answer[i].set, set) == 0 && strcmp(answers->answer[i].quantity, quantity) == 0)
            return answers->answer[i].value;
    fail_msg("no value %s of %s", quantity, set);
    return NAN;
}

/* Digits that agree with the certified value; absolute where that is 0. */
static double digits(double value, double certified)
{
    const double error = certified != 0 ? fabs((value - certified) / certified) : fabs(value);

    return isnan(value) ? -1 : error == 0 ? DIGITS_MAX : fmin(DIGITS_MAX, fmax(0, -log10(error)));
}

/*
 * Where the doubles nearest to the data are themselves so far from the data that exact arithmetic on them gives fewer digits
 * than R's rounding happens to: these are the digits of exact arithmetic (computed with rational numbers).
 */
static const struct {
    const char *set, *quantity;
    double exact;
} limits[] = {
    {"SmLs04", "SS_between", 10.05}, {"SmLs05", "SS_between", 9.94}, {"SmLs06", "SS_between", 9.94},
    {"SmLs07", "SS_between", 4.03},  {"SmLs08", "SS_between", 3.92}, {"SmLs09", "SS_between", 3.91},
    {"SmLs07", "F", 4.41},           {"SmLs08", "F", 4.19},          {"SiRstv", "F", 13.07},
    {"NumAcc3", "lag1", 12.23},      {"NumAcc4", "lag1", 11.03},     {"Wampler2", "b2", 13.42},
    {"SiRstv", "R2", 13.16},         {"Wampler2", "b3", 13.20},      {"Wampler2", "b4", 13.39},
};

/* R's digits, less a tenth: where both are exact to the last bit, that bit may differ. */
static double wanted(const char *set, const char *quantity, double of_r)
{
    double least = of_r - 0.1;

    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        if (strcmp(limits[i].set, set) == 0 && strcmp(limits[i].quantity, quantity) == 0)
            least = fmin(least, limits[i].exact - 0.01);
    return fmin(least, 13.8); /* a double has no more to give after a division or two */
}

struct fixture {
    struct answers certified, r;
    size_t n;
    double *y; /* [ROWS_MAX] */
    double *x; /* [ROWS_MAX] */
};

static void judge(const struct fixture *f, const char *set, const char *quantity, double value)
{
    const double certified = find(&f->certified, set, quantity);
    const double ours = digits(value, certified), of_r = digits(find(&f->r, set, quantity), certified);

    if (getenv("STRD_PRINT") != NULL)
        printf("%s,%s,%.17g,%.2f,%.2f\n", set, quantity, value, ours, of_r);
    if (ours < wanted(set, quantity, of_r))
        fail_msg("%s %s: %.17g has %.2f digits, R has %.2f", set, quantity, value, ours, of_r);
}

static int setup(void **state)
{
    static struct fixture f;

    read_answers("tests/reference/strd/certified.csv", &f.certified);
    read_answers("tests/reference/strd/r.csv", &f.r);
    f.y = malloc(ROWS_MAX * sizeof *f.y);
    f.x = malloc(ROWS_MAX * sizeof *f.x);
    assert_non_null(f.y);
    assert_non_null(f.x);
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *const f = *state;

    free(f->y);
    free(f->x);
    return 0;
}

static struct reference *read_set(const char *set)
{
    char path[64];

    snprintf(path, sizeof path, "tests/reference/strd/%s.csv", set);
    struct reference *const table = reference_read(path);
    assert_non_null(table);
    return table;
}

/* A first value, then two in turn: the rule of NumAcc2-4, and of each treatment of SmLs. */
static void alternate(double base, int middle, size_t pairs, double *y)
{
    y[0] = (base * 10 + middle) / 10;
    for (size_t i = 0; i < pairs; i++) {
        y[1 + 2 * i] = (base * 10 + middle - 1) / 10;
        y[2 + 2 * i] = (base * 10 + middle + 1) / 10;
    }
}

/* ---- one column -------------------------------------------------------------------------------------------------- */

static void check_summary(const struct fixture *f, const char *set)
{
    struct moments moments;
    double mean, variance, r1;

    moments_init(&moments);
    assert_int_equal(moments_add_array(&moments, f->y, NULL, f->n), GSL_SUCCESS);
    assert_int_equal(moments_solve(&moments, &mean, &variance), GSL_SUCCESS);
    assert_int_equal(autocorrelation_first(f->y, f->n, &r1), GSL_SUCCESS);
    judge(f, set, "mean", mean);
    judge(f, set, "sd", sqrt(variance));
    judge(f, set, "lag1", r1);
}

static void test_summaries_of_one_column(void **state)
{
    static const char *const sets[] = {"Lew", "Lottery", "Mavro", "Michelso", "PiDigits"};
    static const double bases[] = {1, 1000000, 10000000};
    struct fixture *const f = *state;

    for (size_t k = 0; k < sizeof sets / sizeof sets[0]; k++) {
        struct reference *const table = read_set(sets[k]);
        f->n = table->n_rows;
        for (size_t i = 0; i < f->n; i++)
            f->y[i] = reference_value(table, i, "y");
        reference_free(table);
        check_summary(f, sets[k]);
    }
    f->n = 3;
    memcpy(f->y, (double[]){10000001, 10000003, 10000002}, 3 * sizeof *f->y);
    check_summary(f, "NumAcc1");
    for (int k = 0; k < 3; k++) {
        char set[16];
        f->n = 1001;
        alternate(bases[k], 2, 500, f->y);
        snprintf(set, sizeof set, "NumAcc%d", k + 2);
        check_summary(f, set);
    }
}

static void test_series_that_have_no_correlation(void **state)
{
    double r1;
    (void)state;
    assert_int_equal(autocorrelation_first((double[]){3, 3, 3}, 3, &r1), GSL_EDOM);
    assert_true(isnan(r1));
    assert_int_equal(autocorrelation_first((double[]){3}, 1, &r1), GSL_EDOM);
    assert_int_equal(autocorrelation_first((double[]){3, INFINITY}, 2, &r1), GSL_EINVAL);
}

/* ---- analysis of variance ---------------------------------------------------------------------------------------- */

/* x is the treatment, from 1; the first is the reference. */
static void check_variance(const struct fixture *f, const char *set, size_t treatments)
{
    struct linear_sums *const sums = linear_alloc(treatments - 1);
    struct linear_fit *const fit = linear_fit_alloc(treatments - 1);

    for (size_t i = 0; i < f->n; i++) {
        double x[COLUMNS_MAX] = {0};
        if (f->x[i] > 1)
            x[(size_t)f->x[i] - 2] = 1;
        assert_int_equal(linear_add(sums, x, NULL, f->y[i], 1), GSL_SUCCESS);
    }
    assert_int_equal(linear_solve(sums, true, LINEAR_TOLERANCE, fit), GSL_SUCCESS);
    assert_int_equal(fit->df, f->n - treatments);
    judge(f, set, "SS_between", fit->total_ss - fit->residual_ss);
    judge(f, set, "SS_within", fit->residual_ss);
    judge(f, set, "F", fit->statistic);
    judge(f, set, "R2", fit->r_squared);
    judge(f, set, "resid_sd", fit->sigma);
    linear_fit_free(fit);
    linear_free(sums);
}

static void test_one_way_analysis_of_variance(void **state)
{
    static const double bases[] = {1, 1000001, 1000000000001};
    static const size_t pairs[] = {10, 100, 1000};
    static const int middle[] = {4, 3, 5, 3, 5, 3, 5, 3, 5};
    struct fixture *const f = *state;
    struct reference *const table = read_set("SiRstv");

    f->n = table->n_rows;
    for (size_t i = 0; i < f->n; i++) {
        f->x[i] = reference_value(table, i, "treatment");
        f->y[i] = reference_value(table, i, "y");
    }
    reference_free(table);
    check_variance(f, "SiRstv", 5);
    for (size_t k = 0; k < 9; k++) {
        const size_t n = 2 * pairs[k % 3] + 1;
        char set[16];
        f->n = 9 * n;
        for (size_t t = 0; t < 9; t++) {
            alternate(bases[k / 3], middle[t], pairs[k % 3], f->y + t * n);
            for (size_t i = 0; i < n; i++)
                f->x[t * n + i] = (double)(t + 1);
        }
        snprintf(set, sizeof set, "SmLs%02zu", k + 1);
        check_variance(f, set, 9);
    }
}

/* ---- regression -------------------------------------------------------------------------------------------------- */

/* Powers, each with what the rounding of the one before and of the product took. */
static void make_powers(double x, size_t p, double *power, double *low)
{
    power[0] = x;
    low[0] = 0;
    for (size_t j = 1; j < p; j++) {
        power[j] = power[j - 1] * x;
        low[j] = fma(power[j - 1], x, -power[j]) + low[j - 1] * x;
    }
}

static void check_regression(const struct fixture *f, const char *set, size_t p, bool intercept)
{
    struct reference *const table = read_set(set);
    struct linear_sums *const sums = linear_alloc(p);
    struct linear_fit *const fit = linear_fit_alloc(p);

    for (size_t i = 0; i < table->n_rows; i++) {
        double x[COLUMNS_MAX], low[COLUMNS_MAX] = {0};
        if (strcmp(set, "Longley") == 0)
            memcpy(x, table->values + i * table->n_columns + 1, p * sizeof *x);
        else
            make_powers(reference_value(table, i, "x"), p, x, low);
        assert_int_equal(linear_add(sums, x, low, reference_value(table, i, "y"), 1), GSL_SUCCESS);
    }
    assert_int_equal(linear_solve(sums, intercept, LINEAR_TOLERANCE, fit), GSL_SUCCESS);
    assert_int_equal(fit->rank, p);
    for (size_t k = intercept ? 0 : 1; k <= p; k++) {
        char quantity[16];
        snprintf(quantity, sizeof quantity, "b%zu", k);
        judge(f, set, quantity, fit->coef[k]);
        snprintf(quantity, sizeof quantity, "se%zu", k);
        judge(f, set, quantity, fit->std_err[k]);
    }
    judge(f, set, "resid_sd", fit->sigma);
    linear_fit_free(fit);
    linear_free(sums);
    reference_free(table);
}

static void test_linear_regression(void **state)
{
    const struct fixture *const f = *state;

    check_regression(f, "Norris", 1, true);
    check_regression(f, "Pontius", 2, true);
    check_regression(f, "NoInt1", 1, false);
    check_regression(f, "NoInt2", 1, false);
    check_regression(f, "Filip", 10, true);
    check_regression(f, "Longley", 6, true);
    for (int k = 1; k <= 5; k++) {
        char set[16];
        snprintf(set, sizeof set, "Wampler%d", k);
        check_regression(f, set, 5, true);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_summaries_of_one_column),
        cmocka_unit_test(test_series_that_have_no_correlation),
        cmocka_unit_test(test_one_way_analysis_of_variance),
        cmocka_unit_test(test_linear_regression),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
