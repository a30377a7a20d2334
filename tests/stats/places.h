/* SPDX-License-Identifier: GPL-3.0-or-later */
/* places.h - several threads that each hold some rows, with a reducer between them (stats/reducer.h). */
#ifndef TESTS_STATS_PLACES_H
#define TESTS_STATS_PLACES_H

#include "stats/reducer.h"

enum { PLACES_MAX = 8 };

/** Calls work(context, place, reducer) in n_places threads at once. */
void places_run(size_t n_places, void (*work)(void *context, size_t place, const struct reducer *reducer), void *context);

/** How many messages a place has waited for so far. */
size_t places_n_messages(const struct reducer *reducer);

#endif
