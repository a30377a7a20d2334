/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/exposure.h"

#include <math.h>
#include <string.h>

#include "report/pool.h"

static bool same_cell(const struct table *a, size_t row_a, const struct table *b, size_t row_b, const char *name)
{
    const struct column *left = table_column(a, name), *right = table_column(b, name);
    size_t left_length = 0, right_length = 0;
    const char *left_text, *right_text;

    if (left == NULL || right == NULL)
        return true;
    left_text = column_text(left, row_a, &left_length);
    right_text = column_text(right, row_b, &right_length);
    return left_length == right_length && memcmp(left_text, right_text, left_length) == 0;
}

static bool same_people(const struct table *risks, size_t i, const struct table *table, size_t row)
{
    static const char *const keys[] = {"outcome", "population", "stratum"};

    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
        if (!same_cell(risks, i, table, row, keys[k]))
            return false;
    return true;
}

/* Sums of one arm of one analysis. */
struct sums {
    int64_t entered, events;
};

static bool sums_are_small(const struct release_policy *policy, const struct sums *sums)
{
    return releasable_is_small(policy, sums->entered) || releasable_is_small(policy, sums->events) ||
           releasable_is_small(policy, sums->entered - sums->events);
}

static void add(struct sums *sums, const struct table *risks, size_t i, double time)
{
    int64_t entered = cell_integer(risks, "entered", i), events = cell_integer(risks, "n_event_1", i);
    double at = cell_real(risks, "time", i);

    if (entered != MISSING_INTEGER)
        sums->entered += entered;
    if (events != MISSING_INTEGER && (isnan(time) || isnan(at) || at <= time))
        sums->events += events;
}

/* Is row i about `arm` (any arm when its length is 0)? */
static bool is_arm(const struct table *table, size_t i, const char *arm, size_t arm_length)
{
    size_t length = 0;
    const char *text = column_text(table_column(table, "arm"), i, &length);

    return arm_length == 0 || (length == arm_length && memcmp(text, arm, length) == 0);
}

static bool risks_are_small(const struct exposure *exposure, const struct table *table, size_t row, const char *arm,
                            size_t arm_length, double time)
{
    const struct table *risks = exposure->risk_tables;
    struct sums sums = {0, 0};
    size_t previous = 0;
    bool started = false;

    for (size_t i = 0; risks != NULL && i < risks->n_rows; i++) {
        if (!is_arm(risks, i, arm, arm_length) || !same_people(risks, i, table, row))
            continue;
        /* Rows of one arm and analysis lie together: a new key closes the sums before. */
        if (started && !(cells_equal(risks, "arm", i, previous) && cells_equal(risks, "analysis", i, previous) &&
                         cells_equal(risks, "adjustment", i, previous))) {
            if (sums_are_small(exposure->policy, &sums))
                return true;
            sums = (struct sums){0, 0};
        }
        add(&sums, risks, i, time);
        previous = i;
        started = true;
    }
    return started && sums_are_small(exposure->policy, &sums);
}

/* Does row i of the estimates give the counts of one arm at this day? */
static bool counts_an_arm(const struct table *estimates, size_t i, double time)
{
    double at = cell_real(estimates, "time", i);

    return cell_is(estimates, "reference", i, "") && !cell_is(estimates, "arm", i, "") &&
           (cell_is(estimates, "measure", i, "risk") || cell_is(estimates, "measure", i, "survival") ||
            cell_is(estimates, "measure", i, "mean")) &&
           (at == time || (isnan(at) && isnan(time)));
}

bool exposure_is_small(const struct exposure *exposure, const struct table *table, size_t row, const char *arm,
                       size_t arm_length, double time)
{
    const struct table *estimates = exposure->estimates;

    if (risks_are_small(exposure, table, row, arm, arm_length, time))
        return true;
    for (size_t i = 0; estimates != NULL && i < estimates->n_rows; i++) {
        int64_t n = cell_integer(estimates, "n", i), events = cell_integer(estimates, "n_event", i);

        if (events == MISSING_INTEGER && cell_is(estimates, "measure", i, "mean"))
            events = 0; /* a value has no event: its people alone count */
        if (n == MISSING_INTEGER || events == MISSING_INTEGER || !counts_an_arm(estimates, i, time) ||
            !is_arm(estimates, i, arm, arm_length) || !same_people(estimates, i, table, row))
            continue;
        if (sums_are_small(exposure->policy, &(struct sums){n, events}))
            return true;
    }
    return false;
}
