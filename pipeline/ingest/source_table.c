/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/source_table.h"

#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/progress.h"
#include "ingest/csv_reader.h"
#include "ingest/header.h"
#include "ingest/sink.h"
#include "ingest/survey.h"
#include "ingest/typing.h"
#include "ingest/unique_rows.h"

enum { ROWS_BETWEEN_NEWS = 4096 };

/* What a pass over the files does with the rows. */
enum { PASS_TELL = 1, PASS_SURVEY = 2, PASS_STORE = 4 };

struct pass {
    unsigned what;
    struct source_table *table;
    struct rejects *rejects;
    struct survey *survey;
    struct unique_rows *unique;
    struct sink *sink;
    struct progress *progress;
    struct typed_cell *cells; /* [plan->n_columns] of the row at hand */
};

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

static struct csv_reader *open_file(const struct source_table *table, size_t i)
{
    const struct csv_options options = {.delimiter = table->plan->codebook->delimiter,
                                        .latin1 = table->plan->codebook->latin1};
    return csv_reader_open(table->files.items[i].path, &options);
}

int source_table_check_headers(const struct source_table *table)
{
    int status = 0;
    for (size_t i = 0; i < table->files.n; i++) {
        struct header header = {0};
        struct csv_reader *const reader = open_file(table, i);
        if (reader == NULL || header_match(table->plan, table->files.items[i].path, reader, &header) != 0)
            status = -1;
        header_free(&header);
        csv_reader_close(reader);
    }
    return status;
}

static int take_record(const struct pass *pass, size_t file, const struct csv_reader *reader,
                       const struct header *header, const struct csv_record *record)
{
    const struct source_table *const table = pass->table;
    struct verdict verdict = type_record(table->plan, reader, header, record, pass->cells);
    if (verdict.failed)
        return -1;
    if (verdict.reason == REASON_NONE && (verdict.fault = unique_rows_find(pass->unique, file, record->byte)) != NULL) {
        verdict.reason = verdict.fault->reason;
        verdict.column = VERDICT_ROW;
    }
    if ((pass->what & PASS_TELL) != 0) {
        if (quality_add(&pass->table->quality, file, &verdict, pass->cells) != 0)
            return -1;
        if (verdict.reason != REASON_NONE)
            return rejects_add(pass->rejects, table->plan, &table->files.items[file], reader, record, &verdict);
    }
    if (verdict.reason != REASON_NONE)
        return 0;
    if ((pass->what & PASS_SURVEY) != 0 && (survey_add(pass->survey, pass->cells) != 0 ||
                                            unique_rows_add(pass->unique, file, &verdict, pass->cells) != 0))
        return -1;
    return (pass->what & PASS_STORE) != 0 ? sink_add(pass->sink, pass->cells) : 0;
}

static int read_records(const struct pass *pass, size_t file, struct csv_reader *reader, const struct header *header)
{
    const struct csv_record *record;
    size_t n = 0;
    int more;
    while ((more = csv_reader_next(reader, &record)) > 0) {
        if (take_record(pass, file, reader, header, record) != 0)
            return -1;
        if (++n % ROWS_BETWEEN_NEWS == 0)
            progress_add(pass->progress, ROWS_BETWEEN_NEWS);
    }
    progress_add(pass->progress, n % ROWS_BETWEEN_NEWS);
    return more;
}

static int read_file(const struct pass *pass, size_t file)
{
    const char *const path = pass->table->files.items[file].path;
    struct header header = {0};
    struct csv_reader *const reader = open_file(pass->table, file);
    int status = -1;
    if (reader != NULL && header_match(pass->table->plan, path, reader, &header) == 0) {
        if ((pass->what & PASS_TELL) != 0 && header.columns[header.n - 1] == HEADER_NAMELESS)
            warn("%s:%zu:%zu: a column without a name; its cells must be empty", path, csv_reader_header_line(reader),
                 header.n);
        status = read_records(pass, file, reader, &header);
    }
    header_free(&header);
    csv_reader_close(reader);
    return status;
}

static int run_pass(struct pass *pass, unsigned what)
{
    int status = 0;
    pass->what = what;
    pass->progress = progress_start((what & PASS_STORE) != 0 ? "ingest" : "ingest: first look", "rows", 0);
    for (size_t i = 0; status == 0 && i < pass->table->files.n; i++)
        status = read_file(pass, i);
    progress_end(pass->progress);
    return status;
}

static int run_passes(struct pass *pass, struct store_writer *writer)
{
    if (pass->table->plan->needs_survey && (run_pass(pass, PASS_SURVEY) != 0 || unique_rows_finish(pass->unique) != 0))
        return -1;
    if (sink_start(pass->sink, writer, pass->survey, survey_schema(pass->survey)) != 0 ||
        run_pass(pass, PASS_TELL | PASS_STORE) != 0 || sink_end(pass->sink) != 0)
        return -1;
    return quality_check(&pass->table->quality, pass->sink->n_stored);
}

int source_table_read(struct source_table *table, struct store_writer *writer, struct rejects *rejects,
                      const char *folder)
{
    struct survey survey = {0};
    struct unique_rows unique = {.spool = -1};
    struct sink sink = {0};
    struct pass pass = {.table = table, .rejects = rejects, .survey = &survey, .unique = &unique, .sink = &sink};
    int status = -1;
    pass.cells = allocate(table->plan->n_columns, sizeof *pass.cells);
    rejects_start_table(rejects);
    if (pass.cells != NULL && quality_start(&table->quality, table->plan, &table->files) == 0 &&
        survey_start(&survey, table->plan) == 0 && unique_rows_start(&unique, table->plan, folder, 0) == 0)
        status = run_passes(&pass, writer);
    sink_free(&sink);
    unique_rows_free(&unique);
    survey_free(&survey);
    free(pass.cells);
    return status;
}
