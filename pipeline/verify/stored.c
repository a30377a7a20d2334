/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/stored.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "base/memory.h"
#include "store/foreign.h"
#include "store/store.h"
#include "verify/findings.h"

int stored_read(const char *path, struct table *findings, struct stored *stored)
{
    struct store *store = foreign_check(path) != 0 ? NULL : store_open(path);
    int status = 0;

    *stored = (struct stored){.path = path};
    if (store == NULL)
        return -1;
    snprintf(stored->content, sizeof stored->content, "%s", store_content_sha256(store));
    const size_t n = store_n_tables(store);
    if ((stored->tables = allocate(n, sizeof *stored->tables)) == NULL)
        status = -1;
    for (size_t i = 0; status == 0 && i < n; i++) {
        const char *name = store_table_name(store, i);
        struct table *table = store_read(store, name, NULL);
        status = findings_add(findings, "checksums", name, table == NULL ? FINDING_DIFFERS : FINDING_HOLDS,
                              table == NULL ? "the table is not what was written" : NULL);
        if (table != NULL)
            stored->tables[stored->n++] = table;
    }
    store_close(store);
    return status;
}

void stored_free(struct stored *stored)
{
    for (size_t i = 0; i < stored->n; i++)
        table_free(stored->tables[i]);
    free(stored->tables);
    *stored = (struct stored){0};
}

struct table *stored_table(const struct stored *stored, const char *name)
{
    for (size_t i = 0; i < stored->n; i++)
        if (strcmp(stored->tables[i]->name, name) == 0)
            return stored->tables[i];
    return NULL;
}

char *stored_value(const struct stored *stored, const char *table, const char *key)
{
    const struct table *pairs = stored_table(stored, table);
    const size_t row = pairs == NULL ? 0 : cell_find(pairs, "key", key);

    return pairs == NULL || row == pairs->n_rows ? NULL : cell_copy(pairs, "value", row);
}

/* Is the k-th entry of `compare` the analysis whose name has this length? */
static bool is_analysis(const struct stored *stored, int k, const char *name, size_t length)
{
    char key[64], usual[32];

    snprintf(key, sizeof key, "compare.%d.analysis", k);
    snprintf(usual, sizeof usual, k == 1 ? "main" : "analysis-%d", k);
    char *written = stored_value(stored, "study", key);
    const char *its = written == NULL ? usual : written;
    const bool is = strlen(its) == length && memcmp(its, name, length) == 0;
    free(written);
    return is;
}

char *stored_analysis_value(const struct stored *stored, const char *analysis, const char *key)
{
    enum { MOST_ANALYSES = 1000 };
    char path[128];

    for (int k = 1; k <= MOST_ANALYSES; k++) {
        if (!is_analysis(stored, k, analysis, strcspn(analysis, "@")))
            continue;
        snprintf(path, sizeof path, "compare.%d.%s", k, key);
        return stored_value(stored, "study", path);
    }
    return NULL;
}
