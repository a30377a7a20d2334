/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/written_check.h"

#include "base/fail.h"
#include "base/memory.h"
#include "store/digest.h"
#include "store/hdf5_attribute.h"
#include "store/hdf5_session.h"
#include "store/layout_stream.h"
#include "store/store.h"

#include <fcntl.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Bytes that are fetched in one go, though the chunks of a column lie apart; systems fetch only a few million at a call. */
enum { READ_AHEAD = 256 << 20, READ_AHEAD_PIECE = 2 << 20 };

void chunk_sum_add(struct chunk_sum *sum, const unsigned char *packed, size_t n_packed)
{
    sum->n_bytes += n_packed;
    sum->crc32 = libdeflate_crc32(sum->crc32, packed, n_packed);
    sum->adler32 = libdeflate_adler32(sum->adler32, packed, n_packed);
}

static void take_chunk(void *sums, size_t j, const unsigned char *packed, size_t n_packed)
{
    chunk_sum_add((struct chunk_sum *)sums + j, packed, n_packed);
}

static int different(const struct written_file *task, const struct written_table *written)
{
    return fail("'%s' is not written: table '%s' was read back with other values", task->path, written->name);
}

static int check_chunks(const struct written_file *task, const struct layout_table *table,
                        const struct written_table *written)
{
    struct chunk_sum *const found = allocate(written->n_columns, sizeof *found);
    int status = found == NULL ? -1 : 0;
    if (status == 0 && table->n_rows > 0)
        status = layout_stream_packed(table, written->first_chunk, written->end_chunk, take_chunk, found);
    for (size_t j = 0; status == 0 && j < written->n_columns; j++) {
        const struct chunk_sum *const sum = &written->columns[j].chunks;
        const bool equal = found[j].n_bytes == sum->n_bytes && found[j].crc32 == sum->crc32 && found[j].adler32 == sum->adler32;
        status = equal ? 0 : different(task, written);
    }
    free(found);
    return status;
}

/* The digest of the table as it is described in the file, with the values that its chunks are known to hold. */
static int check_description(const struct written_file *task, const struct layout_table *table,
                             const struct written_table *written)
{
    char found[SHA256_HEX_SIZE];
    if (table->schema->n_columns != written->n_columns)
        return different(task, written);
    char(*const values)[SHA256_HEX_SIZE] = allocate(written->n_columns, sizeof *values);
    if (values == NULL)
        return -1;
    for (size_t j = 0; j < written->n_columns; j++)
        memcpy(values[j], written->columns[j].values, sizeof values[j]);
    const int status = digest_table(table->schema, table->n_rows, values, found);
    free(values);
    if (status != 0)
        return -1;
    return strcmp(found, written->hex) == 0 && strcmp(table->sha256, written->hex) == 0 ? 0 : different(task, written);
}

static int check_table(hid_t file, const struct written_file *task, const struct written_table *written)
{
    struct layout_table table;
    if (layout_open(&table, file, task->path, written->name) != 0)
        return -1;
    int status = check_description(task, &table, written);
    if (status == 0)
        status = check_chunks(task, &table, written);
    layout_close(&table);
    return status;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct written_table *)a)->name, ((const struct written_table *)b)->name);
}

static int check_tables(hid_t file, const struct written_file *task, struct written_table *written, size_t n_written,
                        const struct named_digest *found, size_t n_found)
{
    if (n_found != n_written)
        return fail("'%s' is not written: of %zu tables %zu were read back", task->path, n_written, n_found);
    if (n_written > 0)
        qsort(written, n_written, sizeof *written, compare_names);
    for (size_t i = 0; i < n_written; i++) {
        if (strcmp(found[i].name, written[i].name) != 0)
            return different(task, &written[i]);
        if (check_table(file, task, &written[i]) != 0)
            return -1;
    }
    return 0;
}

static int check_file(hid_t file, const struct written_file *task, struct written_table *written, size_t n_written,
                      const char *content)
{
    struct named_digest *found;
    size_t n_found;
    char again[SHA256_HEX_SIZE];
    if (layout_list(file, task->path, &found, &n_found) != 0)
        return -1;
    int status = check_tables(file, task, written, n_written, found, n_found);
    if (status == 0)
        status = digest_content(found, n_found, again);
    char *const recorded = hdf5_get_text(file, "content_sha256", SHA256_HEX_SIZE - 1);
    if (status == 0 && (recorded == NULL || strcmp(recorded, content) != 0 || strcmp(again, content) != 0))
        status = fail("'%s' is not written: its content was read back with another sha256", task->path);
    free(recorded);
    layout_list_free(found, n_found);
    return status;
}

/* What follows must come from the disk; only pages that are written can be dropped. */
static int flush_and_drop_pages(const struct written_file *task)
{
    const int file = open(task->temporary, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0)
        return fail_errno("'%s' is not written: it cannot be read back", task->path);
    int status = 0;
    if (fsync(file) != 0)
        status = fail_errno("'%s' cannot be written", task->path);
    posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    for (off_t first = 0; !task->is_shared && first < READ_AHEAD; first += READ_AHEAD_PIECE)
        posix_fadvise(file, first, READ_AHEAD_PIECE, POSIX_FADV_WILLNEED);
    if (close(file) != 0 && status == 0)
        status = fail_errno("'%s' cannot be written", task->path);
    return status;
}

int written_check(const struct written_file *task, struct written_table *written, size_t n_written, const char *content)
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
