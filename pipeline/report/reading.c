/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/reading.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "study/measure.h"

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);

    return n >= m && strcmp(text + n - m, end) == 0;
}

/* A verdict does not say whether its day counts as passed; the estimate it is about does. */
static bool is_at_least(struct bundle *bundle, const struct table *table, size_t row)
{
    if (table == bundle->verdicts) {
        long estimate = reading_estimate_of(bundle, row);

        return estimate != NO_ROW && cell_is(bundle->estimates, "term", (size_t)estimate, "at least");
    }
    return cell_is(table, "term", row, "at least");
}

static const char *quantile_words(struct bundle *bundle, const struct table *table, size_t row)
{
    double p = strtod(cell_text(bundle->pool, table, "term", row), NULL);

    if (p == 0.5)
        return "median";
    return pool_format(bundle->pool, "%s quantile", words_value(bundle->pool, SCALE_PERCENT, p, ""));
}

const char *reading_when(struct bundle *bundle, const struct table *table, size_t row)
{
    struct pool *pool = bundle->pool;
    const char *measure = cell_text(pool, table, "measure", row);
    const char *outcome = cell_text(pool, table, "outcome", row);
    double time = cell_real(table, "time", row);
    const char *units = bundle_outcome_units(bundle, outcome), *day = words_day(pool, time);
    const char *unit = words_unit(pool, units);

    if (strncmp(measure, "quantile", 8) == 0)
        return quantile_words(bundle, table, row);
    if (isnan(time))
        return "";
    if (strncmp(measure, "rmst", 4) == 0)
        return pool_format(pool, "within %s %s", day, units);
    if (strncmp(measure, "survival", 8) == 0)
        return is_at_least(bundle, table, row) ? pool_format(pool, "%s %s or longer", unit, day)
                                               : pool_format(pool, "beyond %s %s", unit, day);
    return is_at_least(bundle, table, row) ? pool_format(pool, "before %s %s", unit, day)
                                           : pool_format(pool, "by %s %s", unit, day);
}

const char *reading_what(struct bundle *bundle, const struct table *table, size_t row)
{
    struct pool *pool = bundle->pool;
    const char *outcome = cell_text(pool, table, "outcome", row);
    const char *label = bundle_outcome_label(bundle, outcome), *when = reading_when(bundle, table, row);
    const char *measure = cell_text(pool, table, "measure", row);

    if (strncmp(measure, "survival", 8) == 0)
        return pool_format(pool, "%s, %s%s%s", label,
                           strcmp(bundle_outcome_text(bundle, outcome, "rule"), "retention") == 0 ? "still in treatment"
                                                                                                  : "event-free",
                           when[0] == '\0' ? "" : " ", when);
    if (strncmp(measure, "rmst", 4) == 0)
        return pool_format(pool, "%s, mean time %s", label, when);
    if (strncmp(measure, "quantile", 8) == 0)
        return pool_format(pool, "%s, %s time", label, when);
    return when[0] == '\0' ? label : pool_format(pool, "%s, %s", label, when);
}

const char *reading_whom(struct bundle *bundle, const struct table *table, size_t row)
{
    const char *arm = cell_text(bundle->pool, table, "arm", row);
    const char *reference = cell_text(bundle->pool, table, "reference", row);

    if (arm[0] == '\0')
        return "all arms";
    if (reference[0] == '\0')
        return bundle_arm_label(bundle, arm);
    return pool_format(bundle->pool, "%s v %s", bundle_arm_label(bundle, arm), bundle_arm_label(bundle, reference));
}

const char *reading_where(struct bundle *bundle, const struct table *table, size_t row)
{
    const char *text = "", *stratum = cell_text(bundle->pool, table, "stratum", row);
    const char *adjustment = cell_text(bundle->pool, table, "adjustment", row);
    const char *outcome = cell_text(bundle->pool, table, "outcome", row);

    if (bundle_several_populations(bundle, outcome))
        text = pool_format(bundle->pool, ", population %s", words_spoken(bundle->pool, cell_text(bundle->pool, table, "population", row)));
    if (bundle_several_analyses(bundle, outcome))
        text = pool_format(bundle->pool, "%s, analysis %s", text, words_spoken(bundle->pool, cell_text(bundle->pool, table, "analysis", row)));
    if (stratum[0] != '\0')
        text = pool_format(bundle->pool, "%s, %s", text, stratum);
    if (adjustment[0] != '\0' && strcmp(adjustment, "unadjusted") != 0)
        text = pool_format(bundle->pool, "%s, %s", text, words_adjustment(bundle->pool, adjustment));
    return text;
}

bool reading_has_value(const struct table *table, size_t row)
{
    return isfinite(cell_real(table, "estimate", row));
}

const char *reading_value(struct bundle *bundle, const struct table *table, size_t row)
{
    const char *measure = cell_text(bundle->pool, table, "measure", row);
    const char *outcome = cell_text(bundle->pool, table, "outcome", row);

    if (reading_has_value(table, row))
        return words_value(bundle->pool, words_scale(measure), cell_real(table, "estimate", row),
                           bundle_outcome_units(bundle, outcome));
    return cell_is(table, "status", row, "withheld") || cell_is(table, "verdict", row, "withheld") ? "withheld"
                                                                                                   : "not estimable";
}

const char *reading_interval(struct bundle *bundle, const struct table *table, size_t row)
{
    /* The test of a margin shows the interval of the measure that its term names. */
    const char *measure = cell_text(bundle->pool, table, reading_is_test(bundle, table, row) ? "term" : "measure", row);

    return words_interval(bundle->pool, words_scale(measure), cell_real(table, "conf_low", row),
                          cell_real(table, "conf_high", row));
}

static bool same_text(const struct table *a, size_t i, const struct table *b, size_t j, const char *name)
{
    const struct column *left = table_column(a, name), *right = table_column(b, name);
    size_t n = 0, m = 0;
    const char *x, *y;

    if (left == NULL || right == NULL)
        return true;
    x = column_text(left, i, &n);
    y = column_text(right, j, &m);
    return n == m && memcmp(x, y, n) == 0;
}

static bool same_real(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static bool speaks_of(const struct bundle *bundle, size_t verdict, size_t estimate)
{
    static const char *const keys[] = {"analysis", "outcome", "population", "adjustment",
                                       "measure",  "arm",     "reference"};

    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
        if (!same_text(bundle->verdicts, verdict, bundle->estimates, estimate, keys[k]))
            return false;
    return same_real(cell_real(bundle->verdicts, "time", verdict), cell_real(bundle->estimates, "time", estimate)) &&
           same_real(cell_real(bundle->verdicts, "estimate", verdict),
                     cell_real(bundle->estimates, "estimate", estimate));
}

long reading_verdict_of(const struct bundle *bundle, size_t estimate_row)
{
    for (size_t i = 0; i < cell_rows(bundle->verdicts); i++)
        if (speaks_of(bundle, i, estimate_row))
            return (long)i;
    return NO_ROW;
}

long reading_estimate_of(const struct bundle *bundle, size_t verdict_row)
{
    for (size_t i = 0; i < cell_rows(bundle->estimates); i++)
        if (speaks_of(bundle, verdict_row, i))
            return (long)i;
    return NO_ROW;
}

const char *reading_margin(struct bundle *bundle, size_t verdict_row)
{
    const struct table *verdicts = bundle->verdicts;
    double margin = cell_real(verdicts, "margin", verdict_row);
    enum scale scale = words_scale(cell_text(bundle->pool, verdicts, "measure", verdict_row));
    const char *units = bundle_outcome_units(bundle, cell_text(bundle->pool, verdicts, "outcome", verdict_row));
    double percent = 100 * margin;

    if (scale == SCALE_POINTS && fabs(percent - round(percent)) < 1e-9)
        return pool_format(bundle->pool, "%s points", words_fixed(bundle->pool, percent, 0));
    if (scale == SCALE_DAYS)
        return pool_format(bundle->pool, "%s %s", words_day(bundle->pool, margin), units);
    return words_value(bundle->pool, scale, margin, units);
}

bool reading_is_repeated(struct bundle *bundle, size_t row)
{
    static const char *const keys[] = {"analysis", "outcome", "population", "adjustment", "stratum",
                                       "term",     "cause",   "arm",        "reference"};
    const struct table *estimates = bundle->estimates;
    bool difference = cell_is(estimates, "measure", row, "survival_difference");

    if (!difference && !cell_is(estimates, "measure", row, "survival"))
        return false;
    for (size_t i = 0; i < cell_rows(estimates); i++) {
        bool same = cell_is(estimates, "measure", i, difference ? "risk_difference" : "risk") &&
                    same_real(cell_real(estimates, "time", i), cell_real(estimates, "time", row));

        for (size_t k = 0; same && k < sizeof keys / sizeof keys[0]; k++)
            same = cells_equal(estimates, keys[k], row, i);
        if (same)
            return true;
    }
    return false;
}

bool reading_is_test(struct bundle *bundle, const struct table *table, size_t row)
{
    return ends_with(cell_text(bundle->pool, table, "measure", row), "_test");
}

bool reading_is_contrast(struct bundle *bundle, const struct table *table, size_t row)
{
    enum measure measure;

    return !reading_is_test(bundle, table, row) &&
           measure_from_name(cell_text(bundle->pool, table, "measure", row), &measure) == 0 &&
           measure_is_contrast(measure);
}

bool reading_is_of_profile(const struct table *table, size_t row)
{
    return cell_contains(table, "analysis", row, "@");
}

bool reading_is_of_range(const struct bundle *bundle, const struct table *table, size_t row)
{
    for (size_t i = 0; i < bundle->n_ranges; i++)
        if (cell_is(table, "analysis", row, bundle->ranges[i]))
            return true;
    return false;
}

bool reading_is_pooled(struct bundle *bundle, size_t row)
{
    return strncmp(cell_text(bundle->pool, bundle->estimates, "adjustment", row), "meta_", 5) == 0;
}

bool reading_is_main(struct bundle *bundle, size_t row)
{
    return cell_is(bundle->estimates, "stratum", row, "") && !reading_is_pooled(bundle, row) &&
           !reading_is_of_profile(bundle->estimates, row) && !reading_is_of_range(bundle, bundle->estimates, row);
}

bool reading_is_headline_day(struct bundle *bundle, size_t row)
{
    const struct table *estimates = bundle->estimates;
    const char *at = bundle_study_value(bundle, "primary.at");
    const double time = cell_real(estimates, "time", row), wanted = at[0] == '\0' ? (double)NAN : strtod(at, NULL);
    double last = time;

    for (size_t i = 0; i < cell_rows(estimates); i++)
        if (rows_agree(estimates, "measure outcome arm adjustment reference term stratum analysis population", i, row)) {
            if (cell_real(estimates, "time", i) == wanted)
                return time == wanted;
            last = fmax(last, cell_real(estimates, "time", i));
        }
    return time == last || (isnan(time) && isnan(last));
}
