/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/value_digest.h"

#include "store/digest.h"
#include "store/store.h"
#include "tests/support/near.h"

#include <string.h>

static void test_one_chunk_has_the_digest_of_its_bytes(void **state)
{
    (void)state;
    struct value_digest digest = {0};
    char hex[SHA256_HEX_SIZE], plain[SHA256_HEX_SIZE];
    assert_int_equal(value_digest_add(&digest, "retention", 9), 0);
    assert_int_equal(value_digest_finish(&digest, hex), 0);
    assert_int_equal(sha256_bytes("retention", 9, plain), 0);
    assert_string_equal(hex, plain);
    assert_int_equal(value_digest_finish(&digest, hex), 0); /* no chunk: no bytes */
    assert_int_equal(sha256_bytes("", 0, plain), 0);
    assert_string_equal(hex, plain);
}

static void test_several_have_the_digest_of_their_digests(void **state)
{
    (void)state;
    struct value_digest digest = {0}, by_hex = {0};
    char hex[SHA256_HEX_SIZE], other[SHA256_HEX_SIZE], all[3 * 64 + 1] = "";
    const char *const chunks[] = {"a", "bc", "def"};
    for (size_t i = 0; i < 3; i++) {
        char one[SHA256_HEX_SIZE];
        assert_int_equal(sha256_bytes(chunks[i], strlen(chunks[i]), one), 0);
        strcat(all, one);
        assert_int_equal(value_digest_add(&digest, chunks[i], strlen(chunks[i])), 0);
        assert_int_equal(value_digest_add_hex(&by_hex, one), 0);
    }
    assert_int_equal(value_digest_finish(&digest, hex), 0);
    assert_int_equal(value_digest_finish(&by_hex, other), 0);
    assert_string_equal(hex, other);
    assert_int_equal(sha256_bytes(all, 3 * 64, other), 0);
    assert_string_equal(hex, other);
}

static void test_a_column_of_one_row_more_than_a_chunk_has_two(void **state)
{
    (void)state;
    struct table *const table = table_alloc("t", "");
    assert_non_null(table_add_column(table, "x", COLUMN_INT8, 0, "", ""));
    assert_int_equal(table_resize(table, STORE_CHUNK_ROWS + 1), 0);
    char whole[SHA256_HEX_SIZE], parts[SHA256_HEX_SIZE];
    struct value_digest digest = {0};
    const char *const values = table->columns[0].values;
    assert_int_equal(digest_values(&table->columns[0], table->n_rows, whole), 0);
    assert_int_equal(value_digest_add(&digest, values, STORE_CHUNK_ROWS), 0);
    assert_int_equal(value_digest_add(&digest, values + STORE_CHUNK_ROWS, 1), 0);
    assert_int_equal(value_digest_finish(&digest, parts), 0);
    assert_string_equal(whole, parts);
    table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_chunk_has_the_digest_of_its_bytes),
        cmocka_unit_test(test_several_have_the_digest_of_their_digests),
        cmocka_unit_test(test_a_column_of_one_row_more_than_a_chunk_has_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
