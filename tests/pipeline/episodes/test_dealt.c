/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records that are dealt to groups and linked one group after the other give what all of them at once give. */
#include "episodes/dealt.h"

#include "episodes/duplicates.h"
#include "episodes/link.h"
#include "stats/random_stream.h"
#include "store/store.h"
#include "tests/pipeline/episodes/linked_study.h"

#include <sys/stat.h>

static void make_records(struct linked_study *small, uint64_t seed, size_t n)
{
    struct random_stream stream;

    random_stream_start(&stream, seed, 0, 0);
    for (size_t i = 0; i < n; i++) {
        struct made_record made = {.contact = NO_DAY, .hours = (double)NAN, .plan = NO_DAY, .site = NO_DAY};
        made.client = random_stream_below(&stream, 50) == 0 ? NO_DAY : (int64_t)random_stream_below(&stream, n / 4 + 1);
        made.admitted = (int64_t)random_stream_below(&stream, 430) - 10;
        made.discharged = random_stream_below(&stream, 10) == 0 ? NO_DAY : made.admitted + (int64_t)random_stream_below(&stream, 60) - 2;
        made.care = (int)random_stream_below(&stream, 9) - 1;
        made.reason = (int)random_stream_below(&stream, 4) - 1;
        made.sex = random_stream_below(&stream, 60) == 0 ? (int)random_stream_below(&stream, 2) : (int)(made.client % 2);
        if (made.client == NO_DAY)
            made.sex = -1;
        if (random_stream_below(&stream, 3) == 0)
            made.hours = (double)random_stream_below(&stream, 40);
        made.plan = (int64_t)random_stream_below(&stream, 3);
        add_record(small->records, &made);
        if (random_stream_below(&stream, 8) == 0) { /* a duplicate but for the site, or in all columns */
            made.site = random_stream_below(&stream, 2) == 0 ? NO_DAY : 7;
            add_record(small->records, &made);
        }
    }
}

static void same_table(const struct table *a, const struct table *b)
{
    char x[SHA256_HEX_SIZE], y[SHA256_HEX_SIZE];

    assert_int_equal(store_table_sha256(a, x), 0);
    assert_int_equal(store_table_sha256(b, y), 0);
    assert_string_equal(x, y);
}

/* Groups of about group_rows records; all their stays, then those left out, and all their episodes. */
static size_t link_by_groups(const struct linked_study *small, const char *path, size_t group_rows, int n_threads,
                             const struct linked *expected)
{
    char **const columns = link_columns(small->study, small->records);
    struct dealt *const dealt = dealt_make(small->study, &small->study->tables[0], path, small->folder,
                                           (const char *const *)columns, group_rows, n_threads);
    assert_non_null(dealt);
    const size_t n = dealt_n_groups(dealt);
    struct link_groups all = {.n = n, .groups = calloc(n, sizeof *all.groups)};
    struct duplicates duplicates = {0};
    for (size_t g = 0; g < n; g++) {
        struct dealt_rows rows;
        assert_int_equal(dealt_take(dealt, g, &rows), 0);
        assert_int_equal(link_group(small->study, rows.records, rows.number, rows.transfer, n_threads, &all.groups[g]), 0);
        assert_int_equal(duplicates_note(&duplicates, rows.records, rows.number, all.groups[g].stays), 0);
        dealt_rows_free(&rows);
    }
    assert_int_equal(duplicates_settle(&duplicates, path, "episodes", &all), 0);
    assert_int_equal(link_groups_join(small->study, n_threads, &all), 0);
    for (size_t g = 1; g < n; g++) {
        assert_int_equal(table_append(all.groups[0].stays, all.groups[g].stays), 0);
        assert_int_equal(table_append(all.groups[0].episodes, all.groups[g].episodes), 0);
    }
    assert_int_equal(table_append(all.groups[0].stays, all.left_out), 0);
    same_table(all.groups[0].stays, expected->stays);
    same_table(all.groups[0].episodes, expected->episodes);
    same_table(all.paths, expected->paths);
    same_table(all.flow, expected->flow);
    same_table(all.fates, expected->fates);
    assert_int_equal(all.n_people, expected->n_people);
    duplicates_free(&duplicates);
    link_groups_free(&all);
    dealt_free(dealt);
    for (size_t i = 0; columns[i] != NULL; i++)
        free(columns[i]);
    free(columns);
    return n;
}

static void test_groups_together_are_all_at_once(void **state)
{
    static const size_t sizes[] = {1, 40, 3000};
    size_t most = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct linked_study small = linked_study_open("link: {gap_days: 20, transfer_days: 25}\n", linked_cohort);
        const size_t n = seed == 4 ? 3 : 1500 * seed;
        make_records(&small, seed, n);
        char *path = strdup(scratch_path(small.folder, "records.h5"));
        struct store_writer *writer = store_writer_open(path, 2);
        assert_int_equal(store_writer_table(writer, small.records), 0);
        assert_int_equal(store_writer_commit(writer), 0);
        assert_int_equal(mkdir(scratch_path(small.folder, "work"), 0700), 0);
        struct linked expected = link_small(&small, 1);
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
            const size_t n_groups = link_by_groups(&small, path, sizes[k], 1 + (int)(k % 2), &expected);
            most = n_groups > most ? n_groups : most;
        }
        linked_free(&expected);
        free(path);
        linked_study_close(&small);
    }
    assert_true(most > 200);
}

static void test_a_source_without_records_has_a_group(void **state)
{
    struct linked_study small = linked_study_open("", linked_cohort);
    char *path = strdup(scratch_path(small.folder, "records.h5"));
    struct store_writer *writer = store_writer_open(path, 1);

    (void)state;
    assert_int_equal(store_writer_table(writer, small.records), 0);
    assert_int_equal(store_writer_commit(writer), 0);
    assert_int_equal(mkdir(scratch_path(small.folder, "work"), 0700), 0);
    struct linked expected = link_small(&small, 1);
    assert_int_equal(link_by_groups(&small, path, 10, 1, &expected), 1);
    linked_free(&expected);
    free(path);
    linked_study_close(&small);
}

static void test_a_folder_that_is_not_there_is_told(void **state)
{
    struct linked_study small = linked_study_open("", linked_cohort);
    char *path = strdup(scratch_path(small.folder, "records.h5"));
    static const char *const columns[] = {"client", NULL};
    struct store_writer *writer = store_writer_open(path, 1);

    (void)state;
    assert_int_equal(store_writer_table(writer, small.records), 0);
    assert_int_equal(store_writer_commit(writer), 0);
    assert_null(dealt_make(small.study, &small.study->tables[0], path, small.folder, columns, 10, 1));
    free(path);
    linked_study_close(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_groups_together_are_all_at_once),
        cmocka_unit_test(test_a_source_without_records_has_a_group),
        cmocka_unit_test(test_a_folder_that_is_not_there_is_told),
    };
    return cmocka_run_group_tests_name("dealt", tests, NULL, NULL);
}
