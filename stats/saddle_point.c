/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/saddle_point.h"

#include <gsl/gsl_math.h>
#include <math.h>
#include <stddef.h>

double stirling_error(double n)
{
    static const double small[] = { /* from the definition with 50 digits, n = 1 .. 15 */
        0.0810614667953272582197, 0.0413406959554092940938, 0.0276779256849983391488, 0.0207906721037650931115,
        0.0166446911898211921632, 0.0138761288230707479987, 0.0118967099458917700951, 0.0104112652619720964975,
        0.0092554621827127329177, 0.0083305634333628712565, 0.0075736754879518407950, 0.0069428401072095298657,
        0.0064089941880042070684, 0.0059513701127588477356, 0.0055547335519628013710};
    const double s = 1 / (n * n);
    int sign; /* lgamma() would keep it in a global */

    if (n < 16 && n >= 1 && n == floor(n))
        return small[(size_t)n - 1];
    if (n < 16)
        return lgamma_r(n + 1, &sign) - (n + 0.5) * log(n) + n - log(2 * M_PI) / 2;
    return (1. / 12 - s * (1. / 360 - s * (1. / 1260 - s * (1. / 1680 - s * (1. / 1188 - s * (691. / 360360)))))) / n;
}

double poisson_deviance(double x, double mean)
{
    const double gap = x - mean, v = gap / (x + mean);
    double sum, power, before, j = 3;

    if (!(fabs(v) < 0.1))
        return x * log(x / mean) - gap;
    /* log(x / mean) = 2 atanh v; its first term joins -gap in closed form, before they could cancel. */
    sum = gap * v;
    power = 2 * x * v;
    do {
        before = sum;
        power *= v * v;
        sum += power / j;
        j += 2;
    } while (sum != before);
    return sum;
}
