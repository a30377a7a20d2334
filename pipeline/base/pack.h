/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * pack.h - values put one behind the other, and taken out again in the same order, on their way to another rank.
 */
#ifndef BASE_PACK_H
#define BASE_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Zero it before its first use. */
struct pack {
    unsigned char *bytes;
    size_t n, capacity;
    bool broken; /* memory ran out (told) */
};
void pack_free(struct pack *pack);
void pack_put(struct pack *pack, const void *bytes, size_t n);
void pack_put_number(struct pack *pack, uint64_t number);
void pack_put_text(struct pack *pack, const char *text); /* NULL is something else than "" */

/** What was packed, by whoever received it; the bytes are borrowed. */
struct unpack {
    const unsigned char *bytes;
    size_t left;
    bool broken; /* more was taken out than there is */
};
const void *unpack_take(struct unpack *from, size_t n);         /* NULL when there is less */
void unpack_copy(struct unpack *from, void *to, size_t n);      /* zeros when there is less */
uint64_t unpack_number(struct unpack *from);
const char *unpack_text(struct unpack *from);                   /* as it was put; NULL also when there is none */

#endif
