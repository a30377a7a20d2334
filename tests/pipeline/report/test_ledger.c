/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What earlier releases showed stays known. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/table.h"
#include "report/ledger.h"
#include "report/suppress.h"
#include "store/store.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

enum { T = 11 };

/* People of two arms and their sum, and what of each arm has the event; first: people of the first arm. */
struct counts {
    struct count_system *system;
    size_t all, first, second;
};

static struct counts make(int64_t first, int64_t second)
{
    struct counts counts = {.system = count_system_alloc(T, 0)};

    counts.all = count_add(counts.system, "all", first + second, COST_TOTAL);
    counts.first = count_add(counts.system, "first", first, COST_ARM);
    counts.second = count_add(counts.system, "second", second, COST_ARM);
    relation_start(counts.system);
    relation_term(counts.system, counts.all, 1);
    relation_term(counts.system, counts.first, -1);
    relation_term(counts.system, counts.second, -1);
    assert_true(relation_end(counts.system));
    return counts;
}

/* A release under the ledger; -1 when it is refused. */
static int release_of(struct counts *counts, const char *path, const char *study, const char *sources)
{
    struct ledger *ledger = ledger_open(path, study, sources);
    struct audit audit;
    int status;

    assert_non_null(ledger);
    assert_int_equal(ledger_apply(ledger, counts->system), 0);
    status = suppress_counts(counts->system, 1, &audit);
    if (status == 0)
        assert_int_equal(ledger_enter(ledger, counts->system), 0);
    ledger_close(ledger);
    return status;
}

static int release(struct counts *counts, const char *path, const char *study)
{
    return release_of(counts, path, study, "");
}

static void test_a_count_that_differs_by_a_few_is_hidden(void **state)
{
    char *folder = scratch_folder();
    const char *path = scratch_path(folder, "ledger.h5");
    struct counts old = make(200, 300), new = make(203, 300), other = make(203, 300);

    (void)state;
    assert_int_equal(release(&old, path, "study"), 0);
    assert_false(old.system->counts[old.first].hidden);
    assert_int_equal(release(&other, path, "another study"), 0); /* whose counts are its own */
    assert_false(other.system->counts[other.first].hidden);
    assert_int_equal(release(&new, path, "study"), 0);
    assert_true(new.system->counts[new.first].hidden);
    assert_true(new.system->counts[new.all].hidden); /* it differs by three as well */
    count_system_free(old.system);
    count_system_free(new.system);
    count_system_free(other.system);
    scratch_remove(folder);
}

/* One study takes adults from 18 on, another from 19 on: the two differ by the three of 18. */
static void test_two_studies_of_the_same_source_are_compared(void **state)
{
    static const char *const both[] = {"0123456789abcdef", "fedcba9876543210 0123456789abcdef"};
    char *folder = scratch_folder();
    const char *path = scratch_path(folder, "ledger.h5");
    struct counts old = make(203, 300), new = make(200, 300), elsewhere = make(200, 300);

    (void)state;
    assert_int_equal(release_of(&old, path, "from 18 on", both[0]), 0);
    assert_int_equal(release_of(&elsewhere, path, "strangers", "00000000deadbeef"), 0);
    assert_false(elsewhere.system->counts[elsewhere.first].hidden);
    assert_int_equal(release_of(&new, path, "from 19 on", both[1]), 0);
    assert_true(new.system->counts[new.first].hidden);
    assert_true(new.system->counts[new.all].hidden);
    assert_false(new.system->counts[new.second].hidden); /* it is what the other showed */
    count_system_free(old.system);
    count_system_free(new.system);
    count_system_free(elsewhere.system);
    scratch_remove(folder);
}

/* A ledger as it was written before it knew of sources: its studies are still known by their names. */
static void test_a_ledger_without_sources_is_read(void **state)
{
    char *folder = scratch_folder();
    const char *path = scratch_path(folder, "ledger.h5");
    struct table *table = table_alloc("ledger", "");
    struct store_writer *writer = store_writer_open(path, 1);
    struct row_builder row;
    struct counts new = make(203, 300);

    (void)state;
    assert_non_null(table_add_column(table, "study", COLUMN_TEXT, 5, "", ""));
    assert_non_null(table_add_column(table, "key", COLUMN_TEXT, 5, "", ""));
    assert_non_null(table_add_column(table, "value", COLUMN_INT64, 8, "", ""));
    assert_non_null(table_add_column(table, "shown", COLUMN_INT8, 1, "", ""));
    row = table_new_row(table);
    row_text(&row, "study", "study");
    row_text(&row, "key", "first");
    row_integer(&row, "value", 200);
    row_integer(&row, "shown", 1);
    assert_int_equal(row_end(&row), 0);
    assert_int_equal(store_writer_table(writer, table), 0);
    assert_int_equal(store_writer_commit(writer), 0);
    table_free(table);
    assert_int_equal(release_of(&new, path, "study", "0123456789abcdef"), 0);
    assert_true(new.system->counts[new.first].hidden);
    count_system_free(new.system);
    scratch_remove(folder);
}

static void test_sources_of_people_are_told_from_other_files(void **state)
{
    static const char *const lines[][2] = {
        {"version", "0.1.0"},
        {"input:clients/people.csv", "0123456789abcdef0000000000000000000000000000000000000000000000ff"},
        {"codebook:clients", "1111111111111111"},
        {"input:compare/published.csv", "2222222222222222"},
        {"input:tests/urine.csv", "fedcba98765432100000000000000000000000000000000000000000000000ff"}};
    struct table *table = table_alloc("provenance", "");
    struct pool *pool = pool_alloc();

    (void)state;
    assert_non_null(table_add_column(table, "key", COLUMN_TEXT, 1, "", ""));
    assert_non_null(table_add_column(table, "value", COLUMN_TEXT, 1, "", ""));
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct row_builder row = table_new_row(table);

        row_text(&row, "key", lines[i][0]);
        row_text(&row, "value", lines[i][1]);
        assert_int_equal(row_end(&row), 0);
    }
    assert_string_equal(ledger_sources(pool, table), "0123456789abcdef fedcba9876543210");
    table_free(table);
    pool_free(pool);
}

/*
 * 35 = 5 + 30, of which the 35 is shown.  Then one of the 30 is gone: were 29 shown now, at least 29 would have been there before,
 * so that the others were 6 at most.
 */
static void test_what_was_hidden_before_is_protected_now(void **state)
{
    char *folder = scratch_folder();
    const char *path = scratch_path(folder, "ledger.h5");
    struct counts old = make(5, 30), new = make(5, 29), alone = make(5, 29);
    struct audit audit;

    (void)state;
    assert_int_equal(suppress_counts(alone.system, 1, &audit), 0);
    assert_int_equal(release(&old, path, "study"), 0);
    assert_false(old.system->counts[old.all].hidden);
    assert_true(old.system->counts[old.first].hidden && old.system->counts[old.second].hidden);
    assert_int_equal(release(&new, path, "study"), 0);
    assert_true(new.system->counts[new.all].hidden); /* it differs by one from what was shown */
    assert_true(new.system->counts[new.second].hidden);
    count_system_free(old.system);
    count_system_free(new.system);
    count_system_free(alone.system);
    scratch_remove(folder);
}

static void test_a_count_that_differs_by_many_is_shown(void **state)
{
    char *folder = scratch_folder();
    const char *path = scratch_path(folder, "ledger.h5");
    struct counts old = make(200, 300), new = make(230, 300);

    (void)state;
    assert_int_equal(release(&old, path, "study"), 0);
    assert_int_equal(release(&new, path, "study"), 0);
    assert_false(new.system->counts[new.first].hidden);
    assert_false(new.system->counts[new.all].hidden);
    count_system_free(old.system);
    count_system_free(new.system);
    scratch_remove(folder);
}

static void test_the_same_release_again_is_the_same_and_writes_nothing(void **state)
{
    char *folder = scratch_folder();
    const char *path = scratch_path(folder, "ledger.h5");
    struct counts old = make(5, 300), again = make(5, 300);
    struct stat before, after;

    (void)state;
    assert_int_equal(release(&old, path, "study"), 0);
    assert_int_equal(stat(path, &before), 0);
    assert_int_equal(before.st_mode & 0777, 0600);
    assert_int_equal(release(&again, path, "study"), 0);
    assert_int_equal(stat(path, &after), 0);
    assert_true(before.st_ino == after.st_ino);
    assert_int_equal(old.system->n_counts, again.system->n_counts);
    for (size_t i = 0; i < old.system->n_counts; i++)
        assert_int_equal(old.system->counts[i].hidden, again.system->counts[i].hidden);
    count_system_free(old.system);
    count_system_free(again.system);
    scratch_remove(folder);
}

/* The second of a release of 40 and 300 is known; that the first has become 5 is then a subtraction, whatever is hidden. */
static void test_a_release_whose_secret_is_known_already_is_refused(void **state)
{
    char *folder = scratch_folder();
    const char *path = scratch_path(folder, "ledger.h5");
    struct counts old = make(40, 300), new = make(5, 300);
    struct ledger *ledger;

    (void)state;
    assert_int_equal(release(&old, path, "study"), 0);
    ledger = ledger_open(path, "study", "");
    assert_int_equal(ledger_apply(ledger, new.system), 0);
    assert_true(new.system->counts[new.second].known_before);
    ledger_close(ledger);
    new.system->counts[new.all].known_before = true; /* as if it had been shown elsewhere */
    capture_start();
    assert_int_equal(release(&new, path, "study"), -1);
    assert_non_null(strstr(capture_end(), "nothing is released"));
    count_system_free(old.system);
    count_system_free(new.system);
    scratch_remove(folder);
}

static void test_a_file_that_is_no_ledger_is_refused(void **state)
{
    char *folder = scratch_folder();
    const char *path = scratch_path(folder, "ledger.h5");

    (void)state;
    scratch_write(path, "something else");
    capture_start();
    assert_null(ledger_open(path, "study", ""));
    assert_string_not_equal(capture_end(), "");
    scratch_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_count_that_differs_by_a_few_is_hidden),
        cmocka_unit_test(test_two_studies_of_the_same_source_are_compared),
        cmocka_unit_test(test_a_ledger_without_sources_is_read),
        cmocka_unit_test(test_sources_of_people_are_told_from_other_files),
        cmocka_unit_test(test_what_was_hidden_before_is_protected_now),
        cmocka_unit_test(test_a_count_that_differs_by_many_is_shown),
        cmocka_unit_test(test_the_same_release_again_is_the_same_and_writes_nothing),
        cmocka_unit_test(test_a_release_whose_secret_is_known_already_is_refused),
        cmocka_unit_test(test_a_file_that_is_no_ledger_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
