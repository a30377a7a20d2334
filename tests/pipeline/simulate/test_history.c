/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws that hold for every made-up life. */
#include "simulate/history.h"

#include <string.h>

#include "tests/support/near.h"

enum { LIVES = 3000 };

static int start(void **state)
{
    static struct model model;

    model_init(&model, &default_settings);
    *state = &model;
    return 0;
}

static void assert_same_stay(const struct stay *a, const struct stay *b)
{
    assert_int_equal(a->admission, b->admission);
    assert_int_equal(a->discharge, b->discharge);
    assert_int_equal(a->level, b->level);
    assert_int_equal(a->reason, b->reason);
    assert_int_equal(a->hours, b->hours);
}

static void assert_same_life(const struct history *a, const struct history *b)
{
    assert_int_equal(a->n_stays, b->n_stays);
    for (size_t i = 0; i < a->n_stays; i++)
        assert_same_stay(&a->stays[i], &b->stays[i]);
    assert_int_equal(a->return_day, b->return_day);
    assert_int_equal(a->death_day, b->death_day);
    assert_int_equal(a->leave_day, b->leave_day);
}

static void test_under_the_arm_that_was_chosen_life_is_the_same(void **state)
{
    struct history chosen, forced;
    int n = 0;

    for (uint64_t i = 0; i < LIVES; i++) {
        history_live(*state, i, ARM_NONE, WINDOW_LAST, &chosen);
        if (chosen.first_care == NO_STAY || chosen.arm == ARM_NONE)
            continue;
        history_live(*state, i, chosen.arm, WINDOW_LAST, &forced);
        assert_same_life(&chosen, &forced);
        n++;
    }
    assert_true(n > LIVES / 5);
}

static void test_an_arm_changes_nothing_before_time_zero(void **state)
{
    struct history iop, inpatient;
    int detoxed = 0;

    for (uint64_t i = 0; i < LIVES; i++) {
        history_live(*state, i, ARM_IOP, WINDOW_LAST, &iop);
        history_live(*state, i, ARM_INPATIENT, WINDOW_LAST, &inpatient);
        assert_int_equal(iop.first_care, inpatient.first_care);
        assert_int_equal(iop.leave_day, inpatient.leave_day);
        if (iop.first_care == NO_STAY)
            continue;
        assert_int_equal(iop.stays[iop.first_care].admission, inpatient.stays[inpatient.first_care].admission);
        assert_int_equal(iop.arm, ARM_IOP);
        assert_int_equal(inpatient.arm, ARM_INPATIENT);
        for (int k = 0; k < iop.first_care; k++)
            assert_same_stay(&iop.stays[k], &inpatient.stays[k]);
        detoxed += iop.first_care > 0;
    }
    assert_true(detoxed > LIVES / 20);
}

static void test_stays_follow_one_another_and_episodes_lie_apart(void **state)
{
    struct history history;
    int between = 0;

    for (uint64_t i = 0; i < LIVES; i++) {
        history_live(*state, i, ARM_NONE, WINDOW_LAST, &history);
        assert_false(history.is_full);
        assert_true(history.n_stays > 0);
        for (size_t k = 0; k < history.n_stays; k++) {
            const struct stay *stay = &history.stays[k];
            const bool died = stay->reason == REASON_DIED;
            assert_true(stay->discharge >= stay->admission + (died ? 0 : 1));
            assert_int_equal(died, k + 1 == history.n_stays && stay->discharge == history.death_day);
            if (k == 0)
                continue;
            const int gap = stay->admission - history.stays[k - 1].discharge;
            if (stay->episode == history.stays[k - 1].episode) {
                assert_in_range(gap, 0, NEW_EPISODE_GAP - 1);
            } else {
                assert_true(gap > NEW_EPISODE_GAP);
                between++;
            }
        }
    }
    assert_true(between > LIVES / 5);
}

static void test_nothing_happens_after_death(void **state)
{
    struct settings settings = default_settings;
    struct model deadly;
    struct history history;
    int deaths = 0;

    (void)state;
    settings.death_ratio = 20;
    model_init(&deadly, &settings);
    for (uint64_t i = 0; i < LIVES; i++) {
        history_live(&deadly, i, ARM_IOP, WINDOW_LAST, &history);
        for (size_t k = 0; k < history.n_stays; k++) {
            assert_true(history.stays[k].admission <= history.death_day);
            assert_true(history.stays[k].discharge <= history.death_day || history.death_day == NEVER);
        }
        deaths += history.death_day < WINDOW_LAST;
    }
    assert_true(deaths > LIVES / 10);
}

static void test_first_care_is_the_first_stay_that_is_no_detox(void **state)
{
    struct history history;

    for (uint64_t i = 0; i < LIVES; i++) {
        int first = NO_STAY;

        history_live(*state, i, ARM_NONE, WINDOW_LAST, &history);
        for (size_t k = 0; first == NO_STAY && k < history.n_stays; k++)
            if (history.stays[k].level != LEVEL_DETOX)
                first = (int)k;
        assert_int_equal(history.first_care, first);
        if (first == NO_STAY)
            continue;
        assert_int_equal(history.arm, arm_of_level(history.stays[first].level));
        assert_true(history.return_day >= history.stays[first].admission);
    }
}

/* Each person returns to use no later under a higher hazard, and nothing else of the index episode moves. */
static void test_a_higher_hazard_brings_every_return_forward(void **state)
{
    struct settings settings = default_settings;
    struct model strong;
    struct history plain, hazard;
    int earlier = 0;

    settings.relapse_ratio = 2;
    model_init(&strong, &settings);
    for (uint64_t i = 0; i < LIVES; i++) {
        history_live(*state, i, ARM_IOP, WINDOW_LAST, &plain);
        history_live(&strong, i, ARM_IOP, WINDOW_LAST, &hazard);
        if (plain.first_care == NO_STAY || hazard.first_care == NO_STAY)
            continue;
        assert_true(hazard.return_day <= plain.return_day);
        earlier += hazard.return_day < plain.return_day;
        history_live(*state, i, ARM_INPATIENT, WINDOW_LAST, &plain);
        history_live(&strong, i, ARM_INPATIENT, WINDOW_LAST, &hazard);
        assert_same_life(&plain, &hazard);
    }
    assert_true(earlier > LIVES / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_under_the_arm_that_was_chosen_life_is_the_same),
        cmocka_unit_test(test_an_arm_changes_nothing_before_time_zero),
        cmocka_unit_test(test_stays_follow_one_another_and_episodes_lie_apart),
        cmocka_unit_test(test_nothing_happens_after_death),
        cmocka_unit_test(test_first_care_is_the_first_stay_that_is_no_detox),
        cmocka_unit_test(test_a_higher_hazard_brings_every_return_forward),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
