/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/means.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>

#include "compare/numbers.h"

static void take(const struct comparison *comparison, struct number *number, const struct mean_estimate *found)
{
    number_set(number, found->estimate, found->std_error, found->conf_low, found->conf_high);
    number->df = found->df;
    number->statistic = found->statistic;
    number->p_value = found->p_value;
    if (!(found->std_error > 0))
        snprintf(number->note, sizeof number->note, "all values are the same: no limits");
    else if (comparison->study->cohort.cluster.text != NULL)
        snprintf(number->note, sizeof number->note, "the limits take people as independent, also within clusters");
}

void mean_of_arm(const struct comparison *comparison, size_t arm, double level, struct number *number)
{
    struct mean_estimate found;

    *number = number_none();
    number->method = "mean; t limits";
    number->n = comparison->moments[arm].n;
    if (mean_solve(&comparison->moments[arm], level, &found) != GSL_SUCCESS) {
        number_undefined(number, "fewer than two people in arm %s", comparison_arm(comparison, arm));
        return;
    }
    take(comparison, number, &found);
    number->statistic = number->p_value = NAN; /* that a mean is not 0 is no question */
}

void mean_of_pair(const struct comparison *comparison, struct arm_pair pair, double level, struct number *number)
{
    const struct group_moments *arm = &comparison->moments[pair.arm], *reference = &comparison->moments[pair.reference];
    struct mean_estimate found;

    *number = number_none();
    number->method = "difference of means; Welch's t test";
    number->n = arm->n + reference->n;
    if (mean_difference_solve(arm, reference, level, &found) != GSL_SUCCESS)
        number_undefined(number, "fewer than two people in an arm");
    else
        take(comparison, number, &found);
}
