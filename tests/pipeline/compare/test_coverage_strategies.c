/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Strategies on simulated studies whose truth is known.
 *
 *     test_coverage_strategies            a few studies, wide limits
 *     FULL=1 test_coverage_strategies     2,000 studies (make check-coverage), seeds fixed beforehand
 *
 * Days are whole.  On each day people may relapse, by sex, drug and whether they have acted before; then, on days 1 to 20, those
 * who have not acted may act, by sex and drug; then some are lost, whoever they are.  So weights by sex and drug are right, and
 * what would come of each strategy is a sum over the six kinds of people, day by day.
 */
#include <gsl/gsl_randist.h>

#include "stats/random_stream.h"
#include "tests/pipeline/compare/coverage.h"
#include "tests/support/scratch.h"

enum { SEED = 20261130, DECIDED = 10, LAST_ACT = 20, FOLLOWED = 120 };

static const char columns_of_study[] = "  days: {type: integer, range: [0, 99999], known: after}\n"
                                       "  what: {type: integer, range: [0, 2]}\n"
                                       "  act: {type: integer, range: [0, 99999], known: after}\n"
                                       "  sex: {type: category, codes: {1: female, 2: male}}\n"
                                       "  drug: {type: category, codes: {1: alcohol, 2: opioid, 3: stimulant}}\n";
static const char study_text[] =
    "cohort:\n  arms: {all: \"sex in ('female', 'male')\"}\n  covariates: [sex, drug]\n"
    "outcomes: {relapse: {time: days, event: \"what == 1\", event_is: bad}}\n"
    "strategies: {q: {day: act, follow: {early: {by: 10}, stay: {not_by: 10}}, reference: stay}}\n"
    "compare: [{analysis: clones, strategies: {of: q, weights: [\"sex:drug\"]}, outcomes: [relapse], measures: [risk_difference, "
    "rmst_difference], at: [60], tau: 100}, {analysis: landmark, strategies: {of: q, landmark: 10}, outcomes: [relapse], measures: "
    "[risk_difference], at: [50], adjust: [{method: iptw, propensity: [\"sex:drug\"]}, {method: overlap, propensity: [\"sex:drug\"]}, "
    "{method: doubly_robust, propensity: [\"sex:drug\"], terms: [\"sex:drug\"]}]}]\n";

static double share_of(int sex, int drug)
{
    static const double drugs[3] = {0.5, 0.3, 0.2};
    return (sex ? 0.4 : 0.6) * drugs[drug];
}

/* Chances on one day. */
static double relapse_on(int sex, int drug, bool acted)
{
    return 0.008 * exp(0.5 * sex + 0.6 * (drug == 2) - 0.3 * (drug == 1) - (acted ? 0.5 : 0));
}

static double act_on(int sex, int drug, int day)
{
    return day < 1 || day > LAST_ACT ? 0 : 0.07 * exp(0.6 * sex - 0.5 * (drug == 1) + 0.5 * (drug == 2));
}

/* ---- truth ---------------------------------------------------------------------------------------------------------------- */

struct course {
    double free[2];                 /* free of relapse: not acted, acted */
    double surv[FOLLOWED + 1];      /* at the end of each day */
};

enum rule { EARLY, STAY, NATURAL };

/* A kind of people, from day `from` + 1 on with these shares. */
static void run_course(int sex, int drug, enum rule rule, int from, struct course *c)
{
    for (int day = from + 1; day <= FOLLOWED; day++) {
        for (int acted = 0; acted < 2; acted++)
            c->free[acted] *= 1 - relapse_on(sex, drug, acted);
        double moved = rule == STAY && day <= DECIDED ? 0 : c->free[0] * act_on(sex, drug, day);
        if (rule == EARLY && day == DECIDED)
            moved = c->free[0]; /* who has waited so long acts now */
        c->free[0] -= moved;
        c->free[1] += moved;
        c->surv[day] = c->free[0] + c->free[1];
    }
}

static void true_clones(struct coverage_number *risk, struct coverage_number *days)
{
    double loss = 0, gain = 0;

    for (int sex = 0; sex < 2; sex++)
        for (int drug = 0; drug < 3; drug++) {
            struct course early = {{1, 0}, {1}}, stay = {{1, 0}, {1}};
            run_course(sex, drug, EARLY, 0, &early);
            run_course(sex, drug, STAY, 0, &stay);
            loss += share_of(sex, drug) * (stay.surv[60] - early.surv[60]);
            for (int day = 0; day < 100; day++)
                gain += share_of(sex, drug) * (early.surv[day] - stay.surv[day]);
        }
    risk->truth = loss;
    days->truth = gain;
}

/* From the landmark on: those who have acted by then against those who have not, who may act later. */
static void true_landmark(struct coverage_number numbers[3])
{
    double risk[2] = {0, 0}, weight[2] = {0, 0};

    for (int sex = 0; sex < 2; sex++)
        for (int drug = 0; drug < 3; drug++) {
            struct course all = {{1, 0}, {1}};
            double kept = 1, free[2] = {1, 0};
            run_course(sex, drug, NATURAL, 0, &all);
            for (int day = 1; day <= DECIDED; day++) {
                for (int acted = 0; acted < 2; acted++)
                    free[acted] *= 1 - relapse_on(sex, drug, acted);
                const double moved = free[0] * act_on(sex, drug, day);
                free[0] -= moved;
                free[1] += moved;
            }
            kept = free[0] + free[1];
            struct course acted = {{0, 1}, {1}}, waits = {{1, 0}, {1}};
            run_course(sex, drug, NATURAL, DECIDED, &acted);
            run_course(sex, drug, NATURAL, DECIDED, &waits);
            const double e = free[1] / kept, tilt[2] = {1, e * (1 - e)},
                         difference = waits.surv[DECIDED + 50] - acted.surv[DECIDED + 50];
            for (int k = 0; k < 2; k++) {
                weight[k] += share_of(sex, drug) * kept * tilt[k];
                risk[k] += share_of(sex, drug) * kept * tilt[k] * difference;
            }
        }
    numbers[0].truth = numbers[2].truth = risk[0] / weight[0];
    numbers[1].truth = risk[1] / weight[1];
}

/* ---- studies ----------------------------------------------------------------------------------------------------------------- */

static void draw_person(const gsl_rng *rng, const struct coverage_study *s, size_t i)
{
    const int sex = gsl_rng_uniform(rng) < 0.4;
    const double u = gsl_rng_uniform(rng);
    const int drug = u < 0.5 ? 0 : u < 0.8 ? 1 : 2;
    int act = 0, day = 1, cause = 0;

    for (;; day++) {
        if (gsl_rng_uniform(rng) < relapse_on(sex, drug, act > 0)) {
            cause = 1;
            break;
        }
        if (act == 0 && gsl_rng_uniform(rng) < act_on(sex, drug, day))
            act = day;
        if (day == FOLLOWED || gsl_rng_uniform(rng) < 0.003)
            break;
    }
    column_set_code(table_column(s->records, "sex"), i, sex);
    column_set_code(table_column(s->records, "drug"), i, drug);
    column_set_integer(table_column(s->records, "act"), i, act > 0 ? act : MISSING_INTEGER);
    coverage_set(s, i, 0, cause, day);
}

static void test_intervals_of_strategies_hold_their_own_estimand(void **state)
{
    (void)state;
    const struct coverage_plan plan = coverage_plan_of(60, 500, 0, 1000, 0);
#define NUMBER(of, how, what, day) {.analysis = of, .design = how, .measure = what, .arm = "early", .reference = "stay", .time = day}
    struct coverage_number numbers[] = {NUMBER("clones", "clone_censor_weight", "risk_difference", 60),
                                        NUMBER("clones", "clone_censor_weight", "rmst_difference", 100),
                                        NUMBER("landmark", "iptw", "risk_difference", 50),
                                        NUMBER("landmark", "overlap", "risk_difference", 50),
                                        NUMBER("landmark", "doubly_robust", "risk_difference", 50)};
    enum { N = sizeof numbers / sizeof numbers[0] };
    struct small_study small = small_study_open(columns_of_study, "", study_text, "");

    coverage_start(numbers, N, plan.n_studies);
    true_clones(&numbers[0], &numbers[1]);
    true_landmark(&numbers[2]);
    capture_start();
    for (size_t study = 0; study < plan.n_studies; study++) {
        struct coverage_study s = coverage_study_alloc(small.study, plan.n_people);
        struct random_stream stream;
        struct random_stream_gsl gsl;
        random_stream_start(&stream, SEED, 0, study);
        random_stream_gsl(&gsl, &stream);
        for (size_t i = 0; i < plan.n_people; i++)
            draw_person(&gsl.rng, &s, i);
        coverage_compare(small.study, &s, numbers, N);
    }
    capture_end();
    coverage_head("Strategies", &plan);
    assert_int_equal(coverage_judge(&plan, numbers, N), 0);
    small_study_close(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_intervals_of_strategies_hold_their_own_estimand)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
