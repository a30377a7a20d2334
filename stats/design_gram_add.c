/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/design_gram_add.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "stats/vectors.h"

/* Rows that are taken through all pairs of units before the next ones, at most: their weights stay in the first caches, and of
   more than some numbers the products. */
enum { GRAM_ROWS = 256, SOME_NUMBERS = 8 };

enum gram_kind { KIND_ROW, KIND_NUMBER, KIND_FACTOR, KIND_OTHER };

struct gram_room {
    size_t n_number, n_factor, n_other;
    size_t *number, *factor, *other; /* units of each kind; other: numeric with codes, and factors of many levels */
    size_t n_rows;                   /* GRAM_ROWS, or fewer where there are many numbers */
    bool joins;                      /* the row itself has a place beside the numbers, behind them */
    size_t stride;                   /* of these: 2, or whole vectors */
    size_t n_lane_cell;              /* cells of all factors */
    int64_t *lane;                   /* [n_lane_cell * stride] by factor, cell and number */
    int64_t *plain, *once, *twice;   /* [GRAM_ROWS] */
    int64_t *row;                    /* [GRAM_ROWS * stride] addends of a row side by side */
    double *product;                 /* [n_number * GRAM_ROWS] weight times number, scaled */
    uint32_t *at;                    /* [GRAM_ROWS] cells of a pair */
};

static enum gram_kind kind_of(const struct gram_unit *unit)
{
    if (unit->value == NULL && unit->code == NULL)
        return KIND_ROW;
    if (unit->value != NULL)
        return unit->code == NULL ? KIND_NUMBER : KIND_OTHER;
    return unit->n_cell <= GRAM_UNIT_CELLS ? KIND_FACTOR : KIND_OTHER;
}

struct gram_room *gram_room_alloc(const struct gram_layout *layout)
{
    struct gram_room *const room = calloc(1, sizeof *room);
    const size_t n = layout->n_unit;

    if (room == NULL)
        return NULL;
    room->number = calloc(3 * n, sizeof *room->number);
    if (room->number != NULL) {
        room->factor = room->number + n;
        room->other = room->factor + n;
        for (size_t u = 1; u < n; u++)
            switch (kind_of(&layout->unit[u])) {
            case KIND_NUMBER: room->number[room->n_number++] = u; break;
            case KIND_FACTOR:
                room->n_lane_cell += layout->unit[u].n_cell;
                room->factor[room->n_factor++] = u;
                break;
            case KIND_ROW:
            case KIND_OTHER: room->other[room->n_other++] = u; break;
            }
        room->n_rows = room->n_number > SOME_NUMBERS ? GRAM_ROWS / 2 : GRAM_ROWS;
        room->joins = room->n_number % VECTOR_LANES != 0; /* else it would take a vector of its own */
        room->stride = room->n_number == 1 ? 2 : (room->n_number + VECTOR_LANES - 1) / VECTOR_LANES * VECTOR_LANES;
        room->lane = calloc(room->n_lane_cell * room->stride + GRAM_ROWS * (room->stride + 3) + 1, sizeof *room->lane);
        room->product = calloc((room->n_number + 1) * GRAM_ROWS, sizeof *room->product);
    }
    if (room->number == NULL || room->lane == NULL || room->product == NULL) {
        gram_room_free(room);
        return NULL;
    }
    room->plain = room->lane + room->n_lane_cell * room->stride;
    room->once = room->plain + GRAM_ROWS;
    room->twice = room->once + GRAM_ROWS;
    room->row = room->twice + GRAM_ROWS;
    room->at = (uint32_t *)(void *)(room->product + room->n_number * GRAM_ROWS);
    return room;
}

void gram_room_free(struct gram_room *room)
{
    if (room == NULL)
        return;
    free(room->number);
    free(room->lane);
    free(room->product);
    free(room);
}

/* The first cell of a pair, whichever unit comes first. */
static size_t pair_start(const struct gram_layout *layout, size_t u, size_t v)
{
    return layout->start[u <= v ? u * layout->n_unit + v : v * layout->n_unit + u];
}

/* ---- numbers and factors ----------------------------------------------------------------------------------------- */

/* product[k] = weight[k] value[k] up: a power of 2, so no bit of the product changes.  The next rows are called for meanwhile. */
VECTOR_INLINE void scale_products(const double *weight, const double *value, double up, size_t n, size_t ahead,
                                  double *restrict product)
{
    size_t k = 0;

    for (; k + VECTOR_LANES <= n; k += VECTOR_LANES) {
        __builtin_prefetch(value + ahead + k);
        *(vector_reals *)(product + k) = *(const vector_reals *)(weight + k) * *(const vector_reals *)(value + k) * up;
    }
    for (; k < n; k++)
        product[k] = weight[k] * value[k] * up;
}

/* to[k * stride] = from[k] */
VECTOR_INLINE void spread(const int64_t *restrict from, size_t n, size_t stride, int64_t *restrict to)
{
    for (size_t k = 0; k < n; k++)
        to[k * stride] = from[k];
}

/* Products of the row, of numbers, and of numbers with each other. */
VECTOR_INLINE void add_numbers(struct gram *gram, const double *weight, size_t first, size_t n)
{
    const struct gram_layout *const layout = gram->layout;
    struct gram_room *const room = gram->room;
    int64_t totals[VECTOR_PRODUCTS];

    vector_fixed(&gram->scale, weight, n, room->plain);
    gram->cell[layout->start[0]] += vector_total(room->plain, n);
    for (size_t a = 0; a < room->n_number; a++) {
        const size_t u = room->number[a];
        const double *const value = layout->unit[u].value + first;
        double *const product = room->product + a * GRAM_ROWS;

        scale_products(weight, value, gram->scale.up, n, room->n_rows, product);
        vector_whole(&gram->scale, product, n, room->once);
        gram->cell[pair_start(layout, 0, u)] += vector_total(room->once, n);
        for (size_t b = 0; b <= a; b += VECTOR_PRODUCTS) {
            const size_t n_here = a + 1 - b < VECTOR_PRODUCTS ? a + 1 - b : VECTOR_PRODUCTS;
            vector_products(&gram->scale, room->product + b * GRAM_ROWS, GRAM_ROWS, n_here, value, n, totals);
            for (size_t m = 0; m < n_here; m++)
                gram->cell[pair_start(layout, room->number[b + m], u)] += totals[m];
        }
        if (room->n_factor > 0)
            spread(room->once, n, room->stride, room->row + a);
    }
    if (room->joins && room->n_factor > 0)
        spread(room->plain, n, room->stride, room->row + room->n_number);
}

/* A number and the row itself side by side. */
typedef int64_t two_lanes __attribute__((vector_size(16), aligned(8), may_alias));

VECTOR_INLINE void add_two(const struct gram_room *room, int64_t *lane, const uint16_t *code, size_t n)
{
    const int64_t *restrict const row = room->row;

    for (size_t k = 0; k < n; k++)
        *(two_lanes *)(lane + 2 * (size_t)code[k]) += *(const two_lanes *)(row + 2 * k);
}

/* One vector of numbers, from lane `at` on, to the cells of a factor. */
VECTOR_INLINE void add_lanes(const struct gram_room *room, int64_t *lane, size_t at, const uint16_t *code, size_t n)
{
    const size_t stride = room->stride;
    const int64_t *restrict const row = room->row + at;

    lane += at;
    for (size_t k = 0; k < n; k++) {
        vector_integers *const cell = (vector_integers *)(lane + code[k] * stride);
        *cell += *(const vector_integers *)(row + k * stride);
    }
}

VECTOR_INLINE void add_factors(struct gram *gram, size_t first, size_t n)
{
    const struct gram_layout *const layout = gram->layout;
    struct gram_room *const room = gram->room;
    uint32_t *restrict const at = room->at;
    int64_t *lane = room->lane;

    for (size_t a = 0; a < room->n_factor; a++) {
        const size_t u = room->factor[a];
        const uint16_t *restrict code = layout->unit[u].code + first;
        const int64_t *restrict plain = room->plain;
        int64_t *restrict single = gram->cell + pair_start(layout, 0, u);

        if (room->stride == 2)
            add_two(room, lane, code, n);
        for (size_t lanes = 0; room->stride != 2 && lanes < room->stride; lanes += VECTOR_LANES)
            add_lanes(room, lane, lanes, code, n);
        lane += layout->unit[u].n_cell * room->stride;
        for (size_t k = 0; k < n && !room->joins; k++)
            single[code[k]] += plain[k];
        for (size_t b = a + 1; b < room->n_factor; b++) { /* units stand in their order */
            const size_t v = room->factor[b], n_v = layout->unit[v].n_cell;
            const uint16_t *restrict other = layout->unit[v].code + first;
            int64_t *restrict cell = gram->cell + pair_start(layout, u, v);
            for (size_t k = 0; k < n; k++)
                at[k] = code[k] * (uint32_t)n_v + other[k]; /* before anything is added, for these are vectors */
            for (size_t k = 0; k < n; k++)
                cell[at[k]] += plain[k];
        }
    }
}

/* What the vectors have gathered goes to the cells of the pairs, and is 0 again. */
static void flush_lanes(struct gram *gram)
{
    const struct gram_layout *const layout = gram->layout;
    struct gram_room *const room = gram->room;
    const int64_t *lane = room->lane;

    for (size_t a = 0; a < room->n_factor; a++) {
        const size_t u = room->factor[a], n_cell = layout->unit[u].n_cell;
        for (size_t c = 0; c < n_cell; c++, lane += room->stride) {
            for (size_t b = 0; b < room->n_number; b++)
                gram->cell[pair_start(layout, room->number[b], u) + c] += lane[b];
            if (room->joins)
                gram->cell[pair_start(layout, 0, u) + c] += lane[room->n_number];
        }
    }
    memset(room->lane, 0, room->n_lane_cell * room->stride * sizeof *room->lane);
}

/* A factor with itself has the sums of the factor. */
static void set_diagonals(struct gram *gram)
{
    const struct gram_layout *const layout = gram->layout;
    const struct gram_room *const room = gram->room;

    for (size_t a = 0; a < room->n_factor; a++) {
        const size_t u = room->factor[a];
        memcpy(gram->cell + pair_start(layout, u, u), gram->cell + pair_start(layout, 0, u),
               layout->unit[u].n_cell * sizeof *gram->cell);
    }
}

/* ---- other units, pair by pair ------------------------------------------------------------------------------------ */

/* addend[k] goes to the cell of row first + k. */
static void scatter(int64_t *restrict cell, const uint16_t *restrict code_u, const uint16_t *restrict code_v,
                    size_t n_v, const int64_t *restrict addend, size_t n)
{
    if (code_u == NULL && code_v == NULL) {
        for (size_t k = 0; k < n; k++)
            cell[0] += addend[k];
    } else if (code_u == NULL || code_v == NULL) {
        const uint16_t *restrict code = code_u != NULL ? code_u : code_v;
        for (size_t k = 0; k < n; k++)
            cell[code[k]] += addend[k];
    } else {
        for (size_t k = 0; k < n; k++)
            cell[code_u[k] * n_v + code_v[k]] += addend[k];
    }
}

static void add_pair(struct gram *gram, size_t u, size_t v, const double *weight, size_t first, size_t n)
{
    const struct gram_layout *const layout = gram->layout;
    const struct gram_unit *const unit = &layout->unit[u], *const other = &layout->unit[v];
    struct gram_room *const room = gram->room;
    const int64_t *addend = room->plain;

    if (unit->value != NULL || other->value != NULL) {
        for (size_t k = 0; k < n; k++) {
            const double once = unit->value != NULL ? weight[k] * unit->value[first + k] : weight[k];
            room->twice[k] = fixed_part(&gram->scale, other->value != NULL ? once * other->value[first + k] : once);
        }
        addend = room->twice;
    }
    /* A unit with itself: only its own cells can occur. */
    const uint16_t *const code_v = v != u && other->code != NULL ? other->code + first : NULL;
    scatter(gram->cell + pair_start(layout, u, v), unit->code != NULL ? unit->code + first : NULL, code_v, other->n_cell,
            addend, n);
}

static bool is_other(const struct gram_room *room, size_t u)
{
    for (size_t k = 0; k < room->n_other; k++)
        if (room->other[k] == u)
            return true;
    return false;
}

static void add_others(struct gram *gram, const double *weight, size_t first, size_t n)
{
    const struct gram_room *const room = gram->room;

    for (size_t k = 0; k < room->n_other; k++)
        for (size_t v = 0; v < gram->layout->n_unit; v++) {
            const size_t u = room->other[k];
            if (v >= u || !is_other(room, v)) /* a pair of two of these once */
                add_pair(gram, u < v ? u : v, u < v ? v : u, weight, first, n);
        }
}

/* ---- the whole ----------------------------------------------------------------------------------------------------- */

/* It calls nothing, so that the processor leaves it in the state in which others expect it. */
VECTOR_VERSIONS static void add_vectors(struct gram *gram, const double *weight, size_t first, size_t n)
{
    add_numbers(gram, weight, first, n);
    add_factors(gram, first, n);
}

void gram_add(struct gram *gram, const double *weight, size_t first, size_t last)
{
    const size_t n_rows = gram->room->n_rows;

    for (; first < last; first += n_rows) {
        const size_t n = last - first < n_rows ? last - first : n_rows;
        add_vectors(gram, weight + first, first, n);
        if (gram->room->n_other > 0)
            add_others(gram, weight + first, first, n);
    }
    flush_lanes(gram);
    set_diagonals(gram);
}
