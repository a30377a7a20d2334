/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * double_double.h - numbers of about 106 bits, as an unevaluated sum of two doubles: high + low, |low| <= ulp(high) / 2.
 *
 * For small systems whose condition eats more digits than a double has.  The error of an operation is a few 2^-104 of its
 * result; where the high part overflows so does the number.  Needs -ffp-contract=off.
 * Dekker 1971, doi:10.1007/BF01397083; Hida, Li & Bailey 2001, doi:10.1109/ARITH.2001.930115.
 */
#ifndef STATS_DOUBLE_DOUBLE_H
#define STATS_DOUBLE_DOUBLE_H

#include <math.h>

struct dd {
    double high, low;
};

static inline struct dd dd_quick(double a, double b) /* |a| >= |b| */
{
    const double sum = a + b;
    return (struct dd){sum, b - (sum - a)};
}

static inline struct dd dd_sum(double a, double b)
{
    const double sum = a + b, part = sum - a;
    return (struct dd){sum, (a - (sum - part)) + (b - part)};
}

static inline struct dd dd_product(double a, double b)
{
    const double product = a * b;
    return (struct dd){product, fma(a, b, -product)};
}

static inline struct dd dd_negate(struct dd a)
{
    return (struct dd){-a.high, -a.low};
}

static inline struct dd dd_add(struct dd a, struct dd b)
{
    const struct dd high = dd_sum(a.high, b.high), low = dd_sum(a.low, b.low);
    const struct dd sum = dd_quick(high.high, high.low + low.high);
    return dd_quick(sum.high, sum.low + low.low);
}

static inline struct dd dd_subtract(struct dd a, struct dd b)
{
    return dd_add(a, dd_negate(b));
}

static inline struct dd dd_multiply(struct dd a, struct dd b)
{
    const struct dd product = dd_product(a.high, b.high);
    return dd_quick(product.high, product.low + (a.high * b.low + a.low * b.high));
}

static inline struct dd dd_divide(struct dd a, struct dd b)
{
    const double first = a.high / b.high;
    const struct dd rest = dd_subtract(a, dd_multiply((struct dd){first, 0}, b));
    const double second = rest.high / b.high;
    const struct dd last = dd_subtract(rest, dd_multiply((struct dd){second, 0}, b));
    const struct dd two = dd_quick(first, second);
    return dd_add(two, (struct dd){last.high / b.high, 0});
}

#endif
