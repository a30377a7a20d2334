/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What models predicted, beside what came true: rows of table calibration. */
#include "compare/calibration.h"

#include "tests/pipeline/compare/adjusted_people.h"

static double cell(const struct table *t, const char *column, size_t row)
{
    return column_real(table_column(t, column), row);
}

/* A logistic model with an intercept predicts as many people as there are: sum p = sum y over all groups. */
static void test_a_propensity_predicts_as_many_people_as_the_arm_has(void **state)
{
    struct small_comparison c = adjusted_compare(ADJUSTED_COHORT, COMPETING, ADJUST("overlap, iptw"));
    const struct table *t = c.a.calibration;
    static const char *const adjustments[] = {"overlap", "iptw"};

    (void)state;
    assert_int_equal(c.status, 0);
    for (size_t k = 0; k < 2; k++) {
        double predicted = 0, n = 0, events = 0, last = 0;

        for (size_t i = 0; i < t->n_rows; i++) {
            if (!text_is(t, "adjustment", i, adjustments[k]))
                continue;
            assert_true(text_is(t, "model", i, "propensity") && text_is(t, "arm", i, "iop") && text_is(t, "reference", i, "inpatient"));
            assert_true(cell(t, "predicted", i) > last); /* groups ascend */
            last = cell(t, "predicted", i);
            assert_true(cell(t, "conf_low", i) <= cell(t, "observed", i) && cell(t, "observed", i) <= cell(t, "conf_high", i));
            predicted += cell(t, "n", i) * cell(t, "predicted", i);
            n += cell(t, "n", i);
            events += cell(t, "n_event", i);
        }
        assert_near(n, 160, 0);
        assert_near(predicted, events, 1e-7);
        assert_true(events > 0 && events < n);
    }
    small_release(&c);
}

static void test_adjusting_nothing_predicts_nothing(void **state)
{
    struct small_comparison c = small_compare(TWO_ARMS, RELAPSE, "compare: [{outcomes: [relapse], measures: [rmst_difference], tau: 5}]\n",
                                              "1,6,0,1,1,1,1\n1,7,0,0,1,1,1\n2,8,0,1,1,1,1\n2,9,0,0,1,1,1\n");

    (void)state;
    assert_int_equal(c.a.calibration->n_rows, 0);
    small_release(&c);
}

static void test_a_case_mix_has_rows_under_the_name_of_its_measure(void **state)
{
    static const double mu[] = {0.1, 0.1, 0.4, 0.8}, y[] = {0, 1, 0, 1}, people[] = {2, 3, 4, 1};
    struct table *t = calibration_alloc();

    (void)state;
    assert_non_null(t);
    assert_int_equal(calibration_add_case_mix("retained_90", "retention", "all", mu, y, people, 4, NULL, t), 0);
    assert_int_equal(t->n_rows, 3); /* one prediction is one group */
    assert_true(text_is(t, "measure", 0, "retained_90") && text_is(t, "model", 0, "case mix") && text_is(t, "outcome", 0, "retention"));
    assert_near(cell(t, "n", 0), 5, 0);
    assert_near(cell(t, "n_event", 0), 3, 0);
    assert_near(cell(t, "observed", 0), 0.6, 1e-15);
    assert_near(cell(t, "predicted", 1), 0.4, 1e-15);
    assert_near(cell(t, "group", 2), 3, 0);
    table_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_propensity_predicts_as_many_people_as_the_arm_has),
        cmocka_unit_test(test_adjusting_nothing_predicts_nothing),
        cmocka_unit_test(test_a_case_mix_has_rows_under_the_name_of_its_measure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
