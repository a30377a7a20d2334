/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a codebook as written to a struct codebook; every fault that its keys alone do not show. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/days.h"
#include "study/codebook_file.h"

enum { LABELS_MAX = 32767 };

struct checker {
    const struct codebook_file *file;
    struct codebook *codebook;
    struct mistakes *mistakes;
};

/* ---- the file as a whole ------------------------------------------------------------------------------ */

static char delimiter_of(const struct checker *checker)
{
    const struct study_text *text = &checker->file->delimiter;
    char c;

    if (text->text == NULL)
        return ',';
    if (strcmp(text->text, "tab") == 0 || strcmp(text->text, "\t") == 0)
        return '\t';
    c = text->text[0];
    if (strlen(text->text) != 1 || c < ' ' || c == 0x7F || strchr("\"'.-+", c) != NULL || (c >= '0' && c <= '9') ||
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
        mistake(checker->mistakes, text->place,
                "delimiter: one byte such as ',' ';' or '|', or the word tab, was expected (no letter, digit, quote, "
                "sign, point or line end); value '%s'",
                shown(checker->mistakes, text->text));
    return c;
}

struct named_place {
    const char *name;
    struct study_place place;
    bool is_alias;
};

static int named_compare(const void *left, const void *right)
{
    const struct named_place *a = left;
    const struct named_place *b = right;
    int by_name = strcmp(a->name, b->name);

    if (by_name != 0)
        return by_name;
    if (a->place.line != b->place.line)
        return a->place.line < b->place.line ? -1 : 1;
    return (a->place.column > b->place.column) - (a->place.column < b->place.column);
}

/* The names of both parts of a column with intervals count as its aliases.  0 only without memory. */
static size_t add_parts(const struct checker *checker, const struct file_variable *column, struct named_place *names,
                        size_t n)
{
    static const char *const parts[] = {"low", "high"};

    for (size_t k = 0; k < 2; k++) {
        const char *name = arena_format(checker->codebook->memory, "%s_%s", column->name.text, parts[k]);
        if (name == NULL)
            return 0;
        names[n++] = (struct named_place){name, column->name.place, true};
    }
    return n;
}

/* A name in the header of the file must lead to one column. */
static int check_names(const struct checker *checker)
{
    const struct codebook_file *file = checker->file;
    struct named_place *names;
    size_t n = 0;

    for (size_t i = 0; i < file->n_columns; i++)
        n += 3 + file->columns[i].aliases.n;
    if ((names = arena_take(checker->codebook->memory, n, sizeof *names)) == NULL)
        return -1;
    n = 0;
    for (size_t i = 0; i < file->n_columns; i++) {
        const struct file_variable *column = &file->columns[i];
        names[n++] = (struct named_place){column->name.text, column->name.place, false};
        if (codebook_is_interval(column) && (n = add_parts(checker, column, names, n)) == 0)
            return -1;
        for (size_t k = 0; k < column->aliases.n; k++)
            names[n++] = (struct named_place){column->aliases.items[k].text, column->aliases.items[k].place, true};
    }
    if (n > 1)
        qsort(names, n, sizeof *names, named_compare);
    for (size_t i = 1; i < n; i++) {
        const struct named_place *alias = names[i].is_alias ? &names[i] : &names[i - 1];
        const struct named_place *other = names[i].is_alias ? &names[i - 1] : &names[i];
        /* Doubled column names are doubled keys, which the schema tells. */
        if (strcmp(alias->name, other->name) == 0 && alias->is_alias)
            mistake(checker->mistakes, alias->place, "aliases: the name '%s' is taken at %zu:%zu",
                    shown(checker->mistakes, alias->name), other->place.line, other->place.column);
    }
    return 0;
}

/* ---- one column ------------------------------------------------------------------------------------------ */

static char **copy_list(const struct checker *checker, const struct study_texts *first,
                        const struct study_texts *second)
{
    char **list = arena_take(checker->codebook->memory, first->n + second->n, sizeof *list);

    for (size_t i = 0; list != NULL && i < first->n; i++)
        list[i] = first->items[i].text;
    for (size_t i = 0; list != NULL && i < second->n; i++)
        list[first->n + i] = second->items[i].text;
    return list;
}

static bool parse_bound(const struct study_text *text, enum value_type type, double *value)
{
    static const double EXACT = 9007199254740992.0; /* 2^53: above it not every whole number is a double */
    int32_t day;
    char *end;

    if (type == VALUE_DATE) {
        if (day_from_iso(text->text, strlen(text->text), &day) != 0)
            return false;
        *value = day;
        return true;
    }
    errno = 0;
    *value = strtod(text->text, &end);
    return strspn(text->text, "0123456789+-.eE") == strlen(text->text) && *end == '\0' && errno == 0 &&
           isfinite(*value) && (type == VALUE_REAL || (*value == floor(*value) && fabs(*value) <= EXACT));
}

static void read_range(const struct checker *checker, const struct file_variable *written,
                       struct codebook_column *column)
{
    static const char *const EXPECTED[] = {"whole numbers", "numbers", "", "dates as YYYY-MM-DD", ""};
    double bounds[2];

    if (written->range.n != 2 || written->type.word.text == NULL)
        return;
    if (column->type == VALUE_CATEGORY || column->type == VALUE_TEXT) {
        mistake(checker->mistakes, written->range.items[0].place, "range: a %s column has no range",
                written->type.word.text);
        return;
    }
    for (int i = 0; i < 2; i++)
        if (!parse_bound(&written->range.items[i], column->type, &bounds[i])) {
            mistake(checker->mistakes, written->range.items[i].place, "range: two %s were expected; value '%s'",
                    EXPECTED[column->type], shown(checker->mistakes, written->range.items[i].text));
            return;
        }
    if (bounds[0] > bounds[1])
        mistake(checker->mistakes, written->range.items[0].place,
                "range: the lowest value is above the highest; values '%s' and '%s'",
                shown(checker->mistakes, written->range.items[0].text),
                shown(checker->mistakes, written->range.items[1].text));
    column->has_range = true;
    column->low = bounds[0];
    column->high = bounds[1];
}

static int text_compare(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static int check_labels(const struct checker *checker, const struct file_variable *written,
                        const struct codebook_column *column)
{
    bool *first = arena_take(checker->codebook->memory, column->n_codes, sizeof *first);
    size_t n_labels;

    if (first == NULL || codebook_distinct_labels(column, first, &n_labels) != 0)
        return -1;
    if (n_labels > LABELS_MAX)
        mistake(checker->mistakes, written->codes.items[0].code.place,
                "codes: a category has at most %d labels; here are %zu", LABELS_MAX, n_labels);
    return 0;
}

static int read_codes(const struct checker *checker, const struct file_variable *written,
                      struct codebook_column *column)
{
    struct arena *memory = checker->codebook->memory;
    char **missing = copy_list(checker, &written->missing, &checker->file->missing);
    size_t n = written->codes.n;

    column->codes = arena_take(memory, n, sizeof *column->codes);
    column->labels = arena_take(memory, n, sizeof *column->labels);
    if (missing == NULL || column->codes == NULL || column->labels == NULL)
        return -1;
    if (n > 0 && column->type != VALUE_CATEGORY && written->type.word.text != NULL)
        mistake(checker->mistakes, written->codes.items[0].code.place, "codes: only a category has codes; type is %s",
                written->type.word.text);
    if (column->n_missing > 1)
        qsort(missing, column->n_missing, sizeof *missing, text_compare);
    for (size_t i = 0; i < n; i++) {
        const struct file_code *code = &written->codes.items[i];
        const char *text = code->code.text;
        if (code->label.text == NULL) /* refused, and that was noted */
            continue;
        if (column->n_missing > 0 && bsearch(&text, missing, column->n_missing, sizeof *missing, text_compare) != NULL)
            mistake(checker->mistakes, code->code.place, "codes: the cell '%s' is declared missing as well",
                    shown(checker->mistakes, text));
        column->codes[column->n_codes] = code->code.text;
        column->labels[column->n_codes++] = code->label.text;
    }
    return check_labels(checker, written, column);
}

static int read_column(const struct checker *checker, const struct file_variable *written,
                       struct codebook_column *column)
{
    const char *units = written->units.text != NULL ? written->units.text : "";

    column->name = written->name.text;
    column->label = written->label.text != NULL ? written->label.text : written->name.text;
    column->line = written->name.place.line;
    column->column = written->name.place.column;
    column->type = (enum value_type)written->type.value;
    column->dropped = written->role.value == ROLE_DROPPED;
    column->is_id = written->role.value == ROLE_ID;
    column->optional = written->optional.value == 1;
    column->ahead = written->ahead.value == 1;
    column->required = written->required.value == 1;
    column->known_before = written->known.value == 1;
    column->known_after = written->known.value == 2;
    if (written->type.word.place.line == 0 && (written->role.word.place.line == 0 || column->is_id))
        mistake(checker->mistakes, written->name.place,
                "%s: missing key 'type' (integer, real, category, date or text; or 'role: drop')", column->name);
    if (column->required && column->optional)
        mistake(checker->mistakes, written->optional.word.place,
                "optional: the column is required as well; a file without it would keep no row");
    if (column->ahead && column->type != VALUE_DATE && written->type.word.text != NULL)
        mistake(checker->mistakes, written->ahead.word.place, "ahead: only a date lies ahead; type is %s",
                written->type.word.text);
    if (column->type == VALUE_DATE && written->units.text != NULL && strcmp(written->units.text, "date") != 0)
        mistake(checker->mistakes, written->units.place, "units: a date has no units");
    if (column->type == VALUE_DATE)
        units = "date";
    column->units = arena_text(checker->codebook->memory, units, strlen(units));
    column->n_missing = written->missing.n + checker->file->missing.n;
    column->n_aliases = written->aliases.n;
    column->missing = copy_list(checker, &written->missing, &checker->file->missing);
    column->aliases = copy_list(checker, &written->aliases, &(struct study_texts){0, NULL});
    if (column->units == NULL || column->missing == NULL || column->aliases == NULL)
        return -1;
    read_range(checker, written, column);
    return read_codes(checker, written, column);
}

/* Without a list of its own, the empty cell means missing. */
static int default_missing(struct codebook_file *file)
{
    if (file->missing.n > 0)
        return 0;
    file->missing.items = arena_take(file->codebook->memory, 1, sizeof *file->missing.items);
    if (file->missing.items == NULL ||
        (file->missing.items[0].text = arena_text(file->codebook->memory, "", 0)) == NULL)
        return -1;
    file->missing.n = 1;
    return 0;
}

int codebook_check(struct codebook_file *file, struct mistakes *mistakes)
{
    const struct checker checker = {file, file->codebook, mistakes};
    struct codebook *codebook = file->codebook;
    bool any_kept = false;

    codebook->name = file->name.text;
    codebook->delimiter = delimiter_of(&checker);
    codebook->latin1 = file->encoding.value == 1;
    codebook->columns = arena_take(codebook->memory, 2 * file->n_columns, sizeof *codebook->columns);
    if (codebook->columns == NULL || default_missing(file) != 0)
        return -1;
    for (size_t i = 0; i < file->n_columns; i++) {
        struct codebook_column *column = &codebook->columns[codebook->n_columns++];
        if (read_column(&checker, &file->columns[i], column) != 0)
            return -1;
        any_kept |= !column->dropped;
        if (codebook_is_interval(&file->columns[i])) {
            codebook->n_columns++;
            if (codebook_split_interval(file, mistakes, &file->columns[i], column) != 0)
                return -1;
        }
    }
    if (file->n_columns > 0 && !any_kept)
        mistake(mistakes, file->columns[0].name.place, "columns: every column is dropped; nothing would be read");
    return check_names(&checker) != 0 ? -1 : codebook_check_links(file, mistakes);
}
