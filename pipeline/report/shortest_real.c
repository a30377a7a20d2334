/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/shortest_real.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

enum { DIGITS_MAX = 17, POWER_MAX = 27 }; /* 5^27 is the last below 2^63 */

/* The last n digits of a number, leading zeros too; the place behind them. */
static char *put_digits(uint64_t value, int n, char *out)
{
    for (int i = n - 1; i >= 0; i--, value /= 10)
        out[i] = (char)('0' + value % 10);
    return out + n;
}

static int n_digits(uint64_t value)
{
    int n = 1;

    while (value >= 10) {
        value /= 10;
        n++;
    }
    return n;
}

size_t shortest_integer(int64_t value, char out[static 32])
{
    const uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
    char *at = out;

    if (value < 0)
        *at++ = '-';
    at = put_digits(size, n_digits(size), at);
    *at = '\0';
    return (size_t)(at - out);
}

/* 0.0375 is 375 over 10,000: numbers of few decimals, as releases have them, without a search.  The end, or NULL. */
static char *few_decimals(double x, char *out)
{
    double power = 10;

    if (!(x >= 1e-4 && x < 1e8))
        return NULL;
    for (int decimals = 1; decimals <= 6; decimals++, power *= 10) {
        const double whole = round(x * power);

        if (whole / power != x)
            continue;
        const uint64_t n = (uint64_t)whole, unit = (uint64_t)power;
        out = put_digits(n / unit, n_digits(n / unit), out);
        *out++ = '.';
        return put_digits(n % unit, decimals, out);
    }
    return NULL;
}

/* A number m 2^e times 10^k, between 10^16 and 10^17: scaled / 2^shift; and what a unit of m is there. */
struct scaled {
    wide scaled;
    uint64_t unit; /* 5^k: of m, over 2^shift too */
    int shift, k;
    uint64_t m;
};

static bool scale(double x, struct scaled *s)
{
    int exponent;

    s->m = (uint64_t)ldexp(frexp(x, &exponent), DBL_MANT_DIG);
    /* x is at least 2^(exponent - 1): the decimal logarithm, or one less. */
    s->k = DIGITS_MAX - 1 - (int)floor((exponent - 1) * 0.30102999566398120);
    exponent -= DBL_MANT_DIG;
    for (int tries = 0; tries < 3; tries++) {
        s->shift = -(exponent + s->k);
        if (s->k < 0 || s->k > POWER_MAX || s->shift < 1 || s->shift > 63)
            return false;
        s->unit = 1;
        for (int i = 0; i < s->k; i++)
            s->unit *= 5;
        s->scaled = (wide)s->m * s->unit;
        const wide whole = s->scaled >> s->shift;
        if (whole >= UINT64_C(100000000000000000))
            s->k--;
        else if (whole < UINT64_C(10000000000000000))
            s->k++;
        else
            return true;
    }
    return false;
}

/* The nearest multiple of `grain`, to even on a tie, as a multiple. */
static uint64_t nearest(const struct scaled *s, uint64_t grain)
{
    const uint64_t whole = (uint64_t)(s->scaled >> s->shift), n = whole / grain;
    const wide fraction = s->scaled - ((wide)whole << s->shift);
    const wide twice = 2 * (((wide)(whole % grain) << s->shift) + fraction), one = (wide)grain << s->shift;

    return n + (twice > one || (twice == one && (n & 1) != 0));
}

/* Does n * grain read back as the number? */
static bool reads_back(const struct scaled *s, uint64_t n, uint64_t grain)
{
    const wide told = ((wide)n * grain) << s->shift;
    const bool below = told < s->scaled;
    const wide off = below ? s->scaled - told : told - s->scaled;
    /* Below a power of two numbers lie twice as near to each other. */
    const wide twice = below && s->m == UINT64_C(1) << (DBL_MANT_DIG - 1) ? 4 * off : 2 * off;

    return twice < s->unit || (twice == s->unit && (s->m & 1) == 0);
}

/* n of so many digits, the first of which counts 10^power, as %g writes them.  The end. */
static char *write_general(uint64_t n, int digits, int power, char *out)
{
    char all[DIGITS_MAX + 1];
    int used = digits;

    put_digits(n, digits, all);
    while (used > 1 && all[used - 1] == '0')
        used--;
    if (power < -4 || power >= digits) {
        *out++ = all[0];
        if (used > 1)
            *out++ = '.';
        memcpy(out, all + 1, (size_t)used - 1);
        out += used - 1;
        *out++ = 'e';
        *out++ = power < 0 ? '-' : '+';
        const int size = abs(power);
        return put_digits((uint64_t)size, size < 100 ? 2 : 3, out);
    }
    const int before = power < 0 ? 0 : power + 1; /* digits in front of the point */
    if (before == 0)
        *out++ = '0';
    for (int i = 0; i < before; i++)
        *out++ = i < used ? all[i] : '0';
    if (used > before) {
        *out++ = '.';
        for (int i = -1; i > power; i--)
            *out++ = '0';
        memcpy(out, all + before, (size_t)(used - before));
        out += used - before;
    }
    return out;
}

/* The end, or NULL for numbers too small or too large. */
static char *exact_digits(double x, char *out)
{
    struct scaled s;
    uint64_t grain = 100, limit = UINT64_C(1000000000000000);

    if (!(x >= 1e-11 && x < 1e15) || !scale(x, &s))
        return NULL;
    for (int digits = 15; digits <= DIGITS_MAX; digits++, grain /= 10, limit *= 10) {
        uint64_t n = nearest(&s, grain);
        int power = DIGITS_MAX - 1 - s.k;

        if (!reads_back(&s, n, grain))
            continue;
        if (n == limit) { /* 9.99... became 10 */
            n /= 10;
            power++;
        }
        return write_general(n, digits, power, out);
    }
    return NULL;
}

size_t shortest_real(double x, char out[static 32])
{
    char *const digits = out + (x < 0), *end;

    if (x == floor(x) && fabs(x) < 1e15)
        return shortest_integer((int64_t)x, out);
    out[0] = '-';
    if ((end = few_decimals(fabs(x), digits)) != NULL || (end = exact_digits(fabs(x), digits)) != NULL) {
        *end = '\0';
        return (size_t)(end - out);
    }
    /* Of a normal number with 15 digits or fewer %.15g gives those digits: most need one try. */
    for (int n = fabs(x) < DBL_MIN ? 1 : 15; n <= DIGITS_MAX; n++)
        if (snprintf(out, 32, "%.*g", n, x) < 32 && strtod(out, NULL) == x)
            break;
    return strlen(out);
}
