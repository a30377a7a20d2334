/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * show_again.h - what was hidden to protect others, and is not needed in the end, is shown again.
 *
 * What was hidden first may have become superfluous by what was hidden later.  One count after the other, the one of the largest
 * weight (protect.h) first, is shown on trial, and all that hangs together with it is audited anew from the true counts
 * (audit.h): every unknown count that a way of unknown counts leads to, with all its relations.  The count stays shown when all
 * of them are safe.
 *
 * Bounded: parts of up to SHOWN_PART unknown counts are tried, and as long as the unknown counts of all trials times their
 * programmes are less than SHOWN_WORK: some seconds.  Rounded counts are not tried, because there everything hangs together.
 */
#ifndef REPORT_SHOW_AGAIN_H
#define REPORT_SHOW_AGAIN_H

#include <stdbool.h>

#include "report/count_index.h"
#include "report/count_system.h"

enum { SHOWN_PART = 1500, SHOWN_WORK = 1000000 };

/** chosen: [n_counts] hidden to protect others, and nothing but the audit asks for it.  -1 after telling. */
int show_again(struct count_system *system, const struct count_index *index, const bool *chosen);

#endif
