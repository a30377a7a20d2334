/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every design of `adjust` on the people of `stepdown simulate`, whose other life is known.
 *
 *     test_coverage_simulated             a few studies, wide limits
 *     FULL=1 test_coverage_simulated      2,000 studies (make check-coverage), seeds fixed beforehand
 *
 * A study has the persons of a block of numbers whose first care is iop or inpatient.  Need decides the arm, risk the return to
 * use and death; both are covariates.  The outcome is the return to use within 365 days; death competes; leaving the plan is a
 * loss.  Other persons live twice, once under each arm, and tell the truth of each estimand with its Monte-Carlo error; designs
 * without a closed estimand (matching, strata, regression) have the value of one large study.
 *
 * In the second process people of more risk leave sooner after iop and later after inpatient care, so that only designs with `censoring` can be right.
 */
#include "simulate/lives.h"
#include "stats/placed_random.h"
#include "tests/pipeline/compare/coverage.h"
#include "tests/support/scratch.h"

enum { SEED = 20261201, LEAVES = 77, FOLLOW_UP = 365 };
static const uint64_t BLOCK = 100000, FIRST_OF_TRUTH = UINT64_C(1) << 40;

static const char columns_of_study[] = "  care: {type: category, codes: {1: iop, 2: inpatient}}\n"
                                       "  days: {type: integer, range: [0, 99999], known: after}\n"
                                       "  what: {type: integer, range: [0, 2]}\n"
                                       "  need: {type: real, range: [-100, 100]}\n"
                                       "  risk: {type: real, range: [-100, 100]}\n";
#define STUDY(adjust) \
    "cohort:\n  arms: {iop: \"care == 'iop'\", inpatient: \"care == 'inpatient'\"}\n  reference: inpatient\n" \
    "  covariates: [need, risk]\n  follow_up: {days: 365}\n" \
    "outcomes: {back: {time: days, event: \"what == 1\", competing: {death: \"what == 2\"}, event_is: bad}}\n" \
    "compare: [{outcomes: [back], measures: [risk_difference, rmst_difference], at: [180], tau: 300, adjust: [" adjust "]}]\n"

/* ---- people ---------------------------------------------------------------------------------------------------------------- */

/* What is seen of a life that ends at `end`, whatever happens. */
static int seen(const struct life *life, int arm, int end, int *cause)
{
    *cause = life->days[arm] > end ? 0 : life->cause[arm];
    return life->days[arm] > end ? end : life->days[arm];
}

static int leaving_day(const struct lives *lives, const struct life *life, uint64_t number, bool informative)
{
    const double u = placed_random(SEED, number, LEAVES);
    const int day = informative ? (int)ceil(fmin(-log(u) / (0.0015 * exp((life->arm == LIFE_IOP ? 0.15 : -0.1) * (life->risk - lives_mean_risk(lives)))), 1e6)) : life->leaves;

    return day < 0 ? 0 : day < FOLLOW_UP ? day : FOLLOW_UP;
}

static void fill_study(const struct lives *lives, uint64_t first, size_t n, bool informative, const struct coverage_study *s)
{
    struct life life;
    size_t i = 0;

    for (uint64_t number = first; i < n; number++) {
        int cause;
        if (!lives_find(lives, number, FOLLOW_UP, &life))
            continue;
        const int time = seen(&life, life.arm, leaving_day(lives, &life, number, informative), &cause);
        column_set_real(table_column(s->records, "need"), i, life.need);
        column_set_real(table_column(s->records, "risk"), i, life.risk);
        coverage_set(s, i, life.arm == LIFE_IOP ? 0 : 1, cause, time);
        i++;
    }
}

/* ---- truth ------------------------------------------------------------------------------------------------------------------- */

enum { ATE, ATT, ATC, ATO, N_TILTS };
struct truth {
    double value[N_TILTS][2], error[N_TILTS][2]; /* risk at 180, mean up to 300; iop less inpatient */
};

static struct truth find_truth(const struct lives *lives, size_t n)
{
    double weight[N_TILTS] = {0}, sum[N_TILTS][2] = {{0}}, *tilt = calloc(N_TILTS * n, sizeof *tilt), *gain = calloc(2 * n, sizeof *gain);
    struct truth truth;
    struct life life;
    size_t i = 0;

    assert_true(tilt != NULL && gain != NULL);
    for (uint64_t number = FIRST_OF_TRUTH; i < n; number++) {
        if (!lives_find(lives, number, FOLLOW_UP, &life))
            continue;
        const double e = life.share, tilts[N_TILTS] = {1, e, 1 - e, e * (1 - e)};
        for (int arm = 0; arm < 2; arm++) {
            const int sign = arm == LIFE_IOP ? 1 : -1;
            gain[2 * i] += sign * (life.cause[arm] == 1 && life.days[arm] <= 180);
            gain[2 * i + 1] += sign * fmin(life.days[arm], 300);
        }
        for (int k = 0; k < N_TILTS; k++) {
            tilt[N_TILTS * i + (size_t)k] = tilts[k];
            weight[k] += tilts[k];
            for (int m = 0; m < 2; m++)
                sum[k][m] += tilts[k] * gain[2 * i + (size_t)m];
        }
        i++;
    }
    for (int k = 0; k < N_TILTS; k++)
        for (int m = 0; m < 2; m++) {
            double square = 0;
            truth.value[k][m] = sum[k][m] / weight[k];
            for (i = 0; i < n; i++)
                square += pow(tilt[N_TILTS * i + (size_t)k] * (gain[2 * i + (size_t)m] - truth.value[k][m]), 2);
            truth.error[k][m] = sqrt(square) / weight[k];
        }
    free(gain);
    free(tilt);
    return truth;
}

/* ---- studies ------------------------------------------------------------------------------------------------------------------- */

struct design {
    const char *name;
    int tilt;        /* -1: the value of one large study */
    const char *shown_only; /* why it cannot be right here; NULL */
};

static size_t run(const char *of, const char *study_text, const struct design *designs, size_t n_designs, bool informative,
                  const struct coverage_plan *plan)
{
    struct lives *lives = lives_alloc(SEED, 1.25);
    struct coverage_number *numbers = calloc(2 * n_designs, sizeof *numbers);
    struct small_study small = small_study_open(columns_of_study, "", study_text, "");

    assert_true(numbers != NULL && lives != NULL);
    const struct truth truth = find_truth(lives, plan->n_truth);
    bool any_large = false;
    for (size_t k = 0; k < 2 * n_designs; k++) {
        const struct design *d = &designs[k / 2];
        numbers[k] = (struct coverage_number){.analysis = "main", .design = d->name, .measure = k % 2 ? "rmst_difference" : "risk_difference",
                                              .arm = "iop", .reference = "inpatient", .time = k % 2 ? 300 : 180};
        numbers[k].shown_only = d->shown_only;
        numbers[k].truth = d->tilt < 0 ? NAN : truth.value[d->tilt][k % 2];
        numbers[k].truth_error = d->tilt < 0 ? 0 : truth.error[d->tilt][k % 2];
        any_large |= d->tilt < 0;
    }
    coverage_start(numbers, 2 * n_designs, plan->n_studies + 1);
    capture_start();
    if (any_large) {
        struct coverage_study s = coverage_study_alloc(small.study, plan->n_truth);
        fill_study(lives, FIRST_OF_TRUTH, plan->n_truth, informative, &s);
        coverage_compare(small.study, &s, numbers, 2 * n_designs);
        for (size_t k = 0; k < 2 * n_designs; k++) {
            if (designs[k / 2].tilt < 0) {
                numbers[k].truth = numbers[k].estimate[0];
                numbers[k].truth_error = numbers[k].errors;
            }
            numbers[k].n = numbers[k].n_covered = numbers[k].n_passed = 0;
            numbers[k].errors = 0;
        }
    }
    for (size_t study = 0; study < plan->n_studies; study++) {
        struct coverage_study s = coverage_study_alloc(small.study, plan->n_people);
        fill_study(lives, (study + 1) * BLOCK, plan->n_people, informative, &s);
        coverage_compare(small.study, &s, numbers, 2 * n_designs);
    }
    capture_end();
    coverage_head(of, plan);
    const size_t n_bad = coverage_judge(plan, numbers, 2 * n_designs);
    small_study_close(&small);
    free(numbers);
    lives_free(lives);
    return n_bad;
}

static void test_intervals_hold_their_own_estimand_on_simulated_people(void **state)
{
    (void)state;
    const struct coverage_plan plan = coverage_plan_of(40, 400, 20000, 1000, 400000);
    static const struct design designs[] = {{"overlap", ATO, NULL}, {"iptw", ATE, NULL}, {"att", ATT, NULL}, {"atc", ATC, NULL}, {"match", -1, NULL},
                                            {"stratify", -1, "(scores are tied, so that strata move with the sample)"},
                                            {"regression", -1, NULL}, {"doubly_robust", ATE, NULL}};

    assert_int_equal(run("People of stepdown simulate", STUDY("overlap, iptw, att, atc, {method: match, caliper: 0.2}, stratify, regression, "
                                                              "doubly_robust"),
                         designs, sizeof designs / sizeof designs[0], false, &plan), 0);
}

static void test_intervals_hold_when_losses_depend_on_covariates(void **state)
{
    (void)state;
    const struct coverage_plan plan = coverage_plan_of(30, 400, 20000, 800, 400000);
    static const struct design designs[] = {{"overlap_seen", ATO, NULL}, {"iptw_seen", ATE, NULL}, {"robust_seen", ATE, NULL},
                                            {"iptw", ATE, "(losses are taken to say nothing)"}};

    assert_int_equal(run("People of stepdown simulate, losses by risk",
                         STUDY("{method: overlap, name: overlap_seen, censoring: covariates}, {method: iptw, name: iptw_seen, censoring: "
                               "covariates}, {method: doubly_robust, name: robust_seen, censoring: covariates}, iptw"),
                         designs, sizeof designs / sizeof designs[0], true, &plan), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_intervals_hold_their_own_estimand_on_simulated_people),
        cmocka_unit_test(test_intervals_hold_when_losses_depend_on_covariates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
