/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/stepdown_layout.h"

#include <math.h>
#include <string.h>

#include "base/table.h"
#include "report/pool.h"
#include "tests/support/near.h"

enum { END_DETOX = 1, END_RESIDENTIAL = 3, END_IOP = 5, END_OUTPATIENT = 6 };

struct move {
    const char *arm, *from, *to;
    int64_t n; /* MISSING_INTEGER: withheld */
};

/*
 *   entry -> detox 40, residential 60          detox -> residential 30, end 10
 *   residential -> iop 50, outpatient 20, end 20         iop -> residential 5 (withheld), outpatient 25, open 20
 *   outpatient -> iop 4 (withheld), end 41
 */
static const struct move moves[] = {
    {"", "entry", "detox", 40},       {"", "entry", "residential", 60},      {"", "detox", "residential", 30},
    {"", "detox", "end", 10},         {"", "residential", "iop", 50},        {"", "residential", "outpatient", 20},
    {"", "residential", "end", 20},   {"", "iop", "residential", MISSING_INTEGER}, {"", "iop", "outpatient", 25},
    {"", "iop", "open", 20},          {"", "outpatient", "iop", 12},         {"", "outpatient", "end", 41},
    {"iop", "iop", "outpatient", 14}, {"iop", "outpatient", "end", 14},
};

static struct bundle bundle_with(const struct move *rows, size_t n)
{
    struct table *flow = table_alloc("flow", "Moves");

    for (size_t j = 0; j < 3; j++)
        assert_non_null(table_add_column(flow, (const char *const[]){"arm", "from", "to"}[j], COLUMN_TEXT, 1, "", ""));
    assert_non_null(table_add_column(flow, "n", COLUMN_INT64, 0, "", ""));
    assert_non_null(table_add_column(flow, "median_gap", COLUMN_FLOAT64, 0, "", ""));
    for (size_t i = 0; i < n; i++) {
        struct row_builder row = table_new_row(flow);
        row_text(&row, "arm", rows[i].arm);
        row_text(&row, "from", rows[i].from);
        row_text(&row, "to", rows[i].to);
        row_integer(&row, "n", rows[i].n);
        assert_int_equal(row_end(&row), 0);
    }
    return (struct bundle){.pool = pool_alloc(), .flow = flow};
}

static void release(struct bundle *bundle)
{
    table_free((struct table *)(uintptr_t)bundle->flow);
    pool_free(bundle->pool);
}

static void read_moves(struct stepdown_layout *layout)
{
    struct bundle bundle = bundle_with(moves, sizeof moves / sizeof moves[0]);

    stepdown_read(&bundle, "", layout);
    stepdown_place(layout, 100, 7);
    release(&bundle);
}

static const struct flow_move *find(const struct stepdown_layout *layout, const char *from, const char *to)
{
    for (size_t k = 0; k < layout->n_moves; k++)
        if (strcmp(flow_end_names[layout->moves[k].from], from) == 0 &&
            strcmp(flow_end_names[layout->moves[k].to], to) == 0)
            return &layout->moves[k];
    fail_msg("no move from %s to %s", from, to);
    return NULL;
}

static void test_what_is_withheld_is_neither_drawn_nor_measured(void **state)
{
    struct stepdown_layout layout;

    (void)state;
    read_moves(&layout);
    assert_int_equal(layout.n_moves, 11);
    assert_int_equal(layout.n_withheld, 1);
    assert_int_equal(layout.from[END_IOP].n, 45);
    assert_int_equal(layout.to[END_RESIDENTIAL].n, 90);
}

static void test_steps_down_go_down_and_steps_up_go_up(void **state)
{
    struct stepdown_layout layout;
    int down = 0, up = 0;

    (void)state;
    read_moves(&layout);
    for (size_t k = 0; k < layout.n_moves; k++) {
        const struct flow_move *move = &layout.moves[k];
        const double rise = move->to_low + move->to_high - move->from_low - move->from_high;

        if (move->kind == MOVE_DOWN) {
            assert_true(rise < 0);
            down++;
        } else if (move->kind == MOVE_UP) {
            assert_true(rise > 0);
            up++;
        }
    }
    assert_int_equal(down, 4);
    assert_int_equal(up, 1);
    assert_int_equal(layout.n_between, 5);
    assert_int_equal(find(&layout, "iop", "open")->kind, MOVE_END);
    assert_int_equal(find(&layout, "entry", "detox")->kind, MOVE_BEGIN);
}

static void test_a_ribbon_is_as_high_as_its_number_at_both_ends(void **state)
{
    struct stepdown_layout layout;
    double total = 0;

    (void)state;
    read_moves(&layout);
    for (size_t i = 0; i < FLOW_ENDS; i++)
        total += (double)(layout.from[i].n > layout.to[i].n ? layout.from[i].n : layout.to[i].n);
    for (size_t k = 0; k < layout.n_moves; k++) {
        const struct flow_move *move = &layout.moves[k];
        const double height = 100 * (double)move->n / total;

        if (move->kind != MOVE_BEGIN)
            assert_near(move->from_high - move->from_low, height, 1e-12);
        if (move->kind != MOVE_END)
            assert_near(move->to_high - move->to_low, height, 1e-12);
    }
}

/* Ribbons fill their node from its upper to its lower edge: steps up above, beginnings and ends between, steps down below. */
static void test_ribbons_fill_their_node_without_overlap(void **state)
{
    struct stepdown_layout layout;

    (void)state;
    read_moves(&layout);
    const struct flow_node *residential = &layout.from[END_RESIDENTIAL], *outpatient = &layout.from[END_OUTPATIENT];
    assert_near(find(&layout, "residential", "end")->from_high, residential->high, 1e-12);
    assert_near(find(&layout, "residential", "iop")->from_high, find(&layout, "residential", "end")->from_low, 1e-12);
    assert_near(find(&layout, "residential", "outpatient")->from_high, find(&layout, "residential", "iop")->from_low, 1e-12);
    assert_near(find(&layout, "residential", "outpatient")->from_low, residential->low, 1e-12);
    assert_near(find(&layout, "outpatient", "iop")->from_high, outpatient->high, 1e-12);
    assert_near(find(&layout, "outpatient", "end")->from_low, outpatient->low, 1e-12);
    assert_near(find(&layout, "detox", "residential")->to_high, layout.to[END_RESIDENTIAL].high, 1e-12);
    assert_near(find(&layout, "entry", "residential")->to_low, layout.to[END_RESIDENTIAL].low, 1e-12);
}

static void test_labels_have_room_and_nothing_leaves_the_sheet(void **state)
{
    struct stepdown_layout layout;
    double above = INFINITY;

    (void)state;
    read_moves(&layout);
    for (size_t i = 0; i < FLOW_ENDS; i++) {
        const struct flow_node *node = layout.from[i].n > 0 ? &layout.from[i] : &layout.to[i];

        if (node->n == 0)
            continue;
        assert_true(above - node->middle >= 7);
        assert_true(node->low >= -1e-9 && node->high <= layout.height + 1e-9);
        above = node->middle;
        if (layout.from[i].n > 0 && layout.to[i].n > 0)
            assert_near(layout.from[i].middle, layout.to[i].middle, 1e-12);
    }
    assert_true(layout.from[END_DETOX].n == 40);
}

static void test_an_arm_has_its_own_moves(void **state)
{
    struct bundle bundle = bundle_with(moves, sizeof moves / sizeof moves[0]);
    struct stepdown_layout layout;

    (void)state;
    stepdown_read(&bundle, "iop", &layout);
    assert_int_equal(layout.n_moves, 2);
    stepdown_read(&bundle, "nobody", &layout);
    assert_int_equal(layout.n_moves, 0);
    stepdown_place(&layout, 100, 7); /* nothing to place is no trouble */
    release(&bundle);
}

static void test_levels_that_nobody_knows_are_passed_over(void **state)
{
    static const struct move odd[] = {{"", "limbo", "iop", 40}, {"", "iop", "`rm`", 40}, {"", "iop", "outpatient", 0},
                                      {"", "detox", "unknown", 30}};
    struct bundle bundle = bundle_with(odd, 4);
    struct stepdown_layout layout;

    (void)state;
    stepdown_read(&bundle, "", &layout);
    assert_int_equal(layout.n_moves, 1);
    assert_string_equal(flow_end_label(&bundle, layout.moves[0].to), "Level unknown");
    release(&bundle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_withheld_is_neither_drawn_nor_measured),
        cmocka_unit_test(test_steps_down_go_down_and_steps_up_go_up),
        cmocka_unit_test(test_a_ribbon_is_as_high_as_its_number_at_both_ends),
        cmocka_unit_test(test_ribbons_fill_their_node_without_overlap),
        cmocka_unit_test(test_labels_have_room_and_nothing_leaves_the_sheet),
        cmocka_unit_test(test_an_arm_has_its_own_moves),
        cmocka_unit_test(test_levels_that_nobody_knows_are_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
