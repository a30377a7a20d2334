/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/child.h"

#include "base/fail.h"
#include "base/memory.h"
#include "store/child_check.h"
#include "store/hdf5_attribute.h"
#include "store/hdf5_column.h"
#include "store/hdf5_session.h"
#include "store/message.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

struct child {
    const struct child_task *task;
    hid_t file;
    /* the table that is being written */
    hid_t group;
    char *name;
    size_t n_columns;
    struct hdf5_column *columns;
    struct chunk_sum *chunks; /* [n_columns] of what is written */
    uint64_t chunk_rows, n_rows;
    /* bytes on their way to the disk */
    int flusher;          /* the file once more; -1: they go at the end */
    size_t n_unflushed;
    /* the tables that are written */
    size_t n_tables;
    struct written_table *tables;
};

static int broken(const struct child *child)
{
    return fail("'%s' is not written: a message between its processes is broken", child->task->path);
}

/* Intermediate groups are made one by one: those the library makes by itself carry the time. */
static hid_t make_group(const struct child *child, const char *name)
{
    hid_t group = H5I_INVALID_HID;
    const hid_t creation = hdf5_group_list(H5P_GROUP_CREATE), links = hdf5_link_list();
    char *const path = copy_text(name);
    for (char *end = path; path != NULL && creation >= 0 && links >= 0 && end != NULL;) {
        if ((end = strchr(end, '/')) != NULL)
            *end = '\0';
        if (group >= 0)
            H5Gclose(group);
        group = end != NULL && H5Lexists(child->file, path, H5P_DEFAULT) > 0
                    ? H5Gopen2(child->file, path, H5P_DEFAULT)
                    : H5Gcreate2(child->file, path, links, creation, H5P_DEFAULT);
        if (group < 0) {
            hdf5_fail("'%s' is not written: table '%s' cannot be made", child->task->path, name);
            break;
        }
        if (end != NULL)
            *end++ = '/';
    }
    free(path);
    if (links >= 0)
        H5Pclose(links);
    if (creation >= 0)
        H5Pclose(creation);
    return group;
}

static int begin_table(struct child *child, struct message *message)
{
    const char *const name = message_take_text(message), *const label = message_take_text(message);
    child->n_columns = (size_t)message_take_number(message);
    child->chunk_rows = message_take_number(message);
    child->n_rows = message_take_number(message);
    if (message->broken || child->group >= 0)
        return broken(child);
    if ((child->name = copy_text(name)) == NULL ||
        (child->columns = allocate(child->n_columns, sizeof *child->columns)) == NULL ||
        (child->chunks = allocate(child->n_columns, sizeof *child->chunks)) == NULL ||
        (child->group = make_group(child, name)) < 0)
        return -1;
    if (hdf5_put_text(child->group, "label", label) < 0)
        return hdf5_fail("'%s' is not written: table '%s' cannot be made", child->task->path, name);
    return 0;
}

/* A table without rows stands for the description of the column. */
static struct table *take_description(struct message *message)
{
    const char *const name = message_take_text(message), *const label = message_take_text(message);
    const char *const units = message_take_text(message);
    const enum column_type type = (enum column_type)message_take_number(message);
    const size_t width = (size_t)message_take_number(message), n_labels = (size_t)message_take_number(message);
    struct table *const table = table_alloc("", "");
    const char **const labels = allocate(n_labels, sizeof *labels);
    struct column *column = NULL;
    for (size_t i = 0; labels != NULL && i < n_labels; i++)
        labels[i] = message_take_text(message);
    if (table != NULL && labels != NULL && type != COLUMN_CATEGORY)
        column = table_add_column(table, name, type, width, label, units);
    else if (table != NULL && labels != NULL)
        column = table_add_category(table, name, labels, n_labels, label);
    free(labels);
    if (column != NULL && type == COLUMN_CATEGORY) {
        free(column->units);
        column->units = copy_text(units);
    }
    if (column != NULL && column->units != NULL)
        return table;
    table_free(table);
    return NULL;
}

static int begin_column(struct child *child, struct message *message)
{
    const size_t index = (size_t)message_take_number(message);
    if (child->group < 0 || index >= child->n_columns || child->columns[index].name != NULL)
        return broken(child);
    struct table *const described = take_description(message);
    if (described == NULL)
        return -1;
    const int status = message->broken ? broken(child)
                                       : hdf5_column_create(&child->columns[index], child->file, child->task->path,
                                                            described->columns, child->chunk_rows, child->n_rows);
    table_free(described);
    return status;
}

/*
 * The disk may begin while more is compressed; it is only asked to, and the end waits for all.  What is there already is
 * forgotten, so that the end, which reads it back, has less to forget.
 */
static void hurry_disk(struct child *child, size_t n)
{
    enum { ENOUGH = 4 << 20 };
    child->n_unflushed += n;
    if (child->n_unflushed < ENOUGH)
        return;
    if (child->flusher < 0)
        child->flusher = open(child->task->temporary, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (child->flusher >= 0) {
        posix_fadvise(child->flusher, 0, 0, POSIX_FADV_DONTNEED);
        sync_file_range(child->flusher, 0, 0, SYNC_FILE_RANGE_WRITE);
    }
    child->n_unflushed = 0;
}

static int write_chunk(struct child *child, struct message *message)
{
    size_t n_packed;
    const size_t index = (size_t)message_take_number(message);
    const uint64_t first = message_take_number(message), n_rows = message_take_number(message);
    const void *const packed = message_take_bytes(message, &n_packed);
    if (message->broken || child->group < 0 || index >= child->n_columns || child->columns[index].name == NULL)
        return broken(child);
    hurry_disk(child, n_packed);
    chunk_sum_add(&child->chunks[index], packed, n_packed);
    return hdf5_column_write(&child->columns[index], first, n_rows, packed, n_packed);
}

static int take_digest(struct message *message, char hex[static SHA256_HEX_SIZE])
{
    const char *const text = message_take_text(message);
    if (strlen(text) + 1 != SHA256_HEX_SIZE)
        return -1;
    memcpy(hex, text, SHA256_HEX_SIZE);
    return 0;
}

static int remember_table(struct child *child, struct message *message)
{
    struct written_table *const tables = reallocate(child->tables, child->n_tables + 1, sizeof *tables);
    if (tables == NULL)
        return -1;
    child->tables = tables;
    struct written_table *const table = &tables[child->n_tables];
    *table = (struct written_table){.name = child->name,
                                    .n_columns = child->n_columns,
                                    .columns = allocate(child->n_columns, sizeof *table->columns)};
    if (table->columns == NULL)
        return -1;
    bool complete = take_digest(message, table->hex) == 0;
    for (size_t j = 0; complete && j < child->n_columns; j++) {
        complete = child->columns[j].name != NULL && take_digest(message, table->columns[j].values) == 0;
        table->columns[j].chunks = child->chunks[j];
    }
    if (!complete || message->broken)
        return broken(child);
    free(child->chunks);
    child->chunks = NULL;
    child->name = NULL;
    child->n_tables++;
    return 0;
}

static int end_table(struct child *child, struct message *message)
{
    const uint64_t n_rows = message_take_number(message);
    if (child->group < 0)
        return broken(child);
    if (remember_table(child, message) != 0)
        return -1;
    const struct written_table *const table = &child->tables[child->n_tables - 1];
    for (size_t j = 0; j < child->n_columns; j++)
        if (hdf5_put_text(child->columns[j].dataset, "sha256", table->columns[j].values) < 0)
            return hdf5_fail("'%s' is not written: column '%s' cannot be finished", child->task->path,
                             child->columns[j].name);
    for (size_t j = 0; j < child->n_columns; j++)
        if (hdf5_column_finish(&child->columns[j], child->group) != 0)
            return -1;
    if (hdf5_put_integer(child->group, "n_rows", (int64_t)n_rows) < 0 ||
        hdf5_put_text(child->group, "sha256", table->hex) < 0 || H5Gclose(child->group) < 0)
        return hdf5_fail("'%s' is not written: table '%s' cannot be finished", child->task->path, table->name);
    child->group = H5I_INVALID_HID;
    free(child->columns);
    child->columns = NULL;
    return 0;
}

static int commit(struct child *child, struct message *message)
{
    const char *const path = child->task->path, *const hex = message_take_text(message);
    if (message->broken || child->group >= 0)
        return broken(child);
    if (hdf5_put_text(child->file, "content_sha256", hex) < 0 || H5Fflush(child->file, H5F_SCOPE_GLOBAL) < 0)
        return hdf5_fail("'%s' cannot be written", path);
    if (H5Fclose(child->file) < 0)
        return hdf5_fail("'%s' cannot be closed", path);
    return child_check(child->task, child->tables, child->n_tables, hex);
}

static int make_file(struct child *child)
{
    const hid_t creation = hdf5_group_list(H5P_FILE_CREATE), access = hdf5_file_access();
    if (creation < 0 || access < 0)
        return -1;
    child->file = H5Fcreate(child->task->temporary, H5F_ACC_TRUNC, creation, access);
    if (child->file < 0)
        return hdf5_fail("'%s' cannot be written", child->task->path);
    H5Pclose(access);
    H5Pclose(creation);
    return 0;
}

static int say(int socket, enum message_kind kind)
{
    struct message message = {0};
    message_start(&message, kind);
    return message_send(socket, &message);
}

/* 1: committed; 0: more is to come; -1: failed. */
static int obey(struct child *child, struct message *message)
{
    switch (message->kind) {
    case MESSAGE_TABLE:
        return begin_table(child, message);
    case MESSAGE_COLUMN:
        return begin_column(child, message);
    case MESSAGE_CHUNK:
        return write_chunk(child, message);
    case MESSAGE_END:
        return end_table(child, message);
    case MESSAGE_COMMIT:
        return commit(child, message) == 0 ? 1 : -1;
    default:
        return broken(child);
    }
}

/*
 * Nothing is freed on the way out: the process ends, and after a failed write the library is better left
 * alone.
 */
int child_run(int socket, void *task)
{
    struct child child = {.task = task, .file = H5I_INVALID_HID, .group = H5I_INVALID_HID, .flusher = -1};
    struct message message = {0};
    if (hdf5_start() != 0 || make_file(&child) != 0 || say(socket, MESSAGE_READY) != 0)
        return 1;
    int status = 0;
    while (status == 0) {
        if (message_receive(socket, &message) != 1)
            return 1;
        status = obey(&child, &message);
    }
    return status == 1 && say(socket, MESSAGE_DONE) == 0 ? 0 : 1;
}
