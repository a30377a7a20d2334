/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/displacement.h"

#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "report/displacement_path.h"

enum { BRANCHES_MAX = 4, OWING_MAX = 60, PATHS_MAX = 200, PARTNERS_MAX = 8, QUICK_LOOKS = 500, TIRED = 8 };

static const uint64_t SEARCHES_MAX = UINT64_C(1) << 40; /* of one pusher */

static const int64_t BOUNDLESS = INT64_MAX / 8;

struct displacer {
    const struct count_system *system;
    struct displacement_graph graph;
    struct ground ground;
    double *low, *high; /* of the caller */
};

struct pusher {
    struct displacer *displacer;
    struct moving moving;
};

/* A count that moves with the one that is pushed, and keeps one of their relations. */
struct partner {
    size_t count; /* NO_COUNT: nobody */
    int direction;
};

/* How far the true count may go. */
static struct room true_room(const struct displacer *displacer, size_t count)
{
    const struct count_system *const system = displacer->system;
    const struct count *const about = &system->counts[count];

    if (displacer->graph.is_stiff[count])
        return (struct room){0, 0};
    if (count_is_unknown(system, count))
        return (struct room){BOUNDLESS, about->value - about->at_least};
    return (struct room){count_high(system, about->value) - about->value, about->value - count_low(system, about->value)};
}

static void set_room(struct displacer *displacer, size_t count)
{
    const struct room room = true_room(displacer, count);
    const int64_t change = displacer->ground.change[count];

    displacer->ground.rooms[count] = (struct room){room.up - change, room.down + change};
}

struct displacer *displacer_alloc(const struct count_system *system, double *low, double *high)
{
    struct displacer *displacer = allocate(1, sizeof *displacer);

    if (displacer == NULL)
        return NULL;
    displacer->system = system;
    displacer->low = low;
    displacer->high = high;
    if (displacement_graph_make(&displacer->graph, system) != 0 || ground_alloc(&displacer->ground, &displacer->graph) != 0) {
        displacer_free(displacer);
        return NULL;
    }
    displacer_refresh(displacer);
    return displacer;
}

void displacer_free(struct displacer *displacer)
{
    if (displacer == NULL)
        return;
    displacement_graph_free(&displacer->graph);
    ground_free(&displacer->ground);
    free(displacer);
}

void displacer_refresh(struct displacer *displacer)
{
    for (size_t i = 0; i < displacer->system->n_counts; i++)
        set_room(displacer, i);
    displacer->ground.search += SEARCHES_MAX;
}

struct pusher *pusher_alloc(struct displacer *displacer)
{
    struct pusher *pusher = allocate(1, sizeof *pusher);

    if (pusher == NULL)
        return NULL;
    pusher->displacer = displacer;
    if (moving_alloc(&pusher->moving, &displacer->ground) == 0)
        return pusher;
    pusher_free(pusher);
    return NULL;
}

void pusher_free(struct pusher *pusher)
{
    if (pusher == NULL)
        return;
    moving_free(&pusher->moving);
    free(pusher);
}

/* ---- repairing --------------------------------------------------------------------------------------------------- */

/* What one push has tried. */
struct effort {
    int n_branches, n_owing, n_paths;
};

/* Where no path leads on: the count of most room is moved, and all its relations with it. */
static bool branch(struct moving *moving, size_t relation)
{
    const struct count_system *const system = moving->graph->system;
    const struct relation *const about = &system->relations[relation];
    const int sign = sign_of(moving->ground->missing[relation]);
    const int64_t missing = llabs(moving->ground->missing[relation]);
    size_t best = NO_COUNT;
    int64_t most = 0;
    int way = 0;

    for (size_t t = about->first; t < about->first + about->n; t++) {
        const size_t count = system->terms[t].count;
        const int direction = -sign * (int)system->terms[t].coefficient;

        if (moving->ground->is_moved[count] || room_towards(moving, count, direction) <= most)
            continue;
        best = count;
        most = room_towards(moving, count, direction);
        way = direction;
    }
    if (best == NO_COUNT)
        return false;
    move_count(moving, best, way * (most < missing ? most : missing));
    return true;
}

/* Paths of each kind in turn.  In haste, those that have just failed from here are left out for a while. */
static bool find_one(struct moving *moving, size_t relation, bool in_haste, struct effort *effort)
{
    const size_t looks = in_haste ? QUICK_LOOKS : SIZE_MAX / 2;
    unsigned char *const tired = &moving->ground->tired[2 * relation + (moving->ground->missing[relation] > 0)];

    if (path_from_twins(moving, relation, looks))
        return true;
    if (!in_haste || *tired == 0) {
        if (path_from(moving, relation, looks))
            return true;
        *tired = TIRED;
    } else {
        --*tired;
    }
    if (effort->n_owing == OWING_MAX || !path_owing(moving, relation, looks))
        return false;
    effort->n_owing++;
    return true;
}

static bool repair(struct moving *moving, size_t relation, struct effort *effort)
{
    for (fill_ends(moving, relation); moving->ground->missing[relation] != 0; fill_ends(moving, relation)) {
        if (++effort->n_paths > PATHS_MAX || moving->n_looks >= moving->looks_max)
            return false;
        if (find_one(moving, relation, true, effort) || find_one(moving, relation, false, effort))
            continue;
        if (++effort->n_branches > BRANCHES_MAX || !branch(moving, relation))
            return false;
    }
    return true;
}

/* The longest of those that miss something: its paths end in the shorter ones, which are sooner looked through. */
static size_t find_open(const struct moving *moving)
{
    const struct relation *const relations = moving->graph->system->relations;
    size_t best = NO_RELATION;

    for (size_t k = 0; k < moving->n_open; k++) {
        const size_t relation = moving->open[k];

        if (moving->ground->missing[relation] != 0 && (best == NO_RELATION || relations[relation].n > relations[best].n))
            best = relation;
    }
    return best;
}

static bool repair_all(struct moving *moving)
{
    struct effort effort = {0, 0, 0};

    for (size_t relation; (relation = find_open(moving)) != NO_RELATION;)
        if (!repair(moving, relation, &effort))
            return false;
    return true;
}

/* ---- pushing ----------------------------------------------------------------------------------------------------- */

/* What moved has moved: begins anew from here. */
static void begin(struct moving *moving)
{
    for (size_t k = 0; k < moving->n_moved; k++)
        moving->ground->is_moved[moving->moved[k]] = false;
    for (size_t k = 0; k < moving->n_open; k++)
        moving->ground->is_open[moving->open[k]] = false;
    moving->n_moved = moving->n_open = 0;
}

static void go_back(struct pusher *pusher)
{
    struct moving *const moving = &pusher->moving;

    for (size_t k = 0; k < moving->n_moved; k++) {
        const size_t count = moving->moved[k];

        move_count(moving, count, moving->ground->before[count] - moving->ground->change[count]);
        set_room(pusher->displacer, count);
    }
    begin(moving);
}

/* Nothing is missing, and what moved lies where it may. */
static bool fits(const struct pusher *pusher)
{
    const struct moving *const moving = &pusher->moving;

    for (size_t k = 0; k < moving->n_moved; k++) {
        const size_t count = moving->moved[k];
        const struct room room = true_room(pusher->displacer, count);

        if (moving->ground->change[count] > room.up || -moving->ground->change[count] > room.down)
            return false;
    }
    return find_open(moving) == NO_RELATION;
}

static void widen(struct pusher *pusher)
{
    const struct displacer *const displacer = pusher->displacer;
    struct moving *const moving = &pusher->moving;

    for (size_t k = 0; k < moving->n_moved; k++) {
        const size_t count = moving->moved[k];
        const double value = (double)(displacer->system->counts[count].value + moving->ground->change[count]);

        displacer->low[count] = fmin(displacer->low[count], value);
        displacer->high[count] = fmax(displacer->high[count], value);
    }
    begin(moving);
}

/* Pushes a count, and its partner with it; nothing moves when that is not possible. */
static bool push(struct pusher *pusher, size_t count, int64_t by, struct partner partner)
{
    struct moving *const moving = &pusher->moving;
    bool done = room_towards(moving, count, sign_of(by)) >= llabs(by) &&
                (partner.count == NO_COUNT || room_towards(moving, partner.count, partner.direction * sign_of(by)) >= llabs(by));

    if (!done)
        return false;
    move_count(moving, count, by);
    moving->ground->rooms[count] = (struct room){0, 0}; /* it stays where it was pushed */
    if (partner.count != NO_COUNT)
        move_count(moving, partner.count, partner.direction * by);
    done = repair_all(moving);
    set_room(pusher->displacer, count);
    done = done && fits(pusher);
    if (done)
        widen(pusher);
    else
        go_back(pusher);
    return done;
}

/* Partners of a count, in its short relations; the last one is nobody. */
static size_t find_partners(const struct displacer *displacer, size_t count, struct partner *partners)
{
    const struct displacement_graph *const graph = &displacer->graph;
    const struct count_system *const system = displacer->system;
    size_t n = 0;

    for (size_t k = graph->first[count]; k < graph->first[count + 1]; k++) {
        const struct link *const link = &graph->links[k];
        const struct relation *const about = &system->relations[link->relation];

        for (size_t t = about->first; about->n <= TIE_MAX && t < about->first + about->n; t++) {
            const struct term *const term = &system->terms[t];

            if (term->count != count && !graph->is_stiff[term->count] && n + 1 < PARTNERS_MAX)
                partners[n++] = (struct partner){term->count, -(int)(link->coefficient * term->coefficient)};
        }
    }
    partners[n++] = (struct partner){NO_COUNT, 0};
    return n;
}

bool pusher_reach(struct pusher *pusher, size_t count, int64_t goal)
{
    const struct displacer *const displacer = pusher->displacer;
    const struct moving *const moving = &pusher->moving;
    struct partner partners[PARTNERS_MAX];
    int64_t left = goal - displacer->system->counts[count].value - moving->ground->change[count];

    if (left == 0 || displacer->graph.is_stiff[count])
        return left == 0;
    const size_t n = find_partners(displacer, count, partners);
    for (size_t p = 0; p < n; p++)
        if (push(pusher, count, left, partners[p]))
            return true;
    /* As far as each partner leads, one after the other. */
    for (size_t p = 0; p < n && left != 0; p++)
        for (int64_t step = left; step != 0;) {
            if (push(pusher, count, step, partners[p]))
                left -= step;
            else
                step /= 2;
            step = llabs(left) < llabs(step) ? left : step;
        }
    return left == 0;
}

void pusher_allow(struct pusher *pusher, size_t looks)
{
    pusher->moving.n_looks = 0;
    pusher->moving.looks_max = looks;
}

int displacer_check(const struct displacer *displacer)
{
    const struct count_system *const system = displacer->system;
    const int64_t *const change = displacer->ground.change;
    bool good = true;

    for (size_t i = 0; i < system->n_counts; i++) {
        const struct room room = true_room(displacer, i);

        good = good && change[i] <= room.up && -change[i] <= room.down;
    }
    for (size_t r = 0; r < system->n_relations; r++) {
        int64_t sum = 0;

        for (size_t k = system->relations[r].first; k < system->relations[r].first + system->relations[r].n; k++)
            sum += system->terms[k].coefficient * change[system->terms[k].count];
        good = good && sum == 0;
    }
    return good ? 0 : fail("the audit of hidden counts failed: a table that it found does not fit");
}
