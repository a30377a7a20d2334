/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/displacement_path.h"

#include <stdlib.h>

#include "base/memory.h"

/* States are relations that miss something of a sign, and, behind them, pairs of twins, the first of which is named. */
static const size_t NO_STATE = SIZE_MAX;

/* What a search knows of a state. */
struct mark {
    uint64_t seen, closes; /* the number of the search that found it so */
    size_t from, via;      /* the state before it, and the count between them */
    size_t closer;         /* the count that ends the path here */
};

int ground_alloc(struct ground *ground, const struct displacement_graph *graph)
{
    const size_t n = graph->system->n_counts + 1, n_relations = graph->system->n_relations + 1;

    *ground = (struct ground){.graph = graph};
    ground->rooms = allocate(n, sizeof *ground->rooms);
    ground->change = allocate(n, sizeof *ground->change);
    ground->before = allocate(n, sizeof *ground->before);
    ground->is_moved = allocate(n, sizeof *ground->is_moved);
    ground->missing = allocate(n_relations, sizeof *ground->missing);
    ground->is_open = allocate(n_relations, sizeof *ground->is_open);
    ground->hint = allocate(n_relations, sizeof *ground->hint);
    ground->tired = allocate(2 * n_relations, sizeof *ground->tired);
    ground->marks = allocate(4 * n_relations, sizeof *ground->marks);
    return ground->rooms == NULL || ground->change == NULL || ground->before == NULL || ground->is_moved == NULL ||
                   ground->missing == NULL || ground->is_open == NULL || ground->hint == NULL || ground->tired == NULL || ground->marks == NULL
               ? -1
               : 0;
}

void ground_free(struct ground *ground)
{
    free(ground->rooms);
    free(ground->change);
    free(ground->before);
    free(ground->is_moved);
    free(ground->missing);
    free(ground->is_open);
    free(ground->hint);
    free(ground->tired);
    free(ground->marks);
}

int moving_alloc(struct moving *moving, struct ground *ground)
{
    const struct count_system *const system = ground->graph->system;

    *moving = (struct moving){.graph = ground->graph, .ground = ground, .search = ground->search};
    moving->moved = allocate(system->n_counts + 1, sizeof *moving->moved);
    moving->open = allocate(system->n_relations + 1, sizeof *moving->open);
    moving->queue = allocate(4 * (system->n_relations + 1), sizeof *moving->queue);
    return moving->moved == NULL || moving->open == NULL || moving->queue == NULL ? -1 : 0;
}

void moving_free(struct moving *moving)
{
    free(moving->moved);
    free(moving->open);
    free(moving->queue);
}

/* ---- moving ------------------------------------------------------------------------------------------------------ */

void move_count(struct moving *moving, size_t count, int64_t by)
{
    const struct displacement_graph *const graph = moving->graph;

    if (!moving->ground->is_moved[count]) {
        moving->ground->is_moved[count] = true;
        moving->ground->before[count] = moving->ground->change[count];
        moving->moved[moving->n_moved++] = count;
    }
    moving->ground->change[count] += by;
    moving->ground->rooms[count].up -= by;
    moving->ground->rooms[count].down += by;
    for (size_t k = graph->first[count]; k < graph->first[count + 1]; k++) {
        const size_t relation = graph->links[k].relation;

        moving->ground->missing[relation] += graph->links[k].coefficient * by;
        if (!moving->ground->is_open[relation]) {
            moving->ground->is_open[relation] = true;
            moving->open[moving->n_open++] = relation;
        }
    }
}

/* In which direction an end makes good for what a relation misses. */
static int direction_of_end(const struct moving *moving, size_t end, int sign)
{
    return -sign * (int)moving->graph->links[moving->graph->first[end]].coefficient;
}

/* An end of a relation that takes up so much of a sign, or NO_COUNT. */
static inline size_t find_end(const struct moving *moving, size_t relation, int sign, int64_t want)
{
    const struct displacement_graph *const graph = moving->graph;
    const struct ends *const ends = &graph->ends_of[relation];

    for (uint32_t k = 0; k < ends->n; k++) {
        const struct end *const end = &graph->ends[ends->first + k];

        if (room_towards(moving, end->count, -sign * end->coefficient) >= want)
            return end->count;
    }
    return NO_COUNT;
}

/* How much of a sign a relation takes up by itself: it misses the opposite, or has an end; 0: less than wanted. */
static inline int64_t takes_up(const struct moving *moving, size_t relation, int sign, int64_t want)
{
    const int64_t opposite = -sign * moving->ground->missing[relation];

    if (opposite >= want)
        return opposite;
    const size_t end = find_end(moving, relation, sign, want);
    return end == NO_COUNT ? 0 : room_towards(moving, end, direction_of_end(moving, end, sign));
}

void fill_ends(struct moving *moving, size_t relation)
{
    while (moving->ground->missing[relation] != 0) {
        const int sign = sign_of(moving->ground->missing[relation]);
        const int64_t missing = llabs(moving->ground->missing[relation]);
        const size_t end = find_end(moving, relation, sign, 1);

        if (end == NO_COUNT)
            return;
        const int direction = direction_of_end(moving, end, sign);
        const int64_t room = room_towards(moving, end, direction);
        move_count(moving, end, direction * (room < missing ? room : missing));
    }
}

/* ---- states ------------------------------------------------------------------------------------------------------ */

static size_t state_of(const struct moving *moving, size_t relation, int sign, bool twins)
{
    return 2 * (relation + (twins ? moving->graph->system->n_relations : 0)) + (sign > 0);
}

static int state_sign(size_t state)
{
    return (state & 1) != 0 ? 1 : -1;
}

static bool is_of_twins(const struct moving *moving, size_t state)
{
    return state / 2 >= moving->graph->system->n_relations;
}

static size_t state_relation(const struct moving *moving, size_t state)
{
    return is_of_twins(moving, state) ? state / 2 - moving->graph->system->n_relations : state / 2;
}

static bool is_among(const struct moving *moving, size_t relation, size_t state)
{
    if (state == NO_STATE)
        return false;
    const size_t own = state_relation(moving, state);
    return relation == own || (is_of_twins(moving, state) && relation == moving->graph->twin[own]);
}

/* The direction in which a count makes good for a state. */
static int direction_for(const struct moving *moving, size_t state, size_t count)
{
    return -state_sign(state) * graph_coefficient(moving->graph, count, state_relation(moving, state));
}

/* How far it can do so, of twins its mate with it. */
static inline int64_t room_with_mate(const struct moving *moving, bool twins, size_t count, int direction)
{
    const int64_t room = room_towards(moving, count, direction);

    if (room <= 0 || !twins)
        return room;
    const size_t mate = moving->graph->mate[count];
    const int64_t other = mate == NO_COUNT ? 0 : room_towards(moving, mate, direction);
    return other < room ? other : room;
}

static int64_t room_for(const struct moving *moving, size_t state, size_t count, int direction)
{
    return room_with_mate(moving, is_of_twins(moving, state), count, direction);
}

/* What misses something when a count, of twins its mate with it, has made good for a state. */
struct aftermath {
    size_t n;
    struct miss {
        size_t relation;
        int sign;
    } misses[2 * LINKS_MAX];
};

static void add_misses(const struct displacement_graph *graph, size_t count, size_t relation, size_t tie, int direction,
                       struct aftermath *after)
{
    for (size_t k = graph->first[count]; k < graph->first[count + 1]; k++)
        if (graph->links[k].relation != relation && graph->links[k].relation != tie)
            after->misses[after->n++] = (struct miss){graph->links[k].relation, direction * (int)graph->links[k].coefficient};
}

static bool find_aftermath(const struct moving *moving, size_t state, size_t count, int direction, struct aftermath *after)
{
    const struct displacement_graph *const graph = moving->graph;
    const size_t relation = state_relation(moving, state), mate = graph->mate[count];

    after->n = 0;
    if (graph_n_links(graph, count) > LINKS_MAX)
        return false;
    if (!is_of_twins(moving, state)) {
        add_misses(graph, count, relation, NO_RELATION, direction, after);
        return true;
    }
    if (mate == NO_COUNT || graph_n_links(graph, mate) > LINKS_MAX ||
        graph_coefficient(graph, mate, graph->twin[relation]) != -state_sign(state) * direction)
        return false;
    add_misses(graph, count, relation, graph->tie[count], direction, after);
    add_misses(graph, mate, graph->twin[relation], graph->tie[count], direction, after);
    return true;
}

/* As leads_to, from a single relation; what a search asks most often. */
static inline bool leads_on(const struct moving *moving, size_t relation, size_t count, int direction, int64_t want, size_t *next)
{
    const struct displacement_graph *const graph = moving->graph;

    *next = NO_STATE;
    if (graph_n_links(graph, count) > LINKS_MAX)
        return false;
    for (size_t k = graph->first[count]; k < graph->first[count + 1]; k++) {
        const size_t other = graph->links[k].relation;
        const int sign = direction * (int)graph->links[k].coefficient;

        if (other == relation || takes_up(moving, other, sign, want) != 0)
            continue;
        if (*next != NO_STATE)
            return false;
        *next = state_of(moving, other, sign, false);
    }
    return true;
}

/* What follows when a count makes good for a state: the state that misses next, NO_STATE when none does; false: more than one. */
static bool leads_to(const struct moving *moving, size_t state, size_t count, int direction, int64_t want, size_t *next)
{
    struct aftermath after;
    struct miss left[2];
    size_t n = 0;
    bool closes = false;

    if (!is_of_twins(moving, state))
        return leads_on(moving, state / 2, count, direction, want, next);
    *next = NO_STATE;
    if (!find_aftermath(moving, state, count, direction, &after))
        return false;
    for (size_t k = 0; k < after.n; k++) {
        const struct miss miss = after.misses[k];

        closes = closes || -miss.sign * moving->ground->missing[miss.relation] >= want;
        if (takes_up(moving, miss.relation, miss.sign, want) != 0)
            continue;
        if (n == 2)
            return false;
        left[n++] = miss;
    }
    if (n == 0 || (n == 1 && closes && moving->may_owe))
        return true;
    if (n == 2 && (moving->graph->twin[left[0].relation] != left[1].relation || left[0].sign != left[1].sign))
        return false;
    *next = state_of(moving, left[0].relation, left[0].sign, n == 2);
    return true;
}

/* ---- searching --------------------------------------------------------------------------------------------------- */

static void mark_closer(struct moving *moving, size_t state, size_t count)
{
    moving->ground->marks[state].closes = moving->search;
    moving->ground->marks[state].closer = count;
}

/* States from which one count may end the path in a relation that misses the opposite: known before the search meets them. */
static void mark_closers(struct moving *moving, size_t start, int64_t want)
{
    const struct displacement_graph *const graph = moving->graph;
    const struct count_system *const system = graph->system;
    const bool twins = is_of_twins(moving, start);

    for (size_t o = 0; o < moving->n_open; o++) {
        const size_t relation = moving->open[o];
        const struct relation *const about = &system->relations[relation];
        const int sign = sign_of(moving->ground->missing[relation]);

        if (llabs(moving->ground->missing[relation]) < want || is_among(moving, relation, start))
            continue;
        moving->n_looks += about->n;
        for (size_t t = about->first; t < about->first + about->n; t++) {
            const size_t count = system->terms[t].count;
            const int direction = -sign * (int)system->terms[t].coefficient;

            if (room_with_mate(moving, twins, count, direction) < want)
                continue;
            moving->n_looks += graph_n_links(graph, count);
            for (size_t k = graph->first[count]; k < graph->first[count + 1]; k++) {
                const size_t other = graph->links[k].relation;

                if (other != relation && (!twins || graph->twin[other] != NO_RELATION))
                    mark_closer(moving, state_of(moving, other, -direction * (int)graph->links[k].coefficient, twins), count);
            }
        }
    }
}

/* Does the count that was marked really end the path here? */
static bool is_closed(const struct moving *moving, size_t state, int64_t want)
{
    const struct mark *const mark = &moving->ground->marks[state];
    size_t next;

    if (mark->closes != moving->search)
        return false;
    const int direction = direction_for(moving, state, mark->closer);
    return room_for(moving, state, mark->closer, direction) >= want &&
           leads_to(moving, state, mark->closer, direction, want, &next) && next == NO_STATE;
}

/* A search from one state, for paths that carry `want`. */
struct search {
    struct moving *moving;
    int64_t want;
    size_t until; /* so many looks */
    size_t n;     /* states in the queue */
};

static bool is_closed_here(const struct search *search, size_t state)
{
    return is_closed(search->moving, state, search->want);
}

/*
 * Goes on from a state by each of its counts, and from each state that it meets once more, `deep` times; where that does not
 * end the path, new states go to the queue.  The state that ends it, or NO_STATE.
 */
static size_t look_around(struct search *search, size_t state, int deep)
{
    struct moving *const moving = search->moving;
    const struct count_system *const system = moving->graph->system;
    const size_t relation = state_relation(moving, state);
    const struct relation *const about = &system->relations[relation];
    const bool twins = is_of_twins(moving, state);
    const int sign = state_sign(state);
    size_t *const hint = &moving->ground->hint[relation];
    const size_t turn = *hint % about->n;

    for (size_t i = 0; i < about->n && moving->n_looks < search->until; i++) {
        const struct term *const term = &system->terms[about->first + (i + turn < about->n ? i + turn : i + turn - about->n)];
        const int direction = -sign * (int)term->coefficient;
        size_t next;

        moving->n_looks++;
        *hint = (size_t)(term - &system->terms[about->first]);
        if (room_with_mate(moving, twins, term->count, direction) < search->want ||
            !(twins ? leads_to(moving, state, term->count, direction, search->want, &next)
                    : leads_on(moving, relation, term->count, direction, search->want, &next)))
            continue;
        if (next == NO_STATE) {
            mark_closer(moving, state, term->count);
            return state;
        }
        struct mark *const mark = &moving->ground->marks[next];
        if (mark->seen == moving->search)
            continue;
        mark->seen = moving->search;
        mark->from = state;
        mark->via = term->count;
        if (is_closed_here(search, next))
            return next;
        const size_t last = deep > 0 ? look_around(search, next, deep - 1) : NO_STATE;
        if (last != NO_STATE)
            return last;
        if (deep == 0)
            moving->queue[search->n++] = next;
    }
    return NO_STATE;
}

/* The state whose closer ends the path, or NO_STATE. */
static size_t find_path(struct moving *moving, size_t start, int64_t want, size_t looks)
{
    const size_t most = moving->looks_max - moving->n_looks;
    struct search search = {moving, want, moving->n_looks + (looks < most ? looks : most), 0};
    size_t last;

    moving->search++;
    mark_closers(moving, start, want);
    moving->ground->marks[start].seen = moving->search;
    moving->ground->marks[start].from = NO_STATE;
    if (is_closed_here(&search, start))
        return start;
    last = look_around(&search, start, 1);
    for (size_t at = 0; at < search.n && last == NO_STATE && moving->n_looks < search.until; at++)
        last = look_around(&search, moving->queue[at], 1);
    return last;
}

/* ---- following --------------------------------------------------------------------------------------------------- */

/* What one step of a path carries: the room of its count, and of what takes up its other relations. */
static int64_t carries(const struct moving *moving, size_t count, size_t state, size_t next, int64_t want)
{
    const int direction = direction_for(moving, state, count);
    int64_t most = room_for(moving, state, count, direction);
    struct aftermath after;

    find_aftermath(moving, state, count, direction, &after);
    for (size_t k = 0; k < after.n; k++) {
        if (is_among(moving, after.misses[k].relation, next))
            continue;
        const int64_t taken = takes_up(moving, after.misses[k].relation, after.misses[k].sign, want);
        if (taken < most && (taken > 0 || !moving->may_owe))
            most = taken;
    }
    return most;
}

/* Moves a count of a path; what its other relations miss then goes to their ends, when they do not close the path. */
static void take_step(struct moving *moving, size_t count, size_t state, size_t next, int64_t amount)
{
    const int direction = direction_for(moving, state, count);
    struct aftermath after;

    find_aftermath(moving, state, count, direction, &after);
    for (size_t k = 0; k < after.n; k++) {
        const struct miss miss = after.misses[k];

        if (is_among(moving, miss.relation, next) || -miss.sign * moving->ground->missing[miss.relation] >= amount)
            continue;
        const size_t end = find_end(moving, miss.relation, miss.sign, amount);
        if (end != NO_COUNT)
            move_count(moving, end, direction_of_end(moving, end, miss.sign) * amount);
    }
    move_count(moving, count, direction * amount);
    if (is_of_twins(moving, state))
        move_count(moving, moving->graph->mate[count], direction * amount);
}

static void follow_path(struct moving *moving, size_t last, int64_t most, int64_t want)
{
    const struct mark *const marks = moving->ground->marks;
    size_t next = NO_STATE, count = marks[last].closer;
    int64_t amount = most;

    for (size_t state = last; state != NO_STATE; next = state, count = marks[state].via, state = marks[state].from) {
        const int64_t step = carries(moving, count, state, next, want);

        if (step < amount)
            amount = step;
    }
    next = NO_STATE;
    count = marks[last].closer;
    for (size_t state = last; state != NO_STATE; next = state, count = marks[state].via, state = marks[state].from)
        take_step(moving, count, state, next, amount);
}

/* A path that carries all, a quarter, or any. */
static bool take_path(struct moving *moving, size_t start, int64_t most, size_t looks)
{
    size_t last = NO_STATE;
    int64_t want = most;

    if (moving->n_looks < moving->looks_max)
        last = find_path(moving, start, want, looks);
    for (int k = 0; k < 2 && last == NO_STATE && want > 1 && moving->n_looks < moving->looks_max; k++) {
        want = k == 0 && most > 4 ? most / 4 : 1;
        last = find_path(moving, start, want, looks);
    }
    if (last == NO_STATE)
        return false;
    follow_path(moving, last, most, want);
    return true;
}

bool path_from(struct moving *moving, size_t relation, size_t looks)
{
    return take_path(moving, state_of(moving, relation, sign_of(moving->ground->missing[relation]), false),
                     llabs(moving->ground->missing[relation]), looks);
}

bool path_from_twins(struct moving *moving, size_t relation, size_t looks)
{
    const size_t twin = moving->graph->twin[relation];
    const int sign = sign_of(moving->ground->missing[relation]);

    if (twin == NO_RELATION || sign * moving->ground->missing[twin] <= 0)
        return false;
    const int64_t one = llabs(moving->ground->missing[relation]), other = llabs(moving->ground->missing[twin]);
    return take_path(moving, state_of(moving, relation, sign, true), other < one ? other : one, looks);
}

bool path_owing(struct moving *moving, size_t relation, size_t looks)
{
    if (moving->graph->twin[relation] == NO_RELATION)
        return false;
    moving->may_owe = true;
    const bool found = take_path(moving, state_of(moving, relation, sign_of(moving->ground->missing[relation]), true),
                                 llabs(moving->ground->missing[relation]), looks);
    moving->may_owe = false;
    return found;
}
