/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The column that tells persons apart: kept with a public basis, else two keys in its place. */
#include "ingest/ingest.h"

#include "base/days.h"
#include "tests/pipeline/ingest/small_study.h"

#define COUNTING "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"

/* Python's hmac module under the key 00 01 .. 1f. */
static const int64_t key_of_c0001[] = {9127420461234075959, -4907249625598595269},
                     key_of_34[] = {4981884973468450546, 5202240724419905274};

static int person_setup(void **state)
{
    small_study_setup(state);
    struct bench *const bench = *state;
    bench->table.person = (struct study_text){.text = (char *)"id", .place = {5, 13}};
    bench->study.basis = BASIS_LIMITED_DATA_SET;
    bench->study.key_file = (struct study_text){.text = (char *)"site.key", .place = {2, 20}};
    assert_int_equal(chmod(small_text(&bench->folder, "site.key", COUNTING), 0600), 0);
    return 0;
}

static bool has_key(const struct bench *bench, size_t row, const int64_t key[2])
{
    return column_integer(table_column(bench->rows, PERSON_KEY_1), row) == key[0] &&
           column_integer(table_column(bench->rows, PERSON_KEY_2), row) == key[1];
}

static bool file_holds(const char *path, const char *text)
{
    size_t length;
    char *const bytes = small_read(path, &length);
    assert_non_null(bytes);
    const bool found = memmem(bytes, length, text, strlen(text)) != NULL;
    free(bytes);
    return found;
}

static void test_a_person_becomes_two_keys_and_the_id_is_nowhere(void **state)
{
    struct bench *const bench = *state;
    assert_int_equal(bench_run_text(bench, HEADER "C0001,34,2.385,2019-05-17,1,west,3,1\n"
                                                  "34,35,2.385,2019-05-17,1,west,3,1\n"
                                                  " C0001 ,36,2.385,2019-05-17,1,west,3,1\n"
                                                  "C0001,x,2.385,2019-05-17,1,west,3,1\n"), EXIT_DONE);
    assert_int_equal(bench->rows->n_rows, 3);
    assert_null(table_column(bench->rows, "id"));
    assert_int_equal(table_column_index(bench->rows, PERSON_KEY_1), 0);
    assert_int_equal(table_column(bench->rows, PERSON_KEY_1)->type, COLUMN_INT64);
    assert_true(has_key(bench, 0, key_of_c0001));
    assert_true(has_key(bench, 1, key_of_34));
    assert_true(has_key(bench, 2, key_of_c0001));
    assert_int_equal(bench_count(bench, "", "id", "kept", ""), 3);
    assert_false(file_holds(bench->records, "C0001"));
    assert_keeps_silent_about(bench->talk, "C0001");
    assert_keeps_silent_about(bench->rejects, "C0001");
}

static void test_the_fingerprint_is_kept_and_the_key_is_not(void **state)
{
    struct bench *const bench = *state;
    assert_int_equal(bench_run_text(bench, HEADER "C0001,34,2.385,2019-05-17,1,west,3,1\n"), EXIT_DONE);
    struct table *const provenance = store_read_table(bench->records, "provenance");
    assert_non_null(provenance);
    size_t n = 0;
    for (size_t i = 0; i < provenance->n_rows; i++)
        n += bench_cell_is(provenance, "key", i, "person_key") &&
             bench_cell_is(provenance, "value", i, "a2c3d8863e8879e7a197de2218c5c39a");
    assert_int_equal(n, 1);
    table_free(provenance);
    assert_false(file_holds(bench->records, "000102030405"));
    assert_false(file_holds(bench->records, "\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d"));
}

static void test_another_key_makes_the_records_anew_with_other_numbers(void **state)
{
    struct bench *const bench = *state;
    assert_int_equal(bench_run_text(bench, HEADER "C0001,34,2.385,2019-05-17,1,west,3,1\n"), EXIT_DONE);
    small_text(&bench->folder, "site.key", "f" COUNTING);
    assert_int_equal(truncate(small_path(&bench->folder, "site.key"), 64), 0);
    assert_int_equal(bench_run(bench), EXIT_DONE);
    assert_false(has_key(bench, 0, key_of_c0001));
}

static void test_a_missing_person_is_missing_in_both_keys(void **state)
{
    struct bench *const bench = *state;
    bench->table.person.text = (char *)"n";
    assert_int_equal(bench_run_text(bench, HEADER "A,34,2.385,2019-05-17,1,west,NA,1\n"
                                                  "B,34,2.385,2019-05-17,1,west,34,1\n"
                                                  "C,34,2.385,2019-05-17,1,west,034,1\n"), EXIT_DONE);
    assert_true(column_is_missing(table_column(bench->rows, PERSON_KEY_1), 0));
    assert_true(column_is_missing(table_column(bench->rows, PERSON_KEY_2), 0));
    assert_true(has_key(bench, 1, key_of_34)); /* a whole number is keyed as it is written without zeros */
    assert_true(has_key(bench, 2, key_of_34));
    assert_int_equal(bench_count(bench, "", "n", "missing", ""), 1);
    assert_int_equal(bench_count(bench, "", "n", "kept", ""), 2);
}

static void test_an_open_category_that_is_a_person_leaves_no_label(void **state)
{
    struct bench *const bench = *state;
    bench->table.person.text = (char *)"site";
    assert_int_equal(bench_run_text(bench, HEADER "A,34,2.385,2019-05-17,1,C0001,1,1\n"), EXIT_DONE);
    assert_true(has_key(bench, 0, key_of_c0001));
    assert_false(file_holds(bench->records, "C0001"));
}

static void test_without_a_public_basis_a_key_is_owed(void **state)
{
    struct bench *const bench = *state;
    static const enum privacy_basis others[] = {BASIS_UNDECLARED, BASIS_LIMITED_DATA_SET, BASIS_EXPERT};
    bench->study.key_file = (struct study_text){0};
    for (size_t i = 0; i < 3; i++) {
        bench->study.basis = others[i];
        assert_int_equal(bench_run_text(bench, HEADER GOOD), EXIT_FAILED);
        assert_says(bench->talk, "study.yaml:5:13: column 'id' tells persons apart");
    }
    bench->study.basis = BASIS_PUBLIC;
    assert_int_equal(bench_run_text(bench, HEADER GOOD), EXIT_DONE);
    assert_true(bench_cell_is(bench->rows, "id", 0, "A1"));
}

static void test_a_key_that_others_may_read_stops_the_run(void **state)
{
    struct bench *const bench = *state;
    assert_int_equal(chmod(small_path(&bench->folder, "site.key"), 0644), 0);
    assert_int_equal(bench_run_text(bench, HEADER GOOD), EXIT_FAILED);
    assert_says(bench->talk, "others may read or change it (mode 0644)");
    assert_int_equal(access(bench->records, F_OK), -1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, person_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_person_becomes_two_keys_and_the_id_is_nowhere),
        TEST(test_the_fingerprint_is_kept_and_the_key_is_not),
        TEST(test_another_key_makes_the_records_anew_with_other_numbers),
        TEST(test_a_missing_person_is_missing_in_both_keys),
        TEST(test_an_open_category_that_is_a_person_leaves_no_label),
        TEST(test_without_a_public_basis_a_key_is_owed),
        TEST(test_a_key_that_others_may_read_stops_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
