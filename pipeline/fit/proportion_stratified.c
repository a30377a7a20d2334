/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mantel-Haenszel: one difference, one ratio, one test from the tables of all strata. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "fit/proportion_rows.h"
#include "stats/mantel_haenszel.h"

static void fill_strata(const struct event_counts *counts, size_t arm, struct two_by_two *strata)
{
    for (size_t s = 0; s < counts->n_stratum; s++) {
        const int64_t *event = counts->event + s * counts->n_arm;
        const int64_t *n = counts->n + s * counts->n_arm;
        strata[s] = (struct two_by_two){event[arm], n[arm], event[0], n[0]};
    }
}

static int add_estimates(const struct proportion_work *work, size_t arm, const struct two_by_two *strata,
                         struct risk_difference *difference)
{
    const size_t n = work->counts.n_stratum;
    const double level = work->request->level;
    struct ratio_estimate risk_ratio, odds_ratio;
    mh_risk_difference(strata, n, MH_SATO, level, difference); /* what does not exist is NaN or names its cell */
    mh_risk_ratio(strata, n, level, &risk_ratio);
    mh_odds_ratio(strata, n, level, &odds_ratio);
    return proportion_add_difference(work, arm, "Mantel-Haenszel; Sato variance", difference) != 0 ||
                   proportion_add_ratio(work, MEASURE_risk_ratio, arm, "Mantel-Haenszel; Greenland-Robins variance",
                                        &risk_ratio) != 0 ||
                   proportion_add_ratio(work, MEASURE_odds_ratio, arm,
                                        "Mantel-Haenszel; Robins-Breslow-Greenland variance", &odds_ratio) != 0
               ? -1
               : 0;
}

static int add_tests(const struct proportion_work *work, size_t arm, const struct two_by_two *strata)
{
    const size_t n = work->counts.n_stratum;
    struct chi_square_test test;
    struct estimate cmh = proportion_row(work, MEASURE_cmh_test, arm);
    struct estimate homogeneity = proportion_row(work, MEASURE_homogeneity_test, arm);
    cmh.method = "Cochran-Mantel-Haenszel, without continuity correction";
    homogeneity.method = "Breslow-Day with Tarone's correction";
    int status = mh_test(strata, n, false, &test);
    if (proportion_add_test(work, &cmh, status, &test, "variance 0: no stratum holds both arms and both outcomes") != 0)
        return -1;
    status = mh_homogeneity_test(strata, n, &test);
    return proportion_add_test(work, &homogeneity, status, &test,
                               "fewer than two strata tell, or there is no common odds ratio");
}

static int add_margin(const struct proportion_work *work, size_t arm, const struct risk_difference *difference)
{
    struct margin_test test = {.statistic = NAN, .p_value = NAN};
    const double loss = work->request->worse == WORSE_IS_HIGHER ? difference->estimate : -difference->estimate;
    if (!isnan(difference->estimate)) /* a standard error of 0 leaves the test without numbers */
        verdict_margin_test(loss, difference->std_error, work->request->margin, &test);
    return proportion_add_margin(work, arm, "z test, Mantel-Haenszel, Sato variance, one-sided", difference, &test);
}

int proportion_add_stratified(const struct proportion_work *work)
{
    struct two_by_two *strata = allocate(work->counts.n_stratum, sizeof *strata);
    int result = strata == NULL ? -1 : 0;
    for (size_t arm = 1; arm < work->counts.n_arm && result == 0; arm++) {
        struct risk_difference difference;
        fill_strata(&work->counts, arm, strata);
        result = add_estimates(work, arm, strata, &difference) != 0 || add_tests(work, arm, strata) != 0 ||
                         (!isnan(work->request->margin) && add_margin(work, arm, &difference) != 0)
                     ? -1
                     : 0;
    }
    free(strata);
    return result;
}
