/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulate/tally.h"

#include <math.h>

#include "tests/support/near.h"

/* Ten in each arm: days of events (1) and deaths (2); the rest to the end. */
static const struct {
    enum arm arm;
    struct event event;
} lives[] = {
    {ARM_IOP, {3, 1}},       {ARM_IOP, {3, 1}},       {ARM_IOP, {5, 2}},       {ARM_IOP, {20, 1}},
    {ARM_INPATIENT, {3, 1}}, {ARM_INPATIENT, {8, 2}}, {ARM_INPATIENT, {20, 1}}, {ARM_INPATIENT, {365, 1}},
};
enum { N_LIVES = sizeof lives / sizeof lives[0], PER_ARM = 10 };

static void fill(struct tally *tally, double weight)
{
    *tally = (struct tally){0};
    for (size_t i = 0; i < N_LIVES; i++)
        tally_add(tally, lives[i].arm, lives[i].event, weight);
    for (int a = 0; a < N_ARMS; a++)
        for (int i = N_LIVES / 2; i < PER_ARM; i++)
            tally_add(tally, (enum arm)a, (struct event){FOLLOW_UP, 0}, weight);
}

static void test_risks_and_means_by_hand(void **state)
{
    struct tally tally;

    (void)state;
    fill(&tally, 2.385);
    assert_near(tally_risk(&tally, ARM_IOP, 2), 0, 1e-15);
    assert_near(tally_risk(&tally, ARM_IOP, 3), 0.2, 1e-15);
    assert_near(tally_risk(&tally, ARM_IOP, 365), 0.3, 1e-15);
    assert_near(tally_risk(&tally, ARM_INPATIENT, 364), 0.2, 1e-15);
    assert_near(tally_risk(&tally, ARM_INPATIENT, 365), 0.3, 1e-15);
    /* days free of any event by day 10: 3, 3, 5 and seven times 10; 3, 8 and eight times 10 */
    assert_near(tally_rmst(&tally, ARM_IOP, 10), 8.1, 1e-14);
    assert_near(tally_rmst(&tally, ARM_INPATIENT, 10), 9.1, 1e-14);
}

static void test_taking_a_part_away_undoes_adding_it(void **state)
{
    struct tally all, part;

    (void)state;
    fill(&all, 1);
    fill(&part, 0.5);
    tally_merge(&all, &part, 1);
    tally_merge(&all, &part, -1);
    assert_near(tally_risk(&all, ARM_IOP, 3), 0.2, 1e-15);
    assert_near(all.total[0], PER_ARM, 1e-15);
}

/*
 * Efron's score as it is written for persons, each life `copies` times: for the k-th of d tied, a share k / d of them has
 * gone from the risk set.
 */
static double efron_score(double log_ratio, int copies)
{
    const double ratio = exp(log_ratio);
    double score = 0;

    for (int day = 0; day <= FOLLOW_UP; day++) {
        double risk[N_ARMS] = {PER_ARM, PER_ARM}, events[N_ARMS] = {0};
        for (size_t i = 0; i < N_LIVES; i++) {
            if (lives[i].event.day < day)
                risk[lives[i].arm]--;
            if (lives[i].event.day == day && lives[i].event.cause == 1)
                events[lives[i].arm]++;
        }
        const int d = (int)(events[0] + events[1]) * copies;
        for (int k = 0; k < d; k++) {
            const double gone = (double)k / d;
            const double one = ratio * (risk[ARM_IOP] - gone * events[ARM_IOP]);
            score -= one / (one + risk[ARM_INPATIENT] - gone * events[ARM_INPATIENT]);
        }
        score += events[ARM_IOP] * copies;
    }
    return score / copies;
}

static void test_the_hazard_ratio_is_efrons_for_many_persons(void **state)
{
    double low = -3, high = 3;
    struct tally tally;

    (void)state;
    fill(&tally, 1);
    for (int step = 0; step < 50; step++) {
        const double middle = (low + high) / 2;
        *(efron_score(middle, 20000) > 0 ? &low : &high) = middle;
    }
    assert_near(tally_log_hazard_ratio(&tally), low, 2e-4);
    fill(&tally, 7.5); /* weights have no unit */
    assert_near(tally_log_hazard_ratio(&tally), low, 2e-4);
}

static void test_without_events_there_is_no_hazard_ratio(void **state)
{
    struct tally tally = {.total = {10, 10}};

    (void)state;
    assert_true(isnan(tally_log_hazard_ratio(&tally)));
    tally_add(&tally, ARM_IOP, (struct event){5, 1}, 1);
    assert_true(isnan(tally_log_hazard_ratio(&tally)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_risks_and_means_by_hand),
        cmocka_unit_test(test_taking_a_part_away_undoes_adding_it),
        cmocka_unit_test(test_the_hazard_ratio_is_efrons_for_many_persons),
        cmocka_unit_test(test_without_events_there_is_no_hazard_ratio),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
