/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Adjusted comparisons on simulated studies whose truth is known: does an interval hold its own estimand as often as it
 * says, is a margin passed as seldom as it should be where the loss is the margin itself, is there bias?
 *
 *     test_coverage               a few studies, wide limits
 *     FULL=1 test_coverage        2,000 studies of 1,000 people (make check-coverage), seeds fixed beforehand
 *
 * People: age, sex and drug make both the arm and the hazards of relapse and death; the arm's effect differs by sex, so that
 * estimands differ.  Losses depend on the arm.  Days are whole, and P(relapse by t) and days free up to tau have a closed form
 * in each of the 318 kinds of people, so truths of weighted designs are exact sums.  Designs without one (matching, strata,
 * regression, hazard ratios) have the value that they take in one study of a million people.
 */
#include <gsl/gsl_randist.h>
#include <gsl/gsl_statistics_double.h>
#include <stdlib.h>

#include "stats/random_stream.h"
#include "stats/verdict.h"
#include "tests/pipeline/compare/adjusted_people.h"

enum { SEED = 20261128, N_DESIGN = 10, N_NUMBER = 4, STUDIES_MAX = 2000 };

static const char columns_of_study[] = "  arm: {type: category, codes: {1: iop, 2: inpatient}}\n"
                                       "  days: {type: integer, range: [0, 99999]}\n"
                                       "  what: {type: integer, range: [0, 2]}\n"
                                       "  age: {type: real, range: [0, 120]}\n"
                                       "  sex: {type: category, codes: {1: female, 2: male}}\n"
                                       "  drug: {type: category, codes: {1: alcohol, 2: opioid, 3: stimulant}}\n";
static const char study_text[] =
    "cohort:\n  arms: {iop: \"arm == 'iop'\", inpatient: \"arm == 'inpatient'\"}\n  reference: inpatient\n"
    "  covariates: [age, sex, drug]\n"
    "outcomes: {relapse: {time: days, event: \"what == 1\", competing: {death: \"what == 2\"}, event_is: bad}}\n"
    "compare: [{outcomes: [relapse], measures: [risk_difference, risk_ratio, rmst_difference, hazard_ratio], at: [180], "
    "tau: 365, adjust: [overlap, iptw, att, atc, {method: iptw, name: stable, stabilised: yes}, "
    "{method: match, caliper: 0.2}, stratify, regression, doubly_robust, "
    "{method: doubly_robust, name: robust_att, estimand: att}]}]\n";
static const char *const designs[N_DESIGN] = {"overlap", "iptw",     "att",        "atc",           "stable",
                                              "match",   "stratify", "regression", "doubly_robust", "robust_att"};
static const struct {
    const char *measure;
    double time;
    bool is_log;
} numbers[N_NUMBER] = {{"risk_difference", 180, false}, {"risk_ratio", 180, true}, {"rmst_difference", 365, false},
                       {"hazard_ratio", NAN, true}};

/* ---- people ------------------------------------------------------------------------------------------ */

struct kind {
    int age, sex, drug; /* sex 0 or 1, drug 0 .. 2 */
};

static double share_of(struct kind k)
{
    static const double drug[3] = {0.5, 0.3, 0.2};
    return (k.sex ? 0.4 : 0.6) * drug[k.drug] / 53;
}

static double score_of(struct kind k)
{
    return 1 / (1 + exp(1.0 - 0.025 * (k.age - 44) - 0.5 * k.sex + 0.4 * (k.drug == 1) - 0.5 * (k.drug == 2)));
}

static double relapse_rate(struct kind k, int arm)
{
    return 0.003 * exp(0.015 * (k.age - 44) + 0.4 * k.sex + 0.5 * (k.drug == 2) + arm * (0.1 + 0.3 * k.sex));
}

static double death_rate(struct kind k)
{
    return 0.0005 * exp(0.03 * (k.age - 44));
}

/* P(relapse by day t), and expected days free of both up to tau, when time is the day that the continuous one ends in. */
static double true_risk(struct kind k, int arm, double t)
{
    const double h1 = relapse_rate(k, arm), h = h1 + death_rate(k);
    return h1 / h * (1 - exp(-h * t));
}

static double true_days(struct kind k, int arm, double tau)
{
    const double h = relapse_rate(k, arm) + death_rate(k);
    return (1 - exp(-h * tau)) / (1 - exp(-h));
}

/* Truths of the weighted designs; NaN where there is no closed form. */
static void exact_truths(double truth[N_DESIGN][N_NUMBER])
{
    static const int tilt[N_DESIGN] = {3, 0, 1, 2, 0, -1, -1, -1, 0, 1}; /* ate, att, atc, ato */

    for (int d = 0; d < N_DESIGN; d++) {
        double weight = 0, risk[2] = {0, 0}, days[2] = {0, 0};
        for (int age = 18; age <= 70; age++)
            for (int sex = 0; sex < 2; sex++)
                for (int drug = 0; drug < 3; drug++) {
                    const struct kind k = {age, sex, drug};
                    const double e = score_of(k), tilts[] = {1, e, 1 - e, e * (1 - e)};
                    const double w = tilt[d] < 0 ? 0 : share_of(k) * tilts[tilt[d]];
                    weight += w;
                    for (int arm = 0; arm < 2; arm++) {
                        risk[arm] += w * true_risk(k, arm, 180);
                        days[arm] += w * true_days(k, arm, 365);
                    }
                }
        truth[d][0] = weight > 0 ? (risk[1] - risk[0]) / weight : NAN;
        truth[d][1] = weight > 0 ? log(risk[1] / risk[0]) : NAN;
        truth[d][2] = weight > 0 ? (days[1] - days[0]) / weight : NAN;
        truth[d][3] = NAN;
    }
}

static void draw_person(const gsl_rng *rng, struct table *records, struct table *cohort, struct table *outcome, size_t i)
{
    struct kind k = {.age = 18 + (int)gsl_rng_uniform_int(rng, 53), .sex = gsl_rng_uniform(rng) < 0.4};
    const double u = gsl_rng_uniform(rng);
    k.drug = u < 0.5 ? 0 : u < 0.8 ? 1 : 2;
    const int arm = gsl_rng_uniform(rng) < score_of(k);
    const double h1 = relapse_rate(k, arm), h = h1 + death_rate(k), event = ceil(gsl_ran_exponential(rng, 1 / h)),
                 lost = ceil(gsl_ran_exponential(rng, 1 / (arm ? 0.002 : 0.001))), end = fmin(lost, 400);
    const int cause = event > end ? 0 : gsl_rng_uniform(rng) < h1 / h ? 1 : 2;

    column_set_real(table_column(records, "age"), i, k.age);
    column_set_code(table_column(records, "sex"), i, k.sex);
    column_set_code(table_column(records, "drug"), i, k.drug);
    column_set_integer(table_column(cohort, "record"), i, (int64_t)i);
    column_set_code(table_column(cohort, "arm"), i, arm ? 0 : 1);
    column_set_integer(table_column(cohort, "weight"), i, 1);
    column_set_integer(table_column(cohort, "population:all"), i, 1);
    column_set_integer(table_column(outcome, "cause"), i, cause);
    column_set_real(table_column(outcome, "time"), i, fmin(event, end));
}

/* ---- one study --------------------------------------------------------------------------------------- */

struct result {
    double estimate[N_DESIGN][N_NUMBER], error[N_DESIGN][N_NUMBER];
};

static struct table *new_table(const char *name, size_t n)
{
    struct table *table = table_alloc(name, name);
    assert_non_null(table);
    assert_int_equal(table_resize(table, n), 0);
    return table;
}

static struct table *new_cohort(const struct study *study, size_t n)
{
    struct table *cohort = new_table("cohort", n);
    const char *const arms[] = {"iop", "inpatient"};

    assert_true(study->cohort.arms.n == 2);
    assert_non_null(table_add_column(cohort, "record", COLUMN_INT64, 0, "", ""));
    assert_non_null(table_add_category(cohort, "arm", arms, 2, ""));
    assert_non_null(table_add_column(cohort, "weight", COLUMN_INT64, 0, "", ""));
    assert_non_null(table_add_column(cohort, "population:all", COLUMN_INT8, 0, "", ""));
    return cohort;
}

static struct result run_study(const struct study *study, uint64_t number, size_t n)
{
    struct table *records = codebook_schema(study->tables[0].codebook, "clients"), *cohort = new_cohort(study, n),
                 *outcome = new_table("outcome", n);
    const struct analyses_input input = {
        .study = study, .cohort = cohort, .records = records, .outcomes = &outcome, .n_threads = 1};
    struct random_stream stream;
    struct random_stream_gsl gsl;
    struct analyses a;
    struct result result;

    assert_int_equal(table_resize(records, n), 0);
    assert_non_null(table_add_column(outcome, "cause", COLUMN_INT8, 0, "", ""));
    assert_non_null(table_add_column(outcome, "time", COLUMN_FLOAT64, 0, "", ""));
    random_stream_start(&stream, SEED, 0, number);
    random_stream_gsl(&gsl, &stream);
    for (size_t i = 0; i < n; i++)
        draw_person(&gsl.rng, records, cohort, outcome, i);
    assert_int_equal(analyses_run(&input, &a), 0);
    for (int d = 0; d < N_DESIGN; d++)
        for (int k = 0; k < N_NUMBER; k++) {
            const size_t row = adjusted_row(a.estimates, designs[d], numbers[k].measure, "iop", "inpatient", numbers[k].time);
            const double value = adjusted_number(a.estimates, row, "estimate");
            result.estimate[d][k] = numbers[k].is_log ? log(value) : value;
            result.error[d][k] = adjusted_number(a.estimates, row, "std_error");
        }
    analyses_free(&a);
    table_free(outcome);
    table_free(cohort);
    table_free(records);
    return result;
}

/* ---- many -------------------------------------------------------------------------------------------- */

struct plan {
    size_t n_studies, n_people, n_large;
    double low, high, type_1, bias; /* limits: coverage, error of the verdict, bias in its Monte-Carlo errors */
};

struct tally {
    double *estimate; /* [n_studies] */
    double errors;
    size_t n_covered, n_passed, n;
};

static void count(struct tally *t, double truth, double estimate, double error)
{
    const struct verdict_question question = {.estimate = estimate, .std_error = error, .conf_low = estimate - Z95 * error,
                                              .conf_high = estimate + Z95 * error, .level = 0.95, .ratio = false,
                                              .worse = WORSE_IS_HIGHER, .margin = truth, .n = 1};
    struct verdict verdict;

    t->estimate[t->n++] = estimate;
    t->errors += error;
    t->n_covered += fabs(estimate - truth) <= Z95 * error;
    t->n_passed += truth > 0 ? verdict_decide(&question, &verdict) == GSL_SUCCESS && verdict.answer == VERDICT_NON_INFERIOR
                             : estimate - Z95 * error > truth; /* days lost: the loss is the other way round */
}

static size_t judge(const struct plan *plan, int d, int k, double truth, const struct tally *t)
{
    const double n = (double)t->n, mean = gsl_stats_mean(t->estimate, 1, t->n), sd = gsl_stats_sd(t->estimate, 1, t->n),
                 bias = (mean - truth) / (sd / sqrt(n)), covered = (double)t->n_covered / n, passed = (double)t->n_passed / n;
    const bool good = covered >= plan->low && covered <= plan->high && passed <= plan->type_1 && fabs(bias) <= plan->bias;

    printf("| %-13s | %-15s | %9.4f | %9.4f | %5.1f | %8.4f | %8.4f | %5.1f %% | %4.1f %% | %s |\n", designs[d],
           numbers[k].measure, truth, mean, bias, sd, t->errors / n, 100 * covered, 100 * passed, good ? "" : "no");
    return !good;
}

static size_t run(const struct study *study, const struct plan *plan)
{
    static struct tally tallies[N_DESIGN][N_NUMBER];
    double truth[N_DESIGN][N_NUMBER];
    size_t n_bad = 0;
    const struct result large = run_study(study, STUDIES_MAX, plan->n_large);

    exact_truths(truth);
    for (int d = 0; d < N_DESIGN; d++)
        for (int k = 0; k < N_NUMBER; k++) {
            if (isnan(truth[d][k]))
                truth[d][k] = large.estimate[d][k];
            assert_non_null(tallies[d][k].estimate = calloc(plan->n_studies, sizeof(double)));
        }
    for (size_t s = 0; s < plan->n_studies; s++) {
        const struct result one = run_study(study, s, plan->n_people);
        for (int d = 0; d < N_DESIGN; d++)
            for (int k = 0; k < N_NUMBER; k++)
                if (isfinite(one.error[d][k]))
                    count(&tallies[d][k], truth[d][k], one.estimate[d][k], one.error[d][k]);
    }
    printf("%zu studies of %zu people, seed %d\n\n", plan->n_studies, plan->n_people, (int)SEED);
    printf("| design        | number          |     truth |      mean |  bias | std dev. | mean err | covered | passed | |\n"
           "|---|---|---|---|---|---|---|---|---|---|\n");
    for (int d = 0; d < N_DESIGN; d++)
        for (int k = 0; k < N_NUMBER; k++) {
            if (numbers[k].measure[0] == 'h' && tallies[d][k].n == 0)
                continue; /* doubly robust numbers have no hazard ratio */
            assert_true(tallies[d][k].n == plan->n_studies);
            n_bad += judge(plan, d, k, truth[d][k], &tallies[d][k]);
            free(tallies[d][k].estimate);
        }
    return n_bad;
}

static void test_intervals_hold_their_own_estimand(void **state)
{
    (void)state;
    const bool full = getenv("FULL") != NULL;
    const char *const studies = getenv("STUDIES");
    const size_t n = studies != NULL && strtoul(studies, NULL, 10) < STUDIES_MAX ? strtoul(studies, NULL, 10) : STUDIES_MAX;
    const double reach = 3 * sqrt(0.95 * 0.05 / (double)n); /* of 2,000 studies: 93.5 to 96.5 %, and 3.5 % */
    const struct plan bounded = {60, 400, 40000, 0.85, 1, 0.10, 4.5},
                      whole = {n, 1000, 1000000, 0.95 - reach, 0.95 + reach, 0.025 + 3 * sqrt(0.025 * 0.975 / (double)n), 3};
    struct small_study small = small_study_open(columns_of_study, "", study_text, "");

    assert_true(run(small.study, full ? &whole : &bounded) == 0);
    small_study_close(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_intervals_hold_their_own_estimand)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
