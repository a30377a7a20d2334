/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "stats/guyot.h"
#include "stats/philox.h"
#include "tests/support/near.h"

/* Weeks of remission on 6-MP (Freireich et al. 1963, Blood 21:699): 21 people, 9 events, 12 censored; read at its steps. */
static void test_a_curve_read_at_its_steps_gives_back_its_events(void **state)
{
    (void)state;
    const double time[] = {0, 6, 7, 10, 13, 16, 20, 22, 23, 35};
    const double surv[] = {1, 18. / 21, 18. / 21 * 16 / 17, 18. / 21 * 16 / 17 * 14 / 15, 18. / 21 * 16 / 17 * 14 / 15 * 11 / 12,
                           18. / 21 * 16 / 17 * 14 / 15 * 11 / 12 * 10 / 11, 18. / 21 * 16 / 17 * 14 / 15 * 11 / 12 * 10 / 11,
                           18. / 21 * 16 / 17 * 14 / 15 * 11 / 12 * 10 / 11 * 6 / 7,
                           18. / 21 * 16 / 17 * 14 / 15 * 11 / 12 * 10 / 11 * 6 / 7 * 5 / 6,
                           18. / 21 * 16 / 17 * 14 / 15 * 11 / 12 * 10 / 11 * 6 / 7 * 5 / 6};
    const size_t place[] = {0, 3, 6, 8};
    const int64_t risk[] = {21, 15, 8, 6};
    const struct guyot_curve curve = {10, time, surv, 4, place, risk, 9};
    int64_t events[10], censored[10], at_risk[4];
    struct guyot_fit fit = {events, censored, at_risk, 0};
    const int64_t expected[] = {0, 3, 1, 1, 1, 1, 0, 1, 1, 0};

    assert_int_equal(guyot_solve(&curve, &fit), GSL_SUCCESS);
    assert_int_equal(fit.total, 9);
    for (size_t k = 0; k < 10; k++)
        assert_int_equal(events[k], expected[k]);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(at_risk[i], risk[i]);
}

static void test_without_censoring_the_events_are_exact(void **state)
{
    (void)state;
    const double time[] = {0, 10, 20, 30}, surv[] = {1, 0.7, 0.7, 0.2};
    const size_t place[] = {0};
    const int64_t risk[] = {40};
    const struct guyot_curve curve = {4, time, surv, 1, place, risk, -1};
    int64_t events[4], censored[4], at_risk[1];
    struct guyot_fit fit = {events, censored, at_risk, 0};

    assert_int_equal(guyot_solve(&curve, &fit), GSL_SUCCESS);
    assert_int_equal(events[1], 12);
    assert_int_equal(events[2], 0);
    assert_int_equal(events[3], 20);
    assert_int_equal(censored[3], 8);
}

/* Curves of random people, read in pixels: everybody is there once, risks agree, and the curve lies on what was read. */
static void test_random_curves_are_reconstructed_within_the_reading(void **state)
{
    (void)state;
    enum { CASES = 300, PEOPLE = 400, POINTS = 301 };
    static double time[POINTS], surv[POINTS];
    static int64_t events[POINTS], censored[POINTS];
    double worst = 0;
    int64_t off_events = 0;

    for (uint32_t seed = 0; seed < CASES; seed++) {
        int64_t dies[POINTS] = {0}, lost[POINTS] = {0}, true_events = 0;
        const int64_t n = 40 + seed % (PEOPLE - 40);
        for (uint32_t i = 0; i < (uint32_t)n; i++) {
            uint32_t r[4];
            philox_4x32((const uint32_t[]){seed, i, 0, 0}, (const uint32_t[]){7, 20261121}, r);
            const double t = -200 * log((r[0] + 0.5) / 4294967296.), c = 50 + 400 * (r[1] / 4294967296.);
            const size_t at = (size_t)fmin(fmin(t, c) + 1, POINTS - 1);
            if (t <= c && t + 1 < POINTS - 1) {
                dies[at]++;
                true_events++;
            } else
                lost[at]++;
        }
        size_t place[4];
        int64_t risk[4], at_risk[4], left = n;
        double s = 1;
        for (size_t k = 0; k < POINTS; k++) {
            time[k] = (double)k;
            if (k % 100 == 0) {
                place[k / 100] = k;
                risk[k / 100] = left;
            }
            if (left > 0)
                s *= 1 - (double)dies[k] / (double)left;
            left -= dies[k] + lost[k];
            surv[k] = round(s * 1000) / 1000; /* a figure of 1000 pixels */
        }
        const struct guyot_curve curve = {POINTS, time, surv, 4, place, risk, true_events};
        struct guyot_fit fit = {events, censored, at_risk, 0};
        if (risk[3] == 0)
            continue;
        assert_int_equal(guyot_solve(&curve, &fit), GSL_SUCCESS);
        int64_t people = 0;
        double height = 1;
        int64_t now = n;
        for (size_t k = 0; k < POINTS; k++) {
            assert_true(events[k] >= 0 && censored[k] >= 0);
            if (now > 0)
                height *= 1 - (double)events[k] / (double)now;
            now -= events[k] + censored[k];
            people += events[k] + censored[k];
            worst = fmax(worst, fabs(height - surv[k]) * (double)(now > 0 ? now : 1));
        }
        assert_int_equal(people, n);
        for (size_t i = 0; i < 4; i++)
            assert_true(llabs(at_risk[i] - risk[i]) <= 1);
        off_events += llabs(fit.total - true_events);
    }
    assert_true(worst <= 1);             /* never further from what was read than one person */
    assert_true(off_events <= 2 * CASES); /* of some 200 events each */
}

static void test_what_is_no_curve_is_refused(void **state)
{
    (void)state;
    const double time[] = {0, 10, 20}, surv[] = {1, 0.7, 0.6}, rising[] = {1, 0.6, 0.7}, back[] = {0, 10, 10};
    const size_t place[] = {0, 1}, late[] = {1};
    const int64_t risk[] = {40, 20}, more[] = {40, 41}, nobody[] = {0, 0};
    int64_t events[3], censored[3], at_risk[2];
    struct guyot_fit fit = {events, censored, at_risk, 0};
    const struct guyot_curve bad[] = {
        {3, time, rising, 2, place, risk, -1}, {3, back, surv, 2, place, risk, -1}, {3, time, surv, 1, late, risk, -1},
        {3, time, surv, 2, place, more, -1},   {3, time, surv, 1, place, nobody, -1}, {1, time, surv, 1, place, risk, -1},
        {3, time, surv, 0, place, risk, -1}};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(guyot_solve(&bad[i], &fit), GSL_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_curve_read_at_its_steps_gives_back_its_events),
        cmocka_unit_test(test_without_censoring_the_events_are_exact),
        cmocka_unit_test(test_random_curves_are_reconstructed_within_the_reading),
        cmocka_unit_test(test_what_is_no_curve_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
