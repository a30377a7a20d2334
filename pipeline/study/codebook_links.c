/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What columns of a codebook have to do with each other, and columns whose cells are intervals. */
#include <stdlib.h>
#include <string.h>

#include "study/codebook_file.h"

/* ---- intervals -------------------------------------------------------------------------------------- */

bool codebook_is_interval(const struct file_variable *written)
{
    return written->intervals.n > 0 && written->role.value != ROLE_DROPPED && written->name.text != NULL;
}

static bool parse_whole(const char *text, int64_t *value)
{
    enum { DIGITS_MAX = 15 }; /* below 2^53, as the bounds of a range */
    size_t start = text[0] == '-';
    size_t n = strspn(text + start, "0123456789");

    if (n == 0 || n > DIGITS_MAX || text[start + n] != '\0')
        return false;
    *value = strtoll(text, NULL, 10);
    return true;
}

/* i: its place among the intervals of the column, from which the number of a text is made. */
static bool read_interval(struct mistakes *mistakes, const struct file_interval *written, size_t i,
                          struct codebook_interval *interval)
{
    const struct study_text *code = &written->code;
    const char *high;

    if (written->bounds.n != 2) /* refused, and that was noted */
        return false;
    high = written->bounds.items[1].text;
    *interval = (struct codebook_interval){.high = INT64_MAX};
    if (!parse_whole(code->text, &interval->code)) {
        interval->text = code->text;
        interval->code = INT64_MIN + 1 + (int64_t)i;
    }
    if (!parse_whole(written->bounds.items[0].text, &interval->low) ||
        (strcmp(high, "open") != 0 && !parse_whole(high, &interval->high))) {
        mistake(mistakes, written->bounds.items[0].place,
                "intervals: two whole numbers were expected, or one and the word open; values '%s' and '%s'",
                shown(mistakes, written->bounds.items[0].text), shown(mistakes, high));
        return false;
    }
    if (interval->low > interval->high)
        mistake(mistakes, written->bounds.items[0].place, "intervals: the lowest value is above the highest");
    return true;
}

static int interval_compare(const void *left, const void *right)
{
    const struct codebook_interval *a = left, *b = right;

    return (a->code > b->code) - (a->code < b->code);
}

int codebook_split_interval(const struct codebook_file *file, struct mistakes *mistakes,
                            const struct file_variable *written, struct codebook_column *column)
{
    struct arena *memory = file->codebook->memory;
    const char *name = column->name, *label = column->label;
    char **aliases = arena_take(memory, column->n_aliases + 1, sizeof *aliases);

    if (written->type.word.text != NULL && column->type != VALUE_INTEGER)
        mistake(mistakes, written->intervals.items[0].code.place, "intervals: only whole numbers have them; type is %s",
                written->type.word.text);
    if (aliases == NULL ||
        (column->intervals = arena_take(memory, written->intervals.n, sizeof *column->intervals)) == NULL)
        return -1;
    for (size_t i = 0; i < written->intervals.n; i++)
        if (read_interval(mistakes, &written->intervals.items[i], i, &column->intervals[column->n_intervals]))
            column->n_intervals++;
    qsort(column->intervals, column->n_intervals, sizeof *column->intervals, interval_compare);
    aliases[0] = column->name;
    for (size_t i = 0; i < column->n_aliases; i++)
        aliases[i + 1] = column->aliases[i];
    column->part = INTERVAL_LOW;
    column[1] = *column;
    column[1].part = INTERVAL_HIGH;
    column[1].n_aliases = 0;
    column->aliases = aliases;
    column->n_aliases++;
    column[0].name = arena_format(memory, "%s_low", name);
    column[1].name = arena_format(memory, "%s_high", name);
    column[0].label = arena_format(memory, "%s, at least", label);
    column[1].label = arena_format(memory, "%s, at most", label);
    return column[0].name != NULL && column[1].name != NULL && column[0].label != NULL && column[1].label != NULL ? 0
                                                                                                                  : -1;
}

/* ---- columns that others name -------------------------------------------------------------------------- */

/* Position of a kept column by its own name; n_columns, and a mistake noted, when there is none. */
static size_t find_kept(const struct codebook *codebook, struct mistakes *mistakes, const char *key,
                        const struct study_text *name)
{
    const struct codebook_column *column = codebook_find(codebook, name->text);

    if (column == NULL)
        mistake(mistakes, name->place, "%s: there is no column '%s'", key, shown(mistakes, name->text));
    else if (strcmp(column->name, name->text) != 0)
        mistake(mistakes, name->place, "%s: '%s' is another name of column '%s'; write '%s'", key,
                shown(mistakes, name->text), column->name, column->name);
    else if (column->dropped)
        mistake(mistakes, name->place, "%s: column '%s' is dropped unread", key, column->name);
    else
        return (size_t)(column - codebook->columns);
    return codebook->n_columns;
}

static bool is_ordered(enum value_type type)
{
    return type == VALUE_INTEGER || type == VALUE_REAL || type == VALUE_DATE;
}

static int link_column(const struct codebook *codebook, struct mistakes *mistakes, const struct file_variable *written,
                       struct codebook_column *column)
{
    if (written->age_on.text != NULL) {
        const size_t day = find_kept(codebook, mistakes, "age_on", &written->age_on);
        if (column->type != VALUE_INTEGER && written->type.word.text != NULL)
            mistake(mistakes, written->age_on.place, "age_on: only whole numbers are ages; type is %s",
                    written->type.word.text);
        else if (day < codebook->n_columns && codebook->columns[day].type != VALUE_DATE)
            mistake(mistakes, written->age_on.place, "age_on: a column of dates was expected");
        else if (day < codebook->n_columns)
            column->age_on = day;
    }
    column->not_before = arena_take(codebook->memory, written->not_before.n, sizeof *column->not_before);
    if (column->not_before == NULL)
        return -1;
    for (size_t i = 0; i < written->not_before.n; i++) {
        const struct study_text *name = &written->not_before.items[i];
        const size_t other = find_kept(codebook, mistakes, "not_before", name);
        if (other == codebook->n_columns)
            continue;
        if (&codebook->columns[other] == column)
            mistake(mistakes, name->place, "not_before: a column never lies before itself");
        else if (!is_ordered(column->type) || codebook->columns[other].type != column->type)
            mistake(mistakes, name->place, "not_before: two columns of numbers, or of dates, were expected");
        else
            column->not_before[column->n_not_before++] = other;
    }
    return 0;
}

int codebook_check_links(const struct codebook_file *file, struct mistakes *mistakes)
{
    struct codebook *codebook = file->codebook;
    size_t k = 0;

    for (size_t i = 0; i < codebook->n_columns; i++)
        codebook->columns[i].age_on = SIZE_MAX;
    for (size_t i = 0; i < file->n_columns; i++, k++) {
        if (!codebook->columns[k].dropped &&
            link_column(codebook, mistakes, &file->columns[i], &codebook->columns[k]) != 0)
            return -1;
        k += codebook->columns[k].part == INTERVAL_LOW;
    }
    if ((codebook->unique = arena_take(codebook->memory, file->unique.n, sizeof *codebook->unique)) == NULL)
        return -1;
    for (size_t i = 0; i < file->unique.n; i++) {
        const size_t found = find_kept(codebook, mistakes, "unique", &file->unique.items[i]);
        if (found < codebook->n_columns)
            codebook->unique[codebook->n_unique++] = found;
    }
    return 0;
}
