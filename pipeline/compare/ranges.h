/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * ranges.h - how far an answer turns with the definition: the lowest and the highest estimate over the outcomes of an
 * analysis that says `range: yes`.
 *
 * Table `ranges`: analysis population adjustment measure term arm reference time n_definitions n_undefined lowest
 * lowest_outcome highest highest_outcome - a row for each contrast that the analysis computes; of equal estimates the
 * first outcome of the study is named.  n_undefined: definitions without an estimate.
 */
#ifndef COMPARE_RANGES_H
#define COMPARE_RANGES_H

#include "base/table.h"
#include "study/study.h"

/** From the finished estimates; an empty table when no analysis asks for it.  NULL after telling. */
struct table *ranges_table(const struct study *study, const struct table *estimates);

#endif
