/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"
#include "base/program.h"
#include "base/table_print.h"
#include "report/answer.h"
#include "report/bundle.h"
#include "report/reading.h"
#include "report/show_finished.h"
#include "store/foreign.h"
#include "store/store.h"

enum { WRAP = 92, TABLES_MAX = 64 };

char *released_path(const char *folder)
{
    static const char *const places[] = {"", "release"};

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        char *path = format_text("%s/%s%sreleased.h5", folder, places[i], i == 0 ? "" : "/");

        if (path == NULL)
            return NULL;
        if (access(path, F_OK) == 0)
            return path;
        free(path);
    }
    fail("'%s' holds no released.h5; run `stepdown run` or `stepdown report` first", folder);
    return NULL;
}

static char *find_file(const char *path)
{
    struct stat about;

    if (stat(path, &about) != 0) {
        fail_errno("cannot open '%s'", path);
        return NULL;
    }
    return S_ISDIR(about.st_mode) ? released_path(path) : copy_text(path);
}

/* A paragraph broken at blanks, later lines indented. */
static void print_wrapped(const char *first, const char *text)
{
    size_t indent = strlen(first);

    printf("%s", first);
    while (strlen(text) + indent > WRAP) {
        size_t cut = WRAP - indent;

        while (cut > 0 && text[cut] != ' ')
            cut--;
        if (cut == 0)
            break;
        printf("%.*s\n%*s", (int)cut, text, (int)indent, "");
        text += cut + 1;
    }
    printf("%s\n", text);
}

static void print_verdicts(struct bundle *bundle)
{
    if (cell_rows(bundle->verdicts) == 0)
        return;
    printf("\nVerdicts\n");
    for (size_t i = 0; i < cell_rows(bundle->verdicts); i++)
        print_wrapped("  ", words_ascii(bundle->pool,
                                        pool_format(bundle->pool, "%s%s: %s", reading_what(bundle, bundle->verdicts, i),
                                                    reading_where(bundle, bundle->verdicts, i),
                                                    answer_sentence(bundle, bundle->verdicts, i))));
}

static void print_comparisons(struct bundle *bundle)
{
    const struct table *estimates = bundle->estimates;
    bool any = false;

    for (size_t i = 0; i < cell_rows(estimates); i++) {
        const char *text;

        if (!reading_is_contrast(bundle, estimates, i) || reading_is_repeated(bundle, i) ||
            reading_verdict_of(bundle, i) != NO_ROW)
            continue;
        if (!any)
            printf("\nComparisons\n");
        any = true;
        text = pool_format(bundle->pool, "%s%s: %s.", reading_what(bundle, estimates, i),
                           reading_where(bundle, estimates, i), answer_comparison(bundle, estimates, i));
        print_wrapped("  ", words_ascii(bundle->pool, text));
    }
}

static int show_answer(const char *path)
{
    struct bundle *bundle = bundle_read(path);
    struct answer answer;

    if (bundle == NULL)
        return EXIT_FAILED;
    answer = answer_find(bundle);
    print_wrapped("", words_ascii(bundle->pool, answer.sentence));
    for (size_t i = 0; i < answer.n_caveats; i++)
        print_wrapped("  - ", words_ascii(bundle->pool, answer.caveats[i]));
    print_verdicts(bundle);
    print_comparisons(bundle);
    bundle_free(bundle);
    return fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
}

static int list_tables(struct store *store, const char *path)
{
    for (size_t i = 0; i < store_n_tables(store); i++) {
        struct table *table = store_read(store, store_table_name(store, i), NULL);

        if (table == NULL)
            return EXIT_FAILED;
        printf("%-24s %10zu rows  %s\n", table->name, table->n_rows, table->label);
        table_free(table);
    }
    detail("%s: show a table by its name", path);
    return fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
}

static int unknown_table(struct store *store, const char *path, const char *name)
{
    const char *names[TABLES_MAX];
    size_t n = 0;
    const char *nearest;
    char escaped[ESCAPED_SIZE];

    for (; n < store_n_tables(store) && n < TABLES_MAX; n++)
        names[n] = store_table_name(store, n);
    nearest = nearest_name(name, names, n);
    fail("'%s' has no table '%s'%s%s%s", path, escape_value(escaped, name, strlen(name)),
         nearest == NULL ? "" : "; did you mean '", nearest == NULL ? "" : nearest, nearest == NULL ? "" : "'?");
    return EXIT_FAILED;
}

static const char *const format_names[] = {[SHOW_TEXT] = "text",   [SHOW_CSV] = "csv", [SHOW_JSON] = "json",
                                           [SHOW_WORDS] = "words", [SHOW_MD] = "md",   [SHOW_TEX] = "tex"};

int show_format_from_name(const char *name, enum show_format *format)
{
    for (size_t k = 0; k < sizeof format_names / sizeof format_names[0]; k++)
        if (strcmp(format_names[k], name) == 0) {
            *format = (enum show_format)k;
            return 0;
        }
    return -1;
}

static int show_as_page(const char *path, const char *name, enum show_format format)
{
    static const enum text_table_form forms[] = {[SHOW_WORDS] = TEXT_TABLE_WORDS, [SHOW_MD] = TEXT_TABLE_MD, [SHOW_TEX] = TEXT_TABLE_TEX};
    struct bundle *bundle = bundle_read(path);
    int status = bundle == NULL ? -1 : show_finished(bundle, name, forms[format]);

    if (status == 0 && pool_failed(bundle->pool))
        status = -1;
    bundle_free(bundle);
    return status == 0 && fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
}

static int show_table(struct store *store, const char *path, const char *name, enum show_format as)
{
    static const enum table_format formats[] = {[SHOW_TEXT] = TABLE_TEXT, [SHOW_CSV] = TABLE_CSV, [SHOW_JSON] = TABLE_JSON};
    struct table *table;
    int status;

    if (!store_has(store, name))
        return unknown_table(store, path, name);
    if (as >= SHOW_WORDS)
        return show_as_page(path, name, as);
    const enum table_format format = formats[as];
    table = store_read(store, name, NULL);
    if (table == NULL)
        return EXIT_FAILED;
    status = table_print(STDOUT_FILENO, table, format);
    table_free(table);
    return status == 0 ? EXIT_DONE : EXIT_FAILED;
}

int show(const char *path, const char *table, enum show_format format)
{
    char *file = find_file(path);
    struct store *store = file == NULL || foreign_check(file) != 0 ? NULL : store_open(file);
    int status = EXIT_FAILED;

    if (store != NULL && table != NULL)
        status = show_table(store, file, table, format);
    else if (store != NULL && store_has(store, "estimates"))
        status = show_answer(file);
    else if (store != NULL)
        status = list_tables(store, file);
    store_close(store);
    free(file);
    return status;
}
