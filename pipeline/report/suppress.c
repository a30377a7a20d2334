/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/suppress.h"

#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "report/count_index.h"
#include "report/protect.h"
#include "report/show_again.h"

/* Where one more count in a neighbourhood has not sufficed two are tried, then four, and so on: rounds of large systems are slow. */
enum { SEVERAL_MAX = 64, NEIGHBOURHOOD = 2000 };

/* The system, with what is needed to walk in it. */
struct suppressor {
    struct count_system *system;
    struct count_index index;
    struct protector protector;
    size_t *n_unknown;  /* [n_relations] */
    bool *unsafe;       /* [n_counts] */
    bool *seen;         /* [n_counts] parts that have got one more hidden count in this round */
    bool *chosen;       /* [n_counts] hidden here, to protect others */
    size_t *queue;      /* [n_counts] */
};

static int make_index(struct suppressor *suppressor)
{
    const struct count_system *system = suppressor->system;

    suppressor->n_unknown = allocate(system->n_relations + 1, sizeof *suppressor->n_unknown);
    suppressor->unsafe = allocate(system->n_counts + 1, sizeof *suppressor->unsafe);
    suppressor->seen = allocate(system->n_counts + 1, sizeof *suppressor->seen);
    suppressor->chosen = allocate(system->n_counts + 1, sizeof *suppressor->chosen);
    suppressor->queue = allocate(system->n_counts + 1, sizeof *suppressor->queue);
    if (suppressor->n_unknown == NULL || suppressor->unsafe == NULL || suppressor->seen == NULL || suppressor->chosen == NULL ||
        suppressor->queue == NULL ||
        count_index_make(&suppressor->index, system) != 0 || protector_start(&suppressor->protector, system, &suppressor->index) != 0)
        return -1;
    for (size_t t = 0; t < system->n_relations; t++)
        for (size_t k = system->relations[t].first; k < system->relations[t].first + system->relations[t].n; k++)
            suppressor->n_unknown[t] += count_is_unknown(system, system->terms[k].count);
    return 0;
}

static void free_index(struct suppressor *suppressor)
{
    count_index_free(&suppressor->index);
    protector_free(&suppressor->protector);
    free(suppressor->n_unknown);
    free(suppressor->unsafe);
    free(suppressor->seen);
    free(suppressor->chosen);
    free(suppressor->queue);
}

static void hide(struct suppressor *suppressor, size_t count)
{
    const bool was_unknown = count_is_unknown(suppressor->system, count);

    suppressor->chosen[count] = suppressor->chosen[count] || !suppressor->system->counts[count].hidden;
    count_hide(suppressor->system, count);
    if (was_unknown || !count_is_unknown(suppressor->system, count))
        return;
    for (size_t k = suppressor->index.first[count]; k < suppressor->index.first[count + 1]; k++)
        suppressor->n_unknown[suppressor->index.relations[k]]++;
}

/* Relations in which nothing is hidden yet, and in which something else would have to follow. */
static size_t n_opened(const struct suppressor *suppressor, size_t count)
{
    size_t n = 0;

    for (size_t k = suppressor->index.first[count]; k < suppressor->index.first[count + 1]; k++)
        n += suppressor->n_unknown[suppressor->index.relations[k]] == 0;
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
        for (size_t k = suppressor->index.first[count]; k < suppressor->index.first[count + 1]; k++) {
            const size_t r = suppressor->index.relations[k];
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
    while (*n_seen > LARGE_PART && n > NEIGHBOURHOOD)
        suppressor->seen[suppressor->queue[--n]] = false;
    return best;
}

/*
 * Hides what makes an unsafe count safe: it must be able to rise to T and to T above its smallest value, or, when it can be T already,
 * to fall to T below its largest one; whichever costs less.  What was found is a table that fits, and proves it.
 */
static bool protect(struct suppressor *suppressor, struct audit_ranges *ranges, size_t unsafe)
{
    struct protector *const protector = &suppressor->protector;
    const double threshold = (double)suppressor->system->threshold, low = ranges->low[unsafe], high = ranges->high[unsafe];
    const double rise = ceil(fmax(threshold, low + threshold)), fall = floor(high - threshold);
    const bool rises = protector_seek(protector, unsafe, rise), may_fall = high >= threshold && fall >= 0;
    const double weight = protector->weight;
    bool is_found = rises;

    if (may_fall && !(rises && protector->n_found == 0)) {
        const bool falls = protector_seek(protector, unsafe, fall);

        is_found = falls || rises;
        if (rises && !(falls && protector->weight < weight))
            is_found = protector_seek(protector, unsafe, rise); /* once more: it costs less */
    }
    for (size_t i = 0; is_found && i < protector->n_found; i++)
        hide(suppressor, protector->found[i]);
    if (is_found)
        protector_widen(protector, ranges->low, ranges->high);
    return is_found;
}

/*
 * In each part, or neighbourhood of a large one, the first unsafe count is protected; where that finds nothing, one more count near
 * it is hidden, in a large part `several`.  0 when nothing was left to do.
 */
static size_t hide_more(struct suppressor *suppressor, struct audit_ranges *ranges, size_t several)
{
    size_t n = 0;

    for (size_t i = 0; i < suppressor->system->n_counts; i++)
        suppressor->seen[i] = false;
    for (size_t i = 0; i < suppressor->system->n_counts; i++) {
        size_t n_seen = SIZE_MAX, protector;

        if (!suppressor->unsafe[i] || suppressor->seen[i])
            continue;
        for (size_t k = 0; k < several && n_seen > LARGE_PART; k++) {
            for (size_t q = 0; k > 0 && q < n_seen; q++)
                suppressor->seen[suppressor->queue[q]] = false;
            protector = find_protector(suppressor, i, &n_seen);
            if (protect(suppressor, ranges, i)) {
                n++;
                break;
            }
            if (protector == NO_COUNT)
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
    size_t several = 1, n_left = SIZE_MAX; /* counts that were not proven when nothing was left to hide */
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
        if (hide_more(&suppressor, &ranges, several) != 0) {
            several = several < SEVERAL_MAX ? 2 * several : several;
            continue;
        }
        if (is_last) {
            status = refuse(&suppressor, audit);
            break;
        }
        /* Tables from the true one on are quicker than programmes, as long as they prove something more. */
        is_last = audit->n_unsafe >= n_left;
        n_left = audit->n_unsafe;
        status = is_last ? 0 : audit_ranges_restart(&ranges, system);
    }
    if (status == 0)
        status = show_again(system, &suppressor.index, suppressor.chosen);
    audit_ranges_free(&ranges);
    free_index(&suppressor);
    return status;
}
