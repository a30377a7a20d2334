/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/draft.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ingest/csv_value.h"

const char *const draft_words[DRAFT_WORDS] = {"NA",   "N/A", "n/a", "#N/A", "NULL", "null",    "None",    ".",
                                              "NaN", "nan", "-",   "--",   "?",    "missing", "Missing", "unknown"};
const int draft_sentinels[DRAFT_SENTINELS] = {-9, -8, -7, -1, -99, -88, -999, -9999};

int draft_start(struct draft *draft, const struct csv_reader *reader, const struct stat_head *head)
{
    *draft = (struct draft){.n_columns = csv_reader_n_columns(reader)};
    draft->columns = allocate(draft->n_columns, sizeof *draft->columns);
    for (size_t i = 0; draft->columns != NULL && i < draft->n_columns; i++) {
        draft->columns[i].name = csv_reader_column(reader, i);
        draft->columns[i].hints = identifier_hints_of_name(draft->columns[i].name);
        if (head != NULL && i < head->n_columns)
            draft->columns[i].stat = &head->columns[i];
    }
    return draft->columns != NULL ? 0 : -1;
}

void draft_free(struct draft *draft)
{
    for (size_t i = 0; draft->columns != NULL && i < draft->n_columns; i++) {
        text_index_free(&draft->columns[i].values);
        text_index_free(&draft->columns[i].missing);
    }
    free(draft->columns);
    *draft = (struct draft){0};
}

bool draft_means_missing(const struct draft_column *column, const char *text, size_t length)
{
    const struct stat_column *const stat = column->stat;
    double number;
    if (stat == NULL)
        return false;
    if (stat->kind != STAT_TEXT && length == 2 && text[0] == '.' && (isalpha((unsigned char)text[1]) != 0 || text[1] == '_'))
        return true;
    const bool is_number = csv_real(text, length, &number) == CSV_VALUE_GOOD;
    for (size_t i = 0; i < stat->n_missing; i++)
        if (stat->missing[i].text != NULL ? strcmp(stat->missing[i].text, text) == 0
                                          : is_number && number >= stat->missing[i].low && number <= stat->missing[i].high)
            return true;
    return false;
}

/* Is it a word that usually means missing? */
static bool take_word(struct draft_column *column, const char *text, size_t length)
{
    for (size_t i = 0; i < DRAFT_WORDS; i++)
        if (strlen(draft_words[i]) == length && memcmp(draft_words[i], text, length) == 0) {
            column->n_word[i]++;
            return true;
        }
    return false;
}

static bool take_sentinel(struct draft_column *column, int64_t number)
{
    for (size_t i = 0; i < DRAFT_SENTINELS; i++)
        if (draft_sentinels[i] == number) {
            column->n_sentinel[i]++;
            return true;
        }
    return false;
}

static void take_number(struct draft_column *column, double number)
{
    const bool first = column->n_real == 0;
    column->low = first || number < column->low ? number : column->low;
    column->high = first || number > column->high ? number : column->high;
    column->n_real++;
}

static void take_day(struct draft_column *column, int32_t day)
{
    const bool first = column->n_day == 0;
    column->first_day = first || day < column->first_day ? day : column->first_day;
    column->last_day = first || day > column->last_day ? day : column->last_day;
    column->n_day++;
}

static int take_value(struct draft_column *column, const char *text, size_t length)
{
    struct text_entry *const entry = (struct text_entry *)text_index_find(&column->values, text, length);
    if (entry != NULL && entry->number < INT32_MAX)
        entry->number++;
    if (entry != NULL || column->values.n > DRAFT_CODES_MAX)
        return 0;
    return text_index_add(&column->values, text, length, 1);
}

static int take_cell(struct draft_column *column, const char *text, size_t length, uint64_t line)
{
    int64_t whole;
    double real;
    int32_t day;
    if (length == 0) {
        column->n_empty++;
        return 0;
    }
    const enum csv_value fault = csv_text_fault(text, length);
    if (fault != CSV_VALUE_GOOD) {
        *(fault == CSV_VALUE_ENCODING ? &column->n_foreign : &column->n_unreadable) += 1;
        return 0;
    }
    if (draft_means_missing(column, text, length))
        return column->missing.n < DRAFT_CODES_MAX ? text_index_add(&column->missing, text, length, 0) : 0;
    if (take_word(column, text, length))
        return 0;
    if (csv_integer(text, length, &whole) == CSV_VALUE_GOOD) {
        if (take_sentinel(column, whole))
            return 0;
        column->n_whole++;
        column->n_padded += length > 1 && text[0] == '0';
        take_number(column, (double)whole);
    } else if (csv_real(text, length, &real) == CSV_VALUE_GOOD) {
        take_number(column, real);
    } else if (csv_date(text, length, &day) == CSV_VALUE_GOOD) {
        take_day(column, day);
    }
    column->n++;
    identifier_evidence_add(&column->evidence, text, length, column->hints, line);
    return take_value(column, text, length);
}

int draft_add(struct draft *draft, const struct csv_record *record)
{
    draft->n_rows++;
    if (record->too_long || record->n_fields != draft->n_columns) {
        *(record->too_long ? &draft->n_too_long : &draft->n_uneven) += 1;
        return 0;
    }
    for (size_t i = 0; i < draft->n_columns; i++) {
        const struct csv_field *const field = &record->fields[i];
        const char *text = field->text;
        size_t length = field->length;
        while (!field->quoted && length > 0 && text[length - 1] == ' ')
            length--;
        while (!field->quoted && length > 0 && text[0] == ' ') {
            text++;
            length--;
        }
        if (take_cell(&draft->columns[i], text, length, record->line) != 0)
            return -1;
    }
    return 0;
}
