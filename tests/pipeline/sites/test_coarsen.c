/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells of at least a threshold: steps by hand, and laws that hold for whatever people there are. */
#include "sites/coarsen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "sites/cells.h"
#include "sites/fit_coarsen.h"
#include "sites/steps.h"
#include "stats/leaving.h"
#include "stats/random_stream.h"
#include "tests/support/near.h"

/* ---- steps ------------------------------------------------------------------------------------------------------------- */

/* Threshold 5: 2 + 4 on days 3 and 7 are enough; 3 on day 9 with 2 on day 20; 1 on day 31 belongs to the step before. */
static void test_days_become_steps_as_by_hand(void **state)
{
    struct step_place places[] = {{3, 0, 2}, {7, 0, 4}, {9, 0, 3}, {20, 0, 2}, {31, 0, 1}};
    static const double expected[] = {7, 7, 31, 31, 31};
    struct coarsening lost = {0};

    (void)state;
    assert_int_equal(steps_make(places, 5, 1, 5, false, &lost), 0);
    for (int i = 0; i < 5; i++)
        assert_near(places[i].at, expected[i], 0);
    assert_int_equal(lost.n_days, 5);
    assert_int_equal(lost.n_steps, 2);
    assert_near(lost.widest, 22, 0);
}

/* Each class that occurs on a step needs enough: 6 of the one on day 1 may stand alone, day 2 has 2 of the other. */
static void test_classes_that_are_told_apart_have_enough_each(void **state)
{
    struct step_place places[] = {{1, 0, 6}, {2, 0, 5}, {2, 1, 2}, {4, 1, 3}, {5, 0, 5}, {6, 1, 4}};
    static const double expected[] = {1, 4, 4, 4, 5, 6};
    struct coarsening lost = {0};

    (void)state;
    assert_int_equal(steps_make(places, 5, 2, 5, false, &lost), 0);
    for (int i = 0; i < 5; i++)
        assert_near(places[i].at, expected[i], 0);
    memcpy(places, (struct step_place[]){{1, 0, 6}, {2, 0, 5}, {2, 1, 2}, {4, 1, 3}, {5, 0, 5}, {6, 1, 4}}, sizeof places);
    assert_int_equal(steps_make(places, 6, 2, 5, false, &lost), 0); /* the last 4 take steps with them until there are enough */
    assert_near(places[5].at, 6, 0);
    assert_near(places[1].at, 6, 0);
    assert_near(places[0].at, 1, 0);
}

static void test_values_become_their_mean(void **state)
{
    struct step_place places[] = {{20, 0, 2}, {30, 0, 6}};
    struct coarsening lost = {0};

    (void)state;
    assert_int_equal(steps_make(places, 2, 1, 5, true, &lost), 0);
    assert_near(places[0].at, 27.5, 1e-15);
    assert_near(places[1].at, 27.5, 1e-15);
}

/* ---- values of a covariate, and strata ----------------------------------------------------------------------------------- */

static struct table *cells_alloc(bool strata)
{
    struct table *cells = table_alloc("cells/x", "");

    table_add_column(cells, "arm", COLUMN_TEXT, 8, "", "");
    if (strata) {
        table_add_column(cells, "stratum:x", COLUMN_TEXT, 8, "", "");
        table_add_column(cells, "stratum:y", COLUMN_TEXT, 8, "", "");
        table_add_column(cells, "cause", COLUMN_FLOAT64, 0, "", "");
        table_add_column(cells, "time", COLUMN_FLOAT64, 0, "", "");
    } else {
        table_add_column(cells, "value", COLUMN_FLOAT64, 8, "", "");
    }
    table_add_column(cells, "n", COLUMN_INT64, 0, "", "");
    return cells;
}

static void add_value(struct table *cells, double value, int64_t n)
{
    struct row_builder row = table_new_row(cells);

    row_text(&row, "arm", "iop");
    row_real(&row, "value", value);
    row_integer(&row, "n", n);
    assert_int_equal(row_end(&row), 0);
}

static void add(struct table *cells, const char *x, const char *y, double cause, double time, int64_t n)
{
    struct row_builder row = table_new_row(cells);

    row_text(&row, "arm", "iop");
    row_text(&row, "stratum:x", x);
    row_text(&row, "stratum:y", y);
    row_real(&row, "cause", cause);
    row_real(&row, "time", time);
    row_integer(&row, "n", n);
    assert_int_equal(row_end(&row), 0);
}

static void test_numbers_that_few_have_become_their_mean(void **state)
{
    struct table *cells = cells_alloc(false);
    struct coarsening lost;

    (void)state;
    add_value(cells, 20, 2);
    add_value(cells, 30, 6);
    add_value(cells, NAN, 1);
    cells = coarsen_values(cells_sum(cells), 5, &lost);
    assert_non_null(cells);
    assert_int_equal(cells->n_rows, 1);
    assert_near(column_real(table_column(cells, "value"), 0), 27.5, 1e-15);
    assert_int_equal(column_integer(table_column(cells, "n"), 0), 9); /* the missing one stands nearest to the mean */
    table_free(cells);
}

static void test_a_number_that_few_have_is_told_of_nobody(void **state)
{
    struct table *cells = cells_alloc(false);
    struct coarsening lost;

    (void)state;
    add_value(cells, 20, 2);
    add_value(cells, NAN, 8);
    cells = coarsen_values(cells_sum(cells), 5, &lost);
    assert_int_equal(cells->n_rows, 1);
    assert_true(column_is_missing(table_column(cells, "value"), 0));
    assert_int_equal(column_integer(table_column(cells, "n"), 0), 10);
    table_free(cells);
}

/* People with a label of x, a label of y (NULL: any) and a kind of end (NAN: any). */
static int64_t people_with(const struct table *cells, const char *x, const char *y, double cause)
{
    int64_t n = 0;

    for (size_t i = 0; i < cells->n_rows; i++)
        if ((x == NULL || cell_is(cells, "stratum:x", i, x)) && (y == NULL || cell_is(cells, "stratum:y", i, y)) &&
            (isnan(cause) || cell_real(cells, "cause", i) == cause))
            n += cell_integer(cells, "n", i);
    return n;
}

/* Women of p with the event are 4: they are hidden, and so are men of p, since all of p may stand elsewhere; q stays. */
static void test_strata_that_few_are_in_are_hidden_among_enough(void **state)
{
    struct table *cells = cells_alloc(true);
    struct coarsening lost;

    (void)state;
    add(cells, "f", "p", 1, 3, 4);
    add(cells, "f", "p", 0, 9, 20);
    add(cells, "m", "p", 1, 3, 8);
    add(cells, "m", "p", 0, 9, 20);
    add(cells, "f", "q", 1, 3, 9);
    add(cells, "f", "q", 0, 9, 20);
    add(cells, "m", "q", 1, 3, 30);
    add(cells, "m", "q", 0, 9, 20);
    cells = coarsen_strata(cells_sum(cells), 5, &lost);
    assert_non_null(cells);
    assert_int_equal(people_with(cells, "f", "p", NAN), 0);
    assert_int_equal(people_with(cells, "m", "q", 1), 30);
    assert_int_equal(people_with(cells, NULL, NULL, 1), 51);
    assert_true(people_with(cells, "", "", 1) >= 5);
    assert_true(lost.n_left_out >= 2);
    assert_int_equal(lost.n_groups, 4);
    table_free(cells);
}

/* Whatever there is: cells of at least the threshold, kinds as before, and labels of whom nobody or enough are hidden. */
static void test_no_difference_from_what_was_there_is_small(void **state)
{
    static const char *const xs[] = {"f", "m", ""}, *const ys[] = {"p", "q", "r", ""};
    struct random_stream stream;
    int hidden = 0, shown = 0;

    (void)state;
    random_stream_start(&stream, 7, 0, 0);
    for (int round = 0; round < 300; round++) {
        struct table *cells = cells_alloc(true);
        struct coarsening lost;
        const int64_t threshold = 2 + (int64_t)random_stream_below(&stream, 8);
        for (int k = (int)random_stream_below(&stream, 60); k >= 0; k--)
            add(cells, xs[random_stream_below(&stream, 20) % 3 % (1 + random_stream_below(&stream, 3))], ys[random_stream_below(&stream, 4)],
                (double)random_stream_below(&stream, 2), (double)random_stream_below(&stream, 6), 1 + (int64_t)random_stream_below(&stream, (uint64_t)threshold + 3));
        cells = cells_sum(cells);
        int64_t of[2], before[3][2], before_y[4][2];
        for (int kind = 0; kind < 2; kind++) {
            of[kind] = people_with(cells, NULL, NULL, kind);
            for (int x = 0; x < 3; x++)
                before[x][kind] = people_with(cells, xs[x], NULL, kind);
            for (int y = 0; y < 4; y++)
                before_y[y][kind] = people_with(cells, NULL, ys[y], kind);
        }
        cells = coarsen_strata(cells, threshold, &lost);
        assert_non_null(cells);
        for (int kind = 0; kind < 2; kind++) {
            assert_int_equal(people_with(cells, NULL, NULL, kind), of[kind]);
            if (of[kind] < threshold)
                continue; /* site_people.h leaves no such kind */
            for (size_t i = 0; i < cells->n_rows; i++)
                assert_true(cell_real(cells, "cause", i) != kind || cell_integer(cells, "n", i) >= threshold);
            for (int x = 0; x < 2; x++) {
                const int64_t gone = before[x][kind] - people_with(cells, xs[x], NULL, kind);
                assert_true(gone == 0 || gone >= threshold || gone == before[x][kind]);
                hidden += gone > 0;
                shown += gone < before[x][kind];
            }
            for (int y = 0; y < 3; y++) {
                const int64_t gone = before_y[y][kind] - people_with(cells, NULL, ys[y], kind);
                assert_true(gone == 0 || gone >= threshold || gone == before_y[y][kind]);
            }
        }
        table_free(cells);
    }
    assert_true(hidden > 100 && shown > 100);
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
        cmocka_unit_test(test_classes_that_are_told_apart_have_enough_each),
        cmocka_unit_test(test_values_become_their_mean),
        cmocka_unit_test(test_numbers_that_few_have_become_their_mean),
        cmocka_unit_test(test_a_number_that_few_have_is_told_of_nobody),
        cmocka_unit_test(test_strata_that_few_are_in_are_hidden_among_enough),
        cmocka_unit_test(test_no_difference_from_what_was_there_is_small),
        cmocka_unit_test(test_no_sum_of_a_regression_is_of_few_people),
        cmocka_unit_test(test_a_threshold_of_one_changes_nothing),
    };
    return cmocka_run_group_tests_name("coarsen", tests, NULL, NULL);
}
