/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/record_sort.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/near.h"
#include "tests/support/scratch.h"

struct pair {
    uint64_t key; /* all orders begin with it */
    uint32_t number;
    char filler[5];
} __attribute__((packed)); /* a size that is no power of two */

/* Keys of few values, spread over all bits, or alike in their high ones. */
enum keys { KEYS_FEW, KEYS_SPREAD, KEYS_LOW, KEYS_ALIKE, N_KEYS };

static uint64_t key_of(enum keys keys, uint64_t bits)
{
    static const uint64_t all = UINT64_MAX;
    switch (keys) {
    case KEYS_FEW: return (bits >> 40) % 97;
    case KEYS_SPREAD: return bits * UINT64_C(0x9e3779b97f4a7c15);
    case KEYS_LOW: return (all << 12) + (bits >> 54);
    default: return 7;
    }
}

static int compare(const void *left, const void *right)
{
    const struct pair *const a = left, *const b = right;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

/* The same by as many at a time as there are, in between one by one. */
static void check_some(const char *folder, const struct pair *ordered, size_t n, size_t capacity)
{
    struct record_sort *const sort = record_sort_alloc(sizeof(struct pair), compare, capacity, folder);
    const void *some = NULL;
    size_t at = 0;
    assert_non_null(sort);
    for (size_t i = n; i > 0; i--)
        assert_int_equal(record_sort_add(sort, &ordered[i - 1]), 0);
    assert_int_equal(record_sort_finish(sort), 0);
    for (long found = 1; found > 0; at += (size_t)found) {
        struct pair one;
        if (at % 7 == 3 && record_sort_next(sort, &one) == 1)
            assert_memory_equal(&one, &ordered[at++], sizeof one);
        found = record_sort_some(sort, &some);
        assert_true(found >= 0 && at + (size_t)found <= n);
        if (found > 0)
            assert_memory_equal(some, &ordered[at], (size_t)found * sizeof *ordered);
    }
    assert_int_equal(at, n);
    record_sort_free(sort);
}

/* n pairs of drawn keys with a capacity: all come back, once each, in order. */
static void check(const char *folder, size_t n, size_t capacity, enum keys keys)
{
    struct record_sort *const sort = record_sort_alloc(sizeof(struct pair), compare, capacity, folder);
    struct pair *const all = calloc(n + 1, sizeof *all), found;
    uint64_t bits = 20261121 + n;
    assert_non_null(sort);
    for (size_t i = 0; i < n; i++) {
        bits = bits * UINT64_C(6364136223846793005) + 1442695040888963407;
        all[i] = (struct pair){key_of(keys, bits), (uint32_t)(bits >> 33) << 16 | (uint32_t)i, {(char)i, 2, 3, 4, 5}};
        assert_int_equal(record_sort_add(sort, &all[i]), 0);
    }
    assert_int_equal(record_sort_finish(sort), 0);
    qsort(all, n, sizeof *all, compare);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(record_sort_next(sort, &found), 1);
        assert_memory_equal(&found, &all[i], sizeof found);
    }
    assert_int_equal(record_sort_next(sort, &found), 0);
    record_sort_free(sort);
    check_some(folder, all, n, capacity);
    free(all);
}

static void test_records_come_in_order_whatever_fits_into_memory(void **state)
{
    static const size_t sizes[] = {0, 1, 2, 7, 64, 1000, 20000}, capacities[] = {1, 3, 64, 1000, 5000, 100000};
    char *const folder = scratch_folder();
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (size_t k = 0; k < sizeof capacities / sizeof capacities[0]; k++)
            for (enum keys keys = 0; keys < N_KEYS; keys++)
                if (sizes[i] / capacities[k] <= 1000)
                    check(folder, sizes[i], capacities[k], keys);
    for (enum keys keys = 0; keys < N_KEYS; keys++) /* so many that threads share them, in one run and in two */
        check(folder, 70000, keys % 2 == 0 ? 100000 : 69000, keys);
    for (enum keys keys = 0; keys < N_KEYS; keys++) /* in bins by their leading bits, all in one or some in each, and several runs of them */
        check(folder, 200000, 66000 + 257 * keys, keys);
    assert_int_equal(scratch_count(folder), 0);
    scratch_remove(folder);
}

static void test_without_an_order_records_come_as_they_were_added(void **state)
{
    char *const folder = scratch_folder();
    (void)state;
    for (size_t capacity = 1; capacity < 600; capacity += 37) {
        struct record_sort *const sort = record_sort_alloc(sizeof(struct pair), NULL, capacity, folder);
        struct pair found;
        assert_non_null(sort);
        for (uint32_t i = 0; i < 500; i++)
            assert_int_equal(record_sort_add(sort, &(struct pair){i * 2654435761u % 97, i, {0}}), 0);
        assert_int_equal(record_sort_finish(sort), 0);
        for (uint32_t i = 0; i < 500; i++) {
            assert_int_equal(record_sort_next(sort, &found), 1);
            assert_int_equal(found.number, i);
        }
        assert_int_equal(record_sort_next(sort, &found), 0);
        record_sort_free(sort);
    }
    scratch_remove(folder);
}

static void test_a_folder_that_is_not_there_is_told_when_it_is_needed(void **state)
{
    struct record_sort *const sort = record_sort_alloc(sizeof(struct pair), compare, 2, "/nowhere/at/all");
    const struct pair pair = {1, 2, {0}};
    (void)state;
    assert_non_null(sort);
    assert_int_equal(record_sort_add(sort, &pair), 0);
    assert_int_equal(record_sort_add(sort, &pair), 0);
    capture_start();
    assert_int_equal(record_sort_add(sort, &pair), -1);
    assert_non_null(strstr(capture_end(), "a temporary file in '/nowhere/at/all' could not be made"));
    record_sort_free(sort);
}

static void test_records_that_are_too_wide_are_refused(void **state)
{
    (void)state;
    capture_start();
    assert_null(record_sort_alloc(257, compare, 2, "nowhere"));
    assert_non_null(strstr(capture_end(), "records of 257 bytes"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records_come_in_order_whatever_fits_into_memory),
        cmocka_unit_test(test_without_an_order_records_come_as_they_were_added),
        cmocka_unit_test(test_records_that_are_too_wide_are_refused),
        cmocka_unit_test(test_a_folder_that_is_not_there_is_told_when_it_is_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
