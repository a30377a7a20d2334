/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * type_csv FILE.csv CODEBOOK.yaml THREADS: splits and types all rows of a file as ingest does, and stores nothing; prints the
 * seconds it took and the number of rows.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "base/program.h"
#include "ingest/pass.h"

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static int type_file(const struct study *study, const struct study_table *table, struct rejects *rejects, int n_threads)
{
    struct plan *const plan = plan_make(study, table);
    struct source_files files = {0};
    struct quality quality = {0};
    int status = -1;
    if (plan != NULL && source_files_find(study, table, &files) == 0 &&
        source_files_spool(&files, plan->codebook, NULL) == 0 && quality_start(&quality, plan, &files) == 0 &&
        quality_start_cells(&quality, plan->schema) == 0) {
        files.items[0].sha256[0] = '-'; /* nobody asks for the digest */
        const struct pass_task task = {.plan = plan,
                                       .schema = plan->schema,
                                       .what = TYPIST_COUNT,
                                       .n_threads = n_threads,
                                       .files = &files,
                                       .quality = &quality,
                                       .rejects = rejects};
        const double start = now();
        status = pass_run(&task);
        if (status == 0)
            printf("%.4f %lld\n", now() - start, (long long)quality_total(&quality).in);
    }
    quality_free(&quality);
    source_files_free(&files);
    plan_free(plan);
    return status;
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    struct study_text file = {.text = argv[1]};
    struct study_table table = {.role = ROLE_CLIENTS, .files = {.n = 1, .items = &file}};
    const struct study study = {.path = argv[1], .folder = (char *)".", .basis = BASIS_PUBLIC, .n_tables = 1, .tables = &table};
    program_start("type_csv");
    table.codebook = codebook_read(argv[2]);
    char *const rejects_path = format_text("%s.rejects", argv[2]);
    struct rejects *const rejects = rejects_path != NULL ? rejects_open(rejects_path) : NULL;
    int status = -1;
    if (table.codebook != NULL && rejects != NULL)
        status = type_file(&study, &table, rejects, atoi(argv[3]));
    rejects_abandon(rejects);
    free(rejects_path);
    codebook_free(table.codebook);
    return status == 0 ? 0 : 1;
}
