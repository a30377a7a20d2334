/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/child.h"

#include "base/fail.h"
#include "store/hdf5_session.h"
#include "store/told_file.h"

#include <fcntl.h>

struct child {
    const struct child_task *task;
    struct told_file file;
    /* bytes on their way to the disk */
    int flusher;          /* the file once more; -1: they go at the end */
    size_t n_unflushed;
};

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
    struct told_file *const file = &child->file;
    size_t n_packed;
    const size_t index = (size_t)message_take_number(message);
    const uint64_t first = message_take_number(message), n_rows = message_take_number(message);
    const void *const packed = message_take_bytes(message, &n_packed);
    if (message->broken || file->group < 0 || index >= file->n_columns || file->columns[index].name == NULL)
        return told_file_broken(file);
    hurry_disk(child, n_packed);
    chunk_sum_add(&file->chunks[index], packed, n_packed);
    return hdf5_column_write(&file->columns[index], first, n_rows, packed, n_packed);
}

static int commit(struct child *child, struct message *message)
{
    char hex[SHA256_HEX_SIZE];
    const struct written_file written = {.path = child->task->path, .temporary = child->task->temporary};
    if (told_file_commit(&child->file, message, hex) != 0)
        return -1;
    return written_check(&written, child->file.tables, child->file.n_tables, hex);
}

static int make_file(struct child *child)
{
    const hid_t creation = hdf5_group_list(H5P_FILE_CREATE), access = hdf5_file_access();
    if (creation < 0 || access < 0)
        return -1;
    child->file.file = H5Fcreate(child->task->temporary, H5F_ACC_TRUNC, creation, access);
    if (child->file.file < 0)
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
        return told_file_table(&child->file, message);
    case MESSAGE_COLUMN:
        return told_file_column(&child->file, message);
    case MESSAGE_CHUNK:
        return write_chunk(child, message);
    case MESSAGE_END:
        return told_file_end(&child->file, message);
    case MESSAGE_COMMIT:
        return commit(child, message) == 0 ? 1 : -1;
    default:
        return told_file_broken(&child->file);
    }
}

/*
 * Nothing is freed on the way out: the process ends, and after a failed write the library is better left
 * alone.
 */
int child_run(int socket, void *task)
{
    struct child child = {.task = task, .flusher = -1};
    child.file = (struct told_file){.path = child.task->path,
                                    .file = H5I_INVALID_HID,
                                    .group = H5I_INVALID_HID,
                                    .transfer = {.list = H5P_DEFAULT, .writes = true}};
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
