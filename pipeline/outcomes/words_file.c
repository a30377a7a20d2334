/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/words_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/number.h"
#include "ingest/csv_reader.h"
#include "ingest/csv_value.h"
#include "outcomes/text_pile.h"
#include "outcomes/word.h"
#include "store/store.h"

enum { NO_COLUMN = CSV_COLUMNS_MAX };

/* What is read so far, and where from. */
struct reading {
    const char *path;
    const struct words_options *options;
    size_t id, word; /* cells of a record; NO_COLUMN: there is none */
    size_t n_doubled;
    struct text_pile ids, words;
};

static const char a_word[] = "a weekly word of the symbols - + * o _ was expected";

/* ---- which columns ----------------------------------------------------------------------------------------- */

static size_t find(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return NO_COLUMN;
}

static int fail_no_column(const char *path, const char *const *names, size_t n, const char *name)
{
    char escaped[ESCAPED_SIZE];
    const char *near = nearest_name(name, names, n);

    escape_value(escaped, name, strlen(name));
    return near != NULL ? fail("%s: there is no column '%s'; did you mean '%s'?", path, escaped, near)
                        : fail("%s: there is no column '%s'", path, escaped);
}

/* The column of the word, by name or because no other can be meant. */
static int find_word(struct reading *reading, const char *const *names, size_t n)
{
    const char *wanted = reading->options->word;

    if (wanted != NULL) {
        reading->word = find(names, n, wanted);
        return reading->word != NO_COLUMN ? 0 : fail_no_column(reading->path, names, n, wanted);
    }
    if ((reading->word = find(names, n, "word")) == NO_COLUMN)
        reading->word = find(names, n, "pattern");
    if (reading->word == NO_COLUMN && n <= 2)
        reading->word = n - 1;
    return reading->word != NO_COLUMN
               ? 0
               : fail("%s: which column holds the words? Say --word NAME (there is no 'word' and no 'pattern')",
                      reading->path);
}

static int find_columns(struct reading *reading, const char *const *names, size_t n)
{
    static const char *const usual[] = {"id", "person_id", "person"};
    const char *wanted = reading->options->id;

    if (find_word(reading, names, n) != 0)
        return -1;
    if (wanted != NULL && (reading->id = find(names, n, wanted)) == NO_COLUMN)
        return fail_no_column(reading->path, names, n, wanted);
    for (size_t i = 0; wanted == NULL && i < sizeof usual / sizeof usual[0] && reading->id == NO_COLUMN; i++)
        reading->id = find(names, n, usual[i]);
    if (reading->id == NO_COLUMN && reading->word > 0)
        reading->id = 0; /* persons come first, or there are none */
    return reading->id != reading->word
               ? 0
               : fail("%s: column '%s' cannot hold both the person and the word", reading->path, names[reading->id]);
}

/* ---- rows ---------------------------------------------------------------------------------------------------- */

/* The same person again: the same word is the same row; another word is a conflict that no rule decides. */
static int take_again(struct reading *reading, size_t first, const char *word, size_t length, size_t line)
{
    size_t first_length;
    const char *first_word = text_pile_get(&reading->words, first, &first_length);

    if (first_length != length || memcmp(first_word, word, length) != 0)
        return fail_at(reading->path, line, reading->id + 1, "this person stands here with two different words");
    text_pile_drop_last(&reading->ids);
    reading->n_doubled++;
    return 0;
}

static int add_row(struct reading *reading, const struct csv_field *id, const struct csv_field *word, size_t line)
{
    size_t first = 0;

    if (id == NULL)
        return text_pile_add(&reading->words, word->text, word->length);
    if (id->length == 0)
        return fail_at(reading->path, line, reading->id + 1, "a person was expected; the cell is empty");
    if (csv_text_fault(id->text, id->length) != CSV_VALUE_GOOD)
        return fail_at(reading->path, line, reading->id + 1, "UTF-8 text without control characters was expected");
    if (text_pile_add(&reading->ids, id->text, id->length) != 0 || text_pile_index_last(&reading->ids, &first) != 0)
        return -1;
    return first < reading->ids.n
               ? take_again(reading, first, word->text, word->length, line)
               : text_pile_add(&reading->words, word->text, word->length);
}

static int take_record(struct reading *reading, const struct csv_record *record, size_t n_columns)
{
    char escaped[ESCAPED_SIZE];
    struct word word;
    size_t at;

    if (record->too_long)
        return fail_at(reading->path, record->line, 0, "a row of at most %d bytes was expected", CSV_RECORD_MAX);
    if (record->n_fields != n_columns)
        return fail_at(reading->path, record->line, 0, "%zu cells were expected, as in the header; found %zu", n_columns,
                       record->n_fields);
    const struct csv_field *cell = &record->fields[reading->word];
    switch (word_parse(cell->text, cell->length, &word, &at)) {
    case WORD_GOOD:
        break;
    case WORD_TOO_LONG:
        return fail_at(reading->path, record->line, reading->word + 1, "a word has at most %d weeks; this one has %zu",
                       WORD_WEEKS_MAX, cell->length);
    case WORD_NO_SYMBOL:
        return fail_at(reading->path, record->line, reading->word + 1, "%s; value '%s'", a_word,
                       escape_value(escaped, cell->text, cell->length));
    }
    return add_row(reading, reading->id == NO_COLUMN ? NULL : &record->fields[reading->id], cell, record->line);
}

static int read_records(struct reading *reading, struct csv_reader *reader)
{
    const size_t n = csv_reader_n_columns(reader);
    const char **names = allocate(n, sizeof *names);
    const struct csv_record *record;
    int more = names == NULL ? -1 : 0;

    for (size_t i = 0; more == 0 && i < n; i++)
        names[i] = csv_reader_column(reader, i);
    if (more == 0)
        more = find_columns(reading, names, n);
    free(names);
    if (more != 0)
        return -1;
    while ((more = csv_reader_next(reader, &record)) > 0)
        if (take_record(reading, record, n) != 0)
            return -1;
    return more;
}

/* ---- the table ------------------------------------------------------------------------------------------------ */

static struct table *make_table(const struct reading *reading)
{
    struct table *table = table_alloc("words", "Weekly words");
    int status = table == NULL ? -1 : table_resize(table, reading->words.n);

    if (status == 0 && reading->id != NO_COLUMN)
        status = text_pile_column(&reading->ids, table, "id", "Person");
    else if (status == 0) {
        struct column *rows = table_add_column(table, "id", COLUMN_INT64, 0, "Row", "");
        for (size_t i = 0; rows != NULL && i < table->n_rows; i++)
            column_set_integer(rows, i, (int64_t)i + 1);
        status = rows == NULL ? -1 : 0;
    }
    if (status == 0)
        status = text_pile_column(&reading->words, table, "word", "Weekly word");
    if (status == 0)
        return table;
    table_free(table);
    return NULL;
}

static struct table *read_csv(struct reading *reading)
{
    const struct csv_options options = {.delimiter = ',', .pipe_allowed = true};
    struct csv_reader *reader = csv_reader_open(reading->path, &options);
    struct table *table = reader == NULL || read_records(reading, reader) != 0 ? NULL : make_table(reading);

    if (table != NULL && reading->n_doubled > 0)
        note("%s: %zu rows stand twice and are taken once", reading->path, reading->n_doubled);
    csv_reader_close(reader);
    text_pile_clear(&reading->ids);
    text_pile_clear(&reading->words);
    return table;
}

int words_check(const char *where, const struct column *words, size_t n)
{
    struct word word;

    for (size_t row = 0; row < n; row++) {
        size_t length, at;
        const char *text = column_text(words, row, &length);
        char escaped[ESCAPED_SIZE];
        switch (word_parse(text, length, &word, &at)) {
        case WORD_GOOD:
            break;
        case WORD_TOO_LONG:
            return fail("%s: row %zu (%s): a word has at most %d weeks; this one has %zu", where, row + 1, words->name,
                        WORD_WEEKS_MAX, length);
        case WORD_NO_SYMBOL:
            return fail("%s: row %zu (%s): %s; value '%s'", where, row + 1, words->name, a_word,
                        escape_value(escaped, text, length));
        }
    }
    return 0;
}

/* Columns id and word of a stored table, under these names. */
static struct table *take_stored(struct reading *reading, const struct table *stored)
{
    const char **names = allocate(stored->n_columns, sizeof *names);
    struct text_pile *piles[] = {&reading->ids, &reading->words};
    int status = names == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < stored->n_columns; i++)
        names[i] = stored->columns[i].name;
    if (status == 0)
        status = find_columns(reading, names, stored->n_columns);
    free(names);
    if (status != 0 || words_check(reading->path, &stored->columns[reading->word], stored->n_rows) != 0)
        return NULL;
    for (int k = reading->id == NO_COLUMN ? 1 : 0; status == 0 && k < 2; k++) {
        const struct column *column = &stored->columns[k == 0 ? reading->id : reading->word];
        for (size_t row = 0; status == 0 && row < stored->n_rows; row++) {
            char number[NUMBER_SIZE];
            size_t length;
            const char *text = column_text(column, row, &length);
            if (column_is_numeric(column)) {
                text = number_exact(number, column_real(column, row));
                length = strlen(text);
            }
            status = text_pile_add(piles[k], text, length);
        }
    }
    return status == 0 ? make_table(reading) : NULL;
}

static struct table *read_stored(struct reading *reading, const char *colon)
{
    char *file = copy_bytes(reading->path, (size_t)(colon - reading->path));
    const char *name = colon + 1 + strspn(colon + 1, "/");
    struct store *store = file == NULL ? NULL : store_open(file);
    struct table *stored = NULL, *table = NULL;

    if (store != NULL && !store_has(store, name))
        fail("%s: there is no table '%s' in this file", file, name);
    else if (store != NULL)
        stored = store_read(store, name, NULL);
    if (stored != NULL)
        table = take_stored(reading, stored);
    text_pile_clear(&reading->ids);
    text_pile_clear(&reading->words);
    table_free(stored);
    store_close(store);
    free(file);
    return table;
}

struct table *words_read(const char *path, const struct words_options *options)
{
    struct reading reading = {.path = path, .options = options, .id = NO_COLUMN, .word = NO_COLUMN};
    const char *stored = strstr(path, ".h5:");

    return stored != NULL ? read_stored(&reading, stored + 3) : read_csv(&reading);
}
