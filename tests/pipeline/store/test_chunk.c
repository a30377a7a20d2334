/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/chunk.h"

#include "tests/pipeline/store/test_tables.h"
#include "tests/support/scratch.h"

#include <hdf5.h>
#include <libdeflate.h>
#include <stdlib.h>

static void test_checksum_matches_hand_computation(void **state)
{
    (void)state;
    /* Words 0x0102, 0x0304, 0x0500: a = 0x0906; b = 3 * 0x0102 + 2 * 0x0304 + 0x0500 = 0x0e0e. */
    assert_int_equal(chunk_fletcher32((const unsigned char *)"\1\2\3\4\5", 5), 0x0e0e0906);
    /* Twice 65535: the sum is never folded to 0. */
    assert_int_equal(chunk_fletcher32((const unsigned char *)"\xff\xff\xff\xff", 4), 0xffffffff);
    assert_int_equal(chunk_fletcher32((const unsigned char *)"\0\0\0\0", 4), 0);
    assert_int_equal(chunk_fletcher32(NULL, 0), 0);
}

/* What the library's own filter puts behind n bytes of a chunk without compression. */
static uint32_t library_checksum(const char *path, const unsigned char *bytes, size_t n)
{
    const hsize_t size[1] = {n}, origin[1] = {0};
    const hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t space = H5Screate_simple(1, size, NULL), list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(list, 1, size);
    H5Pset_fletcher32(list);
    const hid_t dataset = H5Dcreate2(file, "x", H5T_STD_U8LE, space, H5P_DEFAULT, list, H5P_DEFAULT);
    assert_true(H5Dwrite(dataset, H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) >= 0);
    assert_true(H5Dflush(dataset) >= 0);
    unsigned char *const chunk = malloc(n + 4);
    uint32_t mask = 1;
    assert_true(H5Dread_chunk(dataset, H5P_DEFAULT, origin, &mask, chunk) >= 0);
    assert_int_equal(mask, 0);
    uint32_t checksum = 0; /* little-endian */
    for (size_t i = 4; i-- > 0;)
        checksum = checksum << 8 | chunk[n + i];
    free(chunk);
    H5Dclose(dataset);
    H5Pclose(list);
    H5Sclose(space);
    H5Fclose(file);
    return checksum;
}

static void test_checksum_is_that_of_the_library(void **state)
{
    static const size_t sizes[] = {1, 2, 3, 255, 719, 720, 721, 722, 65535, 131071, 131072, 131073, 131074, 1000003};
    (void)state;
    char *const folder = scratch_folder();
    unsigned char *const bytes = malloc(1000003);
    for (int kind = 0; kind < 3; kind++) /* any bytes, all ones, nearly all zeros */
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            for (size_t j = 0; j < sizes[i]; j++)
                bytes[j] = (unsigned char)(kind == 0 ? sample_random(j, i) : kind == 1 ? 0xff : j == sizes[i] / 2);
            assert_int_equal(chunk_fletcher32(bytes, sizes[i]),
                             library_checksum(scratch_path(folder, "a.h5"), bytes, sizes[i]));
        }
    free(bytes);
    scratch_remove(folder);
}

static void test_a_chunk_is_a_zlib_stream_and_its_checksum(void **state)
{
    enum { N = 100000 };
    (void)state;
    unsigned char *const bytes = malloc(N), *const back = malloc(N), *packed;
    size_t n_packed, n_back;
    for (size_t j = 0; j < N; j++)
        bytes[j] = (unsigned char)(sample_random(j, 1) % 7);
    assert_int_equal(chunk_pack(bytes, N, &packed, &n_packed), 0);
    assert_true(n_packed < N / 2);
    struct libdeflate_decompressor *const decompressor = libdeflate_alloc_decompressor();
    assert_int_equal(libdeflate_zlib_decompress(decompressor, packed, n_packed - 4, back, N, &n_back),
                     LIBDEFLATE_SUCCESS);
    libdeflate_free_decompressor(decompressor);
    assert_int_equal(n_back, N);
    assert_memory_equal(bytes, back, N);
    const uint32_t checksum = chunk_fletcher32(packed, n_packed - 4);
    assert_memory_equal(packed + n_packed - 4, &checksum, 4);
    free(packed);
    free(back);
    free(bytes);
}

static void test_bytes_that_cannot_be_compressed_are_packed(void **state)
{
    (void)state;
    for (size_t n = 1; n < 5000; n += 617) {
        unsigned char *const bytes = malloc(n), *packed;
        size_t n_packed;
        for (size_t j = 0; j < n; j++)
            bytes[j] = (unsigned char)sample_random(j, n);
        assert_int_equal(chunk_pack(bytes, n, &packed, &n_packed), 0);
        assert_true(n_packed > n);
        free(packed);
        free(bytes);
    }
}

/* Keys of persons look like chance; they grow by a block's head each 64 kB and come back. */
static void test_chance_is_stored_as_it_is(void **state)
{
    enum { N = 524288 };
    (void)state;
    uint64_t *const numbers = malloc(N), *const back = malloc(N);
    unsigned char *packed;
    size_t n_packed;
    for (size_t j = 0; j < N / sizeof *numbers; j++)
        numbers[j] = sample_random(j, 7);
    assert_int_equal(chunk_pack(numbers, N, &packed, &n_packed), 0);
    assert_true(n_packed < N + 200);
    assert_int_equal(chunk_unpack(packed, n_packed, back, N), 0);
    assert_memory_equal(numbers, back, N);
    packed[N / 2] ^= 16;
    assert_int_equal(chunk_unpack(packed, n_packed, back, N), -1);
    free(packed);
    free(back);
    free(numbers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_checksum_matches_hand_computation),
        cmocka_unit_test(test_checksum_is_that_of_the_library),
        cmocka_unit_test(test_a_chunk_is_a_zlib_stream_and_its_checksum),
        cmocka_unit_test(test_bytes_that_cannot_be_compressed_are_packed),
        cmocka_unit_test(test_chance_is_stored_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
