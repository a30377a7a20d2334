/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/withhold.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/model_rules.h"
#include "report/pool.h"

/* "the largest allowed tau is 364" names the longest time of somebody. */
static const char *without_numbers(struct pool *pool, const char *text)
{
    const char *result = "";

    while (*text != '\0') {
        const size_t words = strcspn(text, "0123456789");
        const char *const rest = text + words;
        size_t number = strspn(rest, "0123456789.");

        while (number > 0 && rest[number - 1] == '.') /* the end of a sentence */
            number--;
        result = pool_format(pool, "%s%s%s", result, pool_copy(pool, text, words), number > 0 ? "(withheld)" : "");
        text = rest + number;
        if (number == 0 && *text != '\0')
            break;
    }
    return result;
}

const char *released_text(struct pool *pool, enum fate fate, const char *column, const char *text)
{
    const bool is_note = strcmp(column, "note") == 0, is_gate = strcmp(column, "gate") == 0;

    if (fate != FATE_WITHHELD) {
        if (is_note && fate == FATE_REREAD)
            return "read from the released curves";
        if (is_note && fate == FATE_COARSE)
            return "its counts are withheld, and digits that would give them away";
        return is_note || is_gate ? without_numbers(pool, text) : text;
    }
    if (strcmp(column, "status") == 0 || strcmp(column, "verdict") == 0)
        return "withheld";
    if (is_note)
        return "withheld: it would give a small count away";
    /* What statistics say, and warnings about detection, may name the numbers that are hidden. */
    if (is_gate || strcmp(column, "statistically") == 0 || strcmp(column, "signal") == 0)
        return "";
    return text;
}

bool count_is_hidden(const struct release_source *source, const struct table *exact, size_t row, const char *column)
{
    const int64_t value = cell_integer(exact, column, row);
    size_t count;

    if (source->policy.threshold == 0 || value == MISSING_INTEGER)
        return false;
    if (value < 0)
        return true;
    count = release_counts_cell(source->counts, exact, row, column);
    /* A count that the audit has not seen, or that has no cell, such as events by a day within a step, is never shown. */
    return count == NO_COUNT || source->counts->system->counts[count].hidden ||
           source->counts->system->counts[count].cost == COST_NONE;
}

/* Hidden for its own sake, not to protect another count? */
static bool is_hidden_itself(const struct release_source *source, const struct table *exact, size_t row, const char *column)
{
    const size_t count = release_counts_cell(source->counts, exact, row, column);
    const struct count *const about = count == NO_COUNT ? NULL : &source->counts->system->counts[count];

    return about != NULL && about->hidden && about->is_small;
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

    if (is_hidden_itself(source, exact, row, "n") || is_hidden_itself(source, exact, row, "n_event"))
        return true;
    if (n != MISSING_INTEGER && releasable_is_small(&source->policy, n))
        return true;
    if (n != MISSING_INTEGER && events != MISSING_INTEGER &&
        (releasable_is_small(&source->policy, events) || releasable_is_small(&source->policy, n > events ? n - events : 0)))
        return true;
    if (cell_is(exact, "measure", row, "quantile_time") && n != MISSING_INTEGER &&
        (double)n * smaller_side(exact, row) < (double)source->policy.threshold)
        return true;
    return arms_are_small(source, exact, row) || other_parts_are_small(source, exact, row) ||
           model_is_thin(source, exact, row);
}

/* Half a unit of the second significant digit. */
static double reach(double value)
{
    return value == 0 ? 0 : 0.5 * pow(10, floor(log10(fabs(value))) - 1);
}

/*
 * The width of an interval tells how many people it rests on: width ~ n^-1/2.  With two digits of each limit the width is
 * known within `doubt`, and n within 2 doubt n; that must span twice the threshold where n is hidden.
 */
static bool limits_give_away(const struct release_source *source, const struct table *exact, size_t row)
{
    const double low = cell_real(exact, "conf_low", row), high = cell_real(exact, "conf_high", row);
    const int64_t n = cell_integer(exact, "n", row);
    double doubt;

    if (n == MISSING_INTEGER || !isfinite(low) || !isfinite(high))
        return false;
    doubt = high > low ? (reach(low) + reach(high)) / (high - low) : 1;
    return 2 * doubt * (double)n < 2 * (double)source->policy.threshold;
}

static enum fate estimate_fate(const struct release_source *source, const struct table *exact, size_t row,
                               struct reread *numbers)
{
    if (estimate_is_small(source, exact, row))
        return FATE_WITHHELD;
    *numbers = reread_row(source->curves, source->counts->pool, exact, row);
    if (numbers->kind == REREAD_WITHHELD)
        return FATE_WITHHELD;
    /* Events by a day within a step are hidden as such; only people that are hidden make the rest coarse. */
    if (count_is_hidden(source, exact, row, "n") ||
        (numbers->kind == REREAD_EXACT && count_is_hidden(source, exact, row, "n_event")))
        return limits_give_away(source, exact, row) ? FATE_WITHHELD : FATE_COARSE;
    return numbers->kind == REREAD_RELEASED ? FATE_REREAD : FATE_SHOWN;
}

/* The estimate that a verdict judges; n_rows when there is none. */
static size_t judged_estimate(const struct table *estimates, const struct table *verdicts, size_t row)
{
    static const char *const keys[] = {"analysis", "outcome", "population", "adjustment", "estimand",
                                       "measure",  "arm",     "reference"};
    const double day = cell_real(verdicts, "time", row);

    for (size_t i = 0; i < cell_rows(estimates); i++) {
        const double other = cell_real(estimates, "time", i);
        bool same = (day == other || (isnan(day) && isnan(other))) && !cell_is(estimates, "term", i, "at least");

        for (size_t k = 0; same && k < sizeof keys / sizeof keys[0]; k++)
            same = texts_agree(verdicts, keys[k], row, estimates, keys[k], i);
        if (same)
            return i;
    }
    return cell_rows(estimates);
}

static enum fate verdict_fate(const struct release_source *source, const struct table *verdicts, size_t row,
                              struct reread *numbers)
{
    const struct table *estimates = source->exposure.estimates;
    const size_t judged = judged_estimate(estimates, verdicts, row);

    if (arms_are_small(source, verdicts, row))
        return FATE_WITHHELD;
    if (judged < cell_rows(estimates))
        return estimate_fate(source, estimates, judged, numbers);
    *numbers = reread_row(source->curves, source->counts->pool, verdicts, row);
    return numbers->kind == REREAD_EXACT ? FATE_SHOWN : numbers->kind == REREAD_RELEASED ? FATE_REREAD : FATE_WITHHELD;
}

/* Is baseline row i one that the balance row was computed from? One without a level is of the whole factor. */
static bool is_part_of(const struct table *baseline, size_t i, const struct table *exact, size_t row)
{
    return texts_agree(baseline, "population", i, exact, "population", row) &&
           texts_agree(baseline, "term", i, exact, "term", row) &&
           (cell_is(exact, "level", row, "") || texts_agree(baseline, "level", i, exact, "level", row));
}

static bool balance_is_small(const struct release_source *source, const struct table *exact, size_t row)
{
    const struct table *baseline = source->baseline;

    for (size_t i = 0; baseline != NULL && i < baseline->n_rows; i++)
        if (is_part_of(baseline, i, exact, row) &&
            (is_hidden_itself(source, baseline, i, "n") ||
             (!cell_is(baseline, "level", i, "") && count_is_hidden(source, baseline, i, "n"))))
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

enum fate row_fate(const struct release_source *source, const struct table *exact, size_t row, struct reread *numbers)
{
    bool withheld = false;

    numbers->kind = REREAD_EXACT;
    if (strcmp(exact->name, "estimates") == 0)
        return estimate_fate(source, exact, row, numbers);
    if (strcmp(exact->name, "verdicts") == 0 || strcmp(exact->name, "grid") == 0)
        return verdict_fate(source, exact, row, numbers);
    if (strcmp(exact->name, "balance") == 0)
        withheld = balance_is_small(source, exact, row);
    else if (strcmp(exact->name, "quality") == 0)
        withheld = is_end_of_range(exact, row);
    else if (strcmp(exact->name, "programmes") == 0 || strcmp(exact->name, "programme_measures") == 0)
        withheld = count_is_hidden(source, exact, row, "n") || count_is_hidden(source, exact, row, "n_event");
    else if (strcmp(exact->name, "baseline") == 0)
        withheld = is_hidden_itself(source, exact, row, "n") ||
                   (!cell_is(exact, "level", row, "") && count_is_hidden(source, exact, row, "n"));
    return withheld ? FATE_WITHHELD : FATE_SHOWN;
}

bool number_may_leave(const struct release_source *source, const struct table *exact, size_t row, const char *column)
{
    /* A percentage tells how many it is of: they must be shown as well. */
    if (strcmp(column, "percent") == 0)
        return !count_is_hidden(source, exact, row, "n") && !count_is_hidden(source, exact, row, "n_missing");
    /* A median of few is close to being somebody's number: it needs a releasable count on each side. */
    if (strcmp(column, "median_gap") == 0)
        return !count_is_hidden(source, exact, row, "n") &&
               cell_integer(exact, "n", row) / 2 >= source->policy.threshold;
    /* Time at risk up to a day within a step tells when somebody left. */
    if (strcmp(column, "person_time") == 0)
        return !count_is_hidden(source, exact, row, "n") && !count_is_hidden(source, exact, row, "n_event");
    return true;
}
