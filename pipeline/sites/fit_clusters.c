/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/fit_clusters.h"

#include <stdlib.h>

#include "base/memory.h"

struct group {
    int64_t n;      /* people */
    int32_t number; /* as given */
};

static int compare_sizes(const void *a, const void *b)
{
    const struct group *x = a, *y = b;

    if (x->n != y->n)
        return x->n < y->n ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

/* Groups with somebody, by size; returns how many. */
static size_t list_groups(const struct fit_rows *rows, size_t n_given, struct group *groups)
{
    size_t n = 0;

    for (size_t c = 0; c < n_given; c++)
        groups[c] = (struct group){0, (int32_t)c};
    for (size_t i = 0; i < rows->n; i++)
        groups[rows->cluster[i]].n += rows->frequency[i];
    for (size_t c = 0; c < n_given; c++)
        if (groups[c].n > 0)
            groups[n++] = groups[c];
    if (n > 0)
        qsort(groups, n, sizeof *groups, compare_sizes);
    return n;
}

/* Which of the new clusters each of the groups, by size, goes to; returns how many there are. */
static size_t name_groups(const struct group *groups, size_t n, int64_t threshold, int32_t *name)
{
    int64_t people = 0;
    int32_t current = 0;

    for (size_t k = 0; k < n; k++) {
        name[groups[k].number] = current;
        people += groups[k].n;
        if (people >= threshold) {
            current++;
            people = 0;
        }
    }
    for (size_t k = 0; k < n && people > 0 && current > 0; k++) /* too few are left for one more */
        name[groups[k].number] -= name[groups[k].number] == current;
    return (size_t)current + (people > 0 && current == 0);
}

int fit_clusters_settle(struct fit_rows *rows, int64_t threshold)
{
    size_t n_given = 0;

    for (size_t i = 0; i < rows->n; i++)
        n_given = (size_t)rows->cluster[i] >= n_given ? (size_t)rows->cluster[i] + 1 : n_given;
    struct group *const groups = allocate(n_given + 1, sizeof *groups);
    int32_t *const name = allocate(n_given + 1, sizeof *name);
    const int status = groups == NULL || name == NULL ? -1 : 0;

    if (status == 0) {
        const size_t n = list_groups(rows, n_given, groups);
        rows->n_cluster = name_groups(groups, n, threshold, name);
        rows->n_changed += n - rows->n_cluster;
        for (size_t i = 0; i < rows->n; i++)
            rows->cluster[i] = name[rows->cluster[i]];
    }
    free(name);
    free(groups);
    return status;
}
