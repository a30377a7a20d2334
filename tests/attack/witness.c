/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/attack/witness.h"

#include <glpk.h>
#include <math.h>
#include <stdlib.h>

enum { PEOPLED = 10 };

struct witness {
    const struct view *view;
    size_t *first, *relations;          /* [n_counts + 1], [n_terms] which equations a count is in */
    size_t *cell_first, *of_cell;       /* [height * width + 2], [n_counts] which counts are in a cell; nowhere: behind the last one */
    size_t height, width;
    bool *is_large;                     /* [n_counts] has been somewhere */
    int *column, *row;                  /* [n_counts], [n_relations] in the programme; 0: not in it */
    size_t *taken, *rows;               /* the counts and the equations of the programme, in its order */
    size_t n_taken, n_rows, n_programs;
    double reached; /* by the last programme; NAN: it was not solved */
    size_t *lines, *columns;            /* those of the grid that are in the programme */
    int *indices;                       /* [n_counts + 1] of a row */
    double *values;
    uint64_t state;
};

static void *room(size_t n, size_t size)
{
    void *const memory = calloc(n + 1, size);

    if (memory == NULL)
        abort();
    return memory;
}

/* first[n + 1] holds how many each has, one place later: where each begins. */
static void add_up(size_t *first, size_t n)
{
    for (size_t i = 0; i < n; i++)
        first[i + 1] += first[i];
}

static void find_relations(struct witness *witness)
{
    const struct view *const view = witness->view;
    size_t *const next = room(view->n_counts, sizeof *next);

    for (size_t k = 0; k < view->n_terms; k++)
        witness->first[view->terms[k].count + 1]++;
    add_up(witness->first, view->n_counts);
    for (size_t r = 0; r < view->n_relations; r++)
        for (size_t k = view->first[r]; k < view->first[r + 1]; k++) {
            const size_t count = view->terms[k].count;

            witness->relations[witness->first[count] + next[count]++] = r;
        }
    free(next);
}

static void find_shape(struct witness *witness)
{
    witness->height = witness->width = 1;
    for (size_t i = 0; i < witness->view->n_counts; i++) {
        const struct view_place place = witness->view->counts[i].place;

        if (place.is_somewhere && place.line >= witness->height)
            witness->height = place.line + 1;
        if (place.is_somewhere && place.column >= witness->width)
            witness->width = place.column + 1;
    }
}

static size_t cell_of(const struct witness *witness, const struct view_count *count)
{
    return count->place.is_somewhere ? count->place.line * witness->width + count->place.column : witness->height * witness->width;
}

static void find_cells(struct witness *witness)
{
    const size_t n_cells = witness->height * witness->width + 1;
    size_t *const next = room(n_cells, sizeof *next);

    witness->cell_first = room(n_cells + 1, sizeof *witness->cell_first);
    for (size_t i = 0; i < witness->view->n_counts; i++)
        witness->cell_first[cell_of(witness, &witness->view->counts[i]) + 1]++;
    add_up(witness->cell_first, n_cells);
    for (size_t i = 0; i < witness->view->n_counts; i++) {
        const size_t cell = cell_of(witness, &witness->view->counts[i]);

        witness->of_cell[witness->cell_first[cell] + next[cell]++] = i;
    }
    free(next);
}

struct witness *witness_alloc(const struct view *view)
{
    struct witness *const witness = room(1, sizeof *witness);

    *witness = (struct witness){.view = view,
                                .first = room(view->n_counts + 1, sizeof *witness->first),
                                .relations = room(view->n_terms, sizeof *witness->relations),
                                .of_cell = room(view->n_counts, sizeof *witness->of_cell),
                                .is_large = room(view->n_counts, sizeof *witness->is_large),
                                .column = room(view->n_counts, sizeof *witness->column),
                                .row = room(view->n_relations, sizeof *witness->row),
                                .taken = room(view->n_counts, sizeof *witness->taken),
                                .rows = room(view->n_relations, sizeof *witness->rows),
                                .lines = room(view->n_counts, sizeof *witness->lines),
                                .columns = room(view->n_counts, sizeof *witness->columns),
                                .indices = room(view->n_counts, sizeof *witness->indices),
                                .values = room(view->n_counts, sizeof *witness->values),
                                .state = 20261129};
    find_relations(witness);
    find_shape(witness);
    find_cells(witness);
    return witness;
}

size_t witness_free(struct witness *witness)
{
    const size_t n_programs = witness->n_programs;

    free(witness->first);
    free(witness->relations);
    free(witness->cell_first);
    free(witness->of_cell);
    free(witness->is_large);
    free(witness->column);
    free(witness->row);
    free(witness->taken);
    free(witness->rows);
    free(witness->lines);
    free(witness->columns);
    free(witness->indices);
    free(witness->values);
    free(witness);
    return n_programs;
}

/* ---- a part of the grid ------------------------------------------------------------------------------------------- */

/* splitmix64 */
static size_t draw(struct witness *witness, size_t below)
{
    uint64_t x = witness->state += UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (size_t)((x ^ (x >> 31)) % below);
}

static bool is_among(const size_t *chosen, size_t n, size_t one)
{
    for (size_t k = 0; k < n; k++)
        if (chosen[k] == one)
            return true;
    return false;
}

/* Is anybody there whose number is not known? */
static bool is_peopled(const struct witness *witness, size_t cell)
{
    for (size_t k = witness->cell_first[cell]; k < witness->cell_first[cell + 1]; k++) {
        const struct view_count *const count = &witness->view->counts[witness->of_cell[k]];

        if (!count->shown && count->truth > 0)
            return true;
    }
    return false;
}

/* Which lines of a grid, or columns: `of` there are, `own` is that of the count; its cells across begin at `from`, one behind the other by `step`. */
struct across {
    size_t own, of, from, step;
    bool is_total; /* the count is the total of its line across, of which all are a part: there are many cells already */
};

/*
 * The totals, the own one, so many by chance, and some ten times as many in which there are people who could be elsewhere; all where
 * the count is their total.
 */
static size_t choose(struct witness *witness, const struct across *across, size_t more, size_t *chosen)
{
    const bool takes_all = more >= across->of || (across->own == 0 && !across->is_total);
    const size_t by_chance = across->is_total ? more / 4 + 1 : more, by_people = across->is_total ? 0 : PEOPLED * more;
    size_t n = 0;

    chosen[n++] = 0;
    if (across->own != 0)
        chosen[n++] = across->own;
    for (size_t k = 1; takes_all && k < across->of; k++)
        if (k != across->own)
            chosen[n++] = k;
    for (size_t tries = 0; n < across->of && tries < by_chance + by_people; tries++) {
        const size_t one = draw(witness, across->of);

        if (!is_among(chosen, n, one) && (tries < by_chance || is_peopled(witness, across->from + one * across->step)))
            chosen[n++] = one;
    }
    return n;
}

static void take_row(struct witness *witness, size_t relation)
{
    if (witness->row[relation] > 0)
        return;
    witness->rows[witness->n_rows++] = relation;
    witness->row[relation] = (int)witness->n_rows;
}

static void take_cell(struct witness *witness, size_t cell)
{
    for (size_t k = witness->cell_first[cell]; k < witness->cell_first[cell + 1]; k++) {
        const size_t i = witness->of_cell[k];
        const struct view_count *const count = &witness->view->counts[i];

        if (count->shown && count->low == count->high)
            continue;
        witness->taken[witness->n_taken++] = i;
        witness->column[i] = (int)witness->n_taken;
        for (size_t r = witness->first[i]; r < witness->first[i + 1]; r++)
            take_row(witness, witness->relations[r]);
    }
}

static void take_around(struct witness *witness, size_t count, size_t more)
{
    const struct view_place place = witness->view->counts[count].place;
    const size_t width = witness->width;
    const struct across lines = {place.line, witness->height, place.column, width, place.column == 0},
                        columns = {place.column, width, place.line * width, 1, place.line == 0};
    const size_t n_lines = choose(witness, &lines, more, witness->lines), n_columns = choose(witness, &columns, more, witness->columns);

    for (size_t p = 0; p < n_lines; p++)
        for (size_t q = 0; q < n_columns; q++)
            take_cell(witness, witness->lines[p] * width + witness->columns[q]);
    if (place.line == 0 || place.column == 0 || more == WITNESS_WHOLE) /* other tables speak of totals */
        take_cell(witness, witness->height * width);
}

static void forget(struct witness *witness)
{
    while (witness->n_taken > 0)
        witness->column[witness->taken[--witness->n_taken]] = 0;
    while (witness->n_rows > 0)
        witness->row[witness->rows[--witness->n_rows]] = 0;
}

/* ---- the programme: by how much each differs from the truth, where all equations hold ------------------------------- */

static void add_columns(const struct witness *witness, glp_prob *program)
{
    glp_add_cols(program, (int)witness->n_taken);
    for (size_t at = 0; at < witness->n_taken; at++) {
        const struct view_count *const count = &witness->view->counts[witness->taken[at]];

        glp_set_col_bnds(program, (int)at + 1, count->shown ? GLP_DB : GLP_LO, (double)(count->low - count->truth),
                         (double)(count->high - count->truth));
    }
}

static void add_row(const struct witness *witness, glp_prob *program, size_t at)
{
    const struct view *const view = witness->view;
    const size_t relation = witness->rows[at];
    int n = 0;

    for (size_t k = view->first[relation]; k < view->first[relation + 1]; k++) {
        const int column = witness->column[view->terms[k].count];
        int place = 1;

        if (column == 0)
            continue;
        while (place <= n && witness->indices[place] != column)
            place++;
        if (place > n) {
            witness->indices[++n] = column;
            witness->values[n] = 0;
        }
        witness->values[place] += view->terms[k].sign;
    }
    glp_set_row_bnds(program, (int)at + 1, GLP_FX, 0, 0);
    glp_set_mat_row(program, (int)at + 1, n, witness->indices, witness->values);
}

static bool is_solved(glp_prob *program)
{
    glp_smcp settings;

    glp_init_smcp(&settings);
    settings.msg_lev = GLP_MSG_OFF;
    settings.presolve = GLP_ON;
    return glp_simplex(program, &settings) == 0 && glp_get_status(program) == GLP_OPT;
}

static void remember(const struct witness *witness, glp_prob *program)
{
    for (size_t at = 0; at < witness->n_taken; at++) {
        const size_t i = witness->taken[at];
        const double value = glp_get_col_prim(program, (int)at + 1) + (double)witness->view->counts[i].truth;

        witness->is_large[i] |= value >= (double)witness->view->threshold - 1e-6;
    }
}

/* No programme asks for more than is needed, so that each has an end. */
static void solve(struct witness *witness, size_t count)
{
    const struct view_count *const sought = &witness->view->counts[count];
    glp_prob *const program = glp_create_prob();

    add_columns(witness, program);
    glp_add_rows(program, (int)witness->n_rows);
    for (size_t at = 0; at < witness->n_rows; at++)
        add_row(witness, program, at);
    glp_set_col_bnds(program, witness->column[count], GLP_DB, (double)(sought->low - sought->truth),
                     (double)(witness->view->threshold - sought->truth));
    glp_set_obj_dir(program, GLP_MAX);
    glp_set_obj_coef(program, witness->column[count], 1);
    witness->n_programs++;
    witness->reached = NAN;
    if (is_solved(program)) {
        witness->reached = glp_get_obj_val(program) + (double)sought->truth;
        remember(witness, program);
    }
    glp_delete_prob(program);
}

bool witness_is_large(const struct witness *witness, size_t count)
{
    return witness->is_large[count];
}

double witness_find(struct witness *witness, size_t count, size_t more)
{
    take_around(witness, count, more);
    solve(witness, count);
    forget(witness);
    return witness->reached;
}
