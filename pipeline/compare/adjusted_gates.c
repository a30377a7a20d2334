/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/adjusted_gates.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "compare/numbers.h"

void adjusted_gates_add(struct adjusted_gates *gates, const char *format, ...)
{
    const size_t length = strlen(gates->note);
    const int joint = length > 0 ? 2 : 0;
    va_list arguments;

    gates->flagged = true;
    if (length + 4 >= sizeof gates->note)
        return;
    memcpy(gates->note + length, "; ", (size_t)joint);
    va_start(arguments, format);
    vsnprintf(gates->note + length + joint, sizeof gates->note - length - (size_t)joint, format, arguments);
    va_end(arguments);
}

void adjusted_gates_size(struct adjusted_gates *gates, const char *arm, double effective, double people)
{
    if (effective < GATE_SIZE || effective < GATE_SHARE * people)
        adjusted_gates_add(gates, "effective sample size of arm %.40s is %.1f of %.0f people", arm, effective, people);
}

void adjusted_gates_largest(struct adjusted_gates *gates, double share)
{
    if (share > GATE_LARGEST)
        adjusted_gates_add(gates, "one row has %.0f %% of the weight of its arm", 100 * share);
}

void adjusted_gates_balance(struct adjusted_gates *gates, const char *worst, double smd)
{
    if (fabs(smd) > GATE_SMD)
        adjusted_gates_add(gates, "residual imbalance: SMD of %.60s is %.2f", worst, smd);
}

bool adjusted_gates_events(struct adjusted_gates *gates, const char *model, double events, size_t p)
{
    if (p == 0 || events >= GATE_EVENTS * (double)p)
        return false;
    adjusted_gates_add(gates, "%s: %.1f events per variable, fewer than %d", model, events / (double)p, GATE_EVENTS);
    return true;
}

void adjusted_gates_proportional(struct adjusted_gates *gates, double p_value)
{
    if (p_value < GATE_PH)
        adjusted_gates_add(gates, "hazards are not proportional (p = %.2g)", p_value);
}

void adjusted_gates_mark(const struct adjusted_gates *gates, struct number *number)
{
    const size_t length = strlen(number->note);

    if (!gates->flagged || !number->defined)
        return;
    number->flagged = true;
    snprintf(number->note + length, sizeof number->note - length, "%s%s", length > 0 ? "; " : "", gates->note);
}

void adjusted_gates_withhold(struct number *number, const char *why)
{
    number_undefined(number, "%s", why);
    number->withheld = true;
}
