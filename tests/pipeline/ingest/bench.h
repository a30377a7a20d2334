/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * bench.h - a study of one table, made of a codebook text and files that a test writes, run through ingest.
 */
#ifndef TESTS_INGEST_BENCH_H
#define TESTS_INGEST_BENCH_H

#include "base/program.h"
#include "base/sha256.h"
#include "ingest/ingest.h"
#include "store/store.h"
#include "study/study.h"
#include "tests/pipeline/ingest/small_files.h"

struct bench {
    struct small_folder folder;
    struct study study;
    struct study_table table;
    struct study_text files[4];
    struct stage_options options;
    char out[128], records[192], rejects_path[192];
    char *talk, *rejects;           /* of the last run */
    struct table *rows, *quality;   /* of the last run; NULL when it failed */
};

static inline void bench_make(struct bench *bench, const char *codebook)
{
    *bench = (struct bench){0};
    small_folder_make(&bench->folder);
    snprintf(bench->out, sizeof bench->out, "%s/out", bench->folder.path);
    snprintf(bench->records, sizeof bench->records, "%s/out/work/records.h5", bench->folder.path);
    snprintf(bench->rejects_path, sizeof bench->rejects_path, "%s/out/work/rejects.csv", bench->folder.path);
    bench->table.role = ROLE_CLIENTS;
    bench->table.place = (struct study_place){3, 3};
    bench->table.codebook = codebook_read(small_text(&bench->folder, "codebook.yaml", codebook));
    assert_non_null(bench->table.codebook);
    bench->table.files = (struct study_texts){.n = 1, .items = bench->files};
    bench->files[0] = (struct study_text){.text = (char *)"x.csv", .place = {4, 11}};
    bench->study = (struct study){.path = (char *)"study.yaml", .folder = bench->folder.path, .basis = BASIS_PUBLIC,
                                  .n_tables = 1, .tables = &bench->table};
    assert_int_equal(sha256_bytes("study", 5, bench->study.sha256), 0);
    stage_options_init(&bench->options);
    bench->options.out = bench->out;
    bench->options.n_threads = 1;
    bench->options.max_reject = 1;
}

static inline void bench_forget(struct bench *bench)
{
    free(bench->talk);
    free(bench->rejects);
    table_free(bench->rows);
    table_free(bench->quality);
    bench->talk = bench->rejects = NULL;
    bench->rows = bench->quality = NULL;
}

static inline void bench_remove(struct bench *bench)
{
    bench_forget(bench);
    codebook_free(bench->table.codebook);
    small_folder_remove(&bench->folder);
}

/* The state of a cmocka test. */
static inline struct bench *bench_setup(void **state, const char *codebook)
{
    bench_make(*state = malloc(sizeof(struct bench)), codebook);
    return *state;
}

static inline int bench_teardown(void **state)
{
    bench_remove(*state);
    free(*state);
    return 0;
}

/* Runs ingest and reads what it made. */
static inline enum exit_status bench_run(struct bench *bench)
{
    bench_forget(bench);
    talk_begin(&bench->folder);
    const enum exit_status status = ingest_run(&bench->study, &bench->options);
    bench->talk = talk_end(&bench->folder);
    bench->rejects = small_read(bench->rejects_path, NULL);
    if (status == EXIT_DONE) {
        assert_non_null(bench->rows = store_read_table(bench->records, "clients"));
        assert_non_null(bench->quality = store_read_table(bench->records, "quality"));
    }
    return status;
}

static inline enum exit_status bench_run_bytes(struct bench *bench, const void *bytes, size_t length)
{
    small_file(&bench->folder, "x.csv", bytes, length);
    unlink(bench->records); /* the test wants a run, not a file that is current */
    return bench_run(bench);
}

static inline enum exit_status bench_run_text(struct bench *bench, const char *text)
{
    return bench_run_bytes(bench, text, strlen(text));
}

static inline bool bench_cell_is(const struct table *table, const char *column, size_t row, const char *text)
{
    size_t length;
    const char *const cell = column_text(table_column(table, column), row, &length);
    return length == strlen(text) && memcmp(cell, text, length) == 0;
}

/* A count of table `quality`, or -1 when there is none; two rows for one key fail the test. */
static inline int64_t bench_count(const struct bench *bench, const char *file, const char *column, const char *quantity,
                                  const char *reason)
{
    int64_t n = -1;
    const struct table *const quality = bench->quality;
    for (size_t i = 0; i < quality->n_rows; i++)
        if (bench_cell_is(quality, "table", i, "clients") && bench_cell_is(quality, "file", i, file) &&
            bench_cell_is(quality, "column", i, column) && bench_cell_is(quality, "quantity", i, quantity) &&
            bench_cell_is(quality, "reason", i, reason)) {
            assert_int_equal(n, -1);
            n = column_integer(table_column(quality, "n"), i);
        }
    return n;
}

#endif
