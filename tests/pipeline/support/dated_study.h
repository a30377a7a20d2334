/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * dated_study.h - a study with dated tables, its records.h5 and its cohort, from texts.
 *
 * Every dated table has the columns id, day and what (a, b, c), as lines of such cells; everybody of `clients` is in
 * the cohort, in the order of the lines.  clients: id, arm (1 iop, 2 inpatient), start, ended, reason.
 */
#ifndef TESTS_PIPELINE_SUPPORT_DATED_STUDY_H
#define TESTS_PIPELINE_SUPPORT_DATED_STUDY_H

#include "outcomes/evidence.h"
#include "store/store.h"
#include "tests/pipeline/support/small_study.h"

struct dated_study {
    char *folder;
    struct study *study;
    struct table *records, *cohort;
    char records_path[512];
};

/* Lines of each table; NULL: the study has no such table. */
struct dated_lines {
    const char *clients;
    const char *of_role[N_ROLES];
    const char *keys[N_ROLES]; /* more keys of the table: ", only: positives" */
};

static const char dated_clients_columns[] =
    "codebook: people\ncolumns:\n  id: {type: integer, range: [0, 99999]}\n"
    "  arm: {type: category, codes: {1: iop, 2: inpatient}}\n  start: {type: integer, range: [-999, 999]}\n"
    "  ended: {type: integer, range: [-999, 9999], known: after}\n"
    "  reason: {type: category, codes: {1: completed, 2: dropped out, 3: transferred, 4: died}, known: after}\n";
static const char dated_rows_columns[] =
    "codebook: rows\ncolumns:\n  id: {type: integer, range: [0, 99999]}\n  day: {type: integer, range: [-9999, 9999]}\n"
    "  what: {type: category, codes: {a: a, b: b, c: c, w1: w1, w2: w2, w3: w3, w4: w4, w5: w5, w6: w6}}\n";

static inline void dated_write_study(const struct dated_study *d, const struct dated_lines *lines, const char *study)
{
    char text[16384];
    int n = snprintf(text, sizeof text,
                     "study: dated\nprivacy: {basis: public}\ntables:\n"
                     "  clients: {file: a.csv, codebook: people.yaml, person: id}\n");

    for (enum table_role role = 0; role < N_ROLES; role++)
        if (lines->of_role[role] != NULL)
            n += snprintf(text + n, sizeof text - (size_t)n,
                          "  %s: {file: b.csv, codebook: rows.yaml, person: id, day: day%s}\n", table_role_name(role),
                          lines->keys[role] == NULL ? "" : lines->keys[role]);
    snprintf(text + n, sizeof text - (size_t)n, "disclosure: {threshold: 0, because: a test}\n%s", study);
    scratch_write(scratch_path(d->folder, "people.yaml"), dated_clients_columns);
    scratch_write(scratch_path(d->folder, "rows.yaml"), dated_rows_columns);
    scratch_write(scratch_path(d->folder, "study.yaml"), text);
}

static inline struct table *dated_cohort(const struct study *study, const struct table *records)
{
    struct table *cohort = table_alloc("cohort", "");
    const char *name = study->cohort.time_zero_column.text;

    assert_non_null(table_add_column(cohort, "record", COLUMN_INT64, 0, "", ""));
    assert_non_null(table_add_column(cohort, "weight", COLUMN_INT64, 0, "", ""));
    if (name != NULL)
        assert_non_null(table_add_column(cohort, "time_zero", COLUMN_INT32, 0, "", ""));
    assert_int_equal(table_resize(cohort, records->n_rows), 0);
    for (size_t i = 0; i < cohort->n_rows; i++) {
        column_set_integer(table_column(cohort, "record"), i, (int64_t)i);
        column_set_integer(table_column(cohort, "weight"), i, 1);
        if (name != NULL)
            column_set_integer(table_column(cohort, "time_zero"), i, column_integer(table_column(records, name), i));
    }
    return cohort;
}

/* Study text from `evidence:` or `cohort:` on. */
static inline struct dated_study dated_study_open(const struct dated_lines *lines, const char *study)
{
    struct dated_study d = {.folder = scratch_folder()};
    struct store_writer *writer;

    dated_write_study(&d, lines, study);
    d.study = study_read(scratch_path(d.folder, "study.yaml"), NULL);
    assert_non_null(d.study);
    snprintf(d.records_path, sizeof d.records_path, "%s", scratch_path(d.folder, "records.h5"));
    assert_non_null(writer = store_writer_open(d.records_path, 1));
    d.records = small_records(study_main_table(d.study)->codebook, lines->clients);
    assert_int_equal(store_writer_table(writer, d.records), 0);
    for (size_t i = 1; i < d.study->n_tables; i++) {
        const struct study_table *source = &d.study->tables[i];
        struct table *rows = small_records(source->codebook, lines->of_role[source->role]);
        free(rows->name);
        rows->name = strdup(table_role_name(source->role));
        assert_int_equal(store_writer_table(writer, rows), 0);
        table_free(rows);
    }
    assert_int_equal(store_writer_commit(writer), 0);
    d.cohort = dated_cohort(d.study, d.records);
    return d;
}

static inline void dated_study_close(struct dated_study *d)
{
    table_free(d->cohort);
    table_free(d->records);
    study_free(d->study);
    scratch_remove(d->folder);
}

#endif
