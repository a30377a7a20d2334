/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * summary.h - what the outcomes of a study are, and whom each of them leaves out.
 *
 * Table `outcomes`: outcome label rule event_is causes has_time descriptive units definition
 *     causes: names joined by ", "; descriptive: 1 when the definition leaves people out by what happened later
 * Table `losses`: outcome reason n, n in the study's unit; only reasons that occurred
 */
#ifndef OUTCOMES_SUMMARY_H
#define OUTCOMES_SUMMARY_H

#include "base/table.h"
#include "study/study.h"

struct table *outcomes_summary(const struct study *study, const struct codebook *codebook); /* NULL after telling */

struct table *losses_alloc(void);
/** shared: of all ranks together; collective. */
int losses_add(struct table *losses, const struct study_outcome *outcome, const struct table *computed,
               const struct column *weight, bool shared);

#endif
