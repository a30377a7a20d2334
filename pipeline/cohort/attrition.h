/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * attrition.h - who was lost at which step, from the last input line to the arms.
 *
 * Table `attrition`: step label unit dropped left reason.  Rows of one step share its number; `left` is what
 * remains after the row.  A step that drops nobody is shown too.  Each unit (row, then person, discharge, ...)
 * adds up by itself: left = left of the row before - dropped.
 */
#ifndef COHORT_ATTRITION_H
#define COHORT_ATTRITION_H

#include <stdint.h>

#include "base/table.h"

struct attrition {
    struct table *table;
    int64_t step;
    int64_t left;
    const char *unit;
};

int attrition_start(struct attrition *attrition); /* allocates the table; -1 after telling */

/** A new unit of counting, beginning with `left` of them. */
int attrition_unit(struct attrition *attrition, const char *unit, const char *label, int64_t left);

/** The next step; follow it with its losses. */
void attrition_step(struct attrition *attrition);
int attrition_drop(struct attrition *attrition, const char *label, const char *reason, int64_t dropped);

/**
 * A count beside the way: `outside` of `whole` are not in a part (a population); nobody is dropped, and the way goes
 * on with everybody.
 */
int attrition_part(struct attrition *attrition, const char *label, const char *reason, int64_t whole, int64_t outside);

#endif
