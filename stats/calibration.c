/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/calibration.h"

#include <gsl/gsl_errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "stats/exact_sum.h"
#include "stats/proportion.h"
#include "stats/radix_order.h"

static int64_t people(const int64_t *count, size_t i)
{
    return count == NULL ? 1 : count[i];
}

/* *single: every row is one person. */
static int check(const double *p, const int64_t *count, size_t n, int64_t *total, bool *single)
{
    *total = 0;
    *single = true;
    for (size_t i = 0; i < n; i++) {
        if (!(p[i] >= 0 && p[i] <= 1) || people(count, i) < 0)
            return GSL_EINVAL;
        *total += people(count, i);
        *single = *single && people(count, i) == 1;
    }
    return GSL_SUCCESS;
}

static int close_group(struct exact_sum *sum, double level, struct calibration_group *group)
{
    struct proportion observed;
    double total;
    int status = exact_sum_round(sum, &total);

    if (status == GSL_SUCCESS)
        status = proportion_interval(group->n_event, group->n, PROPORTION_WILSON, level, &observed);
    if (status != GSL_SUCCESS)
        return status;
    group->predicted = total / (double)group->n;
    group->observed = observed.estimate;
    group->conf_low = observed.conf_low;
    group->conf_high = observed.conf_high;
    return GSL_SUCCESS;
}

/* Whole numbers of people, so that products are exact far beyond any number of them. */
static bool reached(int64_t taken, int64_t total, size_t goal, size_t n_group)
{
    return (__int128)taken * (__int128)n_group >= (__int128)goal * (__int128)total;
}

/* Rows in order of their predictions, each with its outcome. */
static int make_groups(const struct radix_item *sorted, const int64_t *count, size_t n, int64_t total, size_t n_group, double level,
                       struct calibration_group *groups, size_t *n_made)
{
    struct calibration_group group = {.n = 0};
    struct exact_sum sum;
    int64_t taken = 0;
    size_t goal = 1;
    int status = GSL_SUCCESS;

    exact_sum_init(&sum);
    for (size_t k = 0; status == GSL_SUCCESS && k < n; k++) {
        const int64_t here = people(count, sorted[k].row);

        group.n += here;
        group.n_event += sorted[k].with ? here : 0;
        taken += here;
        status = here == 1 ? exact_sum_add(&sum, radix_value(sorted[k].key))
                           : exact_sum_add_times(&sum, radix_value(sorted[k].key), here);
        if (status != GSL_SUCCESS || (k + 1 < n && sorted[k + 1].key == sorted[k].key) || group.n == 0 ||
            !reached(taken, total, goal, n_group))
            continue;
        status = close_group(&sum, level, &group);
        groups[(*n_made)++] = group;
        while (reached(taken, total, goal, n_group))
            goal++;
        group = (struct calibration_group){.n = 0};
        exact_sum_init(&sum);
    }
    return status;
}

int calibration_groups(const double *p, const unsigned char *y, const int64_t *count, size_t n, size_t n_group, double level,
                       struct calibration_group *groups, size_t *n_made)
{
    int64_t total;
    bool single;
    int status = n_group == 0 ? GSL_EINVAL : check(p, count, n, &total, &single);
    if (status == GSL_SUCCESS && total == 0)
        status = GSL_EINVAL;
    struct radix_item *const items = status == GSL_SUCCESS ? malloc(2 * n * sizeof *items) : NULL;

    *n_made = 0;
    if (status == GSL_SUCCESS && items == NULL)
        status = GSL_ENOMEM;
    for (size_t i = 0; status == GSL_SUCCESS && i < n; i++)
        items[i] = (struct radix_item){radix_key(p[i]), (uint32_t)i, y[i] != 0};
    if (status == GSL_SUCCESS)
        status = make_groups(radix_sort(items, items + n, n), single ? NULL : count, n, total, n_group, level, groups, n_made);
    free(items);
    return status;
}

/* ---- several places ------------------------------------------------------------------------------------------------ */

/* Positive doubles are in the order of their bits. */
static double number_of(uint64_t bits)
{
    double p;

    memcpy(&p, &bits, sizeof p);
    return p;
}

static uint64_t bits_of(double p)
{
    uint64_t bits;

    memcpy(&bits, &p, sizeof bits);
    return bits;
}

/* The rows here in the order of p, and how many people stand before each. */
struct ranked {
    const int64_t *count;
    const struct radix_item *sorted;
    struct radix_item *items;
    size_t n;
    int64_t *before; /* [n + 1] */
};

/* Rows up to p. */
static size_t rows_to(const struct ranked *r, double p)
{
    size_t low = 0, high = r->n;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (radix_value(r->sorted[middle].key) <= p)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The least p at which each goal is reached, ascending. */
static void find_ends(const struct ranked *r, int64_t total, size_t n_group, const struct reducer *reducer, double *end)
{
    uint64_t low[CALIBRATION_GROUPS_MAX], high[CALIBRATION_GROUPS_MAX];
    int64_t taken[CALIBRATION_GROUPS_MAX];
    bool more = true;

    for (size_t g = 0; g < n_group; g++) {
        low[g] = 0;
        high[g] = bits_of(1);
    }
    while (more) {
        more = false;
        for (size_t g = 0; g < n_group; g++)
            taken[g] = r->before[rows_to(r, number_of(low[g] + (high[g] - low[g]) / 2))];
        reducer_sum(reducer, taken, n_group);
        for (size_t g = 0; g < n_group; g++) {
            const uint64_t middle = low[g] + (high[g] - low[g]) / 2;
            if (reached(taken[g], total, g + 1, n_group))
                high[g] = middle;
            else
                low[g] = middle + 1;
            more = more || low[g] < high[g];
        }
    }
    for (size_t g = 0; g < n_group; g++)
        end[g] = number_of(low[g]);
}

/* What the rows first .. last - 1 add to a group. */
static void add_group(const struct ranked *r, size_t first, size_t last, struct exact_sum *sum, int64_t *n)
{
    for (size_t k = first; k < last; k++) {
        const int64_t here = people(r->count, r->sorted[k].row);

        n[0] += here;
        n[1] += r->sorted[k].with ? here : 0;
        exact_sum_add_times(sum, radix_value(r->sorted[k].key), here);
    }
}

static int join_groups(const struct ranked *r, size_t n_group, const double *end, double level,
                       const struct reducer *reducer, struct calibration_group *groups, size_t *n_made)
{
    int status = GSL_SUCCESS;
    size_t first = 0;

    for (size_t g = 0; g < n_group && status == GSL_SUCCESS; g++) {
        struct exact_sum sum;
        int64_t n[2] = {0, 0};
        const size_t last = rows_to(r, end[g]);

        if (g > 0 && end[g] == end[g - 1])
            continue;
        exact_sum_init(&sum);
        add_group(r, first, last, &sum, n);
        reducer_sum(reducer, n, 2);
        status = reducer_exact_sums(reducer, &sum, 1);
        struct calibration_group *const group = &groups[(*n_made)++];
        *group = (struct calibration_group){.n = n[0], .n_event = n[1]};
        if (status == GSL_SUCCESS)
            status = close_group(&sum, level, group);
        first = last;
    }
    return status;
}

/* Of the rows here; nobody may be here. */
static int rank(const double *p, const unsigned char *y, const int64_t *count, size_t n, struct ranked *r)
{
    int64_t total;
    bool single;

    *r = (struct ranked){.count = count, .items = malloc((2 * n + 1) * sizeof *r->items), .n = n,
                         .before = malloc((n + 1) * sizeof *r->before)};
    const int status = r->items == NULL || r->before == NULL ? GSL_ENOMEM : check(p, count, n, &total, &single);
    if (status != GSL_SUCCESS)
        return status;
    for (size_t i = 0; i < n; i++)
        r->items[i] = (struct radix_item){radix_key(p[i]), (uint32_t)i, y[i] != 0};
    r->sorted = radix_sort(r->items, r->items + n, n);
    r->before[0] = 0;
    for (size_t k = 0; k < n; k++)
        r->before[k + 1] = r->before[k] + people(count, r->sorted[k].row);
    return GSL_SUCCESS;
}

int calibration_groups_all(const double *p, const unsigned char *y, const int64_t *count, size_t n, size_t n_group, double level,
                           const struct reducer *reducer, struct calibration_group *groups, size_t *n_made)
{
    double end[CALIBRATION_GROUPS_MAX];
    struct ranked r;
    int64_t total = 0;

    *n_made = 0;
    if (reducer == NULL)
        return calibration_groups(p, y, count, n, n_group, level, groups, n_made);
    if (n_group == 0 || n_group > CALIBRATION_GROUPS_MAX)
        return GSL_EINVAL;
    int status = reducer_status(reducer, rank(p, y, count, n, &r));
    if (status == GSL_SUCCESS)
        total = reducer_sum_one(reducer, r.before[n]);
    if (status == GSL_SUCCESS && total == 0)
        status = GSL_EINVAL;
    if (status == GSL_SUCCESS) {
        find_ends(&r, total, n_group, reducer, end);
        status = join_groups(&r, n_group, end, level, reducer, groups, n_made);
    }
    free(r.items);
    free(r.before);
    return status;
}
