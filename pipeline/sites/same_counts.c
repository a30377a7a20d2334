/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/same_counts.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/sha256.h"

/* What is counted, or added up, over people; beside it stand texts, thresholds and who made the file. */
static bool counts_people(const char *table)
{
    static const char *const groups[] = {"cells/", "by/", "covariate/"};
    bool counts = strcmp(table, "sums") == 0 || strcmp(table, "days") == 0;

    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        counts = counts || strncmp(table, groups[i], strlen(groups[i])) == 0;
    return counts;
}

static int add_table(struct sha256 *sha, struct store *store, const char *name, size_t *n_rows)
{
    struct table *const table = store_read(store, name, NULL);
    char hex[SHA256_HEX_SIZE];
    const int status = table == NULL ? -1 : store_table_sha256(table, hex);

    if (status == 0) {
        *n_rows += table->n_rows;
        sha256_add(sha, name, strlen(name) + 1);
        sha256_add(sha, hex, sizeof hex);
    }
    table_free(table);
    return status;
}

static int digest(struct store *store, char hex[static SHA256_HEX_SIZE])
{
    struct sha256 *const sha = sha256_start();
    size_t n_rows = 0;
    int status = sha == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < store_n_tables(store); i++)
        if (counts_people(store_table_name(store, i)))
            status = add_table(sha, store, store_table_name(store, i), &n_rows);
    if (status != 0)
        sha256_free(sha);
    else
        status = sha256_finish(sha, hex);
    if (n_rows == 0)
        hex[0] = '\0';
    return status;
}

int same_counts_add(struct same_counts *counts, struct store *store, const char *path)
{
    struct same_file *const files = reallocate(counts->files, counts->n + 1, sizeof *files);

    if (files == NULL)
        return -1;
    counts->files = files;
    files[counts->n].path = path;
    if (digest(store, files[counts->n].sha256) != 0)
        return -1;
    for (size_t i = 0; i < counts->n && files[counts->n].sha256[0] != '\0'; i++)
        if (strcmp(files[i].sha256, files[counts->n].sha256) == 0)
            return fail("'%s' and '%s' hold the same; their people would count twice", files[i].path, path);
    counts->n++;
    return 0;
}

void same_counts_free(struct same_counts *counts)
{
    free(counts->files);
    *counts = (struct same_counts){0};
}
