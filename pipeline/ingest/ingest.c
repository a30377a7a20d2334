/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/ingest.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/lock.h"
#include "base/memory.h"
#include "base/output.h"
#include "base/ranks.h"
#include "ingest/csv_records.h"
#include "ingest/reject_share.h"
#include "ingest/same_inputs.h"
#include "ingest/inputs_apart.h"
#include "ingest/source_table.h"
#include "ingest/together.h"
#include "store/chain.h"
#include "store/stage.h"
#include "store/store.h"

struct ingest {
    const struct study *study;
    const struct stage_options *options;
    struct source_table *tables;  /* [study->n_tables] */
    struct table *provenance;
    char *folder, *records_path, *rejects_path;
};

static void close_tables(struct source_table *tables, size_t n)
{
    for (size_t i = 0; tables != NULL && i < n; i++)
        source_table_close(&tables[i]);
    free(tables);
}

static int open_table(struct source_table *table, const struct study *study, const struct study_table *declared,
                      const char *folder)
{
    if (source_table_open(table, study, declared) != 0 || source_table_spool(table, folder) != 0)
        return -1;
    return source_table_check_headers(table);
}

/* All tables with their headers checked, or NULL after telling every mistake.  folder: source_files_spool(). */
static struct source_table *open_tables(const struct study *study, const char *folder)
{
    struct source_table *const tables = allocate(study->n_tables, sizeof *tables);
    int status = tables != NULL ? 0 : -1;
    for (size_t i = 0; tables != NULL && i < study->n_tables; i++)
        if (open_table(&tables[i], study, &study->tables[i], folder) != 0)
            status = -1;
    if (status == 0)
        return tables;
    close_tables(tables, study->n_tables);
    return NULL;
}

int ingest_check_headers(const struct study *study)
{
    struct source_table *const tables = open_tables(study, NULL);
    if (tables == NULL)
        return -1;
    for (size_t i = 0; i < study->n_tables; i++)
        note("%s: %zu columns fit the headers of %zu %s", tables[i].plan->role, tables[i].plan->n_columns,
             tables[i].files.n, tables[i].files.n == 1 ? "file" : "files");
    close_tables(tables, study->n_tables);
    return 0;
}

static int mark_sources(struct ingest *ingest)
{
    int status = 0;
    for (size_t i = 0; status == 0 && i < ingest->study->n_tables; i++)
        status = source_files_mark(&ingest->tables[i].files);
    return status;
}

static int add_sources(const struct source_table *table, struct table *provenance)
{
    char *const key = format_text("codebook:%s", table->plan->role);
    int status = -1;
    if (key != NULL && chain_add(provenance, key, table->plan->codebook->sha256) == 0)
        status = source_files_add_provenance(&table->files, table->plan->role, provenance);
    free(key);
    return status;
}

/* All tables have the key of the study; what names it is kept, it itself never. */
static int add_key(const struct ingest *ingest)
{
    for (size_t i = 0; i < ingest->study->n_tables; i++)
        if (ingest->tables[i].plan->key != NULL)
            return chain_add(ingest->provenance, "person_key", person_key_fingerprint(ingest->tables[i].plan->key));
    return 0;
}

/* All sources were read, and so hashed. */
static int add_provenance(struct ingest *ingest)
{
    ingest->provenance = chain_start("ingest", ingest->study->sha256, ingest->study->seed);
    int status = ingest->provenance != NULL ? chain_add(ingest->provenance, "library:libcsv", csv_records_library()) : -1;
    for (size_t i = 0; status == 0 && i < ingest->study->n_tables; i++)
        status = add_sources(&ingest->tables[i], ingest->provenance);
    return status == 0 ? add_key(ingest) : status;
}

/*
 * Is there something that may be current?  Only then the sources are read for their digests alone; else they are
 * hashed while they are read.
 */
static bool may_be_current(const struct ingest *ingest)
{
    return !ingest->options->again && access(ingest->rejects_path, R_OK) == 0 &&
           access(ingest->records_path, R_OK) == 0;
}

/* 1: yes; 0: no; -1: told. */
static int is_current_here(struct ingest *ingest)
{
    int status = 0;
    if (!may_be_current(ingest))
        return 0;
    for (size_t i = 0; status == 0 && i < ingest->study->n_tables; i++)
        status = source_files_hash(&ingest->tables[i].files);
    if (status != 0 || add_provenance(ingest) != 0)
        return -1;
    return chain_is_current(ingest->records_path, ingest->provenance);
}

/* Rank 0 looks and decides for all. */
static int is_current(struct ingest *ingest)
{
    int status = ranks_rank() == 0 ? is_current_here(ingest) : 0;
    ranks_share(&status, sizeof status);
    for (size_t i = 0; status >= 0 && i < ingest->study->n_tables; i++)
        if (together_digests(&ingest->tables[i].files, 0) != 0)
            status = -1;
    return status;
}

static int read_tables(struct ingest *ingest, struct store_writer *writer, struct rejects *rejects)
{
    struct table *const quality = quality_table();
    int status = quality != NULL ? 0 : -1;
    for (size_t i = 0; status == 0 && i < ingest->study->n_tables; i++) {
        struct source_table *const table = &ingest->tables[i];
        if (source_table_read(table, writer, rejects, ingest->folder, ingest->options->n_threads) != 0 ||
            quality_write(&table->quality, quality) != 0 ||
            source_files_check_unchanged(&table->files) != 0)
            status = -1;
    }
    if (status == 0 && ingest->provenance == NULL)
        status = add_provenance(ingest);
    if (status == 0 && (store_writer_table(writer, quality) != 0 ||
                        store_writer_table(writer, ingest->provenance) != 0))
        status = -1;
    table_free(quality);
    return status;
}

/* Every table is judged, so that one run tells all that is to be mended. */
static int judge_tables(const struct ingest *ingest)
{
    int status = 0;
    for (size_t i = 0; i < ingest->study->n_tables; i++) {
        const struct quality *const quality = &ingest->tables[i].quality;
        const struct row_counts total = quality_total(quality);
        reject_share_tell_columns(quality);
        if (reject_share_judge(quality->plan->role, &total, ingest->options->max_reject, ingest->rejects_path) != 0)
            status = -1;
    }
    return status;
}

/* The writer's child is forked first, before anything could have started a thread. */
static int make_files(struct ingest *ingest)
{
    if (ranks_rank() == 0)
        output_sweep(ingest->folder);
    struct store_writer *const writer =
        (ingest->options->collective ? store_writer_open_collective : store_writer_open)(ingest->records_path,
                                                                                        ingest->options->n_threads);
    if (writer == NULL)
        return -1;
    const bool lists = ranks_rank() == 0;
    struct rejects *const rejects = lists ? rejects_open(ingest->rejects_path) : NULL;
    if ((lists && rejects == NULL) || read_tables(ingest, writer, rejects) != 0) {
        rejects_abandon(rejects);
        store_writer_abandon(writer);
        return -1;
    }
    if ((rejects != NULL && rejects_commit(rejects) != 0) || judge_tables(ingest) != 0) {
        store_writer_abandon(writer);
        return -1;
    }
    return store_writer_commit(writer);
}

static void tell_plan(const struct ingest *ingest)
{
    for (size_t i = 0; i < ingest->study->n_tables; i++)
        for (size_t j = 0; j < ingest->tables[i].files.n; j++)
            note("ingest: would read %s: %s", ingest->tables[i].plan->role, ingest->tables[i].files.items[j].path);
    note("ingest: would write %s and %s", ingest->records_path, ingest->rejects_path);
}

/* Where sources of other formats wait as CSV; a dry run makes no folder for them. */
static const char *spool_folder(const struct ingest *ingest)
{
    bool any = false;
    for (size_t i = 0; i < ingest->study->n_tables; i++)
        for (size_t k = 0; k < ingest->study->tables[i].files.n; k++)
            any |= source_is_spooled(ingest->study->tables[i].files.items[k].text);
    if (!any || ingest->options->dry_run)
        return "/tmp";
    return output_make_folder(ingest->folder) == 0 ? ingest->folder : "/tmp";
}

/* Before anything is looked at, so that nobody changes it in between. */
static int lock_folder(const struct ingest *ingest)
{
    int status = 0;
    if (ranks_rank() == 0 && !ingest->options->dry_run)
        status = output_make_folder(ingest->folder) != 0 ? -1 : lock_hold(ingest->options->out);
    ranks_share(&status, sizeof status);
    return status;
}

static enum exit_status run(struct ingest *ingest)
{
    const struct stage_options *const options = ingest->options;
    ingest->folder = format_text("%s/work", options->out);
    ingest->records_path = stage_file(options->out, "records.h5");
    ingest->rejects_path = stage_file(options->out, "rejects.csv");
    if (ingest->folder == NULL || ingest->records_path == NULL || ingest->rejects_path == NULL || lock_folder(ingest) != 0 ||
        (ingest->tables = open_tables(ingest->study, spool_folder(ingest))) == NULL ||
        inputs_check_apart(ingest->study, ingest->rejects_path) != 0 || mark_sources(ingest) != 0 ||
        same_inputs_check(ingest->study, ingest->tables, ingest->study->n_tables) != 0)
        return EXIT_FAILED;
    int status = is_current(ingest);
    if (status < 0)
        return EXIT_FAILED;
    if (status > 0) {
        detail("ingest: nothing has changed");
        status = ranks_rank() > 0 ? 0
                                  : reject_share_judge_stored(ingest->records_path, options->max_reject, ingest->rejects_path);
    } else if (options->dry_run) {
        tell_plan(ingest);
        return EXIT_CHECK_SAID_NO;
    } else {
        status = make_files(ingest);
    }
    return status == 0 ? EXIT_DONE : EXIT_FAILED;
}

enum exit_status ingest_run(const struct study *study, const struct stage_options *options)
{
    struct ingest ingest = {.study = study, .options = options};
    const enum exit_status status = run(&ingest);
    close_tables(ingest.tables, study->n_tables);
    table_free(ingest.provenance);
    free(ingest.folder);
    free(ingest.records_path);
    free(ingest.rejects_path);
    return status;
}
