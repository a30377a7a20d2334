/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * png_pixels.h - the pixels of a truecolour PNG without interlacing, read as the standard says; anything else stops the test.
 */
#ifndef TESTS_PNG_PIXELS_H
#define TESTS_PNG_PIXELS_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "tests/support/near.h"

struct png_pixels {
    size_t width, height;
    unsigned char *samples; /* [height * width * 3] red, green, blue */
    bool has_background;    /* the chunk bKGD, which cairo's own writer leaves */
};

static inline uint32_t png_word(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static inline int png_paeth(int left, int up, int corner)
{
    const int p = left + up - corner, to_left = abs(p - left), to_up = abs(p - up), to_corner = abs(p - corner);

    return to_left <= to_up && to_left <= to_corner ? left : to_up <= to_corner ? up : corner;
}

/* Rows of 1 + 3 * width bytes become rows of 3 * width. */
static inline void png_unfilter(struct png_pixels *png, const unsigned char *rows)
{
    const size_t n = 3 * png->width;

    for (size_t y = 0; y < png->height; y++) {
        const unsigned char filter = rows[y * (n + 1)], *const in = rows + y * (n + 1) + 1;
        unsigned char *const out = png->samples + y * n;

        for (size_t i = 0; i < n; i++) {
            const int left = i < 3 ? 0 : out[i - 3], up = y == 0 ? 0 : out[i - n], corner = i < 3 || y == 0 ? 0 : out[i - n - 3];
            const int guess[] = {0, left, up, (left + up) / 2, png_paeth(left, up, corner)};

            assert_true(filter < 5);
            out[i] = (unsigned char)(in[i] + guess[filter]);
        }
    }
}

/** Every chunk's checksum is looked at.  samples is the caller's. */
static inline struct png_pixels png_read(const unsigned char *bytes, size_t length)
{
    struct png_pixels png = {0};
    unsigned char *packed = NULL, *rows;
    size_t n_packed = 0, at = 8;
    uLongf n_rows;

    assert_true(length > 8 + 25 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0);
    while (at < length) {
        const size_t n = png_word(bytes + at);

        assert_true(at + 12 + n <= length);
        assert_int_equal(crc32(crc32(0, NULL, 0), bytes + at + 4, (uInt)n + 4), png_word(bytes + at + 8 + n));
        if (memcmp(bytes + at + 4, "IHDR", 4) == 0) {
            png.width = png_word(bytes + at + 8);
            png.height = png_word(bytes + at + 12);
            assert_memory_equal(bytes + at + 16, "\x08\x02\x00\x00\x00", 5);
        } else if (memcmp(bytes + at + 4, "IDAT", 4) == 0) {
            packed = realloc(packed, n_packed + n);
            assert_non_null(packed);
            memcpy(packed + n_packed, bytes + at + 8, n);
            n_packed += n;
        } else if (memcmp(bytes + at + 4, "bKGD", 4) == 0) {
            png.has_background = true;
        }
        at += 12 + n;
    }
    assert_int_equal(at, length);
    assert_memory_equal(bytes + length - 8, "IEND", 4);
    n_rows = png.height * (1 + 3 * png.width);
    rows = malloc(n_rows);
    png.samples = malloc(png.height * 3 * png.width);
    assert_true(rows != NULL && png.samples != NULL);
    assert_int_equal(uncompress(rows, &n_rows, packed, n_packed), Z_OK);
    assert_int_equal(n_rows, png.height * (1 + 3 * png.width));
    png_unfilter(&png, rows);
    free(rows);
    free(packed);
    return png;
}

#endif
