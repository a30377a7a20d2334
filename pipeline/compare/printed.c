/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/printed.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DIGITS = 17 };

int printed_read(const char *text, struct printed *printed)
{
    *printed = (struct printed){.scale = 1};
    if (*text == '<') {
        printed->below = true;
        text++;
    }
    const size_t sign = *text == '-' || *text == '+', whole = strspn(text + sign, "0123456789");
    const char *rest = text + sign + whole;
    if (whole == 0)
        return -1;
    if (*rest == '.') {
        printed->digits = (int)strspn(rest + 1, "0123456789");
        if (printed->digits == 0 || printed->digits > MOST_DIGITS)
            return -1;
        rest += 1 + printed->digits;
    }
    printed->value = strtod(text, NULL);
    rest += strspn(rest, " ");
    if (*rest == '%') {
        printed->scale = 100;
        rest++;
    }
    return *rest == '\0' ? 0 : -1;
}

/* Ours lies in the middle of two printable numbers, of which the printed one is either. */
static bool is_halfway(const struct printed *printed, double scaled)
{
    const double half = 0.5 * pow(10, -printed->digits), noise = 4 * DBL_EPSILON * fabs(scaled);

    return half > 16 * noise && fabs(fabs(scaled - printed->value) - half) <= noise;
}

bool printed_matches(const struct printed *printed, double ours)
{
    const double scaled = ours * printed->scale;
    char rounded[400];

    if (!isfinite(scaled))
        return false;
    if (printed->below)
        return scaled < printed->value;
    snprintf(rounded, sizeof rounded, "%.*f", printed->digits, scaled);
    return strtod(rounded, NULL) == printed->value || is_halfway(printed, scaled);
}

bool printed_is_within(const struct printed *printed, double ours, double tolerance)
{
    const double scaled = ours * printed->scale, noise = 4 * DBL_EPSILON * fabs(scaled);

    return isfinite(scaled) && !printed->below && fabs(scaled - printed->value) <= tolerance + noise;
}
