/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/exposure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "base/memory.h"

/* ---- rows that belong together ------------------------------------------------------------------------------------- */

enum { N_KEYS = 6 };
static const char *const key_names[N_KEYS] = {"analysis", "outcome", "population", "stratum", "arm", "adjustment"};

static bool goes_on(const struct column *const keys[N_KEYS], size_t row)
{
    for (size_t k = 0; k < N_KEYS; k++) {
        size_t n = 0, n_before = 0;
        const char *const text = keys[k] == NULL ? "" : column_text(keys[k], row, &n);
        const char *const before = keys[k] == NULL ? "" : column_text(keys[k], row - 1, &n_before);
        if (n != n_before || memcmp(text, before, n) != 0)
            return false;
    }
    return true;
}

/* ---- who is behind a row --------------------------------------------------------------------------------------------- */

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

/* Of people; those that are weighted are rounded. */
static int64_t count_of(const struct column *column, size_t row)
{
    if (column == NULL || column_is_missing(column, row))
        return MISSING_INTEGER;
    return column->type == COLUMN_FLOAT64 ? llround(column_real(column, row)) : column_integer(column, row);
}

/* Rows first .. end - 1, up to a day. */
static void add(struct sums *sums, const struct table *risks, size_t first, size_t end, double time)
{
    const struct column *const times = table_column(risks, "time"), *const entered = table_column(risks, "entered"),
                              *const events = table_column(risks, "n_event_1");

    for (size_t i = first; i < end; i++) {
        const int64_t n_entered = count_of(entered, i), n_events = count_of(events, i);
        const double at = times == NULL ? NAN : column_real(times, i);
        if (n_entered != MISSING_INTEGER)
            sums->entered += n_entered;
        if (n_events != MISSING_INTEGER && (isnan(time) || isnan(at) || at <= time))
            sums->events += n_events;
    }
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

    for (size_t run = 0; run < exposure->n_runs; run++) {
        const size_t first = exposure->runs[run];
        if (!is_arm(risks, first, arm, arm_length) || !same_people(risks, first, table, row))
            continue;
        /* Rows of one arm and analysis lie together: a new key closes the sums before. */
        if (started && !(cells_equal(risks, "arm", first, previous) && cells_equal(risks, "analysis", first, previous) &&
                         cells_equal(risks, "adjustment", first, previous))) {
            if (sums_are_small(exposure->policy, &sums))
                return true;
            sums = (struct sums){0, 0};
        }
        add(&sums, risks, first, exposure->runs[run + 1], time);
        previous = first;
        started = true;
    }
    return started && sums_are_small(exposure->policy, &sums);
}

/* Does row i of the estimates give the counts of one arm? */
static bool counts_an_arm(const struct table *estimates, size_t i)
{
    return cell_is(estimates, "reference", i, "") && !cell_is(estimates, "arm", i, "") &&
           (cell_is(estimates, "measure", i, "risk") || cell_is(estimates, "measure", i, "survival") ||
            cell_is(estimates, "measure", i, "mean"));
}

static bool is_thin(const struct exposure *exposure, size_t i)
{
    const struct table *const estimates = exposure->estimates;
    const int64_t n = cell_integer(estimates, "n", i);
    int64_t events = cell_integer(estimates, "n_event", i);

    if (events == MISSING_INTEGER && cell_is(estimates, "measure", i, "mean"))
        events = 0; /* a value has no event: its people alone count */
    return n != MISSING_INTEGER && events != MISSING_INTEGER && counts_an_arm(estimates, i) &&
           sums_are_small(exposure->policy, &(struct sums){n, events});
}

/* Every estimate asks for those of its people and day: they are few, and found once. */
static int find_thin(struct exposure *exposure)
{
    const size_t n = cell_rows(exposure->estimates);

    if ((exposure->thin = allocate(n + 1, sizeof *exposure->thin)) == NULL)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (is_thin(exposure, i))
            exposure->thin[exposure->n_thin++] = i;
    return 0;
}

bool exposure_is_small(const struct exposure *exposure, const struct table *table, size_t row, const char *arm,
                       size_t arm_length, double time)
{
    const struct table *estimates = exposure->estimates;

    if (risks_are_small(exposure, table, row, arm, arm_length, time))
        return true;
    for (size_t k = 0; k < exposure->n_thin; k++) {
        const size_t i = exposure->thin[k];
        const double at = cell_real(estimates, "time", i);

        if ((at == time || (isnan(at) && isnan(time))) && is_arm(estimates, i, arm, arm_length) &&
            same_people(estimates, i, table, row))
            return true;
    }
    return false;
}

/* ---- the tables ---------------------------------------------------------------------------------------------------- */

int exposure_start(struct exposure *exposure, const struct release_policy *policy, const struct table *risk_tables,
                   const struct table *estimates)
{
    const size_t n = risk_tables == NULL ? 0 : risk_tables->n_rows;
    const struct column *keys[N_KEYS] = {NULL};

    *exposure = (struct exposure){.policy = policy, .risk_tables = risk_tables, .estimates = estimates};
    if ((exposure->runs = allocate(n + 1, sizeof *exposure->runs)) == NULL)
        return -1;
    for (size_t k = 0; n > 0 && k < N_KEYS; k++)
        keys[k] = table_column(risk_tables, key_names[k]);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || !goes_on(keys, i))
            exposure->runs[exposure->n_runs++] = i;
    exposure->runs[exposure->n_runs] = n;
    return find_thin(exposure);
}

void exposure_free(struct exposure *exposure)
{
    free(exposure->runs);
    free(exposure->thin);
    *exposure = (struct exposure){.policy = NULL};
}
