/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/calibration.h"

#include <gsl/gsl_errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "stats/exact_sum.h"
#include "stats/people_quantile.h"
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

/* The rows here in the order of p, and how many people there are up to each. */
struct ranked {
    const int64_t *count;
    const struct radix_item *sorted;
    struct radix_item *items;
    size_t n;
    struct people_value *values; /* [n] */
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
    double goal[CALIBRATION_GROUPS_MAX];

    for (size_t g = 0; g < n_group; g++) /* rounded up */
        goal[g] = (double)(int64_t)(((__int128)(g + 1) * total + (__int128)n_group - 1) / (__int128)n_group);
    people_ranks(r->values, r->n, goal, n_group, reducer, end);
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

/* The groups' counts and sums are those of all places in one message each. */
static int join_groups(const struct ranked *r, size_t n_group, const double *end, double level,
                       const struct reducer *reducer, struct calibration_group *groups, size_t *n_made)
{
    struct exact_sum sums[CALIBRATION_GROUPS_MAX];
    int64_t n[CALIBRATION_GROUPS_MAX][2] = {{0}};
    size_t first = 0, made = 0;

    for (size_t g = 0; g < n_group; g++) {
        const size_t last = rows_to(r, end[g]);

        if (g > 0 && end[g] == end[g - 1])
            continue;
        exact_sum_init(&sums[made]);
        add_group(r, first, last, &sums[made], n[made]);
        made++;
        first = last;
    }
    reducer_sum(reducer, n[0], 2 * made);
    int status = reducer_exact_sums(reducer, sums, made);
    for (size_t g = 0; g < made && status == GSL_SUCCESS; g++) {
        groups[g] = (struct calibration_group){.n = n[g][0], .n_event = n[g][1]};
        status = close_group(&sums[g], level, &groups[g]);
    }
    *n_made = made;
    return status;
}

/* Of the rows here; nobody may be here. */
static int rank(const double *p, const unsigned char *y, const int64_t *count, size_t n, struct ranked *r)
{
    int64_t total;
    bool single;

    *r = (struct ranked){.count = count, .items = malloc((2 * n + 1) * sizeof *r->items), .n = n,
                         .values = malloc((n + 1) * sizeof *r->values)};
    const int status = r->items == NULL || r->values == NULL ? GSL_ENOMEM : check(p, count, n, &total, &single);
    if (status != GSL_SUCCESS)
        return status;
    for (size_t i = 0; i < n; i++)
        r->items[i] = (struct radix_item){radix_key(p[i]), (uint32_t)i, y[i] != 0};
    r->sorted = radix_sort(r->items, r->items + n, n);
    total = 0;
    for (size_t k = 0; k < n; k++) {
        total += people(count, r->sorted[k].row);
        r->values[k] = (struct people_value){radix_value(r->sorted[k].key), (double)total};
    }
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
    int status = rank(p, y, count, n, &r);
    double worst = status; /* codes of GSL are positive */
    if (status == GSL_SUCCESS && n > 0)
        total = (int64_t)r.values[n - 1].people;
    reducer_sum_and_largest(reducer, &total, 1, &worst, 1);
    status = (int)worst;
    if (status == GSL_SUCCESS && total == 0)
        status = GSL_EINVAL;
    if (status == GSL_SUCCESS) {
        find_ends(&r, total, n_group, reducer, end);
        status = join_groups(&r, n_group, end, level, reducer, groups, n_made);
    }
    free(r.items);
    free(r.values);
    return status;
}
