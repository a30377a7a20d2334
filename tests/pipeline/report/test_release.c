/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may leave: the one type of a releasable count, the rules by table, and released.h5 as a whole. */
#include <stdlib.h>

#include "tests/pipeline/report/results_fixture.h"
#include "report/bundle.h"
#include "report/release.h"
#include "report/release_rules.h"
#include "report/release_table.h"
#include "tests/support/scratch.h"

static const struct release_policy eleven = {.threshold = 11}, none = {.threshold = 0};

static void test_hides_one_to_ten_and_nothing_else(void **state)
{
    (void)state;
    for (int64_t n = 0; n <= 30; n++) {
        struct releasable count = releasable_count(&eleven, n);

        assert_int_equal(count.hidden, n >= 1 && n <= 10);
        assert_true(count.shown == (count.hidden ? MISSING_INTEGER : n));
    }
    assert_false(releasable_count(&eleven, MISSING_INTEGER).hidden);
    assert_false(releasable_count(&none, 1).hidden);
}

static struct release_table *small_table(const struct release_policy *policy)
{
    struct release_table *table = release_table_alloc(policy, "estimates", "Estimates");

    assert_int_equal(release_table_column(table, RELEASE_PLAIN, "arm", COLUMN_TEXT, "Arm", ""), 0);
    assert_int_equal(release_table_column(table, RELEASE_COUNT, "n", COLUMN_TEXT, "People", ""), 0);
    assert_int_equal(release_table_column(table, RELEASE_NUMBER, "estimate", COLUMN_TEXT, "Estimate", ""), 0);
    return table;
}

static void test_refuses_a_count_in_a_column_of_another_kind(void **state)
{
    struct release_table *table = small_table(&eleven);

    (void)state;
    release_row(table);
    capture_start();
    release_number(table, "n", 7);
    assert_int_equal(release_row_end(table), -1);
    assert_non_null(strstr(capture_end(), "no column 'n' of this kind"));
    release_row(table);
    capture_start();
    release_count(table, "arm", releasable_count(&eleven, 7));
    assert_int_equal(release_row_end(table), -1);
    capture_end();
    release_table_free(table);
}

/* Through a file and back, as a reader of the release would see it. */
static struct table *written(struct release_table *table)
{
    char *folder = scratch_folder();
    const char *path = scratch_path(folder, "released.h5");
    struct release_file *file = release_file_open(path);
    struct table *read;

    assert_non_null(file);
    assert_int_equal(release_file_table(file, table), 0);
    assert_int_equal(release_file_commit(file), 0);
    read = store_read_table(path, "estimates");
    assert_non_null(read);
    scratch_remove(folder);
    return read;
}

static void test_numbers_keep_three_significant_digits_under_a_threshold(void **state)
{
    static const double exact[] = {-0.263421, 131.5, 0.000123456, 957491, -0.0004, 0},
                        rounded[] = {-0.263, 132, 0.000123, 957000, -0.0004, 0};

    (void)state;
    for (int hides = 0; hides < 2; hides++) {
        struct release_table *table = small_table(hides ? &eleven : &none);
        struct table *read;

        for (size_t i = 0; i < 6; i++) {
            release_row(table);
            release_text(table, "arm", "iop");
            release_number(table, "estimate", exact[i]);
            assert_int_equal(release_row_end(table), 0);
        }
        read = written(table);
        for (size_t i = 0; i < 6; i++) /* to the last bit: no digit lives on in the binary number */
            assert_true(column_real(table_column(read, "estimate"), i) == (hides ? rounded[i] : exact[i]));
        table_free(read);
        release_table_free(table);
    }
}

static void test_unknown_tables_and_columns_stay_inside(void **state)
{
    struct release_source source = {.policy = {.threshold = 0}};
    struct table *estimates = fixture_estimates(), *read;
    struct release_table *released;

    (void)state;
    source.exposure.policy = &source.policy;
    assert_false(release_rules_know(&none, "cohort"));
    assert_false(release_rules_know(&none, "records"));
    assert_true(release_rules_know(&none, "risk_tables"));
    assert_false(release_rules_know(&eleven, "risk_tables"));
    assert_non_null(table_add_column(estimates, "person_id", COLUMN_INT64, 0, "Person", ""));
    released = release_by_rules(&source, estimates);
    assert_non_null(released);
    read = written(released);
    assert_null(table_column(read, "person_id"));
    assert_non_null(table_column(read, "estimate"));
    assert_int_equal(read->n_rows, estimates->n_rows);
    table_free(read);
    table_free(estimates);
    release_table_free(released);
}

/* The folder with a fixture and its release under a threshold. */
struct release_run {
    char *folder;
    struct bundle *bundle;
};

static struct release_run release(int64_t threshold)
{
    struct release_run run = {.folder = scratch_folder()};
    const char *results = scratch_path(run.folder, "results.h5"), *released = scratch_path(run.folder, "released.h5");
    const struct fixture fixture = {.label = NULL};
    const struct release_request request = {.threshold = threshold, .because = "a reason"};
    struct table *provenance = chain_start("report", "0123", 7);

    fixture_write(results, &fixture);
    assert_int_equal(chain_add_parent(provenance, results), 0);
    assert_int_equal(release_write(results, released, &request, provenance), 0);
    table_free(provenance);
    run.bundle = bundle_read(released);
    assert_non_null(run.bundle);
    return run;
}

static void release_end(struct release_run *run)
{
    bundle_free(run->bundle);
    scratch_remove(run->folder);
}

static void test_threshold_zero_passes_everything_and_says_why(void **state)
{
    struct release_run run = release(0);
    const struct table *estimates = run.bundle->estimates;

    (void)state;
    assert_int_equal(cell_integer(estimates, "n_event", 0), FIXTURE_HIDDEN);
    assert_true(cell_real(estimates, "estimate", 0) == FIXTURE_HIDDEN / 500000.);
    assert_string_equal(bundle_release_value(run.bundle, "because"), "a reason");
    assert_string_equal(bundle_release_value(run.bundle, "audited"), "not needed");
    assert_string_not_equal(bundle_provenance_value(run.bundle, "parent:results.h5"), "");
    release_end(&run);
}

static void test_a_small_count_takes_everything_computed_from_it_along(void **state)
{
    static const char *const numbers[] = {"n", "n_event", "estimate", "std_error", "conf_low", "conf_high", "p_value"};
    struct release_run run = release(100000);
    const struct table *estimates = run.bundle->estimates, *verdicts = run.bundle->verdicts;

    (void)state;
    for (size_t row = 0; row < estimates->n_rows; row += row == 0 ? 2 : 1) { /* arm day, and what compares it */
        assert_true(cell_is(estimates, "status", row, "withheld"));
        for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++)
            assert_true(isnan(cell_real(estimates, numbers[k], row)));
    }
    assert_true(cell_is(estimates, "status", 1, "shown"));
    assert_int_equal(cell_integer(estimates, "n_event", 1), 161803);
    assert_true(cell_real(estimates, "estimate", 1) == 0.405);
    assert_true(cell_is(verdicts, "verdict", 0, "withheld"));
    assert_true(cell_is(verdicts, "statistically", 0, ""));
    assert_true(isnan(cell_real(verdicts, "estimate", 0)));
    assert_true(isnan(cell_real(verdicts, "power", 0)));
    assert_true(cell_real(verdicts, "margin", 0) == 0.1);
    release_end(&run);
}

static void test_the_complement_of_a_small_level_is_withheld_too(void **state)
{
    struct release_run run = release(100000);
    const struct table *baseline = run.bundle->baseline;

    (void)state;
    assert_true(cell_is(baseline, "status", 0, "withheld")); /* 73,421 */
    assert_true(cell_is(baseline, "status", 1, "withheld")); /* its complement */
    assert_true(isnan(cell_real(baseline, "percent", 1)));
    assert_true(cell_is(baseline, "status", 2, "shown"));
    release_end(&run);
}

static void test_attrition_counts_are_cells_as_well(void **state)
{
    struct release_run run = release(100000);
    const struct table *attrition = run.bundle->attrition;

    (void)state;
    assert_int_equal(cell_integer(attrition, "dropped", 0), 0); /* nobody is no small count */
    /* Together the two losses are 57,491: with the first line a reader would know that neither is 100,000. */
    assert_true(cell_integer(attrition, "left", 0) == MISSING_INTEGER);
    assert_int_equal(cell_integer(attrition, "left", 2), 900000);
    assert_true(cell_is(attrition, "status", 1, "withheld"));
    assert_true(cell_integer(attrition, "dropped", 1) == MISSING_INTEGER);
    release_end(&run);
}

static void test_hashes_of_private_tables_and_folders_stay_inside(void **state)
{
    struct release_run run = release(100000);

    (void)state;
    assert_string_equal(bundle_provenance_value(run.bundle, "parent:results.h5"), "");
    assert_string_not_equal(bundle_provenance_value(run.bundle, "version"), "");
    assert_string_equal(bundle_study_value(run.bundle, "tables.clients.file"), "people.csv");
    assert_string_equal(bundle_release_value(run.bundle, "audited"), "yes");
    release_end(&run);
}

static void test_a_failed_release_leaves_the_old_file(void **state)
{
    char *folder = scratch_folder();
    const char *released = scratch_path(folder, "released.h5");
    const struct release_request request = {.threshold = 0};
    struct table *provenance = chain_start("report", "0123", 7);
    char *kept;

    (void)state;
    scratch_write(released, "old");
    capture_start();
    assert_int_equal(release_write(scratch_path(folder, "missing.h5"), released, &request, provenance), -1);
    assert_string_not_equal(capture_end(), "");
    kept = scratch_read(released);
    assert_string_equal(kept, "old");
    free(kept);
    assert_int_equal(scratch_count(folder), 1);
    table_free(provenance);
    scratch_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hides_one_to_ten_and_nothing_else),
        cmocka_unit_test(test_refuses_a_count_in_a_column_of_another_kind),
        cmocka_unit_test(test_numbers_keep_three_significant_digits_under_a_threshold),
        cmocka_unit_test(test_unknown_tables_and_columns_stay_inside),
        cmocka_unit_test(test_threshold_zero_passes_everything_and_says_why),
        cmocka_unit_test(test_a_small_count_takes_everything_computed_from_it_along),
        cmocka_unit_test(test_the_complement_of_a_small_level_is_withheld_too),
        cmocka_unit_test(test_attrition_counts_are_cells_as_well),
        cmocka_unit_test(test_hashes_of_private_tables_and_folders_stay_inside),
        cmocka_unit_test(test_a_failed_release_leaves_the_old_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
