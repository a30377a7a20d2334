/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * steps.h - days (or values) that few people have are put together with the next ones, until enough people stand on each.
 */
#ifndef SITES_STEPS_H
#define SITES_STEPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sites/coarsen.h"

struct step_place {
    double at;
    size_t class; /* people who are told apart */
    int64_t n;
};

/**
 * places[0 .. n - 1] ascend.  From the first day on they are put together until each class that occurs among them has at least
 * `threshold` people; what is left over at the end belongs to the step before (or several).  All of a step stand on its last day,
 * or on the mean of its values.  Adds to n_days, n_steps and widest of `lost`.  -1 after telling.  O(n classes).
 */
int steps_make(struct step_place *places, size_t n, size_t n_class, int64_t threshold, bool by_mean, struct coarsening *lost);

/** A row of a table, with its value in the column that is put together. */
struct step_row {
    size_t group; /* rows are put together within one */
    struct step_place place;
    size_t row;
};

/** The same in each group of rows, which are sorted; the column gets what all of a step stand on.  -1 after telling. */
int steps_put_together(struct step_row *rows, size_t n, size_t n_class, int64_t threshold, bool by_mean, struct column *column,
                       struct coarsening *lost);

#endif
