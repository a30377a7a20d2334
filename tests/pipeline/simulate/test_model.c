/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulate/model.h"

#include <math.h>

#include "simulate/published.h"
#include "tests/support/near.h"

static void start(struct model *model, double confounding)
{
    struct settings settings = default_settings;

    settings.confounding = confounding;
    model_init(model, &settings);
}

/* The mean of each share over the exact distribution of scores, person by person of that distribution. */
static void mean_shares(const struct model *model, double mean[N_GROUPS])
{
    static struct scores scores;

    scores_distribute(&scores);
    for (int g = 0; g < N_GROUPS; g++)
        mean[g] = 0;
    for (int i = 0; i < N_SCORES; i++)
        for (int j = 0; j < N_SCORES; j++) {
            const struct person person = {.need = i + SCORE_MIN, .risk = j + SCORE_MIN};
            double share[N_GROUPS];
            model_groups(model, &person, share);
            for (int g = 0; g < N_GROUPS; g++)
                mean[g] += scores.share[i][j] * share[g];
        }
}

static void test_shares_of_first_care_hold_for_any_confounding(void **state)
{
    struct model model;
    double plain[N_GROUPS], strong[N_GROUPS];

    (void)state;
    start(&model, 0);
    mean_shares(&model, plain);
    assert_near(plain[0] + plain[1] + plain[2], 1, 1e-12);
    for (double confounding = 0.5; confounding <= 5; confounding += 1.5) {
        start(&model, confounding);
        mean_shares(&model, strong);
        for (int g = 0; g < N_GROUPS; g++)
            assert_near(strong[g], plain[g], 1e-10);
    }
}

static void test_without_confounding_everybody_chooses_alike(void **state)
{
    const struct person low = {.need = -10}, high = {.need = 25};
    double a[N_GROUPS], b[N_GROUPS];
    struct model model;

    (void)state;
    start(&model, 0);
    model_groups(&model, &low, a);
    model_groups(&model, &high, b);
    assert_memory_equal(a, b, sizeof a);
    start(&model, 1);
    model_groups(&model, &low, a);
    model_groups(&model, &high, b);
    assert_true(a[GROUP_INPATIENT] < b[GROUP_INPATIENT] / 5 && a[GROUP_OUTPATIENT] > b[GROUP_OUTPATIENT]);
}

/* A uniform number swept over its range gives each reason its share; among those in iop the published one. */
static void test_reasons_have_the_published_shares(void **state)
{
    enum { SWEEP = 400 };
    static struct scores scores;
    double found[N_PUBLISHED_REASONS] = {0}, weight = 0, published = 0;
    struct model model;

    (void)state;
    start(&model, 1);
    scores_distribute(&scores);
    for (int i = 0; i < N_SCORES; i++)
        for (int j = 0; j < N_SCORES; j++) {
            const struct person person = {.need = i + SCORE_MIN, .risk = j + SCORE_MIN};
            double share[N_GROUPS];
            if (scores.share[i][j] <= 0)
                continue;
            model_groups(&model, &person, share);
            weight += scores.share[i][j] * share[GROUP_IOP];
            for (int k = 0; k < SWEEP; k++)
                found[published_reason(model_reason(&model, &person, LEVEL_IOP, true, (k + 0.5) / SWEEP))] +=
                    scores.share[i][j] * share[GROUP_IOP] / SWEEP;
        }
    for (int k = 0; k < N_PUBLISHED_REASONS; k++)
        published += (double)published_reasons[SERVICE_IOP][k];
    for (int k = 0; k < N_PUBLISHED_REASONS; k++) /* deaths are left out: 0.24 % of discharges */
        assert_true(fabs(found[k] / weight - (double)published_reasons[SERVICE_IOP][k] / published) < 0.003);
}

static void test_the_dropout_ratio_acts_on_first_care_in_iop_alone(void **state)
{
    const struct person person = {.need = 6, .risk = 8};
    struct settings settings = default_settings;
    struct model plain, strong;
    int first[2] = {0}, later[2] = {0}, inpatient[2] = {0};

    (void)state;
    model_init(&plain, &settings);
    settings.dropout_ratio = 3;
    model_init(&strong, &settings);
    for (int k = 0; k < 10000; k++) {
        const double u = (k + 0.5) / 10000;
        for (int s = 0; s < 2; s++) {
            const struct model *model = s == 0 ? &plain : &strong;
            first[s] += model_reason(model, &person, LEVEL_IOP, true, u) == REASON_DROPPED_OUT;
            later[s] += model_reason(model, &person, LEVEL_IOP, false, u) == REASON_DROPPED_OUT;
            inpatient[s] += model_reason(model, &person, LEVEL_SHORT, true, u) == REASON_DROPPED_OUT;
        }
    }
    assert_true(first[1] > first[0] + 1000);
    assert_int_equal(later[1], later[0]);
    assert_int_equal(inpatient[1], inpatient[0]);
}

static void test_the_middle_of_the_days_is_the_published_median(void **state)
{
    (void)state;
    assert_int_equal(model_days(LEVEL_IOP, REASON_COMPLETED, 0.5), 50);
    assert_int_equal(model_days(LEVEL_LONG, REASON_TRANSFERRED, 0.5), 35);
    assert_int_equal(model_days(LEVEL_SHORT, REASON_DROPPED_OUT, 0.5), 7);
    assert_int_equal(model_days(LEVEL_OUTPATIENT, REASON_COMPLETED, 0.5), 104);
    assert_int_equal(model_days(LEVEL_DETOX, REASON_COMPLETED, 1e-300), 1);
    assert_int_equal(model_days(LEVEL_LONG, REASON_TRANSFERRED, 1 - 1e-16), 730);
}

static void test_stays_of_an_episode_lie_at_most_29_days_apart(void **state)
{
    (void)state;
    for (int reason = 0; reason < N_CHOSEN_REASONS; reason++)
        for (int k = 0; k < 5000; k++)
            assert_in_range(model_gap((enum reason)reason, (k + 0.5) / 5000), 0, 29);
    assert_int_equal(model_gap(REASON_TRANSFERRED, 0.3), 0);
    assert_int_equal(model_gap(REASON_DROPPED_OUT, 0.999999), 29);
}

static void test_nothing_follows_a_prison_term_or_a_death(void **state)
{
    (void)state;
    for (int level = 0; level < N_LEVELS; level++) {
        assert_int_equal(model_next((enum level)level, REASON_INCARCERATED, 0, 0.5), N_LEVELS);
        assert_int_equal(model_next((enum level)level, REASON_DIED, 0, 0.5), N_LEVELS);
        for (int k = 0; k < 100 && level != LEVEL_DETOX; k++) /* and detox is no step-down */
            assert_int_not_equal(model_next((enum level)level, REASON_COMPLETED, 0.001, (k + 0.5) / 100), LEVEL_DETOX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares_of_first_care_hold_for_any_confounding),
        cmocka_unit_test(test_without_confounding_everybody_chooses_alike),
        cmocka_unit_test(test_reasons_have_the_published_shares),
        cmocka_unit_test(test_the_dropout_ratio_acts_on_first_care_in_iop_alone),
        cmocka_unit_test(test_the_middle_of_the_days_is_the_published_median),
        cmocka_unit_test(test_stays_of_an_episode_lie_at_most_29_days_apart),
        cmocka_unit_test(test_nothing_follows_a_prison_term_or_a_death),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
