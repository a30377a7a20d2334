/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/release.h"

#include <inttypes.h>
#include <string.h>

#include "base/fail.h"
#include "report/pool.h"
#include "report/release_curves.h"
#include "report/release_rules.h"
#include "report/release_table.h"
#include "store/store.h"

const char *release_folder_name(int64_t threshold)
{
    return threshold > 0 ? "release-unaudited" : "release";
}

/* A key and its value as a row of table `release`. */
static int add_fact(struct release_table *table, const char *key, const char *value)
{
    release_row(table);
    release_text(table, "key", key);
    release_text(table, "value", value);
    return release_row_end(table);
}

static struct release_table *facts(const struct release_policy *policy, const struct release_request *request,
                                   struct pool *pool)
{
    struct release_table *table = release_table_alloc(policy, "release", "What was hidden, and why");
    bool hides = policy->threshold > 0;

    if (table == NULL)
        return NULL;
    if (release_table_column(table, RELEASE_PLAIN, "key", COLUMN_TEXT, "Key", "") != 0 ||
        release_table_column(table, RELEASE_PLAIN, "value", COLUMN_TEXT, "Value", "") != 0 ||
        add_fact(table, "threshold", pool_format(pool, "%" PRId64, policy->threshold)) != 0 ||
        add_fact(table, "because", request->because == NULL ? "" : request->because) != 0 ||
        add_fact(table, "audited", hides ? "no" : "not needed") != 0 ||
        add_fact(table, "digits", hides ? "3" : "all") != 0) {
        release_table_free(table);
        return NULL;
    }
    return table;
}

/* Hashes of private tables stay inside under a threshold: the exact tables are few numbers, all can be tried. */
static struct table *released_provenance(const struct release_policy *policy, const struct table *provenance,
                                         struct pool *pool)
{
    struct table *table = table_alloc("provenance", provenance->label);
    int status = table == NULL || table_add_column(table, "key", COLUMN_TEXT, 1, "Key", "") == NULL ||
                         table_add_column(table, "value", COLUMN_TEXT, 1, "Value", "") == NULL
                     ? -1
                     : 0;

    for (size_t i = 0; status == 0 && i < provenance->n_rows; i++) {
        const char *key = cell_text(pool, provenance, "key", i);
        bool is_private = strncmp(key, "input:", 6) == 0 || strncmp(key, "parent:", 7) == 0;
        struct row_builder row;

        if (is_private && policy->threshold > 0)
            continue;
        row = table_new_row(table);
        row_text(&row, "key", key);
        row_text(&row, "value", cell_text(pool, provenance, "value", i));
        status = row_end(&row);
    }
    if (status != 0) {
        table_free(table);
        return NULL;
    }
    return table;
}

static int write_table(struct release_file *file, const struct release_source *source, struct store *results,
                       const char *name)
{
    struct table *exact = store_read(results, name, NULL);
    struct release_table *table = NULL;
    int status;

    if (exact != NULL)
        table = source->policy.threshold > 0 && strcmp(name, "curves") == 0 ? release_curves(&source->policy, exact)
                                                                            : release_by_rules(source, exact);
    status = table == NULL ? -1 : release_file_table(file, table);
    release_table_free(table);
    table_free(exact);
    return status;
}

/* All tables that may leave; the rest stays without a word. */
static int write_tables(struct release_file *file, const struct release_source *source, struct store *results,
                        const struct release_request *request, const struct table *provenance, struct pool *pool)
{
    struct release_table *about = facts(&source->policy, request, pool);
    struct table *history = released_provenance(&source->policy, provenance, pool);
    int status = about == NULL || history == NULL || pool_failed(pool) ? -1 : 0;

    if (status == 0)
        status = release_file_table(file, about);
    if (status == 0)
        status = release_file_provenance(file, history);
    for (size_t i = 0; status == 0 && i < store_n_tables(results); i++) {
        const char *name = store_table_name(results, i);

        if (release_rules_know(&source->policy, name) || strcmp(name, "curves") == 0)
            status = write_table(file, source, results, name);
    }
    release_table_free(about);
    table_free(history);
    return status;
}

static int read_if_there(struct store *store, const char *name, struct table **table)
{
    if (!store_has(store, name))
        return 0;
    *table = store_read(store, name, NULL);
    return *table == NULL ? -1 : 0;
}

int release_write(const char *results_path, const char *released_path, const struct release_request *request,
                  const struct table *provenance)
{
    struct release_file *file = release_file_open(released_path);
    struct store *results = file == NULL ? NULL : store_open(results_path);
    struct pool *pool = pool_alloc();
    struct table *baseline = NULL, *risk_tables = NULL, *estimates = NULL;
    int status = -1;

    if (results == NULL || pool == NULL)
        goto done;
    if (read_if_there(results, "baseline", &baseline) != 0 || read_if_there(results, "estimates", &estimates) != 0 ||
        read_if_there(results, "risk_tables", &risk_tables) != 0)
        goto done;
    struct release_source source = {.policy = {.threshold = request->threshold}, .baseline = baseline};
    source.exposure = (struct exposure){&source.policy, risk_tables, estimates};
    status = write_tables(file, &source, results, request, provenance, pool);
    if (status == 0) {
        status = release_file_commit(file);
        file = NULL;
    }
done:
    release_file_abandon(file);
    store_close(results);
    table_free(baseline);
    table_free(risk_tables);
    table_free(estimates);
    pool_free(pool);
    return status;
}
