/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/outcome.h"
#include "outcomes/summary.h"
#include "tests/pipeline/support/small_study.h"

static const char columns[] =
    "  arm: {type: category, codes: {1: iop, 2: inpatient}}\n"
    "  days: {type: integer, range: [-10, 999]}\n"
    "  start: {type: integer, range: [0, 999]}\n"
    "  plan: {type: integer, range: [0, 999], known: before}\n"
    "  reason: {type: category, codes: {1: completed, 2: dropped out, 3: transferred, 4: died}}\n"
    "  relapsed: {type: integer, range: [0, 1]}\n"
    "  died: {type: integer, range: [0, 1]}\n";

/* arm, days, start, plan, reason, relapsed, died */
static const char lines[] = "1,30,0,90,2,1,0\n"
                            "1,90,5,90,1,0,0\n"
                            "2,120,0,90,3,0,1\n"
                            "2,,0,90,4,1,0\n"    /* days missing */
                            "1,-1,0,90,1,1,0\n"  /* before time zero */
                            "1,0,0,90,1,1,0\n"   /* day 0 */
                            "2,40,40,,,,0\n"     /* entry at the end; plan, reason and event missing */
                            "2,60,2,90,2,1,1\n"; /* two kinds of event at once */

static const char head[] = "cohort:\n  arms: {iop: \"arm == 'iop'\", inpatient: \"arm == 'inpatient'\"}\n"
                           "  reference: inpatient\n";

struct computed {
    struct small_study small;
    struct table *cohort, *outcome;
};

/* Everybody in the cohort, in the order of the records; the first outcome of the study. */
static struct computed compute(const char *follow_up, const char *outcome)
{
    char study[2048];
    struct computed c;

    snprintf(study, sizeof study,
             "%s%soutcomes:\n  it: %s\n  other: {event: \"relapsed == 1\", event_is: bad}\n"
             "compare: [{outcomes: [other], measures: [risk_difference]}]\n",
             head, follow_up, outcome);
    c.small = small_study_open(columns, "", study, lines);
    c.cohort = table_alloc("cohort", "");
    assert_non_null(table_add_column(c.cohort, "record", COLUMN_INT64, 0, "", ""));
    assert_non_null(table_add_column(c.cohort, "weight", COLUMN_INT64, 0, "", ""));
    assert_int_equal(table_resize(c.cohort, c.small.records->n_rows), 0);
    for (size_t i = 0; i < c.cohort->n_rows; i++) {
        column_set_integer(table_column(c.cohort, "record"), i, (int64_t)i);
        column_set_integer(table_column(c.cohort, "weight"), i, 10);
    }
    const struct outcome_input input = {c.small.study, &c.small.study->outcomes[0], c.small.records,
                                        table_column(c.cohort, "record"), c.cohort->n_rows, 1, NULL, NULL, NULL,
                                        c.cohort, false};
    assert_non_null(c.outcome = outcome_compute(&input));
    return c;
}

static void release(struct computed *c)
{
    table_free(c->outcome);
    table_free(c->cohort);
    small_study_close(&c->small);
}

static void assert_person(const struct computed *c, size_t i, int cause, double time)
{
    assert_int_equal(column_code(table_column(c->outcome, "loss"), i), LOSS_NONE);
    assert_int_equal(column_integer(table_column(c->outcome, "cause"), i), cause);
    if (table_column(c->outcome, "time") != NULL)
        assert_near(column_real(table_column(c->outcome, "time"), i), time, 0);
}

static void assert_lost(const struct computed *c, size_t i, enum loss loss)
{
    assert_int_equal(column_code(table_column(c->outcome, "loss"), i), loss);
    assert_true(column_is_missing(table_column(c->outcome, "cause"), i));
}

static void test_a_given_outcome_takes_time_event_and_competing_event_from_the_source(void **state)
{
    (void)state;
    struct computed c = compute("", "{time: days, event: \"relapsed == 1\", competing: {death: \"died == 1\"}, event_is: bad}");

    assert_person(&c, 0, 1, 30);
    assert_person(&c, 1, 0, 90);
    assert_person(&c, 2, 2, 120);
    assert_lost(&c, 3, LOSS_TIME_MISSING);
    assert_lost(&c, 4, LOSS_TIME_NEGATIVE);
    assert_person(&c, 5, 1, 0); /* day 0 is kept */
    assert_lost(&c, 6, LOSS_EVENT_UNDECIDED);
    assert_lost(&c, 7, LOSS_TWO_EVENTS);
    assert_string_equal(outcome_cause(&c.small.study->outcomes[0], 2), "death");
    release(&c);
}

static void test_entry_at_the_end_of_observation_is_never_at_risk(void **state)
{
    (void)state;
    struct computed c = compute("", "{time: days, entry: start, event: \"died == 1\", event_is: bad}");

    assert_person(&c, 1, 0, 90);
    assert_near(column_real(table_column(c.outcome, "entry"), 1), 5, 0);
    assert_lost(&c, 6, LOSS_ENTRY_LATE);
    release(&c);
}

static void test_follow_up_ends_observation(void **state)
{
    (void)state;
    struct computed c = compute("  follow_up: {days: 60}\n", "{time: days, event: \"died == 1\", event_is: bad}");

    assert_person(&c, 2, 0, 60); /* died on day 120: not seen */
    assert_person(&c, 7, 1, 60); /* died on day 60: seen */
    release(&c);
}

static void test_completing_counts_as_declared(void **state)
{
    (void)state;
    struct computed left = compute("", "{days_until: {column: days}, completed: left, event_is: bad}");
    struct computed competing = compute(
        "", "{days_until: {column: days}, completed: competing, completed_if: \"days >= 90\", event_is: bad}");
    struct computed censored =
        compute("", "{days_until: {column: days}, completed: censor, completed_if: \"days >= 90\", event_is: bad}");
    struct computed retained = compute(
        "  follow_up: {days: 365}\n",
        "{days_until: {column: days}, completed: retained, completed_if: \"days >= 90\", event_is: bad}");

    assert_person(&left, 1, 1, 90);
    assert_person(&competing, 1, 2, 90);
    assert_person(&censored, 1, 0, 90);
    assert_person(&retained, 1, 0, 365);
    assert_person(&retained, 0, 1, 30);
    assert_person(&retained, 2, 0, 365);
    assert_string_equal(outcome_cause(&competing.small.study->outcomes[0], 2), "completed");
    release(&left);
    release(&competing);
    release(&censored);
    release(&retained);
}

static void test_completion_undecided_is_told_apart(void **state)
{
    (void)state;
    struct computed c = compute(
        "", "{days_until: {column: days}, completed: competing, completed_if: \"plan <= 90\", event_is: bad}");

    assert_lost(&c, 6, LOSS_COMPLETED_UNDECIDED);
    release(&c);
}

static void test_every_discharge_reason_has_its_meaning(void **state)
{
    (void)state;
    struct computed yes_no = compute("", "{reason: reason, event: [completed], no_event: [dropped out, died], "
                                         "exclude: [transferred], event_is: good}");
    struct computed timed = compute("", "{reason: reason, days_until: {column: days}, event: [dropped out], "
                                        "competing: [completed, died], censor: [transferred], event_is: bad}");

    assert_person(&yes_no, 0, 0, 0);
    assert_person(&yes_no, 1, 1, 0);
    assert_lost(&yes_no, 2, LOSS_EXCLUDED);
    assert_person(&yes_no, 3, 0, 0); /* no time is needed */
    assert_lost(&yes_no, 6, LOSS_REASON_MISSING);
    assert_person(&timed, 0, 1, 30);
    assert_person(&timed, 1, 2, 90);
    assert_person(&timed, 2, 0, 120);
    assert_string_equal(outcome_cause(&timed.small.study->outcomes[0], 3), "died");
    release(&yes_no);
    release(&timed);
}

static void test_losses_are_counted_in_the_unit_of_the_study(void **state)
{
    (void)state;
    struct computed c = compute("", "{time: days, event: \"relapsed == 1\", competing: {death: \"died == 1\"}, event_is: bad}");
    struct table *losses = losses_alloc();

    assert_int_equal(losses_add(losses, &c.small.study->outcomes[0], c.outcome, table_column(c.cohort, "weight"), false), 0);
    assert_int_equal(losses->n_rows, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(column_integer(table_column(losses, "n"), i), 10);
    table_free(losses);
    release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_given_outcome_takes_time_event_and_competing_event_from_the_source),
        cmocka_unit_test(test_entry_at_the_end_of_observation_is_never_at_risk),
        cmocka_unit_test(test_follow_up_ends_observation),
        cmocka_unit_test(test_completing_counts_as_declared),
        cmocka_unit_test(test_completion_undecided_is_told_apart),
        cmocka_unit_test(test_every_discharge_reason_has_its_meaning),
        cmocka_unit_test(test_losses_are_counted_in_the_unit_of_the_study),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
