/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/release_curves.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "report/pool.h"

enum { CAUSES_MAX = 16 };

/* Rows first .. end - 1 of the table: one arm, cause after cause. */
struct arm_curves {
    const struct table *exact;
    size_t first, end;
    size_t n_causes;
    size_t causes[CAUSES_MAX + 1]; /* first row of each cause; causes[n_causes] = end */
    size_t n_days;
    double *days; /* [n_days] distinct, ascending */
};

static const struct {
    const char *name;
    enum release_kind kind;
    enum column_type type;
    const char *label;
} columns[] = {
    {"analysis", RELEASE_PLAIN, COLUMN_TEXT, "Analysis"},
    {"outcome", RELEASE_PLAIN, COLUMN_TEXT, "Outcome"},
    {"population", RELEASE_PLAIN, COLUMN_TEXT, "Population"},
    {"adjustment", RELEASE_PLAIN, COLUMN_TEXT, "Adjustment"},
    {"stratum", RELEASE_PLAIN, COLUMN_TEXT, "Stratum"},
    {"measure", RELEASE_PLAIN, COLUMN_TEXT, "Measure"},
    {"cause", RELEASE_PLAIN, COLUMN_TEXT, "Cause"},
    {"arm", RELEASE_PLAIN, COLUMN_TEXT, "Arm"},
    {"time", RELEASE_PLAIN, COLUMN_FLOAT64, "Last day of the step"},
    {"n_risk", RELEASE_COUNT, COLUMN_INT64, "At risk when the step began"},
    {"n_event", RELEASE_COUNT, COLUMN_INT64, "Events in the step"},
    {"estimate", RELEASE_NUMBER, COLUMN_FLOAT64, "Estimate"},
    {"conf_low", RELEASE_NUMBER, COLUMN_FLOAT64, "Lower limit"},
    {"conf_high", RELEASE_NUMBER, COLUMN_FLOAT64, "Upper limit"},
};

enum { N_COLUMNS = sizeof columns / sizeof columns[0], N_KEYS = 8 };

static bool same_arm(const struct table *exact, size_t row, size_t other)
{
    static const char *const keys[] = {"analysis", "outcome", "population", "adjustment", "stratum", "arm"};

    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
        if (!cells_equal(exact, keys[k], row, other))
            return false;
    return true;
}

static int64_t count(const struct table *exact, const char *column, size_t row)
{
    int64_t n = cell_integer(exact, column, row);

    return n == MISSING_INTEGER ? 0 : n;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static int find_days(struct arm_curves *arm)
{
    size_t n = arm->end - arm->first, kept = 0;

    arm->days = allocate(n, sizeof *arm->days);
    if (arm->days == NULL)
        return -1;
    for (size_t i = 0; i < n; i++)
        arm->days[i] = cell_real(arm->exact, "time", arm->first + i);
    qsort(arm->days, n, sizeof *arm->days, by_value);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || arm->days[i] > arm->days[kept - 1])
            arm->days[kept++] = arm->days[i];
    arm->n_days = kept;
    return 0;
}

static int find_causes(struct arm_curves *arm)
{
    arm->n_causes = 0;
    for (size_t i = arm->first; i < arm->end; i++)
        if (i == arm->first || !cells_equal(arm->exact, "cause", i, i - 1)) {
            if (arm->n_causes == CAUSES_MAX)
                return fail("more than %d causes in one curve", CAUSES_MAX);
            arm->causes[arm->n_causes++] = i;
        }
    arm->causes[arm->n_causes] = arm->end;
    return 0;
}

/* The last row of cause k at or before a day; SIZE_MAX before its first. */
static size_t row_at(const struct arm_curves *arm, size_t k, double day)
{
    size_t found = SIZE_MAX;

    for (size_t i = arm->causes[k]; i < arm->causes[k + 1]; i++)
        if (cell_real(arm->exact, "time", i) <= day)
            found = i;
    return found;
}

/* Events of cause k in (after, day]; of every day up to `day` when after is -infinity. */
static int64_t events_between(const struct arm_curves *arm, size_t k, double after, double day)
{
    int64_t sum = 0;

    for (size_t i = arm->causes[k]; i < arm->causes[k + 1]; i++) {
        double time = cell_real(arm->exact, "time", i);

        if (time > after && time <= day)
            sum += count(arm->exact, "n_event", i);
    }
    return sum;
}

/* One released row: cause k at `day`, having begun after `after`. */
static int add_step(struct release_table *table, struct pool *pool, const struct release_policy *policy,
                    const struct arm_curves *arm, size_t k, double after, double day)
{
    const struct table *exact = arm->exact;
    size_t row = row_at(arm, k, day), start = arm->causes[k];

    while (start + 1 < arm->causes[k + 1] && cell_real(exact, "time", start) <= after)
        start++;
    if (row == SIZE_MAX)
        row = arm->causes[k];
    release_row(table);
    for (size_t j = 0; j < N_KEYS; j++)
        release_text(table, columns[j].name, cell_text(pool, exact, columns[j].name, row));
    release_plain(table, "time", day);
    release_count(table, "n_risk", releasable_count(policy, cell_integer(exact, "n_risk", start)));
    release_count(table, "n_event", releasable_count(policy, events_between(arm, k, after, day)));
    release_decimals(table, "estimate", cell_real(exact, "estimate", row));
    release_decimals(table, "conf_low", cell_real(exact, "conf_low", row));
    release_decimals(table, "conf_high", cell_real(exact, "conf_high", row));
    return release_row_end(table);
}

/* Where nothing has happened yet. */
static int add_start(struct release_table *table, struct pool *pool, const struct release_policy *policy,
                     const struct arm_curves *arm, size_t k)
{
    const struct table *exact = arm->exact;
    size_t row = arm->causes[k];
    double start = cell_is(exact, "measure", row, "survival") ? 1 : 0;

    release_row(table);
    for (size_t j = 0; j < N_KEYS; j++)
        release_text(table, columns[j].name, cell_text(pool, exact, columns[j].name, row));
    release_plain(table, "time", fmin(0, arm->days[0]));
    release_count(table, "n_risk", releasable_count(policy, cell_integer(exact, "n_risk", row)));
    release_count(table, "n_event", releasable_count(policy, 0));
    release_decimals(table, "estimate", start);
    release_decimals(table, "conf_low", start);
    release_decimals(table, "conf_high", start);
    return release_row_end(table);
}

/* The open step: what its days have added up to, and how far each cause has been read. */
struct open_step {
    size_t next[CAUSES_MAX];
    int64_t events[CAUSES_MAX], censored[CAUSES_MAX];
    int64_t remaining; /* still at risk after the last day read; INT64_MIN when no row told */
};

/* At risk on the last day read, less all who left on it; every cause carries the same people at risk. */
static int64_t remaining_after(const struct open_step *step, const struct arm_curves *arm)
{
    double last = -INFINITY;
    int64_t n = INT64_MIN, left = 0, censored = 0;

    for (size_t k = 0; k < arm->n_causes; k++)
        if (step->next[k] > arm->causes[k])
            last = fmax(last, cell_real(arm->exact, "time", step->next[k] - 1));
    for (size_t k = 0; k < arm->n_causes; k++) {
        size_t row = step->next[k] - 1;

        if (step->next[k] == arm->causes[k] || cell_real(arm->exact, "time", row) < last)
            continue;
        n = cell_integer(arm->exact, "n_risk", row);
        left += count(arm->exact, "n_event", row);
        if (count(arm->exact, "n_censor", row) > censored)
            censored = count(arm->exact, "n_censor", row);
    }
    return n == INT64_MIN ? n : n - left - censored;
}

static void step_take_day(struct open_step *step, const struct arm_curves *arm, double day)
{
    for (size_t k = 0; k < arm->n_causes; k++)
        for (; step->next[k] < arm->causes[k + 1] && cell_real(arm->exact, "time", step->next[k]) <= day;
             step->next[k]++) {
            step->events[k] += count(arm->exact, "n_event", step->next[k]);
            step->censored[k] += count(arm->exact, "n_censor", step->next[k]);
        }
    step->remaining = remaining_after(step, arm);
}

static bool step_is_full(const struct open_step *step, const struct arm_curves *arm,
                         const struct release_policy *policy)
{
    int64_t total = 0;

    if (step->remaining != INT64_MIN && releasable_is_small(policy, step->remaining))
        return false;
    for (size_t k = 0; k < arm->n_causes; k++) {
        if (releasable_is_small(policy, step->events[k]) || releasable_is_small(policy, step->censored[k]))
            return false;
        total += step->events[k];
    }
    return total >= policy->threshold;
}

/* The last days of the full steps, into edges; returns how many. */
static size_t find_edges(const struct arm_curves *arm, const struct release_policy *policy, double *edges)
{
    struct open_step step = {.remaining = 0};
    size_t n = 0;

    memcpy(step.next, arm->causes, arm->n_causes * sizeof step.next[0]);
    for (size_t i = 0; i < arm->n_days; i++) {
        step_take_day(&step, arm, arm->days[i]);
        if (!step_is_full(&step, arm, policy))
            continue;
        edges[n++] = arm->days[i];
        memset(step.events, 0, sizeof step.events);
        memset(step.censored, 0, sizeof step.censored);
    }
    return n;
}

static int add_arm(struct release_table *table, struct pool *pool, const struct release_policy *policy,
                   struct arm_curves *arm)
{
    double *edges = NULL;
    size_t n_edges;
    int status = -1;

    if (find_causes(arm) != 0 || find_days(arm) != 0 || (edges = allocate(arm->n_days, sizeof *edges)) == NULL)
        goto done;
    n_edges = find_edges(arm, policy, edges);
    status = 0;
    for (size_t k = 0; status == 0 && n_edges > 0 && k < arm->n_causes; k++) {
        status = add_start(table, pool, policy, arm, k);
        for (size_t e = 0; status == 0 && e < n_edges; e++)
            status = add_step(table, pool, policy, arm, k, e == 0 ? -INFINITY : edges[e - 1], edges[e]);
    }
done:
    free(arm->days);
    free(edges);
    return status;
}

struct release_table *release_curves(const struct release_policy *policy, const struct table *exact)
{
    struct release_table *table = release_table_alloc(policy, exact->name, exact->label);
    struct pool *pool = pool_alloc();
    int status = table == NULL || pool == NULL ? -1 : 0;

    for (size_t j = 0; status == 0 && j < N_COLUMNS; j++)
        status = release_table_column(table, columns[j].kind, columns[j].name, columns[j].type, columns[j].label, "");
    for (size_t first = 0, end; status == 0 && first < exact->n_rows; first = end) {
        struct arm_curves arm = {.exact = exact, .first = first};

        for (end = first + 1; end < exact->n_rows && same_arm(exact, first, end); end++)
            continue;
        arm.end = end;
        status = add_arm(table, pool, policy, &arm);
    }
    if (status != 0 || pool_failed(pool)) {
        release_table_free(table);
        table = NULL;
    }
    pool_free(pool);
    return table;
}
