/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/withhold.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/pool.h"
#include "report/withhold_flow.h"

const char *withheld_text(const char *column, const char *text)
{
    if (strcmp(column, "status") == 0 || strcmp(column, "verdict") == 0)
        return "withheld";
    if (strcmp(column, "note") == 0)
        return "withheld: it would give a small count away";
    /* What statistics say, and warnings about detection, may name the numbers that are hidden. */
    if (strcmp(column, "statistically") == 0 || strcmp(column, "gate") == 0 ||
        strcmp(column, "signal") == 0)
        return "";
    return text;
}

/* An estimate at a day rests on the exits up to it; a restricted mean and a test likewise, or on all. */
static bool arms_are_small(const struct release_source *source, const struct table *exact, size_t row)
{
    double time = cell_real(exact, "time", row);
    size_t n_arm = 0, n_reference = 0;
    const char *arm = column_text(table_column(exact, "arm"), row, &n_arm);
    const char *reference = column_text(table_column(exact, "reference"), row, &n_reference);

    if (exposure_is_small(&source->exposure, exact, row, arm, n_arm, time))
        return true;
    return n_reference > 0 && exposure_is_small(&source->exposure, exact, row, reference, n_reference, time);
}

/* The share of people on the emptier side of a quantile, whose probability is its term; of a median when unnamed. */
static double smaller_side(const struct table *exact, size_t row)
{
    size_t length = 0;
    const char *term = column_text(table_column(exact, "term"), row, &length);
    char text[32] = "";
    double p;

    if (length < sizeof text)
        memcpy(text, term, length);
    p = strtod(text, NULL);
    return p > 0 && p < 1 ? fmin(p, 1 - p) : 0.5;
}

/* "sex" of "sex=F" and of "sex": what people are divided by. */
static size_t division_of(const char *stratum, size_t length)
{
    const char *equal = memchr(stratum, '=', length);

    return equal == NULL ? length : (size_t)(equal - stratum);
}

/*
 * Parts of one division add up to the whole, which is shown: a part hidden alone would be their difference.  So all parts are
 * hidden where one of them is small.
 */
static bool other_parts_are_small(const struct release_source *source, const struct table *exact, size_t row)
{
    const struct column *strata = table_column(exact, "stratum");
    size_t length = 0, other_length = 0, before_length = 0;
    const char *stratum = strata == NULL ? "" : column_text(strata, row, &length), *before = "";
    const size_t division = division_of(stratum, length);
    const double time = cell_real(exact, "time", row);

    for (size_t i = 0; length > 0 && i < exact->n_rows; i++) {
        const char *other = column_text(strata, i, &other_length);

        if (division_of(other, other_length) != division || memcmp(other, stratum, division) != 0 ||
            !cells_equal(exact, "outcome", i, row) || !cells_equal(exact, "population", i, row) ||
            (other_length == before_length && memcmp(other, before, other_length) == 0))
            continue;
        before = other;
        before_length = other_length;
        if (exposure_is_small(&source->exposure, exact, i, "", 0, time))
            return true;
    }
    return false;
}

/* Its own counts first: they may be of other people than those of the risk tables. */
static bool estimate_is_small(const struct release_source *source, const struct table *exact, size_t row)
{
    int64_t n = cell_integer(exact, "n", row), events = cell_integer(exact, "n_event", row);

    if (n != MISSING_INTEGER && events != MISSING_INTEGER &&
        releasable_is_small(&source->policy, n > events ? n - events : 0))
        return true;
    if (cell_is(exact, "measure", row, "quantile_time") && n != MISSING_INTEGER &&
        (double)n * smaller_side(exact, row) < (double)source->policy.threshold)
        return true;
    return arms_are_small(source, exact, row) || other_parts_are_small(source, exact, row);
}

/* Is baseline row i one that the balance row was computed from? One without a level is of the whole factor. */
static bool is_part_of(const struct table *baseline, size_t i, const struct table *exact, size_t row)
{
    static const char *const keys[] = {"population", "term", "level"};

    for (size_t k = 0; k < (cell_is(exact, "level", row, "") ? 2u : 3u); k++) {
        size_t length = 0;
        const char *text = column_text(table_column(exact, keys[k]), row, &length);
        size_t other_length = 0;
        const char *other = column_text(table_column(baseline, keys[k]), i, &other_length);

        if (length != other_length || memcmp(text, other, length) != 0)
            return false;
    }
    return true;
}

/* People of the row's arm and population that have a value of the term, at all levels. */
static int64_t people_of_term(const struct table *baseline, size_t row)
{
    int64_t sum = 0;

    for (size_t i = 0; i < baseline->n_rows; i++) {
        int64_t n = cell_integer(baseline, "n", i);

        if (n != MISSING_INTEGER && cells_equal(baseline, "population", i, row) &&
            cells_equal(baseline, "term", i, row) && cells_equal(baseline, "arm", i, row))
            sum += n;
    }
    return sum;
}

static bool baseline_is_small(const struct release_policy *policy, const struct table *baseline, size_t row)
{
    int64_t n = cell_integer(baseline, "n", row);

    if (releasable_is_small(policy, n) || releasable_is_small(policy, cell_integer(baseline, "n_missing", row)))
        return true;
    return n != MISSING_INTEGER && !cell_is(baseline, "level", row, "") &&
           releasable_is_small(policy, people_of_term(baseline, row) - n);
}

static bool balance_is_small(const struct release_source *source, const struct table *exact, size_t row)
{
    const struct table *baseline = source->baseline;

    for (size_t i = 0; baseline != NULL && i < baseline->n_rows; i++)
        if (is_part_of(baseline, i, exact, row) && baseline_is_small(&source->policy, baseline, i))
            return true;
    return false;
}

/* The ends of a range may be the values of one person each. */
static bool is_end_of_range(const struct table *quality, size_t row)
{
    static const char *const ends[] = {"lowest", "highest", "first_day", "last_day"};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (cell_is(quality, "quantity", row, ends[i]))
            return true;
    return false;
}

/* The rows of one file and column add up: kept, missing, rejected.  One hidden alone would be their difference. */
static bool quality_is_small(const struct release_policy *policy, const struct table *quality, size_t row)
{
    if (is_end_of_range(quality, row))
        return true;
    for (size_t i = 0; i < quality->n_rows; i++)
        if (cells_equal(quality, "table", i, row) && cells_equal(quality, "file", i, row) &&
            cells_equal(quality, "column", i, row) && releasable_is_small(policy, cell_integer(quality, "n", i)))
            return true;
    return false;
}

bool gives_small_count_away(const struct release_source *source, const struct table *exact, size_t row)
{
    if (strcmp(exact->name, "estimates") == 0)
        return estimate_is_small(source, exact, row);
    if (strcmp(exact->name, "verdicts") == 0)
        return arms_are_small(source, exact, row);
    if (strcmp(exact->name, "baseline") == 0)
        return baseline_is_small(&source->policy, exact, row);
    if (strcmp(exact->name, "quality") == 0)
        return quality_is_small(&source->policy, exact, row);
    if (strcmp(exact->name, "balance") == 0)
        return balance_is_small(source, exact, row);
    if (strcmp(exact->name, "flow") == 0)
        return flow_is_small(&source->policy, exact, row);
    return false;
}
