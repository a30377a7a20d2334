/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weekly words of a study, and published definitions on them, by hand. */
#include "outcomes/outcome.h"
#include "outcomes/study_words.h"
#include "tests/pipeline/support/dated_study.h"

static const char cohort[] = "cohort:\n  arms: {iop: \"arm == 'iop'\", inpatient: \"arm == 'inpatient'\"}\n"
                             "  reference: inpatient\n";

struct made {
    struct dated_study d;
    struct evidence *evidence;
    struct table *words;
    struct table *outcome; /* of the first outcome; NULL: it was refused */
};

/* words: the keys of words 'w' but `positive` and `seen`; outcome: keys of the outcome 'it'. */
static struct made make(const struct dated_lines *lines, const char *words, const char *outcome, const char *more)
{
    struct made m;
    char text[4096];

    snprintf(text, sizeof text,
             "evidence: {pos: {tests: \"what == 'a'\"}, held: {visits: \"what == 'a'\"}, also: {visits: \"what == 'b'\"}}\n"
             "words: {w: {positive: pos, seen: [held, also], %s}}\n%s%soutcomes:\n  it: {%s, event_is: bad}\n"
             "  other: {event: \"ended > 3\", event_is: good}\n"
             "compare: [{outcomes: [other], measures: [risk_difference]}]\n",
             words, cohort, more, outcome);
    m.d = dated_study_open(lines, text);
    assert_non_null(m.evidence = evidence_read(m.d.study, m.d.records_path, m.d.cohort, 1));
    const struct words_input input = {m.d.study, m.d.records, m.d.cohort, m.evidence, 1};
    assert_non_null(m.words = study_word_table(&input, 0));
    const struct outcome_input wanted = {m.d.study, &m.d.study->outcomes[0], m.d.records, table_column(m.d.cohort, "record"),
                                         m.d.cohort->n_rows, 1, m.evidence, &m.words, NULL, m.d.cohort, false};
    m.outcome = outcome_compute(&wanted);
    return m;
}

static void release(struct made *m)
{
    table_free(m->outcome);
    table_free(m->words);
    evidence_free(m->evidence);
    dated_study_close(&m->d);
}

static void assert_text(const struct table *words, const char *name, size_t i, const char *expected)
{
    size_t length;
    const char *text = column_text(table_column(words, name), i, &length);

    assert_int_equal(length, strlen(expected));
    assert_memory_equal(text, expected, length);
}

static void assert_timed(const struct made *m, size_t i, int cause, double time)
{
    assert_int_equal(column_code(table_column(m->outcome, "loss"), i), LOSS_NONE);
    assert_int_equal(column_integer(table_column(m->outcome, "cause"), i), cause);
    assert_near(column_real(table_column(m->outcome, "time"), i), time, 0);
}

/* id, arm, start, ended, reason */
static const char people[] = "7,1,0,5,1\n8,2,10,5,1\n9,1,,5,1\n";

/* 7: week 1 held on day 2, positive on day 3; week 2 positive on day 8; week 3 nothing; week 4 seen (b) on day 22.
 * 8: starts on day 10: day 11 is week 1, day 10 week 0; 9 has no start. */
static const struct dated_lines rows = {
    .clients = people,
    .of_role = {[ROLE_VISITS] = "7,2,a\n7,22,b\n7,22,a\n7,9,c\n8,10,a\n8,12,a\n9,3,a\n",
                [ROLE_TESTS] = "7,3,a\n7,8,a\n7,15,b\n8,20,a\n9,3,a\n"},
};

static void test_words_are_made_from_kinds_of_evidence(void **state)
{
    struct made m = make(&rows, "end: 28", "library: Ab_fiellin_2006, at_least: 1", "");

    (void)state;
    assert_text(m.words, "word", 0, "*+o-");
    assert_text(m.words, "word", 1, "o-+o"); /* without a start days count from time zero, day 0 */
    assert_text(m.words, "word", 2, "+ooo"); /* a day that is seen and positive is positive */
    assert_text(m.words, "baseline", 0, "");
    assert_null(table_column(m.words, "word_1"));
    release(&m);
}

static void test_weeks_begin_with_a_day_of_each_person_or_not_at_all(void **state)
{
    struct made m = make(&rows, "start: start, from: 1, end: [{column: start, days: 21}]", "library: Ab_fiellin_2006, at_least: 1", "");

    (void)state;
    assert_text(m.words, "word", 0, "*+o");
    assert_text(m.words, "word", 1, "-+o");  /* days 11-17: held 12; 18-24: positive 20 */
    assert_text(m.words, "baseline", 1, "_-"); /* days 1-3: week -1; 4-10: held on day 10 */
    assert_int_equal(column_integer(table_column(m.words, "first_week"), 1), -1);
    assert_text(m.words, "word", 2, "");
    assert_int_equal(column_code(table_column(m.outcome, "loss"), 2), LOSS_NO_WORD);
    release(&m);
}

static void test_who_has_no_start_may_begin_otherwise_and_without_negatives(void **state)
{
    const struct dated_lines lines = {.clients = people,
                                      .of_role = {[ROLE_VISITS] = "9,3,a\n9,8,a\n", [ROLE_TESTS] = "9,14,a\n"}};
    struct made all = make(&lines, "start: {column: start, otherwise: -1}, end: 20", "library: Ab_fiellin_2006, at_least: 1", "");
    struct made some = make(&lines, "start: {column: start, otherwise: -1, only: positives}, end: 20",
                            "library: Ab_fiellin_2006, at_least: 1", "");

    (void)state;
    assert_text(all.words, "word", 2, "--+"); /* week 1 holds days 0 to 6 */
    assert_text(some.words, "word", 2, "oo+");
    release(&all);
    release(&some);
}

static void test_the_first_end_that_holds_and_has_a_day_counts(void **state)
{
    struct made m = make(&rows, "end: [{when: \"arm == 'inpatient'\", column: start, days: 4}, {column: ended, days: 2}, 70]",
                         "library: Ab_fiellin_2006, at_least: 1", "");

    (void)state;
    assert_text(m.words, "word", 0, "*");  /* to day 7 */
    assert_text(m.words, "word", 1, "o-"); /* to day 14 */
    release(&m);
}

static void test_phases_begin_in_the_week_that_holds_their_day(void **state)
{
    struct made m = make(&rows, "end: 28, phases: start", "library: Ab_mokri_2016, phase: 2", "");

    (void)state;
    assert_text(m.words, "word_1", 0, ""); /* day 0 is week 0 */
    assert_text(m.words, "word_2", 0, "*+o-");
    assert_text(m.words, "word_1", 1, "o"); /* day 10 is week 2 */
    assert_text(m.words, "word_2", 1, "-+o");
    assert_int_equal(column_integer(table_column(m.words, "phase_2"), 1), 2);
    assert_text(m.words, "word_1", 2, "+ooo");
    assert_text(m.words, "word_2", 2, "");
    /* The first positive week of phase 2 is week 3 of the word of 8: day 15. */
    assert_timed(&m, 1, 1, 15);
    assert_int_equal(column_code(table_column(m.outcome, "loss"), 2), LOSS_NO_WORD);
    release(&m);
}

static void test_an_event_in_a_week_is_on_its_first_day_and_being_free_ends_on_the_last(void **state)
{
    struct made m = make(&rows, "end: 28", "library: Rs_schottenfeld_2008", "");

    (void)state;
    assert_timed(&m, 0, 1, 1);  /* *+o: three that count as positive from week 1 */
    assert_timed(&m, 1, 0, 14); /* o-+o */
    assert_timed(&m, 2, 1, 1);
    release(&m);
}

static void test_follow_up_ends_being_free_of_the_event(void **state)
{
    struct made m = make(&rows, "end: 28", "library: Rs_schottenfeld_2008", "  follow_up: {days: 11}\n");

    (void)state;
    assert_timed(&m, 0, 1, 1);
    assert_timed(&m, 1, 0, 11);
    release(&m);
}

static void test_a_value_within_its_bounds_is_the_event(void **state)
{
    struct made m = make(&rows, "end: 28", "library: Rd_fiellin_2006, at_least: 0.25, at_most: 0.374", "");

    (void)state; /* shares of negatives: *+o- 1.5/4 = 0.375, o-+o 0.25, +ooo 0 */
    assert_null(table_column(m.outcome, "time"));
    assert_int_equal(column_integer(table_column(m.outcome, "cause"), 0), 0);
    assert_int_equal(column_integer(table_column(m.outcome, "cause"), 1), 1);
    assert_int_equal(column_integer(table_column(m.outcome, "cause"), 2), 0);
    release(&m);
}

static void test_a_word_that_is_too_short_is_a_loss(void **state)
{
    struct made m = make(&rows, "end: [{when: \"arm == 'inpatient'\", days: 28}, 21]", "library: Ab_ling_1998", "");

    (void)state;
    assert_int_equal(column_code(table_column(m.outcome, "loss"), 0), LOSS_WORD_SHORT);
    assert_int_equal(column_integer(table_column(m.outcome, "cause"), 1), 0);
    release(&m);
}

static void assert_refused(const struct dated_lines *lines, const char *words, const char *outcome, const char *message)
{
    capture_start();
    struct made m = make(lines, words, outcome, "");
    assert_non_null(strstr(capture_end(), message));
    assert_null(m.outcome);
    release(&m);
}

static void test_what_the_data_cannot_support_is_refused_by_name(void **state)
{
    const struct dated_lines none = {.clients = people, .of_role = {[ROLE_VISITS] = "7,99,a\n", [ROLE_TESTS] = "7,99,a\n"}};

    (void)state;
    assert_refused(&rows, "end: 28", "library: Ab_schwartz_2006",
                   "outcome 'it': definition 'Ab_schwartz_2006' needs words of 15 weeks; nobody's word 'w' is that long");
    assert_refused(&none, "end: 28", "library: Rs_lee_2016",
                   "outcome 'it': definition 'Rs_lee_2016' cannot be judged; in the weeks of words 'w' nobody was seen");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_are_made_from_kinds_of_evidence),
        cmocka_unit_test(test_weeks_begin_with_a_day_of_each_person_or_not_at_all),
        cmocka_unit_test(test_who_has_no_start_may_begin_otherwise_and_without_negatives),
        cmocka_unit_test(test_the_first_end_that_holds_and_has_a_day_counts),
        cmocka_unit_test(test_phases_begin_in_the_week_that_holds_their_day),
        cmocka_unit_test(test_an_event_in_a_week_is_on_its_first_day_and_being_free_ends_on_the_last),
        cmocka_unit_test(test_follow_up_ends_being_free_of_the_event),
        cmocka_unit_test(test_a_value_within_its_bounds_is_the_event),
        cmocka_unit_test(test_a_word_that_is_too_short_is_a_loss),
        cmocka_unit_test(test_what_the_data_cannot_support_is_refused_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
