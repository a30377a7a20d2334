/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The share of a measure over all programmes and periods bounds its events, which are a part of those of all arms. */
#include "base/memory.h"
#include "report/counts_programmes.h"
#include "report/programme_counted.h"
#include "report/share_range.h"

/* What was counted of a measure that is told as a share, over all cells. */
struct share_total {
    int64_t n, events, most; /* events: people with the outcome's event; most: so many can be due */
    bool n_is_known;         /* nobody was lost beside the first measure, or at all */
};

static struct share_total total_of(const struct release_counts *counts, size_t measure)
{
    const struct programme_shape shape = programme_shape_of(counts->tables.programmes);
    const struct counted *const first = counts->counted, *const own = &first[measure * shape.n_cells];
    const int64_t most = counted_everybody(first, &shape, measure, 0, 0);

    return (struct share_total){own->n, own->events, most, own->n == first->n || own->n == most || counted_is_known(first, &shape, measure, 0)};
}

/*
 * Known to be this far from nothing, while the share is told: a count that is shown, and that is hidden by not telling the share.  The
 * value is part of the name: of an earlier release no bound is compared with another one.
 */
static size_t add_bound(struct release_counts *counts, const char *measure, const char *which, int64_t value)
{
    return count_add(counts->system, pool_format(counts->pool, "share|%s|%s %lld", measure, which, (long long)value), value, COST_PAIR);
}

/* Between a bound and the events: nobody's number, which is kept at the threshold and above so that it needs no protection. */
static size_t add_distance(struct release_counts *counts, const char *measure, const char *which, int64_t value)
{
    const size_t distance =
        count_add(counts->system, pool_format(counts->pool, "share distance|%s|%s %lld", measure, which, (long long)value), value, COST_NONE);

    count_at_least(counts->system, distance, counts->system->threshold);
    return distance;
}

/* events + distance = the most that they can be + threshold. */
static size_t bound_above(struct release_counts *counts, const char *measure, size_t events, int64_t most)
{
    const int64_t threshold = counts->system->threshold;
    const size_t bound = add_bound(counts, measure, "above", most + threshold);

    relation_start(counts->system);
    relation_term(counts->system, events, 1);
    relation_term(counts->system, add_distance(counts, measure, "above", most + threshold - counts->system->counts[events].value), 1);
    relation_term(counts->system, bound, -1);
    return relation_end(counts->system) ? bound : NO_COUNT;
}

/* events = the fewest that they can be - threshold + distance; where that would be a small number they are taken to be known to be so many. */
static size_t bound_below(struct release_counts *counts, const char *measure, size_t events, int64_t fewest)
{
    const int64_t threshold = counts->system->threshold;

    if (fewest < 2 * threshold) {
        count_at_least(counts->system, events, fewest);
        return NO_COUNT;
    }
    const size_t bound = add_bound(counts, measure, "below", fewest - threshold);
    relation_start(counts->system);
    relation_term(counts->system, events, 1);
    relation_term(counts->system, add_distance(counts, measure, "below", counts->system->counts[events].value - fewest + threshold), -1);
    relation_term(counts->system, bound, -1);
    return relation_end(counts->system) ? bound : NO_COUNT;
}

/* Where a share of these people would not be told there is nothing to bound. */
static bool may_be_told(const struct release_counts *counts, size_t measure, const struct share_total *total)
{
    const int64_t threshold = counts->system->threshold;

    return !cell_is(counts->tables.programme_measures, "share", measure, "rate") && total->events >= threshold &&
           total->n - total->events >= threshold;
}

size_t add_share_events(struct release_counts *counts, size_t measure)
{
    const char *const name = cell_text(counts->pool, counts->tables.programme_measures, "measure", measure);
    const struct share_total total = total_of(counts, measure);

    if (!may_be_told(counts, measure, &total))
        return NO_COUNT;
    const struct share_bound bound = share_events_bound(total.n, total.events, total.n_is_known ? total.n : total.most, total.n_is_known,
                                                        counts->system->threshold);
    const size_t events =
        count_add(counts->system, pool_format(counts->pool, "share events|%s|%lld", name, (long long)total.events), total.events, COST_NONE);
    if (events == NO_COUNT)
        return NO_COUNT;
    counts->share_bounds[2 * measure] = bound_above(counts, name, events, bound.high);
    counts->share_bounds[2 * measure + 1] = bound_below(counts, name, events, bound.low);
    return events;
}

int start_shares(struct release_counts *counts, const struct programme_shape *shape)
{
    counts->counted = programme_counted(counts->tables.programme_measures, counts->tables.programmes, shape);
    counts->share_bounds = allocate(2 * shape->n_measures + 1, sizeof *counts->share_bounds);
    for (size_t i = 0; counts->share_bounds != NULL && i < 2 * shape->n_measures; i++)
        counts->share_bounds[i] = NO_COUNT;
    return counts->counted == NULL || counts->share_bounds == NULL ? -1 : 0;
}

bool release_counts_hides_share(const struct release_counts *counts, size_t measure)
{
    for (size_t side = 0; counts->share_bounds != NULL && side < 2; side++) {
        const size_t bound = counts->share_bounds[2 * measure + side];

        if (bound != NO_COUNT && counts->system->counts[bound].hidden)
            return true;
    }
    return false;
}
