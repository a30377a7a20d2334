/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * person.h - who a made-up person is before any care: traits drawn from published margins.
 *
 * Each trait is drawn by itself from the TEDS-D margin of 2017-2020 among discharges where it is known; how traits
 * go together is not published there and is not imitated.  Two integer scores sum up what matters later:
 *
 *     need    points toward more intensive first care
 *     risk    points toward dropping out, returning to use, readmission and death
 *
 * Traits that give points to both are the confounders; those with need alone act as instruments, those with risk
 * alone as mere predictors.  Scores are sums over traits, so their joint distribution is known exactly
 * (scores_distribute), and any integral over persons is a sum over it.
 */
#ifndef SIMULATE_PERSON_H
#define SIMULATE_PERSON_H

#include <stddef.h>
#include <stdint.h>

enum trait {
    TRAIT_AGE, /* bands of years */
    TRAIT_SEX,
    TRAIT_RACE,
    TRAIT_EDUCATION,
    TRAIT_EMPLOYMENT,
    TRAIT_HOUSING,
    TRAIT_MARITAL, /* the last level: not known */
    TRAIT_PSYCHIATRIC,
    TRAIT_PRIOR,
    TRAIT_REFERRAL,
    TRAIT_DRUG,
    TRAIT_FREQUENCY,
    N_TRAITS,
};
enum { TRAIT_LEVELS_MAX = 12 };

struct trait_level {
    const char *label;
    int64_t published; /* discharges 2017-2020 */
    int need, risk;    /* points */
};

struct trait_words {
    const char *column; /* in clients.csv; the age bands are no column, age is */
    const char *label;
    const char *variable; /* of TEDS-D */
    size_t n_levels;
    struct trait_level levels[TRAIT_LEVELS_MAX];
};
extern const struct trait_words trait_words[N_TRAITS];

struct person {
    unsigned char trait[N_TRAITS]; /* level of each */
    int age;                       /* years */
    int need, risk;                /* points */
};

/** The person of this number; the same for any settings but the seed. */
void person_draw(uint64_t seed, uint64_t number, struct person *person);

/** The exact joint distribution of need and risk. */
enum { SCORE_MIN = -20, SCORE_MAX = 40, N_SCORES = SCORE_MAX - SCORE_MIN + 1 };
struct scores {
    double share[N_SCORES][N_SCORES]; /* [need - SCORE_MIN][risk - SCORE_MIN], adds up to 1 */
    double mean_need, mean_risk;
};
void scores_distribute(struct scores *scores);

#endif
