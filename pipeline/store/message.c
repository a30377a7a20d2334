/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/message.h"

#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct head {
    uint64_t kind;
    uint64_t length;
};

void message_free(struct message *message)
{
    free(message->bytes);
    *message = (struct message){0};
}

static int make_room(struct message *message, size_t capacity)
{
    if (capacity <= message->capacity)
        return 0;
    if (capacity < message->capacity + message->capacity / 2)
        capacity = message->capacity + message->capacity / 2;
    unsigned char *const bytes = reallocate(message->bytes, capacity, 1);
    if (bytes == NULL) {
        message->broken = true;
        return -1;
    }
    message->bytes = bytes;
    message->capacity = capacity;
    return 0;
}

void message_start(struct message *message, enum message_kind kind)
{
    message->kind = kind;
    message->length = message->position = 0;
    message->broken = false;
}

static void put(struct message *message, const void *bytes, size_t length)
{
    if (message->broken || length == 0 || make_room(message, message->length + length) != 0)
        return;
    memcpy(message->bytes + message->length, bytes, length);
    message->length += length;
}

void message_put_number(struct message *message, uint64_t number)
{
    put(message, &number, sizeof number);
}

void message_put_bytes(struct message *message, const void *bytes, size_t length)
{
    message_put_number(message, length);
    put(message, bytes, length);
}

void message_put_text(struct message *message, const char *text)
{
    message_put_bytes(message, text, strlen(text) + 1);
}

/* MSG_NOSIGNAL: that nobody reads any more is an error to be told, not the end of the program. */
static int send_all(int socket, const void *bytes, size_t length)
{
    const char *from = bytes;
    while (length > 0) {
        const ssize_t n = send(socket, from, length, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        from += n;
        length -= (size_t)n;
    }
    return 0;
}

int message_send(int socket, const struct message *message)
{
    if (message->broken) {
        errno = EPROTO;
        return -1;
    }
    const struct head head = {.kind = (uint64_t)message->kind, .length = message->length};
    if (send_all(socket, &head, sizeof head) != 0)
        return -1;
    return send_all(socket, message->bytes, message->length);
}

/* Bytes received: fewer than asked for only at the end of the stream; -1 with errno. */
static ssize_t receive_all(int socket, void *bytes, size_t length)
{
    size_t done = 0;
    while (done < length) {
        const ssize_t n = recv(socket, (char *)bytes + done, length - done, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        done += (size_t)n;
    }
    return (ssize_t)done;
}

int message_receive(int socket, struct message *message)
{
    struct head head;
    const ssize_t n_head = receive_all(socket, &head, sizeof head);
    if (n_head < 0)
        return -1;
    if ((size_t)n_head < sizeof head)
        return 0;
    message_start(message, (enum message_kind)head.kind);
    if (make_room(message, (size_t)head.length) != 0) {
        errno = ENOMEM;
        return -1;
    }
    const ssize_t n = receive_all(socket, message->bytes, (size_t)head.length);
    if (n < 0)
        return -1;
    if ((size_t)n < head.length)
        return 0;
    message->length = (size_t)n;
    return 1;
}

static const void *take(struct message *message, size_t length)
{
    if (message->broken || length > message->length - message->position) {
        message->broken = true;
        return NULL;
    }
    const void *const bytes = message->bytes + message->position;
    message->position += length;
    return bytes;
}

uint64_t message_take_number(struct message *message)
{
    uint64_t number = 0;
    const void *const bytes = take(message, sizeof number);
    if (bytes != NULL)
        memcpy(&number, bytes, sizeof number);
    return number;
}

const void *message_take_bytes(struct message *message, size_t *length)
{
    *length = (size_t)message_take_number(message);
    const void *const bytes = take(message, *length);
    if (bytes == NULL)
        *length = 0;
    return bytes;
}

const char *message_take_text(struct message *message)
{
    size_t length;
    const char *const text = message_take_bytes(message, &length);
    return text != NULL && length > 0 && text[length - 1] == '\0' ? text : "";
}
