/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/packed_filter.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#include "store/chunk.h"
#include "store/hdf5_session.h"

/* Of the library, not in its headers. */
herr_t H5Z_register(const H5Z_class2_t *class);

enum { CHECKSUM_BYTES = 4 }; /* behind the stream, which the library's next filter computes by itself */

/* A filter is given no context. */
static struct {
    const struct packed_chunk *chunks;
    size_t n, n_values;
    size_t next; /* most likely */
} offered;

void packed_filter_offer(const struct packed_chunk *chunks, size_t n, size_t n_values)
{
    offered.chunks = chunks;
    offered.n = n;
    offered.n_values = n_values;
    offered.next = 0;
}

static const struct packed_chunk *find(const void *values, size_t n_values)
{
    for (size_t k = 0; n_values == offered.n_values && k < offered.n; k++) {
        const size_t i = (offered.next + k) % offered.n;
        if (memcmp(offered.chunks[i].values, values, n_values) == 0) {
            offered.next = i + 1;
            return &offered.chunks[i];
        }
    }
    return NULL;
}

/* The library frees what it is handed by its own function. */
static size_t hand_over(void *made, size_t room, size_t length, size_t *size, void **buffer)
{
    if (made == NULL)
        return 0;
    H5free_memory(*buffer);
    *buffer = made;
    *size = room;
    return length;
}

static size_t pack(size_t n_bytes, size_t *size, void **buffer)
{
    const struct packed_chunk *const found = find(*buffer, n_bytes);
    unsigned char *fresh = NULL;
    size_t n_packed = found != NULL ? found->n_packed : 0;
    if (found == NULL && chunk_pack(*buffer, n_bytes, &fresh, &n_packed) != 0)
        return 0;
    void *const made = H5allocate_memory(n_packed, false);
    if (made != NULL)
        memcpy(made, found != NULL ? found->packed : fresh, n_packed);
    free(fresh);
    return hand_over(made, n_packed, n_packed - CHECKSUM_BYTES, size, buffer);
}

/* *size: room of the buffer, as a rule what a whole chunk needs. */
static size_t unpack(size_t n_bytes, size_t *size, void **buffer)
{
    struct libdeflate_decompressor *const decompressor = libdeflate_alloc_decompressor();
    enum libdeflate_result result = LIBDEFLATE_INSUFFICIENT_SPACE;
    size_t room = *size > n_bytes ? *size : n_bytes, length = 0;
    void *made = NULL;
    for (; decompressor != NULL && result == LIBDEFLATE_INSUFFICIENT_SPACE && room <= 2 * CHUNK_BYTES_MAX; room *= 2) {
        H5free_memory(made);
        if ((made = H5allocate_memory(room, false)) == NULL)
            break;
        result = libdeflate_zlib_decompress(decompressor, *buffer, n_bytes, made, room, &length);
        if (result == LIBDEFLATE_SUCCESS)
            break;
    }
    libdeflate_free_decompressor(decompressor);
    if (result == LIBDEFLATE_SUCCESS)
        return hand_over(made, room, length, size, buffer);
    H5free_memory(made);
    return 0;
}

/* 0: failed.  The library's other values are those of H5Pset_deflate: a level, which is ours. */
static size_t deflate_or_inflate(unsigned flags, size_t n_values, const unsigned values[], size_t n_bytes, size_t *size,
                                 void **buffer)
{
    (void)n_values, (void)values;
    return (flags & H5Z_FLAG_REVERSE) != 0 ? unpack(n_bytes, size, buffer) : pack(n_bytes, size, buffer);
}

int packed_filter_start(void)
{
    static const H5Z_class2_t class = {.version = H5Z_CLASS_T_VERS,
                                       .id = H5Z_FILTER_DEFLATE,
                                       .encoder_present = 1,
                                       .decoder_present = 1,
                                       .name = "deflate",
                                       .filter = deflate_or_inflate};
    return H5Z_register(&class) >= 0 ? 0 : hdf5_fail("the HDF5 library keeps its own way to pack");
}
