/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams of literals are what any inflate reads, whatever the bytes; zlib is the witness. */
#include "store/literal_deflate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "tests/support/draws.h"
#include "tests/support/near.h"

static void check(const unsigned char *bytes, size_t n)
{
    struct literal_code code;
    literal_code_make(&code, bytes, n);
    const size_t room = literal_deflate_bound(&code, n);
    unsigned char *const packed = malloc(room), *const back = malloc(n + 1);
    const size_t length = literal_deflate(&code, bytes, n, packed);
    uLongf n_back = n + 1;
    assert_true(length <= room);
    assert_int_equal(uncompress(back, &n_back, packed, length), Z_OK);
    assert_int_equal(n_back, n);
    assert_memory_equal(back, bytes, n);
    memset(back, 0, n);
    assert_true(literal_inflate(packed, length, back, n));
    assert_memory_equal(back, bytes, n);
    assert_false(literal_inflate(packed, length, back, n - 1));
    for (size_t cut = 1; cut < length && cut < 500; cut += 7)
        assert_false(literal_inflate(packed, length - cut, back, n));
    free(packed);
    free(back);
}

/* The proof of a stream fails for each changed bit, for other bytes, and for a stream that was cut. */
static void test_a_stream_is_proven_by_its_code(void **state)
{
    enum { N = 5000 };
    unsigned char bytes[N];
    struct draws random = {11};
    struct literal_code code;
    (void)state;
    for (size_t i = 0; i < N; i++)
        bytes[i] = (unsigned char)(draw_next(&random) % 40 * (draw_next(&random) % 3));
    literal_code_make(&code, bytes, N);
    const size_t room = literal_deflate_bound(&code, N);
    unsigned char *const packed = malloc(room), *const scratch = malloc(room);
    const size_t length = literal_deflate(&code, bytes, N, packed);
    assert_true(literal_deflate_holds(&code, packed, length, bytes, N, scratch));
    assert_false(literal_deflate_holds(&code, packed, length - 1, bytes, N, scratch));
    for (size_t i = 0; i < length; i++) {
        packed[i] ^= (unsigned char)(1u << i % 8);
        assert_false(literal_deflate_holds(&code, packed, length, bytes, N, scratch));
        packed[i] ^= (unsigned char)(1u << i % 8);
    }
    size_t other = 1;
    while (bytes[other] == bytes[0])
        other++;
    const unsigned char first = bytes[0];
    bytes[0] = bytes[other]; /* equally often, in another order */
    bytes[other] = first;
    assert_false(literal_deflate_holds(&code, packed, length, bytes, N, scratch));
    free(scratch);
    free(packed);
}

/* Whatever the bytes, nothing outside of them is read or written (sanitizers watch), and a wrong stream is not taken. */
static void test_changed_streams_are_not_taken(void **state)
{
    enum { N = 300 };
    unsigned char bytes[N];
    struct draws random = {7};
    (void)state;
    for (size_t i = 0; i < N; i++)
        bytes[i] = (unsigned char)(draw_next(&random) % 9 * (i % 3));
    struct literal_code code;
    literal_code_make(&code, bytes, N);
    const size_t room = literal_deflate_bound(&code, N);
    unsigned char *const packed = malloc(room);
    const size_t length = literal_deflate(&code, bytes, N, packed);
    for (size_t i = 0; i < 20000; i++) {
        unsigned char *const changed = malloc(length), *const back = malloc(N);
        memcpy(changed, packed, length);
        for (uint64_t k = 1 + draw_next(&random) % 3; k > 0; k--)
            changed[draw_next(&random) % length] ^= (unsigned char)(1u << draw_next(&random) % 8);
        if (literal_inflate(changed, length, back, N))
            assert_memory_equal(back, bytes, N); /* bits that fill up the last byte, or two changes that undo each other */
        free(changed);
        free(back);
    }
    free(packed);
}

static void test_any_inflate_gives_the_bytes_back(void **state)
{
    enum { MOST = 70000 };
    unsigned char *const bytes = malloc(MOST);
    struct draws random = {20261128};
    (void)state;
    for (size_t i = 0; i < 300; i++) {
        const size_t n = 1 + draw_next(&random) % (i % 10 == 0 ? MOST : 500);
        const unsigned n_letters = 1 + (unsigned)(draw_next(&random) % 256), skew = (unsigned)(draw_next(&random) % 8);
        for (size_t k = 0; k < n; k++) {
            uint64_t value = draw_next(&random) % n_letters;
            for (unsigned s = 0; s < skew; s++)
                value = value * (draw_next(&random) % 256) / 256;
            bytes[k] = (unsigned char)(255 - value);
        }
        check(bytes, n);
    }
    free(bytes);
}

/* Counts that double make codes longer than a stream can describe. */
static void test_codes_that_would_be_too_long_are_cut(void **state)
{
    enum { N = 1 << 20 };
    unsigned char *const bytes = malloc(N);
    size_t n = 0;
    (void)state;
    for (unsigned c = 0; c < 20; c++)
        for (size_t i = 0; i < (size_t)1 << c && n < N; i++)
            bytes[n++] = (unsigned char)(c * 11);
    struct literal_code code;
    literal_code_make(&code, bytes, n);
    double kraft = 0;
    for (size_t i = 0; i < LITERAL_CODES; i++) {
        assert_true(code.lengths[i] <= 14);
        kraft += code.lengths[i] > 0 ? ldexp(1, -code.lengths[i]) : 0;
    }
    assert_near(kraft, 1, 0); /* whole: neither ambiguous nor wasteful */
    check(bytes, n);
    free(bytes);
}

/* Huffman's own example of length: 45, 13, 12, 16, 9, 5 of 100 cost 224 bits (Cormen et al., "Introduction to Algorithms"). */
static void test_codes_are_as_short_as_can_be(void **state)
{
    static const struct {
        char letter;
        int count;
    } letters[] = {{'a', 45}, {'b', 13}, {'c', 12}, {'d', 16}, {'e', 9}, {'f', 5}};
    unsigned char bytes[1000];
    size_t n = 0;
    (void)state;
    for (size_t i = 0; i < 6; i++)
        for (int k = 0; k < 10 * letters[i].count; k++)
            bytes[n++] = (unsigned char)letters[i].letter;
    struct literal_code code;
    literal_code_make(&code, bytes, n);
    /* The end of the block, once, shares the longest code: its parent is one bit longer. */
    assert_int_equal(code.n_bits, 2240 + 50 + 5);
    assert_int_equal(code.lengths['a'], 1);
    check(bytes, n);
}

static void test_one_letter_is_one_bit(void **state)
{
    unsigned char bytes[4000];
    struct literal_code code;
    (void)state;
    memset(bytes, 7, sizeof bytes);
    literal_code_make(&code, bytes, sizeof bytes);
    assert_int_equal(code.n_bits, 4001);
    check(bytes, sizeof bytes);
    check(bytes, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_inflate_gives_the_bytes_back),
        cmocka_unit_test(test_a_stream_is_proven_by_its_code),
        cmocka_unit_test(test_changed_streams_are_not_taken),
        cmocka_unit_test(test_codes_that_would_be_too_long_are_cut),
        cmocka_unit_test(test_codes_are_as_short_as_can_be),
        cmocka_unit_test(test_one_letter_is_one_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
