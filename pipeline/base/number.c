/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const char *number_exact(char out[static NUMBER_SIZE], double x)
{
    out[0] = '\0';
    if (!isfinite(x))
        return out;
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(out, NUMBER_SIZE, "%.*g", digits, x + 0.0); /* + 0.0: no "-0" */
        if (strtod(out, NULL) == x)
            break;
    }
    return out;
}

const char *number_short(char out[static NUMBER_SIZE], double x)
{
    out[0] = '\0';
    if (!isfinite(x))
        return out;
    if (fabs(x) < 1e15 && x == trunc(x))
        snprintf(out, NUMBER_SIZE, "%.0f", x + 0.0);
    else if (fabs(x) >= 99999.5 && fabs(x) < 1e15)
        snprintf(out, NUMBER_SIZE, "%.1f", x);
    else
        snprintf(out, NUMBER_SIZE, "%.5g", x);
    return out;
}
