/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/sha256.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

#include <stdlib.h>
#include <string.h>

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define TWO_BLOCKS "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
#define MILLION_A "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

/* The examples published with FIPS 180-4. */
static void test_matches_the_examples_of_the_standard(void **state)
{
    (void)state;
    static const char *const two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    char hex[SHA256_HEX_SIZE];
    assert_int_equal(sha256_bytes("", 0, hex), 0);
    assert_string_equal(hex, EMPTY);
    assert_int_equal(sha256_bytes("abc", 3, hex), 0);
    assert_string_equal(hex, ABC);
    assert_int_equal(sha256_bytes(two_blocks, strlen(two_blocks), hex), 0);
    assert_string_equal(hex, TWO_BLOCKS);
}

static void test_pieces_of_any_size_give_the_same_digest(void **state)
{
    (void)state;
    static char text[1000000];
    memset(text, 'a', sizeof text);
    static const size_t pieces[] = {1000000, 65537, 64, 63, 1000};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        char hex[SHA256_HEX_SIZE];
        struct sha256 *const sha = sha256_start();
        assert_non_null(sha);
        for (size_t done = 0; done < sizeof text; done += pieces[i])
            sha256_add(sha, text + done, done + pieces[i] <= sizeof text ? pieces[i] : sizeof text - done);
        sha256_add(sha, NULL, 0);
        assert_int_equal(sha256_finish(sha, hex), 0);
        assert_string_equal(hex, MILLION_A);
    }
}

static void test_a_file_has_the_digest_of_its_bytes(void **state)
{
    (void)state;
    char *const folder = scratch_folder(), hex[SHA256_HEX_SIZE];
    const char *const path = scratch_path(folder, "abc");
    scratch_write(path, "abc");
    assert_int_equal(sha256_file(path, hex), 0);
    assert_string_equal(hex, ABC);
    scratch_write(path, "");
    assert_int_equal(sha256_file(path, hex), 0);
    assert_string_equal(hex, EMPTY);
    scratch_remove(folder);
}

static void test_a_file_that_cannot_be_read_is_told(void **state)
{
    (void)state;
    char *const folder = scratch_folder(), hex[SHA256_HEX_SIZE] = "old";
    capture_start();
    const int status = sha256_file(scratch_path(folder, "none"), hex);
    const char *const told = capture_end();
    assert_int_equal(status, -1);
    assert_string_equal(hex, "");
    assert_non_null(strstr(told, "/none': No such file or directory"));
    capture_start();
    assert_int_equal(sha256_file(folder, hex), -1);
    assert_non_null(strstr(capture_end(), "Is a directory"));
    scratch_remove(folder);
}

static void test_without_a_start_there_is_no_digest(void **state)
{
    (void)state;
    char hex[SHA256_HEX_SIZE] = "old";
    assert_int_equal(sha256_finish(NULL, hex), -1);
    assert_string_equal(hex, "");
    sha256_free(NULL);
    sha256_free(sha256_start());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matches_the_examples_of_the_standard),
        cmocka_unit_test(test_pieces_of_any_size_give_the_same_digest),
        cmocka_unit_test(test_a_file_has_the_digest_of_its_bytes),
        cmocka_unit_test(test_a_file_that_cannot_be_read_is_told),
        cmocka_unit_test(test_without_a_start_there_is_no_digest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
