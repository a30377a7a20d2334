/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/person_key.h"

#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/near.h"
#include "tests/support/scratch.h"

#define COUNTING "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

struct known {
    const char *text;
    int64_t first, second;
};

/* The key 00 01 .. 1f; numbers from Python's hmac module. */
static const struct known known[] = {
    {"C0001", 9127420461234075959, -4907249625598595269},
    {"34", 4981884973468450546, 5202240724419905274},
    {"", -3203394101684669345, -9049063530050847257},
};

static const char *key_file(const char *folder, const char *text, mode_t mode)
{
    const char *const path = scratch_path(folder, "site.key");
    scratch_write(path, text);
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

static void test_digests_are_those_of_another_implementation(void **state)
{
    static const char *const texts[] = {COUNTING, COUNTING "\n"};
    for (size_t form = 0; form < 2; form++) {
        struct person_key *const key = person_key_read(key_file(*state, texts[form], 0600));
        assert_non_null(key);
        assert_string_equal(person_key_fingerprint(key), "a2c3d8863e8879e7a197de2218c5c39a");
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
            int64_t digest[2];
            assert_int_equal(person_key_digest(key, known[i].text, strlen(known[i].text), digest), 0);
            assert_true(digest[0] == known[i].first && digest[1] == known[i].second);
        }
        person_key_free(key);
    }
}

/* One block, two and more, and both sides of their edges. */
static void test_identifiers_of_any_length_have_the_hmac_of_libcrypto(void **state)
{
    struct person_key *const key = person_key_read(key_file(*state, COUNTING, 0600));
    unsigned char bytes[PERSON_KEY_BYTES], digest[32];
    char text[200];
    assert_non_null(key);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)i;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)(i * 89 + 31);
    for (size_t n = 0; n <= sizeof text; n++) {
        unsigned length = 0;
        int64_t found[2];
        assert_non_null(HMAC(EVP_sha256(), bytes, sizeof bytes, (const unsigned char *)text, n, digest, &length));
        assert_int_equal(person_key_digest(key, text, n, found), 0);
        for (size_t half = 0; half < 2; half++) {
            uint64_t meant = 0;
            for (size_t i = 0; i < 8; i++)
                meant = meant << 8 | digest[8 * half + i];
            assert_true((uint64_t)found[half] == meant);
        }
    }
    person_key_free(key);
}

static void test_a_key_that_others_may_read_is_refused(void **state)
{
    static const mode_t refused[] = {0640, 0604, 0660, 0620, 0601, 0777}, taken[] = {0600, 0400};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        const char *const path = key_file(*state, COUNTING, refused[i]);
        capture_start();
        struct person_key *const key = person_key_read(path);
        const char *const told = capture_end();
        assert_null(key);
        assert_non_null(strstr(told, "is a key, but others may read or change it"));
        assert_null(strstr(told, "0a0b0c"));
        assert_int_equal(unlink(path), 0);
    }
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        const char *const path = key_file(*state, COUNTING, taken[i]);
        struct person_key *const key = person_key_read(path);
        assert_non_null(key);
        person_key_free(key);
        assert_int_equal(unlink(path), 0);
    }
}

static void test_what_is_no_key_is_refused_without_being_shown(void **state)
{
    static const char *const texts[] = {
        "", "\n", "secret", "0001020304", COUNTING "00", COUNTING "\n\n", COUNTING " ", "g" COUNTING,
        "0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "\xef\xbb\xbf" COUNTING};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        capture_start();
        struct person_key *const key = person_key_read(key_file(*state, texts[i], 0600));
        const char *const told = capture_end();
        assert_null(key);
        assert_non_null(strstr(told, "is no key: 64 hexadecimal digits were expected"));
        assert_null(strstr(told, "secret'"));
        assert_null(strstr(told, "0a0b0c"));
    }
    capture_start();
    assert_null(person_key_read(scratch_path(*state, "none.key")));
    assert_null(person_key_read(*state));
    assert_non_null(strstr(capture_end(), "cannot open the key"));
}

static void test_new_keys_differ_are_private_and_never_written_over(void **state)
{
    char *texts[2];
    static const char *const names[] = {"one.key", "two.key"};
    for (size_t i = 0; i < 2; i++) {
        const char *const path = scratch_path(*state, names[i]);
        struct stat about;
        assert_int_equal(person_key_make(path), 0);
        assert_int_equal(stat(path, &about), 0);
        assert_int_equal(about.st_mode & 07777, 0600);
        struct person_key *const key = person_key_read(path);
        assert_non_null(key);
        person_key_free(key);
        texts[i] = scratch_read(path);
        assert_int_equal(strlen(texts[i]), 65);
        capture_start();
        assert_int_equal(person_key_make(path), -1);
        const char *const told = capture_end();
        assert_non_null(strstr(told, "exists already; nothing was written"));
        char *const after = scratch_read(path);
        assert_string_equal(after, texts[i]);
        free(after);
    }
    assert_string_not_equal(texts[0], texts[1]);
    free(texts[0]);
    free(texts[1]);
}

static int setup(void **state)
{
    *state = scratch_folder();
    return 0;
}

static int teardown(void **state)
{
    scratch_remove(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_digests_are_those_of_another_implementation, setup, teardown),
        cmocka_unit_test_setup_teardown(test_identifiers_of_any_length_have_the_hmac_of_libcrypto, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_key_that_others_may_read_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_is_no_key_is_refused_without_being_shown, setup, teardown),
        cmocka_unit_test_setup_teardown(test_new_keys_differ_are_private_and_never_written_over, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
