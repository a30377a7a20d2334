/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * message.h - what the two processes of a writer say to each other.
 *
 * Both are the same program on the same machine, so numbers travel as they lie in memory.  A message is
 * a kind and a run of numbers, texts and bytes, which the receiver takes out in the order they were put in.
 *
 *     to the child
 *     MESSAGE_TABLE    name, label, n_columns, chunk_rows, n_rows (MESSAGE_GROWS: not known yet)
 *     MESSAGE_COLUMN   index, name, label, units, type, width, n_labels, labels
 *     MESSAGE_CHUNK    column index, first row, rows of the column when it is written, packed chunk
 *     MESSAGE_END      n_rows, sha256 of the table, sha256 of the values of each column in order
 *     MESSAGE_COMMIT   content_sha256
 *     from the child
 *     MESSAGE_READY    the file is made
 *     MESSAGE_DONE     the file is written, closed, reread and found equal
 *
 * Columns of a table come in any order, each before its chunks; chunks of a column in their order.  A
 * child that fails says so by fail.h (worker.h brings it to its parent) and ends; the parent then sees the
 * end of the stream.
 */
#ifndef STORE_MESSAGE_H
#define STORE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum message_kind {
    MESSAGE_TABLE,
    MESSAGE_COLUMN,
    MESSAGE_CHUNK,
    MESSAGE_END,
    MESSAGE_COMMIT,
    MESSAGE_READY,
    MESSAGE_DONE,
};

#define MESSAGE_GROWS UINT64_MAX

/** Zero it before its first use; message_start and message_receive use its room again. */
struct message {
    enum message_kind kind;
    unsigned char *bytes;
    size_t length, capacity;
    size_t position; /* of what is taken out next */
    bool broken;     /* memory ran out (told), or more was taken out than there is */
};

void message_free(struct message *message);

void message_start(struct message *message, enum message_kind kind);
void message_put_number(struct message *message, uint64_t number);
void message_put_text(struct message *message, const char *text);
void message_put_bytes(struct message *message, const void *bytes, size_t length);

/** 0, or -1 with errno, silent; EPIPE or ECONNRESET when nobody reads any more, EPROTO when broken. */
int message_send(int socket, const struct message *message);

/** 1 for a message, 0 at the end of the stream, -1 with errno, silent. */
int message_receive(int socket, struct message *message);

/* What is not there is 0, "" or NULL and makes the message broken.  Pointers are good until the next message. */
uint64_t message_take_number(struct message *message);
const char *message_take_text(struct message *message);
const void *message_take_bytes(struct message *message, size_t *length);

#endif
