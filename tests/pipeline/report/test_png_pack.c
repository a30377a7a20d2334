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

static void test_every_pixel_comes_back(void **state)
{
    static uint32_t words[HEIGHT * STRIDE_WORDS];
    size_t length = 0;
    unsigned char *file;
    struct png_pixels png;

    (void)state;
    draw_picture(words, 11);
    file = png_pack((const unsigned char *)words, WIDTH, HEIGHT, 4 * STRIDE_WORDS, &length);
    assert_non_null(file);
    png = png_read(file, length);
    assert_int_equal(png.width, WIDTH);
    assert_int_equal(png.height, HEIGHT);
    for (size_t y = 0; y < HEIGHT; y++)
        for (size_t x = 0; x < WIDTH; x++) {
            const unsigned char *const found = png.samples + 3 * (y * WIDTH + x);

            assert_int_equal((uint32_t)found[0] << 16 | (uint32_t)found[1] << 8 | found[2],
                             words[y * STRIDE_WORDS + x] & 0xffffff);
        }
    free(png.samples);
    free(file);
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
        cmocka_unit_test(test_the_same_pixels_are_the_same_bytes_whatever_lies_beside_them),
        cmocka_unit_test(test_a_single_pixel_is_a_picture_and_none_is_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
