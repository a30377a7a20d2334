/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Process measures of random histories against a slow reading of the rules, day by day on a calendar. */
#include "outcomes/process.h"

#include <math.h>
#include <string.h>

#include "stats/placed_random.h"
#include "tests/support/near.h"

enum { HISTORIES = 10000, STAYS = 7, EARLIEST = -300, LATEST = 900, CALENDAR = LATEST - EARLIEST + 1, SEED = 20261128 };

struct life {
    struct care_stay stays[STAYS];
    struct care care;
    struct process_rule rule;
};

static double draw(uint64_t history, uint64_t use)
{
    return placed_random(SEED, history, use);
}

static int below(uint64_t history, uint64_t use, int n)
{
    return (int)(draw(history, use) * n);
}

static void swap_into_order(struct care_stay *stays, size_t n)
{
    for (size_t i = 1; i < n; i++)
        for (size_t j = i; j > 0 && stays[j].start < stays[j - 1].start; j--) {
            const struct care_stay moved = stays[j];
            stays[j] = stays[j - 1];
            stays[j - 1] = moved;
        }
}

/* Stays that overlap, nest, touch and lie apart; episodes by a gap of 30 days; some are open on the last day. */
static void make(uint64_t h, struct life *life)
{
    static const double sessions[] = {NAN, 1, 2, 3, 5, 0.5};
    const size_t n = 1 + (size_t)below(h, 0, STAYS);
    int32_t furthest;

    memset(life, 0, sizeof *life);
    life->care = (struct care){.stays = life->stays, .n = n, .zero = below(h, 1, 40), .death = NO_DAY};
    life->care.last_day = life->care.zero + below(h, 2, 500);
    for (size_t i = 0; i < n; i++) {
        struct care_stay *stay = &life->stays[i];
        stay->start = below(h, 10 + i, 500) - 150;
        stay->end = stay->start + below(h, 20 + i, below(h, 30 + i, 3) == 0 ? 5 : 90);
        stay->level = (uint8_t)below(h, 40 + i, N_STAY_LEVELS);
        stay->programme = below(h, 140 + i, 3);
        stay->sessions = sessions[below(h, 50 + i, 6)];
        if (i > 0 && draw(h, 60 + i) < 0.4) { /* a transfer from the one before */
            stay->end += life->stays[i - 1].end - stay->start + below(h, 70 + i, 3);
            stay->start = life->stays[i - 1].end + below(h, 70 + i, 3);
        }
        if (stay->end < stay->start)
            stay->end = stay->start;
        if (stay->end >= life->care.last_day && stay->start <= life->care.last_day && draw(h, 80 + i) < 0.5) {
            stay->end = life->care.last_day;
            stay->open = true;
        }
    }
    swap_into_order(life->stays, n);
    furthest = life->stays[0].end;
    for (size_t i = 1; i < n; i++) {
        life->stays[i].episode = life->stays[i - 1].episode + (life->stays[i].start - furthest > 30);
        furthest = life->stays[i].end > furthest ? life->stays[i].end : furthest;
    }
    life->care.index = (size_t)below(h, 3, (int)n);
    life->care.completed = draw(h, 4) < 0.5;
    if (draw(h, 5) < 0.3)
        life->care.death = life->care.zero + below(h, 6, 400);
    life->rule = (struct process_rule){.initiation_days = below(h, 90, 20), .engagement_days = below(h, 91, 50),
                                       .engagement_services = 1 + below(h, 92, 4), .months = 1 + below(h, 93, 4),
                                       .part = (enum leaving_part)below(h, 94, 4),
                                       .completed = (enum completed_rule)(COMPLETED_RETAINED + below(h, 95, 4))};
    for (size_t level = 0; level < N_STAY_LEVELS; level++) {
        life->rule.services.counts[level] = draw(h, 100 + level) < 0.8;
        life->rule.after.counts[level] = draw(h, 120 + level) < 0.6;
    }
}

/* ---- the rules, day by day ---------------------------------------------------------------------------------------- */

static bool around_the_clock(int level)
{
    return level == LEVEL_DETOX || level == LEVEL_INPATIENT || level == LEVEL_RESIDENTIAL;
}

/* Is this day a service day of the stay? */
static bool serves(const struct care_stay *stay, int32_t day)
{
    if (day < stay->start || day > stay->end)
        return false;
    if (around_the_clock(stay->level))
        return day == stay->start || day < stay->end || stay->open;
    const double a_week = isnan(stay->sessions) ? 1 : stay->sessions;
    for (int k = 0; k <= 1000; k++)
        if (stay->start + (int32_t)floor(k * 7 / a_week) == day)
            return true;
    return false;
}

static bool served(const struct life *life, int32_t day)
{
    for (size_t i = 0; i < life->care.n && day <= life->care.last_day; i++)
        if (life->rule.services.counts[life->stays[i].level] && serves(&life->stays[i], day))
            return true;
    return false;
}

static const struct process_result UNOBSERVED = {.loss = LOSS_UNOBSERVED};

static struct process_result slow_initiation(const struct life *life)
{
    struct process_result result = {0};

    if (life->care.last_day < life->care.zero + life->rule.initiation_days)
        return UNOBSERVED;
    for (int32_t day = life->care.zero; day <= life->care.zero + life->rule.initiation_days; day++)
        result.cause |= served(life, day);
    return result;
}

/* Nights in a bed from this day on, without a day between; the last of them, or NO_DAY when it is not seen. */
static int32_t slow_discharge(const struct life *life, int32_t end, int32_t from, bool open)
{
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < life->care.n; i++) {
            const struct care_stay *next = &life->stays[i];
            if (around_the_clock(next->level) && next->start >= from && next->start <= end + 1 && next->end > end) {
                end = next->end;
                open = next->open;
                again = true;
            }
        }
    }
    return open ? NO_DAY : end;
}

static struct process_result slow_engagement(const struct life *life)
{
    const int32_t zero = life->care.zero, last = zero + life->rule.initiation_days, within = life->rule.engagement_days;
    int32_t day = zero, from, n = 0;

    if (life->care.last_day < last + within)
        return UNOBSERVED;
    while (day <= last && !served(life, day))
        day++;
    if (day > last)
        return (struct process_result){0};
    from = day;
    for (size_t i = 0; i < life->care.n; i++)
        if (life->rule.services.counts[life->stays[i].level] && serves(&life->stays[i], day)) { /* the first that serves */
            if (around_the_clock(life->stays[i].level))
                from = slow_discharge(life, life->stays[i].end, life->stays[i].start, life->stays[i].open);
            break;
        }
    if (from == NO_DAY || life->care.last_day < from + within)
        return UNOBSERVED;
    for (day = from + 1; day <= from + within; day++)
        n += served(life, day);
    return (struct process_result){.cause = n >= life->rule.engagement_services};
}

static struct process_result slow_continuity(const struct life *life)
{
    const struct care_stay *stay = &life->stays[life->care.index];

    if (!life->rule.after.counts[stay->level])
        return (struct process_result){.loss = LOSS_EXCLUDED};
    if (stay->open || stay->end > life->care.last_day)
        return (struct process_result){.loss = LOSS_NOT_ENDED};
    if (life->care.death <= stay->end)
        return (struct process_result){.cause = 2};
    for (int32_t day = stay->end + 1; day <= life->care.last_day; day++)
        if (served(life, day))
            return (struct process_result){.cause = 1, .days = day - stay->end};
    return life->care.death <= life->care.last_day
               ? (struct process_result){.cause = 2, .days = life->care.death - stay->end}
               : (struct process_result){.days = life->care.last_day - stay->end};
}

/* Last day of the index episode, NO_DAY when it is open. */
static int32_t slow_episode_end(const struct life *life)
{
    int32_t end = EARLIEST;

    for (size_t i = 0; i < life->care.n; i++) {
        if (life->stays[i].episode != life->stays[life->care.index].episode)
            continue;
        if (life->stays[i].open)
            return NO_DAY;
        end = life->stays[i].end > end ? life->stays[i].end : end;
    }
    return end;
}

static struct process_result slow_readmission(const struct life *life)
{
    const int32_t end = slow_episode_end(life);

    if (end > life->care.last_day)
        return (struct process_result){.loss = LOSS_NOT_ENDED};
    if (life->care.death <= end)
        return (struct process_result){.cause = 2};
    for (int32_t day = end + 1; day <= life->care.last_day; day++)
        for (size_t i = 0; i < life->care.n; i++)
            if (life->stays[i].start == day && life->rule.services.counts[life->stays[i].level])
                return (struct process_result){.cause = 1, .days = day - end};
    return life->care.death <= life->care.last_day ? (struct process_result){.cause = 2, .days = life->care.death - end}
                                                   : (struct process_result){.days = life->care.last_day - end};
}

static struct process_result slow_active_months(const struct life *life)
{
    const struct care_stay *index = &life->stays[life->care.index];
    const int32_t zero = life->care.zero, last = zero + 30 * life->rule.months - 1;
    bool active[8] = {false};
    int all = 1;

    if (life->care.last_day < last)
        return UNOBSERVED;
    if (life->care.completed && !index->open && index->end <= last)
        return (struct process_result){.cause = 1};
    for (int32_t day = zero; day <= last; day++)
        for (size_t i = 0; i < life->care.n; i++)
            if (life->rule.services.counts[life->stays[i].level] && life->stays[i].start <= day && day <= life->stays[i].end)
                active[(day - zero) / 30] = true;
    for (int32_t month = 0; month < life->rule.months; month++)
        all &= active[month];
    return (struct process_result){.cause = all};
}

/* Is stay i care of the kind that is left?  The index stay always is. */
static bool is_same_care(const struct life *life, size_t i)
{
    const struct care_stay *index = &life->stays[life->care.index], *stay = &life->stays[i];

    if (i < life->care.index || stay->episode != index->episode)
        return false;
    if (i == life->care.index)
        return true;
    if (life->rule.part == LEAVING_LEVEL)
        return stay->level == index->level;
    return life->rule.part == LEAVING_PROGRAMME && stay->programme == index->programme && index->programme != 0;
}

/* Latest end of care of that kind among the stays before `before`; NO_DAY where one is open. */
static int32_t slow_same_end(const struct life *life, size_t before)
{
    int32_t end = EARLIEST;

    for (size_t i = 0; i < before; i++) {
        if (!is_same_care(life, i))
            continue;
        if (life->stays[i].open)
            return NO_DAY;
        end = life->stays[i].end > end ? life->stays[i].end : end;
    }
    return end;
}

/* Up to the first stay of another kind that finds all care of this kind ended. */
static int32_t slow_part_end(const struct life *life)
{
    const struct care_stay *index = &life->stays[life->care.index];

    for (size_t i = life->care.index + 1; i < life->care.n; i++)
        if (life->stays[i].episode == index->episode && !is_same_care(life, i) &&
            life->stays[i].start >= slow_same_end(life, i))
            return slow_same_end(life, i);
    return slow_same_end(life, life->care.n);
}

static struct process_result slow_leaving(const struct life *life)
{
    const int32_t end = life->rule.part == LEAVING_EPISODE ? slow_episode_end(life) : slow_part_end(life);
    const int32_t seen = life->care.last_day - life->care.zero;

    if (end > life->care.last_day)
        return (struct process_result){.days = seen};
    if (!life->care.completed)
        return (struct process_result){.cause = 1, .days = end - life->care.zero};
    switch (life->rule.completed) {
    case COMPLETED_RETAINED: return (struct process_result){.days = seen};
    case COMPLETED_COMPETING: return (struct process_result){.cause = 2, .days = end - life->care.zero};
    case COMPLETED_CENSOR: return (struct process_result){.days = end - life->care.zero};
    default: return (struct process_result){.cause = 1, .days = end - life->care.zero};
    }
}

/* ---- both ----------------------------------------------------------------------------------------------------------- */

typedef struct process_result fast_function(const struct care *care, const struct process_rule *rule);
typedef struct process_result slow_function(const struct life *life);

static const struct {
    const char *name;
    fast_function *fast;
    slow_function *slow;
} measures[] = {
    {"initiation", initiation_find, slow_initiation},    {"engagement", engagement_find, slow_engagement},
    {"continuity", continuity_find, slow_continuity},    {"readmission", readmission_find, slow_readmission},
    {"active_months", active_months_find, slow_active_months}, {"leaving", leaving_find, slow_leaving},
};
enum { N_PROCESSES = sizeof measures / sizeof measures[0] };

static void test_random_histories_agree_with_a_calendar(void **state)
{
    int seen[N_PROCESSES][3] = {{0}}, lost[N_PROCESSES] = {0};

    (void)state;
    for (uint64_t h = 0; h < HISTORIES; h++) {
        struct life life;

        make(h, &life);
        for (size_t k = 0; k < N_PROCESSES; k++) {
            const struct process_result fast = measures[k].fast(&life.care, &life.rule), slow = measures[k].slow(&life);

            if (fast.loss != slow.loss || (fast.loss == LOSS_NONE && (fast.cause != slow.cause || fast.days != slow.days)))
                fail_msg("%s of history %d: loss %d cause %d day %d, by the calendar %d %d %d", measures[k].name, (int)h,
                         (int)fast.loss, fast.cause, fast.days, (int)slow.loss, slow.cause, slow.days);
            if (fast.loss == LOSS_NONE)
                seen[k][fast.cause]++;
            else
                lost[k]++;
        }
    }
    for (size_t k = 0; k < N_PROCESSES; k++) /* every answer of every measure was given often */
        assert_true(seen[k][0] > 200 && seen[k][1] > 200 && (lost[k] > 100 || k == N_PROCESSES - 1));
    assert_true(seen[2][2] > 100 && seen[3][2] > 100 && seen[5][2] > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_histories_agree_with_a_calendar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
