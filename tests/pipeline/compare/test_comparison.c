/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole comparisons: who is refused, all censored, several references, and the laws of counted and shuffled rows. */
#include "store/store.h"
#include "tests/pipeline/compare/small_comparison.h"

#define EVERYTHING \
    "compare:\n  - outcomes: [relapse]\n" \
    "    measures: [risk_difference, risk_ratio, odds_ratio, survival_difference, rmst_difference, rmst_ratio,\n" \
    "               quantile_time, logrank_test, chi_square_test]\n" \
    "    at: [3, 12, 20]\n    at_least: [12]\n    tau: 20\n    non_inferiority:\n" \
    "      - {outcome: relapse, measure: risk_difference, at: 12, margin: 0.1, because: a test}\n"

static void assert_refused(const char *cohort, const char *lines, const char *message)
{
    capture_start();
    struct small_comparison c = small_compare_counted("", cohort, RELAPSE, EVERYTHING, lines, 1);
    const char *told = capture_end();

    assert_int_equal(c.status, -1);
    if (strstr(told, message) == NULL)
        fail_msg("told: %s", told);
    small_release(&c);
}

static void test_an_arm_of_one_person_is_refused_by_name_and_place(void **state)
{
    (void)state;
    assert_refused(
        TWO_ARMS, "1,5,,1,1,,\n2,5,,1,1,,\n2,6,,1,1,,\n",
        "study.yaml:11:12: outcome 'relapse': arm 'iop' has one person in population 'all' for whom it is known; a "
        "comparison needs two or more");
}

static void test_an_arm_for_whom_the_outcome_is_never_known_is_refused(void **state)
{
    (void)state;
    assert_refused(TWO_ARMS, "1,,,1,1,,\n1,,,0,1,,\n2,5,,1,1,,\n2,6,,1,1,,\n",
                   "arm 'iop' has nobody in population 'all' for whom it is known");
}

static void test_an_arm_that_a_population_leaves_empty_is_refused(void **state)
{
    (void)state;
    assert_refused(TWO_ARMS "  populations: {itt: \"true\", old: \"age > 50\"}\n",
                   "1,5,,1,1,60,\n1,6,,1,1,60,\n2,5,,1,1,40,\n2,6,,1,1,40,\n",
                   "arm 'inpatient' has nobody in population 'old'");
}

static void test_one_counted_row_of_two_people_is_enough(void **state)
{
    (void)state;
    struct small_comparison c =
        small_compare_counted(", weight: n", TWO_ARMS, RELAPSE, EVERYTHING, "1,5,,1,2,,\n2,25,,0,2,,\n", 1);

    assert_int_equal(c.status, 0);
    small_release(&c);
}

static void test_where_everybody_is_censored_curves_stay_at_1_and_tests_do_not_exist(void **state)
{
    (void)state;
    struct small_comparison c =
        small_compare(TWO_ARMS, RELAPSE, EVERYTHING, "1,10,,0,1,,\n1,30,,0,1,,\n2,15,,0,1,,\n2,31,,0,1,,\n");
    const struct table *t = c.a.estimates;

    for (size_t i = 0; i < c.a.curves->n_rows; i++)
        assert_near(column_real(table_column(c.a.curves, "estimate"), i), 1, 0);
    assert_undefined(t, KEY("logrank_test", "", "iop", "inpatient", NAN), "no events in any arm");
    assert_undefined(t, KEY("risk_ratio", "", "iop", "inpatient", 12), "no events in arm iop");
    assert_undefined(t, KEY("quantile_time", "0.5", "iop", "", NAN), "the curve of arm iop does not come down to 0.5");
    assert_near(number_of(t, KEY("risk", "", "iop", "", 20), "estimate"), 0, 0);
    /* Nobody has seen an event, so nobody knows an error: no limits of no width, and no verdict on them. */
    static const char why[] = "no events in arm iop; no events in arm inpatient";
    static const char *const measures[] = {"risk_difference", "survival_difference", "rmst_difference"};
    for (size_t i = 0; i < 3; i++) {
        assert_number(t, KEY(measures[i], "", "iop", "inpatient", 20), 0, 0, NAN, NAN);
        assert_text(t, KEY(measures[i], "", "iop", "inpatient", 20), "note", why);
    }
    assert_number(t, KEY("rmst", "", "iop", "", 20), 20, 0, NAN, NAN);
    assert_true(text_is(c.a.verdicts, "verdict", 0, "undefined"));
    assert_true(text_is(c.a.verdicts, "note", 0, why));
    small_release(&c);
}

static void test_every_arm_is_compared_with_every_reference_and_no_reference_with_another(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(
        THREE_ARMS "  reference: [outpatient, inpatient]\n", RELAPSE,
        "compare: [{outcomes: [relapse], measures: [risk_difference], at: [12]}, "
        "{analysis: other, outcomes: [relapse], measures: [risk_difference], at: [12], reference: iop}]\n",
        "1,5,,1,1,,\n1,12,,1,1,,\n2,7,,1,1,,\n2,40,,1,1,,\n3,3,,1,1,,\n3,21,,1,1,,\n");
    static const char *const arms[] = {"iop", "iop", "inpatient", "outpatient"}, *const references[] = {"inpatient",
                                                                                                        "outpatient",
                                                                                                        "iop", "iop"};
    size_t k = 0;

    for (size_t i = 0; i < c.a.estimates->n_rows; i++)
        if (text_is(c.a.estimates, "measure", i, "risk_difference")) {
            assert_true(k < 4);
            assert_true(text_is(c.a.estimates, "arm", i, arms[k]));
            assert_true(text_is(c.a.estimates, "reference", i, references[k++]));
        }
    assert_int_equal(k, 4);
    for (size_t i = 0; i < c.a.arms->n_rows; i++)
        assert_int_equal(column_integer(table_column(c.a.arms, "is_reference"), i), i > 0);
    small_release(&c);
}

/* ---- curves and risk tables ----------------------------------------------------------------------------------------
 */

static int64_t cell(const struct table *table, const char *column, size_t row)
{
    return column_integer(table_column(table, column), row);
}

static void test_curves_begin_on_day_0_and_keep_what_happens_on_it(void **state)
{
    (void)state;
    struct small_comparison c =
        small_compare(TWO_ARMS, RELAPSE, "compare: [{outcomes: [relapse], measures: [survival], at: [1]}]\n",
                      "1,0,,1,1,,\n1,4,,0,1,,\n1,4,,1,1,,\n2,3,,1,1,,\n2,9,,0,1,,\n");
    const struct table *t = c.a.curves;

    assert_int_equal(t->n_rows, 2 + 3);
    /* iop: an event on day 0; on day 4 the censored one is still at risk for the event */
    assert_int_equal(cell(t, "n_risk", 0), 3);
    assert_int_equal(cell(t, "n_event", 0), 1);
    assert_near(column_real(table_column(t, "estimate"), 0), 2. / 3, 1e-15);
    assert_int_equal(cell(t, "n_risk", 1), 2);
    assert_int_equal(cell(t, "n_censor", 1), 1);
    assert_near(column_real(table_column(t, "estimate"), 1), 1. / 3, 1e-15);
    /* inpatient: nothing happens on day 0, the curve still begins there */
    assert_near(column_real(table_column(t, "time"), 2), 0, 0);
    assert_int_equal(cell(t, "n_risk", 2), 2);
    assert_near(column_real(table_column(t, "estimate"), 2), 1, 0);
    assert_true(column_is_missing(table_column(t, "conf_low"), 2));
    small_release(&c);
}

static void test_risk_tables_add_up_to_the_people(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(TWO_ARMS,
                                              "outcomes: {relapse: {time: days, entry: start, event: \"what == 1\", "
                                              "competing: {death: \"what == 2\"}, event_is: bad}}\n",
                                              "compare: [{outcomes: [relapse], measures: [survival], at: [1]}]\n",
                                              "1,5,0,1,1,,\n1,9,3,2,1,,\n1,9,3,0,1,,\n2,3,0,1,1,,\n2,9,0,0,1,,\n");
    const struct table *t = c.a.risk_tables;
    int64_t entered = 0, left = 0;

    assert_true(column_is_missing(table_column(t, "time"), 0));
    assert_int_equal(cell(t, "entered", 0), 1); /* from the start */
    for (size_t i = 0; i < t->n_rows; i++)
        if (text_is(t, "arm", i, "iop")) {
            entered += cell(t, "entered", i);
            left += cell(t, "n_event_1", i) + cell(t, "n_event_2", i) + cell(t, "n_censor", i);
        }
    assert_int_equal(entered, 3);
    assert_int_equal(left, 3);
    small_release(&c);
}

/* ---- laws
 * ------------------------------------------------------------------------------------------------------------ */

static void digest(const struct small_comparison *c, char text[static 7 * SHA256_HEX_SIZE])
{
    const struct table *const tables[] = {c->a.arms,   c->a.baseline,  c->a.balance, c->a.risk_tables,
                                          c->a.curves, c->a.estimates, c->a.verdicts};

    for (size_t i = 0; i < 7; i++)
        assert_int_equal(store_table_sha256(tables[i], text + i * SHA256_HEX_SIZE), 0);
}

static void assert_same(const struct small_comparison *a, const struct small_comparison *b)
{
    char one[7 * SHA256_HEX_SIZE], other[7 * SHA256_HEX_SIZE];

    digest(a, one);
    digest(b, other);
    assert_memory_equal(one, other, sizeof one);
}

#define COVARIATES "  covariates: [age, sex]\n"

static void test_a_row_of_3_equals_three_rows(void **state)
{
    (void)state;
    struct small_comparison counted = small_compare_counted(
        ", weight: n", TWO_ARMS COVARIATES, RELAPSE, EVERYTHING,
        "1,5,,1,3,20,1\n1,12,,1,1,31,\n1,30,,0,2,40,2\n2,7,,1,1,,2\n2,12,,1,2,25.5,1\n2,40,,0,3,61,2\n2,2,,1,0,99,1\n",
        1);
    struct small_comparison copies = small_compare_counted(
        ", weight: n", TWO_ARMS COVARIATES, RELAPSE, EVERYTHING,
        "1,5,,1,1,20,1\n1,5,,1,1,20,1\n1,5,,1,1,20,1\n1,12,,1,1,31,\n1,30,,0,1,40,2\n1,30,,0,1,40,2\n2,7,,1,1,,2\n"
        "2,12,,1,1,25.5,1\n2,12,,1,1,25.5,1\n2,40,,0,1,61,2\n2,40,,0,1,61,2\n2,40,,0,1,61,2\n",
        1);

    assert_int_equal(counted.status, 0);
    assert_same(&counted, &copies);
    small_release(&counted);
    small_release(&copies);
}

/* A small generator of our own, so that the cases are the same everywhere. */
static uint32_t draw(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % below;
}

enum { N_LINES = 40 };

static void make_lines(uint32_t seed, char lines[N_LINES][64])
{
    uint32_t random = seed;

    for (size_t i = 0; i < N_LINES; i++) {
        const uint32_t day = draw(&random, 25);
        char age[16] = "";
        if (draw(&random, 8) > 0)
            snprintf(age, sizeof age, "%u.%u", 18 + draw(&random, 50), draw(&random, 10));
        snprintf(lines[i], sizeof lines[i], "%zu,%u,%u,%u,%u,%s,%u\n", 1 + i % 2, day,
                 draw(&random, 6) == 0 ? day / 2 : 0, draw(&random, 3), 1 + draw(&random, 4), age,
                 1 + draw(&random, 2));
    }
}

static struct small_comparison compare_lines(char lines[N_LINES][64], int n_threads)
{
    char text[N_LINES * 64] = "";

    for (size_t i = 0; i < N_LINES; i++)
        strcat(text, lines[i]);
    struct small_comparison c = small_compare_counted(", weight: n", TWO_ARMS COVARIATES,
                                                      "outcomes: {relapse: {time: days, entry: start, event: \"what == "
                                                      "1\", competing: {death: \"what == 2\"}, event_is: bad}}\n",
                                                      EVERYTHING, text, n_threads);
    assert_int_equal(c.status, 0);
    return c;
}

static void test_the_order_of_rows_and_the_number_of_threads_change_no_bit(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 12; seed++) {
        char lines[N_LINES][64];
        uint32_t random = seed * 77;
        make_lines(seed, lines);
        struct small_comparison ordered = compare_lines(lines, 1);
        for (size_t i = N_LINES - 1; i > 0; i--) {
            char other[64];
            const size_t k = draw(&random, (uint32_t)i + 1);
            memcpy(other, lines[i], sizeof other);
            memcpy(lines[i], lines[k], sizeof other);
            memcpy(lines[k], other, sizeof other);
        }
        struct small_comparison shuffled = compare_lines(lines, 4);
        assert_same(&ordered, &shuffled);
        small_release(&ordered);
        small_release(&shuffled);
    }
}

static void test_people_whose_outcome_is_unknown_change_no_number(void **state)
{
    (void)state;
    static const char known[] = "1,5,,1,1,,\n1,12,,1,1,,\n1,30,,0,1,,\n2,7,,1,1,,\n2,12,,1,1,,\n2,40,,0,1,,\n",
                      more[] = "1,5,,1,1,,\n1,,,1,1,,\n1,12,,1,1,,\n1,30,,0,1,,\n2,7,,1,1,,\n2,9,,,1,,\n2,12,,1,1,,\n2,"
                               "40,,0,1,,\n";
    struct small_comparison a = small_compare(TWO_ARMS, RELAPSE, EVERYTHING, known),
                            b = small_compare(TWO_ARMS, RELAPSE, EVERYTHING, more);
    char one[SHA256_HEX_SIZE], other[SHA256_HEX_SIZE];

    assert_int_equal(store_table_sha256(a.a.estimates, one), 0);
    assert_int_equal(store_table_sha256(b.a.estimates, other), 0);
    assert_string_equal(one, other);
    small_release(&a);
    small_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_arm_of_one_person_is_refused_by_name_and_place),
        cmocka_unit_test(test_an_arm_for_whom_the_outcome_is_never_known_is_refused),
        cmocka_unit_test(test_an_arm_that_a_population_leaves_empty_is_refused),
        cmocka_unit_test(test_one_counted_row_of_two_people_is_enough),
        cmocka_unit_test(test_where_everybody_is_censored_curves_stay_at_1_and_tests_do_not_exist),
        cmocka_unit_test(test_every_arm_is_compared_with_every_reference_and_no_reference_with_another),
        cmocka_unit_test(test_curves_begin_on_day_0_and_keep_what_happens_on_it),
        cmocka_unit_test(test_risk_tables_add_up_to_the_people),
        cmocka_unit_test(test_a_row_of_3_equals_three_rows),
        cmocka_unit_test(test_the_order_of_rows_and_the_number_of_threads_change_no_bit),
        cmocka_unit_test(test_people_whose_outcome_is_unknown_change_no_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
