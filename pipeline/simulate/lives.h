/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * lives.h - made-up persons as one analysis sees them, with the life that they did not live.
 *
 * Of a person whose first care falls into an arm: what decides the arm and the outcome, and the days from first care to the
 * return to use or to death under each arm, with the same random numbers.  Stands alone, so that tests of other stages may use it
 * beside their own words for stays and levels.
 */
#ifndef SIMULATE_LIVES_H
#define SIMULATE_LIVES_H

#include <stdbool.h>
#include <stdint.h>

enum { LIFE_INPATIENT, LIFE_IOP };

struct life {
    int need, risk;    /* points (person.h) */
    double share;      /* chance of iop, given that it is iop or inpatient */
    int arm;           /* LIFE_INPATIENT or LIFE_IOP, as it was */
    int leaves;        /* days from first care to leaving the plan; may lie far away */
    int days[2];       /* by arm: to the return to use or death; beyond follow-up: one day more than that */
    int cause[2];      /* by arm: 1 return to use, 2 death, 0 neither within follow-up */
};

struct lives;

struct lives *lives_alloc(uint64_t seed, double relapse_ratio); /* NULL without memory */
void lives_free(struct lives *lives);

/** The person of this number within so many days of follow-up; false when he belongs to neither arm. */
bool lives_find(const struct lives *lives, uint64_t number, int follow_up, struct life *life);

double lives_mean_risk(const struct lives *lives); /* points */

#endif
