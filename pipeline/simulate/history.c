/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulate/history.h"

#include <math.h>

#include "simulate/uses.h"
#include "stats/placed_random.h"

/* Return to use: Weibull from time zero, slower in care. */
#define RETURN_SHAPE 0.75
#define RETURN_SCALE 420.0
#define RETURN_RISK 0.08
#define RETURN_IN_CARE 0.5

#define READMISSION_BASE 0.0003
#define READMISSION_RISK 0.04
#define READMISSION_AFTER_USE 4.0

#define DEATH_RISK 0.05
#define DEATH_AGE 0.035
#define DEATH_AFTER_USE 2.5

struct life {
    const struct model *model;
    uint64_t number;
    enum arm forced;
    struct history *history;
};

static void draw_pair(const struct life *life, enum use use, size_t index, double u[static 2])
{
    placed_random_pair(life->model->settings.seed, life->number, use_of(use, index), u);
}

static double draw(const struct life *life, enum use use, size_t index)
{
    return placed_random(life->model->settings.seed, life->number, use_of(use, index));
}

/* ---- stays ------------------------------------------------------------------------------------------------ */

/* Care after detox, or at the door: first care obeys the arm, later care does not. */
static enum level choose_care(const struct life *life, size_t stay)
{
    const bool is_first = life->history->first_care == NO_STAY;
    double share[N_GROUPS], u[2];
    enum group group = GROUP_OUTPATIENT;

    draw_pair(life, USE_CHOICE, stay, u);
    model_groups(life->model, &life->history->person, share);
    if (is_first && life->forced != ARM_NONE)
        group = life->forced == ARM_IOP ? GROUP_IOP : GROUP_INPATIENT;
    else if (u[0] >= share[GROUP_OUTPATIENT])
        group = u[0] < share[GROUP_OUTPATIENT] + share[GROUP_IOP] ? GROUP_IOP : GROUP_INPATIENT;
    return model_level(group, u[1]);
}

/* Hours a week as planned: the bounds of the criteria hold for most programmes, not for all. */
static int hours_of(enum level level, double u)
{
    switch (level) {
    case LEVEL_PHP: return 20 + (int)(u * 11);
    case LEVEL_IOP: return u < 0.12 ? 6 + (int)(u / 0.12 * 3) : 9 + (int)((u - 0.12) / 0.88 * 11);
    case LEVEL_OUTPATIENT: return 1 + (int)(u * 4);
    default: return 0;
    }
}

static int planned_of(enum level level)
{
    static const int planned[N_LEVELS] = {[LEVEL_DETOX] = 5, [LEVEL_HOSPITAL] = 14, [LEVEL_SHORT] = 28, [LEVEL_LONG] = 90,
                                          [LEVEL_PHP] = 28,  [LEVEL_IOP] = 56,      [LEVEL_OUTPATIENT] = 120};
    return planned[level];
}

static struct stay *add_stay(const struct life *life, enum level level, int admission, int episode)
{
    struct history *history = life->history;
    const size_t i = history->n_stays;
    const bool is_first = level != LEVEL_DETOX && history->first_care == NO_STAY;
    struct stay *stay = &history->stays[i];
    double u[2];

    if (i == STAYS_MAX) {
        history->is_full = true;
        return NULL;
    }
    draw_pair(life, USE_STAY, i, u);
    stay->admission = admission;
    stay->level = level;
    stay->episode = episode;
    stay->planned = planned_of(level);
    stay->reason = model_reason(life->model, &history->person, level, is_first, u[0]);
    stay->discharge = admission + model_days(level, stay->reason, u[1]);
    if (is_first) {
        history->first_care = (int)i;
        history->arm = arm_of_level(level);
    }
    history->n_stays++;
    return stay;
}

/* Stays that follow one another; returns the last day. */
static int live_episode(const struct life *life, int day, int episode)
{
    struct history *history = life->history;
    double u[2], gap[2];
    enum level level;

    level = draw(life, USE_CHOICE, STAYS_MAX + (size_t)episode) < model_detox_share(life->model, &history->person)
                ? LEVEL_DETOX
                : choose_care(life, history->n_stays);
    for (int k = 0; k < EPISODE_STAYS_MAX; k++) {
        const size_t i = history->n_stays;
        struct stay *stay = add_stay(life, level, day, episode);
        if (stay == NULL)
            break;
        draw_pair(life, USE_GAP, i, gap);
        stay->hours = hours_of(level, gap[1]);
        draw_pair(life, USE_NEXT, i, u);
        const bool was_detox = level == LEVEL_DETOX;
        level = model_next(stay->level, stay->reason, u[0], u[1]);
        if (level == N_LEVELS)
            break;
        if (was_detox)
            level = choose_care(life, history->n_stays);
        day = stay->discharge + model_gap(stay->reason, gap[0]);
    }
    return history->stays[history->n_stays - 1].discharge;
}

/* ---- return to use, readmission, death ------------------------------------------------------------------------ */

/* Is the day in the index episode, from time zero on?  Gives the end of that state. */
static bool index_care(const struct history *history, int day, int *until)
{
    const int episode = history->stays[history->first_care].episode;

    *until = NEVER;
    for (size_t i = (size_t)history->first_care; i < history->n_stays && history->stays[i].episode == episode; i++) {
        if (day < history->stays[i].admission) {
            *until = history->stays[i].admission;
            return false;
        }
        if (day < history->stays[i].discharge) {
            *until = history->stays[i].discharge;
            return true;
        }
    }
    return false;
}

/* The day on which the summed hazard passes an exponential draw; pieces in care count less. */
static int live_return(const struct life *life)
{
    const struct history *history = life->history;
    const double risk = history->person.risk - life->model->mean_risk;
    const int zero = history->stays[history->first_care].admission;
    double rate = exp(RETURN_RISK * risk), budget = -log(draw(life, USE_RETURN, 0));
    int day = zero;

    if (history->arm == ARM_IOP)
        rate *= life->model->settings.relapse_ratio;
    for (;;) {
        int until;
        const double weight = index_care(history, day, &until) ? rate * RETURN_IN_CARE : rate;
        const double start = pow((day - zero) / RETURN_SCALE, RETURN_SHAPE);
        const double last = start + budget / weight; /* of the unit hazard, where the budget is used up */

        if (until == NEVER || pow((until - zero) / RETURN_SCALE, RETURN_SHAPE) > last) {
            const double t = RETURN_SCALE * pow(last, 1 / RETURN_SHAPE);
            return t > NEVER / 2 ? NEVER : zero + (int)t;
        }
        budget -= weight * (pow((until - zero) / RETURN_SCALE, RETURN_SHAPE) - start);
        day = until;
    }
}

/* First day from `start` on which a hazard that is `before` until day `change` and `after` from then on strikes. */
static int strike(double budget, int start, double before, int change, double after)
{
    const double used = change > start ? (double)(change - start) * before : 0;
    const double days = budget < used ? budget / before : fmax(change - start, 0) + (budget - used) / after;

    return days > NEVER / 2 ? NEVER : start + (int)days;
}

static int live_readmission(const struct life *life, int episode_end, int episode)
{
    const struct history *history = life->history;
    const double risk = history->person.risk - life->model->mean_risk;
    const double base = READMISSION_BASE * exp(READMISSION_RISK * risk);

    return strike(-log(draw(life, USE_READMISSION, (size_t)episode)), episode_end + NEW_EPISODE_GAP + 1, base,
                  history->first_care == NO_STAY ? 0 : history->return_day, base * READMISSION_AFTER_USE);
}

static int live_death(const struct life *life)
{
    const struct history *history = life->history;
    const double risk = history->person.risk - life->model->mean_risk;
    const double base = life->model->death_base * exp(DEATH_RISK * risk + DEATH_AGE * (history->person.age - 37));
    double under_arm = base, budget = -log(draw(life, USE_DEATH, 0));
    int day = history->stays[0].admission;

    if (history->first_care != NO_STAY) { /* the arm acts from time zero on */
        const int zero = history->stays[history->first_care].admission;
        const double before = (double)(zero - day) * base;

        if (budget < before)
            return day + (int)(budget / base);
        budget -= before;
        day = zero;
        under_arm = history->arm == ARM_IOP ? base * life->model->settings.death_ratio : base;
    }
    return strike(budget, day, under_arm, history->return_day, under_arm * DEATH_AFTER_USE);
}

/* Death ends the stay it falls into, and nothing comes after it. */
static void end_by_death(struct history *history)
{
    size_t n = 0;

    while (n < history->n_stays && history->stays[n].admission <= history->death_day)
        n++;
    history->n_stays = n;
    if (history->first_care >= (int)n) {
        history->first_care = NO_STAY;
        history->arm = ARM_NONE;
    }
    if (n > 0 && history->stays[n - 1].discharge >= history->death_day) {
        history->stays[n - 1].discharge = history->death_day;
        history->stays[n - 1].reason = REASON_DIED;
    }
}

void history_live(const struct model *model, uint64_t number, enum arm arm, int horizon, struct history *history)
{
    const struct life life = {model, number, arm, history};
    double u[2];
    int day;

    history->n_stays = 0;
    history->first_care = NO_STAY;
    history->arm = ARM_NONE;
    history->return_day = NEVER;
    history->is_full = false;
    person_draw(model->settings.seed, number, &history->person);
    draw_pair(&life, USE_ENTRY, 0, u);
    day = (int)(u[0] * WINDOW_ENTRY);
    history->leave_day = strike(-log(draw(&life, USE_LEAVE, 0)), day + 1, model->leave_hazard, 0, model->leave_hazard);
    for (int episode = 0; day <= horizon && !history->is_full; episode++) {
        const bool had_care = history->first_care != NO_STAY;
        const int end = live_episode(&life, day, episode);
        if (!had_care && history->first_care != NO_STAY) {
            history->return_day = live_return(&life);
            horizon = end + FOLLOW_UP > horizon ? end + FOLLOW_UP : horizon; /* readmission is counted from here */
        }
        day = live_readmission(&life, end, episode);
    }
    history->death_day = live_death(&life);
    end_by_death(history);
}

/* ---- what can be asked ------------------------------------------------------------------------------------------ */

int history_episode_end(const struct history *history, int last_day)
{
    const int episode = history->stays[history->first_care].episode;
    int end = NEVER;

    for (size_t i = (size_t)history->first_care; i < history->n_stays && history->stays[i].episode == episode; i++)
        if (history->stays[i].admission <= last_day)
            end = history->stays[i].discharge;
    return end;
}

int history_next_episode(const struct history *history)
{
    const int episode = history->stays[history->first_care].episode;

    for (size_t i = (size_t)history->first_care; i < history->n_stays; i++)
        if (history->stays[i].episode != episode)
            return history->stays[i].admission;
    return NEVER;
}

bool history_in_care(const struct history *history, int day)
{
    for (size_t i = 0; i < history->n_stays; i++)
        if (history->stays[i].admission <= day && day <= history->stays[i].discharge)
            return true;
    return false;
}
