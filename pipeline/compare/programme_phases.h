/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * programme_phases.h - where the phases of control charts begin, and from which periods their limits are taken.
 *
 * The first phase begins with the first period; each `rebase` of the study that is of the measure's outcome and of the
 * programme begins another one with the period that holds its day.  Of two in one period the later in the study counts;
 * one before the first period takes the place of the first phase; one after the last has not begun.
 */
#ifndef COMPARE_PROGRAMME_PHASES_H
#define COMPARE_PROGRAMME_PHASES_H

#include "compare/programme_axes.h"

enum { PHASES_MAX = 65 };

struct programme_phase {
    size_t first;         /* period */
    size_t baseline_end;  /* one past the last period that its limits are taken from, at most the end of the phase */
    size_t end;           /* one past its last period */
    size_t rebase;        /* of the study; SIZE_MAX: the first phase */
};

/** How many there are; programme: its name, "" for all together.  At least one where there are periods. */
size_t programme_phases_find(const struct study_dashboard *dashboard, const struct programme_axes *axes, size_t outcome,
                             const char *programme, struct programme_phase phases[static PHASES_MAX]);

/** Table programme_phases.  NULL after telling, also where a rebase names a programme that is not there. */
struct table *programme_phases_table(const struct study_dashboard *dashboard, const struct study *study,
                                     const struct programme_axes *axes);

#endif
