/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What earlier releases showed stays known. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/table.h"
#include "report/ledger.h"
#include "report/suppress.h"
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
static int release(struct counts *counts, const char *path, const char *study)
{
    struct ledger *ledger = ledger_open(path, study);
    struct audit audit;
    int status;

    assert_non_null(ledger);
    assert_int_equal(ledger_apply(ledger, counts->system), 0);
    status = suppress_counts(counts->system, &audit);
    if (status == 0)
        assert_int_equal(ledger_enter(ledger, counts->system), 0);
    ledger_close(ledger);
    return status;
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
    ledger = ledger_open(path, "study");
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
    assert_null(ledger_open(path, "study"));
    assert_string_not_equal(capture_end(), "");
    scratch_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_count_that_differs_by_a_few_is_hidden),
        cmocka_unit_test(test_a_count_that_differs_by_many_is_shown),
        cmocka_unit_test(test_the_same_release_again_is_the_same_and_writes_nothing),
        cmocka_unit_test(test_a_release_whose_secret_is_known_already_is_refused),
        cmocka_unit_test(test_a_file_that_is_no_ledger_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
