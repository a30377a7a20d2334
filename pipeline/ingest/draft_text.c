/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/draft_text.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/days.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/utf8.h"

enum { NAME_MAX_LENGTH = 64 };

struct text {
    char *bytes;     /* NULL: memory was short, and that was told */
    size_t length, capacity;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *text, const char *format, ...)
{
    va_list arguments, again;
    if (text->bytes == NULL)
        return;
    va_start(arguments, format);
    va_copy(again, arguments);
    const int n = vsnprintf(NULL, 0, format, arguments);
    if (text->length + (size_t)n + 1 > text->capacity) {
        char *const longer = reallocate(text->bytes, 2 * text->capacity + (size_t)n, 1);
        if (longer == NULL)
            free(text->bytes);
        text->bytes = longer;
        text->capacity = 2 * text->capacity + (size_t)n;
    }
    if (text->bytes != NULL)
        text->length += (size_t)vsnprintf(text->bytes + text->length, (size_t)n + 1, format, again);
    va_end(again);
    va_end(arguments);
}

/* In double quotes; control characters and bytes that are not UTF-8, which a file's name may have, are left out. */
static void add_quoted(struct text *text, const char *value)
{
    add(text, "\"");
    for (size_t n; *value != '\0'; value += n > 0 ? n : 1) {
        uint32_t character = 0;
        n = utf8_character(value, strlen(value), &character);
        if (n > 0 && character >= 0x20 && (character < 0x7f || character >= 0xa0))
            add(text, "%s%.*s", character == '"' || character == '\\' ? "\\" : "", (int)n, value);
    }
    add(text, "\"");
}

/* ---- names ------------------------------------------------------------------------------------------- */

static bool is_name(const char *name)
{
    static const char *const words[] = {"and", "or", "not", "in", "missing", "true", "false"};
    const size_t length = strlen(name);
    bool good = length >= 1 && length <= NAME_MAX_LENGTH && strchr("0123456789.", name[0]) == NULL;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        good &= strcmp(name, words[i]) != 0;
    for (size_t i = 0; i < length; i++)
        good &= isalnum((unsigned char)name[i]) != 0 || name[i] == '_' || name[i] == '.';
    return good;
}

static bool is_taken(const struct draft *draft, size_t i, char *const *names, const char *name)
{
    for (size_t k = 0; k < draft->n_columns; k++)
        if ((k < i && strcmp(names[k], name) == 0) || (k != i && strcmp(draft->columns[k].name, name) == 0))
            return true;
    return false;
}

/* A name that a codebook takes: the file's, or one made of its letters. */
static char *make_name(const struct draft *draft, size_t i, char *const *names)
{
    const char *const from = draft->columns[i].name;
    char made[NAME_MAX_LENGTH + 1];
    size_t n = 0;
    if (is_name(from))
        return copy_text(from);
    for (size_t k = 0; from[k] != '\0' && n < NAME_MAX_LENGTH - 8; k++) {
        const bool good = isalnum((unsigned char)from[k]) != 0;
        if (n == 0 && (!good || isdigit((unsigned char)from[k]) != 0))
            made[n++] = 'x';
        if (good || (n > 0 && made[n - 1] != '_'))
            made[n++] = good ? from[k] : '_';
    }
    while (n > 0 && made[n - 1] == '_')
        n--;
    made[n] = '\0';
    if (is_name(made) && !is_taken(draft, i, names, made))
        return copy_text(made);
    return format_text("%s_%zu", n > 0 ? made : "column", i + 1);
}

/* ---- kinds ------------------------------------------------------------------------------------------- */

static bool holds_word(const char *name, const char *word)
{
    const size_t length = strlen(word);
    for (; *name != '\0'; name++)
        if (strncasecmp(name, word, length) == 0)
            return true;
    return false;
}

/* Names such as client_id, which a study declares as its person column. */
static bool tells_persons(const char *name)
{
    static const char *const who[] = {"person", "client", "patient", "participant", "subject", "member", "who"};
    for (size_t i = 0; i < sizeof who / sizeof who[0]; i++)
        if (strcasecmp(name, who[i]) == 0 || (holds_word(name, who[i]) && holds_word(name, "id")))
            return true;
    return strcasecmp(name, "id") == 0;
}

static bool is_day_column(const struct draft_column *column)
{
    return column->n > 0 && column->n_day == column->n;
}

static bool is_number_column(const struct draft_column *column)
{
    return column->n > 0 && column->n_real == column->n && column->n_padded == 0;
}

/* Few different values, each of them in several rows: codes, not names. */
static bool is_coded(const struct draft_column *column)
{
    if (column->values.n == 0 || column->values.n > DRAFT_CODES_MAX)
        return false;
    for (size_t i = 0; i < column->values.n; i++)
        if (column->values.entries[i].number < DRAFT_CELLS_A_CODE)
            return false;
    return true;
}

static const char *label_of(const struct draft_column *column, const char *code)
{
    for (size_t i = 0; column->stat != NULL && i < column->stat->n_labels; i++)
        if (strcmp(column->stat->labels[i].code, code) == 0)
            return column->stat->labels[i].label;
    return NULL;
}

static bool has_labels(const struct draft_column *column)
{
    for (size_t i = 0; i < column->values.n; i++)
        if (label_of(column, column->values.entries[i].text) == NULL)
            return false;
    return column->values.n > 0 && column->values.n <= DRAFT_CODES_MAX;
}

/* Whole numbers are codes where there are few of them, or where the file labels every one. */
static bool is_category(const struct draft_column *column)
{
    enum { FEW_NUMBERS = 12 };
    if (is_day_column(column) || column->n == 0 || column->low < 0 || (column->hints & IDENTIFIER_HINT_AGE) != 0)
        return false;
    if (has_labels(column))
        return true;
    if (is_number_column(column) && (column->n_whole < column->n || column->values.n > FEW_NUMBERS))
        return false;
    return is_coded(column);
}

/* ---- lines ------------------------------------------------------------------------------------------- */

static const struct stat_value_label *label_at(const struct draft_column *column, size_t i)
{
    return &column->stat->labels[i];
}

/* Position of the i-th code: numbers in their order, words in that of their bytes. */
static size_t code_at(const struct draft_column *column, size_t i)
{
    if (!is_number_column(column))
        return i;
    for (size_t k = 0; k < column->values.n; k++) {
        const double number = strtod(column->values.entries[k].text, NULL);
        size_t n_before = 0;
        for (size_t j = 0; j < column->values.n; j++) {
            const double other = strtod(column->values.entries[j].text, NULL);
            n_before += other < number || (other == number && j < k);
        }
        if (n_before == i)
            return k;
    }
    return i;
}

static void add_codes(struct text *text, const struct draft_column *column)
{
    const char *separator = "codes: {";
    for (size_t i = 0; i < column->values.n; i++) {
        const char *const code = column->values.entries[code_at(column, i)].text, *const label = label_of(column, code);
        add(text, "%s", separator);
        add_quoted(text, code);
        add(text, ": ");
        add_quoted(text, label != NULL && label[0] != '\0' ? label : code);
        separator = ", ";
    }
    for (size_t i = 0; column->stat != NULL && has_labels(column) && i < column->stat->n_labels; i++) {
        const struct stat_value_label *const label = label_at(column, i);
        if (text_index_find(&column->values, label->code, strlen(label->code)) != NULL ||
            draft_means_missing(column, label->code, strlen(label->code)))
            continue;
        add(text, "%s", separator);
        add_quoted(text, label->code);
        add(text, ": ");
        add_quoted(text, label->label[0] != '\0' ? label->label : label->code);
        separator = ", ";
    }
    add(text, "}");
}

/* 0 to 10^k - 1, or -(10^k - 1): wide enough, and no value of anybody. */
static void add_range(struct text *text, const struct draft_column *column)
{
    double low = column->low, high = column->high, bound = 9;
    for (size_t i = 0; i < DRAFT_SENTINELS; i++)
        if (column->n_sentinel[i] > 0 && column->low < 0)
            low = fmin(low, draft_sentinels[i]);
    while (bound < fmax(fabs(low), fabs(high)) && bound < 1e15)
        bound = bound * 10 + 9;
    if (bound >= 1e15)
        return;
    if ((column->hints & IDENTIFIER_HINT_AGE) != 0 && low >= 0 && high <= 120)
        bound = 120;
    add(text, ", range: [%.0f, %.0f]", low < 0 ? -bound : 0, bound);
}

static void add_missing(struct text *text, const struct draft_column *column)
{
    const char *separator = ", missing: [";
    for (size_t i = 0; i < DRAFT_WORDS; i++)
        if (column->n_word[i] > 0) {
            add(text, "%s", separator);
            add_quoted(text, draft_words[i]);
            separator = ", ";
        }
    for (size_t i = 0; i < DRAFT_SENTINELS; i++)
        if (column->n_sentinel[i] > 0 && column->low >= 0) {
            add(text, "%s\"%d\"", separator, draft_sentinels[i]);
            separator = ", ";
        }
    for (size_t i = 0; i < column->missing.n; i++) {
        add(text, "%s", separator);
        add_quoted(text, column->missing.entries[i].text);
        separator = ", ";
    }
    if (separator[1] == ' ' && separator[2] == '\0')
        add(text, "]");
}

static void add_days(struct text *text, const struct draft_column *column)
{
    int first, last, month, day;
    day_to_civil(column->first_day, &first, &month, &day);
    day_to_civil(column->last_day, &last, &month, &day);
    add(text, "{type: date, range: [%04d-01-01, %04d-12-31]", first, last);
}

/* What was seen of the column that a person has to decide about. */
static void add_remark(struct text *text, const struct draft_column *column)
{
    if (column->n_foreign > 0)
        add(text, "  # %zu cell%s not UTF-8", column->n_foreign, column->n_foreign == 1 ? " is" : "s are");
    else if (column->n == 0 && column->n_unreadable == 0)
        add(text, "  # no cell has a value");
    else if (is_day_column(column))
        add(text, "  # calendar dates need a basis in the study: limited_data_set or expert");
    else if (is_category(column) && is_number_column(column) && !has_labels(column))
        add(text, "  # codes, or numbers? The labels are yours to write");
    if (column->n_unreadable > 0)
        add(text, "  # %zu cell%s control characters", column->n_unreadable, column->n_unreadable == 1 ? " has" : "s have");
}

/* The number of cells that a type of its own does not take: then it is text, whatever the others are. */
static void add_type(struct text *text, const struct draft_column *column)
{
    if (is_day_column(column)) {
        add_days(text, column);
    } else if (is_category(column)) {
        add(text, "{type: category, ");
        add_codes(text, column);
    } else if (is_number_column(column)) {
        add(text, "{type: %s", column->n_whole == column->n ? "integer" : "real");
        add_range(text, column);
    } else {
        add(text, "{type: text");
    }
    add_missing(text, column);
}

static enum identifier_kind kind_of(const struct draft_column *column)
{
    struct identifier_verdict verdict;
    const enum identifier_kind by_name = identifier_of_name(column->name);
    const uint64_t accepted = is_day_column(column) ? identifier_bit(IDENTIFIER_DATE) : 0;
    if (by_name != IDENTIFIER_NONE && !(is_day_column(column) && by_name == IDENTIFIER_DATE))
        return by_name;
    return identifier_evidence_verdict(&column->evidence, accepted, &verdict) ? verdict.kind : IDENTIFIER_NONE;
}

static bool is_free_text(const struct draft_column *column)
{
    return column->n > 0 && !is_day_column(column) && !is_number_column(column) && !is_category(column);
}

static void add_column(struct text *text, const struct draft_column *column, const char *name)
{
    const enum identifier_kind kind = kind_of(column);
    const bool person = tells_persons(column->name) && (kind == IDENTIFIER_NONE || kind == IDENTIFIER_UNIQUE_CODE);
    const char *remark = "";
    add(text, "  %s: ", name);
    if (person) {
        add(text, "{type: %s, role: id", is_number_column(column) ? "integer" : "text");
        add_missing(text, column);
        remark = "  # does it tell persons apart? Then the study says 'person:'";
    } else if (kind != IDENTIFIER_NONE && kind != IDENTIFIER_AGE) {
        add(text, "{role: %s", kind == IDENTIFIER_UNIQUE_CODE ? "row_id" : "drop");
        remark = NULL;
    } else if (is_free_text(column)) {
        add(text, "{role: drop");
        remark = column->n_real > 0 ? "  # numbers and other text; to keep it: {type: text}, or a type that sets the others aside"
                                    : "  # free text may hold anything; to keep it: {type: text}";
    } else {
        add_type(text, column);
    }
    if (column->stat != NULL && column->stat->label[0] != '\0') {
        add(text, ", label: ");
        add_quoted(text, column->stat->label);
    }
    if (strcmp(name, column->name) != 0) {
        add(text, ", aliases: [");
        add_quoted(text, column->name);
        add(text, "]");
    }
    add(text, "}");
    if (remark == NULL)
        add(text, "  # %s (45 CFR 164.514(b)(2), %c)", identifier_kind_name(kind), identifier_letter(kind));
    else if (remark[0] != '\0')
        add(text, "%s", remark);
    else
        add_remark(text, column);
    if (kind == IDENTIFIER_AGE)
        add(text, "  # holds ages over 89");
    add(text, "\n");
}

static void add_name_of_codebook(struct text *text, const char *file)
{
    add(text, "codebook: ");
    add_quoted(text, file);
    add(text, "\n");
}

/* Empty names at the end of a header, as spreadsheet programs leave them, are no columns. */
static bool is_nameless_tail(const struct draft *draft, size_t i)
{
    while (i < draft->n_columns && draft->columns[i].name[0] == '\0')
        i++;
    return i == draft->n_columns;
}

char *draft_text(const struct draft *draft, const char *file, char delimiter, bool latin1)
{
    struct text text = {.bytes = allocate(1, 1), .capacity = 1};
    char **const names = allocate(draft->n_columns, sizeof *names);
    size_t n = 0, n_foreign = 0;
    for (size_t i = 0; i < draft->n_columns; i++)
        n_foreign += draft->columns[i].n_foreign;
    add(&text, "# Drafted from %zu row%s.  Look at every line: a type that fits these rows need not be what the column is,\n"
               "# and a code that did not occur is not here.  No label was known unless the file has some.\n",
        draft->n_rows, draft->n_rows == 1 ? "" : "s");
    if (draft->n_uneven > 0)
        add(&text, "# %zu row%s not looked at: another number of cells than the header.\n", draft->n_uneven,
            draft->n_uneven == 1 ? " was" : "s were");
    if (draft->n_too_long > 0)
        add(&text, "# %zu row%s not looked at: longer than a mebibyte.\n", draft->n_too_long,
            draft->n_too_long == 1 ? " was" : "s were");
    if (n_foreign > 0)
        add(&text, "# %zu cell%s not UTF-8: is it a file for '--encoding latin-1'?\n", n_foreign,
            n_foreign == 1 ? " is" : "s are");
    add(&text, "\n");
    add_name_of_codebook(&text, file);
    if (delimiter == '\t')
        add(&text, "delimiter: tab\n");
    else if (delimiter != ',')
        add(&text, "delimiter: \"%c\"\n", delimiter);
    if (latin1)
        add(&text, "encoding: latin-1\n");
    add(&text, "missing: [\"\"]\ncolumns:\n");
    for (; names != NULL && n < draft->n_columns && (names[n] = make_name(draft, n, names)) != NULL; n++)
        if (draft->columns[n].name[0] != '\0')
            add_column(&text, &draft->columns[n], names[n]);
        else if (!is_nameless_tail(draft, n))
            add(&text, "  # column %zu has no name: give it one in the file, which cannot be read without\n", n + 1);
    const bool complete = names != NULL && n == draft->n_columns;
    for (size_t i = 0; names != NULL && i < n; i++)
        free(names[i]);
    free(names);
    if (!complete) {
        free(text.bytes);
        return NULL;
    }
    return text.bytes;
}
