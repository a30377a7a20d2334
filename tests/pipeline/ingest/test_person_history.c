/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/person_history.h"

#include "ingest/ingest.h"
#include "tests/pipeline/ingest/bench.h"

static const char codebook[] =
    "codebook: stays\n"
    "columns:\n"
    "  id:   {type: text, role: id}\n"
    "  come: {type: date}\n"
    "  gone: {type: date}\n"
    "  age:  {type: integer, range: [0, 120], age_on: come}\n";

#define HEADER "id,come,gone,age\n"

static int setup(void **state)
{
    struct bench *const bench = bench_setup(state, codebook);
    bench->table.person = (struct study_text){.text = (char *)"id"};
    bench->table.admission = (struct study_text){.text = (char *)"come"};
    bench->table.discharge = (struct study_text){.text = (char *)"gone"};
    return 0;
}

static void check(struct bench *bench, const char *rows, int64_t n_overlapping, int64_t n_changes)
{
    char text[2048] = HEADER;
    strcat(text, rows);
    assert_int_equal(bench_run_text(bench, text), EXIT_DONE);
    assert_int_equal(bench_count(bench, "", "", "rows_rejected", ""), 0);
    assert_int_equal(bench_count(bench, "", "come", "persons_overlapping", ""), n_overlapping);
    assert_int_equal(bench_count(bench, "", "age", "persons_age_changes", ""), n_changes);
    assert_int_equal(strstr(bench->talk, "stays that overlap") != NULL, n_overlapping > 0);
    assert_int_equal(strstr(bench->talk, "cannot all be true") != NULL, n_changes > 0);
}

static void test_stays_that_overlap_are_counted_by_person(void **state)
{
    struct bench *const bench = *state;
    check(bench, "A,2021-01-01,2021-01-31,\nA,2021-01-31,2021-02-28,\nB,2021-01-01,2021-01-31,\n", 0, 0);
    check(bench, "A,2021-01-01,2021-01-31,\nB,2021-01-30,2021-02-28,\n", 0, 0);
    check(bench, "A,2021-01-30,2021-02-28,\nB,2021-01-01,,\nA,2021-01-01,2021-01-31,\nA,2021-01-02,2021-01-05,\n", 1, 0);
    /* The end that counts is the latest so far, not that of the stay before. */
    check(bench, "A,2021-01-01,2021-12-31,\nA,2021-01-02,2021-01-02,\nA,2021-06-01,2021-06-02,\n"
                 "B,2021-01-01,2021-01-10,\nB,2021-01-05,2021-01-20,\n", 2, 0);
    check(bench, ",2021-01-01,2021-01-31,\n,2021-01-01,2021-01-31,\n", 0, 0);
}

static void test_ages_that_cannot_all_be_true_are_counted_by_person(void **state)
{
    struct bench *const bench = *state;
    /* Two years later one, two or three years older; a year of slack on either side. */
    check(bench, "A,2019-03-01,,40\nA,2021-03-01,,41\nB,2019-03-01,,40\nB,2021-03-01,,42\nC,2019-03-01,,40\nC,2021-03-01,,43\n",
          0, 0);
    check(bench, "A,2019-03-01,,40\nA,2021-03-01,,45\n", 0, 1);
    check(bench, "A,2019-03-01,,40\nA,2021-03-01,,39\n", 0, 1);
    check(bench, "A,2020-02-29,,40\nA,2020-03-01,,40\nB,2020-02-29,,22\nB,2021-02-28,,44\nC,2020-01-01,,\nC,,,30\n", 0, 1);
}

static void test_the_order_of_rows_does_not_matter_and_keys_serve_as_well(void **state)
{
    struct bench *const bench = *state;
    check(bench, "A,2021-03-01,,45\nB,2021-01-30,2021-02-28,\nA,2019-03-01,,40\nB,2021-01-01,2021-01-31,\n", 1, 1);
    bench->study.basis = BASIS_EXPERT;
    bench->study.key_file = (struct study_text){.text = (char *)"site.key"};
    small_text(&bench->folder, "site.key", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n");
    assert_int_equal(chmod(small_path(&bench->folder, "site.key"), 0600), 0);
    check(bench, "B,2021-01-01,2021-01-31,\nA,2019-03-01,,40\nB,2021-01-30,2021-02-28,\nA,2021-03-01,,45\n", 1, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_stays_that_overlap_are_counted_by_person),
        TEST(test_ages_that_cannot_all_be_true_are_counted_by_person),
        TEST(test_the_order_of_rows_does_not_matter_and_keys_serve_as_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
