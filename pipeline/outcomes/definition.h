/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * definition.h - the value of a published definition (study/library.h) for one word.
 *
 * In two steps, because many definitions read the same worked word: definition_work() does what unseen, fill,
 * missing and mixed say, definition_read() reads the value off the result.
 */
#ifndef OUTCOMES_DEFINITION_H
#define OUTCOMES_DEFINITION_H

#include "outcomes/word.h"

/** Do both work on a word in the same way? */
bool definition_same_work(const struct definition *a, const struct definition *b);

/** worked is overwritten. */
void definition_work(const struct definition *definition, const struct word *recorded, struct word *worked);

/**
 * value[0]: yes (1) or no (0), a count, a share, a score, or a time in weeks; value[1], of a time: 1 the event
 * happened, 0 it did not; else NaN.  False, and NaN in both, when the recorded word has fewer weeks than the
 * definition needs: then nobody knows what its last weeks would have shown.
 */
bool definition_read(const struct definition *definition, const struct word *worked, const struct word *recorded,
                     double value[static 2]);

#endif
