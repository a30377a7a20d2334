/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/bundle.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/words.h"
#include "store/store.h"

const struct table *bundle_table(const struct bundle *bundle, const char *name)
{
    for (size_t i = 0; i < bundle->n_tables; i++)
        if (strcmp(bundle->tables[i]->name, name) == 0)
            return bundle->tables[i];
    return NULL;
}

static void name_tables(struct bundle *bundle)
{
    bundle->release = bundle_table(bundle, "release");
    bundle->study = bundle_table(bundle, "study");
    bundle->provenance = bundle_table(bundle, "provenance");
    bundle->outcomes = bundle_table(bundle, "outcomes");
    bundle->arms = bundle_table(bundle, "arms");
    bundle->attrition = bundle_table(bundle, "attrition");
    bundle->flow = bundle_table(bundle, "flow");
    bundle->quality = bundle_table(bundle, "quality");
    bundle->baseline = bundle_table(bundle, "baseline");
    bundle->balance = bundle_table(bundle, "balance");
    bundle->risk_tables = bundle_table(bundle, "risk_tables");
    bundle->curves = bundle_table(bundle, "curves");
    bundle->estimates = bundle_table(bundle, "estimates");
    bundle->verdicts = bundle_table(bundle, "verdicts");
    bundle->threshold = strtoll(bundle_release_value(bundle, "threshold"), NULL, 10);
    bundle->round_to = strtoll(bundle_release_value(bundle, "rounded_to"), NULL, 10);
}

/* compare.3.range is yes: the name in compare.3.analysis. */
static int name_ranges(struct bundle *bundle)
{
    bundle->ranges = allocate(cell_rows(bundle->study) + 1, sizeof *bundle->ranges);
    for (size_t i = 0; bundle->ranges != NULL && i < cell_rows(bundle->study); i++) {
        const char *key = cell_text(bundle->pool, bundle->study, "key", i), *name;
        size_t length = strlen(key);

        if (strncmp(key, "compare.", 8) != 0 || length < 14 || strcmp(key + length - 6, ".range") != 0 ||
            !cell_is(bundle->study, "value", i, "yes"))
            continue;
        name = bundle_study_value(bundle, pool_format(bundle->pool, "%.*s.analysis", (int)length - 6, key));
        if (name[0] != '\0')
            bundle->ranges[bundle->n_ranges++] = name;
    }
    return bundle->ranges == NULL ? -1 : 0;
}

static int read_tables(struct bundle *bundle, struct store *store)
{
    size_t n = store_n_tables(store);

    bundle->tables = allocate(n, sizeof *bundle->tables);
    if (bundle->tables == NULL)
        return -1;
    for (size_t i = 0; i < n; i++) {
        bundle->tables[i] = store_read(store, store_table_name(store, i), NULL);
        if (bundle->tables[i] == NULL)
            return -1;
        bundle->n_tables++;
    }
    return 0;
}

struct bundle *bundle_read(const char *released_path)
{
    struct store *store = store_open(released_path);
    struct bundle *bundle = store == NULL ? NULL : allocate(1, sizeof *bundle);

    if (bundle != NULL) {
        bundle->pool = pool_alloc();
        bundle->content_sha256 = copy_text(store_content_sha256(store));
        if (bundle->pool == NULL || bundle->content_sha256 == NULL || read_tables(bundle, store) != 0) {
            bundle_free(bundle);
            bundle = NULL;
        } else {
            name_tables(bundle);
            if (name_ranges(bundle) != 0) {
                bundle_free(bundle);
                bundle = NULL;
            }
        }
    }
    store_close(store);
    return bundle;
}

struct bundle *bundle_of_tables(struct table *const *tables, size_t n)
{
    struct bundle *bundle = allocate(1, sizeof *bundle);

    if (bundle != NULL) {
        bundle->pool = pool_alloc();
        bundle->content_sha256 = copy_text("");
        bundle->tables = allocate(n, sizeof *bundle->tables);
    }
    if (bundle == NULL || bundle->pool == NULL || bundle->content_sha256 == NULL || bundle->tables == NULL) {
        for (size_t i = 0; i < n; i++)
            table_free(tables[i]);
        bundle_free(bundle);
        return NULL;
    }
    memcpy(bundle->tables, tables, n * sizeof *tables);
    bundle->n_tables = n;
    name_tables(bundle);
    if (name_ranges(bundle) != 0) {
        bundle_free(bundle);
        return NULL;
    }
    return bundle;
}

void bundle_free(struct bundle *bundle)
{
    if (bundle == NULL)
        return;
    for (size_t i = 0; i < bundle->n_tables; i++)
        table_free(bundle->tables[i]);
    free(bundle->tables);
    free(bundle->ranges);
    free(bundle->content_sha256);
    pool_free(bundle->pool);
    free(bundle);
}

/* Row of the first cell of a column that holds this text; cell_rows(table) when there is none. */
static size_t row_of(const struct table *table, const char *column, const char *text)
{
    size_t row = 0;

    while (row < cell_rows(table) && !cell_is(table, column, row, text))
        row++;
    return row;
}

static const char *value(const struct bundle *bundle, const struct table *table, const char *key)
{
    return cell_text(bundle->pool, table, "value", row_of(table, "key", key));
}

const char *bundle_study_value(const struct bundle *bundle, const char *key)
{
    return value(bundle, bundle->study, key);
}

const char *bundle_release_value(const struct bundle *bundle, const char *key)
{
    return value(bundle, bundle->release, key);
}

const char *bundle_provenance_value(const struct bundle *bundle, const char *key)
{
    return value(bundle, bundle->provenance, key);
}

const char *bundle_arm_label(const struct bundle *bundle, const char *arm)
{
    const char *label = cell_text(bundle->pool, bundle->arms, "label", row_of(bundle->arms, "arm", arm));

    return label[0] == '\0' || strcmp(label, arm) == 0 ? words_spoken(bundle->pool, arm) : label;
}

size_t bundle_arm_index(const struct bundle *bundle, const char *arm)
{
    return row_of(bundle->arms, "arm", arm);
}

const char *bundle_outcome_text(const struct bundle *bundle, const char *outcome, const char *column)
{
    return cell_text(bundle->pool, bundle->outcomes, column, row_of(bundle->outcomes, "outcome", outcome));
}

const char *bundle_outcome_label(const struct bundle *bundle, const char *outcome)
{
    const char *label = bundle_outcome_text(bundle, outcome, "label");

    return label[0] == '\0' || strcmp(label, outcome) == 0 ? words_spoken(bundle->pool, outcome) : label;
}

const char *bundle_term_label(const struct bundle *bundle, const char *term)
{
    for (size_t i = 0; i < cell_rows(bundle->baseline); i++)
        if (cell_is(bundle->baseline, "term", i, term)) {
            const char *label = cell_text(bundle->pool, bundle->baseline, "label", i);
            return label[0] == '\0' ? words_spoken(bundle->pool, term) : label;
        }
    return words_spoken(bundle->pool, term);
}

const char *bundle_outcome_units(const struct bundle *bundle, const char *outcome)
{
    const char *units = bundle_outcome_text(bundle, outcome, "units");

    return units[0] == '\0' ? "days" : units;
}

const char *bundle_study_unit(const struct bundle *bundle)
{
    const char *unit = bundle_study_value(bundle, "cohort.unit");

    return unit[0] == '\0' ? "person" : unit;
}

/* Do the rows of one outcome differ in a column? */
static bool several(const struct bundle *bundle, const char *outcome, const char *column)
{
    const struct table *estimates = bundle->estimates;
    size_t first = row_of(estimates, "outcome", outcome);

    for (size_t i = first + 1; i < cell_rows(estimates); i++)
        if (cell_is(estimates, "outcome", i, outcome) && !cells_equal(estimates, column, first, i))
            return true;
    return false;
}

bool bundle_several_populations(const struct bundle *bundle, const char *outcome)
{
    return several(bundle, outcome, "population");
}

bool bundle_several_analyses(const struct bundle *bundle, const char *outcome)
{
    return several(bundle, outcome, "analysis");
}
