/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/header.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "ingest/identifier_name.h"

struct match {
    const struct plan *plan;
    const char *path;
    const struct csv_reader *reader;
    size_t line;
    ptrdiff_t *columns;        /* [n] the result */
    size_t *first;             /* [plan->n_columns] file column + 1 of each kept column; 0: not found */
    const char **undeclared;   /* [n_undeclared] names of the file that nobody declares */
    size_t n_undeclared;
};

/* One hint explains a header that fits nowhere better than a line for every column. */
static int check_delimiter(const struct match *match)
{
    const char *const name = csv_reader_column(match->reader, 0);
    const char *const hint = csv_reader_delimiter_hint(match->reader);
    if (strncmp(name, "sep=", 4) == 0)
        return fail_at(match->path, match->line, 1, "a header was expected, but this is a line for spreadsheet "
                                                    "programs ('sep='); remove it");
    if (hint != NULL && codebook_find(match->plan->codebook, name) == NULL)
        return fail_at(match->path, match->line, 1, "the header is one column; it seems to be written with %s: declare "
                                                    "'delimiter:' in %s",
                       hint, match->plan->codebook->path);
    return 0;
}

static bool is_nameless_tail(const struct csv_reader *reader, size_t i)
{
    while (i < csv_reader_n_columns(reader) && csv_reader_column(reader, i)[0] == '\0')
        i++;
    return i == csv_reader_n_columns(reader);
}

static int take_twice(const struct match *match, size_t i, size_t before, const struct codebook_column *declared)
{
    return fail_at(match->path, match->line, i + 1, "columns %zu and %zu are both '%s' (an alias)", before, i + 1,
                   declared->name);
}

static int take_name(struct match *match, size_t i)
{
    const char *const name = csv_reader_column(match->reader, i);
    if (name[0] == '\0') {
        match->columns[i] = HEADER_NAMELESS;
        if (is_nameless_tail(match->reader, i))
            return 0;
        return fail_at(match->path, match->line, i + 1, "column %zu has no name", i + 1);
    }
    const struct codebook_column *const declared = codebook_find(match->plan->codebook, name);
    if (declared == NULL) {
        match->undeclared[match->n_undeclared++] = name;
        return 0; /* told after the missing ones, of which it may be a misspelling */
    }
    match->columns[i] = HEADER_DROPPED;
    if (declared->dropped)
        return 0;
    const size_t position = plan_find(match->plan, declared->name);
    match->columns[i] = (ptrdiff_t)position;
    if (match->first[position] != 0)
        return take_twice(match, i, match->first[position], declared);
    match->first[position] = i + 1;
    return 0;
}

static size_t place_of(const struct match *match, const char *name)
{
    size_t i = 0;
    while (strcmp(csv_reader_column(match->reader, i), name) != 0)
        i++;
    return i + 1;
}

static int tell_missing(const struct match *match, const char *wanted)
{
    char shown[ESCAPED_SIZE];
    const char *const near = nearest_name(wanted, match->undeclared, match->n_undeclared);
    if (near == NULL)
        return fail_at(match->path, match->line, 0, "column '%s', which the codebook declares, is missing", wanted);
    return fail_at(match->path, match->line, place_of(match, near),
                   "column '%s', which the codebook declares, is missing; is it '%s'? Then give it as an alias", wanted,
                   escape_value(shown, near, strlen(near)));
}

/* What a name says of a column that nobody declared is worth knowing before it is declared. */
static int tell_undeclared(const struct match *match, const char *name)
{
    char shown[ESCAPED_SIZE];
    const enum identifier_kind kind = identifier_of_name(name);
    escape_value(shown, name, strlen(name));
    if (kind == IDENTIFIER_NONE)
        return fail_at(match->path, match->line, place_of(match, name),
                       "column '%s' is not declared in %s; declare it, or drop it unread with 'role: drop'", shown,
                       match->plan->codebook->path);
    return fail_at(match->path, match->line, place_of(match, name),
                   "column '%s' is not declared in %s, and its name is that of an identifier: %s (45 CFR "
                   "164.514(b)(2)(i)(%c)); drop it unread with 'role: drop'",
                   shown, match->plan->codebook->path, identifier_kind_name(kind), identifier_letter(kind));
}

static bool is_second_of_found(const struct match *match, size_t i)
{
    return match->plan->columns[i].is_second && match->first[i - 1] != 0;
}

/* The file does not have a column.  -1 after telling, when it must. */
static int take_absent(const struct match *match, size_t i, struct header *header)
{
    if (!match->plan->columns[i].declared->optional)
        return match->plan->columns[i].is_second ? 0 : tell_missing(match, match->plan->columns[i].declared->name);
    header->absent[header->n_absent++] = i;
    return 0;
}

static int match_names(struct match *match, size_t n, struct header *header)
{
    int status = 0;
    for (size_t i = 0; i < n; i++)
        if (take_name(match, i) != 0)
            status = -1;
    for (size_t i = 0; i < match->plan->n_columns; i++)
        if (match->first[i] == 0 && !is_second_of_found(match, i) && take_absent(match, i, header) != 0)
            status = -1;
    for (size_t i = 0; i < match->n_undeclared; i++)
        status = tell_undeclared(match, match->undeclared[i]);
    return status;
}

int header_match(const struct plan *plan, const char *path, const struct csv_reader *reader, struct header *header)
{
    const size_t n = csv_reader_n_columns(reader);
    struct match match = {.plan = plan, .path = path, .reader = reader, .line = csv_reader_header_line(reader)};
    int status = -1;
    *header = (struct header){.n = n,
                              .names = allocate(n, sizeof *header->names),
                              .columns = allocate(n, sizeof *header->columns)};
    match.columns = header->columns;
    header->absent = allocate(plan->n_columns, sizeof *header->absent);
    match.first = allocate(plan->n_columns, sizeof *match.first);
    match.undeclared = allocate(n, sizeof *match.undeclared);
    for (size_t i = 0; header->names != NULL && i < n; i++)
        header->names[i] = csv_reader_column(reader, i);
    if (header->names != NULL && match.columns != NULL && header->absent != NULL && match.first != NULL &&
        match.undeclared != NULL && check_delimiter(&match) == 0)
        status = match_names(&match, n, header);
    free(match.first);
    free(match.undeclared);
    return status;
}

void header_free(struct header *header)
{
    free(header->names);
    free(header->columns);
    free(header->absent);
    *header = (struct header){0};
}
