/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/numbers.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include <gsl/gsl_errno.h>

#include "base/memory.h"
#include "stats/distribution.h"
#include "stats/rmst.h"

struct number number_none(void)
{
    return (struct number){.estimate = NAN,
                           .std_error = NAN,
                           .conf_low = NAN,
                           .conf_high = NAN,
                           .statistic = NAN,
                           .p_value = NAN,
                           .df = NAN,
                           .planning_error = NAN,
                           .n = MISSING_INTEGER,
                           .n_event = MISSING_INTEGER,
                           .method = ""};
}

void number_put(const struct number *number, struct estimate *row)
{
    row->estimate = number->estimate;
    row->std_error = number->std_error;
    row->conf_low = number->conf_low;
    row->conf_high = number->conf_high;
    row->conf_level = isfinite(number->conf_low) ? CONF_LEVEL : NAN;
    row->statistic = number->statistic;
    row->p_value = number->p_value;
    row->df = number->df;
    row->n = number->n;
    row->n_event = number->n_event;
    row->status = number->withheld ? "withheld" : !number->defined ? "undefined" : number->flagged ? "flagged" : "shown";
    row->method = number->method;
    row->note = number->note;
}

void number_set(struct number *number, double estimate, double std_error, double conf_low, double conf_high)
{
    number->estimate = estimate;
    number->std_error = std_error;
    number->conf_low = conf_low;
    number->conf_high = conf_high;
    number->defined = true;
}

static void test_of_null(struct number *number, double distance, double std_error)
{
    if (std_error > 0) {
        number->statistic = distance / std_error;
        number->p_value = normal_two_sided(number->statistic);
    }
}

double number_without_noise(double std_error, double size)
{
    return fabs(std_error) <= 1e-12 * fmax(fabs(size), 1) ? 0 : std_error;
}

void number_set_wald(struct number *number, double estimate, double error, double level)
{
    const double std_error = number_without_noise(error, estimate);
    const double reach = confidence_z(level) * std_error;

    number_set(number, estimate, std_error, estimate - reach, estimate + reach);
    number_distrust_no_error(number);
    test_of_null(number, estimate, std_error);
}

void number_set_log(struct number *number, double log_estimate, double error, double level)
{
    const double std_error = number_without_noise(error, log_estimate);
    const double reach = confidence_z(level) * std_error;

    number_set(number, exp(log_estimate), std_error, exp(log_estimate - reach), exp(log_estimate + reach));
    number_distrust_no_error(number);
    test_of_null(number, log_estimate, std_error);
}

void number_distrust_no_error(struct number *number)
{
    if (number->std_error == 0)
        number->conf_low = number->conf_high = NAN;
}

void number_cut(struct number *number, double low, double high)
{
    if (number->conf_low < low)
        number->conf_low = low;
    if (number->conf_high > high)
        number->conf_high = high;
}

void number_undefined(struct number *number, const char *format, ...)
{
    va_list arguments;

    number->estimate = number->std_error = number->conf_low = number->conf_high = NAN;
    number->statistic = number->p_value = NAN;
    number->defined = false;
    va_start(arguments, format);
    vsnprintf(number->note, sizeof number->note, format, arguments);
    va_end(arguments);
}

void number_failed(struct number *number, int code)
{
    if (code == GSL_ENOMEM)
        fail_memory();
    number_undefined(number, "%s", gsl_strerror(code));
}

void number_beyond(struct number *number, const struct comparison *comparison, size_t arm, double time)
{
    number_undefined(number, "day %g lies after the last day observed in arm %s (%g)", time,
                     comparison_arm(comparison, arm), rmst_max_tau(comparison->event_free[arm]));
}

void number_explain_limits(struct number *number, const char *arm)
{
    if (!number->defined || !isnan(number->conf_low) || number->note[0] != '\0')
        return;
    if (number->n_event == 0)
        snprintf(number->note, sizeof number->note, "no events in arm %s", arm);
    else
        snprintf(number->note, sizeof number->note, "nobody is left in arm %s: no limits", arm);
}

void number_inherit_note(struct number *number, const struct number *arm, const struct number *reference)
{
    const bool both = arm->note[0] != '\0' && reference->note[0] != '\0';

    if (number->defined && number->note[0] == '\0')
        snprintf(number->note, sizeof number->note, "%.110s%s%.110s", arm->note, both ? "; " : "", reference->note);
}

void number_combine(struct number *number, const struct number *arm, const struct number *reference)
{
    if (arm->n != MISSING_INTEGER && reference->n != MISSING_INTEGER)
        number->n = arm->n + reference->n;
    if (arm->n_event != MISSING_INTEGER && reference->n_event != MISSING_INTEGER)
        number->n_event = arm->n_event + reference->n_event;
}

bool number_needs(struct number *number, const struct number *arm, const struct number *reference)
{
    if (arm->defined && reference->defined)
        return true;
    number->method = arm->method;
    number_undefined(number, "%s", arm->defined ? reference->note : arm->note);
    return false;
}
