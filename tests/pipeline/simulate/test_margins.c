/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is made up hits the published margins: persons within sampling error, stays within what is stated here. */
#include "simulate/margins.h"

#include <math.h>
#include <string.h>

#include "simulate/recorded.h"
#include "tests/support/near.h"

enum { PERSONS = 100000 };

static int start(void **state)
{
    static struct margins margins;
    struct model model;
    struct history history;

    model_init(&model, &default_settings);
    for (uint64_t i = 0; i < PERSONS; i++) {
        history_live(&model, i, ARM_NONE, WINDOW_LAST, &history);
        margins_add_person(&margins, &history.person);
        for (size_t k = 0; k < history.n_stays && history.stays[k].admission <= recorded_last_day(&history); k++)
            margins_add_stay(&margins, &history.stays[k]);
    }
    *state = margins_table(&margins);
    return *state == NULL ? -1 : 0;
}

static int end(void **state)
{
    table_free(*state);
    return 0;
}

static bool cell_is(const struct table *table, const char *column, size_t row, const char *words)
{
    size_t length = 0;
    const char *text = column_text(table_column(table, column), row, &length);

    return length == strlen(words) && memcmp(text, words, length) == 0;
}

/* Largest difference among rows of this variable (NULL: any) and group (NULL: any). */
static double largest(const struct table *table, const char *variable, const char *group, size_t *n)
{
    double most = 0;

    *n = 0;
    for (size_t i = 0; i < table->n_rows; i++)
        if ((variable == NULL || cell_is(table, "variable", i, variable)) &&
            (group == NULL || cell_is(table, "group", i, group))) {
            most = fmax(most, fabs(column_real(table_column(table, "difference"), i)));
            ++*n;
        }
    return most;
}

static void test_persons_have_the_margins_of_2017_to_2020(void **state)
{
    size_t n;

    /* 53 shares; the standard error of a share of one half is 0.16 points. */
    assert_true(largest(*state, NULL, "persons", &n) < 4.2 * 0.16);
    assert_int_equal(n, 12 + 2 + 3 + 5 + 4 + 3 + 5 + 2 + 2 + 4 + 6 + 3);
}

static void test_stays_have_the_services_of_2017_to_2020(void **state)
{
    size_t n;

    assert_true(largest(*state, "SERVICES", "stays", &n) < 0.5);
    assert_int_equal(n, 6);
    assert_true(largest(*state, "REASON", "stays", &n) < 0.05);
}

static void test_reasons_by_service_are_those_of_2004(void **state)
{
    static const char *const large[] = {"detox", "short-term residential", "long-term residential",
                                        "intensive outpatient", "outpatient"};
    size_t n;

    for (size_t i = 0; i < sizeof large / sizeof large[0]; i++) {
        assert_true(largest(*state, "reason of discharge", large[i], &n) < 1.2);
        assert_int_equal(n, 5);
    }
    /* One stay in four hundred: the sampling error itself is two points. */
    assert_true(largest(*state, "reason of discharge", "hospital residential", &n) < 8);
}

static void test_median_days_by_service_and_reason_are_those_of_2004(void **state)
{
    size_t n;

    assert_true(largest(*state, "median days", "short-term residential", &n) <= 1);
    assert_int_equal(n, 5);
    assert_true(largest(*state, "median days", "intensive outpatient", &n) <= 2);
    assert_true(largest(*state, "median days", "long-term residential", &n) <= 3);
    assert_true(largest(*state, "median days", "outpatient", &n) <= 3);
}

static void test_every_difference_is_simulated_less_published(void **state)
{
    const struct table *table = *state;

    for (size_t i = 0; i < table->n_rows; i++)
        assert_near(column_real(table_column(table, "difference"), i),
                    column_real(table_column(table, "simulated"), i) - column_real(table_column(table, "published"), i),
                    1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_persons_have_the_margins_of_2017_to_2020),
        cmocka_unit_test(test_stays_have_the_services_of_2017_to_2020),
        cmocka_unit_test(test_reasons_by_service_are_those_of_2004),
        cmocka_unit_test(test_median_days_by_service_and_reason_are_those_of_2004),
        cmocka_unit_test(test_every_difference_is_simulated_less_published),
    };
    return cmocka_run_group_tests(tests, start, end);
}
