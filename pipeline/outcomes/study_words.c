/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/study_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "outcomes/text_pile.h"
#include "outcomes/weekly_word.h"
#include "study/condition.h"
#include "study/expression.h"

enum { PHASES_MAX = 9, NAME_BYTES = 32 };

int study_word_columns(const struct study *study, const struct table *schema, char ***names)
{
    int status = 0;

    for (size_t i = 0; i < study->n_words; i++) {
        const struct study_word *word = &study->words[i];
        if (status == 0)
            status = names_add(names, word->start.text);
        for (size_t k = 0; status == 0 && k < word->phases.n; k++)
            status = names_add(names, word->phases.items[k].text);
        for (size_t k = 0; status == 0 && k < word->n_ends; k++) {
            status = names_add(names, word->ends[k].column.text);
            if (status == 0 && word->ends[k].when.text != NULL)
                status = condition_columns(study, &word->ends[k].when, schema, names);
        }
    }
    return status;
}

/* ---- what is read --------------------------------------------------------------------------------------- */

/* Days on which somebody was seen or positive, of all kinds that say so, ascending and distinct. */
struct day_list {
    size_t n, capacity;
    int32_t *day;
};

struct maker {
    const struct words_input *input;
    const struct study_word *word;
    const struct column *record, *time_zero, *start;
    const struct column *phases[PHASES_MAX];
    const struct column **ends; /* [n_ends] NULL: time zero */
    uint8_t **holds;            /* [n_ends] NULL: always */
    struct day_list seen;
    struct text_pile baseline, whole, parts[PHASES_MAX];
    struct table *table;
};

static const struct column *main_column(const struct words_input *input, const struct study_text *name)
{
    return name->text == NULL ? NULL : table_column(input->records, name->text);
}

static int maker_open(struct maker *maker)
{
    const struct words_input *input = maker->input;
    const struct study_word *word = maker->word;

    maker->record = table_column(input->cohort, "record");
    maker->time_zero = table_column(input->cohort, "time_zero");
    maker->start = main_column(input, &word->start);
    maker->ends = allocate(word->n_ends, sizeof *maker->ends);
    maker->holds = allocate(word->n_ends, sizeof *maker->holds);
    if (maker->ends == NULL || maker->holds == NULL)
        return -1;
    for (size_t k = 0; k < word->phases.n; k++)
        maker->phases[k] = main_column(input, &word->phases.items[k]);
    for (size_t k = 0; k < word->n_ends; k++) {
        maker->ends[k] = main_column(input, &word->ends[k].column);
        if (word->ends[k].when.text != NULL &&
            (maker->holds[k] = condition_compute(input->study, &word->ends[k].when, input->records, input->n_threads)) ==
                NULL)
            return -1;
    }
    return 0;
}

static void maker_close(struct maker *maker)
{
    for (size_t k = 0; maker->holds != NULL && k < maker->word->n_ends; k++)
        free(maker->holds[k]);
    for (size_t k = 0; k < PHASES_MAX; k++)
        text_pile_clear(&maker->parts[k]);
    text_pile_clear(&maker->baseline);
    text_pile_clear(&maker->whole);
    free(maker->holds);
    free(maker->ends);
    free(maker->seen.day);
}

/* ---- one person ------------------------------------------------------------------------------------------- */

/* A day of the source, from time zero; false when it is missing. */
static bool day_of(const struct maker *maker, const struct column *column, size_t i, int32_t *day)
{
    const int64_t value = column_integer(column, (size_t)column_integer(maker->record, i));

    if (value == MISSING_INTEGER)
        return false;
    *day = (int32_t)(value - (maker->time_zero == NULL ? 0 : column_integer(maker->time_zero, i)));
    return true;
}

static bool find_start(const struct maker *maker, size_t i, int32_t *start, bool *positives_only)
{
    *start = 0;
    *positives_only = false;
    if (maker->start == NULL || day_of(maker, maker->start, i, start))
        return true;
    *start = (int32_t)maker->word->otherwise.value;
    *positives_only = maker->word->positives_only;
    return maker->word->otherwise.given;
}

static bool find_end(const struct maker *maker, size_t i, int32_t *end)
{
    const size_t record = (size_t)column_integer(maker->record, i);

    for (size_t k = 0; k < maker->word->n_ends; k++) {
        *end = 0;
        if (maker->holds[k] != NULL && maker->holds[k][record] != TRUTH_TRUE)
            continue;
        if (maker->ends[k] != NULL && !day_of(maker, maker->ends[k], i, end))
            continue;
        *end += (int32_t)maker->word->ends[k].days.value;
        return true;
    }
    return false;
}

static int day_compare(const void *left, const void *right)
{
    const int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;

    return (a > b) - (a < b);
}

/* The days of all kinds that mean a person was seen. */
static int collect_seen(struct maker *maker, size_t i)
{
    struct day_list *list = &maker->seen;
    size_t kept = 0;

    list->n = 0;
    for (size_t k = 0; k < maker->word->n_seen; k++) {
        const struct evidence_days *days = evidence_days(maker->input->evidence, maker->word->seen[k]);
        const size_t n = days->first[i + 1] - days->first[i];
        if (list->n + n > list->capacity) {
            int32_t *longer = reallocate(list->day, 2 * (list->n + n), sizeof *longer);
            if (longer == NULL)
                return -1;
            list->day = longer;
            list->capacity = 2 * (list->n + n);
        }
        if (n > 0)
            memcpy(list->day + list->n, days->day + days->first[i], n * sizeof *list->day);
        list->n += n;
    }
    if (maker->word->n_seen < 2 || list->n == 0)
        return 0; /* of one kind they are in order */
    qsort(list->day, list->n, sizeof *list->day, day_compare);
    for (size_t k = 0; k < list->n; k++)
        if (k == 0 || list->day[k] != list->day[kept - 1])
            list->day[kept++] = list->day[k];
    list->n = kept;
    return 0;
}

static bool make_word(struct maker *maker, size_t i, const struct word_span *span, bool positives_only,
                      struct weekly_word *word)
{
    const struct evidence_days *positive = evidence_days(maker->input->evidence, maker->word->positive);

    return weekly_word_make(span, positive->day + positive->first[i], positive->first[i + 1] - positive->first[i],
                            maker->seen.day, positives_only ? 0 : maker->seen.n, word) == 0;
}

/* ---- rows --------------------------------------------------------------------------------------------------- */

static int add_part(struct text_pile *pile, const struct weekly_word *word, int32_t from, int32_t to)
{
    size_t n = 0;
    const char *symbols = word == NULL ? "" : weekly_word_part(word, from, to, &n);

    return text_pile_add(pile, symbols, n);
}

/* Phase k ends before the week in which the next one that there is begins. */
static int add_phases(struct maker *maker, size_t i, const struct word_span *span, const struct weekly_word *word)
{
    int32_t begin = 1, next, day;
    size_t current = 0;

    for (size_t k = 0; k < maker->word->phases.n; k++) {
        char name[NAME_BYTES];
        if (word == NULL || !day_of(maker, maker->phases[k], i, &day))
            continue;
        next = week_of_day(day, span->start);
        snprintf(name, sizeof name, "phase_%zu", k + 2);
        column_set_integer(table_column(maker->table, name), i, next);
        if (add_part(&maker->parts[current], word, begin, next - 1) != 0)
            return -1;
        for (size_t skipped = current + 1; skipped < k + 1; skipped++)
            if (add_part(&maker->parts[skipped], NULL, 0, 0) != 0)
                return -1;
        begin = next;
        current = k + 1;
    }
    if (add_part(&maker->parts[current], word, begin, word == NULL ? 0 : word->end_week) != 0)
        return -1;
    for (size_t k = current + 1; k <= maker->word->phases.n; k++)
        if (add_part(&maker->parts[k], NULL, 0, 0) != 0)
            return -1;
    return 0;
}

static int add_person(struct maker *maker, size_t i)
{
    struct weekly_word made, *word = &made;
    struct word_span span = {0};
    bool positives_only;

    if (collect_seen(maker, i) != 0)
        return -1;
    const bool spans = find_start(maker, i, &span.start, &positives_only) && find_end(maker, i, &span.end);
    span.first = maker->word->from.given ? (int32_t)maker->word->from.value : span.start + 1;
    if (!spans || !make_word(maker, i, &span, positives_only, &made))
        word = NULL;
    column_set_integer(table_column(maker->table, "record"), i, column_integer(maker->record, i));
    if (word != NULL) {
        column_set_integer(table_column(maker->table, "start"), i, span.start);
        column_set_integer(table_column(maker->table, "first_week"), i, word->first_week);
        column_set_integer(table_column(maker->table, "end_week"), i, word->end_week);
    }
    if (add_part(&maker->baseline, word, INT32_MIN + 1, 0) != 0 ||
        add_part(&maker->whole, word, 1, word == NULL ? 0 : word->end_week) != 0)
        return -1;
    return add_phases(maker, i, &span, word);
}

/* ---- the table ------------------------------------------------------------------------------------------------ */

static int add_numbers(struct maker *maker)
{
    struct table *table = maker->table;

    if (table_add_column(table, "record", COLUMN_INT64, 0, "Row of the person", "") == NULL ||
        table_add_column(table, "start", COLUMN_INT32, 0, "Day before week 1", "days") == NULL ||
        table_add_column(table, "first_week", COLUMN_INT32, 0, "First week looked at", "weeks") == NULL ||
        table_add_column(table, "end_week", COLUMN_INT32, 0, "Last week looked at", "weeks") == NULL)
        return -1;
    for (size_t k = 0; k < maker->word->phases.n; k++) {
        char name[NAME_BYTES];
        snprintf(name, sizeof name, "phase_%zu", k + 2);
        if (table_add_column(table, name, COLUMN_INT32, 0, "Week in which the phase begins", "weeks") == NULL)
            return -1;
    }
    return 0;
}

static int add_texts(struct maker *maker)
{
    if (text_pile_column(&maker->baseline, maker->table, "baseline", "Weeks up to week 0") != 0 ||
        text_pile_column(&maker->whole, maker->table, "word", "Weeks from week 1 on") != 0)
        return -1;
    for (size_t k = 0; maker->word->phases.n > 0 && k <= maker->word->phases.n; k++) {
        char name[NAME_BYTES];
        snprintf(name, sizeof name, "word_%zu", k + 1);
        if (text_pile_column(&maker->parts[k], maker->table, name, "Weeks of the phase") != 0)
            return -1;
    }
    return 0;
}

static int fill(struct maker *maker)
{
    const size_t n = maker->input->cohort->n_rows;
    int status = maker_open(maker);

    if (status == 0)
        status = table_resize(maker->table, n);
    if (status == 0)
        status = add_numbers(maker);
    for (size_t i = 0; status == 0 && i < n; i++)
        status = add_person(maker, i);
    return status == 0 ? add_texts(maker) : -1;
}

struct table *study_word_table(const struct words_input *input, size_t which)
{
    const struct study_word *word = &input->study->words[which];
    struct maker maker = {.input = input, .word = word};
    char *name = format_text("words/%s", word->name.text);
    int status = -1;

    if (name != NULL && (maker.table = table_alloc(name, "Weekly words")) != NULL)
        status = fill(&maker);
    maker_close(&maker);
    free(name);
    if (status == 0)
        return maker.table;
    table_free(maker.table);
    return NULL;
}

const struct column *study_word_of_phase(const struct table *words, size_t phase)
{
    char name[NAME_BYTES];

    snprintf(name, sizeof name, "word_%zu", phase);
    const struct column *part = phase == 0 ? NULL : table_column(words, name);
    return part != NULL ? part : table_column(words, "word");
}
