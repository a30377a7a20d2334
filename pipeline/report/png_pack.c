/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/png_pack.h"

#include <libdeflate.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    PIXELS_MAX = 1 << 26,
    LEVEL = 4,            /* of libdeflate: higher ones make figures a twentieth smaller in a quarter more time */
    FILTER_NONE = 0,
    FILTER_UP = 2,
    SIGNATURE_BYTES = 8,
    CHUNK_BYTES = 12,     /* of a chunk beside its data */
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

/* All rows with their filters, three bytes a pixel; the place behind them. */
static unsigned char *filter_rows(const unsigned char *pixels, size_t width, size_t height, size_t stride, unsigned char *out)
{
    for (size_t y = 0; y < height; y++) {
        const unsigned char *const row = pixels + y * stride;

        if (y > 0 && memcmp(row, row - stride, 4 * width) == 0) {
            *out++ = FILTER_UP;
            memset(out, 0, 3 * width);
            out += 3 * width;
            continue;
        }
        *out++ = FILTER_NONE;
        for (size_t x = 0; x < width; x++) {
            uint32_t word;

            memcpy(&word, row + 4 * x, 4);
            *out++ = (unsigned char)(word >> 16);
            *out++ = (unsigned char)(word >> 8);
            *out++ = (unsigned char)word;
        }
    }
    return out;
}

static unsigned char *write_file(struct libdeflate_compressor *compressor, const unsigned char *rows, size_t n_rows,
                                 size_t width, size_t height, size_t *length)
{
    static const unsigned char signature[SIGNATURE_BYTES] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    const size_t bound = libdeflate_zlib_compress_bound(compressor, n_rows);
    unsigned char *const file = malloc(SIGNATURE_BYTES + 3 * CHUNK_BYTES + HEADER_BYTES + bound), *out = file;

    if (file == NULL)
        return NULL;
    memcpy(out, signature, SIGNATURE_BYTES);
    out += SIGNATURE_BYTES;
    put_word(put_word(out + 8, (uint32_t)width), (uint32_t)height);
    memcpy(out + 16, (const unsigned char[]){8, 2, 0, 0, 0}, 5); /* bits, truecolour, deflate, filters, not interlaced */
    out = end_chunk(out, "IHDR", HEADER_BYTES);
    out = end_chunk(out, "IDAT", libdeflate_zlib_compress(compressor, rows, n_rows, out + 8, bound));
    out = end_chunk(out, "IEND", 0);
    *length = (size_t)(out - file);
    return file;
}

unsigned char *png_pack(const unsigned char *pixels, size_t width, size_t height, size_t stride, size_t *length)
{
    unsigned char *file = NULL;

    if (width == 0 || height == 0 || width > PIXELS_MAX / height)
        return NULL;
    unsigned char *const rows = malloc(height * (1 + 3 * width));
    struct libdeflate_compressor *const compressor = libdeflate_alloc_compressor(LEVEL);
    if (rows != NULL && compressor != NULL) {
        const unsigned char *const end = filter_rows(pixels, width, height, stride, rows);
        file = write_file(compressor, rows, (size_t)(end - rows), width, height, length);
    }
    libdeflate_free_compressor(compressor);
    free(rows);
    return file;
}
