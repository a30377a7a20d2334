/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/verdict.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <math.h>

#include "stats/distribution.h"

enum worse_is verdict_worse_is(enum event_is event_is, bool rises)
{
    return (event_is == EVENT_IS_BAD) == rises ? WORSE_IS_HIGHER : WORSE_IS_LOWER;
}

const char *verdict_answer_name(enum verdict_answer answer)
{
    switch (answer) {
    case VERDICT_NON_INFERIOR:
        return "non-inferior";
    case VERDICT_INFERIOR:
        return "inferior";
    case VERDICT_INCONCLUSIVE:
        break;
    }
    return "inconclusive";
}

const char *verdict_statistically_name(enum statistically statistically)
{
    switch (statistically) {
    case STATISTICALLY_BETTER:
        return "better";
    case STATISTICALLY_WORSE:
        return "worse";
    case STATISTICALLY_NOT_DIFFERENT:
        break;
    }
    return "not different";
}

static bool question_is_sound(const struct verdict_question *q)
{
    const double no_margin = q->ratio ? 1 : 0;

    if (!(q->margin > no_margin) || isinf(q->margin) || isnan(confidence_z(q->level)))
        return false;
    if (isnan(q->estimate) || isnan(q->conf_low) || isnan(q->conf_high) || q->conf_low > q->conf_high)
        return false;
    return !q->ratio || (q->estimate > 0 && q->conf_low >= 0);
}

/* Estimate and limits as a loss; a lower-is-worse measure turns round, and its limits change places. */
static void set_losses(const struct verdict_question *q, struct verdict *v)
{
    const double estimate = q->ratio ? log(q->estimate) : q->estimate;
    const double low = q->ratio ? log(q->conf_low) : q->conf_low;
    const double high = q->ratio ? log(q->conf_high) : q->conf_high;
    const bool higher = q->worse == WORSE_IS_HIGHER;

    v->loss = higher ? estimate : 0 - estimate;
    v->loss_low = higher ? low : 0 - high;
    v->loss_high = higher ? high : 0 - low;
    v->margin = q->ratio ? log(q->margin) : q->margin;
}

static double n_needed(const struct verdict_question *q, double margin, double z, double z_power)
{
    const double factor = (z + z_power) * q->std_error / margin;

    return ceil(q->n * factor * factor); /* NAN stays NAN */
}

int verdict_decide(const struct verdict_question *question, struct verdict *verdict)
{
    const double z = confidence_z(question->level);

    *verdict = (struct verdict){VERDICT_INCONCLUSIVE, STATISTICALLY_NOT_DIFFERENT, GSL_NAN, GSL_NAN, GSL_NAN, GSL_NAN,
                                GSL_NAN, GSL_NAN, GSL_NAN};
    if (!question_is_sound(question))
        return GSL_EINVAL;
    set_losses(question, verdict);
    if (verdict->loss_high < verdict->margin)
        verdict->answer = VERDICT_NON_INFERIOR;
    else if (verdict->loss_low > verdict->margin)
        verdict->answer = VERDICT_INFERIOR;
    if (verdict->loss_high < 0)
        verdict->statistically = STATISTICALLY_BETTER;
    else if (verdict->loss_low > 0)
        verdict->statistically = STATISTICALLY_WORSE;
    if (question->std_error > 0 && isfinite(question->std_error)) {
        verdict->power = normal_upper_tail(z - verdict->margin / question->std_error);
        verdict->n_needed_80 = n_needed(question, verdict->margin, z, normal_upper_quantile(0.2));
        verdict->n_needed_90 = n_needed(question, verdict->margin, z, normal_upper_quantile(0.1));
    }
    return GSL_SUCCESS;
}

int verdict_margin_test(double loss, double std_error, double margin, struct margin_test *result)
{
    *result = (struct margin_test){GSL_NAN, GSL_NAN, GSL_NAN, GSL_NAN, GSL_NAN};
    if (!(margin > 0) || isinf(margin) || !isfinite(loss) || isnan(std_error))
        return GSL_EINVAL;
    if (!(std_error > 0) || isinf(std_error))
        return GSL_EDOM;
    result->statistic = (margin - loss) / std_error;
    result->p_value = normal_upper_tail(result->statistic);
    result->statistic_other = (loss + margin) / std_error;
    result->p_value_other = normal_upper_tail(result->statistic_other);
    result->p_equivalence = fmax(result->p_value, result->p_value_other);
    return GSL_SUCCESS;
}

int verdict_equivalent(const struct verdict_question *question, bool *equivalent)
{
    struct verdict verdict;
    const int status = verdict_decide(question, &verdict);

    *equivalent = status == GSL_SUCCESS && verdict.loss_high < verdict.margin && verdict.loss_low > -verdict.margin;
    return status;
}
