/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/grid.h"

#include "outcomes/summary.h"
#include "tests/pipeline/compare/small_comparison.h"

#define OUTCOMES                                                                                                       \
    "outcomes:\n  relapse: {label: Relapse, event: \"what == 1\", event_is: bad}\n  dead: {event: \"what == 2\", event_is: bad}\n"
#define COMPARE                                                                                                        \
    "  reference: [inpatient, outpatient]\n"
#define ANALYSES                                                                                                       \
    "compare:\n  - {analysis: main, outcomes: [relapse, dead], measures: [risk_difference, risk_ratio],\n"                     \
    "     non_inferiority: [{outcome: relapse, measure: risk_difference, margin: 0.1, because: x}]}\n"

static const char lines[] = "1,1,0,1,40,1,1\n1,1,0,0,50,1,1\n1,1,0,2,10,1,1\n2,1,0,1,35,1,1\n2,1,0,0,60,1,1\n2,1,0,2,5,1,1\n"
                            "3,1,0,1,70,1,1\n3,1,0,0,25,1,1\n3,1,0,2,5,1,1\n";

static size_t find(const struct table *t, const char *outcome, const char *reference)
{
    size_t found = t->n_rows;

    for (size_t i = 0; i < t->n_rows; i++)
        if (text_is(t, "outcome", i, outcome) && text_is(t, "reference", i, reference)) {
            assert_int_equal(found, t->n_rows);
            found = i;
        }
    assert_true(found < t->n_rows);
    return found;
}

static void test_every_comparator_and_outcome_has_a_cell(void **state)
{
    (void)state;
    struct small_comparison c = small_compare_counted(", weight: n", THREE_ARMS COMPARE, OUTCOMES, ANALYSES, lines, 1);
    struct table *outcomes = outcomes_summary(c.small.study, NULL),
                 *grid = grid_table(c.small.study, outcomes, c.a.estimates, c.a.verdicts);

    assert_int_equal(c.status, 0);
    assert_non_null(grid);
    assert_int_equal(grid->n_rows, 4); /* two outcomes by two comparators; ratios have no margin here */
    const size_t a = find(grid, "relapse", "inpatient"), b = find(grid, "relapse", "outpatient");
    assert_true(text_is(grid, "verdict", a, "inconclusive"));
    assert_true(text_is(grid, "verdict", b, "non-inferior"));
    assert_true(text_is(grid, "statistically", b, "better"));
    assert_true(text_is(grid, "label", a, "Relapse"));
    assert_true(text_is(grid, "profile", a, ""));
    assert_near(column_real(table_column(grid, "margin"), b), 0.1, 0);
    assert_near(column_real(table_column(grid, "estimate"), b), 0.4 - 0.7, 1e-15);
    assert_true(text_is(grid, "verdict", find(grid, "dead", "inpatient"), "no margin"));
    assert_true(isnan(column_real(table_column(grid, "margin"), find(grid, "dead", "inpatient"))));
    table_free(grid);
    table_free(outcomes);
    small_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_comparator_and_outcome_has_a_cell)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
