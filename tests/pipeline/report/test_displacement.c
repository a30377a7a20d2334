/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables that fit, found by moving counts: what they prove holds by a linear programme too, and of tables that are flows nothing is missed. */
#include <glpk.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/audit.h"
#include "report/displacement.h"
#include "report/displacement_graph.h"
#include "report/suppress.h"
#include "tests/support/near.h"

enum { T = 11, USUAL_TABLES = 400, ROWS_MAX = 6, COLUMNS_MAX = 7 };

static uint64_t seed;

static uint64_t draw(void) /* xorshift64 */
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static int64_t draw_count(double mean)
{
    return (int64_t)(-mean * log(((double)(draw() % 1000000) + 0.5) / 1e6));
}

static void add_relation(struct count_system *system, const size_t *counts, const int *signs, size_t n)
{
    relation_start(system);
    for (size_t k = 0; k < n; k++)
        relation_term(system, counts[k], signs[k]);
    assert_true(relation_end(system));
}

/* All by row and column with their totals; where `is_deep`, those who count among them and those who do not. */
struct grid {
    size_t rows, columns;
    size_t count[2][ROWS_MAX + 1][COLUMNS_MAX + 1]; /* all, those who count */
};

static void add_layer(struct count_system *system, struct grid *grid, int layer, int64_t n[ROWS_MAX + 1][COLUMNS_MAX + 1])
{
    size_t line[ROWS_MAX + COLUMNS_MAX];
    int signs[ROWS_MAX + COLUMNS_MAX];
    char key[64];

    for (size_t i = 0; i <= grid->rows; i++)
        for (size_t j = 0; j <= grid->columns; j++) {
            snprintf(key, sizeof key, "%d|%zu|%zu", layer, i, j);
            grid->count[layer][i][j] =
                count_add(system, key, n[i][j], i == grid->rows || j == grid->columns ? COST_TOTAL : COST_LEVEL);
        }
    for (size_t i = 0; i <= grid->rows; i++) {
        for (size_t j = 0; j <= grid->columns; j++) {
            line[j] = grid->count[layer][i][j];
            signs[j] = j == grid->columns ? -1 : 1;
        }
        add_relation(system, line, signs, grid->columns + 1);
    }
    for (size_t j = 0; j <= grid->columns; j++) {
        for (size_t i = 0; i <= grid->rows; i++) {
            line[i] = grid->count[layer][i][j];
            signs[i] = i == grid->rows ? -1 : 1;
        }
        add_relation(system, line, signs, grid->rows + 1);
    }
}

static struct count_system *make_table(struct grid *grid, bool is_deep, int64_t round_to)
{
    static const double means[] = {4, 8, 15, 30};
    static const int signs[] = {1, -1, -1};
    int64_t n[2][ROWS_MAX + 1][COLUMNS_MAX + 1] = {{{0}}};
    struct count_system *system = count_system_alloc(T, round_to);
    const double mean = means[draw() % 4];
    char key[64];

    *grid = (struct grid){.rows = 2 + draw() % (ROWS_MAX - 1), .columns = 2 + draw() % (COLUMNS_MAX - 1)};
    for (size_t i = 0; i < grid->rows; i++)
        for (size_t j = 0; j < grid->columns; j++) {
            n[0][i][j] = draw_count(mean);
            for (int64_t k = 0; k < n[0][i][j]; k++)
                n[1][i][j] += draw() % 100 < 70;
            for (int layer = 0; layer < 2; layer++) {
                n[layer][i][grid->columns] += n[layer][i][j];
                n[layer][grid->rows][j] += n[layer][i][j];
                n[layer][grid->rows][grid->columns] += n[layer][i][j];
            }
        }
    for (int layer = 0; layer <= is_deep; layer++)
        add_layer(system, grid, layer, n[layer]);
    for (size_t i = 0; is_deep && i <= grid->rows; i++)
        for (size_t j = 0; j <= grid->columns; j++) {
            size_t three[3] = {grid->count[0][i][j], grid->count[1][i][j], NO_COUNT};
            const int64_t rest = n[0][i][j] - n[1][i][j];

            snprintf(key, sizeof key, "rest|%zu|%zu", i, j);
            if (rest > 0)
                three[2] = count_add(system, key, rest, COST_NONE);
            add_relation(system, three, signs, rest > 0 ? 3 : 2);
        }
    return system;
}

/* Hides the small counts, and others at random. */
static void hide_some(struct count_system *system)
{
    const unsigned percent = (unsigned)(draw() % 50);

    for (size_t i = 0; i < system->n_counts; i++)
        if (system->counts[i].cost != COST_NONE && system->counts[i].value > 0 &&
            (system->counts[i].is_small || (draw() % 100 < percent && system->counts[i].cost != COST_TOTAL)))
            count_hide(system, i);
    for (size_t i = 0; i < system->n_counts; i++)
        if (draw() % 20 == 0)
            count_at_least(system, i, (int64_t)(1 + draw() % 12));
}

/* The whole system as one linear programme that knows nothing of displacements: every count is a column, known ones are fixed. */
static glp_prob *make_program(const struct count_system *system)
{
    glp_prob *program = glp_create_prob();
    int indices[64];
    double values[64];

    glp_term_out(GLP_OFF);
    glp_add_cols(program, (int)system->n_counts);
    for (size_t i = 0; i < system->n_counts; i++) {
        const struct count *const count = &system->counts[i];
        const double low = (double)count_low(system, count->value), high = (double)count_high(system, count->value);

        if (count_is_unknown(system, i))
            glp_set_col_bnds(program, (int)i + 1, GLP_LO, (double)count->at_least, 0);
        else
            glp_set_col_bnds(program, (int)i + 1, low < high ? GLP_DB : GLP_FX, low, high);
    }
    for (size_t r = 0; r < system->n_relations; r++) {
        const int row = glp_add_rows(program, 1);

        for (size_t k = 0; k < system->relations[r].n; k++) {
            indices[k + 1] = (int)system->terms[system->relations[r].first + k].count + 1;
            values[k + 1] = (double)system->terms[system->relations[r].first + k].coefficient;
        }
        glp_set_row_bnds(program, row, GLP_FX, 0, 0);
        glp_set_mat_row(program, row, (int)system->relations[r].n, indices, values);
    }
    return program;
}

static double solve(glp_prob *program, size_t count, int direction)
{
    glp_smcp settings;
    double value;

    glp_init_smcp(&settings);
    settings.msg_lev = GLP_MSG_OFF;
    glp_set_obj_dir(program, direction);
    glp_set_obj_coef(program, (int)count + 1, 1);
    assert_int_equal(glp_simplex(program, &settings), 0);
    value = glp_get_status(program) == GLP_OPT ? glp_get_obj_val(program) : direction == GLP_MAX ? INFINITY : -INFINITY;
    glp_set_obj_coef(program, (int)count + 1, 0);
    return value;
}

/* As far as a count goes, one at a time. */
static double walk(struct pusher *pusher, size_t count, int64_t from, int way, double limit)
{
    int64_t value = from;

    while ((double)(value * way) < limit * way) {
        pusher_allow(pusher, 100000);
        if (!pusher_reach(pusher, count, value + way))
            break;
        value += way;
    }
    return (double)value;
}

struct tally {
    size_t n, n_reached; /* ends of ranges, and those that displacements reach */
};

/* Every table that is found fits by the programme, and its ranges lie within those of the programme. */
static void compare_ranges(const struct count_system *system, struct tally *tally)
{
    double *low = calloc(system->n_counts, sizeof *low), *high = calloc(system->n_counts, sizeof *high);
    glp_prob *program = make_program(system);
    struct displacer *displacer;
    struct pusher *pusher;

    for (size_t i = 0; i < system->n_counts; i++)
        low[i] = high[i] = (double)system->counts[i].value;
    displacer = displacer_alloc(system, low, high);
    pusher = pusher_alloc(displacer);
    for (size_t i = 0; i < system->n_counts; i++) {
        if (!count_is_unknown(system, i))
            continue;
        const double most = fmin(solve(program, i, GLP_MAX), (double)system->counts[i].value + 30), least = solve(program, i, GLP_MIN);

        tally->n += 2;
        tally->n_reached += walk(pusher, i, system->counts[i].value, 1, most) >= most - 1e-6;
        tally->n_reached += walk(pusher, i, system->counts[i].value, -1, least) <= least + 1e-6;
        assert_true(low[i] >= least - 1e-6);
    }
    for (size_t i = 0; i < system->n_counts; i++) {
        if (low[i] == high[i])
            continue;
        assert_true(high[i] <= solve(program, i, GLP_MAX) + 1e-6);
        assert_true(low[i] >= solve(program, i, GLP_MIN) - 1e-6);
    }
    assert_int_equal(displacer_check(displacer), 0);
    pusher_free(pusher);
    displacer_free(displacer);
    glp_delete_prob(program);
    free(low);
    free(high);
}

static int n_tables(void)
{
    const char *asked = getenv("STEPDOWN_TABLES");

    return asked == NULL ? USUAL_TABLES : atoi(asked);
}

static void test_no_displacement_goes_beyond_the_linear_programme(void **state)
{
    static const int64_t rounding[] = {0, 0, 0, 5};
    struct tally tally = {0, 0};

    (void)state;
    seed = 20261129;
    for (int k = 0; k < n_tables() / 4; k++) {
        struct grid grid;
        struct count_system *system = make_table(&grid, true, rounding[draw() % 4]);

        hide_some(system);
        compare_ranges(system, &tally);
        count_system_free(system);
    }
    printf("compared - displacements reach %zu of %zu ends of ranges that linear programmes find, and none beyond them\n",
           tally.n_reached, tally.n);
    assert_true((double)tally.n_reached > 0.95 * (double)tally.n);
}

/* Each count stands in a row and a column: a flow, where augmenting paths find all there is. */
static void test_in_two_way_tables_every_end_is_reached(void **state)
{
    struct tally tally = {0, 0};

    (void)state;
    seed = 31415926;
    for (int k = 0; k < n_tables() / 4; k++) {
        struct grid grid;
        struct count_system *system = make_table(&grid, false, 0);

        hide_some(system);
        compare_ranges(system, &tally);
        count_system_free(system);
    }
    assert_true(tally.n > 1000);
    assert_int_equal(tally.n_reached, tally.n);
}

/* What the audit calls safe is safe by a programme over everything, and what it calls unsafe is not. */
static void test_the_audit_agrees_with_a_linear_programme_over_everything(void **state)
{
    size_t n_safe = 0, n_unsafe = 0, n_programs = 0;

    (void)state;
    seed = 27182818;
    for (int k = 0; k < n_tables(); k++) {
        struct grid grid;
        struct count_system *system = make_table(&grid, draw() % 4 != 0, draw() % 5 == 0 ? 5 : 0);
        bool *unsafe = calloc(system->n_counts, sizeof *unsafe);
        struct audit_ranges ranges;
        struct audit audit = {.n_programs = 0};
        glp_prob *program;

        hide_some(system);
        program = make_program(system);
        assert_int_equal(audit_ranges_start(&ranges, system, 2), 0);
        assert_int_equal(audit_counts(system, &ranges, false, unsafe, &audit), 0);
        n_programs += audit.n_programs;
        for (size_t i = 0; i < system->n_counts; i++) {
            const struct count *const count = &system->counts[i];

            if (!count_is_unknown(system, i) || count->at_least > 0 || !(count->is_small || count->hidden)) {
                assert_false(unsafe[i]);
                continue;
            }
            const double most = solve(program, i, GLP_MAX), least = solve(program, i, GLP_MIN);
            assert_true(unsafe[i] == (most < T - 1e-6 || most - least < T - 1e-6));
            *(unsafe[i] ? &n_unsafe : &n_safe) += 1;
        }
        audit_ranges_free(&ranges);
        glp_delete_prob(program);
        free(unsafe);
        count_system_free(system);
    }
    printf("compared - %zu safe and %zu unsafe counts of %d tables, by displacements and %zu programmes as by programmes alone\n",
           n_safe, n_unsafe, n_tables(), n_programs);
    assert_true(n_safe > 1000 && n_unsafe > 1000);
}

/* 5 + 40 + 50 = 95, all but the sum hidden, and the second known to be 38 at least. */
static void test_bounds_are_kept(void **state)
{
    static const int64_t values[] = {5, 40, 50, 95};
    static const int signs[] = {1, 1, 1, -1};
    struct count_system *system = count_system_alloc(T, 0);
    double low[4], high[4];
    size_t counts[4];
    char key[8];

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        snprintf(key, sizeof key, "%zu", i);
        counts[i] = count_add(system, key, values[i], i < 3 ? COST_LEVEL : COST_TOTAL);
        low[i] = high[i] = (double)values[i];
        if (i < 3)
            count_hide(system, counts[i]);
    }
    add_relation(system, counts, signs, 4);
    count_at_least(system, counts[1], 38);
    struct displacer *displacer = displacer_alloc(system, low, high);
    struct pusher *pusher = pusher_alloc(displacer);
    pusher_allow(pusher, 1000);
    assert_true(pusher_reach(pusher, counts[0], 57));  /* 38 + 0 beside it */
    assert_false(pusher_reach(pusher, counts[0], 58));
    assert_true(pusher_reach(pusher, counts[0], 57));  /* where it is */
    assert_true(pusher_reach(pusher, counts[1], 95));
    assert_false(pusher_reach(pusher, counts[1], 37));
    assert_false(pusher_reach(pusher, counts[0], -1));
    assert_false(pusher_reach(pusher, counts[3], 96)); /* it is shown */
    pusher_allow(pusher, 0);
    assert_false(pusher_reach(pusher, counts[2], 60)); /* no looks are left */
    assert_near(low[0], 0, 0);
    assert_near(high[0], 57, 0);
    assert_near(low[1], 38, 0);
    assert_near(high[1], 95, 0);
    assert_int_equal(displacer_check(displacer), 0);
    pusher_free(pusher);
    displacer_free(displacer);
    count_system_free(system);
}

/* Twice a count is 40: it is never moved; a count beside it is. */
static void test_counts_with_other_coefficients_stay(void **state)
{
    struct count_system *system = count_system_alloc(T, 0);
    const size_t half = count_add(system, "half", 20, COST_LEVEL), a = count_add(system, "a", 15, COST_LEVEL),
                 b = count_add(system, "b", 25, COST_LEVEL);
    double low[] = {20, 15, 25}, high[] = {20, 15, 25};

    (void)state;
    relation_start(system);
    relation_term(system, half, 2);
    relation_term(system, a, -1);
    relation_term(system, b, -1);
    assert_true(relation_end(system));
    count_hide(system, half);
    count_hide(system, a);
    count_hide(system, b);
    struct displacer *displacer = displacer_alloc(system, low, high);
    struct pusher *pusher = pusher_alloc(displacer);
    pusher_allow(pusher, 1000);
    assert_false(pusher_reach(pusher, half, 21));
    assert_true(pusher_reach(pusher, a, 40));
    assert_false(pusher_reach(pusher, a, 41));
    assert_near(low[b], 0, 0);
    pusher_free(pusher);
    displacer_free(displacer);
    count_system_free(system);
}

static void test_twins_are_the_rows_of_all_and_of_those_who_count(void **state)
{
    struct grid grid;
    struct count_system *system;
    struct displacement_graph graph;

    (void)state;
    seed = 16180339;
    system = make_table(&grid, true, 0);
    assert_int_equal(displacement_graph_make(&graph, system), 0);
    const size_t n_lines = grid.rows + grid.columns + 2;
    for (size_t r = 0; r < n_lines; r++) {
        assert_int_equal(graph.twin[r], r + n_lines);
        assert_int_equal(graph.twin[r + n_lines], r);
    }
    assert_int_equal(graph.mate[grid.count[0][1][1]], grid.count[1][1][1]);
    assert_int_equal(graph.mate[grid.count[1][1][1]], grid.count[0][1][1]);
    displacement_graph_free(&graph);
    count_system_free(system);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_displacement_goes_beyond_the_linear_programme),
        cmocka_unit_test(test_in_two_way_tables_every_end_is_reached),
        cmocka_unit_test(test_the_audit_agrees_with_a_linear_programme_over_everything),
        cmocka_unit_test(test_bounds_are_kept),
        cmocka_unit_test(test_counts_with_other_coefficients_stay),
        cmocka_unit_test(test_twins_are_the_rows_of_all_and_of_those_who_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
