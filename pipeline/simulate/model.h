/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * model.h - the law by which a made-up person meets care.
 *
 * Everything depends on the person through the scores of need and risk (person.h) and, for death, on age.  With
 * n = need - its mean and r = risk - its mean:
 *
 *     first care        one of outpatient, iop, inpatient with weights exp(a + c b n), b = 0, 0.06, 0.15, c the setting
 *                       `confounding`; within inpatient hospital, short- or long-term residential by fixed shares
 *     through detox     a share of persons begins there, logit a + 0.08 n
 *     reason            weights exp(a + b r) by level; b = 0.06 dropped out, 0.05 terminated or incarcerated, 0.02 other
 *     days              log-normal, median and spread by level and reason, at least 1
 *     another stay      a share by level and reason; then the level by fixed shares, and the days between
 *     return to use     from the first day of first care: hazard (k / s) (t / s)^(k - 1) exp(0.08 r), k = 0.75, s = 420
 *                       days, times 0.5 while in that episode, times `relapse_ratio` under iop
 *     readmission       from 31 days after an episode: a constant hazard times exp(0.04 r), times 4 after return to use
 *     death             2.3e-5 a day exp(0.05 r + 0.035 (age - 37)), times 2.5 after return to use, times `death_ratio`
 *                       from the first day of first care under iop
 *
 * The intercepts a are solved on the exact distribution of the scores, so that the shares of first care and of reasons
 * hold whatever the settings.
 */
#ifndef SIMULATE_MODEL_H
#define SIMULATE_MODEL_H

#include <stdbool.h>

#include "simulate/person.h"
#include "simulate/settings.h"

/** Days are counted from the first day of the window; dates from 1970. */
enum {
    WINDOW_FIRST = 17532,    /* 2018-01-01 */
    WINDOW_ENTRY = 1096,     /* first admissions on days 0 .. 1095: to 2020-12-31 */
    WINDOW_LAST = 1460,      /* nothing is recorded after 2021-12-31 */
    FOLLOW_UP = 365,         /* days from time zero over which outcomes are counted */
    NEW_EPISODE_GAP = 30,    /* stays at most so many days apart are one episode */
};

enum group { GROUP_OUTPATIENT, GROUP_IOP, GROUP_INPATIENT, N_GROUPS };

struct model {
    struct settings settings;
    double mean_need, mean_risk;
    double detox_intercept;
    double group_intercept[N_GROUPS];
    double reason_intercept[N_LEVELS][N_CHOSEN_REASONS];
    double death_base;       /* hazard a day */
    double leave_hazard;     /* of the plan, a day */
};

/** Solves the intercepts; cannot fail.  About a millisecond. */
void model_init(struct model *model, const struct settings *settings);

double model_detox_share(const struct model *model, const struct person *person);

/** Weights of the three groups of first care; they add up to 1. */
void model_groups(const struct model *model, const struct person *person, double share[static N_GROUPS]);

/** The level within a group; u uniform. */
enum level model_level(enum group group, double u);

/** The reason a stay ends, unless by death.  is_first: the stay is first care. */
enum reason model_reason(const struct model *model, const struct person *person, enum level level, bool is_first,
                         double u);

/** Days of a stay; u uniform. */
int model_days(enum level level, enum reason reason, double u);

/** Does another stay follow?  N_LEVELS: none does. */
enum level model_next(enum level level, enum reason reason, double u, double u_level);

/** Days between the stays. */
int model_gap(enum reason reason, double u);

#endif
