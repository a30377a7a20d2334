/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * settings.h - what a user of `stepdown simulate` may turn, and the words that all its files share.
 */
#ifndef SIMULATE_SETTINGS_H
#define SIMULATE_SETTINGS_H

#include <stdint.h>

/** Levels of care; a stay is at one of them. */
enum level { LEVEL_DETOX, LEVEL_HOSPITAL, LEVEL_SHORT, LEVEL_LONG, LEVEL_PHP, LEVEL_IOP, LEVEL_OUTPATIENT, N_LEVELS };

/** How a stay ended. */
enum reason {
    REASON_COMPLETED,
    REASON_TRANSFERRED,
    REASON_DROPPED_OUT,
    REASON_TERMINATED,
    REASON_INCARCERATED,
    REASON_OTHER,
    REASON_DIED,
    N_REASONS,
};
enum { N_CHOSEN_REASONS = REASON_DIED }; /* death is no choice: its hazard decides */

/** The arms of the comparison; first care that is neither belongs to no arm. */
enum arm { ARM_INPATIENT, ARM_IOP, N_ARMS, ARM_NONE = N_ARMS };

struct level_words {
    const char *code;  /* in episodes.csv: the number of the ASAM criteria; detox is withdrawal management */
    const char *label; /* for people */
    const char *level; /* the level of care it is mapped to */
};
extern const struct level_words level_words[N_LEVELS];
extern const char *const reason_words[N_REASONS];
extern const char *const arm_words[N_ARMS];
enum arm arm_of_level(enum level level);

struct settings {
    uint64_t seed;
    int64_t n_persons;       /* in the files: persons 0 .. n_persons - 1 */
    int64_t n_truth;         /* persons over whom the truth is averaged: 0 .. n_truth - 1; 0: no truth */
    double confounding;      /* 0: first care has nothing to do with the person; 1: as it stands */
    double relapse_ratio;    /* hazard ratio of return to use, iop against inpatient, for a given person */
    double dropout_ratio;    /* odds ratio of dropping out or being terminated, first care in iop, on top of what is published */
    double death_ratio;      /* hazard ratio of death, iop against inpatient, for a given person */
    double disenrolled;      /* share that leaves the plan within 365 days, for no reason that matters */
    int n_threads;
};
extern const struct settings default_settings;

#endif
