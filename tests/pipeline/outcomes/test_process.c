/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Process measures on timelines drawn by hand.  Time zero is day 0 unless a picture says otherwise.  In the pictures
 * = is care around the clock, - an ambulatory stay, o a service day of it, | the last day of observation, + death.
 */
#include "outcomes/process.h"

#include <math.h>

#include "tests/support/near.h"

enum { STAYS = 8 };

struct life {
    struct care_stay stays[STAYS];
    struct care care;
};

static struct process_rule rule_of_the_field(void)
{
    struct process_rule rule = {.initiation_days = 13, .engagement_days = 34, .engagement_services = 2, .months = 3};

    for (size_t level = 0; level < N_STAY_LEVELS; level++) {
        rule.services.counts[level] = level != LEVEL_DETOX;
        rule.after.counts[level] = level == LEVEL_DETOX || level == LEVEL_INPATIENT || level == LEVEL_RESIDENTIAL;
    }
    return rule;
}

static void begin(struct life *life, int32_t last_day)
{
    *life = (struct life){.care = {.stays = life->stays, .last_day = last_day, .death = NO_DAY}};
}

static void add(struct life *life, enum level level, int32_t start, int32_t end, int32_t episode)
{
    life->stays[life->care.n++] =
        (struct care_stay){.start = start, .end = end, .episode = episode, .level = (uint8_t)level, .sessions = NAN};
}

typedef struct process_result find_function(const struct care *care, const struct process_rule *rule);

static void expect(find_function *find, const struct life *life, enum loss loss, int cause, int32_t days)
{
    const struct process_rule rule = rule_of_the_field();
    const struct process_result result = find(&life->care, &rule);

    assert_int_equal(result.loss, loss);
    if (loss != LOSS_NONE)
        return;
    assert_int_equal(result.cause, cause);
    assert_int_equal(result.days, days);
}

/* ---- service days ------------------------------------------------------------------------------------------- */

static int32_t service(const struct life *life, int32_t day)
{
    const struct process_rule rule = rule_of_the_field();

    return care_service_from(&life->care, &rule.services, day, NULL);
}

/*  ambulatory, nothing said:    0 o------o------o---20                  */
static void test_an_ambulatory_stay_serves_once_a_week_where_the_source_says_nothing(void **state)
{
    struct life life;

    (void)state;
    begin(&life, 100);
    add(&life, LEVEL_OUTPATIENT, 0, 20, 0);
    assert_int_equal(service(&life, 0), 0);
    assert_int_equal(service(&life, 1), 7);
    assert_int_equal(service(&life, 7), 7);
    assert_int_equal(service(&life, 8), 14);
    assert_int_equal(service(&life, 15), NO_DAY);
}

/*  three sessions a week:    10 o-o-o--o-o-o--17     days 10, 12, 14, 17     */
static void test_sessions_a_week_are_spread_over_it(void **state)
{
    static const int32_t days[] = {10, 12, 14, 17};
    struct life life;
    int32_t day = 0;

    (void)state;
    begin(&life, 100);
    add(&life, LEVEL_IOP, 10, 17, 0);
    life.stays[0].sessions = 3;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(day = service(&life, day), days[i]);
        day++;
    }
    assert_int_equal(service(&life, day), NO_DAY);
}

/*  around the clock:    5 ===== 10: days 5 to 9; the day of discharge is none; open: the day it was last seen is one  */
static void test_care_around_the_clock_serves_every_night(void **state)
{
    struct life life;

    (void)state;
    begin(&life, 100);
    add(&life, LEVEL_RESIDENTIAL, 5, 10, 0);
    assert_int_equal(service(&life, 0), 5);
    assert_int_equal(service(&life, 9), 9);
    assert_int_equal(service(&life, 10), NO_DAY);
    life.stays[0].open = true;
    assert_int_equal(service(&life, 10), 10);
    life.stays[0] = (struct care_stay){.start = 5, .end = 5, .level = LEVEL_INPATIENT};
    assert_int_equal(service(&life, 5), 5); /* within one day */
}

static void test_what_is_not_observed_or_does_not_count_serves_nobody(void **state)
{
    struct life life;

    (void)state;
    begin(&life, 11);
    add(&life, LEVEL_DETOX, 0, 5, 0);
    add(&life, LEVEL_OUTPATIENT, 12, 60, 0);
    assert_int_equal(service(&life, 0), NO_DAY);
    life.care.last_day = 12;
    assert_int_equal(service(&life, 0), 12);
}

/* ---- initiation ----------------------------------------------------------------------------------------------- */

/*  0 DETOX=== 4         13 o---     v     14 o---            */
static void test_initiation_is_within_thirteen_days(void **state)
{
    struct life life;

    (void)state;
    begin(&life, 200);
    add(&life, LEVEL_DETOX, 0, 4, 0);
    expect(initiation_find, &life, LOSS_NONE, 0, 0); /* withdrawal management is no treatment here */
    add(&life, LEVEL_OUTPATIENT, 13, 60, 0);
    expect(initiation_find, &life, LOSS_NONE, 1, 0);
    life.stays[1].start = 14;
    expect(initiation_find, &life, LOSS_NONE, 0, 0);
}

/*  0 o----: on the very day                */
static void test_initiation_on_the_episode_date_counts(void **state)
{
    struct life life;

    (void)state;
    begin(&life, 13);
    add(&life, LEVEL_IOP, 0, 30, 0);
    expect(initiation_find, &life, LOSS_NONE, 1, 0);
}

/*  0 o----        12 |   13: nobody counts who cannot be watched for all of it, initiated or not  */
static void test_initiation_needs_thirteen_days_of_observation(void **state)
{
    struct life life;

    (void)state;
    begin(&life, 12);
    add(&life, LEVEL_IOP, 0, 30, 0);
    expect(initiation_find, &life, LOSS_UNOBSERVED, 0, 0);
}

/*  -7 o------o 0: a stay from before that goes on serves on day 0  */
static void test_a_stay_that_goes_on_initiates(void **state)
{
    struct life life;

    (void)state;
    begin(&life, 50);
    add(&life, LEVEL_OUTPATIENT, -7, 3, 0);
    expect(initiation_find, &life, LOSS_NONE, 1, 0);
    life.stays[0].end = -1; /* and one that ended does not */
    expect(initiation_find, &life, LOSS_NONE, 0, 0);
}

/* ---- engagement ----------------------------------------------------------------------------------------------- */

/*  0 o------o------o 14: initiated on day 0, two more on days 7 and 14  */
static void test_engagement_is_two_more_services(void **state)
{
    struct life life;

    (void)state;
    begin(&life, 100);
    add(&life, LEVEL_OUTPATIENT, 0, 14, 0);
    expect(engagement_find, &life, LOSS_NONE, 1, 0);
    life.stays[0].end = 13; /* one more is not enough */
    expect(engagement_find, &life, LOSS_NONE, 0, 0);
}

/*  0 o      20 o     34 o  v  35 o : within 34 days  */
static void test_engagement_ends_34_days_after_initiation(void **state)
{
    struct life life;

    (void)state;
    begin(&life, 100);
    add(&life, LEVEL_OUTPATIENT, 0, 1, 0);
    add(&life, LEVEL_OUTPATIENT, 20, 21, 0);
    add(&life, LEVEL_OUTPATIENT, 34, 35, 0);
    expect(engagement_find, &life, LOSS_NONE, 1, 0);
    life.stays[2].start = 35;
    expect(engagement_find, &life, LOSS_NONE, 0, 0);
}

/*  0 ======28 ; day 1 of engagement is day 29:    30 o      62 o  v  63 o   */
static void test_engagement_after_inpatient_counts_from_its_end(void **state)
{
    struct life life;

    (void)state;
    begin(&life, 100);
    add(&life, LEVEL_RESIDENTIAL, 0, 28, 0);
    expect(engagement_find, &life, LOSS_NONE, 0, 0); /* nights of the stay itself are no further services */
    add(&life, LEVEL_OUTPATIENT, 30, 31, 0);
    add(&life, LEVEL_OUTPATIENT, 62, 63, 0);
    expect(engagement_find, &life, LOSS_NONE, 1, 0);
    life.stays[2].start = 63;
    expect(engagement_find, &life, LOSS_NONE, 0, 0);
}

/*  0 INPATIENT== 10 RESIDENTIAL===== 40     50 o  60 o: one admission, transferred  */
static void test_a_transfer_between_beds_is_one_admission(void **state)
{
    struct life life;

    (void)state;
    begin(&life, 100);
    add(&life, LEVEL_INPATIENT, 0, 10, 0);
    add(&life, LEVEL_RESIDENTIAL, 10, 40, 0);
    expect(engagement_find, &life, LOSS_NONE, 0, 0);
    add(&life, LEVEL_OUTPATIENT, 50, 60, 0);
    expect(engagement_find, &life, LOSS_NONE, 1, 0); /* days 50 and 57 */
    life.stays[1].open = true;
    expect(engagement_find, &life, LOSS_UNOBSERVED, 0, 0);
}

/*  0 o------o------o 14         46 |  47  */
static void test_engagement_needs_its_whole_time_of_observation(void **state)
{
    struct life life;

    (void)state;
    begin(&life, 46);
    add(&life, LEVEL_OUTPATIENT, 0, 14, 0);
    expect(engagement_find, &life, LOSS_UNOBSERVED, 0, 0);
    life.care.last_day = 47;
    expect(engagement_find, &life, LOSS_NONE, 1, 0);
}

static void test_who_never_initiated_never_engaged(void **state)
{
    struct life life;

    (void)state;
    begin(&life, 100);
    add(&life, LEVEL_DETOX, 0, 5, 0);
    add(&life, LEVEL_IOP, 20, 90, 0);
    expect(engagement_find, &life, LOSS_NONE, 0, 0);
}

/* ---- continuity ------------------------------------------------------------------------------------------------ */

/*  0 ====== 28    35 o : seven days after  */
static void test_continuity_counts_from_the_day_after_discharge(void **state)
{
    struct life life;

    (void)state;
    begin(&life, 200);
    add(&life, LEVEL_RESIDENTIAL, 0, 28, 0);
    add(&life, LEVEL_OUTPATIENT, 35, 60, 0);
    expect(continuity_find, &life, LOSS_NONE, 1, 7);
}

/*  0 ====== 28 o: an outpatient visit on the day of discharge alone is none; its next week is  */
static void test_a_service_on_the_day_of_discharge_is_not_after_it(void **state)
{
    struct life life;

    (void)state;
    begin(&life, 100);
    add(&life, LEVEL_RESIDENTIAL, 0, 28, 0);
    add(&life, LEVEL_OUTPATIENT, 28, 29, 0);
    expect(continuity_find, &life, LOSS_NONE, 0, 72);
    life.stays[1].end = 40;
    expect(continuity_find, &life, LOSS_NONE, 1, 7);
}

/*  0 ====== 28 ======= 60: a bed that follows at once serves on the next day  */
static void test_a_direct_transfer_is_continuous(void **state)
{
    struct life life;

    (void)state;
    begin(&life, 100);
    add(&life, LEVEL_INPATIENT, 0, 28, 0);
    add(&life, LEVEL_RESIDENTIAL, 28, 60, 0);
    expect(continuity_find, &life, LOSS_NONE, 1, 1);
}

/*  0 ====== 28      40 |    or    40 +  */
static void test_continuity_is_censored_or_ends_with_death(void **state)
{
    struct life life;

    (void)state;
    begin(&life, 40);
    add(&life, LEVEL_RESIDENTIAL, 0, 28, 0);
    expect(continuity_find, &life, LOSS_NONE, 0, 12);
    life.care.death = 40;
    expect(continuity_find, &life, LOSS_NONE, 2, 12);
    life.care.death = 28; /* died in care */
    expect(continuity_find, &life, LOSS_NONE, 2, 0);
}

static void test_continuity_follows_certain_levels_that_ended(void **state)
{
    struct life life;

    (void)state;
    begin(&life, 100);
    add(&life, LEVEL_IOP, 0, 28, 0);
    expect(continuity_find, &life, LOSS_EXCLUDED, 0, 0);
    life.stays[0].level = LEVEL_DETOX;
    expect(continuity_find, &life, LOSS_NONE, 0, 72);
    life.stays[0].open = true;
    expect(continuity_find, &life, LOSS_NOT_ENDED, 0, 0);
    life.stays[0] = (struct care_stay){.start = 0, .end = 101, .level = LEVEL_DETOX}; /* ends unseen */
    expect(continuity_find, &life, LOSS_NOT_ENDED, 0, 0);
}

/* ---- readmission ------------------------------------------------------------------------------------------------ */

/*  0 ===28 30 o----o 60 |gap| 100 =====: episode 0 ends on day 60, episode 1 begins 40 days later  */
static void test_readmission_is_a_new_episode_counted_from_the_old_ones_end(void **state)
{
    struct life life;

    (void)state;
    begin(&life, 365);
    add(&life, LEVEL_RESIDENTIAL, 0, 28, 0);
    add(&life, LEVEL_OUTPATIENT, 30, 60, 0);
    expect(readmission_find, &life, LOSS_NONE, 0, 305); /* the step down is none */
    add(&life, LEVEL_RESIDENTIAL, 100, 120, 1);
    expect(readmission_find, &life, LOSS_NONE, 1, 40);
    life.care.last_day = 99;
    expect(readmission_find, &life, LOSS_NONE, 0, 39);
}

/*  0 ===28 28 ===50: a transfer up is none either  */
static void test_a_transfer_is_no_readmission(void **state)
{
    struct life life;

    (void)state;
    begin(&life, 100);
    add(&life, LEVEL_IOP, 0, 28, 0);
    add(&life, LEVEL_INPATIENT, 28, 50, 0);
    expect(readmission_find, &life, LOSS_NONE, 0, 50);
}

/*  0 ===28      90 DETOX 94 95 ===: where detox does not count, the first stay that does  */
static void test_readmission_to_levels_that_count(void **state)
{
    struct life life;

    (void)state;
    begin(&life, 365);
    add(&life, LEVEL_RESIDENTIAL, 0, 28, 0);
    add(&life, LEVEL_DETOX, 90, 94, 1);
    expect(readmission_find, &life, LOSS_NONE, 0, 337);
    add(&life, LEVEL_RESIDENTIAL, 95, 120, 1);
    expect(readmission_find, &life, LOSS_NONE, 1, 67);
}

/*  nested:   0 ===========60     the index stay 10 --- 20 lies in a longer one  */
static void test_the_episode_ends_with_its_latest_stay(void **state)
{
    struct life life;

    (void)state;
    begin(&life, 365);
    add(&life, LEVEL_OUTPATIENT, 0, 60, 0);
    add(&life, LEVEL_IOP, 10, 20, 0);
    add(&life, LEVEL_IOP, 200, 230, 1);
    life.care.index = 1;
    expect(readmission_find, &life, LOSS_NONE, 1, 140);
    life.stays[0].open = true;
    expect(readmission_find, &life, LOSS_NOT_ENDED, 0, 0);
}

/*  0 ===28   80 +    100 ===  and earlier episodes are no readmission  */
static void test_death_competes_with_readmission(void **state)
{
    struct life life;

    (void)state;
    begin(&life, 365);
    add(&life, LEVEL_IOP, -200, -150, 0);
    add(&life, LEVEL_RESIDENTIAL, 0, 28, 1);
    life.care.index = 1;
    expect(readmission_find, &life, LOSS_NONE, 0, 337);
    life.care.death = 80;
    expect(readmission_find, &life, LOSS_NONE, 2, 52);
    life.care.death = 20;
    expect(readmission_find, &life, LOSS_NONE, 2, 0);
}

/* ---- 90-day retention --------------------------------------------------------------------------------------------- */

/*  month 1: 0-29, month 2: 30-59, month 3: 60-89  */
static void test_each_month_has_treatment(void **state)
{
    struct life life;

    (void)state;
    begin(&life, 200);
    add(&life, LEVEL_IOP, 0, 20, 0);
    add(&life, LEVEL_OUTPATIENT, 40, 60, 0);
    expect(active_months_find, &life, LOSS_NONE, 1, 0); /* day 60 is of the third month */
    life.stays[1].end = 59;
    expect(active_months_find, &life, LOSS_NONE, 0, 0);
    life.stays[1] = (struct care_stay){.start = 60, .end = 95, .level = LEVEL_OUTPATIENT};
    expect(active_months_find, &life, LOSS_NONE, 0, 0); /* nothing in the second */
}

/*  0 ======28 completed: retained, though nothing follows; completed after day 89 is no excuse for a gap  */
static void test_who_completed_earlier_is_retained(void **state)
{
    struct life life;

    (void)state;
    begin(&life, 200);
    add(&life, LEVEL_RESIDENTIAL, 0, 28, 0);
    expect(active_months_find, &life, LOSS_NONE, 0, 0);
    life.care.completed = true;
    expect(active_months_find, &life, LOSS_NONE, 1, 0);
    life.stays[0].open = true; /* has not completed anything */
    expect(active_months_find, &life, LOSS_NONE, 0, 0);
}

/*  0 o--------------- 88 |  89  */
static void test_retention_needs_ninety_days_of_observation(void **state)
{
    struct life life;

    (void)state;
    begin(&life, 88);
    add(&life, LEVEL_OUTPATIENT, 0, 88, 0);
    expect(active_months_find, &life, LOSS_UNOBSERVED, 0, 0);
    life.care.completed = true; /* completed or not: the others could not be watched either */
    life.stays[0].end = 30;
    expect(active_months_find, &life, LOSS_UNOBSERVED, 0, 0);
    life.care.last_day = 89;
    expect(active_months_find, &life, LOSS_NONE, 1, 0);
}

/* All rules look at days relative to time zero: moving the calendar moves nothing. */
static void test_another_calendar_changes_nothing(void **state)
{
    static find_function *const all[] = {initiation_find, engagement_find, continuity_find, readmission_find,
                                         active_months_find};
    const struct process_rule rule = rule_of_the_field();
    struct life here, there;

    (void)state;
    begin(&here, 300);
    add(&here, LEVEL_RESIDENTIAL, 0, 28, 0);
    add(&here, LEVEL_OUTPATIENT, 31, 75, 0);
    add(&here, LEVEL_IOP, 150, 199, 1);
    begin(&there, 300 + 18000);
    there.care.zero = 18000;
    for (size_t i = 0; i < 3; i++)
        add(&there, (enum level)here.stays[i].level, here.stays[i].start + 18000, here.stays[i].end + 18000,
            here.stays[i].episode);
    for (size_t k = 0; k < sizeof all / sizeof all[0]; k++) {
        const struct process_result a = all[k](&here.care, &rule), b = all[k](&there.care, &rule);
        assert_int_equal(a.loss, b.loss);
        assert_int_equal(a.cause, b.cause);
        assert_int_equal(a.days, b.days);
        assert_int_equal(a.loss, LOSS_NONE);
    }
}

/* ---- leaving a level, a programme, an episode -------------------------------------------------------------------- */

static void expect_leaving(struct life *life, enum leaving_part part, int cause, int32_t days)
{
    struct process_rule rule = rule_of_the_field();

    rule.part = part;
    rule.completed = COMPLETED_LEFT;
    const struct process_result result = leaving_find(&life->care, &rule);

    assert_int_equal(result.cause, cause);
    assert_int_equal(result.days, days);
}

/*
 *   IOP, programme 1      0 ------ 20
 *   IOP, programme 2               25 ------ 50
 *   outpatient, 2                       40 - 45               (within: ends nothing)
 *   outpatient, 2                               55 ------ 90
 *   IOP, programme 1                                         95 ---- 120
 */
static void test_care_at_a_level_or_in_a_programme_ends_where_other_care_begins(void **state)
{
    static const int32_t programmes[] = {1, 2, 2, 2, 1};
    struct life life;

    (void)state;
    begin(&life, 400);
    add(&life, LEVEL_IOP, 0, 20, 1);
    add(&life, LEVEL_IOP, 25, 50, 1);
    add(&life, LEVEL_OUTPATIENT, 40, 45, 1);
    add(&life, LEVEL_OUTPATIENT, 55, 90, 1);
    add(&life, LEVEL_IOP, 95, 120, 1);
    for (size_t i = 0; i < 5; i++)
        life.stays[i].programme = programmes[i];
    expect_leaving(&life, LEAVING_STAY, 1, 20);
    expect_leaving(&life, LEAVING_LEVEL, 1, 50);
    expect_leaving(&life, LEAVING_PROGRAMME, 1, 20);
    expect_leaving(&life, LEAVING_EPISODE, 1, 120);
    life.care.index = 1;
    expect_leaving(&life, LEAVING_PROGRAMME, 1, 90);
    life.stays[1].programme = 0; /* an unknown programme is that of no other stay */
    expect_leaving(&life, LEAVING_PROGRAMME, 1, 50);
    life.stays[1].open = true;
    expect_leaving(&life, LEAVING_LEVEL, 0, 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_ambulatory_stay_serves_once_a_week_where_the_source_says_nothing),
        cmocka_unit_test(test_sessions_a_week_are_spread_over_it),
        cmocka_unit_test(test_care_around_the_clock_serves_every_night),
        cmocka_unit_test(test_what_is_not_observed_or_does_not_count_serves_nobody),
        cmocka_unit_test(test_initiation_is_within_thirteen_days),
        cmocka_unit_test(test_initiation_on_the_episode_date_counts),
        cmocka_unit_test(test_initiation_needs_thirteen_days_of_observation),
        cmocka_unit_test(test_a_stay_that_goes_on_initiates),
        cmocka_unit_test(test_engagement_is_two_more_services),
        cmocka_unit_test(test_engagement_ends_34_days_after_initiation),
        cmocka_unit_test(test_engagement_after_inpatient_counts_from_its_end),
        cmocka_unit_test(test_a_transfer_between_beds_is_one_admission),
        cmocka_unit_test(test_engagement_needs_its_whole_time_of_observation),
        cmocka_unit_test(test_who_never_initiated_never_engaged),
        cmocka_unit_test(test_continuity_counts_from_the_day_after_discharge),
        cmocka_unit_test(test_a_service_on_the_day_of_discharge_is_not_after_it),
        cmocka_unit_test(test_a_direct_transfer_is_continuous),
        cmocka_unit_test(test_continuity_is_censored_or_ends_with_death),
        cmocka_unit_test(test_continuity_follows_certain_levels_that_ended),
        cmocka_unit_test(test_readmission_is_a_new_episode_counted_from_the_old_ones_end),
        cmocka_unit_test(test_a_transfer_is_no_readmission),
        cmocka_unit_test(test_readmission_to_levels_that_count),
        cmocka_unit_test(test_the_episode_ends_with_its_latest_stay),
        cmocka_unit_test(test_death_competes_with_readmission),
        cmocka_unit_test(test_each_month_has_treatment),
        cmocka_unit_test(test_who_completed_earlier_is_retained),
        cmocka_unit_test(test_retention_needs_ninety_days_of_observation),
        cmocka_unit_test(test_another_calendar_changes_nothing),
        cmocka_unit_test(test_care_at_a_level_or_in_a_programme_ends_where_other_care_begins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
