/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/displacement_box.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/threads.h"

/* Cells that are looked at for one target, and for all of a line, before they are given up. */
enum { LOOKS_MAX = 200000, LINE_LOOKS_MAX = 30000000, SLOT_WORDS = 8, LAST_MAX = 3000 };

static const int32_t BOUNDLESS = INT32_MAX / 4, FIXED = -1;

/* Where a count lies. */
struct place {
    uint32_t slot, cell;
};

static const uint32_t NOWHERE = UINT32_MAX;

/* Which relations there are within the cells: cells that have the same ones share a shape. */
struct shapes {
    size_t n;
    size_t *of_cell; /* [n_cells] */
    bool *is_kept;   /* [n * (n_kinds + 1) * (n_kinds + 1)] are they kept when people of one kind take the place of another? */
};

struct box_mover {
    const struct displacement_graph *graph;
    const struct count_box *box;
    struct place *places; /* [n_counts] slot NOWHERE: not in the box */
    bool *is_tied;        /* [n_counts] never moved */
    bool *is_within;      /* [n_relations] of counts of one cell */
    struct shapes shapes;
    int32_t *rooms;       /* [n_slots * n_cells] how far a count may fall; FIXED: it may not be moved */
    double *low, *high;   /* of the caller */
    struct box_mover *next;
};

/* ---- what the relations say ------------------------------------------------------------------------------------------- */

static size_t count_at(const struct count_box *box, size_t slot, size_t cell)
{
    return box->counts[slot * count_box_cells(box) + cell];
}

static void find_places(struct box_mover *mover)
{
    const struct count_box *const box = mover->box;

    for (size_t c = 0; c < mover->graph->system->n_counts; c++)
        mover->places[c].slot = NOWHERE;
    for (size_t slot = 0; slot < box->n_slots; slot++)
        for (size_t cell = 0; cell < count_box_cells(box); cell++) {
            const size_t count = count_at(box, slot, cell);

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
        n_counts += count_at(box, first.slot, is_row ? line * box->width + k : k * box->width + line) != NOBODY;
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

static int mover_make(struct box_mover *mover)
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

int box_movers_alloc(const struct displacement_graph *graph, struct box_mover **movers)
{
    *movers = NULL;
    for (const struct count_box *box = graph->system->boxes; box != NULL; box = box->next) {
        if (box->n_slots > 64 * SLOT_WORDS)
            continue;
        struct box_mover *const mover = allocate(1, sizeof *mover);

        if (mover == NULL)
            return -1;
        *mover = (struct box_mover){.graph = graph, .box = box, .next = *movers};
        *movers = mover;
        if (mover_make(mover) != 0)
            return -1;
    }
    return 0;
}

void box_movers_free(struct box_mover *movers)
{
    while (movers != NULL) {
        struct box_mover *const next = movers->next;

        free(movers->places);
        free(movers->is_tied);
        free(movers->is_within);
        free(movers->rooms);
        free(movers->shapes.of_cell);
        free(movers->shapes.is_kept);
        free(movers);
        movers = next;
    }
}

bool box_movers_own(const struct box_mover *movers, size_t count)
{
    for (; movers != NULL; movers = movers->next)
        if (movers->box->n_kinds > 2 && movers->places[count].slot != NOWHERE)
            return true;
    return false;
}

/* ---- moves --------------------------------------------------------------------------------------------------------------- */

/* One kind takes the place of another one, or of nobody: the slots in which they differ. */
struct move {
    size_t kind, other; /* n_kinds: nobody */
    size_t n_more, n_less;
    const size_t *more, *less; /* [n_slots] */
};

/* How many times a cell may make a move, and how many times the opposite. */
struct reach {
    int32_t more, less; /* -1: not looked up yet */
};

/* A cell in which something is open: which slots may be moved, and which are sought. */
struct open_cell {
    size_t cell;
    uint64_t movable[SLOT_WORDS], sought[SLOT_WORDS];
};

/* What one thread works with. */
struct worker {
    const struct box_mover *mover;
    size_t *more, *less;   /* [n_slots] of its move */
    struct reach *reaches; /* [n_cells] of its move */
    size_t *known;         /* [n_cells] those that were looked up */
    size_t n_known;
    struct open_cell *open; /* [n_cells] */
    int32_t *moved;        /* [n_cells] */
    bool *is_touched;      /* [n_cells] */
    size_t *touched;       /* [n_cells] those that moved */
    size_t n_touched, n_looks;
    size_t *looks;         /* [height, or width] for all targets of a row, or of a column */
    bool by_column;
    size_t *rows, *column_before, *row_before; /* [height], [height], [width] */
    int32_t *rooms;        /* [n_slots * n_cells] those of the mover, but for what was moved for good */
    bool *is_changed;      /* [n_cells] */
    size_t *changed;       /* [n_cells] where that is */
    size_t n_changed;
};

/* How many are in a slot of a cell in the table that moves start at. */
static int64_t value_now(const struct worker *worker, size_t slot, size_t cell)
{
    const struct box_mover *const mover = worker->mover;
    const size_t at = slot * count_box_cells(mover->box) + cell;

    return mover->graph->system->counts[mover->box->counts[at]].value + worker->rooms[at] - mover->rooms[at];
}

static bool may_move(const struct box_mover *mover, size_t count)
{
    return count != NOBODY && !mover->is_tied[count] && count_is_unknown(mover->graph->system, count);
}

/* How far all of these may fall; FIXED: one may not be moved. */
static int32_t least_room(const struct worker *worker, const size_t *slots, size_t n, size_t cell)
{
    const size_t n_cells = count_box_cells(worker->mover->box);
    int32_t room = BOUNDLESS;

    for (size_t k = 0; k < n && room != FIXED; k++)
        if (worker->rooms[slots[k] * n_cells + cell] < room)
            room = worker->rooms[slots[k] * n_cells + cell];
    return room;
}

static struct reach find_reach(const struct worker *worker, const struct move *move, size_t cell)
{
    const struct box_mover *const mover = worker->mover;
    const size_t n = mover->box->n_kinds + 1;
    const int32_t less = least_room(worker, move->more, move->n_more, cell);
    const int32_t more = less == FIXED ? FIXED : least_room(worker, move->less, move->n_less, cell);

    if (more == FIXED || !mover->shapes.is_kept[(mover->shapes.of_cell[cell] * n + move->kind) * n + move->other])
        return (struct reach){0, 0};
    return (struct reach){more, less};
}

/* How many times a cell may make the move (sign 1), or the opposite (-1). */
static int32_t reach_of(struct worker *worker, const struct move *move, size_t cell, int sign)
{
    struct reach *const reach = &worker->reaches[cell];

    if (reach->more < 0) {
        *reach = find_reach(worker, move, cell);
        worker->known[worker->n_known++] = cell;
    }
    return sign > 0 ? reach->more : reach->less;
}

static void forget_reaches(struct worker *worker)
{
    for (size_t k = 0; k < worker->n_known; k++)
        worker->reaches[worker->known[k]].more = -1;
    worker->n_known = 0;
}

static int side_of(size_t line)
{
    return line == 0 ? -1 : 1;
}

/* How many times more a cell can make the move (sign 1) or the opposite, after what this search has moved already. */
static int32_t left_of(struct worker *worker, const struct move *move, size_t cell, int sign)
{
    return reach_of(worker, move, cell, sign) - sign * worker->moved[cell];
}

static void move_cell(struct worker *worker, size_t cell, int32_t by)
{
    if (!worker->is_touched[cell])
        worker->touched[worker->n_touched++] = cell;
    worker->is_touched[cell] = true;
    worker->moved[cell] += by;
}

/* A search for ways from the row of a target to its column: from a row by what a cell gives, from a column by what one takes. */
struct ways {
    const struct move *move;
    size_t p0, q0;
    int sign;     /* of the target's lines */
    size_t start; /* the row that is looked at first */
};

static int32_t gives(struct worker *worker, const struct ways *ways, size_t p, size_t q)
{
    return left_of(worker, ways->move, p * worker->mover->box->width + q, -ways->sign * side_of(p) * side_of(q));
}

static int32_t takes(struct worker *worker, const struct ways *ways, size_t p, size_t q)
{
    return left_of(worker, ways->move, p * worker->mover->box->width + q, ways->sign * side_of(p) * side_of(q));
}

/* The row that ends a way, or SIZE_MAX; came_by: the column before each row, the row before each column. */
static size_t find_way(struct worker *worker, const struct ways *ways)
{
    const struct count_box *const box = worker->mover->box;
    size_t n = 0;

    for (size_t p = 0; p < box->height; p++)
        worker->column_before[p] = SIZE_MAX;
    for (size_t q = 0; q < box->width; q++)
        worker->row_before[q] = SIZE_MAX;
    worker->rows[n++] = ways->p0;
    for (size_t at = 0; at < n; at++) {
        const size_t p = worker->rows[at];

        for (size_t q = 0; q < box->width; q++) {
            if (q == ways->q0 || worker->row_before[q] != SIZE_MAX || gives(worker, ways, p, q) <= 0)
                continue;
            worker->row_before[q] = p;
            for (size_t k = 0; k < box->height; k++) {
                const size_t next = ways->start + k < box->height ? ways->start + k : ways->start + k - box->height;

                if (next == ways->p0 || worker->column_before[next] != SIZE_MAX)
                    continue;
                worker->n_looks++;
                if (takes(worker, ways, next, q) <= 0)
                    continue;
                worker->column_before[next] = q;
                worker->rows[n++] = next;
                if (gives(worker, ways, next, ways->q0) > 0)
                    return next;
            }
        }
        if (worker->n_looks > LOOKS_MAX)
            return SIZE_MAX;
    }
    return SIZE_MAX;
}

/* Carries as much as the way does; how much. */
static int32_t follow_way(struct worker *worker, const struct ways *ways, size_t last, int32_t want)
{
    const size_t width = worker->mover->box->width;
    int32_t amount = want, room = gives(worker, ways, last, ways->q0);

    amount = room < amount ? room : amount;
    for (size_t p = last; p != ways->p0; p = worker->row_before[worker->column_before[p]]) {
        const size_t q = worker->column_before[p];

        room = takes(worker, ways, p, q);
        amount = room < amount ? room : amount;
        room = gives(worker, ways, worker->row_before[q], q);
        amount = room < amount ? room : amount;
    }
    move_cell(worker, last * width + ways->q0, -ways->sign * side_of(last) * side_of(ways->q0) * amount);
    for (size_t p = last; p != ways->p0; p = worker->row_before[worker->column_before[p]]) {
        const size_t q = worker->column_before[p], before = worker->row_before[q];

        move_cell(worker, p * width + q, ways->sign * side_of(p) * side_of(q) * amount);
        move_cell(worker, before * width + q, -ways->sign * side_of(before) * side_of(q) * amount);
    }
    return amount;
}

/* How many times, up to `want`, the move can be made in a cell: way by way, as a flow is augmented (Ford and Fulkerson). */
static int32_t make_way(struct worker *worker, const struct move *move, size_t cell, int32_t want)
{
    const struct count_box *const box = worker->mover->box;
    struct ways ways = {move, cell / box->width, cell % box->width, side_of(cell / box->width) * side_of(cell % box->width), 0};
    int32_t done = 0;
    size_t last;

    if (reach_of(worker, move, cell, 1) < want)
        want = reach_of(worker, move, cell, 1);
    worker->n_looks = 0;
    size_t *const looks = &worker->looks[worker->by_column ? ways.q0 : ways.p0];
    while (done < want && *looks < LINE_LOOKS_MAX && (last = find_way(worker, &ways)) != SIZE_MAX) {
        done += follow_way(worker, &ways, last, want - done);
        ways.start = last;
    }
    *looks += worker->n_looks;
    return done;
}

/* ---- what is sought -------------------------------------------------------------------------------------------------------- */

static bool is_open(const struct box_mover *mover, size_t count)
{
    return count != NOBODY && count != NOT_COUNTED && count_is_audited(mover->graph->system, count) &&
           !count_range_is_safe(mover->graph->system, count, mover->low[count], mover->high[count]);
}

/* How far an open count must go up, or down (sign -1), from where it is; 0 and less: that does not help. */
static int32_t distance(const struct worker *worker, size_t slot, size_t cell, int sign)
{
    const struct box_mover *const mover = worker->mover;
    const size_t count = count_at(mover->box, slot, cell);
    const double threshold = (double)mover->graph->system->threshold, value = (double)value_now(worker, slot, cell);

    if (sign > 0)
        return (int32_t)(fmax(threshold, mover->low[count] + threshold) - value);
    return (int32_t)fmin(value, value - (mover->high[count] - threshold));
}

/* The largest distance of the open counts that a move changes in a cell; 0: there is none. */
static int32_t farthest(const struct worker *worker, const struct move *move, size_t cell)
{
    const struct box_mover *const mover = worker->mover;
    int32_t most = 0;

    for (size_t k = 0; k < move->n_more + move->n_less; k++) {
        const bool is_more = k < move->n_more;
        const size_t slot = is_more ? move->more[k] : move->less[k - move->n_more];

        if (is_open(mover, count_at(mover->box, slot, cell)) && distance(worker, slot, cell, is_more ? 1 : -1) > most)
            most = distance(worker, slot, cell, is_more ? 1 : -1);
    }
    return most;
}

/* What has been reached by a move is seen. */
static void widen(const struct worker *worker, const struct move *move, size_t cell, int32_t by)
{
    const struct box_mover *const mover = worker->mover;

    for (size_t k = 0; k < move->n_more + move->n_less; k++) {
        const bool is_more = k < move->n_more;
        const size_t slot = is_more ? move->more[k] : move->less[k - move->n_more], count = count_at(mover->box, slot, cell);

        if (count == NOT_COUNTED)
            continue;
        const double value = (double)(value_now(worker, slot, cell) + (is_more ? by : -by));
        mover->high[count] = fmax(mover->high[count], value);
        mover->low[count] = fmin(mover->low[count], value);
    }
}

/* What was moved is taken back; `move` not NULL: it stays, and further moves start from there. */
static void end_way(struct worker *worker, const struct move *move)
{
    const size_t n_cells = count_box_cells(worker->mover->box);

    while (worker->n_touched > 0) {
        const size_t cell = worker->touched[--worker->n_touched];

        for (size_t k = 0; move != NULL && k < move->n_more + move->n_less; k++) {
            const bool is_more = k < move->n_more;
            int32_t *const room = &worker->rooms[(is_more ? move->more[k] : move->less[k - move->n_more]) * n_cells + cell];

            if (*room != BOUNDLESS)
                *room += is_more ? worker->moved[cell] : -worker->moved[cell];
        }
        if (move != NULL && !worker->is_changed[cell])
            worker->changed[worker->n_changed++] = cell;
        if (move != NULL)
            worker->is_changed[cell] = true;
        worker->moved[cell] = 0;
        worker->is_touched[cell] = false;
    }
}

/* Back to the true table. */
static void start_anew(struct worker *worker)
{
    const size_t n_cells = count_box_cells(worker->mover->box);

    while (worker->n_changed > 0) {
        const size_t cell = worker->changed[--worker->n_changed];

        worker->is_changed[cell] = false;
        for (size_t slot = 0; slot < worker->mover->box->n_slots; slot++)
            worker->rooms[slot * n_cells + cell] = worker->mover->rooms[slot * n_cells + cell];
    }
    forget_reaches(worker);
}

static int32_t try_move(struct worker *worker, const struct move *move, size_t cell, int32_t want, bool stays)
{
    const int32_t done = want > 0 ? make_way(worker, move, cell, want) : 0;

    if (done > 0)
        widen(worker, move, cell, done);
    end_way(worker, stays ? move : NULL);
    return done;
}

/* Slots of one kind that are not those of the other; both rise.  NO kind: n_kinds. */
static size_t without(const struct count_box *box, size_t kind, size_t other, size_t *out)
{
    const size_t end = kind < box->n_kinds ? box->first[kind + 1] : 0, end_other = other < box->n_kinds ? box->first[other + 1] : 0;
    size_t k = other < box->n_kinds ? box->first[other] : 0, n = 0;

    for (size_t i = kind < box->n_kinds ? box->first[kind] : 0; i < end; i++) {
        while (k < end_other && box->slots[k] < box->slots[i])
            k++;
        if (k == end_other || box->slots[k] != box->slots[i])
            out[n++] = box->slots[i];
    }
    return n;
}

static struct move move_of(struct worker *worker, size_t kind, size_t other)
{
    const struct count_box *const box = worker->mover->box;
    const size_t n_more = without(box, kind, other, worker->more), n_less = without(box, other, kind, worker->less);

    return (struct move){kind, other, n_more, n_less, worker->more, worker->less};
}

/* ---- all of it, row by row ------------------------------------------------------------------------------------------------- */

static void worker_free(struct worker *worker)
{
    free(worker->more);
    free(worker->less);
    free(worker->reaches);
    free(worker->known);
    free(worker->open);
    free(worker->moved);
    free(worker->touched);
    free(worker->is_touched);
    free(worker->rows);
    free(worker->looks);
    free(worker->column_before);
    free(worker->row_before);
    free(worker->rooms);
    free(worker->changed);
    free(worker->is_changed);
}

static int worker_alloc(struct worker *worker, const struct box_mover *mover)
{
    const struct count_box *const box = mover->box;
    const size_t n_cells = count_box_cells(box);

    *worker = (struct worker){.mover = mover};
    if ((worker->more = allocate(box->n_slots + 1, sizeof *worker->more)) == NULL ||
        (worker->less = allocate(box->n_slots + 1, sizeof *worker->less)) == NULL ||
        (worker->reaches = allocate(n_cells, sizeof *worker->reaches)) == NULL ||
        (worker->known = allocate(n_cells, sizeof *worker->known)) == NULL ||
        (worker->open = allocate(n_cells, sizeof *worker->open)) == NULL ||
        (worker->moved = allocate(n_cells, sizeof *worker->moved)) == NULL ||
        (worker->touched = allocate(n_cells, sizeof *worker->touched)) == NULL ||
        (worker->is_touched = allocate(n_cells, sizeof *worker->is_touched)) == NULL ||
        (worker->looks = allocate(box->height + box->width, sizeof *worker->looks)) == NULL ||
        (worker->rows = allocate(box->height, sizeof *worker->rows)) == NULL ||
        (worker->column_before = allocate(box->height, sizeof *worker->column_before)) == NULL ||
        (worker->row_before = allocate(box->width, sizeof *worker->row_before)) == NULL ||
        (worker->is_changed = allocate(n_cells, sizeof *worker->is_changed)) == NULL ||
        (worker->changed = allocate(n_cells, sizeof *worker->changed)) == NULL ||
        (worker->rooms = allocate(box->n_slots * n_cells, sizeof *worker->rooms)) == NULL)
        return -1;
    memcpy(worker->rooms, mover->rooms, box->n_slots * n_cells * sizeof *worker->rooms);
    for (size_t cell = 0; cell < n_cells; cell++)
        worker->reaches[cell].more = -1;
    return 0;
}

/* Runs of so many rows, or columns. */
struct parts {
    const struct box_mover *mover;
    size_t size;
};

/* Slots as bits, SLOT_WORDS words. */
static void mark(uint64_t *words, size_t slot)
{
    words[slot / 64] |= UINT64_C(1) << slot % 64;
}

static void find_movable(const struct box_mover *mover, size_t cell, uint64_t *words)
{
    for (size_t slot = 0; slot < mover->box->n_slots; slot++) {
        if (mover->rooms[slot * count_box_cells(mover->box) + cell] != FIXED)
            mark(words, slot);
    }
}

/* What is still sought there; is there anything? */
static bool find_sought(const struct box_mover *mover, struct open_cell *open)
{
    bool any = false;

    for (size_t w = 0; w < SLOT_WORDS; w++)
        open->sought[w] = 0;
    for (size_t slot = 0; slot < mover->box->n_slots; slot++)
        if (is_open(mover, count_at(mover->box, slot, open->cell))) {
            mark(open->sought, slot);
            any = true;
        }
    return any;
}

/* The cells of these rows in which something is open. */
static size_t find_open(struct worker *worker, size_t from, size_t until)
{
    const size_t width = worker->mover->box->width;
    size_t n = 0;

    for (size_t cell = from * width; cell < until * width; cell++) {
        worker->open[n] = (struct open_cell){.cell = cell};
        if (find_sought(worker->mover, &worker->open[n]))
            find_movable(worker->mover, cell, worker->open[n++].movable);
    }
    return n;
}

static bool is_part(const uint64_t *words, const uint64_t *all)
{
    uint64_t beyond = 0;

    for (size_t w = 0; w < SLOT_WORDS; w++)
        beyond |= words[w] & ~all[w];
    return beyond == 0;
}

/* Is the move possible there, does it move something that is sought, and would not each kind come and go by itself? */
static bool is_worth_trying(const struct open_cell *open, const uint64_t *kind, const uint64_t *other)
{
    uint64_t both[SLOT_WORDS], sought = 0;

    for (size_t w = 0; w < SLOT_WORDS; w++) {
        both[w] = kind[w] ^ other[w];
        sought |= both[w] & open->sought[w];
    }
    if (sought == 0 || !is_part(both, open->movable))
        return false;
    return !is_part(kind, open->movable) || !is_part(other, open->movable);
}

static void kind_bits(const struct count_box *box, size_t kind, uint64_t *words)
{
    for (size_t w = 0; w < SLOT_WORDS; w++)
        words[w] = 0;
    for (size_t k = box->first[kind]; k < box->first[kind + 1]; k++)
        mark(words, box->slots[k]);
}

static bool has_slot(const struct count_box *box, size_t kind, size_t slot)
{
    for (size_t k = box->first[kind]; k < box->first[kind + 1]; k++)
        if (box->slots[k] == slot)
            return true;
    return false;
}

static bool is_sought(const struct open_cell *open, const uint64_t *kind)
{
    uint64_t sought = 0;

    for (size_t w = 0; w < SLOT_WORDS; w++)
        sought |= kind[w] & open->sought[w];
    return sought != 0;
}

/* Somebody less of each kind, and somebody more, where that is sought in these rows. */
static void add_people(struct worker *worker, size_t from, size_t until)
{
    const struct count_box *const box = worker->mover->box;
    const size_t n = find_open(worker, from, until);
    uint64_t bits[SLOT_WORDS];

    for (size_t kind = 0; kind < box->n_kinds; kind++) {
        kind_bits(box, kind, bits);
        for (int turn = 0; turn < 2; turn++) {
            const struct move move = turn == 0 ? move_of(worker, box->n_kinds, kind) : move_of(worker, kind, box->n_kinds);

            for (size_t k = 0; k < n; k++) {
                struct open_cell *const open = &worker->open[k];

                if (is_sought(open, bits) && try_move(worker, &move, open->cell, farthest(worker, &move, open->cell), false) > 0)
                    find_sought(worker->mover, open);
            }
            forget_reaches(worker);
        }
    }
}

/* People of one kind in place of another, for what is still open in these rows. */
static void change_people(struct worker *worker, size_t from, size_t until)
{
    const struct count_box *const box = worker->mover->box;
    const size_t n = find_open(worker, from, until);

    for (size_t kind = 0; n > 0 && kind < box->n_kinds; kind++)
        for (size_t other = 0; other < box->n_kinds; other++) {
            uint64_t bits[2][SLOT_WORDS];
            struct move move = {.n_more = 0};

            kind_bits(box, kind, bits[0]);
            kind_bits(box, other, bits[1]);
            for (size_t k = 0; k < n && other != kind; k++) {
                if (!is_worth_trying(&worker->open[k], bits[0], bits[1]))
                    continue;
                if (move.n_more + move.n_less == 0)
                    move = move_of(worker, kind, other);
                try_move(worker, &move, worker->open[k].cell, farthest(worker, &move, worker->open[k].cell), false);
            }
            forget_reaches(worker);
        }
}

/* Of these parts of a line those in which a slot is open. */
struct line {
    size_t total, first, step, n;
};

static bool is_open_in(const struct worker *worker, const struct line *line, size_t slot)
{
    for (size_t k = 0; k < line->n; k++)
        if (is_open(worker->mover, count_at(worker->mover->box, slot, line->first + k * line->step)))
            return true;
    return false;
}

/* One more of each kind that a slot counts, wherever it is open in a line. */
static void add_to_line(struct worker *worker, const struct line *line, size_t slot)
{
    const struct box_mover *const mover = worker->mover;

    forget_reaches(worker);
    for (size_t kind = 0; kind < mover->box->n_kinds; kind++) {
        const struct move move = move_of(worker, kind, mover->box->n_kinds);

        if (!has_slot(mover->box, kind, slot))
            continue;
        for (size_t k = 0; k < line->n; k++) {
            const size_t cell = line->first + k * line->step;

            if (is_open(mover, count_at(mover->box, slot, cell)))
                try_move(worker, &move, cell, farthest(worker, &move, cell), false);
        }
        forget_reaches(worker);
    }
}

/* As many more of one kind as can be, in place of all others that can go: from where each has come to.  Are there any? */
static bool heap_up(struct worker *worker, const struct open_cell *at, size_t kind, size_t slot)
{
    const struct box_mover *const mover = worker->mover;
    const struct count_box *const box = mover->box;
    int32_t want = 2 * (int32_t)mover->graph->system->threshold;
    uint64_t bits[2][SLOT_WORDS];

    kind_bits(box, kind, bits[0]);
    for (size_t other = 0; want > 0 && other < box->n_kinds; other++) {
        kind_bits(box, other, bits[1]);
        if (has_slot(box, other, slot) || !is_worth_trying(at, bits[0], bits[1]))
            continue;
        const struct move move = move_of(worker, kind, other);
        forget_reaches(worker);
        want -= try_move(worker, &move, at->cell, want, true);
    }
    forget_reaches(worker);
    return worker->n_changed > 0;
}

/*
 * The parts of a line reach no further than its total, which few may make: first it is raised, by people of one kind in place
 * of others, and from there the parts are.
 */
static void raise_total(struct worker *worker, const struct line *line)
{
    const struct box_mover *const mover = worker->mover;
    const struct count_box *const box = mover->box;
    struct open_cell total = {.cell = line->total};

    find_movable(mover, line->total, total.movable);
    for (size_t slot = 0; slot < box->n_slots; slot++) {
        if (count_at(box, slot, line->total) == NOT_COUNTED || mover->rooms[slot * count_box_cells(box) + line->total] == FIXED)
            continue;
        for (size_t w = 0; w < SLOT_WORDS; w++)
            total.sought[w] = 0;
        mark(total.sought, slot);
        for (size_t kind = 0; kind < box->n_kinds; kind++) {
            if (!has_slot(box, kind, slot) || !(is_open(mover, count_at(box, slot, line->total)) || is_open_in(worker, line, slot)))
                continue;
            if (heap_up(worker, &total, kind, slot))
                add_to_line(worker, line, slot);
            start_anew(worker);
        }
    }
}

static int move_rows(void *context, size_t part)
{
    const struct parts *const parts = context;
    const struct count_box *const box = parts->mover->box;
    const size_t from = part * parts->size, end = from + parts->size, until = end < box->height ? end : box->height;
    struct worker worker;
    int status = worker_alloc(&worker, parts->mover);

    if (status == 0) {
        add_people(&worker, from, until);
        change_people(&worker, from, until);
        for (size_t p = from > 0 ? from : 1; p < until; p++)
            raise_total(&worker, &(struct line){p * box->width, p * box->width + 1, 1, box->width - 1});
    }
    worker_free(&worker);
    return status;
}

static int move_columns(void *context, size_t part)
{
    const struct parts *const parts = context;
    const struct count_box *const box = parts->mover->box;
    const size_t from = part * parts->size, end = from + parts->size, until = end < box->width ? end : box->width;
    struct worker worker;
    int status = worker_alloc(&worker, parts->mover);

    worker.by_column = true;
    for (size_t q = from > 0 ? from : 1; status == 0 && q < until; q++)
        raise_total(&worker, &(struct line){q, box->width + q, box->width, box->height - 1});
    worker_free(&worker);
    return status;
}

/* Of a cell whose row and column are both too poor: both totals are raised, then it is. */
static void raise_both(struct worker *worker, size_t cell, size_t slot)
{
    const struct box_mover *const mover = worker->mover;
    const struct count_box *const box = mover->box;
    const size_t totals[] = {cell - cell % box->width, cell % box->width};

    for (size_t kind = 0; kind < box->n_kinds && is_open(mover, count_at(box, slot, cell)); kind++) {
        if (!has_slot(box, kind, slot))
            continue;
        for (size_t k = 0; k < 2; k++) {
            struct open_cell total = {.cell = totals[k]};

            find_movable(mover, totals[k], total.movable);
            mark(total.sought, slot);
            heap_up(worker, &total, kind, slot);
        }
        const struct move move = move_of(worker, kind, box->n_kinds);
        try_move(worker, &move, cell, farthest(worker, &move, cell), false);
        start_anew(worker);
    }
}

static int move_last(const struct box_mover *mover)
{
    const struct count_box *const box = mover->box;
    struct worker worker;
    int status = worker_alloc(&worker, mover), n = 0;

    for (size_t at = 0; status == 0 && n < LAST_MAX && at < box->n_slots * count_box_cells(box); at++) {
        const size_t cell = at % count_box_cells(box);

        if (cell < box->width || cell % box->width == 0 || !is_open(mover, box->counts[at]))
            continue;
        raise_both(&worker, cell, at / count_box_cells(box));
        n++;
    }
    worker_free(&worker);
    return status;
}

/* Side by side: in each line counts are changed by nobody else. */
static int run_parts(const struct box_mover *mover, size_t n_lines, int n_threads, int (*work)(void *context, size_t part))
{
    const size_t n_parts = n_threads < 2 ? 1 : 2 * (size_t)n_threads;
    struct parts parts = {mover, (n_lines + n_parts - 1) / n_parts};

    return threads_run((n_lines + parts.size - 1) / parts.size, n_threads, work, &parts);
}

/* Looks again at which counts are unknown. */
static void find_rooms(const struct box_mover *mover)
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

int box_movers_run(struct box_mover *movers, double *low, double *high, int n_threads)
{
    int status = 0;

    for (struct box_mover *mover = movers; mover != NULL && status == 0; mover = mover->next) {
        mover->low = low;
        mover->high = high;
        find_rooms(mover);
        status = run_parts(mover, mover->box->height, n_threads, move_rows);
        if (status == 0)
            status = run_parts(mover, mover->box->width, n_threads, move_columns);
        if (status == 0)
            status = move_last(mover);
    }
    return status;
}
