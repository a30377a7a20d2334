/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/chain.h"

#include <errno.h>
#include <gnu/libc-version.h>
#include <hdf5.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"
#include "base/sha256.h"
#include "base/version.h"
#include "store/store.h"

int chain_add(struct table *provenance, const char *key, const char *value)
{
    struct row_builder row = table_new_row(provenance);

    row_text(&row, "key", key);
    row_text(&row, "value", value);
    return row_end(&row);
}

/* Those that every stage uses: the file format, compression, checksums, and the C library's exp and log. */
static int add_libraries(struct table *provenance)
{
    unsigned major, minor, release;
    char text[64];

    if (chain_add(provenance, "library:glibc", gnu_get_libc_version()) != 0 ||
        chain_add(provenance, "library:libdeflate", LIBDEFLATE_VERSION_STRING) != 0 ||
        chain_add(provenance, "library:openssl", sha256_library()) != 0)
        return -1;

    if (H5get_libversion(&major, &minor, &release) < 0)
        return fail("HDF5 does not tell its version");
    snprintf(text, sizeof text, "%u.%u.%u", major, minor, release);
    return chain_add(provenance, "library:hdf5", text);
}

struct table *chain_start(const char *stage, const char *study_sha256, int64_t seed)
{
    struct table *provenance = table_alloc("provenance", "What these numbers were made from");
    char text[32];

    if (provenance == NULL)
        return NULL;
    snprintf(text, sizeof text, "%lld", (long long)seed);
    if (table_add_column(provenance, "key", COLUMN_TEXT, 1, "Key", "") == NULL ||
        table_add_column(provenance, "value", COLUMN_TEXT, 1, "Value", "") == NULL ||
        chain_add(provenance, "stage", stage) != 0 || chain_add(provenance, "version", stepdown_version) != 0 ||
        chain_add(provenance, "commit", stepdown_commit) != 0 ||
        chain_add(provenance, "compiler", stepdown_compiler) != 0 || add_libraries(provenance) != 0 ||
        chain_add(provenance, "seed", text) != 0 || chain_add(provenance, "study", study_sha256) != 0) {
        table_free(provenance);
        return NULL;
    }
    return provenance;
}

/* Position of a key, or n_rows. */
static size_t find_key(const struct table *provenance, const char *key)
{
    const struct column *keys = table_column(provenance, "key");
    const size_t length = strlen(key);

    for (size_t i = 0; keys != NULL && i < provenance->n_rows; i++) {
        size_t n;
        const char *text = column_text(keys, i, &n);
        if (n == length && memcmp(text, key, n) == 0)
            return i;
    }
    return provenance->n_rows;
}

static char *cell(const struct table *table, const char *column, size_t row)
{
    size_t n;
    const char *text = column_text(table_column(table, column), row, &n);

    return copy_bytes(text, n);
}

char *chain_value(const struct table *provenance, const char *key)
{
    const size_t row = find_key(provenance, key);

    return row < provenance->n_rows ? cell(provenance, "value", row) : NULL;
}

static bool is_provenance(const struct table *table)
{
    const struct column *key = table_column(table, "key"), *value = table_column(table, "value");

    return key != NULL && value != NULL && key->type == COLUMN_TEXT && value->type == COLUMN_TEXT;
}

/* The provenance of a file and its identity: both its content and what it says of its making. */
static struct table *read_identity(const char *path, char identity[static SHA256_HEX_SIZE])
{
    struct store *store = store_open(path);
    struct table *provenance = NULL;
    char both[2 * SHA256_HEX_SIZE];

    if (store == NULL)
        return NULL;
    provenance = store_read(store, "provenance", NULL);
    if (provenance != NULL && !is_provenance(provenance)) {
        fail("%s: its provenance has no columns 'key' and 'value'", path_name(path));
        goto refused;
    }
    if (provenance == NULL || store_table_sha256(provenance, both) != 0)
        goto refused;
    both[SHA256_HEX_SIZE - 1] = ' ';
    snprintf(both + SHA256_HEX_SIZE, SHA256_HEX_SIZE, "%s", store_content_sha256(store));
    if (sha256_bytes(both, strlen(both), identity) != 0)
        goto refused;
    store_close(store);
    return provenance;
refused:
    table_free(provenance);
    store_close(store);
    return NULL;
}

/* A parent of a parent, so that the hashes of all stages stand in the last file. */
static int add_ancestor(struct table *provenance, const char *file, const char *identity)
{
    char *ancestor = format_text("ancestor:%s", file), *parent = format_text("parent:%s", file);
    int status = ancestor == NULL || parent == NULL ? -1 : 0;

    if (status == 0 && find_key(provenance, ancestor) == provenance->n_rows &&
        find_key(provenance, parent) == provenance->n_rows)
        status = chain_add(provenance, ancestor, identity);
    free(parent);
    free(ancestor);
    return status;
}

static int inherit(struct table *provenance, const struct table *parent)
{
    for (size_t i = 0; i < parent->n_rows; i++) {
        char *key = cell(parent, "key", i), *value = cell(parent, "value", i);
        int status = key == NULL || value == NULL ? -1 : 0;
        const bool source = status == 0 && (strncmp(key, "input:", 6) == 0 || strncmp(key, "codebook:", 9) == 0 ||
                                            strncmp(key, "option:", 7) == 0 || strcmp(key, "person_key") == 0 ||
                                            strcmp(key, "plan") == 0 || strcmp(key, "plan_lock") == 0 ||
                                            strncmp(key, "library:", 8) == 0 || strncmp(key, "ancestor:", 9) == 0);

        if (source && find_key(provenance, key) == provenance->n_rows)
            status = chain_add(provenance, key, value);
        else if (status == 0 && strncmp(key, "parent:", 7) == 0)
            status = add_ancestor(provenance, key + strlen("parent:"), value);
        free(key);
        free(value);
        if (status != 0)
            return -1;
    }
    return 0;
}

int chain_add_parent(struct table *provenance, const char *parent_path)
{
    char identity[SHA256_HEX_SIZE];
    struct table *parent = read_identity(parent_path, identity);
    char *key = parent == NULL ? NULL : format_text("parent:%s", path_name(parent_path));
    const int status =
        key == NULL || chain_add(provenance, key, identity) != 0 || inherit(provenance, parent) != 0 ? -1 : 0;

    free(key);
    table_free(parent);
    return status;
}

bool chain_is_current(const char *path, const struct table *provenance)
{
    char here[SHA256_HEX_SIZE], wanted[SHA256_HEX_SIZE];
    struct table *found;
    bool same;

    if (access(path, R_OK) != 0)
        return false;
    found = store_read_table(path, "provenance");
    same = found != NULL && store_table_sha256(found, here) == 0 && store_table_sha256(provenance, wanted) == 0 &&
           strcmp(here, wanted) == 0;
    table_free(found);
    return same;
}

static int check_parent(const char *path, const char *key, const char *recorded)
{
    char *folder = path_folder(path), *parent = folder == NULL ? NULL : path_join(folder, key + strlen("parent:"));
    char identity[SHA256_HEX_SIZE];
    struct table *provenance = NULL;
    int status = -1;

    if (parent == NULL)
        goto done;
    provenance = read_identity(parent, identity);
    if (provenance == NULL)
        goto done;
    if (strcmp(identity, recorded) != 0) {
        fail("%s was made from another %s than the one beside it; run the study again", path_name(path),
             path_name(parent));
        goto done;
    }
    status = 0;
done:
    table_free(provenance);
    free(parent);
    free(folder);
    return status;
}

/* A stage by itself needs what the stages before it have written. */
static int check_there(const char *path)
{
    return access(path, F_OK) == 0 || errno != ENOENT
               ? 0
               : fail("'%s' is not there: the stages before this one come first; 'stepdown run' goes through all of them", path);
}

int chain_check(const char *path, const char *study_sha256)
{
    struct table *provenance = check_there(path) != 0 ? NULL : store_read_table(path, "provenance");
    char *study = NULL;
    int status = -1;

    if (provenance == NULL)
        return -1;
    if (!is_provenance(provenance)) {
        fail("%s: its provenance has no columns 'key' and 'value'", path_name(path));
        goto done;
    }
    study = chain_value(provenance, "study");
    if (study == NULL || strcmp(study, study_sha256) != 0) {
        fail("%s was made from another text of the study; run the study again", path_name(path));
        goto done;
    }
    for (size_t i = 0; i < provenance->n_rows; i++) {
        char *key = cell(provenance, "key", i), *value = cell(provenance, "value", i);
        const int checked = key == NULL || value == NULL               ? -1
                            : strncmp(key, "parent:", 7) == 0 ? check_parent(path, key, value)
                                                              : 0;
        free(key);
        free(value);
        if (checked != 0)
            goto done;
    }
    status = 0;
done:
    free(study);
    table_free(provenance);
    return status;
}
