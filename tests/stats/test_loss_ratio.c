/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/loss_ratio.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "stats/weighted_subhazard.h"
#include "tests/stats/strategy_people.h"

static void weigh(struct people *p)
{
    loss_weights_free(p->weights);
    assert_int_equal(loss_weights_alloc(&p->rows, 1, &p->weights), GSL_SUCCESS);
}

static struct people *weighed_people(int64_t set)
{
    struct people *p = people_of(set, true);

    weigh(p);
    return p;
}

static void people_free(struct people *p)
{
    loss_weights_free(p->weights);
    free(p);
}

static int solve(struct people *reference, struct people *treated, size_t n_cause, enum loss_ratio_kind kind, struct arm_ratio *ratio)
{
    const struct loss_weights *const arms[2] = {reference->weights, treated->weights};
    const double *const a[2] = {reference->a, treated->a};
    double *const slope[2] = {reference->slope, treated->slope}, *const phi[2] = {reference->phi, treated->phi};

    for (size_t i = 0; i < N_MAX; i++)
        reference->phi[i] = treated->phi[i] = 0;
    return loss_ratio_solve(arms, a, n_cause, kind, ratio, slope, phi);
}

static double squares(const struct people *p)
{
    double sum = 0;

    for (size_t i = 0; i < p->n; i++)
        sum += pow(p->a[i] * p->slope[i] + p->phi[i], 2);
    return sum;
}

static void test_equals_coxph_on_people_written_out_by_day(void **state)
{
    (void)state;
    struct reference *answers = reference_read("tests/reference/loss_ratio_answers.csv");

    assert_non_null(answers);
    assert_int_equal(answers->n_rows, 6);
    for (size_t row = 0; row < answers->n_rows; row++) {
        struct people *reference = weighed_people(reference_count(answers, row, "reference")),
                      *treated = weighed_people(reference_count(answers, row, "treated"));
        const enum loss_ratio_kind kind = reference_count(answers, row, "subhazard") ? LOSS_SUBHAZARD : LOSS_HAZARD;
        struct arm_ratio ratio;
        assert_int_equal(solve(reference, treated, 2, kind, &ratio), GSL_SUCCESS);
        assert_near(ratio.log_ratio, reference_value(answers, row, "log_ratio"), 1e-9);
        assert_near(sqrt(squares(reference) + squares(treated)), reference_value(answers, row, "std_error"), 2e-7);
        people_free(treated);
        people_free(reference);
    }
    reference_free(answers);
}

/* Nobody is lost: the regression of the arm under weights, and its slopes, worked out from sums over all rows at once. */
static void test_without_losses_it_is_the_weighted_regression_of_the_arm(void **state)
{
    (void)state;
    struct people *arm[2] = {weighed_people(1), weighed_people(2)};
    static uint32_t place[2 * N_MAX];
    static int32_t cause[2 * N_MAX];
    static uint8_t treated[2 * N_MAX];
    static double weight[2 * N_MAX], slope[2 * N_MAX];
    struct arm_ratio ratio, other;
    size_t n = 0;

    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < arm[k]->n; i++, n++) {
            if (arm[k]->cause[i] == 0)
                arm[k]->place[i] = END;
            place[n] = arm[k]->place[i];
            cause[n] = arm[k]->cause[i];
            treated[n] = k == 1;
            weight[n] = arm[k]->a[i];
        }
        weigh(arm[k]);
    }
    const struct subhazard_rows rows = {.n = n, .place = place, .cause = cause, .treated = treated, .weight = weight, .n_time = N_AXIS};
    assert_int_equal(subhazard_solve(&rows, &other, slope), GSL_SUCCESS);
    assert_int_equal(solve(arm[0], arm[1], 2, LOSS_SUBHAZARD, &ratio), GSL_SUCCESS);
    assert_near(ratio.log_ratio, other.log_ratio, 1e-12);
    assert_near(ratio.information, other.information, 1e-12);
    for (size_t i = 0; i < n; i++)
        assert_near(i < arm[0]->n ? arm[0]->slope[i] : arm[1]->slope[i - arm[0]->n], slope[i], 1e-10);
    people_free(arm[0]);
    people_free(arm[1]);
}

/* Arms the other way round: the ratio upside down, errors alike.  Two arms that are alike: none. */
static void test_arms_turned_round_turn_the_ratio(void **state)
{
    (void)state;
    for (int kind = LOSS_HAZARD; kind <= LOSS_SUBHAZARD; kind++) {
        struct people *x = weighed_people(2), *y = weighed_people(3), *z = weighed_people(3);
        struct arm_ratio ratio, turned;
        assert_int_equal(solve(x, y, 2, (enum loss_ratio_kind)kind, &ratio), GSL_SUCCESS);
        const double error = squares(x) + squares(y);
        assert_int_equal(solve(y, x, 2, (enum loss_ratio_kind)kind, &turned), GSL_SUCCESS);
        assert_near(turned.log_ratio, -ratio.log_ratio, 1e-10);
        assert_near(squares(x) + squares(y), error, 1e-9);
        assert_int_equal(solve(y, z, 2, (enum loss_ratio_kind)kind, &ratio), GSL_SUCCESS);
        assert_true(fabs(ratio.log_ratio) < 1e-12);
        people_free(x);
        people_free(y);
        people_free(z);
    }
}

/* Behind the last day of one arm nobody stands for its people without an event. */
static void test_events_behind_the_last_day_of_an_arm_do_not_count(void **state)
{
    (void)state;
    struct people *x = weighed_people(1), *y = weighed_people(2);
    struct arm_ratio ratio, cut;

    for (size_t i = 0; i < y->n; i++)
        if (y->place[i] > 30) {
            y->place[i] = 30;
            y->cause[i] = 0;
        }
    y->rows.horizon = 30;
    weigh(y);
    assert_int_equal(solve(x, y, 2, LOSS_SUBHAZARD, &ratio), GSL_SUCCESS);
    for (size_t i = 0; i < x->n; i++)
        x->cause[i] = x->place[i] > 30 && x->cause[i] == 1 ? 2 : x->cause[i]; /* at risk to then all the same */
    weigh(x);
    assert_int_equal(solve(x, y, 2, LOSS_SUBHAZARD, &cut), GSL_SUCCESS);
    assert_near(cut.log_ratio, ratio.log_ratio, 1e-12);
    people_free(x);
    people_free(y);
}

static void test_what_has_no_ratio_says_why(void **state)
{
    (void)state;
    struct people *x = weighed_people(1), *y = weighed_people(2);
    struct arm_ratio ratio;

    assert_int_equal(solve(x, y, 1, LOSS_HAZARD, &ratio), GSL_EDOM); /* there are two causes */
    for (size_t i = 0; i < y->n; i++)
        y->cause[i] = y->cause[i] == 1 ? 2 : y->cause[i];
    weigh(y);
    assert_int_equal(solve(x, y, 2, LOSS_HAZARD, &ratio), GSL_EDOM);
    assert_int_equal(ratio.sign, -1);
    assert_int_equal(solve(y, x, 2, LOSS_SUBHAZARD, &ratio), GSL_EDOM);
    assert_int_equal(ratio.sign, 1);
    for (size_t i = 0; i < x->n; i++)
        x->cause[i] = x->cause[i] == 1 ? 2 : x->cause[i];
    weigh(x);
    assert_int_equal(solve(x, y, 2, LOSS_HAZARD, &ratio), GSL_EZERODIV);
    y->rows.n_time = N_AXIS + 1;
    weigh(y);
    assert_int_equal(solve(x, y, 2, LOSS_HAZARD, &ratio), GSL_EBADLEN);
    people_free(x);
    people_free(y);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equals_coxph_on_people_written_out_by_day),
        cmocka_unit_test(test_without_losses_it_is_the_weighted_regression_of_the_arm),
        cmocka_unit_test(test_arms_turned_round_turn_the_ratio),
        cmocka_unit_test(test_events_behind_the_last_day_of_an_arm_do_not_count),
        cmocka_unit_test(test_what_has_no_ratio_says_why),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
