/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/child_check.h"

#include "base/fail.h"
#include "base/memory.h"
#include "store/hdf5_attribute.h"
#include "store/hdf5_session.h"
#include "store/layout_stream.h"
#include "store/store.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct digests {
    const struct table *schema;
    struct sha256 **shas; /* [schema->n_columns] */
};

static int digest_piece(void *context, size_t j, size_t first, size_t n, const void *values)
{
    const struct digests *const digests = context;
    struct column piece = digests->schema->columns[j]; /* borrows everything but its values */
    (void)first;
    piece.values = (void *)values;
    return digest_add_values(digests->shas[j], &piece, n);
}

/* Reads chunk by chunk, so that memory does not grow with the rows. */
static int digest_columns(const struct layout_table *table, const struct digests *digests, int n_threads)
{
    const size_t n_columns = table->schema->n_columns;
    size_t *const columns = allocate(n_columns, sizeof *columns);
    int status = columns != NULL ? 0 : -1;
    for (size_t j = 0; status == 0 && j < n_columns; j++) {
        columns[j] = j;
        status = (digests->shas[j] = sha256_start()) != NULL ? 0 : -1;
    }
    if (status == 0) {
        const struct layout_stream_task task = {.table = table,
                                                .columns = columns,
                                                .n_columns = n_columns,
                                                .n_threads = n_threads,
                                                .take = digest_piece,
                                                .context = (void *)digests};
        status = layout_stream(&task);
    }
    free(columns);
    return status;
}

static int digest_stored(const struct layout_table *table, int n_threads, char hex[static SHA256_HEX_SIZE])
{
    const size_t n_columns = table->schema->n_columns;
    char(*const values)[SHA256_HEX_SIZE] = allocate(n_columns, sizeof *values);
    const struct digests digests = {.schema = table->schema, .shas = allocate(n_columns, sizeof(struct sha256 *))};
    int status = values != NULL && digests.shas != NULL ? digest_columns(table, &digests, n_threads) : -1;
    for (size_t j = 0; status == 0 && j < n_columns; j++) {
        status = sha256_finish(digests.shas[j], values[j]);
        digests.shas[j] = NULL;
    }
    if (status == 0)
        status = digest_table(table->schema, table->n_rows, values, hex);
    for (size_t j = 0; digests.shas != NULL && j < n_columns; j++)
        sha256_free(digests.shas[j]);
    free(digests.shas);
    free(values);
    return status;
}

/* Puts what was really read in the place of what is recorded. */
static int digest_again(hid_t file, const struct child_task *task, struct named_digest *found)
{
    struct layout_table table;
    if (layout_open(&table, file, task->path, found->name) != 0)
        return -1;
    const int status = digest_stored(&table, task->n_threads, found->hex);
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

static int check_file(hid_t file, const struct child_task *task, struct named_digest *written, size_t n_written,
                      const char *content)
{
    const char *const path = task->path;
    struct named_digest *found;
    size_t n_found;
    char again[SHA256_HEX_SIZE];
    if (layout_list(file, path, &found, &n_found) != 0)
        return -1;
    int status = 0;
    for (size_t i = 0; i < n_found && status == 0; i++)
        status = digest_again(file, task, &found[i]);
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
    int status = check_file(file, task, written, n_written, content);
    if (H5Fclose(file) < 0 && status == 0)
        status = hdf5_fail("'%s' is not written: it cannot be closed", task->path);
    H5Pclose(access);
    return status;
}
