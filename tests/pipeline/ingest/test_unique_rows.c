/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/unique_rows.h"

#include "tests/pipeline/ingest/bench.h"

static const char codebook[] =
    "codebook: stays\n"
    "unique: [id, day]\n"
    "columns:\n"
    "  id:   {type: text, role: id}\n"
    "  day:  {type: integer}\n"
    "  ward: {type: category}\n"
    "  dose: {type: real}\n";

#define HEADER "id,day,ward,dose\n"

static int setup(void **state)
{
    bench_setup(state, codebook);
    return 0;
}

static void test_the_same_row_again_is_set_aside_and_the_first_kept(void **state)
{
    struct bench *const bench = *state;
    assert_int_equal(bench_run_text(bench, HEADER "A,1,east,1.5\nB,1,east,1.5\nA,1,east,1.50\nA,2,east,1.5\nA,1,east,1.5\n"),
                     EXIT_DONE);
    assert_int_equal(bench->rows->n_rows, 3);
    assert_int_equal(bench_count(bench, "", "", "rows_rejected", "the same row again"), 2);
    assert_says(bench->talk, "x.csv:4: a row of its own was expected; the same row stands already at line 2");
    assert_says(bench->rejects, "x.csv,6,70,,the same row again\n");
}

static void test_rows_that_contradict_each_other_are_all_set_aside(void **state)
{
    struct bench *const bench = *state;
    assert_int_equal(bench_run_text(bench, HEADER "A,1,east,1.5\nB,1,east,1.5\nA,1,west,1.5\nA,1,east,1.5\n"), EXIT_DONE);
    assert_int_equal(bench->rows->n_rows, 1);
    assert_true(bench_cell_is(bench->rows, "id", 0, "B"));
    assert_int_equal(bench_count(bench, "", "", "rows_rejected", "rows that contradict each other"), 3);
    assert_says(bench->talk, "x.csv:2: one row for each value of the unique columns was expected; line 4 has the same "
                             "value and other cells");
}

static void test_a_missing_cell_makes_a_row_like_no_other(void **state)
{
    struct bench *const bench = *state;
    assert_int_equal(bench_run_text(bench, HEADER ",1,east,1.5\n,1,east,1.5\nA,,east,1.5\nA,,west,1.5\n"), EXIT_DONE);
    assert_int_equal(bench->rows->n_rows, 4);
    assert_int_equal(bench_run_text(bench, HEADER "A,1,,1.5\nA,1,,1.5\nA,2,,1.5\nA,2,east,1.5\n"), EXIT_DONE);
    assert_int_equal(bench->rows->n_rows, 1);
    assert_int_equal(bench_count(bench, "", "", "rows_rejected", "the same row again"), 1);
    assert_int_equal(bench_count(bench, "", "", "rows_rejected", "rows that contradict each other"), 2);
}

static void test_rows_of_two_files_are_compared(void **state)
{
    struct bench *const bench = *state;
    bench->table.files.n = 2;
    bench->files[1] = (struct study_text){.text = (char *)"y.csv"};
    small_text(&bench->folder, "y.csv", HEADER "A,1,east,1.5\nC,1,east,1.5\n");
    assert_int_equal(bench_run_text(bench, HEADER "A,1,east,1.5\nB,1,east,1.5\n"), EXIT_DONE);
    assert_int_equal(bench->rows->n_rows, 3);
    assert_int_equal(bench_count(bench, "y.csv", "", "rows_rejected", "the same row again"), 1);
    assert_says(bench->talk, "the same row stands already at line 2 of another file");
}

static void test_a_bad_row_contradicts_nobody(void **state)
{
    struct bench *const bench = *state;
    assert_int_equal(bench_run_text(bench, HEADER "A,1,east,1.5\nA,1,west,x\n"), EXIT_DONE);
    assert_int_equal(bench->rows->n_rows, 1);
    assert_int_equal(bench_count(bench, "", "", "rows_rejected", "not a number"), 1);
}

static void test_persons_with_keys_are_told_apart(void **state)
{
    struct bench *const bench = *state;
    bench->table.person = (struct study_text){.text = (char *)"id", .place = {5, 13}};
    bench->study.basis = BASIS_EXPERT;
    bench->study.key_file = (struct study_text){.text = (char *)"site.key"};
    small_text(&bench->folder, "site.key", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n");
    assert_int_equal(chmod(small_path(&bench->folder, "site.key"), 0600), 0);
    assert_int_equal(bench_run_text(bench, HEADER "A,1,east,1.5\nB,1,east,1.5\nA,1,east,1.5\n"), EXIT_DONE);
    assert_int_equal(bench->rows->n_rows, 2);
}

/* ---- against the plain definition ------------------------------------------------------------------------ */

enum { N_ROWS = 600, N_KEYS = 250, N_CONTENTS = 3 };

struct drawn {
    int64_t key, content;
};

static enum reason plain_reason(const struct drawn *drawn, size_t i)
{
    bool conflict = false, earlier = false;
    for (size_t j = 0; j < N_ROWS; j++) {
        const bool same = j != i && drawn[j].key == drawn[i].key;
        earlier |= same && j < i;
        for (size_t k = 0; same && k < N_ROWS; k++)
            conflict |= drawn[k].key == drawn[i].key && drawn[k].content != drawn[i].content;
    }
    return conflict ? REASON_CONFLICT : earlier ? REASON_SAME_ROW : REASON_NONE;
}

static void check_faults(const struct bench *bench, const struct plan *plan, const struct drawn *drawn, size_t capacity,
                         size_t step)
{
    struct unique_rows rows;
    assert_int_equal(unique_rows_start(&rows, plan, bench->folder.path, capacity), 0);
    for (size_t n = 0; n < N_ROWS; n++) {
        const size_t i = n * step % N_ROWS; /* any order */
        const struct typed_cell cells[] = {{.text = "A", .length = 1},
                                           {.integer = drawn[i].key},
                                           {.text = "east", .length = 4},
                                           {.real = (double)drawn[i].content}};
        const struct verdict verdict = {.byte = 100 * i, .line = i + 2};
        struct unique_row row;
        assert_true(unique_rows_hash(plan, 0, &verdict, cells, &row));
        assert_int_equal(unique_rows_add(&rows, &row), 0);
    }
    assert_int_equal(unique_rows_finish(&rows), 0);
    for (size_t i = 0; i < N_ROWS; i++) {
        const struct unique_fault *const fault = unique_rows_find(&rows, 0, 100 * i);
        assert_int_equal(fault != NULL ? fault->reason : REASON_NONE, plain_reason(drawn, i));
        assert_null(unique_rows_find(&rows, 1, 100 * i));
    }
    unique_rows_free(&rows);
}

static void test_faults_are_those_of_the_plain_definition_in_memory_and_on_disk(void **state)
{
    const struct bench *const bench = *state;
    static const size_t capacities[] = {0, 1, 7, 64, N_ROWS}, steps[] = {1, 7, N_ROWS - 1};
    struct drawn drawn[N_ROWS];
    struct plan *const plan = plan_make(&bench->study, &bench->table);
    uint64_t bits = 20261121;
    size_t n[N_REASONS] = {0};
    assert_non_null(plan);
    for (size_t i = 0; i < N_ROWS; i++) {
        bits = bits * UINT64_C(6364136223846793005) + 1442695040888963407;
        drawn[i] = (struct drawn){(int64_t)((bits >> 33) % N_KEYS), (int64_t)((bits >> 20) % N_CONTENTS == 0)};
        n[plain_reason(drawn, i)]++;
    }
    for (size_t i = 0; i < N_ROWS; i++)
        n[plain_reason(drawn, i)]++;
    assert_true(n[REASON_NONE] > 50 && n[REASON_SAME_ROW] > 20 && n[REASON_CONFLICT] > 50);
    for (size_t c = 0; c < sizeof capacities / sizeof capacities[0]; c++)
        for (size_t s = 0; s < sizeof steps / sizeof steps[0]; s++)
            check_faults(bench, plan, drawn, capacities[c], steps[s]);
    plan_free(plan);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_the_same_row_again_is_set_aside_and_the_first_kept),
        TEST(test_rows_that_contradict_each_other_are_all_set_aside),
        TEST(test_a_missing_cell_makes_a_row_like_no_other),
        TEST(test_rows_of_two_files_are_compared),
        TEST(test_a_bad_row_contradicts_nobody),
        TEST(test_persons_with_keys_are_told_apart),
        TEST(test_faults_are_those_of_the_plain_definition_in_memory_and_on_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
