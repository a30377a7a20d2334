/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "base/memory.h"
#include "compare/contrast.h"
#include "compare/hazards.h"
#include "compare/slices.h"
#include "compare/tests.h"
#include "compare/wanted.h"
#include "stats/verdict.h"
#include "verify/findings.h"
#include "verify/recompute.h"

/* Level of the interval that belongs to two one-sided tests at 5 %. */
#define EQUIVALENCE_LEVEL 0.90

/* One row of estimates, and what it should say. */
struct estimate_check {
    const struct table *estimates;
    size_t row;
    const struct comparison *c;
    enum measure measure;
    struct horizon horizon;
    size_t arm, reference; /* n_arm: none named */
    struct number number;  /* recomputed */
    double person_time;
};

/* ---- which rows follow at all -------------------------------------------------------------------------------------- */

static bool is_hazard(enum measure measure)
{
    return measure == MEASURE_hazard_ratio || measure == MEASURE_log_hazard_ratio ||
           measure == MEASURE_subhazard_ratio || measure == MEASURE_log_subhazard_ratio || measure == MEASURE_ph_test;
}

static bool is_margin_test(enum measure measure)
{
    return measure == MEASURE_noninferiority_test || measure == MEASURE_equivalence_test;
}

static bool is_made_of_counts(enum measure measure)
{
    switch (measure) {
    case MEASURE_survival:
    case MEASURE_quantile_time:
    case MEASURE_rmst:
    case MEASURE_risk:
    case MEASURE_cumulative_incidence:
    case MEASURE_survival_difference:
    case MEASURE_rmst_difference:
    case MEASURE_rmst_ratio:
    case MEASURE_risk_difference:
    case MEASURE_risk_ratio:
    case MEASURE_odds_ratio:
    case MEASURE_mean_difference:
    case MEASURE_logrank_test:
    case MEASURE_trend_test:
    case MEASURE_gray_test:
    case MEASURE_chi_square_test: return true;
    default: return is_hazard(measure) || is_margin_test(measure);
    }
}

/* Why a row cannot be recomputed, whatever the comparison; NULL: it can. */
static const char *why_not(const struct table *estimates, size_t row)
{
    enum measure measure;

    if (measure_of_row(estimates, row, &measure) != 0)
        return "it is no measure of this version";
    if (cell_is(estimates, "status", row, "withheld"))
        return "it is withheld";
    if (!cell_is(estimates, "adjustment", row, "unadjusted"))
        return "it is adjusted: weights or covariates of persons are not stored";
    if (cell_contains(estimates, "term", row, "bootstrap"))
        return "its limits come from resampling";
    if (cell_contains(estimates, "method", row, "cluster"))
        return "its errors take people of one cluster together, and clusters are not stored";
    if (measure == MEASURE_rate || measure == MEASURE_rate_ratio)
        return "it counts dated rows of persons";
    if (measure == MEASURE_mean)
        return "it is a mean of values of persons";
    if (!is_made_of_counts(measure) || (is_hazard(measure) && !cell_is(estimates, "term", row, "")))
        return "it rests on covariates of persons";
    return NULL;
}

/* ---- recomputing one row --------------------------------------------------------------------------------------------- */

static size_t cause_of(const struct estimate_check *check)
{
    const struct study_rules *competing = &check->c->outcome->competing_if;

    for (size_t i = 0; i < competing->n; i++)
        if (cell_is(check->estimates, "cause", check->row, competing->items[i].name.text))
            return i + 2;
    return 1;
}

static void take_test(struct estimate_check *check, const struct arm_test *test)
{
    check->number = (struct number){.estimate = NAN, .std_error = NAN, .conf_low = NAN, .conf_high = NAN,
                                    .statistic = test->statistic, .p_value = test->p_value,
                                    .df = test->defined ? (double)test->df : NAN, .n = test->n, .n_event = test->n_event,
                                    .defined = test->defined};
}

/* A row without a pair is of all arms. */
static int solve_test(struct estimate_check *check)
{
    const struct comparison *c = check->c;
    struct arm_test test;
    size_t arms[ARM_MAX], n = 2;

    if (check->arm == c->n_arm)
        for (n = 0; n < c->n_arm; n++)
            arms[n] = n;
    else {
        arms[0] = check->arm;
        arms[1] = check->reference;
    }
    if (check->measure == MEASURE_chi_square_test)
        test_chi_square(c, check->horizon, arms, n, &test);
    else if ((check->measure == MEASURE_ph_test      ? test_proportional(c, arms, n, &test)
              : check->measure == MEASURE_gray_test  ? test_gray(c, arms, n, &test)
              : check->measure == MEASURE_trend_test ? test_trend(c, arms, n, &test)
                                                     : test_logrank(c, arms, n, &test)) != 0)
        return -1;
    take_test(check, &test);
    return 0;
}

/* The margin that a row of a margin's test was held against; the verdict's row, or n_rows. */
static size_t verdict_of(const struct table *verdicts, const struct estimate_check *check, const char *measure)
{
    static const char *const same[] = {"analysis", "outcome", "population", "adjustment", "arm", "reference", "time", NULL};
    size_t row = 0;

    while (row < cell_rows(verdicts) && !(cells_agree(verdicts, row, check->estimates, check->row, same) &&
                                          cell_is(verdicts, "measure", row, measure)))
        row++;
    return row;
}

static int solve_margin(const struct stored *stored, struct estimate_check *check, const char **why)
{
    const struct table *verdicts = stored_table(stored, "verdicts");
    const bool equivalence = check->measure == MEASURE_equivalence_test;
    char *term = cell_copy(check->estimates, "term", check->row);
    enum measure measure;
    struct margin_test test;

    if (term == NULL)
        return -1;
    check->horizon.at_least = strstr(term, ", at least") != NULL;
    term[strcspn(term, ",")] = '\0';
    const size_t verdict = verdict_of(verdicts, check, term);
    if (verdict == cell_rows(verdicts) || measure_from_name(term, &measure) != 0) {
        *why = "the margin is not stored";
        free(term);
        return 0;
    }
    free(term);
    const bool ratio = measure_is_ratio(measure);
    const double margin = cell_real(verdicts, "margin", verdict),
                 sign = cell_is(verdicts, "worse_is", verdict, "higher") ? 1 : -1;
    contrast_of_pair(check->c, measure, (struct arm_pair){check->arm, check->reference}, check->horizon,
                     equivalence ? EQUIVALENCE_LEVEL : CONF_LEVEL, &check->number);
    const struct number *number = &check->number;
    const int code = verdict_margin_test(sign * (ratio ? log(number->estimate) : number->estimate), number->std_error,
                                         ratio ? log(margin) : margin, &test);
    const bool tested = number->defined && code == GSL_SUCCESS;
    check->number.df = NAN;
    check->number.statistic = !tested ? NAN : equivalence ? fmin(test.statistic, test.statistic_other) : test.statistic;
    check->number.p_value = !tested ? NAN : equivalence ? test.p_equivalence : test.p_value;
    return 0;
}

static int solve(const struct stored *stored, struct estimate_check *check, const char **why)
{
    const struct comparison *c = check->c;
    const struct arm_pair pair = {check->arm, check->reference};

    if (is_margin_test(check->measure))
        return solve_margin(stored, check, why);
    if (wanted_is_test(check->measure))
        return solve_test(check);
    if (measure_is_contrast(check->measure) && c->stratum != NULL) {
        const struct slice slice = {.name = (char *)c->stratum, .comparison = *c};
        slice_contrast(&slice, check->measure, pair, check->horizon, CONF_LEVEL, &check->number);
        return 0;
    }
    if (measure_is_contrast(check->measure)) {
        contrast_of_pair(c, check->measure, pair, check->horizon, CONF_LEVEL, &check->number);
        return 0;
    }
    if (c->n[check->arm] < 2) {
        *why = "its arm has fewer than two people";
        return 0;
    }
    contrast_of_arm(c, check->measure, check->arm, cause_of(check), check->horizon, CONF_LEVEL, &check->number);
    if (c->table != NULL && c->stratum == NULL && check->measure != MEASURE_quantile_time && !isnan(check->horizon.time))
        check->person_time = risk_table_person_time(c->table, check->arm, RISK_TABLE_ALL, check->horizon.time);
    return 0;
}

/* ---- findings ------------------------------------------------------------------------------------------------------------ */

static double count_or_nan(int64_t n)
{
    return n == MISSING_INTEGER ? NAN : (double)n;
}

static int compare_numbers(const struct recompute *r, const struct estimate_check *check)
{
    const struct number *n = &check->number;
    const struct {
        const char *column;
        double value;
    } numbers[] = {
        {"estimate", n->estimate},   {"std_error", n->std_error}, {"conf_low", n->conf_low},
        {"conf_high", n->conf_high}, {"statistic", n->statistic}, {"df", n->df},
        {"p_value", n->p_value},     {"n", count_or_nan(n->n)},   {"n_event", count_or_nan(n->n_event)},
        {"person_time", check->person_time},
    };
    bool differs = false;

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (recompute_number(r, "estimates", check->estimates, check->row, numbers[i].column, numbers[i].value, true,
                             &differs) != 0)
            return -1;
    if (differs)
        return 0;
    char *item = recompute_item(check->estimates, check->row);
    const int status = item == NULL ? -1 : findings_add(r->findings, "estimates", item, FINDING_HOLDS, NULL);
    free(item);
    return status;
}

static int does_not_follow(const struct recompute *r, const struct table *estimates, size_t row, const char *why)
{
    char *item = recompute_item(estimates, row);
    const int status = item == NULL ? -1 : findings_add(r->findings, "estimates", item, FINDING_DOES_NOT_FOLLOW, why);

    free(item);
    return status;
}

/* The day of a row; of a quantile its share. */
static double horizon_time(const struct estimate_check *check)
{
    if (check->measure != MEASURE_quantile_time)
        return cell_real(check->estimates, "time", check->row);
    char term[CELL_SHORT_SIZE];
    return strtod(cell_short(check->estimates, "term", check->row, term), NULL);
}

static int check_row(const struct recompute *r, const struct table *estimates, size_t row)
{
    const char *why = r->rounded ? "counts are rounded in this release" : why_not(estimates, row);
    struct estimate_check check = {.estimates = estimates, .row = row, .person_time = NAN};
    const struct stored_comparison *made =
        why != NULL ? NULL : comparison_book_find(r->book, estimates, row);

    if (why == NULL && made == NULL)
        return -1;
    if (why == NULL)
        why = made->missing;
    if (why != NULL)
        return does_not_follow(r, estimates, row, why);
    (void)measure_of_row(estimates, row, &check.measure); /* why_not() knows it */
    check.c = &made->comparison;
    check.horizon = (struct horizon){horizon_time(&check), cell_is(estimates, "term", row, "at least")};
    check.arm = stored_comparison_arm(made, estimates, "arm", row);
    check.reference = stored_comparison_arm(made, estimates, "reference", row);
    const bool needs_arm = !wanted_is_test(check.measure) || is_margin_test(check.measure);
    const bool needs_pair = measure_is_contrast(check.measure) || is_margin_test(check.measure);
    if ((needs_arm && check.arm == check.c->n_arm) || (needs_pair && check.reference == check.c->n_arm))
        return does_not_follow(r, estimates, row, "its arm is none of the file's arms");
    if (check.measure == MEASURE_mean_difference && check.c->moments == NULL)
        return does_not_follow(r, estimates, row, "the means of its arms are not stored");
    if (solve(r->stored, &check, &why) != 0)
        return -1;
    return why != NULL ? does_not_follow(r, estimates, row, why) : compare_numbers(r, &check);
}

int recompute_estimates(const struct recompute *r)
{
    const struct table *estimates = stored_table(r->stored, "estimates");

    for (size_t i = 0; i < cell_rows(estimates); i++)
        /* Those follow from other rows: recompute_parts.c, recompute_e_values. */
        if (!recompute_is_of_parts(r->stored, estimates, i) && !cell_is(estimates, "measure", i, "e_value") &&
            check_row(r, estimates, i) != 0)
            return -1;
    return 0;
}
