/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/chance_edge.h"

#include <math.h>

bool chance_edge(log_chance_of *log_chance, const void *context, double mode, double end, double log_limit, double *edge)
{
    double likely = mode, unlikely = end;

    if (log_chance(context, end) > log_limit)
        return false;
    while (fabs(unlikely - likely) > 1) {
        const double middle = floor(likely + (unlikely - likely) / 2);

        if (log_chance(context, middle) > log_limit)
            likely = middle;
        else
            unlikely = middle;
    }
    *edge = unlikely;
    return true;
}
