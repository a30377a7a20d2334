/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "episodes/contradictions.h"

#include <string.h>

static bool is_constant(const struct column *column, const struct stay *stays, size_t n)
{
    const char *values = column->values, *first = NULL;

    for (size_t i = 0; i < n; i++) {
        const char *value = values + stays[i].record * column->width;
        if (column_is_missing(column, stays[i].record))
            continue;
        if (first == NULL)
            first = value;
        else if (memcmp(first, value, column->width) != 0)
            return false;
    }
    return true;
}

enum fate contradictions_find(const struct contradictions *rules, const struct stay *stays, size_t n)
{
    if (n < 2)
        return FATE_BEGINS;
    for (size_t i = 0; i < rules->n_constant; i++)
        if (!is_constant(rules->constant[i], stays, n))
            return FATE_CONTRADICTION;
    return rules->overlap_days >= 0 && join_longest_overlap(stays, n) > rules->overlap_days ? FATE_OVERLAP_LONG
                                                                                            : FATE_BEGINS;
}
