/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The slots of the box that days of an outcome fill, and the kinds of people who are counted in them. */
#include "report/outcome_days.h"

#include <stdlib.h>

#include "base/memory.h"

void days_set_slot(const struct outcome_days *days, const struct slots *slots, size_t cell, struct node node)
{
    if (slots->n > 0)
        days->box->counts[slots->slot[slots->n - 1] * days->grid->n_cells + cell] = node.count == NO_COUNT ? NOBODY : node.count;
}

static int add_slot(const struct outcome_days *days, struct slots *slots)
{
    if (count_box_slot(days->box) == NULL)
        return -1;
    slots->slot[slots->n++] = days->box->n_slots - 1;
    return 0;
}

/* One that is filled already. */
static int add_filled(const struct outcome_days *days, struct slots *slots, const struct node *nodes)
{
    if (add_slot(days, slots) != 0)
        return -1;
    for (size_t cell = 0; cell < days->grid->n_cells; cell++)
        days_set_slot(days, slots, cell, nodes[cell]);
    return 0;
}

static int add_measure(const struct outcome_days *days, struct day *day, enum kind kind)
{
    const struct programme_grid *const grid = days->grid;
    const size_t at = day->measure[kind] * grid->n_cells;

    if (day->measure[kind] == NO_MEASURE)
        return 0;
    return add_filled(days, kind == RATE ? &day->due : &day->known, grid->n + at) != 0 ||
                   add_filled(days, kind == SHARE_NO_EVENT ? &day->free : &day->event, grid->events + at) != 0 ||
                   add_filled(days, kind == SHARE_NO_EVENT ? &day->event : kind == RATE ? &day->other : &day->free, grid->rest + at) != 0
               ? -1
               : 0;
}

/* Those of measures, and those that no table shows. */
int days_add_slots(const struct outcome_days *days, struct day *day)
{
    for (enum kind kind = 0; kind < N_KINDS; kind++)
        if (add_measure(days, day, kind) != 0)
            return -1;
    if (days->has_shares && day->known.n == 0 && (add_slot(days, &day->known) != 0 || add_slot(days, &day->free) != 0))
        return -1;
    if (days->has_rates && day->due.n == 0 && (add_slot(days, &day->due) != 0 || add_slot(days, &day->other) != 0))
        return -1;
    if (days->has_shares && days->has_rates && add_slot(days, &day->lost) != 0)
        return -1;
    if (day + 1 == days->days + days->n)
        return 0;
    return add_slot(days, &day->fresh) != 0 || add_slot(days, &day->still) != 0 || add_slot(days, &day->past) != 0 ||
                   (days->has_shares && add_slot(days, &day->gone) != 0) || (days->has_rates && add_slot(days, &day->undue) != 0)
               ? -1
               : 0;
}

/* A kind of people as it is made. */
struct kind_slots {
    size_t n, *slots; /* [n_slots of the box] */
};

static void take(struct kind_slots *kind, const struct slots *slots)
{
    for (size_t k = 0; k < slots->n; k++)
        kind->slots[kind->n++] = slots->slot[k];
}

/* People with the event by day `from`, not by the one before, who are due until day `until`. */
static int add_with_event(const struct outcome_days *days, size_t from, size_t until, struct kind_slots kind)
{
    for (size_t d = 0; d <= until; d++) {
        const struct day *const day = &days->days[d];

        take(&kind, d < from ? &day->free : &day->event);
        take(&kind, &day->known);
        take(&kind, &day->due);
        if (d < from)
            take(&kind, &day->other);
        if (d + 1 == from)
            take(&kind, &day->fresh);
        if (d >= from && d < until)
            take(&kind, &day->still);
    }
    take(&kind, &days->days[until].past);
    return count_box_kind(days->box, kind.slots, kind.n);
}

/* People without the event whose state is known on the first so many days, and who are due on the first so many. */
static int add_without_event(const struct outcome_days *days, size_t n_known, size_t n_due, struct kind_slots kind)
{
    for (size_t d = 0; d < n_due; d++) {
        const struct day *const day = &days->days[d];

        if (d < n_known) {
            take(&kind, &day->known);
            take(&kind, &day->free);
        } else {
            take(&kind, &day->lost);
        }
        take(&kind, &day->due);
        take(&kind, &day->other);
    }
    if (n_known > 0)
        take(&kind, &days->days[n_known - 1].gone);
    take(&kind, &days->days[n_due - 1].undue);
    return count_box_kind(days->box, kind.slots, kind.n);
}

int days_add_kinds(const struct outcome_days *days)
{
    struct kind_slots kind = {0, allocate(days->box->n_slots + 1, sizeof *kind.slots)};
    int status = kind.slots == NULL ? -1 : 0;

    for (size_t until = 0; until < days->n; until++)
        for (size_t from = 0; status == 0 && from <= until; from++)
            status = add_with_event(days, from, until, kind);
    for (size_t n_due = 1; n_due <= days->n; n_due++)
        for (size_t n_known = 0; status == 0 && n_known <= n_due; n_known++)
            if (days->has_shares && days->has_rates ? true : n_known == n_due)
                status = add_without_event(days, n_known, n_due, kind);
    free(kind.slots);
    return status;
}
