/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/mistakes.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "study/arena.h"

enum { LONGEST_NAME = 64 }; /* longer ones are near nothing; the distance costs length times length */

struct noted {
    struct study_place place;
    size_t order; /* of noting: decides between equal places */
    const char *text;
};

struct mistakes {
    struct arena *memory;
    char *file;
    size_t n_noted, capacity;
    struct noted *noted;
    size_t n_all;      /* noted, told here and told elsewhere */
    size_t n_told;     /* messages on stderr */
};

struct mistakes *mistakes_alloc(const char *file)
{
    struct mistakes *mistakes = allocate(1, sizeof *mistakes);

    if (mistakes == NULL)
        return NULL;
    mistakes->memory = arena_alloc();
    mistakes->file = copy_text(file);
    if (mistakes->memory == NULL || mistakes->file == NULL) {
        mistakes_free(mistakes);
        return NULL;
    }
    return mistakes;
}

void mistakes_free(struct mistakes *mistakes)
{
    if (mistakes == NULL)
        return;
    arena_free(mistakes->memory);
    free(mistakes->file);
    free(mistakes->noted);
    free(mistakes);
}

static void tell(struct mistakes *mistakes, struct study_place place, const char *text)
{
    if (mistakes->n_told++ < MISTAKES_TOLD)
        (void)fail_at(mistakes->file, place.line, place.column, "%s", text);
}

void mistake(struct mistakes *mistakes, struct study_place place, const char *format, ...)
{
    const char *text = "a mistake (no memory left to say which)";
    va_list arguments;
    char *made;

    va_start(arguments, format);
    made = arena_vformat(mistakes->memory, format, arguments);
    va_end(arguments);
    if (made != NULL)
        text = made;
    mistakes->n_all++;
    if (mistakes->n_noted == mistakes->capacity) {
        size_t more = mistakes->capacity == 0 ? 16 : 2 * mistakes->capacity;
        struct noted *grown = reallocate(mistakes->noted, more, sizeof *grown);
        if (grown == NULL) {
            tell(mistakes, place, text);
            return;
        }
        mistakes->noted = grown;
        mistakes->capacity = more;
    }
    mistakes->noted[mistakes->n_noted++] = (struct noted){place, mistakes->n_all, text};
}

size_t mistakes_count(const struct mistakes *mistakes)
{
    return mistakes->n_all;
}

void mistakes_told_elsewhere(struct mistakes *mistakes)
{
    mistakes->n_all++;
    mistakes->n_told++;
}

static int place_compare(struct study_place a, struct study_place b)
{
    if (a.line != b.line)
        return a.line < b.line ? -1 : 1;
    return (a.column > b.column) - (a.column < b.column);
}

static int noted_compare(const void *left, const void *right)
{
    const struct noted *a = left;
    const struct noted *b = right;
    int by_place = place_compare(a->place, b->place);

    return by_place != 0 ? by_place : (a->order > b->order) - (a->order < b->order);
}

void mistakes_tell_before(struct mistakes *mistakes, struct study_place place)
{
    size_t n = 0;

    if (mistakes->n_noted == 0)
        return;
    qsort(mistakes->noted, mistakes->n_noted, sizeof *mistakes->noted, noted_compare);
    while (n < mistakes->n_noted && place_compare(mistakes->noted[n].place, place) < 0) {
        tell(mistakes, mistakes->noted[n].place, mistakes->noted[n].text);
        n++;
    }
    mistakes->n_noted -= n;
    memmove(mistakes->noted, mistakes->noted + n, mistakes->n_noted * sizeof *mistakes->noted);
}

int mistakes_tell(struct mistakes *mistakes)
{
    mistakes_tell_before(mistakes, (struct study_place){.line = (size_t)-1, .column = (size_t)-1});
    if (mistakes->n_told > MISTAKES_TOLD)
        (void)fail_at(mistakes->file, 0, 0, "%zu more mistakes are not shown", mistakes->n_told - MISTAKES_TOLD);
    return mistakes->n_all == 0 ? 0 : -1;
}

const char *shown(struct mistakes *mistakes, const char *text)
{
    char escaped[ESCAPED_SIZE];
    const char *copy;

    if (text == NULL)
        return "";
    escape_value(escaped, text, strlen(text));
    copy = arena_text(mistakes->memory, escaped, strlen(escaped));
    return copy == NULL ? "?" : copy;
}

const char *did_you_mean(struct mistakes *mistakes, const char *wanted, const char *const *names, size_t n)
{
    const char *nearest = NULL;
    const char *text = NULL;

    if (strlen(wanted) <= LONGEST_NAME && mistakes->n_all < MISTAKES_TOLD)
        nearest = nearest_name(wanted, names, n);
    if (nearest != NULL)
        text = arena_format(mistakes->memory, "; did you mean '%s'?", shown(mistakes, nearest));
    return text == NULL ? "" : text;
}
