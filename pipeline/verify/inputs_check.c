/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/inputs_check.h"

#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "base/input.h"
#include "base/memory.h"
#include "base/sha256.h"
#include "ingest/source_files.h"
#include "store/chain.h"
#include "verify/findings.h"

/* The hashes of the files of the study as they are now, under the keys of provenance.  NULL after telling. */
static struct table *hash_now(const struct study *study)
{
    struct table *now = chain_start("verify", study->sha256, study->seed);
    int status = now == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < study->n_tables; i++) {
        const struct study_table *table = &study->tables[i];
        const char *role = table_role_name(table->role);
        char *key = format_text("codebook:%s", role);
        struct source_files files = {0};
        status = key == NULL || chain_add(now, key, table->codebook->sha256) != 0 ||
                         source_files_find(study, table, &files) != 0 || source_files_hash(&files) != 0 ||
                         source_files_add_provenance(&files, role, now) != 0
                     ? -1
                     : 0;
        source_files_free(&files);
        free(key);
    }
    if (status == 0 && study->published.text != NULL) {
        char *path = study_path(study, study->published.text);
        char *key = path == NULL ? NULL : format_text("input:compare/%s", path_name(path)), hex[SHA256_HEX_SIZE];
        status = key == NULL || sha256_file(path, hex) != 0 ? -1 : chain_add(now, key, hex);
        free(key);
        free(path);
    }
    if (status == 0)
        return now;
    table_free(now);
    return NULL;
}

static bool names_a_file(const char *key)
{
    return strncmp(key, "input:", 6) == 0 || strncmp(key, "codebook:", 9) == 0 || strcmp(key, "study") == 0;
}

static int compare_key(const struct table *then, const struct table *now, const char *key, struct table *findings)
{
    char *before = chain_value(then, key), *after = chain_value(now, key);
    const char *why = before == NULL  ? "the results know of no such file"
                      : after == NULL ? "the study names no such file"
                      : strcmp(before, after) != 0 ? "it is not the file that the results were made from"
                                                   : NULL;
    const int status = findings_add(findings, "inputs", key, why == NULL ? FINDING_HOLDS : FINDING_DIFFERS, why);

    free(after);
    free(before);
    return status;
}

int inputs_check(const struct stored *stored, const struct study *study, struct table *findings)
{
    const struct table *then = stored_table(stored, "provenance");
    struct table *now = hash_now(study);
    int status = now == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < cell_rows(then); i++) {
        char *key = cell_copy(then, "key", i);
        status = key == NULL ? -1 : names_a_file(key) ? compare_key(then, now, key, findings) : 0;
        free(key);
    }
    for (size_t i = 0; status == 0 && then != NULL && i < now->n_rows; i++) {
        char *key = cell_copy(now, "key", i);
        status = key == NULL ? -1
                 : names_a_file(key) && cell_find(then, "key", key) == then->n_rows ? compare_key(then, now, key, findings)
                                                                                     : 0;
        free(key);
    }
    table_free(now);
    return status;
}
