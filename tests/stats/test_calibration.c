/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/calibration.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/near.h"
#include "tests/support/reference.h"

enum { ROWS = 400, GROUPS = 16 };

struct people {
    size_t n;
    double p[2 * ROWS];
    unsigned char y[2 * ROWS];
    int64_t count[2 * ROWS];
};

static void read_people(struct people *people)
{
    struct reference *rows = reference_read("tests/reference/calibration_rows.csv");

    assert_non_null(rows);
    assert_int_equal(rows->n_rows, ROWS);
    people->n = ROWS;
    for (size_t i = 0; i < ROWS; i++) {
        people->p[i] = reference_value(rows, i, "p");
        people->y[i] = reference_value(rows, i, "y") > 0;
        people->count[i] = reference_count(rows, i, "count");
    }
    reference_free(rows);
}

static size_t group(struct people *people, size_t n_group, struct calibration_group *groups)
{
    size_t made = 0;

    assert_int_equal(calibration_groups(people->p, people->y, people->count, people->n, n_group, 0.95, groups, &made),
                     GSL_SUCCESS);
    return made;
}

static void test_groups_means_and_limits_agree_with_r(void **state)
{
    struct reference *answers = reference_read("tests/reference/calibration_groups.csv");
    struct calibration_group groups[GROUPS];
    struct people people;
    size_t row = 0, n_checked = 0;

    (void)state;
    assert_non_null(answers);
    read_people(&people);
    while (row < answers->n_rows) {
        const size_t n_group = (size_t)reference_count(answers, row, "groups"), made = group(&people, n_group, groups);

        for (size_t k = 0; k < made; k++, row++, n_checked++) {
            assert_int_equal(reference_count(answers, row, "groups"), n_group);
            assert_int_equal(groups[k].n, reference_count(answers, row, "n"));
            assert_int_equal(groups[k].n_event, reference_count(answers, row, "n_event"));
            assert_near(groups[k].predicted, reference_value(answers, row, "predicted"), 1e-14);
            assert_near(groups[k].observed, reference_value(answers, row, "observed"), 1e-15);
            assert_near(groups[k].conf_low, reference_value(answers, row, "conf_low"), 1e-12);
            assert_near(groups[k].conf_high, reference_value(answers, row, "conf_high"), 1e-12);
        }
    }
    assert_true(n_checked > 10);
    reference_free(answers);
}

/* Six people in three groups: 0.1 0.2 | 0.3 0.3 0.3 | 0.9: the tie of three is not parted, and the last group is short. */
static void test_people_with_one_prediction_are_never_parted(void **state)
{
    struct people people = {.n = 6, .p = {0.3, 0.9, 0.1, 0.3, 0.2, 0.3}, .y = {1, 1, 0, 0, 1, 0}, .count = {1, 1, 1, 1, 1, 1}};
    struct calibration_group groups[3];

    (void)state;
    assert_int_equal(group(&people, 3, groups), 3);
    assert_int_equal(groups[0].n, 2);
    assert_int_equal(groups[1].n, 3);
    assert_int_equal(groups[2].n, 1);
    assert_near(groups[0].predicted, 0.15, 1e-15);
    assert_near(groups[1].observed, 1. / 3, 1e-15);
    assert_int_equal(groups[2].n_event, 1);
}

static void test_one_prediction_for_all_makes_one_group(void **state)
{
    struct people people = {.n = 4, .p = {0.25, 0.25, 0.25, 0.25}, .y = {1, 0, 0, 1}, .count = {3, 1, 2, 0}};
    struct calibration_group groups[GROUPS];

    (void)state;
    assert_int_equal(group(&people, 10, groups), 1);
    assert_int_equal(groups[0].n, 6);
    assert_int_equal(groups[0].n_event, 3);
    assert_near(groups[0].predicted, 0.25, 0);
}

/* Weight 2 is two copies, and the order of rows changes no bit. */
static void test_copies_and_order_change_nothing(void **state)
{
    struct calibration_group groups[GROUPS], copied[GROUPS];
    struct people people, twice;
    size_t made;

    (void)state;
    read_people(&people);
    twice.n = 2 * people.n;
    for (size_t i = 0; i < people.n; i++) {
        const size_t j = twice.n - 1 - 2 * i;

        people.count[i] *= 2;
        twice.p[j] = twice.p[j - 1] = people.p[i];
        twice.y[j] = twice.y[j - 1] = people.y[i];
        twice.count[j] = twice.count[j - 1] = people.count[i] / 2;
    }
    made = group(&people, 10, groups);
    assert_int_equal(group(&twice, 10, copied), made);
    for (size_t k = 0; k < made; k++) {
        assert_int_equal(copied[k].n, groups[k].n);
        assert_int_equal(copied[k].n_event, groups[k].n_event);
        assert_near(copied[k].predicted, groups[k].predicted, 0);
        assert_near(copied[k].conf_low, groups[k].conf_low, 0);
    }
}

static void test_nobody_and_what_is_no_probability_are_refused(void **state)
{
    static const double bad[] = {-0.001, 1.001, NAN, INFINITY};
    struct people people = {.n = 2, .p = {0.5, 0.25}, .y = {1, 0}, .count = {1, 1}};
    struct calibration_group groups[2];
    size_t made;

    (void)state;
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        people.p[1] = bad[k];
        assert_int_equal(calibration_groups(people.p, people.y, people.count, 2, 2, 0.95, groups, &made), GSL_EINVAL);
    }
    people.p[1] = 0.25;
    assert_int_equal(calibration_groups(people.p, people.y, NULL, 0, 2, 0.95, groups, &made), GSL_EINVAL);
    assert_int_equal(calibration_groups(people.p, people.y, NULL, 2, 0, 0.95, groups, &made), GSL_EINVAL);
    people.count[0] = -1;
    assert_int_equal(calibration_groups(people.p, people.y, people.count, 2, 2, 0.95, groups, &made), GSL_EINVAL);
    people.count[0] = people.count[1] = 0;
    assert_int_equal(calibration_groups(people.p, people.y, people.count, 2, 2, 0.95, groups, &made), GSL_EINVAL);
    assert_int_equal(calibration_groups(people.p, people.y, NULL, 2, 2, 0.95, groups, &made), GSL_SUCCESS);
    assert_int_equal(made, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_groups_means_and_limits_agree_with_r),
        cmocka_unit_test(test_people_with_one_prediction_are_never_parted),
        cmocka_unit_test(test_one_prediction_for_all_makes_one_group),
        cmocka_unit_test(test_copies_and_order_change_nothing),
        cmocka_unit_test(test_nobody_and_what_is_no_probability_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
