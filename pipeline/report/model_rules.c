/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/model_rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/pool.h"

static bool is_adjusted(const struct table *exact, size_t row)
{
    return !cell_is(exact, "adjustment", row, "") && !cell_is(exact, "adjustment", row, "unadjusted");
}

/* ---- levels with few people ---------------------------------------------------------------------------------------- */

static const char *const level_keys[] = {"population", "term", "level"};
enum { N_LEVEL_KEYS = sizeof level_keys / sizeof level_keys[0] };

/* Order of two rows of the baseline table by what level they are of. */
static int compare_levels(const void *left, const void *right, void *baseline)
{
    const size_t a = *(const size_t *)left, b = *(const size_t *)right;

    for (size_t k = 0; k < N_LEVEL_KEYS; k++) {
        const struct column *const column = table_column(baseline, level_keys[k]);
        size_t n_a = 0, n_b = 0;
        const char *const x = column_text(column, a, &n_a), *const y = column_text(column, b, &n_b);
        const int order = memcmp(x, y, n_a < n_b ? n_a : n_b);
        if (order != 0 || n_a != n_b)
            return order != 0 ? order : n_a < n_b ? -1 : 1;
    }
    return 0;
}

/* People of the level in rows order[0 .. n - 1], all its arms. */
static int64_t people_of_level(const struct table *baseline, const size_t *order, size_t n)
{
    int64_t sum = 0;

    for (size_t k = 0; k < n; k++) {
        const int64_t people = cell_integer(baseline, "n", order[k]);
        sum += people != MISSING_INTEGER ? people : 0;
    }
    return sum;
}

int model_levels_find(const struct release_policy *policy, const struct table *baseline, bool **is_small)
{
    const size_t n = cell_rows(baseline);
    size_t *order = allocate(n + 1, sizeof *order);

    if ((*is_small = allocate(n + 1, sizeof **is_small)) == NULL || order == NULL) {
        free(order);
        return -1;
    }
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    qsort_r(order, n, sizeof *order, compare_levels, (void *)baseline);
    for (size_t first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && compare_levels(&order[first], &order[end], (void *)baseline) == 0;)
            end++;
        const bool small = releasable_is_small(policy, people_of_level(baseline, order + first, end - first));
        for (size_t k = first; k < end; k++)
            (*is_small)[order[k]] = small;
    }
    free(order);
    return 0;
}

/* ---- models that have them ------------------------------------------------------------------------------------------ */

/* "sex=F" is about level F of sex; other terms are about all levels of all covariates. */
static bool is_about(const struct table *baseline, size_t i, const char *term)
{
    const char *const equals = strchr(term, '=');
    size_t length = 0, level_length = 0;
    const char *name = column_text(table_column(baseline, "term"), i, &length);
    const char *level = column_text(table_column(baseline, "level"), i, &level_length);

    if (equals == NULL)
        return true;
    return length == (size_t)(equals - term) && memcmp(name, term, length) == 0 && level_length == strlen(equals + 1) &&
           memcmp(level, equals + 1, level_length) == 0;
}

bool model_is_thin(const struct release_source *source, const struct table *exact, size_t row)
{
    const struct table *baseline = source->baseline;
    struct pool *pool = source->counts->pool;
    const char *const term = cell_text(pool, exact, "term", row);
    const bool has_term = strchr(term, '=') != NULL;

    if (!is_adjusted(exact, row) && !has_term)
        return false;
    const char *const population = population_of(source->counts, exact, row);
    for (size_t i = 0; i < cell_rows(baseline); i++)
        if (source->level_is_small[i] && is_about(baseline, i, has_term ? term : "") &&
            cell_is(baseline, "population", i, population))
            return true;
    return false;
}
