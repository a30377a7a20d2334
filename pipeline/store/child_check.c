/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/child_check.h"

#include "base/fail.h"
#include "base/memory.h"
#include "store/hdf5_attribute.h"
#include "store/hdf5_session.h"
#include "store/layout.h"
#include "store/store.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The digest of the values of column j, read piece by piece so that memory does not grow with the rows. */
static int digest_column(const struct layout_table *table, size_t j, char hex[static SHA256_HEX_SIZE])
{
    struct column piece = table->schema->columns[j]; /* borrows everything but its values */
    const size_t n_rows = table->n_rows;
    struct sha256 *const sha = sha256_start();
    const hid_t dataset = sha != NULL ? layout_dataset(table, j) : H5I_INVALID_HID;
    piece.values = allocate(n_rows < STORE_CHUNK_ROWS ? n_rows : STORE_CHUNK_ROWS, piece.width);
    int status = sha != NULL && dataset >= 0 && piece.values != NULL ? 0 : -1;
    for (size_t first = 0; first < n_rows && status == 0; first += STORE_CHUNK_ROWS) {
        const size_t n = n_rows - first < STORE_CHUNK_ROWS ? n_rows - first : STORE_CHUNK_ROWS;
        status = layout_read(table, j, dataset, first, n, piece.values);
        if (status == 0)
            status = digest_add_values(sha, &piece, n);
    }
    free(piece.values);
    if (dataset >= 0)
        H5Dclose(dataset);
    if (status == 0)
        return sha256_finish(sha, hex);
    sha256_free(sha);
    return -1;
}

static int digest_stored(const struct layout_table *table, char hex[static SHA256_HEX_SIZE])
{
    char(*const values)[SHA256_HEX_SIZE] = allocate(table->schema->n_columns, sizeof *values);
    if (values == NULL)
        return -1;
    int status = 0;
    for (size_t j = 0; j < table->schema->n_columns && status == 0; j++)
        status = digest_column(table, j, values[j]);
    if (status == 0)
        status = digest_table(table->schema, table->n_rows, values, hex);
    free(values);
    return status;
}

/* Puts what was really read in the place of what is recorded. */
static int digest_again(hid_t file, const char *path, struct named_digest *found)
{
    struct layout_table table;
    if (layout_open(&table, file, path, found->name) != 0)
        return -1;
    const int status = digest_stored(&table, found->hex);
    layout_close(&table);
    return status;
}

static int compare(const char *path, const struct named_digest *written, size_t n_written,
                   const struct named_digest *found, size_t n_found)
{
    if (n_found != n_written)
        return fail("'%s' is not written: of %zu tables %zu were read back", path, n_written, n_found);
    for (size_t i = 0; i < n_found; i++)
        if (strcmp(found[i].name, written[i].name) != 0 || strcmp(found[i].hex, written[i].hex) != 0)
            return fail("'%s' is not written: table '%s' was read back with other values", path, written[i].name);
    return 0;
}

static int check_file(hid_t file, const char *path, struct named_digest *written, size_t n_written, const char *content)
{
    struct named_digest *found;
    size_t n_found;
    char again[SHA256_HEX_SIZE];
    if (layout_list(file, path, &found, &n_found) != 0)
        return -1;
    int status = 0;
    for (size_t i = 0; i < n_found && status == 0; i++)
        status = digest_again(file, path, &found[i]);
    if (status == 0)
        status = digest_content(found, n_found, again);
    char *const recorded = hdf5_get_text(file, "content_sha256", SHA256_HEX_SIZE - 1);
    /* Sorts the tables of the writer, as those of the file are sorted. */
    char sorted[SHA256_HEX_SIZE];
    if (status == 0)
        status = digest_content(written, n_written, sorted);
    if (status == 0)
        status = compare(path, written, n_written, found, n_found);
    if (status == 0 && (recorded == NULL || strcmp(recorded, content) != 0 || strcmp(again, content) != 0))
        status = fail("'%s' is not written: its content was read back with another sha256", path);
    free(recorded);
    layout_list_free(found, n_found);
    return status;
}

/* What follows must come from the disk; only pages that are written can be dropped. */
static int flush_and_drop_pages(const struct child_task *task)
{
    const int file = open(task->temporary, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0)
        return fail_errno("'%s' is not written: it cannot be read back", task->path);
    int status = 0;
    if (fsync(file) != 0)
        status = fail_errno("'%s' cannot be written", task->path);
    posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    if (close(file) != 0 && status == 0)
        status = fail_errno("'%s' cannot be written", task->path);
    return status;
}

int child_check(const struct child_task *task, struct named_digest *written, size_t n_written, const char *content)
{
    if (flush_and_drop_pages(task) != 0)
        return -1;
    const hid_t access = hdf5_file_access();
    if (access < 0)
        return -1;
    const hid_t file = H5Fopen(task->temporary, H5F_ACC_RDONLY, access);
    if (file < 0)
        return hdf5_fail("'%s' is not written: it cannot be read back", task->path);
    int status = check_file(file, task->path, written, n_written, content);
    if (H5Fclose(file) < 0 && status == 0)
        status = hdf5_fail("'%s' is not written: it cannot be closed", task->path);
    H5Pclose(access);
    return status;
}
