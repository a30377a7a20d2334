/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/png_pack.h"

#include <libdeflate.h>
#include <stdint.h>
#include <string.h>

#include "report/pixel_deflate.h"

enum {
    PIXELS_MAX = 1 << 26,
    SIGNATURE_BYTES = 8,
    CHUNK_BYTES = 12,   /* of a chunk beside its data: length, type, checksum */
    CHECKSUM_BYTES = 4, /* of them, behind the data */
    HEADER_BYTES = 13,
};

static unsigned char *put_word(unsigned char *out, uint32_t word)
{
    out[0] = (unsigned char)(word >> 24);
    out[1] = (unsigned char)(word >> 16);
    out[2] = (unsigned char)(word >> 8);
    out[3] = (unsigned char)word;
    return out + 4;
}

/* The chunk whose data stand already at out + 8; the place behind it. */
static unsigned char *end_chunk(unsigned char *out, const char *type, size_t n)
{
    put_word(out, (uint32_t)n);
    memcpy(out + 4, type, 4);
    return put_word(out + 8 + n, libdeflate_crc32(0, out + 4, n + 4));
}

unsigned char *png_pack(const unsigned char *pixels, size_t width, size_t height, size_t stride, size_t *length)
{
    static const unsigned char signature[SIGNATURE_BYTES] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    const size_t before = SIGNATURE_BYTES + CHUNK_BYTES + HEADER_BYTES + CHUNK_BYTES - CHECKSUM_BYTES;
    size_t n_packed = 0;

    if (width == 0 || height == 0 || width > PIXELS_MAX / height)
        return NULL;
    unsigned char *const file =
        pixel_deflate(pixels, width, height, stride, before, CHECKSUM_BYTES + CHUNK_BYTES, &n_packed);
    if (file == NULL)
        return NULL;
    unsigned char *out = file;
    memcpy(out, signature, SIGNATURE_BYTES);
    out += SIGNATURE_BYTES;
    put_word(put_word(out + 8, (uint32_t)width), (uint32_t)height);
    memcpy(out + 16, (const unsigned char[]){8, 2, 0, 0, 0}, 5); /* bits, truecolour, deflate, filters, not interlaced */
    out = end_chunk(out, "IHDR", HEADER_BYTES);
    out = end_chunk(out, "IDAT", n_packed);
    out = end_chunk(out, "IEND", 0);
    *length = (size_t)(out - file);
    return file;
}
