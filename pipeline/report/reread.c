/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/reread.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How a measure is made of the values of its arms. */
enum combination { OF_ARM, DIFFERENCE, RATIO, ODDS_RATIO };
enum source { AT_A_DAY, AREA, QUANTILE, OTHER };

static const struct {
    const char *measure;
    enum source source;
    enum combination combination;
} measures[] = {
    {"survival", AT_A_DAY, OF_ARM},
    {"risk", AT_A_DAY, OF_ARM},
    {"cumulative_incidence", AT_A_DAY, OF_ARM},
    {"survival_difference", AT_A_DAY, DIFFERENCE},
    {"risk_difference", AT_A_DAY, DIFFERENCE},
    {"risk_ratio", AT_A_DAY, RATIO},
    {"odds_ratio", AT_A_DAY, ODDS_RATIO},
    {"rmst", AREA, OF_ARM},
    {"rmst_difference", AREA, DIFFERENCE},
    {"rmst_ratio", AREA, RATIO},
    {"quantile_time", QUANTILE, OF_ARM},
    {"quantile_difference", QUANTILE, DIFFERENCE},
};

enum { N_MEASURES = sizeof measures / sizeof measures[0] };

static size_t find_measure(const struct table *table, size_t row)
{
    size_t i = 0;

    while (i < N_MEASURES && !cell_is(table, "measure", row, measures[i].measure))
        i++;
    return i;
}

/* A row read again: its table, place and day. */
struct reading {
    struct pool *pool;
    const struct table *table;
    size_t row, measure;
    double day;
    bool before;
};

/* The chance of the event, or of being free of every one, at the day. */
static double value_at_day(const struct reading *reading, const struct coarse_curve *curve)
{
    const bool wants_survival = cell_is(reading->table, "measure", reading->row, "survival") ||
                                cell_is(reading->table, "measure", reading->row, "survival_difference");
    const char *const cause = cell_text(reading->pool, reading->table, "cause", reading->row);
    double sum = 0;

    if (curve->is_survival) {
        const double survival = coarse_read(curve, 0, COARSE_ESTIMATE, reading->day);

        return wants_survival ? survival : 1 - survival;
    }
    if (!wants_survival)
        return coarse_read(curve, coarse_cause(curve, cause), COARSE_ESTIMATE, reading->day);
    for (size_t k = 0; k < curve->n_causes; k++)
        sum += coarse_read(curve, k, COARSE_ESTIMATE, reading->day);
    return 1 - sum;
}

/* The probability of a quantile is its term; a median needs none. */
static double probability(const struct reading *reading)
{
    const double p = strtod(cell_text(reading->pool, reading->table, "term", reading->row), NULL);

    return p > 0 && p < 1 ? p : 0.5;
}

static double value_of(const struct reading *reading, const struct coarse_curve *curve)
{
    switch (measures[reading->measure].source) {
    case AREA:
        return coarse_area(curve, reading->day);
    case QUANTILE:
        return coarse_quantile(curve, COARSE_ESTIMATE, probability(reading));
    default:
        return value_at_day(reading, curve);
    }
}

static double odds(double p)
{
    return p / (1 - p);
}

static double combine(const struct reading *reading, const struct coarse_curve *curve, const struct coarse_curve *other)
{
    const double a = value_of(reading, curve);
    const enum combination combination = measures[reading->measure].combination;

    if (combination == OF_ARM)
        return a;
    const double b = value_of(reading, other);
    if (combination == DIFFERENCE)
        return a - b;
    return combination == RATIO ? a / b : odds(a) / odds(b);
}

static void set_limits(const struct reading *reading, const struct coarse_curve *curve, struct reread *result)
{
    const double estimate = cell_real(reading->table, "estimate", reading->row);
    const double low = cell_real(reading->table, "conf_low", reading->row);
    const double high = cell_real(reading->table, "conf_high", reading->row);
    const enum combination combination = measures[reading->measure].combination;

    if (measures[reading->measure].source == QUANTILE && combination == OF_ARM) {
        result->conf_low = coarse_quantile(curve, COARSE_LOW, probability(reading));
        result->conf_high = coarse_quantile(curve, COARSE_HIGH, probability(reading));
    } else if (combination == OF_ARM || combination == DIFFERENCE) {
        result->conf_low = result->estimate - (estimate - low);
        result->conf_high = result->estimate + (high - estimate);
    } else {
        result->conf_low = result->estimate * (low / estimate);
        result->conf_high = result->estimate * (high / estimate);
    }
    if (measures[reading->measure].source == AT_A_DAY && combination == OF_ARM) {
        if (result->conf_low < 0)
            result->conf_low = 0;
        if (result->conf_high > 1)
            result->conf_high = 1;
    }
}

static struct reread read_again(const struct reading *reading, const struct coarse_curve *curve,
                                const struct coarse_curve *other)
{
    struct reread result = {.kind = REREAD_WITHHELD, .estimate = NAN, .conf_low = NAN, .conf_high = NAN};

    if (reading->measure == N_MEASURES || curve == NULL ||
        (other == NULL && measures[reading->measure].combination != OF_ARM))
        return result;
    result.estimate = combine(reading, curve, other);
    if (!isfinite(result.estimate))
        return result;
    result.kind = REREAD_RELEASED;
    set_limits(reading, curve, &result);
    return result;
}

static bool ends_a_step(const struct coarse_curve *curve, const struct reading *reading)
{
    const char *const cause = cell_text(reading->pool, reading->table, "cause", reading->row);

    return curve != NULL && coarse_edge(curve, coarse_cause(curve, cause), reading->day, reading->before) != NO_EDGE;
}

struct reread reread_row(const struct coarse_curves *curves, struct pool *pool, const struct table *table, size_t row)
{
    const char *const arm = cell_text(pool, table, "arm", row), *const reference = cell_text(pool, table, "reference", row);
    const struct reading reading = {.pool = pool,
                                    .table = table,
                                    .row = row,
                                    .measure = find_measure(table, row),
                                    .day = cell_real(table, "time", row),
                                    .before = cell_is(table, "term", row, "at least")};
    const enum source source = reading.measure == N_MEASURES ? OTHER : measures[reading.measure].source;
    const struct coarse_curve *people = coarse_curves_find(curves, table, row, arm, false);
    const struct coarse_curve *others = reference[0] == '\0' ? people : coarse_curves_find(curves, table, row, reference, false);

    /* Without a curve there is no time; a test of all arms at a day has no curve of its own. */
    if ((people == NULL && others == NULL) || (source != QUANTILE && !isfinite(reading.day)) ||
        !isfinite(cell_real(table, "estimate", row)))
        return (struct reread){.kind = REREAD_EXACT};
    if (source != AREA && source != QUANTILE && ends_a_step(people, &reading) && ends_a_step(others, &reading))
        return (struct reread){.kind = REREAD_EXACT};
    return read_again(&reading, coarse_curves_find(curves, table, row, arm, true),
                      reference[0] == '\0' ? NULL : coarse_curves_find(curves, table, row, reference, true));
}
