/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/inputs_apart.h"

#include <stdlib.h>

#include "base/output.h"
#include "ingest/source_files.h"

/* written: as the study names it; NULL: it names none. */
static int check_file(const struct study *study, const char *path, const char *written)
{
    char *const input = written == NULL ? NULL : study_path(study, written);
    const int status = written == NULL ? 0 : input == NULL ? -1 : output_check_apart(path, input);

    free(input);
    return status;
}

static int check_sources(const struct study *study, const char *path, const struct study_table *table)
{
    struct source_files files;
    int status = source_files_find(study, table, &files);

    for (size_t i = 0; status == 0 && i < files.n; i++)
        status = files.items[i].is_input ? 0 : output_check_apart(path, files.items[i].path);
    source_files_free(&files);
    return status;
}

int inputs_check_apart(const struct study *study, const char *path)
{
    const char *const others[] = {study->definitions.text, study->published.text, study->key_file.text,
                                  study->disclosure_ledger.text};
    int status = output_check_apart(path, study->path);

    for (size_t i = 0; status == 0 && i < sizeof others / sizeof others[0]; i++)
        status = check_file(study, path, others[i]);
    for (size_t i = 0; status == 0 && i < study->n_tables; i++)
        status = check_file(study, path, study->tables[i].codebook_file.text) != 0
                     ? -1
                     : check_sources(study, path, &study->tables[i]);
    return status;
}
