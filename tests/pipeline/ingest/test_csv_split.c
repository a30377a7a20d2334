/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where cells and lines end, by hand; and both ways find the same in whatever bytes. */
#include "ingest/csv_split.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/csv_slab.h"
#include "tests/support/draws.h"
#include "tests/support/near.h"

static const enum csv_split_way all_ways[] = {CSV_SPLIT_PORTABLE, CSV_SPLIT_AVX2};

/* A slab of exactly these bytes and its padding, so that sanitizers see whoever reads on. */
static unsigned char *slab_of(const char *text, size_t n)
{
    unsigned char *const bytes = malloc(n + CSV_SLAB_PADDING);
    memcpy(bytes, text, n);
    memset(bytes + n, '\n', CSV_SLAB_PADDING); /* what stands there must not matter */
    return bytes;
}

static void check(const char *text, char delimiter, const uint32_t *ends, size_t n_ends, const uint32_t *lines,
                  size_t n_lines)
{
    for (size_t i = 0; i < 2; i++) {
        struct csv_cells cells = {0};
        unsigned char *const bytes = slab_of(text, strlen(text));
        if (csv_split_can(all_ways[i])) {
            assert_int_equal(csv_split(&cells, bytes, strlen(text), delimiter, all_ways[i]), 1);
            assert_int_equal(cells.n_lines, n_lines);
            assert_int_equal(cells.lines[n_lines], n_ends);
            assert_int_equal(cells.ends[-1], UINT32_MAX);
            assert_memory_equal(cells.ends, ends, n_ends * sizeof *ends);
            assert_memory_equal(cells.lines, lines, n_lines * sizeof *lines);
        }
        csv_cells_free(&cells);
        free(bytes);
    }
}
#define CHECK(text, delimiter, n_ends, n_lines, ends, lines)                                                            \
    check(text, delimiter, (const uint32_t[])ends, n_ends, (const uint32_t[])lines, n_lines)
#define LIST(...) {__VA_ARGS__}

static void test_cells_end_at_delimiters_and_line_ends(void **state)
{
    (void)state;
    CHECK("ab,c\n,\n\n1", ',', 6, 4, LIST(2, 4, 5, 6, 7, 9), LIST(0, 2, 4, 5));
    CHECK("a;b\r\nc;d\r\n", ';', 4, 2, LIST(1, 4, 6, 9), LIST(0, 2)); /* the CR is the last byte of its cell */
    CHECK("a\tb\rc\td\r", '\t', 4, 2, LIST(1, 3, 5, 7), LIST(0, 2));  /* a lone CR ends a line itself */
    CHECK("\n\r\n\r", ',', 3, 3, LIST(0, 2, 3), LIST(0, 1, 2));
}

static void test_what_is_not_clean_is_left_to_libcsv(void **state)
{
    static const char *const unclean[] = {"a,\"b\"\n", "a\tb\n", "\x7f\n", "caf\xc3\xa9\n", "a\x01\n", "\xff"};
    (void)state;
    for (size_t k = 0; k < sizeof unclean / sizeof unclean[0]; k++)
        for (size_t before = 0; before < 130; before += 13) /* anywhere in a block */
            for (size_t i = 0; i < 2; i++) {
                struct csv_cells cells = {0};
                char text[256];
                memset(text, 'x', sizeof text);
                strcpy(text + before, unclean[k]);
                unsigned char *const bytes = slab_of(text, strlen(text));
                if (csv_split_can(all_ways[i]))
                    assert_int_equal(csv_split(&cells, bytes, strlen(text), ',', all_ways[i]), 0);
                csv_cells_free(&cells);
                free(bytes);
            }
}

static void test_both_ways_find_the_same_in_any_bytes(void **state)
{
    static const char letters[] = "a,\n\r\n,1 ,,\r";
    struct csv_cells portable = {0}, avx2 = {0};
    struct draws random = {20261128};
    (void)state;
    if (!csv_split_can(CSV_SPLIT_AVX2))
        skip();
    for (size_t n = 0; n < 4000; n++) {
        char text[400];
        const size_t length = n % 400;
        const bool dirty = n % 5 == 0;
        for (size_t i = 0; i < length; i++)
            text[i] = dirty && draw_next(&random) % 100 == 0 ? (char)draw_next(&random)
                                                               : letters[draw_next(&random) % (sizeof letters - 1)];
        unsigned char *const bytes = slab_of(text, length);
        const int clean = csv_split(&portable, bytes, length, ',', CSV_SPLIT_PORTABLE);
        assert_int_equal(csv_split(&avx2, bytes, length, ',', CSV_SPLIT_AVX2), clean);
        if (clean) {
            assert_int_equal(portable.n_lines, avx2.n_lines);
            assert_int_equal(portable.has_cr, avx2.has_cr);
            const size_t n_ends = portable.lines[portable.n_lines];
            assert_memory_equal(portable.lines, avx2.lines, (portable.n_lines + 1) * sizeof *avx2.lines);
            assert_memory_equal(portable.ends, avx2.ends, n_ends * sizeof *avx2.ends);
        }
        size_t n_quotes = 0;
        for (size_t i = 0; i < length; i++)
            n_quotes += bytes[i] == '"';
        assert_int_equal(csv_count_quotes(bytes, length), n_quotes);
        free(bytes);
    }
    csv_cells_free(&portable);
    csv_cells_free(&avx2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells_end_at_delimiters_and_line_ends),
        cmocka_unit_test(test_what_is_not_clean_is_left_to_libcsv),
        cmocka_unit_test(test_both_ways_find_the_same_in_any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
