/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which relations between counts of estimates are found: those that an attacker found before. */
#include <math.h>
#include <stdlib.h>

#include "compare/estimates.h"
#include "report/release_counts.h"
#include "tests/support/near.h"

static const struct {
    enum measure measure;
    const char *stratum, *arm, *reference;
    double time;
    int64_t n, n_event;
} lines[] = {
    {MEASURE_rmst, "", "a", "", 180, 300, 160},         {MEASURE_rmst, "", "b", "", 180, 200, 110},
    {MEASURE_risk, "", "a", "", 180, 300, 140},         {MEASURE_risk, "", "b", "", 180, 200, 90},
    {MEASURE_risk_difference, "", "b", "a", 180, 500, 230},
    {MEASURE_rmst, "sex=f", "a", "", 180, 120, 70},     {MEASURE_rmst, "sex=m", "a", "", 180, 180, 90},
    {MEASURE_risk, "sex=f", "a", "", 180, 120, 62},     {MEASURE_risk, "sex=m", "a", "", 180, 180, 78},
    {MEASURE_chi_square_test, "", "", "", NAN, 500, 275}, {MEASURE_chi_square_test, "", "b", "a", NAN, 500, 275},
    {MEASURE_rate, "", "a", "", NAN, 300, 163},         {MEASURE_rate, "", "b", "", NAN, 200, 112},
};

static struct table *make_estimates(void)
{
    struct table *table = estimates_alloc();

    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct estimate row = ESTIMATE_NONE;

        row.analysis = "main";
        row.outcome = "relapse";
        row.population = "itt";
        row.adjustment = "unadjusted";
        row.measure = lines[i].measure;
        row.stratum = lines[i].stratum;
        row.arm = lines[i].arm;
        row.reference = lines[i].reference;
        row.time = lines[i].time;
        row.n = lines[i].n;
        row.n_event = lines[i].n_event;
        assert_int_equal(estimates_add(table, &row), 0);
    }
    return table;
}

static struct table *make_arms(void)
{
    struct table *table = table_alloc("arms", "");

    assert_non_null(table_add_column(table, "arm", COLUMN_TEXT, 1, "", ""));
    assert_non_null(table_add_column(table, "n", COLUMN_INT64, 8, "", ""));
    for (int i = 0; i < 2; i++) {
        struct row_builder row = table_new_row(table);

        row_text(&row, "arm", i == 0 ? "a" : "b");
        row_integer(&row, "n", i == 0 ? 300 : 200);
        assert_int_equal(row_end(&row), 0);
    }
    return table;
}

/* Is there a relation of just these three counts of events: whole = part + part? */
static bool has_sum(const struct count_system *system, int64_t whole, int64_t part, int64_t other)
{
    for (size_t r = 0; r < system->n_relations; r++) {
        const struct relation *relation = &system->relations[r];
        size_t n_found = 0;

        for (size_t k = relation->first; k < relation->first + relation->n; k++) {
            const int64_t value = system->counts[system->terms[k].count].value;

            n_found += value == whole || value == part || value == other;
        }
        if (relation->n == 3 && n_found == 3)
            return true;
    }
    return false;
}

static void test_sums_are_found_whatever_else_has_the_same_day(void **state)
{
    struct table *estimates = make_estimates(), *arms = make_arms();
    const struct exact_tables tables = {.arms = arms, .estimates = estimates};
    const struct coarse_curves curves = {.n = 0};
    struct release_counts counts = {.system = NULL};
    struct pool *pool = pool_alloc();

    (void)state;
    assert_int_equal(release_counts_make(&counts, &tables, &curves, 11, 0, pool), 0);
    assert_true(has_sum(counts.system, 300, 120, 180)); /* people of strata */
    assert_true(has_sum(counts.system, 140, 62, 78));   /* events of strata, by one measure */
    assert_true(has_sum(counts.system, 160, 70, 90));   /* and by the other, of the same day */
    assert_true(has_sum(counts.system, 230, 140, 90));  /* events of a comparison */
    assert_true(has_sum(counts.system, 275, 163, 112)); /* events of a test of all arms */
    release_counts_free(&counts);
    pool_free(pool);
    table_free(estimates);
    table_free(arms);
}

/* Estimates may be shown beside hidden counts, but none stands on a few. */
static void test_counts_behind_a_shown_estimate_are_known_to_be_enough(void **state)
{
    struct table *estimates = make_estimates(), *arms = make_arms();
    const struct exact_tables tables = {.arms = arms, .estimates = estimates};
    const struct coarse_curves curves = {.n = 0};
    struct release_counts counts = {.system = NULL};
    struct pool *pool = pool_alloc();

    (void)state;
    assert_int_equal(release_counts_make(&counts, &tables, &curves, 70, 0, pool), 0);
    const size_t many = release_counts_cell(&counts, estimates, 2, "n_event"), few = release_counts_cell(&counts, estimates, 7, "n_event");
    assert_int_equal(counts.system->counts[many].at_least, 70); /* 140 with and 160 without */
    assert_int_equal(counts.system->counts[few].at_least, 0);   /* 62 */
    assert_int_equal(counts.system->counts[release_counts_cell(&counts, estimates, 2, "n")].at_least, 140);
    release_counts_free(&counts);
    pool_free(pool);
    table_free(estimates);
    table_free(arms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums_are_found_whatever_else_has_the_same_day),
        cmocka_unit_test(test_counts_behind_a_shown_estimate_are_known_to_be_enough),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
