/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * study_words.h - the weekly words of a study (struct study_word), a row a person of the cohort.
 *
 * Table `words/NAME`, days and weeks of weekly_word.h; the source's days count from time zero:
 *
 *     record       row of the person in the main table, as in table cohort
 *     start        the day before week 1
 *     first_week   week of the first day that is looked at
 *     end_week     week of the last
 *     phase_2 ..   week in which phase 2, 3, ... begins; missing: it does not
 *     baseline     symbols of the weeks up to week 0
 *     word         symbols of the weeks from week 1 on
 *     word_1 ..    symbols of phase 1, 2, ... ; only where the study has phases
 *
 * Who has no start, no end, or more than WORD_WEEKS_MAX weeks has no word: all but the record is missing.
 */
#ifndef OUTCOMES_STUDY_WORDS_H
#define OUTCOMES_STUDY_WORDS_H

#include "outcomes/evidence.h"

struct words_input {
    const struct study *study;
    const struct table *records; /* of the main table: the columns that words need */
    const struct table *cohort;
    const struct evidence *evidence;
    int n_threads;
};

/** Adds the columns of the main table that the words of the study need.  -1 after telling. */
int study_word_columns(const struct study *study, const struct table *schema, char ***names);

/** The words of study->words[which]; NULL after telling. */
struct table *study_word_table(const struct words_input *input, size_t which);

/** The column of a phase (from 1), or of the whole word (0), in such a table. */
const struct column *study_word_of_phase(const struct table *words, size_t phase);

#endif
