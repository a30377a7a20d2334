/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/axis.h"

#include <math.h>

double axis_step(double range, size_t n_max)
{
    static const double steps[] = {1, 2, 5, 10};
    double power = pow(10, floor(log10(range / (double)n_max)));

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (range <= steps[i] * power * (double)n_max * (1 + 1e-12))
            return steps[i] * power;
    return 20 * power;
}

double axis_time_step(double range, size_t n_max, bool days)
{
    static const double calendar[] = {1, 2, 5, 7, 10, 14, 30, 60, 90, 180, 365, 730, 1825, 3650};

    for (size_t i = 0; days && range > 2 && i < sizeof calendar / sizeof calendar[0]; i++)
        if (range <= calendar[i] * (double)n_max)
            return calendar[i];
    return axis_step(range, n_max);
}

double axis_log_floor(double x)
{
    static const double steps[] = {5, 2, 1};
    double power = pow(10, floor(log10(x)));

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (steps[i] * power <= x * (1 + 1e-12))
            return x / (steps[i] * power) <= 1.6 ? steps[i] * power : x;
    return x;
}

size_t axis_log_ticks(double low, double high, double *ticks, size_t n_max)
{
    /* Coarser and coarser until they are few enough: 1-2-5, then 1-3 as halves of a decade, then decades. */
    static const struct {
        size_t n;
        double at[3];
    } sets[] = {{3, {1, 2, 5}}, {2, {1, 3}}, {1, {1}}};
    int first = (int)floor(log10(low)), last = (int)ceil(log10(high));

    for (int stride = 1;; stride++)
        for (size_t s = stride == 1 ? 0 : 2; s < 3; s++) {
            size_t n = 0, found = 0;

            for (int k = first; k <= last; k++)
                for (size_t i = 0; k % stride == 0 && i < sets[s].n; i++) {
                    double tick = sets[s].at[i] * pow(10, k);

                    if (tick < low * (1 - 1e-9) || tick > high * (1 + 1e-9))
                        continue;
                    if (n < n_max)
                        ticks[n++] = tick;
                    found++;
                }
            if (found <= n_max)
                return n;
        }
}
