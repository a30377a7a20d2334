/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/box_mover.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"

static void find_places(struct box_mover *mover)
{
    const struct count_box *const box = mover->box;

    for (size_t c = 0; c < mover->graph->system->n_counts; c++)
        mover->places[c].slot = NOWHERE;
    for (size_t slot = 0; slot < box->n_slots; slot++)
        for (size_t cell = 0; cell < count_box_cells(box); cell++) {
            const size_t count = box_count_at(box, slot, cell);

            if (count == NOBODY || count == NOT_COUNTED)
                continue;
            if (mover->places[count].slot != NOWHERE || mover->graph->is_stiff[count])
                mover->is_tied[count] = true;
            mover->places[count] = (struct place){(uint32_t)slot, (uint32_t)cell};
        }
}

/* Is it the whole row (column) of one slot, the total on one side and its parts on the other? */
static bool is_line(const struct box_mover *mover, const struct relation *relation, bool is_row)
{
    const struct count_box *const box = mover->box;
    const struct term *const terms = &mover->graph->system->terms[relation->first];
    const struct place first = mover->places[terms[0].count];
    const size_t line = is_row ? first.cell / box->width : first.cell % box->width, n = is_row ? box->width : box->height;
    const int64_t side = terms[0].coefficient * ((is_row ? first.cell % box->width : first.cell / box->width) == 0 ? -1 : 1);
    size_t n_counts = 0;

    for (size_t k = 0; k < relation->n; k++) {
        const struct place place = mover->places[terms[k].count];
        const size_t own = is_row ? place.cell / box->width : place.cell % box->width;
        const size_t across = is_row ? place.cell % box->width : place.cell / box->width;

        if (place.slot != first.slot || own != line || terms[k].coefficient != (across == 0 ? -side : side))
            return false;
    }
    for (size_t k = 0; k < n; k++)
        n_counts += box_count_at(box, first.slot, is_row ? line * box->width + k : k * box->width + line) != NOBODY;
    return n_counts == relation->n; /* no count stands twice: that would be a stiff one */
}

static bool is_within(const struct box_mover *mover, const struct relation *relation)
{
    const struct term *const terms = &mover->graph->system->terms[relation->first];

    for (size_t k = 1; k < relation->n; k++)
        if (mover->places[terms[k].count].cell != mover->places[terms[0].count].cell)
            return false;
    return true;
}

static void judge_relation(struct box_mover *mover, size_t r)
{
    const struct count_system *const system = mover->graph->system;
    const struct relation *const relation = &system->relations[r];
    size_t n_inside = 0;

    for (size_t k = 0; k < relation->n; k++)
        n_inside += mover->places[system->terms[relation->first + k].count].slot != NOWHERE;
    if (n_inside == 0)
        return;
    mover->is_within[r] = n_inside == relation->n && is_within(mover, relation);
    if (mover->is_within[r] || (n_inside == relation->n && (is_line(mover, relation, true) || is_line(mover, relation, false))))
        return;
    for (size_t k = 0; k < relation->n; k++)
        mover->is_tied[system->terms[relation->first + k].count] = true;
}

/* A relation within a cell, by its slots: what cells are compared by. */
struct inner {
    size_t relation, cell;
    uint64_t hash;
};

static int by_cell(const void *a, const void *b)
{
    const struct inner *const x = a, *const y = b;

    if (x->cell != y->cell)
        return x->cell < y->cell ? -1 : 1;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->relation > y->relation) - (x->relation < y->relation);
}

static uint64_t hash_of_inner(const struct box_mover *mover, const struct relation *relation)
{
    const struct term *const terms = &mover->graph->system->terms[relation->first];
    uint64_t hash = 0;

    for (size_t k = 0; k < relation->n; k++)
        hash += hash_word(hash_word(5, mover->places[terms[k].count].slot), (uint64_t)terms[k].coefficient);
    return hash;
}

/* The coefficient of a slot in a relation within a cell. */
static int64_t coefficient_of(const struct box_mover *mover, const struct relation *relation, size_t slot)
{
    const struct term *const terms = &mover->graph->system->terms[relation->first];

    for (size_t k = 0; k < relation->n; k++)
        if (mover->places[terms[k].count].slot == slot)
            return terms[k].coefficient;
    return 0;
}

static bool same_inner(const struct box_mover *mover, size_t a, size_t b)
{
    const struct relation *const x = &mover->graph->system->relations[a], *const y = &mover->graph->system->relations[b];
    const struct term *const terms = &mover->graph->system->terms[x->first];
    bool same = x->n == y->n;

    for (size_t k = 0; same && k < x->n; k++)
        same = coefficient_of(mover, y, mover->places[terms[k].count].slot) == terms[k].coefficient;
    return same;
}

static bool same_shape(const struct box_mover *mover, const struct inner *a, const struct inner *b, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (a[k].hash != b[k].hash || !same_inner(mover, a[k].relation, b[k].relation))
            return false;
    return true;
}

/* What one more person of each kind adds to each relation of a shape; a pair keeps them when it adds the same. */
static int judge_shape(const struct box_mover *mover, const struct inner *inner, size_t n, bool *is_kept)
{
    const struct count_box *const box = mover->box;
    const size_t n_kinds = box->n_kinds + 1;
    int64_t *const sums = allocate(n_kinds * (n + 1), sizeof *sums);

    if (sums == NULL)
        return -1;
    for (size_t kind = 0; kind < box->n_kinds; kind++)
        for (size_t k = 0; k < n; k++)
            for (size_t at = box->first[kind]; at < box->first[kind + 1]; at++)
                sums[kind * n + k] += coefficient_of(mover, &mover->graph->system->relations[inner[k].relation], box->slots[at]);
    for (size_t kind = 0; kind < n_kinds; kind++)
        for (size_t other = 0; other < n_kinds; other++)
            is_kept[kind * n_kinds + other] = memcmp(sums + kind * n, sums + other * n, n * sizeof *sums) == 0;
    free(sums);
    return 0;
}

/* Where the relations of the next cell begin. */
static size_t end_of_cell(const struct inner *inner, size_t first, size_t n)
{
    size_t end = first;

    while (end < n && inner[end].cell == inner[first].cell)
        end++;
    return end;
}

/* Room for one more shape, of these relations. */
static int add_shape(struct box_mover *mover, const struct inner *inner, size_t n)
{
    const size_t size = (mover->box->n_kinds + 1) * (mover->box->n_kinds + 1);
    bool *const grown = reallocate(mover->shapes.is_kept, (mover->shapes.n + 1) * size, sizeof *grown);

    if (grown == NULL)
        return -1;
    mover->shapes.is_kept = grown;
    return judge_shape(mover, inner, n, grown + mover->shapes.n++ * size);
}

/* The last cell of each shape, where the comparison begins. */
static int find_shapes(struct box_mover *mover, struct inner *inner, size_t n)
{
    const size_t n_cells = count_box_cells(mover->box);
    size_t *const first = allocate(n_cells + 1, sizeof *first), *const length = allocate(n_cells + 1, sizeof *length);
    int status = first == NULL || length == NULL ? -1 : add_shape(mover, inner, 0); /* shape 0: no relations */

    for (size_t at = 0, end; status == 0 && at < n; at = end) {
        size_t shape = 1;

        end = end_of_cell(inner, at, n);
        while (shape < mover->shapes.n && (length[shape] != end - at || !same_shape(mover, inner + first[shape], inner + at, end - at)))
            shape++;
        mover->shapes.of_cell[inner[at].cell] = shape;
        if (shape < mover->shapes.n)
            continue;
        first[shape] = at;
        length[shape] = end - at;
        status = add_shape(mover, inner + at, end - at);
    }
    free(first);
    free(length);
    return status;
}

static int make_shapes(struct box_mover *mover)
{
    const struct count_system *const system = mover->graph->system;
    struct inner *const inner = allocate(system->n_relations + 1, sizeof *inner);
    size_t n = 0;
    int status;

    if ((mover->shapes.of_cell = allocate(count_box_cells(mover->box), sizeof *mover->shapes.of_cell)) == NULL || inner == NULL) {
        free(inner);
        return -1;
    }
    for (size_t r = 0; r < system->n_relations; r++)
        if (mover->is_within[r])
            inner[n++] = (struct inner){r, mover->places[system->terms[system->relations[r].first].count].cell,
                                        hash_of_inner(mover, &system->relations[r])};
    qsort(inner, n, sizeof *inner, by_cell);
    status = find_shapes(mover, inner, n);
    free(inner);
    return status;
}

int box_mover_make(struct box_mover *mover)
{
    const struct count_system *const system = mover->graph->system;

    if ((mover->places = allocate(system->n_counts + 1, sizeof *mover->places)) == NULL ||
        (mover->is_tied = allocate(system->n_counts + 1, sizeof *mover->is_tied)) == NULL ||
        (mover->is_within = allocate(system->n_relations + 1, sizeof *mover->is_within)) == NULL)
        return -1;
    find_places(mover);
    for (size_t r = 0; r < system->n_relations; r++)
        judge_relation(mover, r);
    mover->rooms = allocate(mover->box->n_slots * count_box_cells(mover->box), sizeof *mover->rooms);
    return mover->rooms == NULL ? -1 : make_shapes(mover);
}

void box_mover_free(struct box_mover *mover)
{
    free(mover->places);
    free(mover->is_tied);
    free(mover->is_within);
    free(mover->rooms);
    free(mover->shapes.of_cell);
    free(mover->shapes.is_kept);
    free(mover);
}

static bool may_move(const struct box_mover *mover, size_t count)
{
    return count != NOBODY && !mover->is_tied[count] && count_is_unknown(mover->graph->system, count);
}

void box_mover_find_rooms(const struct box_mover *mover)
{
    const struct count_box *const box = mover->box;

    for (size_t at = 0; at < box->n_slots * count_box_cells(box); at++) {
        const size_t count = box->counts[at];

        if (count == NOT_COUNTED) {
            mover->rooms[at] = BOUNDLESS;
        } else if (may_move(mover, count)) {
            const struct count *const about = &mover->graph->system->counts[count];
            const int64_t room = about->value - about->at_least;

            mover->rooms[at] = room < BOUNDLESS ? (int32_t)room : BOUNDLESS - 1;
        } else {
            mover->rooms[at] = FIXED;
        }
    }
}

bool box_is_open(const struct box_mover *mover, size_t count)
{
    return count != NOBODY && count != NOT_COUNTED && count_is_audited(mover->graph->system, count) &&
           !count_range_is_safe(mover->graph->system, count, mover->low[count], mover->high[count]);
}
