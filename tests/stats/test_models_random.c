/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random small data sets against R's answers (scripts/references/models_random.R): Kaplan-Meier, Nelson-Aalen, medians,
 * restricted means, log-rank, Aalen-Johansen, Gray, Fine-Gray, Weibull, logistic, Poisson.  Cox: test_cox_random.c.
 *
 * The 10,000 sets of tests/reference/models_random.csv.gz; STEPDOWN_MODELS_ANSWERS names another file, not compressed.
 */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/aft.h"
#include "stats/cuminc.h"
#include "stats/finegray.h"
#include "stats/glm.h"
#include "stats/gray.h"
#include "stats/km_quantile.h"
#include "stats/logrank.h"
#include "stats/rmst.h"
#include "tests/support/near.h"

enum { N_MAX = 40, N_ANSWERS = 24, N_SETS = 10000 };

/* Under a sanitizer a part of the sets must do. */
#ifdef __SANITIZE_ADDRESS__
enum { EVERY = 5 };
#else
enum { EVERY = 1 };
#endif

/* The columns of the answers, after the number of the set. */
enum answer {
    SURV, SURV_SE, HAZARD, MEDIAN, RMST, RMST_SE, LOGRANK, CIF, CIF_VAR, GRAY, FG1, FG2, FG_SE1, FG_SE2,
    WEIBULL0, WEIBULL1, WEIBULL_SCALE, WEIBULL_LOGLIK, LOGISTIC1, LOGISTIC2, LOGISTIC_SE1, LOGISTIC_SE2, POISSON, POISSON_SE
};

struct set {
    uint32_t number;
    size_t n;
    double t, time[N_MAX], upper[N_MAX], x[N_MAX], y[N_MAX], count[N_MAX], arm_number[N_MAX];
    int32_t cause[N_MAX], event[N_MAX], arm[N_MAX];
    double r[N_ANSWERS]; /* NAN: R has none */
};

struct tally {
    size_t n_set, n_bad, compared[N_ANSWERS];
};

static uint32_t draw(uint32_t *state, uint32_t n)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % n;
}

static void make_set(struct set *set)
{
    static const int32_t causes[] = {0, 1, 1, 2};
    uint32_t state = set->number;
    for (int k = 0; k < 3; k++)
        draw(&state, 2);
    set->n = 10 + draw(&state, 31);
    const uint32_t span = 4 + draw(&state, 40);
    for (size_t i = 0; i < set->n; i++) {
        set->time[i] = 1 + draw(&state, span);
        set->cause[i] = causes[draw(&state, 4)];
        set->arm[i] = (int32_t)draw(&state, 2);
        set->x[i] = ((double)draw(&state, 1000) - 300) / 128;
        set->y[i] = draw(&state, 2);
        set->count[i] = draw(&state, 5);
        set->event[i] = set->cause[i] == 1;
        set->upper[i] = set->event[i] ? set->time[i] : INFINITY;
        set->arm_number[i] = set->arm[i];
    }
    set->t = 1 + span / 2;
}

/* Within `relative` of R's value, or of 1e-6 where that is next to nothing. */
static void compare(const struct set *set, enum answer what, double ours, double relative, struct tally *tally)
{
    static const char *const names[] = {
        "surv", "its error", "hazard", "median", "rmst", "its error", "log-rank", "incidence", "its variance", "Gray", "Fine-Gray x",
        "Fine-Gray arm", "error of x", "error of arm", "Weibull 0", "Weibull x", "log scale", "Weibull loglik", "logistic x",
        "logistic arm", "error of x", "error of arm", "Poisson", "its error"};
    const double theirs = set->r[what];
    if (isnan(theirs))
        return;
    tally->compared[what]++;
    if (fabs(ours - theirs) <= relative * fmax(fabs(theirs), 1e-2))
        return;
    if (tally->n_bad++ < 10)
        print_message("set %u: %s is %.15g, R has %.15g\n", set->number, names[what], ours, theirs);
}

static struct risk_table *count(const struct set *set, const int32_t *cause, size_t n_cause)
{
    double axis[N_MAX];
    size_t n_time;
    assert_int_equal(risk_table_axis(set->n, NULL, set->time, axis, &n_time), GSL_SUCCESS);
    struct risk_table *const table = risk_table_alloc(2, 1, n_cause, axis, n_time);
    assert_non_null(table);
    assert_int_equal(risk_table_add(table, set->n, NULL, set->time, cause, set->arm, NULL, NULL, 1), GSL_SUCCESS);
    return table;
}

static void check_curves(const struct set *set, struct tally *tally)
{
    struct risk_table *const table = count(set, set->event, 1);
    struct km_curve *const curve = km_curve_alloc(table->n_time);
    struct logrank *const test = logrank_alloc(2);
    struct survival_interval interval;
    struct km_reading reading;
    struct km_quantile median;
    struct rmst rmst;
    survival_interval_init(&interval, SURVIVAL_CONF_LOG, 0.95);
    assert_int_equal(km_solve(table, RISK_TABLE_ALL, 0, 0, &interval, curve), GSL_SUCCESS);
    km_read(curve, set->t, KM_AFTER, &reading);
    km_quantile_solve(curve, 0.5, &median);
    compare(set, SURV, reading.surv, 1e-9, tally);
    compare(set, SURV_SE, reading.std_err, 1e-9, tally);
    compare(set, HAZARD, reading.cumhaz, 1e-9, tally);
    compare(set, MEDIAN, isnan(median.time) ? -1 : median.time, 1e-9, tally);
    if (!isnan(set->r[RMST])) {
        assert_int_equal(rmst_solve(curve, set->t, &rmst), GSL_SUCCESS);
        compare(set, RMST, rmst.estimate, 1e-9, tally);
        compare(set, RMST_SE, rmst.std_err, 1e-9, tally);
    }
    if (logrank_solve(table, 0, 0, 0, LOGRANK_RANK_TOLERANCE, test) == GSL_SUCCESS)
        compare(set, LOGRANK, test->chi_square, 1e-8, tally);
    logrank_free(test);
    km_curve_free(curve);
    risk_table_free(table);
}

static void check_competing(const struct set *set, struct tally *tally)
{
    struct risk_table *const table = count(set, set->cause, 2);
    struct cuminc_curve *const curve = cuminc_curve_alloc(table->n_time);
    struct gray *const test = gray_alloc(2);
    struct survival_interval interval;
    struct cuminc_reading reading;
    survival_interval_init(&interval, SURVIVAL_CONF_LOG, 0.95);
    if (cuminc_solve(table, 0, 0, 1, CUMINC_AALEN, &interval, curve) == GSL_SUCCESS) {
        cuminc_read(curve, set->t, KM_AFTER, &reading);
        compare(set, CIF, reading.cuminc, 1e-9, tally);
        compare(set, CIF_VAR, reading.std_err * reading.std_err, 1e-8, tally);
    }
    if (gray_solve(table, 1, 0, test) == GSL_SUCCESS)
        compare(set, GRAY, test->test.statistic, 1e-7, tally);
    gray_free(test);
    cuminc_curve_free(curve);
    risk_table_free(table);
}

static void check_regressions(const struct set *set, struct tally *tally)
{
    static const int32_t columns[] = {0, 1};
    const struct design_block blocks[] = {{set->x, NULL, 1, columns}, {set->arm_number, NULL, 1, columns + 1}};
    const struct design_matrix both = {set->n, 2, 2, blocks}, x = {set->n, 1, 1, blocks};
    const struct finegray_rows competing = {.n = set->n, .time = set->time, .cause = set->cause, .wanted = 1, .n_group = 1,
                                            .design = &both};
    const struct finegray_control control = FINEGRAY_CONTROL;
    const struct aft_rows lifetimes = {.n = set->n, .lower = set->time, .upper = set->upper, .design = &x};
    const struct glm_options logistic = {.family = GLM_LOGISTIC, .n_threads = 1}, poisson = {.family = GLM_POISSON, .n_threads = 1};
    struct finegray *const fg = finegray_alloc(2);
    struct aft *const weibull = aft_alloc(1);
    struct glm_fit *glm;
    if (finegray_solve(&competing, &control, 1, fg) == GSL_SUCCESS)
        for (int j = 0; j < 2; j++) {
            compare(set, (enum answer)(FG1 + j), fg->coef[j], 1e-5, tally);
            compare(set, (enum answer)(FG_SE1 + j), fg->std_err[j], 1e-5, tally);
        }
    if (aft_solve(&lifetimes, AFT_WEIBULL, 1, weibull) == GSL_SUCCESS) {
        for (int j = 0; j < 3; j++)
            compare(set, (enum answer)(WEIBULL0 + j), weibull->coef[j], 1e-6, tally);
        compare(set, WEIBULL_LOGLIK, weibull->loglik, 1e-9, tally);
    }
    if (glm_fit_alloc(&(struct glm_data){.design = &both, .y = set->y}, &logistic, &glm) == GSL_SUCCESS) {
        for (int j = 0; j < 2; j++) {
            compare(set, (enum answer)(LOGISTIC1 + j), glm->coef[1 + j], 1e-7, tally);
            compare(set, (enum answer)(LOGISTIC_SE1 + j), sqrt(glm->covariance[(1 + j) * 3 + 1 + j]), 1e-6, tally);
        }
        glm_fit_free(glm);
    }
    if (glm_fit_alloc(&(struct glm_data){.design = &x, .y = set->count}, &poisson, &glm) == GSL_SUCCESS) {
        compare(set, POISSON, glm->coef[1], 1e-7, tally);
        compare(set, POISSON_SE, sqrt(glm->covariance[3]), 1e-7, tally);
        glm_fit_free(glm);
    }
    aft_free(weibull);
    finegray_free(fg);
}

/* "12,0.5,,3": false for the header. */
static bool read_set(char *line, struct set *set)
{
    char *rest = line, *cell = strsep(&rest, ",\n"), *end;
    set->number = (uint32_t)strtoul(cell, &end, 10);
    if (end == cell)
        return false;
    for (int k = 0; k < N_ANSWERS; k++) {
        assert_non_null(cell = strsep(&rest, ",\n"));
        set->r[k] = cell[0] != '\0' ? strtod(cell, NULL) : NAN;
    }
    return true;
}

static void test_random_sets_are_answered_as_in_r(void **state)
{
    (void)state;
    const char *const path = getenv("STEPDOWN_MODELS_ANSWERS");
    FILE *const file = path != NULL ? fopen(path, "r") : popen("gzip -dc tests/reference/models_random.csv.gz", "r");
    struct tally tally = {0};
    static struct set set;
    char line[1024];
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        if (!read_set(line, &set) || set.number % EVERY != 0)
            continue;
        make_set(&set);
        check_curves(&set, &tally);
        check_competing(&set, &tally);
        check_regressions(&set, &tally);
        tally.n_set++;
    }
    assert_int_equal(path != NULL ? fclose(file) : pclose(file), 0);
    size_t n = 0;
    for (int k = 0; k < N_ANSWERS; k++) {
        n += tally.compared[k];
        assert_true(tally.compared[k] * 10 >= tally.n_set * 8);
    }
    print_message("%zu sets, %zu numbers compared\n", tally.n_set, n);
    assert_true(path != NULL || tally.n_set == N_SETS / EVERY);
    assert_int_equal(tally.n_bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_sets_are_answered_as_in_r),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
