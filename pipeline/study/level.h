/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * level.h - levels of care, ordered by intensity: the first is the most intensive one.
 *
 * Which code of a source is which level is data (`levels:` of the study), never code.
 */
#ifndef STUDY_LEVEL_H
#define STUDY_LEVEL_H

enum level {
    LEVEL_DETOX,
    LEVEL_INPATIENT,
    LEVEL_RESIDENTIAL,
    LEVEL_PHP,
    LEVEL_IOP,
    LEVEL_OUTPATIENT,
    LEVEL_AFTERCARE,
    N_LEVELS,
    LEVEL_NONE = N_LEVELS, /* in a map: the code is no treatment */
};

/** N_LEVELS names in order of intensity: labels for a category column. */
extern const char *const level_names[N_LEVELS];

#endif
