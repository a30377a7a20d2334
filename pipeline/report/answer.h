/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * answer.h - the study's answer in one plain sentence, and what must be read beside it.
 *
 * The primary question is the one that the study file declares; without a declaration it is the first verdict,
 * then the first comparison, then the first number of an arm.
 */
#ifndef REPORT_ANSWER_H
#define REPORT_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "report/bundle.h"

enum { ANSWER_CAVEATS_MAX = 24, ANSWER_OTHERS_MAX = 12 };

struct answer {
    const char *sentence;              /* "Relapse, by day 180: short 12.9 points higher than long (...) - ..." */
    const char *verdict;               /* "inferior", ...; "" when no margin was declared for it */
    size_t n_others;
    const char *others[ANSWER_OTHERS_MAX]; /* the same question with other arms or references */
    size_t n_caveats;
    const char *caveats[ANSWER_CAVEATS_MAX];
};

struct answer answer_find(struct bundle *bundle);

/** "short 12.9 points higher than long (95 % interval 5.1 to 20.5)": row of estimates or verdicts. */
const char *answer_comparison(struct bundle *bundle, const struct table *table, size_t row);

/** "inferior at a margin of 10 points"; "" without a verdict. */
const char *answer_verdict(struct bundle *bundle, size_t verdict_row);

/** Both as one sentence with its full stop. */
const char *answer_sentence(struct bundle *bundle, const struct table *table, size_t row);

#endif
