/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/source_table.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/ranks.h"
#include "ingest/csv_reader.h"
#include "ingest/header.h"
#include "ingest/pass.h"
#include "ingest/safeguard.h"
#include "ingest/survey.h"
#include "ingest/unique_rows.h"

int source_table_open(struct source_table *table, const struct study *study, const struct study_table *declared)
{
    *table = (struct source_table){.declared = declared};
    const int found = source_files_find(study, declared, &table->files);
    table->plan = plan_make(study, declared); /* its mistakes are told together with those of the files */
    return found == 0 && table->plan != NULL ? 0 : -1;
}

void source_table_close(struct source_table *table)
{
    quality_free(&table->quality);
    plan_free(table->plan);
    source_files_free(&table->files);
    *table = (struct source_table){0};
}

int source_table_check_headers(const struct source_table *table)
{
    int status = 0;
    for (size_t i = 0; i < table->files.n; i++) {
        const struct source_file *const file = &table->files.items[i];
        struct header header = {0};
        if (file->spool.path == NULL) /* standard input, of which nothing was read */
            continue;
        struct csv_reader *const reader = source_file_open(file, table->plan->codebook, NULL);
        if (reader == NULL || header_match(table->plan, file->spool.shown, reader, &header) != 0)
            status = -1;
        header_free(&header);
        csv_reader_close(reader);
    }
    return status;
}

/* What is spooled is read by rank 0; the others need the heads. */
int source_table_spool(struct source_table *table, const char *folder)
{
    return source_files_spool(&table->files, table->plan->codebook, ranks_rank() == 0 ? folder : NULL);
}

/* How much of the work on a table the first of two passes is. */
static const double SURVEY_SHARE = 0.31;

static int survey_rows(struct pass_task *task)
{
    if (!task->plan->needs_survey)
        return 0;
    task->schema = task->plan->schema;
    task->what = TYPIST_SURVEY;
    task->hash_until = SURVEY_SHARE;
    return pass_run(task) != 0 ? -1 : unique_rows_finish(task->unique);
}

/* Alone, rows are stored as they come; of several ranks each must know how many rows those before it have. */
static int begin_rows(const struct pass_task *task)
{
    return task->rows != NULL ? 0 : store_writer_begin_final(task->writer, task->schema);
}

static int end_rows(const struct pass_task *task)
{
    return task->rows != NULL ? store_writer_ranked(task->writer, task->schema, task->rows)
                              : store_writer_end(task->writer, NULL);
}

static int run_passes(struct pass_task *task, struct survey *survey)
{
    task->found = survey;
    if (survey_rows(task) != 0)
        return -1;
    struct table *const schema = survey_schema(survey);
    int status = -1;
    task->schema = schema;
    task->survey = survey;
    task->what = TYPIST_COUNT | TYPIST_STORE;
    task->hash_from = task->hash_until;
    task->hash_until = 1;
    if (schema != NULL && quality_start_cells(task->quality, schema) == 0 && begin_rows(task) == 0 &&
        pass_run(task) == 0 && safeguard_judge(task->plan, &task->quality->cells, task->files) == 0)
        status = end_rows(task);
    table_free(schema);
    return status;
}

int source_table_read(struct source_table *table, struct store_writer *writer, struct rejects *rejects,
                      const char *folder, int n_threads)
{
    struct survey survey = {0};
    struct unique_rows unique = {0};
    struct person_history history = {0};
    struct ranked_rows rows = {0};
    struct shared_digests digests = {0};
    struct byte_range *const ranges = allocate(table->files.n, sizeof *ranges);
    struct pass_task task = {.plan = table->plan,
                             .n_threads = n_threads,
                             .files = &table->files,
                             .quality = &table->quality,
                             .rejects = rejects,
                             .unique = &unique,
                             .history = &history,
                             .digests = &digests,
                             .ranges = ranges,
                             .writer = writer,
                             .rows = ranks_n() > 1 ? &rows : NULL};
    int status = -1;
    rejects_start_table(rejects);
    if (ranges != NULL && shared_digests_start(&digests, &table->files) == 0 &&
        quality_start(&table->quality, table->plan, &table->files) == 0 && survey_start(&survey, table->plan) == 0 &&
        unique_rows_start(&unique, table->plan, folder, 0) == 0 &&
        person_history_start(&history, table->plan, folder) == 0)
        status = run_passes(&task, &survey);
    if (status == 0)
        status = person_history_finish(&history);
    table->quality.n_overlapping = history.n_overlapping;
    table->quality.n_age_changes = history.n_age_changes;
    ranked_rows_free(&rows);
    shared_digests_free(&digests);
    free(ranges);
    person_history_free(&history);
    unique_rows_free(&unique);
    survey_free(&survey);
    return status != 0 ? -1 : quality_check(&table->quality, quality_total(&table->quality).kept);
}
