/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Outcomes of lives drawn by hand.  Each picture: = a stay, x return to use, + death, | last day the source sees.
 * Day 100 is time zero in all of them.
 */
#include "simulate/recorded.h"

#include "tests/support/near.h"

static int start(void **state)
{
    static struct model model;

    model_init(&model, &default_settings);
    *state = &model;
    return 0;
}

static struct history one_stay(int days, enum reason reason)
{
    return (struct history){.n_stays = 1,
                            .stays = {{.admission = 100, .discharge = 100 + days, .level = LEVEL_IOP, .reason = reason}},
                            .arm = ARM_IOP,
                            .return_day = NEVER,
                            .death_day = NEVER,
                            .leave_day = NEVER};
}

static void add_stay(struct history *history, int admission, int discharge, int episode)
{
    history->stays[history->n_stays++] = (struct stay){.admission = admission, .discharge = discharge, .episode = episode,
                                                       .level = LEVEL_OUTPATIENT, .reason = REASON_COMPLETED};
}

static void check(const struct model *model, const struct history *history, int last_day, enum outcome outcome, int day,
                  int cause)
{
    struct event events[N_OUTCOMES];

    recorded_outcomes(model, 3, history, last_day, events);
    assert_int_equal(events[outcome].day, day);
    assert_int_equal(events[outcome].cause, cause);
}

/*  100 =====dropped out 150  */
static void test_dropping_out_is_leaving_on_the_last_day(void **state)
{
    const struct history life = one_stay(50, REASON_DROPPED_OUT);

    check(*state, &life, NEVER, OUTCOME_RETENTION, 50, 1);
}

/*  100 =====completed 150 .......................... 465  */
static void test_who_completed_is_retained_as_long_as_anybody_looks(void **state)
{
    const struct history life = one_stay(50, REASON_COMPLETED);

    check(*state, &life, NEVER, OUTCOME_RETENTION, 365, 0);
    check(*state, &life, 200, OUTCOME_RETENTION, 100, 0);
    check(*state, &life, 149, OUTCOME_RETENTION, 49, 0);
}

/*  100 ===========|=========dropped out 150  */
static void test_what_happens_unseen_is_censored(void **state)
{
    const struct history life = one_stay(50, REASON_DROPPED_OUT);

    check(*state, &life, 130, OUTCOME_RETENTION, 30, 0);
    check(*state, &life, 130, OUTCOME_RELAPSE, 30, 0);
    check(*state, &life, 130, OUTCOME_DEATH, 30, 0);
    check(*state, &life, 130, OUTCOME_READMISSION, MISSING_DAY, 0); /* no end of the episode in sight */
}

/*  100 =====150  160 =====200      240 ====260   : the second belongs to the episode, the third is new  */
static void test_readmission_counts_from_the_end_of_the_episode(void **state)
{
    struct history life = one_stay(50, REASON_TRANSFERRED);

    add_stay(&life, 160, 200, 0);
    add_stay(&life, 240, 260, 1);
    check(*state, &life, NEVER, OUTCOME_READMISSION, 40, 1);
    check(*state, &life, 239, OUTCOME_READMISSION, 39, 0);
    check(*state, &life, 155, OUTCOME_READMISSION, 5, 0); /* nobody knows yet that the episode goes on */
    check(*state, &life, NEVER, OUTCOME_RELAPSE, 140, 1); /* a new episode is a relapse, from time zero */
    life.n_stays = 2;
    check(*state, &life, NEVER, OUTCOME_READMISSION, 365, 0); /* a planned move never is */
    check(*state, &life, NEVER, OUTCOME_RELAPSE, 365, 0);
}

/*  100 =====150      + 210     240 would have been a new episode  */
static void test_death_competes(void **state)
{
    struct history life = one_stay(50, REASON_DROPPED_OUT);

    life.death_day = 210;
    check(*state, &life, NEVER, OUTCOME_RELAPSE, 110, 2);
    check(*state, &life, NEVER, OUTCOME_READMISSION, 60, 2);
    check(*state, &life, NEVER, OUTCOME_DEATH, 110, 1);
    check(*state, &life, 209, OUTCOME_DEATH, 109, 0);
    check(*state, &life, NEVER, OUTCOME_RETENTION, 50, 1);
}

/*  100 =========== 465 ====== 800  */
static void test_follow_up_ends_after_a_year(void **state)
{
    const struct history life = one_stay(700, REASON_DROPPED_OUT);

    check(*state, &life, NEVER, OUTCOME_RETENTION, 365, 0);
    check(*state, &life, NEVER, OUTCOME_RELAPSE, 365, 0);
}

/*  100 ==x==150: before the return no test is positive, after it some are; outside of care every third is due  */
static void test_tests_are_positive_after_the_return_only(void **state)
{
    struct history life = one_stay(50, REASON_COMPLETED);
    int positive = 0, attended = 0;

    life.return_day = 300;
    for (uint64_t person = 0; person < 500; person++)
        for (int j = 0; j < TESTS_MAX; j++) {
            const int result = recorded_test(*state, person, &life, j), day = 100 + test_day(j);
            attended += result >= 0;
            positive += result == 1;
            if (day > 150 && j % 3 != 0)
                assert_int_equal(result, -1);
            if (day < 300)
                assert_int_not_equal(result, 1);
        }
    assert_true(attended > 500 * 7 && positive > 500 && positive < attended / 2);
}

static void test_the_dead_are_not_tested(void **state)
{
    struct history life = one_stay(50, REASON_DIED);

    life.return_day = 100;
    life.death_day = 150;
    for (uint64_t person = 0; person < 100; person++)
        for (int j = 4; j < TESTS_MAX; j++)
            assert_int_equal(recorded_test(*state, person, &life, j), -1);
}

static void test_the_cohort_begins_care_in_an_arm_in_the_window_in_sight(void **state)
{
    struct history life = one_stay(50, REASON_COMPLETED);

    (void)state;
    assert_true(recorded_in_cohort(&life));
    life.leave_day = 101;
    assert_true(recorded_in_cohort(&life)); /* seen on day 100 */
    life.leave_day = 100;
    assert_false(recorded_in_cohort(&life));
    life.leave_day = NEVER;
    life.arm = ARM_NONE;
    assert_false(recorded_in_cohort(&life));
    life.arm = ARM_IOP;
    life.stays[0].admission = WINDOW_ENTRY;
    assert_false(recorded_in_cohort(&life));
    life.first_care = NO_STAY;
    assert_false(recorded_in_cohort(&life));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dropping_out_is_leaving_on_the_last_day),
        cmocka_unit_test(test_who_completed_is_retained_as_long_as_anybody_looks),
        cmocka_unit_test(test_what_happens_unseen_is_censored),
        cmocka_unit_test(test_readmission_counts_from_the_end_of_the_episode),
        cmocka_unit_test(test_death_competes),
        cmocka_unit_test(test_follow_up_ends_after_a_year),
        cmocka_unit_test(test_tests_are_positive_after_the_return_only),
        cmocka_unit_test(test_the_dead_are_not_tested),
        cmocka_unit_test(test_the_cohort_begins_care_in_an_arm_in_the_window_in_sight),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
