/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * library_outcome.c - a published definition on the weekly words of the study: {library, word, phase}.
 *
 * yes or no                the event is yes
 * count, share, score      the event is a value within at_least .. at_most; without bounds the value itself
 * time                     an event in week w happened on the first day of that week, 7 (w - 1) + 1 days after the
 *                          start of week 1; whoever is free of it to week w was free of it to its last day, 7 w
 */
#include <stdlib.h>

#include "base/memory.h"
#include "base/ranks.h"
#include "outcomes/definition.h"
#include "outcomes/outcome.h"
#include "outcomes/study_words.h"

enum { DAYS_A_WEEK = 7 };

struct reading {
    const struct outcome_writer *writer;
    const struct study_outcome *outcome;
    const struct column *words, *start, *first_week; /* first_week: of the phase; NULL: week 1 */
    size_t n_judged, n_seen;
};

static const struct column *begin_of_phase(const struct table *words, size_t phase)
{
    char *name = format_text("phase_%zu", phase);
    const struct column *column = name == NULL ? NULL : table_column(words, name);

    free(name);
    return column;
}

/* Days from time zero of an event in a week of the phase, or of the end of being free of it. */
static double day_of_week(const struct reading *reading, size_t i, double week, bool event)
{
    const double before = reading->first_week == NULL ? 0 : (double)column_integer(reading->first_week, i) - 1;
    const double end = (double)column_integer(reading->start, i) + DAYS_A_WEEK * (before + week);

    return event ? end - DAYS_A_WEEK + 1 : end;
}

static bool is_event(const struct study_outcome *outcome, double value)
{
    if (outcome->definition->kind == DEFINITION_YES_NO)
        return value != 0;
    return (!outcome->has_least || value >= outcome->least) && (!outcome->has_most || value <= outcome->most);
}

static void judge(struct reading *reading, size_t i)
{
    const struct definition *definition = reading->outcome->definition;
    struct word word, worked;
    double value[2];
    size_t length, at;
    const char *text = column_text(reading->words, i, &length);

    if (length == 0 || word_parse(text, length, &word, &at) != WORD_GOOD) {
        outcome_set(reading->writer, i, LOSS_NO_WORD, 0);
        return;
    }
    definition_work(definition, &word, &worked);
    if (!definition_read(definition, &worked, &word, value)) {
        outcome_set(reading->writer, i, LOSS_WORD_SHORT, 0);
        return;
    }
    reading->n_judged++;
    reading->n_seen += word.last_seen > 0;
    if (definition->kind == DEFINITION_TIME)
        outcome_set_time(reading->writer, i, LOSS_NONE, value[1] != 0, day_of_week(reading, i, value[0], value[1] != 0));
    else if (reading->writer->value != NULL) {
        outcome_set(reading->writer, i, LOSS_NONE, 0);
        column_set_real(reading->writer->value, i, value[0]);
    } else
        outcome_set(reading->writer, i, LOSS_NONE, is_event(reading->outcome, value[0]));
}

static int refuse(const struct outcome_input *input, const struct reading *reading)
{
    const struct study_outcome *outcome = reading->outcome;
    const struct study_word *word = &input->study->words[outcome->word];

    if (reading->n_judged == 0)
        return study_fail(input->study, outcome->library.place,
                          "outcome '%s': definition '%s' needs words of %zu weeks; nobody's word '%s' is that long",
                          outcome->name.text, outcome->definition->name.text, outcome->definition->weeks_needed,
                          word->name.text);
    return study_fail(input->study, outcome->library.place,
                      "outcome '%s': definition '%s' cannot be judged; in the weeks of words '%s' nobody was seen",
                      outcome->name.text, outcome->definition->name.text, word->name.text);
}

int library_compute(const struct outcome_writer *writer)
{
    const struct outcome_input *input = writer->input;
    const struct study_outcome *outcome = input->outcome;
    const struct table *words = input->words[outcome->word];
    struct reading reading = {.writer = writer,
                              .outcome = outcome,
                              .words = study_word_of_phase(words, outcome->phase),
                              .start = table_column(words, "start"),
                              .first_week = outcome->phase < 2 ? NULL : begin_of_phase(words, outcome->phase)};

    for (size_t i = 0; i < input->n; i++)
        judge(&reading, i);
    int64_t counts[3] = {(int64_t)input->n, (int64_t)reading.n_judged, (int64_t)reading.n_seen};
    if (input->shared) /* somebody of another rank will do */
        ranks_sum(counts, 3);
    reading.n_judged = (size_t)counts[1];
    return counts[0] > 0 && (counts[1] == 0 || counts[2] == 0) ? refuse(input, &reading) : 0;
}
