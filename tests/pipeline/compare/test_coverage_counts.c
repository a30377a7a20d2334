/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Adjustments by strata of columns, and of outcomes without days, on simulated studies whose truth is known.
 *
 *     test_coverage_counts            a few studies, wide limits
 *     FULL=1 test_coverage_counts     2,000 studies (make check-coverage), seeds fixed beforehand
 *
 * Six kinds of people by sex and drug, which make the arm and the risk; the ratio of the risks is the same in all.  Truths are
 * sums over the kinds.
 */
#include <gsl/gsl_randist.h>

#include "stats/random_stream.h"
#include "tests/pipeline/compare/coverage.h"
#include "tests/support/scratch.h"

enum { SEED = 20261202 };
static const double RATIO = 1.35;

static const char columns_of_study[] = "  care: {type: category, codes: {1: iop, 2: inpatient}}\n"
                                       "  what: {type: integer, range: [0, 2]}\n"
                                       "  sex: {type: category, codes: {1: female, 2: male}}\n"
                                       "  drug: {type: category, codes: {1: alcohol, 2: opioid, 3: stimulant}}\n";
static const char study_text[] =
    "cohort:\n  arms: {iop: \"care == 'iop'\", inpatient: \"care == 'inpatient'\"}\n  reference: inpatient\n  covariates: [sex, drug]\n"
    "outcomes: {used: {event: \"what == 1\", event_is: bad}}\n"
    "compare: [{outcomes: [used], measures: [risk_difference, risk_ratio], adjust: [{method: direct, by: [sex, drug]}, "
    "{method: direct, name: direct_att, by: [sex, drug], estimand: att}, {method: mantel_haenszel, by: [sex, drug]}, "
    "{method: modified_poisson, terms: [\"sex:drug\"]}, {method: iptw, propensity: [\"sex:drug\"]}, overlap, "
    "{method: doubly_robust, propensity: [\"sex:drug\"], terms: [\"sex:drug\"]}]}]\n";

static double share_of(int sex, int drug)
{
    static const double drugs[3] = {0.5, 0.3, 0.2};
    return (sex ? 0.4 : 0.6) * drugs[drug];
}

static double score_of(int sex, int drug)
{
    return 1 / (1 + exp(0.6 - 0.6 * sex + 0.5 * (drug == 1) - 0.4 * (drug == 2)));
}

static double risk_of(int sex, int drug, bool iop)
{
    return 0.25 * exp(0.3 * sex + 0.35 * (drug == 2) - 0.2 * (drug == 1)) * (iop ? RATIO : 1);
}

/* Mean risks over people weighted by 1, e or e (1 - e). */
static void find_means(int tilt, double mean[2])
{
    double weight = 0, sum[2] = {0, 0};

    for (int sex = 0; sex < 2; sex++)
        for (int drug = 0; drug < 3; drug++) {
            const double e = score_of(sex, drug), w = share_of(sex, drug) * (tilt == 0 ? 1 : tilt == 1 ? e : e * (1 - e));
            weight += w;
            for (int arm = 0; arm < 2; arm++)
                sum[arm] += w * risk_of(sex, drug, arm);
        }
    mean[0] = sum[0] / weight;
    mean[1] = sum[1] / weight;
}

static void draw_person(const gsl_rng *rng, const struct coverage_study *s, size_t i)
{
    const int sex = gsl_rng_uniform(rng) < 0.4;
    const double u = gsl_rng_uniform(rng);
    const int drug = u < 0.5 ? 0 : u < 0.8 ? 1 : 2;
    const bool iop = gsl_rng_uniform(rng) < score_of(sex, drug);

    column_set_code(table_column(s->records, "sex"), i, sex);
    column_set_code(table_column(s->records, "drug"), i, drug);
    coverage_set(s, i, iop ? 0 : 1, gsl_rng_uniform(rng) < risk_of(sex, drug, iop), 0);
}

/* An outcome without days has no column of them. */
static void drop_days(struct coverage_study *s)
{
    struct table *outcome = table_alloc("outcome", "");

    assert_non_null(outcome);
    assert_int_equal(table_resize(outcome, s->outcome->n_rows), 0);
    assert_non_null(table_copy_column(outcome, table_column(s->outcome, "cause"), s->outcome->n_rows));
    table_free(s->outcome);
    s->outcome = outcome;
}

static void test_intervals_of_strata_hold_their_own_estimand(void **state)
{
    (void)state;
    static const struct {
        const char *design;
        int tilt;
        bool ratio;
    } asked[] = {{"direct", 0, false}, {"direct", 0, true}, {"direct_att", 1, false}, {"mantel_haenszel", 2, false},
                 {"mantel_haenszel", 0, true}, {"modified_poisson", 0, true}, {"iptw", 0, false}, {"iptw", 0, true},
                 {"overlap", 2, false}, {"doubly_robust", 0, false}, {"doubly_robust", 0, true}};
    enum { N = sizeof asked / sizeof asked[0] };
    const struct coverage_plan plan = coverage_plan_of(60, 500, 0, 1000, 0);
    struct coverage_number numbers[N] = {{.design = NULL}};
    struct small_study small = small_study_open(columns_of_study, "", study_text, "");

    for (size_t k = 0; k < N; k++) {
        double mean[2];
        find_means(asked[k].tilt, mean);
        numbers[k] = (struct coverage_number){.analysis = "main", .design = asked[k].design,
                                              .measure = asked[k].ratio ? "risk_ratio" : "risk_difference", .arm = "iop",
                                              .reference = "inpatient", .time = NAN, .is_log = asked[k].ratio,
                                              .truth = asked[k].ratio ? log(RATIO) : mean[1] - mean[0]};
    }
    coverage_start(numbers, N, plan.n_studies);
    capture_start();
    for (size_t study = 0; study < plan.n_studies; study++) {
        struct coverage_study s = coverage_study_alloc(small.study, plan.n_people);
        struct random_stream stream;
        struct random_stream_gsl gsl;
        random_stream_start(&stream, SEED, 0, study);
        random_stream_gsl(&gsl, &stream);
        for (size_t i = 0; i < plan.n_people; i++)
            draw_person(&gsl.rng, &s, i);
        drop_days(&s);
        coverage_compare(small.study, &s, numbers, N);
    }
    capture_end();
    coverage_head("Strata and counts", &plan);
    assert_int_equal(coverage_judge(&plan, numbers, N), 0);
    small_study_close(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_intervals_of_strata_hold_their_own_estimand)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
