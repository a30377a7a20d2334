/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/distribution.h"
#include "verify/numcheck.h"

/* ---- spans ------------------------------------------------------------------------------------------------------ */

static double on_scale(enum numcheck_scale scale, double x)
{
    return scale == SCALE_RATIO ? log(x) : x;
}

static struct span scaled(enum numcheck_scale scale, const struct printed_number *number)
{
    const struct span span = printed_number_span(number);

    return (struct span){on_scale(scale, scale == SCALE_RATIO ? fmax(span.low, 0) : span.low), on_scale(scale, span.high)};
}

static struct span distance(struct span from, struct span to)
{
    return (struct span){to.low - from.high, to.high - from.low};
}

static bool overlap(struct span a, struct span b)
{
    return a.low <= b.high && b.low <= a.high;
}

/* Three numbers of an interval. */
struct triple {
    struct printed_number estimate, low, high;
};

static bool is_ordered(const struct triple *t)
{
    return t->low.value <= t->estimate.value && t->estimate.value <= t->high.value && t->low.value < t->high.value;
}

static bool is_symmetric(enum numcheck_scale scale, const struct triple *t)
{
    if (scale == SCALE_RATIO && (t->low.value <= 0 || t->estimate.value <= 0))
        /* Rounded to 0: its logarithm may be anything. */
        return printed_number_span(&t->low).high > 0 && printed_number_span(&t->estimate).high > 0;
    return overlap(distance(scaled(scale, &t->low), scaled(scale, &t->estimate)),
                   distance(scaled(scale, &t->estimate), scaled(scale, &t->high)));
}

/* ---- readings: which slip makes an impossible interval a good one? ------------------------------------------------ */

enum slip { SLIP_POINT_LEFT, SLIP_POINT_RIGHT, SLIP_POINT_LEFT_2, SLIP_POINT_RIGHT_2, SLIP_SIGN, SLIP_DIGITS, N_SLIPS };

/* Two neighbouring digits change places: the `which`-th pair; false when there is none that differs. */
static bool swap_digits(struct printed_number *number, size_t which)
{
    char text[64];
    size_t seen = 0;

    snprintf(text, sizeof text, "%.*f", number->digits, number->value);
    for (size_t i = 0; text[i] != '\0' && text[i + 1] != '\0'; i++) {
        const size_t j = text[i + 1] == '.' ? i + 2 : i + 1;
        if (text[i] < '0' || text[i] > '9' || text[j] < '0' || text[j] > '9' || text[i] == text[j] || seen++ != which)
            continue;
        const char kept = text[i];
        text[i] = text[j];
        text[j] = kept;
        number->value = strtod(text, NULL);
        return true;
    }
    return false;
}

/* Digits that are zeros behind the point carry nothing: 4.50 with the point moved is 0.45. */
static void move_point(struct printed_number *number, int places)
{
    char text[64];

    snprintf(text, sizeof text, "%.*f", number->digits, number->value);
    number->digits -= places;
    number->digits = number->digits < 0 ? 0 : number->digits;
    number->value *= pow(10, places);
    for (size_t n = strlen(text); places < 0 && number->digits > 0 && strchr(text, '.') != NULL && text[n - 1] == '0'; n--)
        number->digits--;
}

static bool apply(enum slip slip, size_t which, struct printed_number *number)
{
    switch (slip) {
    case SLIP_POINT_LEFT: move_point(number, -1); return which == 0 && number->value != 0;
    case SLIP_POINT_RIGHT: move_point(number, 1); return which == 0 && number->value != 0;
    case SLIP_POINT_LEFT_2: move_point(number, -2); return which == 0 && number->value != 0;
    case SLIP_POINT_RIGHT_2: move_point(number, 2); return which == 0 && number->value != 0;
    case SLIP_SIGN: number->value = -number->value; return which == 0 && number->value != 0;
    default: return swap_digits(number, which);
    }
}

/* How far from symmetric, relative to the width; a reading is the better the smaller. */
static double asymmetry(enum numcheck_scale scale, const struct triple *t)
{
    const double low = on_scale(scale, t->low.value), estimate = on_scale(scale, t->estimate.value),
                 high = on_scale(scale, t->high.value);

    return fabs((high - estimate) - (estimate - low)) / (high - low);
}

/*
 * Of readings that fit, the simplest kind of slip comes first; within a kind one that leaves all numbers with equally many
 * digits, as papers print them; then the most symmetric.
 */
static double cost_of(enum slip slip, size_t place, const struct triple *t)
{
    static const int kinds[N_SLIPS] = {[SLIP_POINT_LEFT] = 0,   [SLIP_POINT_RIGHT] = 0, [SLIP_POINT_LEFT_2] = 1,
                                       [SLIP_POINT_RIGHT_2] = 1, [SLIP_SIGN] = 2,        [SLIP_DIGITS] = 3};
    const int digits[] = {t->low.digits, t->estimate.digits, t->high.digits};
    const bool alike = digits[place] == digits[(place + 1) % 3] && digits[place] == digits[(place + 2) % 3];

    return kinds[slip] + (alike ? 0 : 0.5);
}

/* The reading under which the interval would be ordered and symmetric, with fewest slips; false when there is none. */
static bool find_reading(enum numcheck_scale scale, const struct triple *t, char *reading, size_t size)
{
    static const char *const places[] = {"lower limit", "estimate", "upper limit"};
    double best = INFINITY;

    for (enum slip slip = 0; slip < N_SLIPS; slip++)
        for (size_t place = 0; place < 3; place++)
            for (size_t which = 0; which < 12; which++) {
                struct triple changed = *t;
                struct printed_number *number = place == 0 ? &changed.low : place == 1 ? &changed.estimate : &changed.high;
                if (!apply(slip, which, number) || (scale == SCALE_RATIO && number->value <= 0) || !is_ordered(&changed) ||
                    !is_symmetric(scale, &changed))
                    continue;
                const double cost = cost_of(slip, place, &changed) + fmin(asymmetry(scale, &changed), 0.499);
                if (cost < best) {
                    best = cost;
                    snprintf(reading, size, "%s %.*f", places[place], number->digits, number->value);
                }
            }
    const struct triple swapped = {t->estimate, t->high, t->low};
    if (isinf(best) && is_ordered(&swapped)) {
        snprintf(reading, size, "the limits in the other order");
        return true;
    }
    return !isinf(best);
}

/* Of an unknown scale both are tried, ratios first when all is positive. */
static const char *reading_of(enum numcheck_scale scale, const struct triple *t, char *reading, size_t size)
{
    const bool positive = t->low.value > 0 && t->estimate.value > 0 && t->high.value > 0;

    if (scale == SCALE_RATIO || (scale == SCALE_UNKNOWN && positive))
        if (find_reading(SCALE_RATIO, t, reading, size))
            return reading;
    if (scale != SCALE_RATIO)
        if (find_reading(SCALE_DIFFERENCE, t, reading, size))
            return reading;
    return NULL;
}

/* ---- the checks ------------------------------------------------------------------------------------------------------ */

static int check_order(const struct numcheck_row *row, const struct triple *t, struct table *findings)
{
    char buffer[64];
    const char *reading = reading_of(row->scale, t, buffer, sizeof buffer);

    if (t->low.value >= t->high.value)
        return numcheck_add(findings, row, NUMCHECK_LOW, "order", SEVERITY_WRONG, reading,
                            "the lower limit %.*f is not below the upper limit %.*f", t->low.digits, t->low.value,
                            t->high.digits, t->high.value);
    const bool below = t->estimate.value < t->low.value;
    return numcheck_add(findings, row, NUMCHECK_ESTIMATE, "order", SEVERITY_WRONG, reading,
                        "the estimate %.*f lies %s its interval %.*f to %.*f", t->estimate.digits, t->estimate.value,
                        below ? "below" : "above", t->low.digits, t->low.value, t->high.digits, t->high.value);
}

static int check_sign(const struct numcheck_row *row, const struct triple *t, struct table *findings)
{
    return numcheck_add(findings, row, NUMCHECK_LOW, "range", SEVERITY_WRONG, NULL,
                        "a ratio and its limits are positive; the lowest is %.*f", t->low.digits, t->low.value);
}

static int check_symmetry(const struct numcheck_row *row, const struct triple *t, struct table *findings)
{
    char buffer[64];
    const enum numcheck_scale scale = row->scale;

    if (scale == SCALE_SHARE || scale == SCALE_UNKNOWN || is_symmetric(scale, t))
        return 0;
    const double below = on_scale(scale, t->estimate.value) - on_scale(scale, t->low.value),
                 above = on_scale(scale, t->high.value) - on_scale(scale, t->estimate.value);
    return numcheck_add(findings, row, NUMCHECK_ESTIMATE, "symmetry", SEVERITY_DOUBTFUL,
                        reading_of(scale, t, buffer, sizeof buffer),
                        "%s the estimate lies %.3g above its lower and %.3g below its upper limit, beyond rounding",
                        scale == SCALE_RATIO ? "on the log scale" : "on its scale", below, above);
}

/* The standard error that the limits imply, as a span. */
static struct span implied_error(const struct numcheck_row *row, const struct triple *t)
{
    const double z = confidence_z(row->level);
    const struct span width = distance(scaled(row->scale, &t->low), scaled(row->scale, &t->high));

    return (struct span){fmax(width.low, 0) / (2 * z), width.high / (2 * z)};
}

static int check_error(const struct numcheck_row *row, const struct triple *t, struct table *findings)
{
    const struct printed_number *printed = &row->number[NUMCHECK_STD_ERROR];
    const struct span implied = implied_error(row, t);

    if (!printed->given || row->scale == SCALE_SHARE || overlap(implied, printed_number_span(printed)))
        return 0;
    return numcheck_add(findings, row, NUMCHECK_STD_ERROR, "std_error", SEVERITY_DOUBTFUL, NULL,
                        "the limits imply a standard error%s of %.3g to %.3g", row->scale == SCALE_RATIO ? " of the logarithm" : "",
                        implied.low, implied.high);
}

/* p by Wald's test from the numbers within their spans. */
static struct span implied_p(const struct numcheck_row *row, const struct triple *t)
{
    const struct span estimate = scaled(row->scale, &t->estimate), error = implied_error(row, t);
    const double far = fmax(fabs(estimate.low), fabs(estimate.high)),
                 near = estimate.low <= 0 && estimate.high >= 0 ? 0 : fmin(fabs(estimate.low), fabs(estimate.high));

    return (struct span){error.low > 0 ? normal_two_sided(far / error.low) : 0, normal_two_sided(near / error.high)};
}

static struct span printed_p(const struct printed_number *p)
{
    if (p->relation == '<')
        return (struct span){0, p->value};
    if (p->relation == '>')
        return (struct span){p->value, 1};
    const struct span span = printed_number_span(p);
    return (struct span){fmax(span.low, 0), fmin(span.high, 1)};
}

static int check_p(const struct numcheck_row *row, const struct triple *t, struct table *findings)
{
    const struct printed_number *p = &row->number[NUMCHECK_P];
    const double alpha = 1 - row->level, null = row->scale == SCALE_RATIO ? 1 : 0;

    if (!p->given || row->scale == SCALE_SHARE || row->scale == SCALE_UNKNOWN)
        return 0;
    const struct span printed = printed_p(p), low = printed_number_span(&t->low), high = printed_number_span(&t->high),
                      implied = implied_p(row, t);
    const bool excludes = low.low > null || high.high < null, includes = low.high < null && high.low > null;
    if (includes && printed.high < alpha)
        return numcheck_add(findings, row, NUMCHECK_P, "p_value", SEVERITY_DOUBTFUL, NULL,
                            "the interval holds %g, the p-value says it does not: the limits give p = %.2g to %.2g", null,
                            implied.low, implied.high);
    if (excludes && printed.low > alpha)
        return numcheck_add(findings, row, NUMCHECK_P, "p_value", SEVERITY_DOUBTFUL, NULL,
                            "the interval excludes %g, the p-value says it does not: the limits give p = %.2g to %.2g", null,
                            implied.low, implied.high);
    if (overlap(printed, implied))
        return 0;
    const bool far = printed.low > 2 * implied.high || printed.high < implied.low / 2;
    return numcheck_add(findings, row, NUMCHECK_P, "p_value", far ? SEVERITY_DOUBTFUL : SEVERITY_HINT, NULL,
                        "the limits give p = %.2g to %.2g by Wald's test%s", implied.low, implied.high,
                        far ? "" : "; another test may give the printed one");
}

int numcheck_interval(const struct numcheck_row *row, struct table *findings)
{
    const struct triple t = {row->number[NUMCHECK_ESTIMATE], row->number[NUMCHECK_LOW], row->number[NUMCHECK_HIGH]};

    if (!t.low.given || !t.high.given)
        return 0;
    if (!t.estimate.given)
        return t.low.value < t.high.value
                   ? 0
                   : numcheck_add(findings, row, NUMCHECK_LOW, "order", SEVERITY_WRONG, "the limits in the other order",
                                  "the lower limit %.*f is not below the upper limit %.*f", t.low.digits, t.low.value,
                                  t.high.digits, t.high.value);
    if (!is_ordered(&t))
        return check_order(row, &t, findings);
    if (row->scale == SCALE_RATIO && t.low.value < 0)
        return check_sign(row, &t, findings);
    if (check_symmetry(row, &t, findings) != 0 || check_error(row, &t, findings) != 0)
        return -1;
    return check_p(row, &t, findings);
}
