/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams of repeats at one distance are what any inflate reads, whatever the bytes; zlib is the witness. */
#include "store/stride_deflate.h"

#include "store/chunk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

#include "tests/support/draws.h"

/* Length of the stream of these bytes, which zlib reads. */
static size_t check(const unsigned char *bytes, size_t n)
{
    struct stride_code code;
    assert_int_equal(stride_code_make(&code, bytes, n), 0);
    assert_int_equal(stride_n_tokens(bytes, n), code.n_tokens);
    const size_t room = stride_deflate_bound(&code);
    unsigned char *const packed = malloc(room), *const back = malloc(n + 1);
    const size_t length = stride_deflate(&code, bytes, n, packed);
    uLongf n_back = n + 1;
    assert_true(length <= room);
    assert_int_equal(uncompress(back, &n_back, packed, length), Z_OK);
    assert_int_equal(n_back, n);
    assert_memory_equal(back, bytes, n);
    free(packed);
    free(back);
    stride_code_free(&code);
    return length;
}

/* Numbers that grow by 0 .. most - 1. */
static void ascend(int32_t *numbers, size_t n, uint64_t most, uint64_t seed)
{
    struct draws draws = {seed};
    int32_t number = (int32_t)(draw_next(&draws) % 1000000);
    for (size_t i = 0; i < n; i++)
        numbers[i] = number += (int32_t)(draw_next(&draws) % most);
}

static void test_short_and_long_streams_are_read(void **state)
{
    unsigned char bytes[700];
    struct draws random = {3};
    (void)state;
    for (size_t n = 1; n < sizeof bytes; n += n < 40 ? 1 : 37)
        for (uint64_t letters = 1; letters < 300; letters = 3 * letters + 1) {
            for (size_t i = 0; i < n; i++)
                bytes[i] = (unsigned char)(draw_next(&random) % letters);
            check(bytes, n);
        }
}

static void test_random_lengths_of_repeats_are_read(void **state)
{
    enum { N = 20000 };
    unsigned char *const bytes = malloc(N);
    struct draws random = {5};
    (void)state;
    for (int round = 0; round < 60; round++) {
        for (size_t i = 0; i < N; i++)
            bytes[i] = i >= 4 && draw_next(&random) % 64 < (uint64_t)round ? bytes[i - 4]
                                                                             : (unsigned char)draw_next(&random);
        check(bytes, N);
    }
    free(bytes);
}

/* Counts like Fibonacci's numbers ask for codes longer than are allowed. */
static void test_rare_bytes_have_codes_that_are_not_too_long(void **state)
{
    enum { N = 200000 };
    unsigned char *const bytes = malloc(N);
    size_t at = 0, count = 1, before = 1;
    (void)state;
    for (int letter = 0; letter < 24; letter++) {
        for (size_t i = 0; i < count && at < N; i++)
            bytes[at++] = (unsigned char)(letter + (int)(i % 2) * 100);
        const size_t next = count + before;
        before = count;
        count = next;
    }
    check(bytes, at);
    free(bytes);
}

static void test_ascending_numbers_take_a_third_of_their_bytes(void **state)
{
    enum { N = 65536 };
    int32_t *const numbers = malloc(N * sizeof *numbers);
    (void)state;
    ascend(numbers, N, 2, 1);
    assert_true(3 * check((const unsigned char *)numbers, N * sizeof *numbers) < N * sizeof *numbers);
    free(numbers);
}

/* Whatever the order of the numbers, they come back; in order they are short. */
static void test_chunks_choose_the_shorter_way(void **state)
{
    enum { N = 65536, BYTES = 4 * N };
    int32_t *const numbers = malloc(BYTES), *const back = malloc(BYTES);
    struct draws random = {9};
    (void)state;
    for (uint64_t most = 2; most < 100000; most *= 7) {
        unsigned char *packed;
        size_t n_packed;
        ascend(numbers, N, most, most);
        assert_int_equal(chunk_pack(numbers, BYTES, &packed, &n_packed), 0);
        assert_int_equal(chunk_unpack(packed, n_packed, back, BYTES), 0);
        assert_memory_equal(numbers, back, BYTES);
        assert_true(n_packed < BYTES);
        if (most == 2)
            assert_true(n_packed < BYTES / 3);
        packed[n_packed / 2] ^= 1;
        assert_int_equal(chunk_unpack(packed, n_packed, back, BYTES), -1);
        free(packed);
        for (size_t i = N - 1; i > 0; i--) {
            const size_t other = (size_t)(draw_next(&random) % (i + 1));
            const int32_t kept = numbers[i];
            numbers[i] = numbers[other];
            numbers[other] = kept;
        }
        assert_int_equal(chunk_pack(numbers, BYTES, &packed, &n_packed), 0);
        assert_int_equal(chunk_unpack(packed, n_packed, back, BYTES), 0);
        assert_memory_equal(numbers, back, BYTES);
        free(packed);
    }
    free(back);
    free(numbers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_short_and_long_streams_are_read),
        cmocka_unit_test(test_random_lengths_of_repeats_are_read),
        cmocka_unit_test(test_rare_bytes_have_codes_that_are_not_too_long),
        cmocka_unit_test(test_ascending_numbers_take_a_third_of_their_bytes),
        cmocka_unit_test(test_chunks_choose_the_shorter_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
