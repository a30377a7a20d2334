/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells of at least a threshold: steps by hand, and laws that hold for whatever people there are. */
#include "sites/coarsen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sites/cells.h"
#include "sites/fit_coarsen.h"
#include "stats/leaving.h"
#include "stats/random_stream.h"
#include "tests/support/near.h"

/* ---- counts ------------------------------------------------------------------------------------------------------------ */

static struct table *cells_alloc(bool outcome, bool words)
{
    struct table *cells = table_alloc("cells/x", "");

    table_add_column(cells, "arm", COLUMN_TEXT, 8, "", "");
    if (outcome) {
        table_add_column(cells, "cause", COLUMN_FLOAT64, 0, "", "");
        table_add_column(cells, "time", COLUMN_FLOAT64, 0, "", "");
    } else {
        table_add_column(cells, "value", words ? COLUMN_TEXT : COLUMN_FLOAT64, 8, "", "");
    }
    table_add_column(cells, "n", COLUMN_INT64, 0, "", "");
    return cells;
}

static void add(struct table *cells, const char *arm, double cause, double time, int64_t n)
{
    struct row_builder row = table_new_row(cells);

    row_text(&row, "arm", arm);
    row_real(&row, "cause", cause);
    row_real(&row, "time", time);
    row_integer(&row, "n", n);
    assert_int_equal(row_end(&row), 0);
}

static void add_value(struct table *cells, const char *arm, double value, const char *word, int64_t n)
{
    struct row_builder row = table_new_row(cells);

    row_text(&row, "arm", arm);
    if (word != NULL)
        row_text(&row, "value", word);
    else
        row_real(&row, "value", value);
    row_integer(&row, "n", n);
    assert_int_equal(row_end(&row), 0);
}

static void expect(const struct table *cells, size_t row, double cause, double time, int64_t n)
{
    assert_true(row < cells->n_rows);
    assert_near(column_real(table_column(cells, "cause"), row), cause, 0);
    assert_near(column_real(table_column(cells, "time"), row), time, 0);
    assert_int_equal(column_integer(table_column(cells, "n"), row), n);
}

/* Threshold 5.  Days 3, 7, 9: 2 + 4 events are enough on day 7 together with nobody censored; what follows is too small for a
   step of its own where only 3 have the event, until day 20 brings enough of both. */
static void test_days_become_steps_as_by_hand(void **state)
{
    struct table *cells = cells_alloc(true, false);
    struct coarsening lost;

    (void)state;
    add(cells, "iop", 1, 3, 2);
    add(cells, "iop", 1, 7, 4);
    add(cells, "iop", 0, 9, 6);
    add(cells, "iop", 1, 9, 3);
    add(cells, "iop", 1, 20, 2);
    add(cells, "iop", 0, 31, 1);
    cells = coarsen(cells_sum(cells), 5, &lost);
    assert_non_null(cells);
    assert_int_equal(cells->n_rows, 3);
    expect(cells, 0, 0, 31, 7);
    expect(cells, 1, 1, 7, 6);
    expect(cells, 2, 1, 31, 5);
    assert_int_equal(lost.n_groups, 1);
    assert_int_equal(lost.n_days, 5);
    assert_int_equal(lost.n_steps, 2);
    assert_near(lost.widest, 22, 0);
    table_free(cells);
}

static void test_a_kind_that_few_have_becomes_the_most_frequent_one(void **state)
{
    struct table *cells = cells_alloc(true, false);
    struct coarsening lost;

    (void)state;
    add(cells, "iop", 1, 4, 8);
    add(cells, "iop", 2, 4, 4);
    cells = coarsen(cells_sum(cells), 5, &lost);
    assert_int_equal(cells->n_rows, 1);
    expect(cells, 0, 1, 4, 12);
    assert_int_equal(lost.n_changed, 1);
    table_free(cells);
}

static void test_those_whose_outcome_is_unknown_are_censored_when_they_are_few(void **state)
{
    struct table *cells = cells_alloc(true, false);
    struct coarsening lost;

    (void)state;
    add(cells, "iop", 0, 4, 8);
    add(cells, "iop", 0, 9, 8);
    add(cells, "iop", NAN, NAN, 3);
    cells = coarsen(cells_sum(cells), 5, &lost);
    assert_int_equal(cells->n_rows, 2);
    expect(cells, 0, 0, 4, 11);
    expect(cells, 1, 0, 9, 8);
    table_free(cells);
}

static void test_a_small_group_is_left_out(void **state)
{
    struct table *cells = cells_alloc(true, false);
    struct coarsening lost;

    (void)state;
    add(cells, "iop", 1, 4, 4);
    add(cells, "other", 1, 4, 5);
    cells = coarsen(cells_sum(cells), 5, &lost);
    assert_int_equal(cells->n_rows, 1);
    expect(cells, 0, 1, 4, 5);
    assert_int_equal(lost.n_left_out, 1);
    table_free(cells);
}

static void test_numbers_that_few_have_become_their_mean(void **state)
{
    struct table *cells = cells_alloc(false, false);
    struct coarsening lost;

    (void)state;
    add_value(cells, "iop", 20, NULL, 2);
    add_value(cells, "iop", 30, NULL, 6);
    add_value(cells, "iop", NAN, NULL, 1);
    cells = coarsen(cells_sum(cells), 5, &lost);
    assert_int_equal(cells->n_rows, 1);
    assert_near(column_real(table_column(cells, "value"), 0), 27.5, 1e-15);
    assert_int_equal(column_integer(table_column(cells, "n"), 0), 9); /* the missing one stands nearest to the mean */
    table_free(cells);
}

static void test_levels_that_few_have_become_the_most_frequent_one(void **state)
{
    struct table *cells = cells_alloc(false, true);
    struct coarsening lost;

    (void)state;
    add_value(cells, "iop", 0, "a", 4);
    add_value(cells, "iop", 0, "b", 7);
    add_value(cells, "iop", 0, "c", 5);
    cells = coarsen(cells_sum(cells), 5, &lost);
    assert_int_equal(cells->n_rows, 2);
    assert_int_equal(column_integer(table_column(cells, "n"), 0), 11);
    table_free(cells);
}

static int64_t people_of(const struct table *cells, const char *arm)
{
    int64_t n = 0;

    for (size_t i = 0; i < cells->n_rows; i++) {
        size_t length;
        const char *text = column_text(table_column(cells, "arm"), i, &length);
        if (length == strlen(arm) && memcmp(text, arm, length) == 0)
            n += column_integer(table_column(cells, "n"), i);
    }
    return n;
}

static void test_no_cell_is_small_and_nobody_of_a_shown_group_is_lost(void **state)
{
    struct random_stream stream;

    (void)state;
    random_stream_start(&stream, 7, 0, 0);
    for (int round = 0; round < 300; round++) {
        static const char *const arms[] = {"a", "b", "c"};
        struct table *cells = cells_alloc(true, false);
        struct coarsening lost;
        const int64_t threshold = 2 + (int64_t)random_stream_below(&stream, 15);
        int64_t n[3];
        for (int k = (int)random_stream_below(&stream, 80); k >= 0; k--) {
            const uint64_t cause = random_stream_below(&stream, 12);
            const double day = (double)random_stream_below(&stream, 25);
            add(cells, arms[random_stream_below(&stream, 3)], cause == 11 ? NAN : (double)(cause % 3), cause == 11 ? NAN : day,
                1 + (int64_t)random_stream_below(&stream, 4));
        }
        cells = cells_sum(cells);
        for (int a = 0; a < 3; a++)
            n[a] = people_of(cells, arms[a]);
        cells = coarsen(cells, threshold, &lost);
        assert_non_null(cells);
        for (size_t i = 0; i < cells->n_rows; i++)
            assert_true(column_integer(table_column(cells, "n"), i) >= threshold);
        for (int a = 0; a < 3; a++)
            assert_int_equal(people_of(cells, arms[a]), n[a] < threshold ? 0 : n[a]);
        table_free(cells);
    }
}

/* Strata of one arm: 4 people in one of them, whose number the arm's total in another table would tell. */
static void test_those_left_out_are_enough_to_hide_among(void **state)
{
    struct table *cells = table_alloc("cells/x", "");
    struct coarsening lost;
    static const struct {
        const char *stratum;
        int64_t n;
    } of[] = {{"p", 4}, {"q", 7}, {"r", 30}};

    (void)state;
    table_add_column(cells, "arm", COLUMN_TEXT, 8, "", "");
    table_add_column(cells, "stratum:x", COLUMN_TEXT, 8, "", "");
    table_add_column(cells, "cause", COLUMN_FLOAT64, 0, "", "");
    table_add_column(cells, "n", COLUMN_INT64, 0, "", "");
    for (int k = 0; k < 3; k++) {
        struct row_builder row = table_new_row(cells);
        row_text(&row, "arm", "iop");
        row_text(&row, "stratum:x", of[k].stratum);
        row_real(&row, "cause", 1);
        row_integer(&row, "n", of[k].n);
        assert_int_equal(row_end(&row), 0);
    }
    cells = coarsen(cells_sum(cells), 5, &lost);
    assert_int_equal(cells->n_rows, 1);
    assert_int_equal(column_integer(table_column(cells, "n"), 0), 30);
    assert_int_equal(lost.n_left_out, 2);
    assert_int_equal(lost.n_groups, 3);
    table_free(cells);
}

static void test_late_entry_is_refused(void **state)
{
    struct table *cells = cells_alloc(true, false);
    struct coarsening lost;

    (void)state;
    table_add_column(cells, "entry", COLUMN_FLOAT64, 0, "", "");
    assert_null(coarsen(cells, 5, &lost));
}

/* ---- rows of a regression ------------------------------------------------------------------------------------------------ */

enum { PEOPLE = 400 };

struct made {
    int64_t frequency[PEOPLE];
    uint8_t kind[PEOPLE];
    int32_t stratum[PEOPLE], arm[PEOPLE], a[PEOPLE], b[PEOPLE];
    double number[PEOPLE];
    struct fit_term terms[4];
    struct fit_rows rows;
};

static void make(struct random_stream *stream, struct made *m)
{
    static const char *const labels[] = {"p", "q", "r", "s"};

    memset(m, 0, sizeof *m);
    const size_t n = 30 + (size_t)random_stream_below(stream, PEOPLE - 30);
    for (size_t i = 0; i < n; i++) {
        m->frequency[i] = 1 + (int64_t)random_stream_below(stream, 2);
        m->kind[i] = (uint8_t)random_stream_below(stream, 3);
        m->arm[i] = (int32_t)(random_stream_uniform(stream) * random_stream_uniform(stream) * 3);
        m->a[i] = (int32_t)(random_stream_uniform(stream) * random_stream_uniform(stream) * 4);
        m->b[i] = (int32_t)random_stream_below(stream, 3);
        m->number[i] = random_stream_uniform(stream);
    }
    m->terms[0] = (struct fit_term){.name = "arm", .n_label = 3, .code = m->arm};
    m->terms[1] = (struct fit_term){.name = "a", .n_label = 4, .labels = labels, .code = m->a};
    m->terms[2] = (struct fit_term){.name = "x", .value = m->number};
    m->terms[3] = (struct fit_term){.name = "b", .n_label = 3, .labels = labels, .code = m->b};
    m->rows = (struct fit_rows){.n = n, .frequency = m->frequency, .kind = m->kind, .stratum = m->stratum, .n_term = 4,
                                .terms = m->terms};
}

/* A small pair of codes, or of a code and a kind; -1: none. */
static int64_t smallest_pair(const struct made *m, const int32_t *x, const int32_t *y)
{
    int64_t n[4 * 4] = {0}, least = INT64_MAX;

    for (size_t i = 0; i < m->rows.n; i++)
        n[x[i] * 4 + (y != NULL ? y[i] : m->kind[i])] += m->frequency[i];
    for (int k = 0; k < 16; k++)
        least = n[k] > 0 && n[k] < least ? n[k] : least;
    return least;
}

static void test_no_sum_of_a_regression_is_of_few_people(void **state)
{
    struct random_stream stream;
    static struct made m, before;
    int refused = 0, changed = 0;

    (void)state;
    random_stream_start(&stream, 11, 0, 0);
    for (int round = 0; round < 300; round++) {
        const int64_t threshold = 2 + (int64_t)random_stream_below(&stream, 12);
        make(&stream, &m);
        before = m;
        assert_int_equal(fit_coarsen(&m.rows, threshold), 0);
        refused += m.rows.refused != NULL;
        changed += m.rows.n_changed > 0;
        if (m.rows.refused != NULL)
            continue;
        const int32_t *const codes[] = {m.arm, m.a, m.b};
        for (int x = 0; x < 3; x++) {
            assert_true(smallest_pair(&m, codes[x], NULL) >= threshold);
            for (int y = 0; y < x; y++)
                assert_true(smallest_pair(&m, codes[x], codes[y]) >= threshold);
        }
        /* Arms stay what they were: those who are left, in their order, are those of the arms that are left. */
        int64_t kept[3] = {0}, all[3] = {0};
        for (size_t i = 0; i < m.rows.n; i++)
            kept[m.arm[i]] += m.frequency[i];
        for (size_t i = 0; i < before.rows.n; i++)
            all[before.arm[i]] += before.frequency[i];
        for (int a = 0; a < 3; a++)
            assert_int_equal(kept[a], all[a] < threshold ? 0 : all[a]);
    }
    assert_true(changed > 100 && refused < 150);
}

static void test_a_threshold_of_one_changes_nothing(void **state)
{
    struct random_stream stream;
    static struct made m, before;

    (void)state;
    random_stream_start(&stream, 12, 0, 0);
    make(&stream, &m);
    before = m;
    assert_int_equal(fit_coarsen(&m.rows, 1), 0);
    assert_memory_equal(m.a, before.a, sizeof m.a);
    assert_memory_equal(m.kind, before.kind, sizeof m.kind);
    assert_int_equal(m.rows.n, before.rows.n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_days_become_steps_as_by_hand),
        cmocka_unit_test(test_a_kind_that_few_have_becomes_the_most_frequent_one),
        cmocka_unit_test(test_those_whose_outcome_is_unknown_are_censored_when_they_are_few),
        cmocka_unit_test(test_a_small_group_is_left_out),
        cmocka_unit_test(test_numbers_that_few_have_become_their_mean),
        cmocka_unit_test(test_levels_that_few_have_become_the_most_frequent_one),
        cmocka_unit_test(test_no_cell_is_small_and_nobody_of_a_shown_group_is_lost),
        cmocka_unit_test(test_those_left_out_are_enough_to_hide_among),
        cmocka_unit_test(test_late_entry_is_refused),
        cmocka_unit_test(test_no_sum_of_a_regression_is_of_few_people),
        cmocka_unit_test(test_a_threshold_of_one_changes_nothing),
    };
    return cmocka_run_group_tests_name("coarsen", tests, NULL, NULL);
}
