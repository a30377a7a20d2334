/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two releases of one dashboard do not tell by their shares that a few have changed. */
#include "report/ledger_shares.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/suppress.h"
#include "store/store.h"
#include "tests/pipeline/report/share_boards.h"
#include "tests/support/draws.h"
#include "tests/support/scratch.h"

enum { T = 11 };

/* What stood in a release: cells of measure 1, MISSING_INTEGER where nothing did. */
struct told {
    int64_t n_event[CELLS];
    bool is_hidden[CELLS], is_hidden_of_first[CELLS]; /* where it is told by counts */
};

/* Releases the board as release.c does; the release is refused when the audit refuses it, which does not happen here. */
static struct told release_of(const struct asked *asked, size_t n, const char *path, const char *study, const char *sources)
{
    struct board board = board_of(asked, n);
    const struct exact_tables tables = {.programmes = board.programmes, .programme_measures = board.measures, .is_share = board.is_share};
    const struct coarse_curves curves = {.n = 0};
    struct release_counts counts = {.system = NULL};
    struct pool *const pool = pool_alloc();
    struct ledger *const ledger = ledger_open(path, study, sources);
    bool hidden[MEASURES_MAX * CELLS];
    struct audit audit;
    struct told told;

    assert_int_equal(release_counts_make(&counts, &tables, &curves, T, 0, pool), 0);
    assert_int_equal(ledger_apply(ledger, counts.system), 0);
    assert_int_equal(programme_shares_hide_counts(board.measures, board.programmes, board.is_share, ledger, &counts), 0);
    assert_int_equal(suppress_counts(counts.system, 1, &audit), 0);
    for (size_t row = 0; row < n * CELLS; row++) {
        const size_t count = release_counts_cell(&counts, board.programmes, row, "n_event");

        hidden[row] = count != NO_COUNT && counts.system->counts[count].hidden;
    }
    const struct programme_telling what = {board.measures, board.programmes, NULL, board.is_share, hidden, T, ledger, &counts};
    assert_int_equal(programme_shares_put(&what), 0);
    assert_int_equal(ledger_enter(ledger, counts.system), 0);
    for (size_t cell = 0; cell < CELLS; cell++) {
        told.is_hidden[cell] = hidden[CELLS + cell];
        told.is_hidden_of_first[cell] = hidden[cell];
        told.n_event[cell] = hidden[CELLS + cell] ? MISSING_INTEGER : cell_integer(board.programmes, "n_event", CELLS + cell);
    }
    ledger_close(ledger);
    release_counts_free(&counts);
    pool_free(pool);
    board_free(&board);
    return told;
}

static struct told release(const struct asked *asked, const char *path)
{
    return release_of(asked, 2, path, "study", "");
}

static int64_t at(const struct told *told, size_t p, size_t q)
{
    return told->n_event[p * WIDTH + q];
}

static bool is_told(const struct told *told, size_t p, size_t q)
{
    return at(told, p, q) != MISSING_INTEGER;
}

/* So many people in each cell, all known but for 20 of the last one, so that the second measure is told as a share. */
#define FIRST(n) {"left_30", "left", "event", 30, EACH(n), EACH(n / 5), NONE_UNKNOWN}
#define SECOND(n, first_events) \
    {"seen", "seen", "event", NAN, {n, n, n, n, n, n - 20}, {first_events, n / 3, n / 3, n / 3, n / 3, n / 3}, {0, 0, 0, 0, 0, 20}}

static void test_a_share_that_moves_with_a_few_is_withheld(void **state)
{
    char *const folder = scratch_folder();
    const char *const path = scratch_path(folder, "ledger.h5");
    const struct asked before[] = {FIRST(300), SECOND(300, 100)}, after[] = {FIRST(300), SECOND(300, 105)};
    const struct told old = release(before, path), new = release(after, path);

    (void)state;
    assert_int_equal(at(&old, 1, 1), 99);                       /* 33 % of 300: 98 to 100 */
    assert_false(is_told(&new, 1, 1));                          /* 35 % are 104 to 106: 4 to 8 more */
    assert_true(is_told(&new, 1, 2) && is_told(&new, 2, 1));    /* where nobody has changed, it is told again */
    assert_true(is_told(&old, 0, 1) && !is_told(&new, 0, 1));   /* 33 % of 600 were 195 to 200, 34 % are 201 to 206 */
    assert_true(is_told(&old, 1, 0) && is_told(&new, 1, 0));    /* 33 % of 900 were 293 to 301, 34 % are 302 to 310: 1 to 17 more */
    scratch_remove(folder);
}

static void test_a_share_of_many_may_move(void **state)
{
    char *const folder = scratch_folder();
    const char *const path = scratch_path(folder, "ledger.h5");
    const struct asked before[] = {FIRST(3000), SECOND(3000, 1000)}, after[] = {FIRST(3000), SECOND(3000, 1020)};
    const struct told old = release(before, path), new = release(after, path);

    (void)state;
    assert_int_equal(at(&old, 1, 1), 990);
    assert_int_equal(at(&new, 1, 1), 1020); /* 34 %: anything from a few to sixty more */
    scratch_remove(folder);
}

static void test_the_same_shares_are_told_again_and_nothing_is_entered(void **state)
{
    char *const folder = scratch_folder();
    const char *const path = scratch_path(folder, "ledger.h5");
    const struct asked asked[] = {FIRST(300), SECOND(300, 5)};
    const struct told old = release(asked, path);
    struct stat before, after;

    (void)state;
    assert_int_equal(stat(path, &before), 0);
    const struct told again = release(asked, path);
    assert_int_equal(stat(path, &after), 0);
    assert_true(before.st_ino == after.st_ino);
    assert_memory_equal(old.n_event, again.n_event, sizeof old.n_event);
    assert_false(is_told(&old, 1, 1)); /* five people */
    assert_true(is_told(&old, 1, 0));
    scratch_remove(folder);
}

/* What protected the five people then would give them away now. */
static void test_what_was_withheld_stays_so_until_many_have_changed(void **state)
{
    char *const folder = scratch_folder();
    const char *const path = scratch_path(folder, "ledger.h5");
    const struct asked before[] = {FIRST(300), SECOND(300, 5)};
    struct asked after[] = {FIRST(300), SECOND(300, 60)};
    const struct told old = release(before, path), new = release(after, path), alone = release(after, scratch_path(folder, "other.h5"));
    size_t partner = 0;

    (void)state;
    for (size_t q = 2; q < WIDTH; q++)
        partner = partner == 0 && !is_told(&old, 1, q) ? q : partner;
    assert_true(partner > 0);                /* another cell of the programme was withheld with it */
    assert_true(is_told(&alone, 1, partner));
    assert_false(is_told(&new, 1, partner)); /* and is, although the five are sixty now */
    for (size_t k = 0; k < PROGRAMMES * PERIODS; k++)
        after[1].event[k] += 40;
    const struct told last = release(after, path);
    for (size_t p = 1; p <= PROGRAMMES; p++)
        for (size_t q = 1; q < WIDTH; q++)
            assert_true(is_told(&last, p, q));
    scratch_remove(folder);
}

static void test_counts_and_shares_of_two_releases_are_compared(void **state)
{
    char *const folder = scratch_folder();
    const char *const path = scratch_path(folder, "ledger.h5"), *const other = scratch_path(folder, "other.h5");
    const struct asked known[] = {FIRST(300), {"seen", "seen", "event", NAN, EACH(300), EACH(100), NONE_UNKNOWN}};
    const struct asked share[] = {FIRST(300), SECOND(300, 103)};
    const struct told counts = release(known, path), shares = release(share, path);

    (void)state;
    assert_int_equal(at(&counts, 1, 1), 100);
    assert_false(is_told(&shares, 1, 1)); /* 34 % of 300 are 101 to 103 */
    assert_true(is_told(&shares, 1, 2));  /* the same hundred, told otherwise */

    const struct told first = release(share, other), then = release(known, other);
    assert_true(is_told(&first, 1, 1));
    assert_true(then.is_hidden[1 * WIDTH + 1]);
    assert_int_equal(at(&then, 2, 1), 100);
    scratch_remove(folder);
}

/* What was told as a share may become the first measure. */
static void test_measures_may_change_their_places(void **state)
{
    char *const folder = scratch_folder();
    const char *const path = scratch_path(folder, "ledger.h5");
    const struct asked before[] = {FIRST(300), SECOND(300, 100)}, after[] = {SECOND(300, 105), FIRST(300)};
    const struct told old = release(before, path), new = release(after, path), alone = release(after, scratch_path(folder, "other.h5"));

    (void)state;
    assert_int_equal(at(&old, 1, 1), 99);
    assert_true(new.is_hidden_of_first[1 * WIDTH + 1]);
    assert_false(alone.is_hidden_of_first[1 * WIDTH + 1]);
    scratch_remove(folder);
}

static void test_a_rate_that_moves_with_a_few_is_withheld(void **state)
{
    char *const folder = scratch_folder();
    const char *const path = scratch_path(folder, "ledger.h5");
    struct asked asked[] = {FIRST(300), SECOND(300, 100)};

    (void)state;
    asked[1].share = "rate";
    const struct told old = release(asked, path);
    asked[1].event[0] = 104;
    const struct told new = release(asked, path);
    assert_true(is_told(&old, 1, 1) && !is_told(&new, 1, 1) && is_told(&new, 2, 2));
    scratch_remove(folder);
}

static void test_other_people_are_not_compared(void **state)
{
    static const char *const mark = "0123456789abcdef";
    char *const folder = scratch_folder();
    const char *const path = scratch_path(folder, "ledger.h5");
    const struct asked before[] = {FIRST(300), SECOND(300, 100)}, after[] = {FIRST(300), SECOND(300, 105)};
    struct told told = release_of(before, 2, path, "study", mark);

    (void)state;
    told = release_of(after, 2, path, "another study", "fedcba9876543210");
    assert_true(is_told(&told, 1, 1));
    told = release_of(after, 2, path, "a third study", mark); /* which reads the source of the first one */
    assert_false(is_told(&told, 1, 1));
    scratch_remove(folder);
}

/* Measures, programmes and periods are known by their names, wherever they stand. */
static void test_cells_are_known_by_their_names(void **state)
{
    char *const folder = scratch_folder();
    const char *const path = scratch_path(folder, "ledger.h5");
    const struct asked before[] = {FIRST(300), {"c", "other", "event", NAN, EACH(290), EACH(100), EACH(10)}, SECOND(300, 100)};
    const struct told old = release_of(before, 3, path, "study", "");
    struct table *const table = store_read_table(path, LEDGER_SHARES), *const programmes = cells_alloc(before, 3);
    const struct ledger_people people = {.study = (char[]){"study"}, .sources = (char[]){""}};

    (void)state;
    assert_true(is_told(&old, 1, 1));
    for (size_t m = 0; m < 3; m++)
        for (size_t cell = 0; cell < CELLS; cell++)
            fill_cell(programmes, m * CELLS + cell, m, &before[m], cell / WIDTH, cell % WIDTH);
    struct ledger_shares *const shares = ledger_shares_alloc(table, &people, programmes);
    const struct share_record *const record = ledger_shares_last(shares, 2 * CELLS + WIDTH + 1);
    assert_non_null(record);
    assert_true(record->told && record->is_own && record->people == 300 && record->events == 100 && record->n == 300 && record->n_event == 99);
    assert_int_equal(record->bounds.events.low, 98);
    assert_int_equal(record->bounds.events.high, 100);
    assert_null(ledger_shares_before(shares, record));
    assert_null(ledger_shares_last(shares, WIDTH + 1)); /* the first measure is told by its counts */
    ledger_shares_free(shares);
    table_free(programmes);
    table_free(table);
    scratch_remove(folder);
}

static void write_ledger(const char *path, bool with_shares)
{
    struct table *const counts = table_alloc("ledger", ""), *const shares = table_alloc(LEDGER_SHARES, "");
    struct store_writer *const writer = store_writer_open(path, 1);

    for (size_t k = 0; k < 3; k++)
        assert_non_null(table_add_column(counts, (const char *const[]){"study", "sources", "key"}[k], COLUMN_TEXT, 1, "", ""));
    assert_non_null(table_add_column(counts, "value", COLUMN_INT64, 8, "", ""));
    assert_non_null(table_add_column(counts, "shown", COLUMN_INT8, 1, "", ""));
    assert_non_null(table_add_column(shares, "study", COLUMN_TEXT, 1, "", ""));
    assert_int_equal(store_writer_table(writer, counts), 0);
    if (with_shares)
        assert_int_equal(store_writer_table(writer, shares), 0);
    assert_int_equal(store_writer_commit(writer), 0);
    table_free(counts);
    table_free(shares);
}

static void test_a_ledger_of_before_shares_is_read_and_a_strange_one_is_refused(void **state)
{
    char *const folder = scratch_folder();
    const char *const path = scratch_path(folder, "ledger.h5"), *const strange = scratch_path(folder, "strange.h5");
    const struct asked asked[] = {FIRST(300), SECOND(300, 100)};

    (void)state;
    write_ledger(path, false);
    const struct told told = release(asked, path);
    assert_true(is_told(&told, 1, 1));
    write_ledger(strange, true);
    capture_start();
    assert_null(ledger_open(strange, "study", ""));
    assert_non_null(strstr(capture_end(), "is no ledger of releases"));
    scratch_remove(folder);
}

/* ---- the rule again, by counting everything ------------------------------------------------------------------------------------ */

/* Between which can the events of n people be, all of whom are known, when T and more have it, T and more have not, and their share is this? */
static struct share_bound by_counting(int64_t n, int64_t events)
{
    struct share_bound bound = {INT64_MAX, INT64_MIN};

    for (int64_t e = T; e <= n - T; e++)
        if (whole_percent(e, n) == whole_percent(events, n)) {
            bound.low = e < bound.low ? e : bound.low;
            bound.high = e > bound.high ? e : bound.high;
        }
    return bound;
}

/* Of cells in which everybody is known: what two releases tell is nobody, T at least, or reaches T and spans T. */
static void test_changes_of_random_boards_cannot_be_narrowed_to_a_few(void **state)
{
    struct draws draws = {.state = 20261129};
    char *const folder = scratch_folder();
    size_t n_withheld = 0, n_moved = 0;

    (void)state;
    for (int round = 0; round < 40; round++) {
        const char *const path = scratch_path(folder, "ledger.h5");
        const int64_t size = 60 + draw_below(&draws, 3000);
        struct asked before[] = {FIRST(size), SECOND(size, size / 4)};
        unlink(path);
        for (size_t k = 0; k < PROGRAMMES * PERIODS; k++)
            before[1].event[k] = T + draw_below(&draws, (int)size - 20 - 2 * T);
        struct asked after[2] = {before[0], before[1]};
        for (size_t k = 0; k < PROGRAMMES * PERIODS - 1; k++) {
            const int room = (int)(size - T - before[1].event[k]), few = room < 25 ? room : 25;

            after[1].event[k] += draw_below(&draws, 2) * draw_below(&draws, draw_below(&draws, 2) == 0 ? few : room);
        }
        const struct told old = release(before, path), new = release(after, path);
        for (size_t k = 0; k < PROGRAMMES * PERIODS - 1; k++) {
            const size_t p = 1 + k / PERIODS, q = 1 + k % PERIODS;
            const struct share_bound change = share_bound_change(by_counting(size, before[1].event[k]), by_counting(size, after[1].event[k]));
            const int64_t truth = after[1].event[k] - before[1].event[k];

            n_withheld += is_told(&old, p, q) && !is_told(&new, p, q);
            if (truth == 0 || !is_told(&old, p, q) || !is_told(&new, p, q) || at(&old, p, q) == at(&new, p, q))
                continue;
            n_moved++;
            assert_true(change.low >= T || (change.high >= T && change.high - change.low >= T));
        }
    }
    assert_true(n_withheld > 5 && n_moved > 40);
    scratch_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_share_that_moves_with_a_few_is_withheld),
        cmocka_unit_test(test_a_share_of_many_may_move),
        cmocka_unit_test(test_the_same_shares_are_told_again_and_nothing_is_entered),
        cmocka_unit_test(test_what_was_withheld_stays_so_until_many_have_changed),
        cmocka_unit_test(test_counts_and_shares_of_two_releases_are_compared),
        cmocka_unit_test(test_measures_may_change_their_places),
        cmocka_unit_test(test_a_rate_that_moves_with_a_few_is_withheld),
        cmocka_unit_test(test_other_people_are_not_compared),
        cmocka_unit_test(test_cells_are_known_by_their_names),
        cmocka_unit_test(test_a_ledger_of_before_shares_is_read_and_a_strange_one_is_refused),
        cmocka_unit_test(test_changes_of_random_boards_cannot_be_narrowed_to_a_few),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
