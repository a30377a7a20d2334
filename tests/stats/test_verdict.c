/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/verdict.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "stats/distribution.h"
#include "tests/support/near.h"

static const struct verdict_question risk_question = {.estimate = 0.03, .std_error = 0.02, .conf_low = -0.01,
                                                      .conf_high = 0.07, .level = 0.95, .worse = WORSE_IS_HIGHER,
                                                      .margin = 0.10, .n = 293};

static struct verdict decide(const struct verdict_question *question)
{
    struct verdict verdict;

    assert_int_equal(verdict_decide(question, &verdict), GSL_SUCCESS);
    return verdict;
}

static struct verdict with_limits(double low, double high, enum worse_is worse)
{
    struct verdict_question question = risk_question;

    question.conf_low = low;
    question.conf_high = high;
    question.estimate = (low + high) / 2;
    question.worse = worse;
    return decide(&question);
}

static void test_the_margin_divides_the_answers(void **state)
{
    (void)state;
    assert_int_equal(with_limits(-0.01, 0.07, WORSE_IS_HIGHER).answer, VERDICT_NON_INFERIOR);
    assert_int_equal(with_limits(-0.01, 0.12, WORSE_IS_HIGHER).answer, VERDICT_INCONCLUSIVE);
    assert_int_equal(with_limits(0.02, 0.12, WORSE_IS_HIGHER).answer, VERDICT_INCONCLUSIVE);
    assert_int_equal(with_limits(0.11, 0.12, WORSE_IS_HIGHER).answer, VERDICT_INFERIOR);
    assert_int_equal(with_limits(-0.3, -0.2, WORSE_IS_HIGHER).answer, VERDICT_NON_INFERIOR);
}

static void test_limits_on_the_margin_are_inconclusive(void **state)
{
    (void)state;
    assert_int_equal(with_limits(0.01, 0.10, WORSE_IS_HIGHER).answer, VERDICT_INCONCLUSIVE);
    assert_int_equal(with_limits(0.10, 0.20, WORSE_IS_HIGHER).answer, VERDICT_INCONCLUSIVE);
}

static void test_statistically_is_about_zero_not_the_margin(void **state)
{
    (void)state;
    assert_int_equal(with_limits(0.02, 0.07, WORSE_IS_HIGHER).statistically, STATISTICALLY_WORSE);
    assert_int_equal(with_limits(0.02, 0.07, WORSE_IS_HIGHER).answer, VERDICT_NON_INFERIOR); /* both may be true */
    assert_int_equal(with_limits(-0.07, -0.02, WORSE_IS_HIGHER).statistically, STATISTICALLY_BETTER);
    assert_int_equal(with_limits(-0.01, 0.07, WORSE_IS_HIGHER).statistically, STATISTICALLY_NOT_DIFFERENT);
    assert_int_equal(with_limits(0, 0.07, WORSE_IS_HIGHER).statistically, STATISTICALLY_NOT_DIFFERENT);
}

static void test_a_loss_is_positive_when_worse(void **state)
{
    const struct verdict lower = with_limits(-0.12, -0.11, WORSE_IS_LOWER);

    (void)state;
    assert_near(lower.loss, 0.115, 1e-15);
    assert_near(lower.loss_low, 0.11, 0);
    assert_near(lower.loss_high, 0.12, 0);
    assert_int_equal(lower.answer, VERDICT_INFERIOR);
    assert_int_equal(lower.statistically, STATISTICALLY_WORSE);
    assert_false(signbit(with_limits(-0.1, 0.1, WORSE_IS_LOWER).loss)); /* no -0 to be printed */
}

static void test_direction_follows_event_and_measure(void **state)
{
    (void)state;
    assert_int_equal(verdict_worse_is(EVENT_IS_BAD, true), WORSE_IS_HIGHER);   /* more relapse */
    assert_int_equal(verdict_worse_is(EVENT_IS_BAD, false), WORSE_IS_LOWER);   /* less relapse-free time */
    assert_int_equal(verdict_worse_is(EVENT_IS_GOOD, true), WORSE_IS_LOWER);   /* less completion */
    assert_int_equal(verdict_worse_is(EVENT_IS_GOOD, false), WORSE_IS_HIGHER); /* longer until employment */
}

static void test_ratios_are_decided_on_the_log_scale(void **state)
{
    struct verdict_question question = {.estimate = 1.36, .std_error = 0.1075, .conf_low = 1.10, .conf_high = 1.68,
                                        .level = 0.95, .ratio = true, .worse = WORSE_IS_HIGHER, .margin = 1.25,
                                        .n = 570};
    struct verdict v = decide(&question);

    (void)state;
    assert_int_equal(v.answer, VERDICT_INCONCLUSIVE);
    assert_int_equal(v.statistically, STATISTICALLY_WORSE);
    assert_near(v.loss, log(1.36), 1e-15);
    assert_near(v.margin, log(1.25), 1e-15);
    assert_near(v.power, 1 - normal_upper_tail(log(1.25) / 0.1075 - 1.959963984540054), 1e-12);
    question.worse = WORSE_IS_LOWER;
    v = decide(&question);
    assert_near(v.loss_high, -log(1.10), 1e-15);
    assert_int_equal(v.answer, VERDICT_NON_INFERIOR);
    assert_int_equal(v.statistically, STATISTICALLY_BETTER);
    /* The inverse ratio, worse the other way round, is the same question. */
    question = (struct verdict_question){.estimate = 1 / 1.36, .std_error = 0.1075, .conf_low = 1 / 1.68,
                                         .conf_high = 1 / 1.10, .level = 0.95, .ratio = true,
                                         .worse = WORSE_IS_HIGHER, .margin = 1.25, .n = 570};
    assert_near(decide(&question).loss_high, v.loss_high, 1e-14);
}

static void test_the_largest_trial_has_power_of_forty_percent(void **state)
{
    struct verdict_question question = risk_question;
    struct verdict v;

    (void)state;
    question.n = 154 + 139;
    question.std_error = sqrt(0.55 * 0.45 * (1. / 154 + 1. / 139));
    v = decide(&question);
    assert_near(v.power, 0.40, 0.02);
    assert_near(v.power, 1 - normal_upper_tail(0.1 / question.std_error - 1.959963984540054), 1e-12);
    /* (1.959964 + 0.841621)^2 and (1.959964 + 1.281552)^2 */
    assert_near(v.n_needed_80, ceil(293 * 7.848879734 * pow(question.std_error / 0.1, 2)), 0);
    assert_near(v.n_needed_90, ceil(293 * 10.507423061 * pow(question.std_error / 0.1, 2)), 0);
}

static void test_needed_persons_give_the_promised_power(void **state)
{
    struct verdict_question question = risk_question;
    const struct verdict before = decide(&question);

    (void)state;
    question.std_error *= sqrt(question.n / before.n_needed_80);
    assert_true(decide(&question).power >= 0.8 && decide(&question).power < 0.81);
    question.std_error = 0.02 * sqrt(question.n / before.n_needed_90);
    assert_true(decide(&question).power >= 0.9 && decide(&question).power < 0.91);
}

static void test_power_does_not_depend_on_what_was_observed(void **state)
{
    struct verdict_question question = risk_question;
    const double power = decide(&question).power;

    (void)state;
    question.estimate = -0.2;
    question.conf_low = -0.24;
    question.conf_high = -0.16;
    assert_near(decide(&question).power, power, 0);
}

static void test_a_missing_standard_error_leaves_the_answer(void **state)
{
    const double missing[] = {NAN, 0, -1, INFINITY};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct verdict_question question = risk_question;
        struct verdict v;

        question.std_error = missing[i];
        v = decide(&question);
        assert_int_equal(v.answer, VERDICT_NON_INFERIOR);
        assert_true(isnan(v.power) && isnan(v.n_needed_80) && isnan(v.n_needed_90));
    }
}

static void test_unknown_size_leaves_the_power(void **state)
{
    struct verdict_question question = risk_question;

    (void)state;
    question.n = NAN;
    assert_true(decide(&question).power > 0.99);
    assert_true(isnan(decide(&question).n_needed_80));
}

static void test_open_limits_are_taken(void **state)
{
    struct verdict_question question = {.estimate = 0.5, .std_error = NAN, .conf_low = 0, .conf_high = 1.1,
                                        .level = 0.95, .ratio = true, .worse = WORSE_IS_HIGHER, .margin = 1.25};

    (void)state;
    assert_int_equal(decide(&question).answer, VERDICT_NON_INFERIOR);
    assert_true(decide(&question).loss_low == -INFINITY);
    question.conf_high = INFINITY;
    assert_int_equal(decide(&question).answer, VERDICT_INCONCLUSIVE);
}

static void test_refuses_margins_and_limits_without_sense(void **state)
{
    const struct verdict_question good = risk_question;
    struct verdict_question bad[11];
    struct verdict v;

    (void)state;
    for (size_t i = 0; i < 11; i++)
        bad[i] = good;
    bad[0].margin = 0;
    bad[1].margin = -0.1;
    bad[2].margin = NAN;
    bad[3].margin = INFINITY;
    bad[4].level = 1;
    bad[5].estimate = NAN;
    bad[6].conf_low = NAN;
    bad[7].conf_high = NAN;
    bad[8].conf_low = 0.08;
    bad[9].ratio = true; /* margin below 1 */
    bad[10] = (struct verdict_question){.estimate = 0, .conf_low = 0, .conf_high = 2, .level = 0.95, .ratio = true,
                                        .margin = 1.25};
    for (size_t i = 0; i < 11; i++) {
        assert_int_equal(verdict_decide(&bad[i], &v), GSL_EINVAL);
        assert_true(isnan(v.loss) && isnan(v.power));
        assert_int_equal(v.answer, VERDICT_INCONCLUSIVE);
    }
    bad[10].estimate = 1;
    bad[10].conf_low = -0.1;
    assert_int_equal(verdict_decide(&bad[10], &v), GSL_EINVAL);
}

static void test_equivalence_needs_both_limits_within_the_margin(void **state)
{
    struct verdict_question question = risk_question;
    bool equivalent = false;

    (void)state;
    question.level = 0.90;
    assert_int_equal(verdict_equivalent(&question, &equivalent), GSL_SUCCESS);
    assert_true(equivalent);
    question.conf_low = -0.10;
    verdict_equivalent(&question, &equivalent);
    assert_false(equivalent);
    question.conf_low = -0.05;
    question.conf_high = 0.11;
    verdict_equivalent(&question, &equivalent);
    assert_false(equivalent);
    question.margin = 0;
    equivalent = true;
    assert_int_equal(verdict_equivalent(&question, &equivalent), GSL_EINVAL);
    assert_false(equivalent);
}

static void test_margin_tests_agree_with_the_interval(void **state)
{
    const double z = normal_upper_quantile(0.025), z90 = normal_upper_quantile(0.05);
    struct margin_test test;

    (void)state;
    /* An upper 95 % limit exactly on the margin is a one-sided p of 2.5 %. */
    assert_int_equal(verdict_margin_test(0.04, 0.02, 0.04 + z * 0.02, &test), GSL_SUCCESS);
    assert_near(test.p_value, 0.025, 1e-13);
    assert_near(test.statistic, z, 1e-14);
    /* A 90 % interval that just touches -margin is equivalence at 5 %. */
    assert_int_equal(verdict_margin_test(-0.01, 0.02, 0.01 + z90 * 0.02, &test), GSL_SUCCESS);
    assert_near(test.p_value_other, 0.05, 1e-13);
    assert_near(test.p_equivalence, 0.05, 1e-13);
    assert_true(test.p_value < test.p_value_other);
}

static void test_margin_tests_keep_tiny_p_values(void **state)
{
    struct margin_test test;

    (void)state;
    assert_int_equal(verdict_margin_test(-0.37, 0.01, 0, &test), GSL_EINVAL);
    assert_int_equal(verdict_margin_test(0, 0.01, 0.37, &test), GSL_SUCCESS);
    assert_near(test.p_value, 5.72557122252458e-300, 1e-9); /* R: pnorm(37, lower = FALSE) */
}

static void test_margin_tests_refuse_what_is_missing(void **state)
{
    struct margin_test test;

    (void)state;
    assert_int_equal(verdict_margin_test(NAN, 0.02, 0.1, &test), GSL_EINVAL);
    assert_int_equal(verdict_margin_test(0, NAN, 0.1, &test), GSL_EINVAL);
    assert_int_equal(verdict_margin_test(0, 0.02, INFINITY, &test), GSL_EINVAL);
    assert_int_equal(verdict_margin_test(0, 0, 0.1, &test), GSL_EDOM);
    assert_int_equal(verdict_margin_test(0, INFINITY, 0.1, &test), GSL_EDOM);
    assert_true(isnan(test.statistic) && isnan(test.p_value) && isnan(test.p_equivalence));
}

static void test_answers_have_their_words(void **state)
{
    (void)state;
    assert_string_equal(verdict_answer_name(VERDICT_NON_INFERIOR), "non-inferior");
    assert_string_equal(verdict_answer_name(VERDICT_INFERIOR), "inferior");
    assert_string_equal(verdict_answer_name(VERDICT_INCONCLUSIVE), "inconclusive");
    assert_string_equal(verdict_statistically_name(STATISTICALLY_BETTER), "better");
    assert_string_equal(verdict_statistically_name(STATISTICALLY_WORSE), "worse");
    assert_string_equal(verdict_statistically_name(STATISTICALLY_NOT_DIFFERENT), "not different");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_margin_divides_the_answers),
        cmocka_unit_test(test_limits_on_the_margin_are_inconclusive),
        cmocka_unit_test(test_statistically_is_about_zero_not_the_margin),
        cmocka_unit_test(test_a_loss_is_positive_when_worse),
        cmocka_unit_test(test_direction_follows_event_and_measure),
        cmocka_unit_test(test_ratios_are_decided_on_the_log_scale),
        cmocka_unit_test(test_the_largest_trial_has_power_of_forty_percent),
        cmocka_unit_test(test_needed_persons_give_the_promised_power),
        cmocka_unit_test(test_power_does_not_depend_on_what_was_observed),
        cmocka_unit_test(test_a_missing_standard_error_leaves_the_answer),
        cmocka_unit_test(test_unknown_size_leaves_the_power),
        cmocka_unit_test(test_open_limits_are_taken),
        cmocka_unit_test(test_refuses_margins_and_limits_without_sense),
        cmocka_unit_test(test_equivalence_needs_both_limits_within_the_margin),
        cmocka_unit_test(test_margin_tests_agree_with_the_interval),
        cmocka_unit_test(test_margin_tests_keep_tiny_p_values),
        cmocka_unit_test(test_margin_tests_refuse_what_is_missing),
        cmocka_unit_test(test_answers_have_their_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
