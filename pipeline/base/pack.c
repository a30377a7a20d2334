/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/pack.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void pack_free(struct pack *pack)
{
    free(pack->bytes);
    *pack = (struct pack){0};
}

void pack_put(struct pack *pack, const void *bytes, size_t n)
{
    if (pack->broken || n == 0)
        return;
    if (n > pack->capacity - pack->n) {
        const size_t capacity = 2 * pack->capacity > pack->n + n ? 2 * pack->capacity : pack->n + n;
        unsigned char *const longer = reallocate(pack->bytes, capacity, 1);
        if (longer == NULL) {
            pack->broken = true;
            return;
        }
        pack->bytes = longer;
        pack->capacity = capacity;
    }
    memcpy(pack->bytes + pack->n, bytes, n);
    pack->n += n;
}

void pack_put_number(struct pack *pack, uint64_t number)
{
    pack_put(pack, &number, sizeof number);
}

void pack_put_text(struct pack *pack, const char *text)
{
    const size_t n = text == NULL ? 0 : strlen(text) + 1;
    pack_put_number(pack, n);
    pack_put(pack, text, n);
}

const void *unpack_take(struct unpack *from, size_t n)
{
    const unsigned char *const bytes = from->bytes;
    if (n > from->left) {
        from->broken = true;
        from->left = 0;
        return NULL;
    }
    from->bytes += n;
    from->left -= n;
    return bytes;
}

void unpack_copy(struct unpack *from, void *to, size_t n)
{
    const void *const bytes = unpack_take(from, n);
    if (bytes == NULL)
        memset(to, 0, n);
    else if (n > 0)
        memcpy(to, bytes, n);
}

uint64_t unpack_number(struct unpack *from)
{
    uint64_t number;
    unpack_copy(from, &number, sizeof number);
    return number;
}

const char *unpack_text(struct unpack *from)
{
    const size_t n = (size_t)unpack_number(from);
    return n == 0 ? NULL : unpack_take(from, n);
}
