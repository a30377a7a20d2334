/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/audit.h"

#include <glpk.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/threads.h"

/* Counts are whole numbers: half of one is far above the rounding of the simplex method. */
static const double TOLERANCE = 1e-6;

enum { ROUNDS_OF_ALL = 16, FEW_OPEN = 12 };

/* What is the same for all parts of one audit. */
struct auditor {
    const struct count_system *system;
    size_t *parent;       /* [n_counts] of the forest of parts (union-find) */
    size_t *size;         /* [n_counts] of a part, at its root */
    bool *is_solved;      /* [n_counts] there: a programme is made of it */
    size_t *column;       /* [n_counts] of the programme; 0: none */
    double *low, *high;   /* [n_counts] values that were seen to fit */
    size_t *members;      /* [n_counts] counts, part after part */
    size_t *relations;    /* [n_relations] relations with something unknown, part after part */
    int *indices;         /* [longest relation + 1] of a row */
    double *values;
    struct displacer *displacer;
    size_t *lanes;        /* [n_counts / LARGE_PART + 3] where they begin in members */
    int n_threads;
    bool *unsafe;
    bool is_last;         /* large parts are solved too */
    bool is_trial;        /* one unsafe count is enough */
    struct audit *audit;
};

/* A rounded count is known to lie in an interval only: the programme may move it. */
static bool may_move(const struct count_system *system, size_t count)
{
    return count_is_unknown(system, count) || (system->round_to > 0 && system->counts[count].value > 0);
}

static bool is_audited(const struct count_system *system, size_t count)
{
    const struct count *const about = &system->counts[count];

    return count_is_unknown(system, count) && (about->is_small || about->hidden);
}

static size_t root_of(struct auditor *auditor, size_t count)
{
    while (auditor->parent[count] != count) {
        auditor->parent[count] = auditor->parent[auditor->parent[count]];
        count = auditor->parent[count];
    }
    return count;
}

static void join_parts(struct auditor *auditor)
{
    const struct count_system *system = auditor->system;

    for (size_t i = 0; i < system->n_counts; i++)
        auditor->parent[i] = i;
    for (size_t r = 0; r < system->n_relations; r++) {
        const struct relation *relation = &system->relations[r];
        size_t first = NO_COUNT;

        for (size_t k = relation->first; k < relation->first + relation->n; k++) {
            const size_t count = system->terms[k].count;

            if (!may_move(system, count))
                continue;
            if (first == NO_COUNT)
                first = root_of(auditor, count);
            else
                auditor->parent[root_of(auditor, count)] = first;
        }
    }
    for (size_t i = 0; i < system->n_counts; i++)
        auditor->size[root_of(auditor, i)] += may_move(system, i);
}

/* Where it is pushed: at the root of its large part; NO_COUNT: with all counts of small ones. */
static size_t lane_of(struct auditor *auditor, size_t count)
{
    const size_t root = root_of(auditor, count);

    return auditor->size[root] > LARGE_PART ? root : NO_COUNT;
}

/*
 * Lane by lane; what no table shows first, which leaves the others least room, then in an order that has nothing to do with
 * rows and columns: so what one push heaps up lies where others can take it from.
 */
static int by_lane(const void *a, const void *b, void *context)
{
    struct auditor *const auditor = context;
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    const size_t lane_x = lane_of(auditor, x) + 1, lane_y = lane_of(auditor, y) + 1; /* NO_COUNT comes first */
    const bool has_cell_x = auditor->system->counts[x].cost != COST_NONE, has_cell_y = auditor->system->counts[y].cost != COST_NONE;
    const uint64_t place_x = hash_word(3, x), place_y = hash_word(3, y);

    if (lane_x != lane_y)
        return (lane_x > lane_y) - (lane_x < lane_y);
    return has_cell_x != has_cell_y ? has_cell_x - has_cell_y : (place_x > place_y) - (place_x < place_y);
}

static bool is_safe(const struct auditor *auditor, size_t count)
{
    const double threshold = (double)auditor->system->threshold, high = auditor->high[count];

    if (auditor->system->counts[count].at_least > 0) /* known not to be small: it protects others */
        return true;
    return high >= threshold - TOLERANCE && high - auditor->low[count] >= threshold - TOLERANCE;
}

/*
 * Pushes a count up or down as far as makes it safe, else by halves of that: the larger ones down first, which lets others
 * rise.
 */
static void displace(const struct auditor *auditor, struct pusher *pusher, size_t count)
{
    const double threshold = (double)auditor->system->threshold;
    const bool down_first = auditor->high[count] >= threshold;

    for (double step = threshold; !is_safe(auditor, count) && step >= 1; step = step > 1 ? ceil(step / 2) : 0)
        for (int turn = 0; turn < 2 && !is_safe(auditor, count); turn++) {
            const double low = ceil(auditor->low[count] - TOLERANCE), high = floor(auditor->high[count] + TOLERANCE);
            const double enough = fmax(threshold, low + threshold);

            if ((turn == 0) != down_first)
                pusher_reach(pusher, count, (int64_t)fmin(high + step, enough));
            else if (low > 0)
                pusher_reach(pusher, count, (int64_t)fmax(fmax(low - step, high - threshold), 0));
        }
}

/*
 * A run of counts of one part, or of several small ones.  Those that are near first; what is left again, with more patience,
 * from where the others have come to.  Of small parts programmes are quicker.
 */
static int displace_lane(void *context, size_t lane)
{
    static const size_t looks[] = {8000, 20000, 100000, 300000};
    const struct auditor *const auditor = context;
    const size_t n_rounds = lane == 0 ? 1 : sizeof looks / sizeof looks[0];
    struct pusher *pusher = pusher_alloc(auditor->displacer);

    for (size_t k = 0; pusher != NULL && k < n_rounds; k++)
        for (size_t i = auditor->lanes[lane]; i < auditor->lanes[lane + 1]; i++) {
            if (is_safe(auditor, auditor->members[i]))
                continue;
            pusher_allow(pusher, looks[k]);
            displace(auditor, pusher, auditor->members[i]);
        }
    pusher_free(pusher);
    return pusher == NULL ? -1 : 0;
}

/* Counts that are to be proven, large parts one behind the other, each a lane; all the others are lane 0. */
static size_t make_lanes(struct auditor *auditor)
{
    const struct count_system *const system = auditor->system;
    size_t n = 0, n_lanes = 0, last = NO_COUNT;

    for (size_t i = 0; i < system->n_counts; i++)
        if (is_audited(system, i) && !is_safe(auditor, i))
            auditor->members[n++] = i;
    qsort_r(auditor->members, n, sizeof *auditor->members, by_lane, auditor);
    auditor->lanes[0] = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t lane = lane_of(auditor, auditor->members[i]);

        if (lane != NO_COUNT && lane != last)
            auditor->lanes[++n_lanes] = i;
        last = lane;
    }
    auditor->lanes[++n_lanes] = n;
    return n_lanes;
}

static int displace_all(struct auditor *auditor)
{
    const size_t n_lanes = make_lanes(auditor);

    return threads_run(n_lanes, auditor->n_threads, displace_lane, auditor) != 0 ? -1 : displacer_check(auditor->displacer);
}

static void set_column(const struct auditor *auditor, glp_prob *program, size_t count)
{
    const struct count_system *system = auditor->system;
    const int column = (int)auditor->column[count];
    const int64_t value = system->counts[count].value;

    if (count_is_unknown(system, count))
        glp_set_col_bnds(program, column, GLP_LO, (double)system->counts[count].at_least, 0);
    else if (count_low(system, value) < count_high(system, value))
        glp_set_col_bnds(program, column, GLP_DB, (double)count_low(system, value), (double)count_high(system, value));
    else
        glp_set_col_bnds(program, column, GLP_FX, (double)count_low(system, value), 0);
}

/* The row of a relation: what is known goes to the right-hand side. */
static void add_row(const struct auditor *auditor, glp_prob *program, const struct relation *relation)
{
    const struct count_system *system = auditor->system;
    double known = 0;
    int length = 0;

    for (size_t k = relation->first; k < relation->first + relation->n; k++) {
        const struct term *const term = &system->terms[k];
        const int column = (int)auditor->column[term->count];
        int at = 1;

        if (column == 0) {
            known += (double)term->coefficient * (double)system->counts[term->count].value;
            continue;
        }
        while (at <= length && auditor->indices[at] != column) /* a count may stand on both sides */
            at++;
        if (at > length) {
            auditor->indices[++length] = column;
            auditor->values[length] = 0;
        }
        auditor->values[at] += (double)term->coefficient;
    }
    const int row = glp_add_rows(program, 1);
    glp_set_row_bnds(program, row, GLP_FX, -known, 0);
    glp_set_mat_row(program, row, length, auditor->indices, auditor->values);
}

/* Every table that fits widens the range of all its counts. */
static void take_solution(struct auditor *auditor, glp_prob *program, const size_t *members, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double value = glp_get_col_prim(program, (int)auditor->column[members[i]]);

        auditor->low[members[i]] = fmin(auditor->low[members[i]], value);
        auditor->high[members[i]] = fmax(auditor->high[members[i]], value);
    }
}

/* One programme with the objective as it is set.  *unbounded: there is no largest or smallest value. */
static int solve(struct auditor *auditor, glp_prob *program, const size_t *members, size_t n, bool *unbounded)
{
    glp_smcp settings;
    int status;

    glp_init_smcp(&settings);
    settings.msg_lev = GLP_MSG_OFF;
    settings.meth = GLP_PRIMAL;
    status = glp_simplex(program, &settings);
    if (status != 0 && glp_warm_up(program) != 0) { /* a basis that has become singular is made anew */
        glp_std_basis(program);
        status = glp_simplex(program, &settings);
    }
    auditor->audit->n_programs++;
    if (status != 0)
        return fail("the audit of hidden counts failed: the simplex method ended with status %d", status);
    *unbounded = glp_get_status(program) == GLP_UNBND;
    if (!*unbounded && glp_get_status(program) != GLP_OPT) /* the true counts fit, so that something must */
        return fail("the audit of hidden counts failed: its relations contradict each other");
    if (glp_get_prim_stat(program) == GLP_FEAS)
        take_solution(auditor, program, members, n);
    return 0;
}

/* Pushes one count as far as it goes in a direction (GLP_MIN, GLP_MAX). */
static int push(struct auditor *auditor, glp_prob *program, const size_t *members, size_t n, size_t count, int direction)
{
    const int column = (int)auditor->column[count];
    bool unbounded = false;

    glp_set_obj_dir(program, direction);
    glp_set_obj_coef(program, column, 1);
    const int status = solve(auditor, program, members, n, &unbounded);
    glp_set_obj_coef(program, column, 0);
    if (status == 0 && unbounded && direction == GLP_MAX)
        auditor->high[count] = INFINITY;
    return status;
}

/* A direction for each count and round: +1 or -1, by a hash. */
static double direction_of(size_t count, unsigned round)
{
    return (hash_word(hash_word(11, count), round) & 1) != 0 ? 1 : -1;
}

/*
 * Pushes all counts that are not safe yet at once, half of them up and half of them down, so that most need no programme of
 * their own.  No count is pushed beyond what makes it safe: then the programme has a solution.
 */
static int push_all(struct auditor *auditor, glp_prob *program, const size_t *members, size_t n)
{
    const double enough = 3 * (double)auditor->system->threshold;
    int status = 0;

    glp_set_obj_dir(program, GLP_MAX);
    for (unsigned round = 0; status == 0 && round < ROUNDS_OF_ALL; round++) {
        bool unbounded;
        size_t n_open = 0;

        for (size_t i = 0; i < n; i++) {
            const int column = (int)auditor->column[members[i]];
            const bool is_open = is_audited(auditor->system, members[i]) && !is_safe(auditor, members[i]);
            const struct count *about = &auditor->system->counts[members[i]];

            n_open += is_open;
            glp_set_obj_coef(program, column, is_open ? direction_of(members[i], round) : 0);
            if (count_is_unknown(auditor->system, members[i]))
                glp_set_col_bnds(program, column, GLP_DB, (double)about->at_least, (double)about->value + enough);
        }
        if (n_open < FEW_OPEN)
            break;
        status = solve(auditor, program, members, n, &unbounded);
    }
    for (size_t i = 0; i < n; i++) {
        glp_set_obj_coef(program, (int)auditor->column[members[i]], 0);
        set_column(auditor, program, members[i]);
    }
    return status;
}

static bool is_decided(const struct auditor *auditor)
{
    return auditor->is_trial && auditor->audit->n_unsafe > 0;
}

static int audit_part(struct auditor *auditor, const size_t *members, size_t n, const size_t *relations, size_t n_relations)
{
    const struct count_system *system = auditor->system;
    glp_prob *program = glp_create_prob();
    int status = 0;

    glp_term_out(GLP_OFF);
    for (size_t i = 0; i < n; i++)
        auditor->column[members[i]] = (size_t)glp_add_cols(program, 1);
    for (size_t i = 0; i < n; i++)
        set_column(auditor, program, members[i]);
    for (size_t r = 0; r < n_relations; r++)
        add_row(auditor, program, &system->relations[relations[r]]);
    glp_adv_basis(program, 0);
    status = push_all(auditor, program, members, n);
    for (size_t i = 0; status == 0 && i < n && !is_decided(auditor); i++) {
        if (!is_audited(system, members[i]))
            continue;
        if (!is_safe(auditor, members[i]))
            status = push(auditor, program, members, n, members[i], GLP_MAX);
        if (status == 0 && !is_safe(auditor, members[i]))
            status = push(auditor, program, members, n, members[i], GLP_MIN);
        auditor->unsafe[members[i]] = !is_safe(auditor, members[i]);
        auditor->audit->n_unsafe += auditor->unsafe[members[i]];
    }
    for (size_t i = 0; i < n; i++)
        auditor->column[members[i]] = 0;
    glp_delete_prob(program);
    return status;
}

static int order(size_t a, size_t b, size_t root_a, size_t root_b)
{
    if (root_a != root_b)
        return root_a < root_b ? -1 : 1;
    return (a > b) - (a < b);
}

static int by_part(const void *a, const void *b, void *context)
{
    struct auditor *auditor = context;
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;

    return order(x, y, root_of(auditor, x), root_of(auditor, y));
}

/* The first count of a relation that may move decides in which part it lies; NO_COUNT: nothing moves. */
static size_t part_of_relation(struct auditor *auditor, size_t r)
{
    const struct relation *relation = &auditor->system->relations[r];

    for (size_t k = relation->first; k < relation->first + relation->n; k++)
        if (may_move(auditor->system, auditor->system->terms[k].count))
            return root_of(auditor, auditor->system->terms[k].count);
    return NO_COUNT;
}

static int relation_by_part(const void *a, const void *b, void *context)
{
    struct auditor *auditor = context;
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;

    return order(x, y, part_of_relation(auditor, x), part_of_relation(auditor, y));
}

/* Which parts still have a count that may be unsafe; in parts that are too large to be solved it counts as such. */
static void judge_parts(struct auditor *auditor)
{
    const struct count_system *system = auditor->system;

    for (size_t i = 0; i < system->n_counts; i++)
        auditor->unsafe[i] = false;
    for (size_t i = 0; i < system->n_counts; i++) {
        const size_t root = root_of(auditor, i);

        if (!is_audited(system, i))
            continue;
        auditor->audit->n_audited++;
        if (is_safe(auditor, i))
            continue;
        auditor->is_solved[root] = auditor->is_last || auditor->size[root] <= LARGE_PART;
        auditor->unsafe[i] = !auditor->is_solved[root];
        auditor->audit->n_unsafe += auditor->unsafe[i];
    }
}

static int audit_parts(struct auditor *auditor)
{
    const struct count_system *system = auditor->system;
    size_t n_members = 0, n_relations = 0, first_relation = 0;
    int status = 0;

    judge_parts(auditor);
    for (size_t i = 0; i < system->n_counts; i++)
        if (may_move(system, i) && auditor->is_solved[root_of(auditor, i)])
            auditor->members[n_members++] = i;
    for (size_t r = 0; n_members > 0 && r < system->n_relations; r++) {
        const size_t part = part_of_relation(auditor, r);

        if (part != NO_COUNT && auditor->is_solved[part])
            auditor->relations[n_relations++] = r;
    }
    qsort_r(auditor->members, n_members, sizeof *auditor->members, by_part, auditor);
    qsort_r(auditor->relations, n_relations, sizeof *auditor->relations, relation_by_part, auditor);
    for (size_t first = 0, end; status == 0 && first < n_members && !is_decided(auditor); first = end) {
        const size_t root = root_of(auditor, auditor->members[first]);
        size_t last_relation = first_relation;

        for (end = first; end < n_members && root_of(auditor, auditor->members[end]) == root;)
            end++;
        while (last_relation < n_relations && part_of_relation(auditor, auditor->relations[last_relation]) == root)
            last_relation++;
        status = audit_part(auditor, auditor->members + first, end - first, auditor->relations + first_relation,
                            last_relation - first_relation);
        first_relation = last_relation;
    }
    return status;
}

static size_t longest_relation(const struct count_system *system)
{
    size_t longest = 0;

    for (size_t r = 0; r < system->n_relations; r++)
        if (system->relations[r].n > longest)
            longest = system->relations[r].n;
    return longest;
}

int audit_ranges_start(struct audit_ranges *ranges, const struct count_system *system, int n_threads)
{
    *ranges = (struct audit_ranges){.n_threads = n_threads,
                                    .low = allocate(system->n_counts, sizeof *ranges->low),
                                    .high = allocate(system->n_counts, sizeof *ranges->high)};
    if (ranges->low == NULL || ranges->high == NULL)
        return -1;
    for (size_t i = 0; i < system->n_counts; i++)
        ranges->low[i] = ranges->high[i] = (double)system->counts[i].value;
    ranges->displacer = displacer_alloc(system, ranges->low, ranges->high);
    return ranges->displacer == NULL ? -1 : 0;
}

int audit_ranges_restart(struct audit_ranges *ranges, const struct count_system *system)
{
    displacer_free(ranges->displacer);
    ranges->displacer = displacer_alloc(system, ranges->low, ranges->high);
    return ranges->displacer == NULL ? -1 : 0;
}

void audit_ranges_free(struct audit_ranges *ranges)
{
    free(ranges->low);
    free(ranges->high);
    displacer_free(ranges->displacer);
}

int audit_counts(const struct count_system *system, struct audit_ranges *ranges, bool is_last, bool *unsafe,
                 struct audit *audit)
{
    const size_t n = system->n_counts, longest = longest_relation(system);
    struct auditor auditor = {.system = system, .unsafe = unsafe, .audit = audit, .low = ranges->low, .high = ranges->high,
                              .displacer = ranges->displacer, .n_threads = ranges->n_threads, .is_last = is_last,
                              .is_trial = ranges->is_trial};
    int status = -1;

    *audit = (struct audit){.n_programs = audit->n_programs};
    if (n == 0)
        return 0;
    auditor.parent = allocate(n, sizeof *auditor.parent);
    auditor.size = allocate(n, sizeof *auditor.size);
    auditor.is_solved = allocate(n, sizeof *auditor.is_solved);
    auditor.lanes = allocate(n / LARGE_PART + 3, sizeof *auditor.lanes);
    auditor.column = allocate(n, sizeof *auditor.column);
    auditor.members = allocate(n, sizeof *auditor.members);
    auditor.relations = allocate(system->n_relations + 1, sizeof *auditor.relations);
    auditor.indices = allocate(longest + 1, sizeof *auditor.indices);
    auditor.values = allocate(longest + 1, sizeof *auditor.values);
    displacer_refresh(ranges->displacer);
    if (auditor.parent != NULL && auditor.size != NULL && auditor.is_solved != NULL && auditor.lanes != NULL && auditor.column != NULL &&
        auditor.members != NULL && auditor.relations != NULL && auditor.indices != NULL && auditor.values != NULL) {
        join_parts(&auditor);
        status = displace_all(&auditor) != 0 ? -1 : audit_parts(&auditor);
    }
    free(auditor.parent);
    free(auditor.size);
    free(auditor.is_solved);
    free(auditor.lanes);
    free(auditor.column);
    free(auditor.members);
    free(auditor.relations);
    free(auditor.indices);
    free(auditor.values);
    return status;
}
