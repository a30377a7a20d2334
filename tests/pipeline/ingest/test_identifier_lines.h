/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * test_identifier_lines.h - the lists of tests/reference/identifier_*: lines, with cells apart by tabs; '#' starts a
 * comment in the first lines only, because cells may start with it.
 */
#ifndef TESTS_INGEST_IDENTIFIER_LINES_H
#define TESTS_INGEST_IDENTIFIER_LINES_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/identifier_value.h"
#include "tests/support/near.h"

enum { LINE_CELLS_MAX = 4 };

struct lines {
    FILE *file;
    char *text;
    size_t room;
    bool after_head;
    char *cells[LINE_CELLS_MAX]; /* of the line read last */
};

static inline struct lines lines_open(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "tests/reference/%s", name);
    struct lines lines = {.file = fopen(path, "r")};
    assert_non_null(lines.file);
    return lines;
}

/* False at the end, and everything is closed then; missing cells are NULL. */
static inline bool lines_next(struct lines *lines)
{
    ssize_t n;
    while ((n = getline(&lines->text, &lines->room, lines->file)) > 0 && !lines->after_head && lines->text[0] == '#')
        ;
    lines->after_head = true;
    if (n <= 0) {
        fclose(lines->file);
        free(lines->text);
        return false;
    }
    lines->text[strcspn(lines->text, "\n")] = '\0';
    char *rest = lines->text;
    for (size_t i = 0; i < LINE_CELLS_MAX; i++)
        lines->cells[i] = strsep(&rest, "\t");
    return true;
}

static inline unsigned hint_of(const char *word)
{
    return strcmp(word, "age") == 0 ? IDENTIFIER_HINT_AGE : strcmp(word, "number") == 0 ? IDENTIFIER_HINT_NUMBER :
           strcmp(word, "phone") == 0 ? IDENTIFIER_HINT_PHONE : 0;
}

/* A copy without a NUL behind it, so that a sanitizer sees a read beyond the cell. */
static inline char *bare_copy(const char *bytes, size_t n)
{
    char *const copy = malloc(n > 0 ? n : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, n);
    return copy;
}

/* Random numbers for tests: xorshift64* (Vigna 2016). */
static inline uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

#endif
