/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures that are packed here, and what a reader of PNGs finds in them. */
#include "report/png_pack.h"

#include <stdbool.h>

#include "tests/pipeline/report/png_pixels.h"
#include "tests/support/draws.h"

enum { WIDTH = 173, HEIGHT = 61, STRIDE_WORDS = 180 };

/* Empty ground, noise, and rows that equal the row above, with rubbish in the upper byte and behind the rows. */
static void draw_picture(uint32_t *words, uint64_t seed)
{
    struct draws draws = {seed};

    for (size_t i = 0; i < HEIGHT * STRIDE_WORDS; i++)
        words[i] = (uint32_t)draw_next(&draws);
    for (size_t y = 0; y < HEIGHT; y++) {
        const bool repeats = y > 0 && y % 3 == 0;

        for (size_t x = 0; x < WIDTH; x++) {
            uint32_t *const word = &words[y * STRIDE_WORDS + x];

            *word = repeats ? word[-STRIDE_WORDS] : y % 5 == 1 || x % 7 < 5 ? *word | 0xffffff : *word;
        }
    }
}

/* What a reader finds is what was packed. */
static void check_pixels(const uint32_t *words, size_t width, size_t height, size_t stride_words)
{
    size_t length = 0;
    unsigned char *file = png_pack((const unsigned char *)words, width, height, 4 * stride_words, &length);
    struct png_pixels png;

    assert_non_null(file);
    png = png_read(file, length);
    assert_int_equal(png.width, width);
    assert_int_equal(png.height, height);
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++) {
            const unsigned char *const found = png.samples + 3 * (y * width + x);
            const uint32_t word = (uint32_t)found[0] << 16 | (uint32_t)found[1] << 8 | found[2];

            if (word != (words[y * stride_words + x] & 0xffffff))
                fail_msg("pixel %zu of row %zu of %zu x %zu", x, y, width, height);
        }
    free(png.samples);
    free(file);
}

static void test_every_pixel_comes_back(void **state)
{
    static uint32_t words[HEIGHT * STRIDE_WORDS];

    (void)state;
    draw_picture(words, 11);
    check_pixels(words, WIDTH, HEIGHT, STRIDE_WORDS);
}

/* Runs of any length, rows that come again, and signs that come again along a row. */
static void draw_signs(uint32_t *words, size_t width, size_t height, struct draws *draws)
{
    enum { APART = 37, SIGN = 5 };
    const uint32_t n_colours = 1 + (uint32_t)draw_below(draws, 6);
    const int run = 1 + draw_below(draws, 400);
    uint32_t word = 0;

    for (size_t k = 0; k < width * height; k++) {
        const size_t x = k % width, y = k / width;

        if (draw_below(draws, run) == 0)
            word = (uint32_t)draw_next(draws) % n_colours * UINT32_C(0x31a5c7);
        words[k] = y % 4 == 3 ? words[k - width] : x >= APART && x % APART < SIGN ? words[k - APART] : word;
    }
}

static void test_pictures_of_any_shape_come_back(void **state)
{
    enum { WORDS = 40000 };
    static uint32_t words[WORDS];
    struct draws draws = {17};

    (void)state;
    for (int i = 0; i < 300; i++) {
        /* Beyond 10,922 pixels the row above is out of reach of deflate. */
        const size_t width = 1 + (size_t)draw_below(&draws, i % 10 == 0 ? 13000 : 300);
        const size_t height = 1 + (size_t)draw_below(&draws, (int)(WORDS / width));

        draw_signs(words, width, height, &draws);
        check_pixels(words, width, height, width);
    }
}

static void test_the_same_pixels_are_the_same_bytes_whatever_lies_beside_them(void **state)
{
    static uint32_t words[HEIGHT * STRIDE_WORDS], tight[HEIGHT * WIDTH];
    size_t length = 0, tight_length = 0;
    unsigned char *file, *other;

    (void)state;
    draw_picture(words, 12);
    for (size_t i = 0; i < HEIGHT * STRIDE_WORDS; i++)
        words[i] |= 0xff000000;
    for (size_t y = 0; y < HEIGHT; y++)
        memcpy(tight + y * WIDTH, words + y * STRIDE_WORDS, 4 * WIDTH);
    file = png_pack((const unsigned char *)words, WIDTH, HEIGHT, 4 * STRIDE_WORDS, &length);
    other = png_pack((const unsigned char *)tight, WIDTH, HEIGHT, 4 * WIDTH, &tight_length);
    assert_true(file != NULL && other != NULL);
    assert_int_equal(length, tight_length);
    assert_memory_equal(file, other, length);
    free(file);
    free(other);
}

static void test_a_single_pixel_is_a_picture_and_none_is_not(void **state)
{
    const uint32_t word = 0x2385ca;
    size_t length = 0;
    unsigned char *file = png_pack((const unsigned char *)&word, 1, 1, 4, &length);
    struct png_pixels png;

    (void)state;
    assert_non_null(file);
    png = png_read(file, length);
    assert_memory_equal(png.samples, "\x23\x85\xca", 3);
    free(png.samples);
    free(file);
    assert_null(png_pack((const unsigned char *)&word, 0, 1, 4, &length));
    assert_null(png_pack((const unsigned char *)&word, 1, 0, 4, &length));
    assert_null(png_pack((const unsigned char *)&word, SIZE_MAX / 2, 4, 4, &length));
    assert_null(png_pack((const unsigned char *)&word, 1 << 14, (1 << 12) + 1, 4, &length));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_pixel_comes_back),
        cmocka_unit_test(test_pictures_of_any_shape_come_back),
        cmocka_unit_test(test_the_same_pixels_are_the_same_bytes_whatever_lies_beside_them),
        cmocka_unit_test(test_a_single_pixel_is_a_picture_and_none_is_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
