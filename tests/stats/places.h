/* SPDX-License-Identifier: GPL-3.0-or-later */
/* places.h - several threads that each hold some rows, with a reducer between them (stats/reducer.h). */
#ifndef TESTS_STATS_PLACES_H
#define TESTS_STATS_PLACES_H

#include "stats/reducer.h"

enum { PLACES_MAX = 8 };

/** Calls work(context, place, reducer) in n_places threads at once. */
void places_run(size_t n_places, void (*work)(void *context, size_t place, const struct reducer *reducer), void *context);

/* One value of each row. */
struct places_column {
    void *values;
    size_t size; /* of one */
};

#define COLUMN(array) {(array), sizeof (array)[0]}

/** Keeps in columns of n rows those of which where[] says the place, in their order; where may be a column itself.  Returns how many. */
#define PLACES_KEEP(n, where, place, ...) places_keep((const struct places_column[]){__VA_ARGS__, {0}}, n, where, place)
size_t places_keep(const struct places_column *columns, size_t n, const uint8_t *where, size_t place);

/** How many messages a place has waited for so far. */
size_t places_n_messages(const struct reducer *reducer);

#endif
