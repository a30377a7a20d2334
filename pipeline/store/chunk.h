/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * chunk.h - one chunk of a dataset as HDF5's own filters would have made it, only faster.
 *
 * The filters of our datasets are deflate (a zlib stream, RFC 1950) and then fletcher32, whose four
 * bytes, little-endian, follow the stream.  H5Dwrite_chunk takes such bytes as they are; the library's
 * plain read checks and inflates them.
 */
#ifndef STORE_CHUNK_H
#define STORE_CHUNK_H

#include <stddef.h>
#include <stdint.h>

enum { CHUNK_DEFLATE_LEVEL = 1 };

/** The largest chunk, uncompressed; HDF5's own limit is 4 GiB. */
#define CHUNK_BYTES_MAX ((size_t)1 << 30)

/**
 * Compresses n bytes and appends the checksum; what leaves here is proven to hold the bytes that came: literals by
 * their code (literal_deflate.h), all else by unpacking it again.  *packed is allocated, caller frees.  -1 after telling.
 * The same bytes give the same chunk on any processor.  May run on several threads at once.
 */
int chunk_pack(const void *bytes, size_t n, unsigned char **packed, size_t *n_packed);

/**
 * The other way: checks the checksums and writes exactly n bytes.  -1 in silence when the chunk is not one of n bytes.
 * May run on several threads at once.
 */
int chunk_unpack(const unsigned char *packed, size_t n_packed, void *bytes, size_t n);

/**
 * The checksum of HDF5's fletcher32 filter: with the bytes as big-endian 16-bit words w_1 .. w_m (an odd
 * last byte is the high half of a word),
 *
 *     a = w_1 + ... + w_m,   b = m w_1 + (m - 1) w_2 + ... + w_m,   checksum = 65536 b' + a'
 *
 * where x' is 0 for x = 0 and else the number of 1 .. 65535 that is equal to x modulo 65535.
 * After Fletcher 1982, doi:10.1109/TCOM.1982.1095369.
 */
uint32_t chunk_fletcher32(const unsigned char *bytes, size_t n);

#endif
