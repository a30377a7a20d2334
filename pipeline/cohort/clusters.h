/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * clusters.h - numbers of groups within which people are alike.
 *
 * Column `cluster` of table cohort: 0, 1, ... in the order of the values of the study's `cluster` column, or, when
 * several index stays of a person are taken, the person.  A missing value is a cluster of its own, after the others.
 */
#ifndef COHORT_CLUSTERS_H
#define COHORT_CLUSTERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/table.h"

/**
 * Numbers the values of `column` in the given rows; number[n] is written.  Collective (base/ranks.h): values are those of all
 * ranks; each rank numbers a range of them, so that memory is that of its own.  -1 after telling.  O(n log n).
 */
int clusters_number(const struct column *column, const size_t *rows, size_t n, int32_t *number);

#endif
