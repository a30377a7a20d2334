/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * law_study.h - a study of made-up people, written as it is or changed in a way whose effect on every number is known.
 *
 * People have an arm (two, or three), features, an outcome in time with ties, with a competing event or without, and an
 * outcome that is yes or no.  Groups are small, levels rare, and rows may count several people.  Analyses, models and
 * adjustments differ from study to study.
 */
#ifndef TESTS_LAWS_LAW_STUDY_H
#define TESTS_LAWS_LAW_STUDY_H

#include <stdbool.h>
#include <stdint.h>

/* Neighbours may be changes of one study (law_has_own_study). */
enum law {
    LAW_SHUFFLED,  /* rows in another order: the same content */
    LAW_SPLIT,     /* the source in two files: the same numbers */
    LAW_MISSING,   /* rows without an arm and rows that cannot be read are added: they are counted, and that is all */
    LAW_RENAMED,   /* arms and levels under other names, in another order: the same numbers under these names */
    LAW_DAYS,      /* all days times 7: times are 7 times as long, all else is the same */
    LAW_UNITS,     /* covariates in other units: the same numbers, but for their own means */
    LAW_REFERENCE, /* the other arm is the reference: differences change their sign, ratios are inverted */
    LAW_COPIES,    /* a row that counts n people is n rows: the same numbers */
    N_LAWS
};

enum { LAW_WEEK = 7, LAW_MONTHS = 12 };

/* LAW_UNITS: severity x is written as x / 100 + 3, age in months. */
#define LAW_SEVERITY_SCALE 0.01
#define LAW_SEVERITY_SHIFT 3

const char *law_name(enum law law);

/** Whether the unchanged study of a law is another one than that of the law before it. */
bool law_has_own_study(enum law law);

/**
 * Writes people.csv, codebook.yaml and study.yaml into a folder that exists; the process ends when it cannot.  is_changed: as the
 * law changes them; else as they were.
 */
void law_study_write(const char *folder, uint64_t seed, enum law law, bool is_changed);

/** The name before LAW_RENAMED of one after it; the name itself when it is none of these. */
const char *law_old_name(const char *name);

/** How many rows LAW_MISSING adds. */
int law_n_added(uint64_t seed);

#endif
