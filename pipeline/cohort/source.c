/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/source.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/names.h"
#include "store/stage.h"
#include "store/store.h"
#include "study/derived.h"
#include "study/joined.h"

bool source_is_derived(const struct study *study, const char *name)
{
    enum derived_known known;

    return study_is_linked(study) && (derived_find(study, name, &known) || joined_column(study, name) != NULL);
}

static int split(const struct study *study, const char *const *names, char ***source, char ***derived)
{
    int status = 0;

    for (size_t i = 0; status == 0 && names != NULL && names[i] != NULL; i++)
        status = names_add(source_is_derived(study, names[i]) ? derived : source, names[i]);
    return status;
}

/* Without any column of the source its first one tells the number of rows. */
static int read_source(const struct study *study, const char *path, char ***source, const struct source_rows *rows,
                       struct table **records)
{
    const struct study_table *table = study_main_table(study);
    size_t *const list = rows == NULL ? NULL : row_set_list(rows->records);
    struct table *schema = NULL;
    struct store *store = NULL;
    int status = rows != NULL && list == NULL ? -1 : 0;

    if (status == 0 && *source == NULL) {
        schema = study_table_schema(study, table, "source");
        status = schema == NULL ? -1 : names_add(source, schema->columns[0].name);
    }
    if (status == 0 && (store = store_open(path)) != NULL)
        *records = rows == NULL ? store_read(store, table_role_name(table->role), (const char *const *)*source)
                                : store_read_scattered(store, table_role_name(table->role), (const char *const *)*source,
                                                       list, rows->records->n);
    store_close(store);
    free(list);
    table_free(schema);
    return *records == NULL ? -1 : 0;
}

static int spread(struct table *records, const struct column *column, const struct column *record,
                  const struct source_rows *rows, size_t n)
{
    struct column *added =
        column->type == COLUMN_CATEGORY
            ? table_add_category(records, column->name, (const char *const *)column->labels, column->n_labels, column->label)
            : table_add_column(records, column->name, column->type, column->width, column->label, column->units);

    if (added == NULL)
        return -1;
    for (size_t i = 0; i < n; i++) {
        const size_t row = (size_t)column_integer(record, i), place = rows == NULL ? row : row_set_place(rows->records, row);

        memcpy((char *)added->values + place * column->width, (const char *)column->values + i * column->width, column->width);
    }
    return 0;
}

static struct table *read_some(struct store *store, const char *table, const char *const *names, const struct source_rows *rows)
{
    return rows == NULL ? store_read(store, table, names) : store_read_range(store, table, names, rows->first, rows->end);
}

static int add_derived(const char *path, const char *const *names, const struct source_rows *rows, struct table *records)
{
    static const char *const record[] = {"record", NULL};
    struct store *store = store_open(path);
    struct table *people = NULL, *derived = NULL;
    int status = -1;

    if (store != NULL && (people = read_some(store, "cohort", record, rows)) != NULL &&
        (derived = read_some(store, "derived", names, rows)) != NULL)
        status = 0;
    for (size_t k = 0; status == 0 && k < derived->n_columns; k++)
        status = spread(records, &derived->columns[k], table_column(people, "record"), rows, people->n_rows);
    table_free(derived);
    table_free(people);
    store_close(store);
    return status;
}

struct table *source_read_rows(const struct study *study, const char *out, const char *const *names,
                               const struct source_rows *rows)
{
    char **source = NULL, **derived = NULL;
    char *records_path = stage_file(out, "records.h5"), *cohort_path = stage_file(out, study->files[STUDY_COHORT]);
    struct table *records = NULL;
    int status = records_path == NULL || cohort_path == NULL ? -1 : split(study, names, &source, &derived);

    if (status == 0)
        status = read_source(study, records_path, &source, rows, &records);
    if (status == 0 && derived != NULL)
        status = add_derived(cohort_path, (const char *const *)derived, rows, records);
    names_free(source);
    names_free(derived);
    free(records_path);
    free(cohort_path);
    if (status == 0)
        return records;
    table_free(records);
    return NULL;
}

struct table *source_read(const struct study *study, const char *out, const char *const *names)
{
    return source_read_rows(study, out, names, NULL);
}
