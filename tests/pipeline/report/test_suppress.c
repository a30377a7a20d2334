/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hidden counts that nobody can work out: attacked by an algorithm of its own, with whole numbers and fractions. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/table.h"
#include "report/count_index.h"
#include "report/show_again.h"
#include "report/suppress.h"
#include "tests/pipeline/report/attacker.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

enum { T = 11, ROWS_MAX = 12, COLUMNS_MAX = 24 };

static uint64_t seed = 20261121;

static uint64_t draw(void) /* xorshift64 */
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* A two-way table with margins; the count of cell (i, j), where i == rows or j == columns is a total. */
struct two_way {
    size_t rows, columns;
    int64_t n[ROWS_MAX + 1][COLUMNS_MAX + 1];
    size_t count[ROWS_MAX + 1][COLUMNS_MAX + 1];
};

static void fill(struct two_way *table, size_t rows, size_t columns, double mean)
{
    *table = (struct two_way){.rows = rows, .columns = columns};
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) {
            const double u = ((double)(draw() % 1000000) + 0.5) / 1e6;

            table->n[i][j] = (int64_t)(-mean * log(u));
            table->n[i][columns] += table->n[i][j];
            table->n[rows][j] += table->n[i][j];
            table->n[rows][columns] += table->n[i][j];
        }
}

static void add_table(struct count_system *system, struct two_way *table, const char *name)
{
    char key[64];

    for (size_t i = 0; i <= table->rows; i++)
        for (size_t j = 0; j <= table->columns; j++) {
            snprintf(key, sizeof key, "%s|%zu|%zu", name, i, j);
            table->count[i][j] = count_add(system, key, table->n[i][j],
                                           i == table->rows || j == table->columns ? COST_TOTAL : COST_LEVEL);
        }
    for (size_t i = 0; i <= table->rows; i++) {
        relation_start(system);
        for (size_t j = 0; j <= table->columns; j++)
            relation_term(system, table->count[i][j], j == table->columns ? -1 : 1);
        assert_true(relation_end(system));
    }
    for (size_t j = 0; j <= table->columns; j++) {
        relation_start(system);
        for (size_t i = 0; i <= table->rows; i++)
            relation_term(system, table->count[i][j], i == table->rows ? -1 : 1);
        assert_true(relation_end(system));
    }
}

/* Unsafe counts that an audit finds which knows nothing of the search before it. */
static size_t audit_anew(const struct count_system *system)
{
    struct audit_ranges ranges = {.low = NULL};
    struct audit audit = {.n_audited = 0};
    bool *const unsafe = calloc(system->n_counts, sizeof *unsafe);

    assert_int_equal(audit_ranges_start(&ranges, system, 1), 0);
    assert_int_equal(audit_counts(system, &ranges, true, unsafe, &audit), 0);
    audit_ranges_free(&ranges);
    free(unsafe);
    return audit.n_unsafe;
}

/* What a reader sees of a system. */
static struct broken attack_system(const struct count_system *system)
{
    struct seen *seen = calloc(1, sizeof *seen);
    struct broken broken;

    for (size_t i = 0; i < system->n_counts; i++)
        seen_add(seen, !count_is_unknown(system, i), system->counts[i].value);
    for (size_t r = 0; r < system->n_relations; r++) {
        for (size_t k = system->relations[r].first; k < system->relations[r].first + system->relations[r].n; k++)
            seen_term(seen, system->terms[k].count, (int)system->terms[k].coefficient);
        assert_true(seen_end(seen));
    }
    broken = attack(seen, T);
    free(seen);
    return broken;
}

static void test_an_attacker_learns_nothing_of_random_tables(void **state)
{
    static const double means[] = {4, 8, 20, 60};
    struct broken all = {0, 0, 0}, primary = {0, 0, 0};
    size_t n_hidden = 0, n_unsafe[2] = {0, 0};

    (void)state;
    for (int round = 0; round < 250; round++) {
        struct two_way table;
        struct audit audit;

        fill(&table, 2 + draw() % 4, 2 + draw() % 6, means[draw() % 4]);
        for (int protects = 0; protects < 2; protects++) {
            struct count_system *system = count_system_alloc(T, 0);
            struct broken broken;

            add_table(system, &table, "t");
            for (size_t i = 0; i < system->n_counts; i++)
                if (system->counts[i].is_small)
                    count_hide(system, i);
            if (protects)
                assert_int_equal(suppress_counts(system, 1, &audit), 0);
            n_unsafe[protects] += audit_anew(system);
            broken = attack_system(system);
            (protects ? &all : &primary)->n_small += broken.n_small;
            (protects ? &all : &primary)->n_exact += broken.n_exact;
            (protects ? &all : &primary)->n_proved += broken.n_proved;
            for (size_t i = 0; protects && i < system->n_counts; i++)
                n_hidden += system->counts[i].hidden;
            count_system_free(system);
        }
    }
    printf("compared - of %zu small cells of 250 random tables an attacker found %zu exactly and %zu below %d, where they "
           "alone were hidden; with %zu cells hidden in all %zu and %zu\n",
           primary.n_small, primary.n_exact, primary.n_proved, T, n_hidden, all.n_exact, all.n_proved);
    assert_true(primary.n_exact > 100 && all.n_small > 500); /* the attacker is able */
    assert_true(n_unsafe[0] > 1000); /* and so is the audit */
    assert_int_equal(n_unsafe[1], 0);
    assert_int_equal(all.n_exact, 0);
    assert_int_equal(all.n_proved, 0);
}

/* One row of two tables is the same people: what one hides the other must not show. */
static void test_tables_that_share_counts_are_audited_together(void **state)
{
    struct count_system *system = count_system_alloc(T, 0);
    struct audit audit;
    size_t whole, a, b, c, d;

    (void)state;
    whole = count_add(system, "whole", 100, COST_TOTAL);
    a = count_add(system, "a", 95, COST_LEVEL);
    b = count_add(system, "b", 5, COST_LEVEL);
    c = count_add(system, "c", 60, COST_LEVEL);
    d = count_add(system, "d", 35, COST_LEVEL);
    relation_start(system);
    relation_term(system, whole, 1);
    relation_term(system, a, -1);
    relation_term(system, b, -1);
    assert_true(relation_end(system));
    relation_start(system); /* another table says what a is made of */
    relation_term(system, a, 1);
    relation_term(system, c, -1);
    relation_term(system, d, -1);
    assert_true(relation_end(system));
    assert_int_equal(suppress_counts(system, 1, &audit), 0);
    assert_true(system->counts[b].hidden && system->counts[a].hidden);
    assert_true(system->counts[d].hidden || system->counts[c].hidden);
    assert_false(system->counts[whole].hidden);
    count_system_free(system);
}

/* 100 people, 97 of whom have an outcome: no table shows the 3, a subtraction does. */
static void test_a_count_that_no_table_shows_is_protected(void **state)
{
    struct count_system *system = count_system_alloc(T, 0);
    struct audit audit;
    const size_t all = count_add(system, "all", 100, COST_TOTAL), known = count_add(system, "known", 97, COST_ARM);
    const size_t lost = count_add(system, "lost", 3, COST_NONE);

    (void)state;
    relation_start(system);
    relation_term(system, all, 1);
    relation_term(system, known, -1);
    relation_term(system, lost, -1);
    assert_true(relation_end(system));
    assert_int_equal(suppress_counts(system, 1, &audit), 0);
    assert_true(system->counts[known].hidden);
    assert_false(system->counts[all].hidden);
    count_system_free(system);
}

/* 37 at risk before a step, 17 after it: 15 had the event and 5 left otherwise.  That a step holds 11 events is known. */
static void test_what_a_reader_knows_at_least_narrows_the_others(void **state)
{
    struct audit audit;

    (void)state;
    for (int known = 0; known < 2; known++) {
        struct count_system *system = count_system_alloc(T, 0);
        const size_t before = count_add(system, "before", 37, COST_STEP), after = count_add(system, "after", 17, COST_STEP),
                     events = count_add(system, "events", 15, COST_STEP), others = count_add(system, "others", 5, COST_NONE);

        relation_start(system);
        relation_term(system, before, 1);
        relation_term(system, after, -1);
        relation_term(system, events, -1);
        relation_term(system, others, -1);
        assert_true(relation_end(system));
        if (known)
            count_at_least(system, events, T);
        count_at_least(system, others, T); /* it is not: not taken */
        assert_int_equal(system->counts[others].at_least, 0);
        count_at_least(system, NO_COUNT, T);
        assert_int_equal(suppress_counts(system, 1, &audit), 0);
        /* One of the two, or the others were a subtraction; of the events not more than 9 could be others. */
        assert_int_equal(system->counts[events].hidden, !known);
        assert_int_equal(system->counts[after].hidden, known);
        count_system_free(system);
    }
}

/*
 * Events of two arms to the end are not shown, but their sum is: so of the 3 and 4 of them that lie beyond the last step none can be
 * more than 7.  What helps is to hide the sum, and not a step, the people at risk round it, and so on through the curve.
 */
static void test_what_protects_at_the_least_cost_is_hidden_and_nothing_else(void **state)
{
    static const int64_t tails[] = {3, 4};
    struct count_system *system = count_system_alloc(10, 0);
    struct audit audit;
    size_t arms[2], steps[2][3], at_risk[2][4], pair, n_shown = 0;
    char key[32];

    (void)state;
    for (size_t a = 0; a < 2; a++) {
        snprintf(key, sizeof key, "arm %zu", a);
        arms[a] = count_add(system, key, 75 + tails[a], COST_DETAIL);
        for (size_t k = 0; k < 4; k++) {
            snprintf(key, sizeof key, "at risk %zu %zu", a, k);
            at_risk[a][k] = count_add(system, key, 300 - 25 * (int64_t)k, COST_STEP);
        }
        for (size_t k = 0; k < 3; k++) {
            snprintf(key, sizeof key, "step %zu %zu", a, k);
            steps[a][k] = count_add(system, key, 25, COST_STEP);
            count_at_least(system, steps[a][k], 10);
            relation_start(system);
            relation_term(system, at_risk[a][k], 1);
            relation_term(system, at_risk[a][k + 1], -1);
            relation_term(system, steps[a][k], -1);
            assert_true(relation_end(system));
        }
        snprintf(key, sizeof key, "tail %zu", a);
        relation_start(system);
        relation_term(system, arms[a], -1);
        for (size_t k = 0; k < 3; k++)
            relation_term(system, steps[a][k], 1);
        relation_term(system, count_add(system, key, tails[a], COST_NONE), 1);
        assert_true(relation_end(system));
    }
    pair = count_add(system, "pair", 157, COST_PAIR);
    relation_start(system);
    relation_term(system, pair, -1);
    relation_term(system, arms[0], 1);
    relation_term(system, arms[1], 1);
    assert_true(relation_end(system));
    assert_int_equal(suppress_counts(system, 1, &audit), 0);
    assert_true(system->counts[arms[0]].hidden && system->counts[arms[1]].hidden && system->counts[pair].hidden);
    for (size_t i = 0; i < system->n_counts; i++)
        n_shown += !count_is_unknown(system, i);
    assert_int_equal(n_shown, 2 * (3 + 4));
    assert_int_equal(audit_anew(system), 0);
    count_system_free(system);
}

/* 5 of 100 are protected by 20 or by 75; that both were hidden on the way is mended. */
static void test_what_is_not_needed_in_the_end_is_shown_again(void **state)
{
    struct count_system *system = count_system_alloc(T, 0);
    struct count_index index = {.first = NULL};
    bool chosen[4] = {false, false, true, true};
    const size_t all = count_add(system, "all", 100, COST_TOTAL), few = count_add(system, "few", 5, COST_LEVEL);
    const size_t some = count_add(system, "some", 20, COST_LEVEL), most = count_add(system, "most", 75, COST_LEVEL);

    (void)state;
    relation_start(system);
    relation_term(system, all, 1);
    relation_term(system, few, -1);
    relation_term(system, some, -1);
    relation_term(system, most, -1);
    assert_true(relation_end(system));
    count_hide(system, few);
    count_hide(system, some);
    count_hide(system, most);
    assert_int_equal(count_index_make(&index, system), 0);
    assert_int_equal(show_again(system, &index, chosen), 0);
    assert_true(system->counts[few].hidden && system->counts[some].hidden);
    assert_false(system->counts[most].hidden); /* of which more is lost */
    chosen[most] = false;
    count_hide(system, most); /* as an earlier release asks for it: it is not to be shown */
    assert_int_equal(show_again(system, &index, chosen), 0);
    assert_true(system->counts[most].hidden);
    assert_false(system->counts[some].hidden);
    count_index_free(&index);
    count_system_free(system);
}

static void test_a_relation_that_does_not_hold_is_not_taken(void **state)
{
    struct count_system *system = count_system_alloc(T, 0);
    const size_t a = count_add(system, "a", 10, COST_LEVEL), b = count_add(system, "b", 9, COST_LEVEL);

    (void)state;
    relation_start(system);
    relation_term(system, a, 1);
    relation_term(system, b, -1);
    assert_false(relation_end(system));
    relation_start(system);
    relation_term(system, a, 1);
    assert_false(relation_end(system));
    relation_start(system);
    relation_term(system, a, 1);
    relation_term(system, NO_COUNT, -1);
    assert_false(relation_end(system));
    assert_int_equal(system->n_relations, 0);
    assert_int_equal(system->n_terms, 0);
    count_system_free(system);
}

static void test_one_key_and_value_is_one_count(void **state)
{
    struct count_system *system = count_system_alloc(T, 0);

    (void)state;
    const size_t a = count_add(system, "n", 40, COST_PAIR);
    assert_int_equal(count_add(system, "n", 40, COST_ARM), a);
    assert_int_equal(system->counts[a].cost, COST_ARM);
    assert_true(count_add(system, "n", 41, COST_ARM) != a);
    assert_true(count_add(system, "n", MISSING_INTEGER, COST_ARM) == NO_COUNT);
    assert_true(count_add(system, "n", -1, COST_ARM) == NO_COUNT);
    for (int i = 0; i < 5000; i++) { /* through several sizes of the hash */
        char key[32];

        snprintf(key, sizeof key, "k%d", i);
        count_add(system, key, i, COST_LEVEL);
    }
    assert_int_equal(count_find(system, "n", 40), a);
    assert_true(count_find(system, "k4999", 4999) != NO_COUNT);
    assert_true(count_find(system, "k4999", 4998) == NO_COUNT);
    count_system_free(system);
}

static void test_what_was_shown_before_is_not_hidden_in_vain(void **state)
{
    struct count_system *system = count_system_alloc(T, 0);
    struct two_way table = {.rows = 2, .columns = 2, .n = {{5, 40, 45}, {50, 60, 110}, {55, 100, 155}}};
    struct audit audit;

    (void)state;
    add_table(system, &table, "t");
    system->counts[table.count[0][1]].known_before = true; /* the neighbour that would be hidden first */
    assert_int_equal(suppress_counts(system, 1, &audit), 0);
    assert_false(system->counts[table.count[0][1]].hidden);
    assert_true(system->counts[table.count[0][2]].hidden); /* so the total must go */
    assert_int_equal(attack_system(system).n_proved, 0);
    count_system_free(system);
}

static void test_a_release_that_cannot_be_protected_is_refused(void **state)
{
    struct count_system *system = count_system_alloc(T, 0);
    const size_t all = count_add(system, "all", 100, COST_TOTAL), most = count_add(system, "most", 95, COST_LEVEL);
    const size_t few = count_add(system, "few", 5, COST_LEVEL);
    struct audit audit;

    (void)state;
    relation_start(system);
    relation_term(system, all, 1);
    relation_term(system, most, -1);
    relation_term(system, few, -1);
    assert_true(relation_end(system));
    system->counts[all].known_before = system->counts[most].known_before = true;
    capture_start();
    assert_int_equal(suppress_counts(system, 1, &audit), -1);
    assert_non_null(strstr(capture_end(), "nothing is released"));
    count_system_free(system);
}

/* With 8 rounded to 5 a neighbour is known within 2: wide sums protect by themselves, narrow ones do not. */
static void test_rounding_protects_as_far_as_it_goes(void **state)
{
    struct two_way table = {.rows = 1, .columns = 3, .n = {{5, 41, 52, 98}, {5, 41, 52, 98}}};
    struct count_system *system = count_system_alloc(8, 5);
    struct audit audit;

    (void)state;
    assert_int_equal(count_low(system, 41), 38);
    assert_int_equal(count_high(system, 41), 42);
    assert_int_equal(count_low(system, 8), 8); /* what is shown is not small */
    assert_int_equal(count_low(system, 0), 0);
    add_table(system, &table, "t");
    assert_int_equal(suppress_counts(system, 1, &audit), 0);
    assert_true(system->counts[table.count[0][0]].hidden);
    assert_int_equal(audit.n_unsafe, 0);
    count_system_free(system);
}

/* Sixty tables of 200 cells: the goal is ten seconds. */
static void test_sixty_tables_of_two_hundred_cells_are_quick(void **state)
{
    struct count_system *system = count_system_alloc(T, 0);
    static struct two_way table;
    struct audit audit;
    char name[16];
    clock_t start;

    (void)state;
    for (int i = 0; i < 60; i++) {
        fill(&table, 10, 20, 25);
        snprintf(name, sizeof name, "t%d", i);
        add_table(system, &table, name);
    }
    start = clock();
    assert_int_equal(suppress_counts(system, 1, &audit), 0);
    const double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    printf("compared - %zu hidden counts of 60 tables of 200 cells: %zu linear programmes, %.2f s\n",
           audit.n_audited, audit.n_programs, seconds);
    assert_true(audit.n_audited > 2000);
    assert_true(seconds < 10);
    count_system_free(system);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_attacker_learns_nothing_of_random_tables),
        cmocka_unit_test(test_tables_that_share_counts_are_audited_together),
        cmocka_unit_test(test_a_count_that_no_table_shows_is_protected),
        cmocka_unit_test(test_what_a_reader_knows_at_least_narrows_the_others),
        cmocka_unit_test(test_what_protects_at_the_least_cost_is_hidden_and_nothing_else),
        cmocka_unit_test(test_what_is_not_needed_in_the_end_is_shown_again),
        cmocka_unit_test(test_a_relation_that_does_not_hold_is_not_taken),
        cmocka_unit_test(test_one_key_and_value_is_one_count),
        cmocka_unit_test(test_what_was_shown_before_is_not_hidden_in_vain),
        cmocka_unit_test(test_a_release_that_cannot_be_protected_is_refused),
        cmocka_unit_test(test_rounding_protects_as_far_as_it_goes),
        cmocka_unit_test(test_sixty_tables_of_two_hundred_cells_are_quick),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
