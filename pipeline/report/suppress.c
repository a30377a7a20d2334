/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/suppress.h"

#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"

/* Where one more count in a neighbourhood has not sufficed two are tried, then four, and so on: rounds of large systems are slow. */
enum { SEVERAL_MAX = 64, BOX_ROUNDS_MAX = 8 };

/* The system, with what is needed to walk in it. */
struct suppressor {
    struct count_system *system;
    size_t *first;      /* [n_counts + 1] of the relations of a count */
    size_t *relations;  /* [n_terms] */
    size_t *n_unknown;  /* [n_relations] */
    bool *unsafe;       /* [n_counts] */
    bool *seen;         /* [n_counts] parts that have got one more hidden count in this round */
    size_t *queue;      /* [n_counts] */
    int n_box_rounds;   /* in which cells of boxes were hidden; what an earlier release told all too much of is given up */
};

static int make_index(struct suppressor *suppressor)
{
    const struct count_system *system = suppressor->system;

    suppressor->first = allocate(system->n_counts + 2, sizeof *suppressor->first);
    suppressor->relations = allocate(system->n_terms + 1, sizeof *suppressor->relations);
    suppressor->n_unknown = allocate(system->n_relations + 1, sizeof *suppressor->n_unknown);
    suppressor->unsafe = allocate(system->n_counts + 1, sizeof *suppressor->unsafe);
    suppressor->seen = allocate(system->n_counts + 1, sizeof *suppressor->seen);
    suppressor->queue = allocate(system->n_counts + 1, sizeof *suppressor->queue);
    if (suppressor->first == NULL || suppressor->relations == NULL || suppressor->n_unknown == NULL ||
        suppressor->unsafe == NULL || suppressor->seen == NULL || suppressor->queue == NULL)
        return -1;
    /* first[c + 2] counts, then first[c + 1] is where the next relation of c goes, and in the end where those of c + 1 begin. */
    for (size_t t = 0; t < system->n_terms; t++)
        if (system->terms[t].count + 2 <= system->n_counts)
            suppressor->first[system->terms[t].count + 2]++;
    for (size_t c = 2; c <= system->n_counts; c++)
        suppressor->first[c] += suppressor->first[c - 1];
    for (size_t r = 0; r < system->n_relations; r++)
        for (size_t k = system->relations[r].first; k < system->relations[r].first + system->relations[r].n; k++) {
            const size_t count = system->terms[k].count;

            suppressor->relations[suppressor->first[count + 1]++] = r;
            suppressor->n_unknown[r] += count_is_unknown(system, count);
        }
    return 0;
}

static void free_index(struct suppressor *suppressor)
{
    free(suppressor->first);
    free(suppressor->relations);
    free(suppressor->n_unknown);
    free(suppressor->unsafe);
    free(suppressor->seen);
    free(suppressor->queue);
}

static void hide_alone(struct suppressor *suppressor, size_t count)
{
    const bool was_unknown = count_is_unknown(suppressor->system, count);

    suppressor->system->counts[count].hidden = true;
    if (was_unknown || !count_is_unknown(suppressor->system, count))
        return;
    for (size_t k = suppressor->first[count]; k < suppressor->first[count + 1]; k++)
        suppressor->n_unknown[suppressor->relations[k]]++;
}

static void hide(struct suppressor *suppressor, size_t count)
{
    const struct count_system *const system = suppressor->system;

    hide_alone(suppressor, count);
    for (size_t i = system->counts[count].with; i != count; i = system->counts[i].with)
        if (count_can_be_hidden(system, i))
            hide_alone(suppressor, i);
}

/* Relations in which nothing is hidden yet, and in which something else would have to follow. */
static size_t n_opened(const struct suppressor *suppressor, size_t count)
{
    size_t n = 0;

    for (size_t k = suppressor->first[count]; k < suppressor->first[count + 1]; k++)
        n += suppressor->n_unknown[suppressor->relations[k]] == 0;
    return n;
}

/* Is it better to lose a than b? */
static bool is_cheaper(const struct suppressor *suppressor, size_t a, size_t b)
{
    const struct count *const x = &suppressor->system->counts[a], *const y = &suppressor->system->counts[b];
    const size_t x_opened = n_opened(suppressor, a), y_opened = n_opened(suppressor, b);

    if (x->cost != y->cost)
        return x->cost < y->cost;
    if (x_opened != y_opened)
        return x_opened < y_opened;
    if (x->value != y->value)
        return x->value < y->value;
    return a < b;
}

/* The cheapest cell of a relation that can still be hidden, or `best` when that is cheaper. */
static size_t cheapest(const struct suppressor *suppressor, size_t relation, size_t best)
{
    const struct count_system *system = suppressor->system;
    const struct relation *const about = &system->relations[relation];

    for (size_t k = about->first; k < about->first + about->n; k++) {
        const size_t count = system->terms[k].count;

        if (count_can_be_hidden(system, count) && (best == NO_COUNT || is_cheaper(suppressor, count, best)))
            best = count;
    }
    return best;
}

/* Is the only unknown count of a relation one that must be protected? */
static bool is_lonely(const struct suppressor *suppressor, size_t relation)
{
    const struct count_system *system = suppressor->system;
    const struct relation *const about = &system->relations[relation];

    if (suppressor->n_unknown[relation] != 1)
        return false;
    for (size_t k = about->first; k < about->first + about->n; k++) {
        const struct count *const count = &system->counts[system->terms[k].count];

        if (count_is_unknown(system, system->terms[k].count) && (count->is_small || count->hidden))
            return true;
    }
    return false;
}

static void hide_lonely(struct suppressor *suppressor)
{
    bool again = suppressor->system->round_to == 0; /* rounded neighbours protect by themselves; the audit tells how well */

    while (again) {
        again = false;
        for (size_t r = 0; r < suppressor->system->n_relations; r++) {
            const size_t other = is_lonely(suppressor, r) ? cheapest(suppressor, r, NO_COUNT) : NO_COUNT;

            if (other == NO_COUNT)
                continue;
            hide(suppressor, other);
            again = true;
        }
    }
}

/*
 * The cheapest cell near an unsafe count: of its own relations, else of those of its unknown neighbours, and so on.  All
 * counts of its part are marked as seen, or, in a large one, those around it.
 */
static size_t find_protector(struct suppressor *suppressor, size_t unsafe, size_t *n_seen)
{
    const struct count_system *system = suppressor->system;
    size_t n = 0, level_end = 1, best = NO_COUNT;
    bool decided = false;

    suppressor->queue[n++] = unsafe;
    suppressor->seen[unsafe] = true;
    for (size_t at = 0; at < n; at++) {
        if (at == level_end) { /* the next ones are one step further away */
            level_end = n;
            decided = best != NO_COUNT;
        }
        if (decided && n > LARGE_PART) /* the other end of a large part is protected by others */
            break;
        const size_t count = suppressor->queue[at];
        for (size_t k = suppressor->first[count]; k < suppressor->first[count + 1]; k++) {
            const size_t r = suppressor->relations[k];
            const struct relation *const about = &system->relations[r];

            if (!decided)
                best = cheapest(suppressor, r, best);
            for (size_t t = about->first; t < about->first + about->n; t++) {
                const size_t neighbour = system->terms[t].count;

                if (suppressor->seen[neighbour] || !count_is_unknown(system, neighbour))
                    continue;
                suppressor->seen[neighbour] = true;
                suppressor->queue[n++] = neighbour;
            }
        }
    }
    *n_seen = n;
    return best;
}

/* Hides what can be hidden of a cell of a box; how much. */
static size_t hide_cell(struct suppressor *suppressor, const struct count_box *box, size_t cell)
{
    size_t n = 0;

    for (size_t slot = 0; slot < box->n_slots; slot++) {
        const size_t count = box->counts[slot * count_box_cells(box) + cell];

        if (count == NOBODY || count == NOT_COUNTED || !count_can_be_hidden(suppressor->system, count))
            continue;
        hide(suppressor, count);
        n++;
    }
    return n;
}

/* Hides the next total beside one that has anything to hide; how much. */
static size_t hide_next_total(struct suppressor *suppressor, const struct count_box *box, size_t total)
{
    const size_t step = total % box->width == 0 ? box->width : 1, n = step == 1 ? box->width : box->height;
    size_t hidden = 0;

    for (size_t k = 1; k < n && hidden == 0; k++)
        if ((total / step + k) % n != 0)
            hidden = hide_cell(suppressor, box, (total / step + k) % n * step);
    return hidden;
}

/* Of an unsafe count in a box: its cell, when that is a total; or those of its row and column; then another one beside it. */
static size_t hide_near(struct suppressor *suppressor, const struct count_box *box, size_t cell)
{
    const size_t totals[] = {cell - cell % box->width, cell % box->width};
    size_t n = hide_cell(suppressor, box, cell);

    for (size_t k = 0; k < 2 && n == 0; k++)
        if (totals[k] != 0)
            n = hide_cell(suppressor, box, totals[k]);
    for (size_t k = 0; k < 2 && n == 0; k++)
        if (totals[k] != 0)
            n = hide_next_total(suppressor, box, totals[k]);
    return n > 0 ? n : hide_cell(suppressor, box, 0);
}

/*
 * In a large box of several days too many relations hold in each cell for one more count to help: all of a cell is hidden.
 */
static size_t hide_in_box(struct suppressor *suppressor, const struct count_box *box)
{
    const size_t n_cells = count_box_cells(box);
    size_t n = 0;

    for (size_t at = 0; at < box->n_slots * n_cells; at++) {
        const size_t count = box->counts[at];

        if (count == NOBODY || count == NOT_COUNTED || !suppressor->unsafe[count])
            continue;
        if (suppressor->n_box_rounds < BOX_ROUNDS_MAX)
            n += hide_near(suppressor, box, at % n_cells);
        suppressor->seen[count] = true;
    }
    return n;
}

static size_t hide_in_boxes(struct suppressor *suppressor)
{
    size_t n = 0;

    for (const struct count_box *box = suppressor->system->boxes; box != NULL; box = box->next)
        if (box->n_kinds > 2 && box->n_slots * count_box_cells(box) > LARGE_PART)
            n += hide_in_box(suppressor, box);
    suppressor->n_box_rounds += n > 0;
    return n;
}

/*
 * One more hidden count in each part with an unsafe one; in each neighbourhood of a large part `several`.  0 when there was none
 * to hide.
 */
static size_t hide_more(struct suppressor *suppressor, size_t several)
{
    size_t n = 0;

    for (size_t i = 0; i < suppressor->system->n_counts; i++)
        suppressor->seen[i] = false;
    n += hide_in_boxes(suppressor);
    for (size_t i = 0; i < suppressor->system->n_counts; i++) {
        size_t n_seen = SIZE_MAX, protector;

        if (!suppressor->unsafe[i] || suppressor->seen[i])
            continue;
        for (size_t k = 0; k < several && n_seen > LARGE_PART; k++) {
            for (size_t q = 0; k > 0 && q < n_seen; q++)
                suppressor->seen[suppressor->queue[q]] = false;
            if ((protector = find_protector(suppressor, i, &n_seen)) == NO_COUNT)
                break;
            hide(suppressor, protector);
            n++;
        }
    }
    return n;
}

/* Says which counts, never how many they are. */
static int refuse(const struct suppressor *suppressor, const struct audit *audit)
{
    for (size_t i = 0; i < suppressor->system->n_counts; i++)
        if (suppressor->unsafe[i])
            detail("could be worked out: %s", suppressor->system->counts[i].key);
    return fail("nothing is released: %zu hidden counts could be worked out, and nothing is left to hide (-v names them)",
                audit->n_unsafe);
}

int suppress_counts(struct count_system *system, int n_threads, struct audit *audit)
{
    struct suppressor suppressor = {.system = system};
    struct audit_ranges ranges = {.low = NULL};
    size_t several = 1;
    bool is_last = false; /* nothing was left to hide */
    int status = -1;

    *audit = (struct audit){.n_audited = 0};
    for (size_t i = 0; i < system->n_counts; i++)
        if (system->counts[i].is_small && system->counts[i].cost != COST_NONE)
            count_hide(system, i);
    if (!system->failed)
        status = make_index(&suppressor) != 0 ? -1 : audit_ranges_start(&ranges, system, n_threads);
    while (status == 0) {
        hide_lonely(&suppressor);
        status = audit_counts(system, &ranges, is_last, suppressor.unsafe, audit);
        if (status != 0 || audit->n_unsafe == 0)
            break;
        if (hide_more(&suppressor, several) != 0) {
            several = several < SEVERAL_MAX ? 2 * several : several;
            continue;
        }
        if (is_last)
            status = refuse(&suppressor, audit);
        is_last = true;
    }
    audit_ranges_free(&ranges);
    free_index(&suppressor);
    return status;
}
