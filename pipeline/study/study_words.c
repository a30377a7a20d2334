/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of `words`, and of outcomes by published definitions on them. */
#include <stdlib.h>
#include <string.h>

#include "study/study_file.h"

/* ---- words ------------------------------------------------------------------------------------------------ */

/* Columns of days are counted as days are everywhere: numbers, or dates where time zero is one. */
static void check_day_column(const struct study_checker *checker, const char *key, const struct study_text *column)
{
    check_column(checker, key, column, KIND_DAY);
}

static int take_seen(const struct study_checker *checker, const struct file_word *written, struct study_word *word)
{
    if ((word->seen = arena_take(checker->arena, written->seen.n, sizeof *word->seen)) == NULL)
        return -1;
    for (size_t i = 0; i < written->seen.n; i++) {
        const size_t kind = find_evidence(checker, "seen", &written->seen.items[i]);
        if (kind < checker->study->n_evidence)
            word->seen[word->n_seen++] = kind;
    }
    check_doubled(checker, "seen", &written->seen);
    return 0;
}

static int take_ends(const struct study_checker *checker, const struct file_word *written, struct study_word *word)
{
    if ((word->ends = arena_take(checker->arena, written->n_ends, sizeof *word->ends)) == NULL)
        return -1;
    word->n_ends = written->n_ends;
    for (size_t i = 0; i < word->n_ends; i++) {
        const struct file_word_end *end = &written->ends[i];
        word->ends[i] = (struct study_word_end){end->when, end->column, end->days};
        check_day_column(checker, "end", &end->column);
        if (i + 1 < word->n_ends && end->when.text == NULL && end->column.text == NULL)
            mistake(checker->mistakes, written->ends[i + 1].place,
                    "end: the rule before this one holds for everybody, so that this one is never reached");
    }
    return 0;
}

static int take_word(const struct study_checker *checker, const struct file_word *written, struct study_word *word)
{
    *word = (struct study_word){.name = written->name,
                                .start = written->start,
                                .otherwise = written->otherwise,
                                .positives_only = written->only.value == 1,
                                .from = written->from,
                                .phases = written->phases};
    word->positive = find_evidence(checker, "positive", &written->positive);
    check_day_column(checker, "start", &word->start);
    check_doubled(checker, "phases", &word->phases);
    for (size_t i = 0; i < word->phases.n; i++)
        check_day_column(checker, "phases", &word->phases.items[i]);
    if (word->positives_only && written->otherwise.place.line == 0)
        mistake(checker->mistakes, written->only.word.place,
                "only: say with 'otherwise' where the weeks of these people begin");
    return take_seen(checker, written, word) != 0 ? -1 : take_ends(checker, written, word);
}

/* Reads the library once; what is wrong in it is told by itself, with its own file and line. */
static int read_library(const struct study_checker *checker)
{
    struct study *study = checker->study;
    char *path = NULL;
    int status = 0;

    if (study->library != NULL)
        return 0;
    if ((study->library = library_shipped()) == NULL) {
        mistakes_told_elsewhere(checker->mistakes);
        return (study->library = library_alloc()) == NULL ? -1 : 0; /* empty, so that it is read once */
    }
    if (study->definitions.text != NULL) {
        if ((path = study_path(study, study->definitions.text)) == NULL)
            return -1;
        status = library_add_file(study->library, path);
        free(path);
    }
    if (status != 0)
        mistakes_told_elsewhere(checker->mistakes);
    return 0;
}

int study_check_words(const struct study_checker *checker)
{
    const struct study_file *file = checker->file;
    struct study *study = checker->study;

    if ((study->words = arena_take(checker->arena, file->n_words, sizeof *study->words)) == NULL)
        return -1;
    for (size_t i = 0; i < file->n_words; i++)
        if (take_word(checker, &file->words[i], &study->words[study->n_words++]) != 0)
            return -1;
    return study->definitions.text == NULL ? 0 : read_library(checker);
}

/* ---- outcomes by definitions of the library ----------------------------------------------------------------- */

static void find_definition(const struct study_checker *checker, struct study_outcome *outcome)
{
    const struct library *library = checker->study->library;
    const char *near;

    if (outcome->library.text == NULL || library->n == 0 ||
        (outcome->definition = library_find(library, outcome->library.text)) != NULL)
        return;
    near = library_nearest(library, outcome->library.text);
    mistake(checker->mistakes, outcome->library.place, "library: there is no definition '%s'%s%s%s",
            shown(checker->mistakes, outcome->library.text), near == NULL ? "" : "; did you mean '",
            near == NULL ? "" : near, near == NULL ? "" : "'?");
}

/* The word that is named, or the only one there is. */
static void find_word(const struct study_checker *checker, const struct file_outcome *written,
                      struct study_outcome *outcome)
{
    const struct study *study = checker->study;
    const char **names;

    outcome->word = study->n_words;
    if (study->n_words == 0) {
        mistake(checker->mistakes, outcome->library.place,
                "library: definition '%s' reads weekly words, and the study makes none; say how under 'words'",
                shown(checker->mistakes, outcome->library.text == NULL ? "" : outcome->library.text));
        return;
    }
    if (written->word.text == NULL && study->n_words == 1)
        outcome->word = 0;
    else if (written->word.text == NULL)
        mistake(checker->mistakes, outcome->library.place,
                "library: on which words? The study makes several; say 'word: NAME'");
    for (size_t i = 0; written->word.text != NULL && i < study->n_words; i++)
        if (strcmp(study->words[i].name.text, written->word.text) == 0)
            outcome->word = i;
    if (written->word.text == NULL || outcome->word < study->n_words)
        return;
    names = arena_take(checker->arena, study->n_words, sizeof *names);
    for (size_t i = 0; names != NULL && i < study->n_words; i++)
        names[i] = study->words[i].name.text;
    mistake(checker->mistakes, written->word.place, "word: there are no words '%s'%s",
            shown(checker->mistakes, written->word.text),
            names == NULL ? "" : did_you_mean(checker->mistakes, written->word.text, names, study->n_words));
}

static void check_phase(const struct study_checker *checker, const struct file_outcome *written,
                        const struct study_outcome *outcome)
{
    const struct study *study = checker->study;
    const struct study_word *word = outcome->word < study->n_words ? &study->words[outcome->word] : NULL;

    if (word != NULL && outcome->phase > word->phases.n + 1)
        mistake(checker->mistakes, written->phase.place, "phase: words '%s' have %zu phase%s", word->name.text,
                word->phases.n + 1, word->phases.n == 0 ? "" : "s");
}

/* A count, a share or a score is a value, or becomes an event by a bound; what is an event already takes none. */
static void check_bounds(const struct study_checker *checker, const struct file_outcome *written,
                         const struct study_outcome *outcome)
{
    const struct definition *definition = outcome->definition;
    const bool bounded = written->at_least.place.line != 0 || written->at_most.place.line != 0;

    if (definition == NULL)
        return;
    const bool is_event = definition->kind == DEFINITION_YES_NO || definition->kind == DEFINITION_TIME;
    if (is_event && bounded)
        mistake(checker->mistakes, written->at_least.place.line != 0 ? written->at_least.place : written->at_most.place,
                "library: definition '%s' is an event already (%s); it takes no bound", definition->name.text,
                definition_kind_name(definition));
    if (outcome->has_least && outcome->has_most && outcome->least > outcome->most)
        mistake(checker->mistakes, written->at_most.place, "at_most: it lies below 'at_least'");
}

int check_library_outcome(const struct study_checker *checker, const struct file_outcome *written,
                          struct study_outcome *outcome)
{
    if (read_library(checker) != 0)
        return -1;
    outcome->phase = (size_t)written->phase.value;
    outcome->has_least = written->at_least.given;
    outcome->least = written->at_least.value;
    outcome->has_most = written->at_most.given;
    outcome->most = written->at_most.value;
    find_definition(checker, outcome);
    if (outcome->definition == NULL) /* it may be a time, or yes or no */
        checker->file->outcomes[written - checker->file->outcomes].doubtful = true;
    find_word(checker, written, outcome);
    check_phase(checker, written, outcome);
    check_bounds(checker, written, outcome);
    return 0;
}
