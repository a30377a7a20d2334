/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * roles.h - one verdict of a study is primary.
 *
 * A margin gives a verdict for every pair, population and adjustment.  Of those of the margin that is called primary the one
 * that `primary` names keeps the role - without `primary`, or where it leaves a choice, the first -; the others become
 * secondary.
 */
#ifndef COMPARE_ROLES_H
#define COMPARE_ROLES_H

#include "base/table.h"
#include "study/study.h"

int roles_settle(const struct study *study, struct table *verdicts); /* -1 after telling */

#endif
