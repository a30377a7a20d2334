/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * margins.h - how well a made-up source hits the published margins it is calibrated to (published.h, person.h).
 *
 * Counted are all persons, and all stays that begin while the source looks, by the way they end, be it that it looks
 * no longer: the published tables know of no plan that could be left.
 */
#ifndef SIMULATE_MARGINS_H
#define SIMULATE_MARGINS_H

#include "base/table.h"
#include "simulate/history.h"
#include "simulate/person.h"
#include "simulate/published.h"

enum { MARGIN_DAYS_MAX = 731 };

struct margins {
    int64_t persons;
    int64_t traits[N_TRAITS][TRAIT_LEVELS_MAX];
    int64_t died; /* stays that ended by death */
    int64_t days[N_SERVICES][N_PUBLISHED_REASONS][MARGIN_DAYS_MAX + 1]; /* stays by length */
};

void margins_add_person(struct margins *margins, const struct person *person);
void margins_add_stay(struct margins *margins, const struct stay *stay);
void margins_merge(struct margins *into, const struct margins *from);

/**
 * Table `margins`: source variable group level published simulated difference.
 *     source      TEDS-D 2017-2020, or TEDS 2004
 *     published   share in percent, or median days; simulated the same of what was made; difference simulated - published
 * NULL after telling.
 */
struct table *margins_table(const struct margins *margins);

#endif
