/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/calibration.h"

#include <gsl/gsl_errno.h>
#include <stdbool.h>
#include <stdlib.h>

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
    return *total > 0 ? GSL_SUCCESS : GSL_EINVAL;
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
