/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers read again from coarsened curves, against values worked out by hand. */
#include "tests/pipeline/report/results_fixture.h"
#include "report/reread.h"

enum { T = 11 };

/* 20 of 100 leave on each of days 10, 20, 30, 40; the second arm loses 10 of 100 on each of days 8, 16, ..., in pairs. */
static struct table *two_arms(void)
{
    struct table *curves = curves_alloc();

    for (int arm = 0; arm < 2; arm++)
        for (int i = 0; i < (arm ? 8 : 4); i++) {
            const int64_t leave = arm ? 10 : 20, n = 100 - i * leave;
            struct row_builder row = table_new_row(curves);

            row_text(&row, "outcome", "relapse");
            row_text(&row, "measure", "survival");
            row_text(&row, "arm", arm ? "night" : "day");
            row_real(&row, "time", arm ? 8 * (i + 1) : 10 * (i + 1));
            row_integer(&row, "n_risk", n);
            row_integer(&row, "n_event", leave);
            row_integer(&row, "n_censor", 0);
            row_real(&row, "estimate", (double)(n - leave) / 100);
            row_real(&row, "conf_low", (double)(n - leave) / 100 - 0.1);
            row_real(&row, "conf_high", (double)(n - leave) / 100 + 0.1);
            assert_int_equal(row_end(&row), 0);
        }
    return curves;
}

struct asked {
    struct coarse_curves curves;
    struct pool *pool;
    struct table *exact, *estimates;
};

static void add(struct asked *asked, enum measure measure, const char *arm, const char *reference, double time,
                const char *term, double estimate)
{
    struct estimate row = ESTIMATE_NONE;

    row.outcome = "relapse";
    row.measure = measure;
    row.arm = arm;
    row.reference = reference;
    row.time = time;
    row.term = term;
    row.estimate = estimate;
    row.conf_low = estimate - 0.25;
    row.conf_high = estimate + 0.125;
    assert_int_equal(estimates_add(asked->estimates, &row), 0);
}

static struct asked start(void)
{
    return (struct asked){.pool = pool_alloc(), .exact = two_arms(), .estimates = estimates_alloc()};
}

static void make(struct asked *asked)
{
    assert_int_equal(coarse_curves_make(&asked->curves, asked->exact, asked->estimates, T, 3), 0);
}

static void end(struct asked *asked)
{
    coarse_curves_free(&asked->curves);
    table_free(asked->exact);
    table_free(asked->estimates);
    pool_free(asked->pool);
}

static struct reread reread(struct asked *asked, size_t row)
{
    return reread_row(&asked->curves, asked->pool, asked->estimates, row);
}

static void test_a_day_on_which_a_step_ends_keeps_its_number(void **state)
{
    struct asked asked = start();

    (void)state;
    add(&asked, MEASURE_risk, "day", "", 20, "", 0.4);
    add(&asked, MEASURE_risk, "day", "", 25, "", 0.4); /* nobody has left since: the same step */
    add(&asked, MEASURE_log_hazard_ratio, "day", "night", NAN, "", 0.3);
    make(&asked);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(reread(&asked, i).kind, REREAD_EXACT);
    end(&asked);
}

/* Of the second arm days 8 and 24 hold ten events each: the steps end on days 16 and 32, and risks between are read straight. */
static void test_other_days_are_read_straight_between_the_points(void **state)
{
    struct asked asked = start();
    struct reread read;

    (void)state;
    add(&asked, MEASURE_risk, "night", "", 8, "", 0.1);
    make(&asked);
    read = reread(&asked, 0);
    assert_int_equal(read.kind, REREAD_RELEASED);
    assert_near(read.estimate, 0.1, 1e-12); /* half way to 0.2 */
    assert_near(read.conf_low, 0, 1e-12);   /* a risk is not negative */
    assert_near(read.conf_high, 0.225, 1e-12);
    end(&asked);
}

static void test_differences_and_ratios_are_made_of_what_is_read(void **state)
{
    struct asked asked = start();
    struct reread read;

    (void)state;
    add(&asked, MEASURE_risk_difference, "day", "night", 8, "", 0.0);
    add(&asked, MEASURE_risk_ratio, "day", "night", 8, "", 1.0);
    add(&asked, MEASURE_number_needed, "day", "night", 8, "", 1.0);
    make(&asked);
    read = reread(&asked, 0);
    assert_int_equal(read.kind, REREAD_RELEASED);
    assert_near(read.estimate, 0.16 - 0.1, 1e-12); /* 0.2 by day 10, straight from 0 */
    assert_near(read.conf_low, 0.06 - 0.25, 1e-12);
    read = reread(&asked, 1);
    assert_near(read.estimate, 1.6, 1e-12);
    assert_near(read.conf_low, 1.6 * 0.75, 1e-12);
    assert_near(read.conf_high, 1.6 * 1.125, 1e-12);
    assert_int_equal(reread(&asked, 2).kind, REREAD_WITHHELD);
    end(&asked);
}

/* The first arm's points: (0, 1), (10, 0.8), (20, 0.6), (30, 0.4); 20 stay until day 40. */
static void test_areas_and_quantiles_come_from_the_points(void **state)
{
    struct asked asked = start();
    struct reread read;

    (void)state;
    add(&asked, MEASURE_rmst, "day", "", 30, "", 24.0);
    add(&asked, MEASURE_quantile_time, "day", "", NAN, "0.5", 30);
    add(&asked, MEASURE_rmst, "day", "", 90, "", 30.0);
    add(&asked, MEASURE_quantile_time, "day", "", NAN, "0.95", 40);
    make(&asked);
    read = reread(&asked, 0);
    assert_int_equal(read.kind, REREAD_RELEASED);
    assert_near(read.estimate, 9 + 7 + 5, 1e-12);
    read = reread(&asked, 1);
    assert_near(read.estimate, 25, 1e-12);
    assert_near(read.conf_low, 20, 1e-12);  /* where 0.7, 0.5 is: the lower limit of the curve */
    assert_near(read.conf_high, 30, 1e-12); /* 0.5 on day 30 */
    assert_int_equal(reread(&asked, 2).kind, REREAD_WITHHELD); /* beyond the curve */
    assert_int_equal(reread(&asked, 3).kind, REREAD_WITHHELD); /* not reached */
    end(&asked);
}

static void test_a_day_asked_as_at_least_is_the_day_before(void **state)
{
    struct asked asked = start();

    (void)state;
    add(&asked, MEASURE_risk, "day", "", 20, "at least", 0.2); /* the 20 of day 10 */
    make(&asked);
    assert_int_equal(reread(&asked, 0).kind, REREAD_EXACT);
    assert_int_equal(coarse_edge(&asked.curves.curves[0], 0, 20, true), 0);
    assert_int_equal(coarse_edge(&asked.curves.curves[0], 0, 20, false), 1);
    assert_int_equal(coarse_edge(&asked.curves.curves[0], 0, 5, false), NO_EDGE);
    end(&asked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_day_on_which_a_step_ends_keeps_its_number),
        cmocka_unit_test(test_other_days_are_read_straight_between_the_points),
        cmocka_unit_test(test_differences_and_ratios_are_made_of_what_is_read),
        cmocka_unit_test(test_areas_and_quantiles_come_from_the_points),
        cmocka_unit_test(test_a_day_asked_as_at_least_is_the_day_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
