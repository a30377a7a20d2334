/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/protect.h"

#include <glpk.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

enum { SHORT = 4 };

/* What has moved by less has not: half of one is far above the rounding of the simplex method. */
static const double MOVED = 1e-6;

int protector_start(struct protector *protector, const struct count_system *system, const struct count_index *index)
{
    *protector = (struct protector){.system = system, .index = index};
    protector->column = allocate(system->n_counts + 1, sizeof *protector->column);
    protector->around = allocate(AROUND_MAX, sizeof *protector->around);
    protector->found = allocate(AROUND_MAX, sizeof *protector->found);
    protector->is_row = allocate(system->n_relations + 1, sizeof *protector->is_row);
    protector->moved = allocate(AROUND_MAX, sizeof *protector->moved);
    protector->indices = allocate(2 * AROUND_MAX + 1, sizeof *protector->indices);
    protector->values = allocate(2 * AROUND_MAX + 1, sizeof *protector->values);
    return protector->column == NULL || protector->around == NULL || protector->found == NULL || protector->is_row == NULL ||
                   protector->moved == NULL || protector->indices == NULL || protector->values == NULL
               ? -1
               : 0;
}

void protector_free(struct protector *protector)
{
    free(protector->column);
    free(protector->around);
    free(protector->found);
    free(protector->is_row);
    free(protector->moved);
    free(protector->indices);
    free(protector->values);
}

/*
 * A hidden nobody protects no one as well as somebody does, and would need protection.  Without it there is always an end:
 * when all others are hidden, any multiple of them fits as well.
 */
bool count_can_be_hidden(const struct count_system *system, size_t count)
{
    const struct count *const about = &system->counts[count];

    return about->value > 0 && about->cost != COST_NONE && !about->hidden && !about->known_before;
}

double protect_weight(const struct count *count)
{
    return count->cost * log2(2 + (double)count->value);
}

static bool moves(const struct count_system *system, size_t count)
{
    return count_is_unknown(system, count) || count_can_be_hidden(system, count);
}

static void add_around(struct protector *protector, size_t relation, size_t most)
{
    const struct count_system *const system = protector->system;
    const struct relation *const about = &system->relations[relation];

    for (size_t t = about->first; t < about->first + about->n && protector->n_around < most; t++) {
        const size_t other = system->terms[t].count;

        if (protector->column[other] != 0 || !moves(system, other))
            continue;
        protector->around[protector->n_around++] = other;
        protector->column[other] = protector->n_around;
    }
}

/*
 * The nearest counts that may move, ring by ring: their columns are 1 .. n_around.  What a short relation ties to one of a ring
 * belongs to the ring: people and those with the event go together.
 */
static void look_around(struct protector *protector, size_t count, size_t most)
{
    const struct count_system *const system = protector->system;
    const struct count_index *const index = protector->index;
    size_t tied = 0;

    protector->n_around = 0;
    protector->around[protector->n_around++] = count;
    protector->column[count] = 1;
    for (size_t at = 0; at < protector->n_around; at++) {
        for (; tied < protector->n_around; tied++)
            for (size_t k = index->first[protector->around[tied]]; k < index->first[protector->around[tied] + 1]; k++)
                if (system->relations[index->relations[k]].n <= SHORT)
                    add_around(protector, index->relations[k], most);
        for (size_t k = index->first[protector->around[at]]; k < index->first[protector->around[at] + 1]; k++)
            add_around(protector, index->relations[k], most);
    }
}

static void forget_around(struct protector *protector)
{
    for (size_t i = 0; i < protector->n_around; i++)
        protector->column[protector->around[i]] = 0;
}

/*
 * Two columns a count: how far it rises, and how far it falls.  Where shown counts are rounded they are known to lie in an interval
 * only; what they move within it is counted like all the rest, so that a little more may be found than need be.
 */
static void add_columns(const struct protector *protector, glp_prob *program)
{
    const struct count_system *const system = protector->system;

    glp_add_cols(program, 2 * (int)protector->n_around);
    for (size_t i = 0; i < protector->n_around; i++) {
        const size_t count = protector->around[i];
        const struct count *const about = &system->counts[count];
        const double weight = count_is_unknown(system, count) ? 0 : protect_weight(about), room = (double)(about->value - about->at_least);
        const int up = 2 * (int)i + 1, down = up + 1;

        glp_set_col_bnds(program, up, GLP_LO, 0, 0);
        glp_set_col_bnds(program, down, room > 0 ? GLP_DB : GLP_FX, 0, room);
        glp_set_obj_coef(program, up, weight);
        glp_set_obj_coef(program, down, weight);
    }
}

/* The terms of a relation that move; a count that stands in it twice is one. */
static int make_row(const struct protector *protector, const struct relation *relation)
{
    int *const indices = protector->indices;
    double *const values = protector->values;
    const struct count_system *const system = protector->system;
    int length = 0;

    for (size_t k = relation->first; k < relation->first + relation->n; k++) {
        const struct term *const term = &system->terms[k];
        const int up = 2 * (int)protector->column[term->count] - 1;
        int at = 1;

        if (up < 0)
            continue;
        while (at <= length && indices[at] != up)
            at += 2;
        if (at > length) {
            indices[at] = up;
            indices[at + 1] = up + 1;
            values[at] = values[at + 1] = 0;
            length += 2;
        }
        values[at] += (double)term->coefficient;
        values[at + 1] -= (double)term->coefficient;
    }
    return length;
}

static void add_row(const struct protector *protector, glp_prob *program, size_t relation)
{
    const int length = make_row(protector, &protector->system->relations[relation]);
    const int row = glp_add_rows(program, 1);

    glp_set_row_bnds(program, row, GLP_FX, 0, 0);
    glp_set_mat_row(program, row, length, protector->indices, protector->values);
}

/* Every relation of a count that moves, once. */
static void add_rows(struct protector *protector, glp_prob *program)
{
    const struct count_index *const index = protector->index;

    for (int turn = 0; turn < 2; turn++) /* the second one forgets */
        for (size_t i = 0; i < protector->n_around; i++)
            for (size_t k = index->first[protector->around[i]]; k < index->first[protector->around[i] + 1]; k++) {
                const size_t relation = index->relations[k];

                if (turn == 0 && !protector->is_row[relation])
                    add_row(protector, program, relation);
                protector->is_row[relation] = turn == 0;
            }
}

static bool solve(glp_prob *program)
{
    glp_smcp settings;

    glp_init_smcp(&settings);
    settings.msg_lev = GLP_MSG_OFF;
    settings.presolve = GLP_ON;
    return glp_simplex(program, &settings) == 0 && glp_get_status(program) == GLP_OPT;
}

static int by_index(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;

    return (x > y) - (x < y);
}

/* Shown counts that have moved. */
static void take_found(struct protector *protector, glp_prob *program)
{
    protector->n_found = 0;
    protector->weight = 0;
    for (size_t i = 0; i < protector->n_around; i++) {
        const int up = 2 * (int)i + 1;

        protector->moved[i] = glp_get_col_prim(program, up) - glp_get_col_prim(program, up + 1);
        if (count_is_unknown(protector->system, protector->around[i]) || fabs(protector->moved[i]) < MOVED)
            continue;
        protector->found[protector->n_found++] = protector->around[i];
        protector->weight += protect_weight(&protector->system->counts[protector->around[i]]);
    }
    qsort(protector->found, protector->n_found, sizeof *protector->found, by_index);
}

static bool seek_within(struct protector *protector, size_t count, double goal, size_t most)
{
    const double by = goal - (double)protector->system->counts[count].value;
    glp_prob *const program = glp_create_prob();
    bool found;

    glp_term_out(GLP_OFF);
    look_around(protector, count, most);
    add_columns(protector, program);
    add_rows(protector, program);
    glp_set_col_bnds(program, 1, GLP_FX, fmax(by, 0), 0); /* its own columns: it moves this far, and no other way */
    glp_set_col_bnds(program, 2, GLP_FX, fmax(-by, 0), 0);
    found = solve(program);
    protector->n_found = 0;
    if (found)
        take_found(protector, program);
    forget_around(protector);
    glp_delete_prob(program);
    return found;
}

bool protector_seek(struct protector *protector, size_t count, double goal)
{
    return seek_within(protector, count, goal, AROUND_NEAR) ||
           (protector->n_around == AROUND_NEAR && seek_within(protector, count, goal, AROUND_MAX));
}

void protector_widen(const struct protector *protector, double *low, double *high)
{
    for (size_t i = 0; i < protector->n_around; i++) {
        const size_t count = protector->around[i];
        const double value = (double)protector->system->counts[count].value + protector->moved[i];

        if (!count_is_unknown(protector->system, count))
            continue;
        low[count] = fmin(low[count], value);
        high[count] = fmax(high[count], value);
    }
}
