/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/model_rules.h"

#include <string.h>

#include "report/pool.h"

static bool is_adjusted(const struct table *exact, size_t row)
{
    return !cell_is(exact, "adjustment", row, "") && !cell_is(exact, "adjustment", row, "unadjusted");
}

/* People of a level in all arms of a population. */
static int64_t people_of_level(const struct table *baseline, size_t row)
{
    int64_t sum = 0;

    for (size_t i = 0; i < baseline->n_rows; i++) {
        const int64_t n = cell_integer(baseline, "n", i);

        if (n != MISSING_INTEGER && cells_equal(baseline, "population", i, row) && cells_equal(baseline, "term", i, row) &&
            cells_equal(baseline, "level", i, row))
            sum += n;
    }
    return sum;
}

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
    for (size_t i = 0; i < cell_rows(baseline); i++)
        if (cell_is(baseline, "population", i, population_of(source->counts, exact, row)) &&
            is_about(baseline, i, has_term ? term : "") &&
            releasable_is_small(&source->policy, people_of_level(baseline, i)))
            return true;
    return false;
}
