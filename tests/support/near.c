/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/near.h"

#include <float.h>
#include <math.h>

void assert_near_at(double actual, double expected, double relative, const char *what, const char *file, int line)
{
    if (isnan(actual) && isnan(expected))
        return;
    const double bound = relative * fmax(fabs(expected), DBL_MIN);
    if (!(fabs(actual - expected) <= bound) && !(actual == expected)) {
        print_error("%s:%d: %s is %.17g, expected %.17g within relative %g\n", file, line, what, actual, expected, relative);
        _fail(file, line);
    }
}
