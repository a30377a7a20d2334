/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/cohort.h"
#include "cohort/conditions.h"
#include "episodes/people.h"
#include "tests/pipeline/support/small_study.h"

static const char columns[] = "  age: {type: integer, range: [0, 120]}\n"
                              "  level: {type: category, codes: {1: iop, 2: inpatient, 3: outpatient}}\n"
                              "  n: {type: integer, range: [0, 1000]}\n"
                              "  stayed: {type: integer, range: [0, 1], known: after}\n";

static const char outcomes[] = "outcomes: {stayed: {event: \"stayed == 1\", event_is: good}}\n"
                               "compare: [{outcomes: [stayed], measures: [risk_difference]}]\n";

static const char lines[] = "17,1,2,1\n30,1,3,0\n,2,4,1\n44,2,5,1\n50,3,6,0\n61,2,7,0\n29,,8,1\n20,1,0,1\n";

struct drawn {
    struct small_study small;
    struct table *stays, *quality;
    struct cohort cohort;
    int status;
};

static struct drawn draw(const char *weight, const char *cohort)
{
    char study[2048];
    struct drawn d;

    snprintf(study, sizeof study, "cohort:\n%s%s", cohort, outcomes);
    d.small = small_study_open(columns, weight, study, lines);
    d.stays = people_stays(d.small.records, NULL, 0);
    d.quality = small_quality("clients", (int64_t)d.small.records->n_rows + 2, 2);
    const struct cohort_input input = {.records = d.small.records, .stays = d.stays, .quality = d.quality};
    d.status = cohort_draw(d.small.study, &input, 2, &d.cohort);
    return d;
}

static void release(struct drawn *d)
{
    cohort_free(&d->cohort);
    table_free(d->stays);
    table_free(d->quality);
    small_study_close(&d->small);
}

static const char two_arms[] = "  eligible: [\"age >= 18\"]\n"
                               "  arms: {iop: \"level == 'iop'\", inpatient: \"level == 'inpatient'\"}\n"
                               "  reference: inpatient\n";

/* Row i of attrition, as "dropped left reason". */
static void assert_step(const struct cohort *cohort, size_t i, int64_t dropped, int64_t left, const char *reason)
{
    size_t n;
    const char *text = column_text(table_column(cohort->attrition.table, "reason"), i, &n);

    assert_int_equal(column_integer(table_column(cohort->attrition.table, "dropped"), i), dropped);
    assert_int_equal(column_integer(table_column(cohort->attrition.table, "left"), i), left);
    assert_int_equal(n, strlen(reason));
    assert_memory_equal(text, reason, n);
}

static void test_attrition_leads_from_the_last_input_line_to_the_arms(void **state)
{
    (void)state;
    struct drawn d = draw("", two_arms);

    assert_int_equal(d.status, 0);
    assert_step(&d.cohort, 0, 0, 10, "");                                /* lines of the source */
    assert_step(&d.cohort, 1, 2, 8, "not a whole number");               /* set aside by ingest */
    assert_step(&d.cohort, 2, 0, 8, "");                                 /* rows become persons */
    assert_step(&d.cohort, 3, 1, 7, "not met");                          /* 17 years old */
    assert_step(&d.cohort, 4, 1, 6, "undecided: a value is missing");    /* age missing */
    assert_step(&d.cohort, 5, 1, 5, "in no arm");                        /* outpatient */
    assert_step(&d.cohort, 6, 1, 4, "undecided: a value is missing");    /* level missing */
    assert_int_equal(d.cohort.attrition.table->n_rows, 7);
    assert_int_equal(d.cohort.people->n_rows, 4);
    release(&d);
}

static void test_counted_rows_count_what_they_stand_for_and_frequency_0_nobody(void **state)
{
    (void)state;
    struct drawn d = draw(", weight: n", two_arms);

    assert_int_equal(d.status, 0);
    assert_step(&d.cohort, 2, 1, 7, "frequency 0"); /* a row, before rows become persons */
    assert_step(&d.cohort, 3, 0, 35, "");
    assert_step(&d.cohort, 4, 2, 33, "not met");
    assert_step(&d.cohort, 5, 4, 29, "undecided: a value is missing");
    assert_step(&d.cohort, 6, 6, 23, "in no arm");
    assert_step(&d.cohort, 7, 8, 15, "undecided: a value is missing");
    assert_int_equal(d.cohort.people->n_rows, 3);
    assert_int_equal(column_integer(table_column(d.cohort.people, "weight"), 0), 3);
    assert_int_equal(column_integer(table_column(d.cohort.people, "record"), 1), 3);
    release(&d);
}

static void test_time_zero_is_a_column_and_whoever_has_none_is_counted(void **state)
{
    (void)state;
    char cohort[1024];

    snprintf(cohort, sizeof cohort, "  time_zero: {column: age}\n%s", two_arms);
    struct drawn d = draw("", cohort);

    assert_int_equal(d.status, 0);
    assert_step(&d.cohort, 3, 1, 7, "time zero missing");
    assert_step(&d.cohort, 4, 1, 6, "not met");
    assert_int_equal(column_integer(table_column(d.cohort.people, "time_zero"), 0), 30);
    assert_int_equal(column_integer(table_column(d.cohort.people, "time_zero"), 1), 44);
    assert_int_equal(column_integer(table_column(d.cohort.people, "record"), 1), 3);
    release(&d);
}

static void test_populations_are_parts_beside_the_way(void **state)
{
    (void)state;
    char cohort[1024];

    snprintf(cohort, sizeof cohort, "%s  populations: {all: \"true\", old: \"age > 40\"}\n", two_arms);
    struct drawn d = draw("", cohort);
    const struct table *people = d.cohort.people;

    assert_int_equal(d.status, 0);
    assert_step(&d.cohort, 7, 0, 4, "not in the population");
    assert_step(&d.cohort, 8, 2, 2, "not in the population");
    assert_int_equal(column_integer(table_column(people, "population:old"), 0), 0); /* 30 years */
    assert_int_equal(column_integer(table_column(people, "population:old"), 1), 1); /* 44 years */
    assert_int_equal(column_integer(table_column(people, "population:all"), 0), 1);
    release(&d);
}

static void test_complete_cases_of_a_covariate_are_a_step(void **state)
{
    (void)state;
    char cohort[1024];

    snprintf(cohort, sizeof cohort, "%s  covariates: [{column: age, missing: drop}]\n", strstr(two_arms, "  arms:"));
    struct drawn d = draw("", cohort);

    assert_int_equal(d.status, 0);
    assert_step(&d.cohort, 3, 1, 7, "missing"); /* before the arms */
    assert_int_equal(table_column_index(d.cohort.people, "record"), 0);
    release(&d);
}

static void assert_refused(const char *cohort, const char *message)
{
    capture_start();
    struct drawn d = draw("", cohort);
    const char *told = capture_end();

    assert_int_equal(d.status, -1);
    if (strstr(told, message) == NULL)
        print_error("told: %s\n", told);
    assert_non_null(strstr(told, message));
    release(&d);
}

static void test_arms_that_overlap_are_refused_by_name_and_place(void **state)
{
    (void)state;
    assert_refused("  arms: {iop: \"level == 'iop'\", adult: \"age >= 18\"}\n  reference: adult\n",
                   "study.yaml:9:33: the arms overlap: 2 persons are in both 'iop' and 'adult'");
}

static void test_an_arm_without_people_is_refused_by_name_and_place(void **state)
{
    (void)state;
    assert_refused("  arms: {iop: \"level == 'iop'\", none: \"age > 99\"}\n  reference: iop\n",
                   "study.yaml:9:33: arm 'none' has no people: nobody eligible meets 'age > 99'");
}

static void test_an_empty_cohort_names_the_condition_that_emptied_it(void **state)
{
    (void)state;
    assert_refused("  eligible: [\"age >= 18\", \"age > 99\"]\n"
                   "  arms: {iop: \"level == 'iop'\", inpatient: \"level == 'inpatient'\"}\n  reference: iop\n",
                   "the cohort is empty: nobody is left after 'age > 99'");
}

static void test_only_columns_that_conditions_use_are_read(void **state)
{
    (void)state;
    struct drawn d = draw("", two_arms);
    char **names = cohort_columns(d.small.study);

    assert_string_equal(names[0], "age");
    assert_string_equal(names[1], "level");
    assert_null(names[2]);
    names_free(names);
    release(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attrition_leads_from_the_last_input_line_to_the_arms),
        cmocka_unit_test(test_counted_rows_count_what_they_stand_for_and_frequency_0_nobody),
        cmocka_unit_test(test_time_zero_is_a_column_and_whoever_has_none_is_counted),
        cmocka_unit_test(test_populations_are_parts_beside_the_way),
        cmocka_unit_test(test_complete_cases_of_a_covariate_are_a_step),
        cmocka_unit_test(test_arms_that_overlap_are_refused_by_name_and_place),
        cmocka_unit_test(test_an_arm_without_people_is_refused_by_name_and_place),
        cmocka_unit_test(test_an_empty_cohort_names_the_condition_that_emptied_it),
        cmocka_unit_test(test_only_columns_that_conditions_use_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
