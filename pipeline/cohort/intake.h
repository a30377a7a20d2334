/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * intake.h - the first steps of attrition: from input lines to the persons they stand for.
 */
#ifndef COHORT_INTAKE_H
#define COHORT_INTAKE_H

#include <stddef.h>
#include <stdint.h>

#include "cohort/candidates.h"
#include "cohort/cohort.h"

/** The records under consideration: weight[i] persons, 0 once record i is out. */
struct intake {
    size_t n;
    int64_t *weight; /* [n] */
};

/**
 * Collective (base/ranks.h): each rank has records of its own, and the attrition is that of all.  Begins with the lines that ingest read, leaves out what it set aside (by reason), persons on several rows and rows
 * of frequency 0, and turns from rows to the study's unit.
 */
int intake_start(const struct study *study, const struct cohort_input *input, struct intake *intake,
                 struct attrition *attrition);

/**
 * The same of linked stays: lines, records by fate, persons with a stay, and those whom each step of the index rule
 * leaves without one.  What is left are the candidates.
 */
int intake_linked(const struct study *study, const struct cohort_input *input, const struct candidates *candidates,
                  struct intake *intake, struct attrition *attrition);
void intake_free(struct intake *intake);

#endif
