/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Curves under a threshold: no step tells of a few people. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/pipeline/report/results_fixture.h"
#include "report/pool.h"
#include "report/release_curves.h"
#include "report/suppress.h"
#include "tests/support/scratch.h"

enum { T = 11 };

static uint64_t draw(uint64_t *seed) /* xorshift64 */
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* One point of a curve with a cause. */
static void add_point(struct table *curves, const char *arm, const char *cause, double day, int64_t n_risk,
                      int64_t events, int64_t censored, double estimate)
{
    struct row_builder row = table_new_row(curves);

    row_text(&row, "outcome", "relapse");
    row_text(&row, "measure", cause[0] == '\0' ? "survival" : "cumulative_incidence");
    row_text(&row, "cause", cause);
    row_text(&row, "arm", arm);
    row_real(&row, "time", day);
    row_integer(&row, "n_risk", n_risk);
    row_integer(&row, "n_event", events);
    row_integer(&row, "n_censor", censored);
    row_real(&row, "estimate", estimate);
    row_real(&row, "conf_low", estimate / 2);
    row_real(&row, "conf_high", (1 + estimate) / 2);
    assert_int_equal(row_end(&row), 0);
}

/* A random arm of up to 300 people; a day of events and censorings, one or two causes. */
static void add_random_arm(struct table *curves, const char *arm, int n_causes, uint64_t *seed)
{
    static const char *const causes[] = {"relapse", "died"};
    int64_t n = 30 + (int64_t)(draw(seed) % 270), events[200][2] = {{0}}, censored[200] = {0}, n_risk[200];

    for (int64_t i = 0; i < n; i++) {
        uint64_t day = draw(seed) % 200, kind = draw(seed) % 4;

        if (kind == 3)
            censored[day]++;
        else
            events[day][n_causes == 2 && kind == 2]++;
    }
    n_risk[0] = n;
    for (int day = 1; day < 200; day++)
        n_risk[day] = n_risk[day - 1] - events[day - 1][0] - events[day - 1][1] - censored[day - 1];
    for (int k = 0; k < n_causes; k++) {
        double total = 0;

        for (int day = 0; day < 200; day++) {
            total += (double)events[day][k] / (double)n;
            if (events[day][0] + events[day][1] + censored[day] > 0)
                add_point(curves, arm, n_causes == 1 ? "" : causes[k], day, n_risk[day], events[day][k], censored[day],
                          n_causes == 1 ? 1 - total : total);
        }
    }
}

/* Through a file and back; asked: a day that the study asks about, NaN: none. */
static struct table *released_asked(const struct table *exact, double asked)
{
    char *folder = scratch_folder();
    const char *path = scratch_path(folder, "released.h5");
    struct release_source source = {.policy = {.threshold = T}};
    const struct exact_tables tables = {.quality = NULL};
    struct table *estimates = estimates_alloc(), *read;
    struct estimate row = ESTIMATE_NONE;
    struct coarse_curves curves;
    struct release_counts counts;
    struct pool *pool = pool_alloc();
    struct audit audit;

    row.outcome = "relapse";
    row.arm = "day";
    row.measure = MEASURE_risk;
    row.time = asked;
    assert_int_equal(estimates_add(estimates, &row), 0);
    assert_int_equal(coarse_curves_make(&curves, exact, estimates, T, 3), 0);
    assert_int_equal(release_counts_make(&counts, &tables, &curves, T, 0, pool), 0);
    assert_int_equal(suppress_counts(counts.system, 1, &audit), 0);
    source.curves = &curves;
    source.counts = &counts;
    struct release_table *table = release_curves(&source);
    struct release_file *file = release_file_open(path);

    assert_non_null(table);
    assert_non_null(file);
    assert_int_equal(release_file_table(file, table), 0);
    assert_int_equal(release_file_commit(file), 0);
    release_table_free(table);
    release_counts_free(&counts);
    coarse_curves_free(&curves);
    pool_free(pool);
    table_free(estimates);
    read = store_read_table(path, "curves");
    assert_non_null(read);
    scratch_remove(folder);
    return read;
}

static struct table *released(const struct table *exact)
{
    return released_asked(exact, NAN);
}

static bool is_small(int64_t n)
{
    return n > 0 && n < T;
}

/* Everything a reader can work out of the steps first .. end - 1 of one cause; returns the number of steps. */
static size_t check_cause(const struct table *read, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        const int64_t events = cell_integer(read, "n_event", i), n_risk = cell_integer(read, "n_risk", i);
        const double estimate = cell_real(read, "estimate", i);

        assert_true(events != MISSING_INTEGER && n_risk != MISSING_INTEGER);
        assert_false(is_small(events));
        assert_false(is_small(n_risk));
        assert_true(fabs(estimate * 1000 - round(estimate * 1000)) < 1e-9);
        assert_false(is_small(n_risk - events));
        if (i > first && i + 1 < end) /* who left otherwise in this step */
            assert_false(is_small(n_risk - events - cell_integer(read, "n_risk", i + 1)));
    }
    return end - first - 1;
}

static void test_no_step_of_random_curves_tells_of_a_few_people(void **state)
{
    const char *const asked = getenv("STEPDOWN_CURVES"); /* make check-attack */
    const int n_rounds = asked != NULL ? atoi(asked) / 2 : 40;
    uint64_t seed = 20261121;
    size_t n_steps = 0, n_of_second = 0, n_curves = 0;

    (void)state;
    for (int round = 0; round < n_rounds; round++) {
        struct table *exact = curves_alloc(), *read;

        add_random_arm(exact, "day", 1 + round % 2, &seed);
        add_random_arm(exact, "night", 1 + round % 2, &seed);
        read = released_asked(exact, (double)(draw(&seed) % 200));
        assert_null(table_column(read, "n_censor"));
        for (size_t first = 0, end; first < read->n_rows; first = end) {
            for (end = first; end < read->n_rows && cells_equal(read, "arm", first, end) &&
                              cells_equal(read, "cause", first, end);
                 end++)
                continue;
            n_steps += check_cause(read, first, end);
            n_curves++;
            n_of_second += cell_is(read, "cause", first, "died") ? end - first - 1 : 0;
        }
        table_free(read);
        table_free(exact);
    }
    assert_true(n_steps > 200 && n_of_second > 20); /* the law was tried */
    printf("compared - %d curves of random arms, released as %zu of %zu steps: none tells of 1 to 10 events, people or losses\n", 2 * n_rounds,
           n_curves, n_steps);
}

/* Two steps end on days that hold 11 events, and the day asked about ends a third, merged from the back. */
static void test_a_step_ends_on_a_day_that_the_study_asks_about(void **state)
{
    struct table *exact = curves_alloc(), *read;

    (void)state;
    add_point(exact, "day", "", 10, 200, 12, 0, 0.94);
    add_point(exact, "day", "", 20, 188, 12, 0, 0.88);
    add_point(exact, "day", "", 25, 176, 3, 0, 0.865);
    add_point(exact, "day", "", 40, 173, 20, 0, 0.765);
    read = released_asked(exact, 30);
    assert_int_equal(read->n_rows, 4);
    assert_near(cell_real(read, "time", 1), 10, 0);
    assert_near(cell_real(read, "time", 2), 30, 0);
    assert_int_equal(cell_integer(read, "n_event", 2), 15);
    assert_near(cell_real(read, "estimate", 2), 0.865, 1e-12);
    assert_near(cell_real(read, "time", 3), 40, 0);
    table_free(read);
    table_free(exact);
}

static void test_merged_steps_stand_at_their_last_day(void **state)
{
    struct table *exact = curves_alloc(), *read;

    (void)state;
    for (int day = 1; day <= 6; day++) /* 5 a day: full after 3 days and after 6 */
        add_point(exact, "day", "", day, 100 - 5 * (day - 1), 5, 0, 1 - 0.05 * day);
    read = released(exact);
    assert_int_equal(read->n_rows, 3);
    assert_near(cell_real(read, "time", 0), 0, 0);
    assert_near(cell_real(read, "estimate", 0), 1, 0);
    assert_near(cell_real(read, "time", 1), 3, 0);
    assert_near(cell_real(read, "estimate", 1), 0.85, 1e-15);
    assert_int_equal(cell_integer(read, "n_event", 1), 15);
    assert_int_equal(cell_integer(read, "n_risk", 1), 100);
    assert_near(cell_real(read, "time", 2), 6, 0);
    assert_int_equal(cell_integer(read, "n_risk", 2), 85);
    table_free(read);
    table_free(exact);
}

static void test_an_arm_that_fills_no_step_has_no_curve(void **state)
{
    struct table *exact = curves_alloc(), *read;

    (void)state;
    add_point(exact, "day", "", 1, 20, 10, 0, 0.5);
    add_point(exact, "night", "", 1, 30, 11, 0, 0.63);
    add_point(exact, "night", "", 2, 19, 2, 0, 0.57); /* what remains is not shown */
    read = released(exact);
    assert_int_equal(read->n_rows, 2);
    assert_true(cell_is(read, "arm", 0, "night"));
    assert_near(cell_real(read, "time", 1), 1, 0);
    table_free(read);
    table_free(exact);
}

static void test_a_step_does_not_leave_a_few_people_behind(void **state)
{
    struct table *exact = curves_alloc(), *read;

    (void)state;
    add_point(exact, "day", "", 1, 60, 20, 0, 0.67);
    add_point(exact, "day", "", 2, 40, 35, 0, 0.08); /* 5 would be left */
    add_point(exact, "day", "", 3, 5, 5, 0, 0);
    read = released_asked(exact, 3);
    assert_int_equal(read->n_rows, 3);
    assert_near(cell_real(read, "time", 1), 1, 0);
    assert_near(cell_real(read, "time", 2), 3, 0);
    assert_int_equal(cell_integer(read, "n_event", 2), 40);
    table_free(read);
    read = released(exact); /* the longest time of all is nobody's business */
    assert_int_equal(read->n_rows, 2);
    table_free(read);
    table_free(exact);
}

static void test_a_step_waits_until_its_censored_are_none_or_enough(void **state)
{
    struct table *exact = curves_alloc(), *read;

    (void)state;
    add_point(exact, "day", "", 1, 100, 12, 3, 0.9);
    add_point(exact, "day", "", 2, 85, 12, 0, 0.8);
    add_point(exact, "day", "", 3, 73, 1, 8, 0.7);
    read = released(exact);
    assert_int_equal(read->n_rows, 2);
    assert_near(cell_real(read, "time", 1), 3, 0);
    assert_int_equal(cell_integer(read, "n_event", 1), 25);
    assert_int_equal(cell_integer(read, "n_risk", 1), 100);
    table_free(read);
    table_free(exact);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_step_of_random_curves_tells_of_a_few_people),
        cmocka_unit_test(test_a_step_ends_on_a_day_that_the_study_asks_about),
        cmocka_unit_test(test_merged_steps_stand_at_their_last_day),
        cmocka_unit_test(test_an_arm_that_fills_no_step_has_no_curve),
        cmocka_unit_test(test_a_step_does_not_leave_a_few_people_behind),
        cmocka_unit_test(test_a_step_waits_until_its_censored_are_none_or_enough),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
