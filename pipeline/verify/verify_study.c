/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/verify_study.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cells.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/program.h"
#include "base/spawn.h"
#include "base/table_fields.h"
#include "store/stage.h"
#include "store/store.h"
#include "compare/published.h"
#include "verify/recompute.h"

/* A number that is verified is computed now; an old file that has not changed since is no witness.  The exit status. */
static int run(const struct verify_options *options)
{
    return spawn_run(&(struct spawn_run){.study = options->what,
                                         .out = options->out,
                                         .until = "compare",
                                         .n_threads = options->n_threads,
                                         .again = true,
                                         .allow_absolute = options->allow_absolute});
}

/* ---- the table --------------------------------------------------------------------------------------------------- */

static struct table *shown_alloc(void)
{
    static const struct table_field fields[] = {
        {"number", "Number", COLUMN_TEXT},           {"where", "Where printed", COLUMN_TEXT},
        {"printed", "Printed", COLUMN_TEXT},         {"recomputed", "Recomputed", COLUMN_TEXT},
        {"difference", "Difference", COLUMN_FLOAT64}, {"match", "Match", COLUMN_TEXT},
        {"expected", "Expected", COLUMN_TEXT},
    };
    return table_of_fields("published", "Published numbers, recomputed", fields, sizeof fields / sizeof *fields);
}

/* "1.36 (1.10 to 1.68)", caller frees. */
static char *printed_of(const struct table *published, size_t row)
{
    char *estimate = cell_copy(published, "printed", row), *low = cell_copy(published, "printed_low", row),
         *high = cell_copy(published, "printed_high", row), *text = NULL;

    if (estimate != NULL && low != NULL && high != NULL)
        text = *low == '\0' && *high == '\0' ? copy_text(estimate)
                                             : format_text("%s (%s to %s)", estimate, *low == '\0' ? "-" : low,
                                                           *high == '\0' ? "-" : high);
    free(high);
    free(low);
    free(estimate);
    return text;
}

static char *place_of(const struct table *published, size_t row)
{
    char *table = cell_copy(published, "table", row), *cell = cell_copy(published, "cell", row), *place = NULL;

    if (table != NULL && cell != NULL)
        place = format_text("%s%s%s", table, *table == '\0' || *cell == '\0' ? "" : ": ", cell);
    free(cell);
    free(table);
    return place;
}

static int add_shown(struct table *shown, const struct table *published, size_t row)
{
    char *item = recompute_item(published, row), *place = place_of(published, row), *printed = printed_of(published, row),
         *match = cell_copy(published, "match", row), *expected = cell_copy(published, "expected", row),
         number[NUMBER_SIZE];
    struct row_builder builder = table_new_row(shown);
    int status = -1;

    if (item != NULL && place != NULL && printed != NULL && match != NULL && expected != NULL) {
        row_text(&builder, "number", item);
        row_text(&builder, "where", place);
        row_text(&builder, "printed", printed);
        row_text(&builder, "recomputed", number_short(number, cell_real(published, "recomputed", row)));
        row_real(&builder, "difference", cell_real(published, "difference", row));
        row_text(&builder, "match", match);
        row_text(&builder, "expected", *expected == '\0' ? "matches" : expected);
        status = row_end(&builder);
    }
    free(expected);
    free(match);
    free(printed);
    free(place);
    free(item);
    return status;
}

/* Why a number that does not match was not expected to. */
static int print_reasons(const struct table *published)
{
    for (size_t i = 0; i < published->n_rows; i++) {
        if (cell_is(published, "match", i, "matches"))
            continue;
        char *item = recompute_item(published, i), *note = cell_copy(published, "note", i);
        if (item != NULL && note != NULL)
            printf("%s: %s%s%s\n", item, published_surprises(published, i) ? "DOES NOT MATCH" : "not expected to match",
                   *note == '\0' ? "" : ": ", note);
        const bool failed = item == NULL || note == NULL;
        free(note);
        free(item);
        if (failed)
            return -1;
    }
    return 0;
}

static size_t count(const struct table *published, const char *match)
{
    size_t n = 0;

    for (size_t i = 0; i < published->n_rows; i++)
        n += cell_is(published, "match", i, match);
    return n;
}

static int print_text(const struct table *published)
{
    struct table *shown = shown_alloc();
    int status = shown == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < published->n_rows; i++)
        status = add_shown(shown, published, i);
    if (status == 0)
        status = table_print(STDOUT_FILENO, shown, TABLE_TEXT);
    table_free(shown);
    if (status == 0)
        status = print_reasons(published);
    if (status == 0)
        printf("%zu published: %zu match, %zu differ, %zu not computable\n", published->n_rows,
               count(published, "matches"), count(published, "differs"), count(published, "not_computable"));
    return status == 0 && (fflush(stdout) != 0 || ferror(stdout) != 0) ? fail_errno("cannot write to standard output")
                                                                       : status;
}

/* ---- the command --------------------------------------------------------------------------------------------------- */

static int judge(const struct table *published, const struct verify_options *options)
{
    size_t n_surprises = 0;

    if (published->n_rows == 0) {
        fail("'%s' names no published numbers; `published: FILE.csv` does", options->what);
        return EXIT_FAILED;
    }
    if ((options->format == TABLE_TEXT ? print_text(published) : table_print(STDOUT_FILENO, published, options->format)) != 0)
        return EXIT_FAILED;
    for (size_t i = 0; i < published->n_rows; i++)
        n_surprises += published_surprises(published, i);
    return n_surprises > 0 ? EXIT_CHECK_SAID_NO : EXIT_DONE;
}

int verify_study(const struct verify_options *options)
{
    int status = run(options);
    char *path = status != EXIT_DONE ? NULL : stage_file(options->out, "results.h5");
    struct table *published = path == NULL ? NULL : store_read_table(path, "published");

    free(path);
    if (status != EXIT_DONE)
        return status;
    status = published == NULL ? EXIT_FAILED : judge(published, options);
    table_free(published);
    return status;
}
