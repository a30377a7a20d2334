/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables made of results: short of memory, there is no table, and never one of fewer rows. */
#include "compare/grid.h"

#include "base/memory.h"
#include "outcomes/summary.h"
#include "tests/pipeline/compare/small_comparison.h"
#include "tests/stats/short_memory.h"

#define OUTCOMES "outcomes:\n  relapse: {label: Relapse, event: \"what == 1\", event_is: bad}\n"
#define ANALYSES                                                                                                       \
    "compare:\n  - {analysis: main, outcomes: [relapse], measures: [risk_difference, risk_ratio],\n"                           \
    "     non_inferiority: [{outcome: relapse, measure: risk_difference, margin: 0.1, because: x}]}\n"

static const char lines[] = "1,1,0,1,40,1,1\n1,1,0,0,50,1,1\n2,1,0,1,35,1,1\n2,1,0,0,60,1,1\n3,1,0,1,70,1,1\n3,1,0,0,25,1,1\n";

static const struct small_comparison *made;
static const struct table *outcomes;

static enum short_memory make_grid(void)
{
    struct table *grid = grid_table(made->small.study, outcomes, made->a.estimates, made->a.verdicts);
    const enum short_memory end = grid == NULL ? WORK_SHORT : grid->n_rows == 2 && text_is(grid, "label", 1, "Relapse") ? WORK_DONE : WORK_WRONG;

    table_free(grid);
    return end;
}

static void test_a_grid_is_whole_or_there_is_none(void **state)
{
    (void)state;
    struct small_comparison c = small_compare_counted(", weight: n", THREE_ARMS "  reference: [inpatient, outpatient]\n", OUTCOMES, ANALYSES,
                                                      lines, 1);
    struct table *summary = outcomes_summary(c.small.study, NULL);

    assert_int_equal(c.status, 0);
    fail_memory(); /* told once: telling has allocations of its own */
    made = &c;
    outcomes = summary;
    short_memory_run_all(&(struct short_work){"grid", make_grid, 100}, 1);
    table_free(summary);
    small_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_grid_is_whole_or_there_is_none)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
