/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linear programmes over the equations of a view, part by part. */
#include <glpk.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/attack/view.h"
#include "tests/attack/witness.h"

enum { LARGE_PART = 2000, ASKED = 150 }; /* columns */

struct attack {
    const struct view *view;
    const char *where;
    const bool *wanted; /* [n_counts] ranges are asked for; NULL: small counts are sought */
    struct view_range *ranges;
    size_t *parent; /* [n_counts] union-find */
    int *column;    /* [n_counts] 0: none */
    struct found found;
};

/* A count that a reader does not know exactly. */
static bool moves(const struct view_count *count)
{
    return !count->shown || count->low < count->high;
}

/* Slacks count nobody. */
static bool is_sought(const struct attack *attack, size_t i)
{
    const struct view *const view = attack->view;

    if (attack->wanted != NULL)
        return attack->wanted[i] && moves(&view->counts[i]);
    if (strstr(view->counts[i].key, "dashboard slack") != NULL)
        return false;
    return !view->counts[i].shown && view->counts[i].truth > 0 && view->counts[i].truth < view->threshold;
}

static size_t root_of(struct attack *attack, size_t i)
{
    while (attack->parent[i] != i)
        i = attack->parent[i] = attack->parent[attack->parent[i]];
    return i;
}

static void join(struct attack *attack)
{
    const struct view *view = attack->view;

    for (size_t i = 0; i < view->n_counts; i++)
        attack->parent[i] = i;
    for (size_t r = 0; r < view->n_relations; r++) {
        size_t first = NONE;

        for (size_t k = view->first[r]; k < view->first[r + 1]; k++) {
            const size_t count = view->terms[k].count;

            if (!moves(&view->counts[count]))
                continue;
            if (first == NONE)
                first = root_of(attack, count);
            else
                attack->parent[root_of(attack, count)] = first;
        }
    }
}

static void add_column(struct attack *attack, glp_prob *program, size_t i)
{
    const struct view_count *count = &attack->view->counts[i];
    const int column = attack->column[i] = glp_add_cols(program, 1);

    if (!count->shown)
        glp_set_col_bnds(program, column, GLP_LO, (double)count->low, 0);
    else
        glp_set_col_bnds(program, column, GLP_DB, (double)count->low, (double)count->high);
}

static void add_relation(const struct attack *attack, glp_prob *program, size_t r, int *indices, double *values)
{
    const struct view *view = attack->view;
    double known = 0;
    int n = 0;

    for (size_t k = view->first[r]; k < view->first[r + 1]; k++) {
        const struct view_term *term = &view->terms[k];
        const int column = attack->column[term->count];
        int at = 1;

        if (column == 0) {
            known += term->sign * (double)view->counts[term->count].low;
            continue;
        }
        while (at <= n && indices[at] != column)
            at++;
        if (at > n) {
            indices[++n] = column;
            values[n] = 0;
        }
        values[at] += term->sign;
    }
    const int row = glp_add_rows(program, 1);
    glp_set_row_bnds(program, row, GLP_FX, -known, 0);
    glp_set_mat_row(program, row, n, indices, values);
}

/* The largest or smallest value of a count; NaN when the programme could not be solved. */
static double extreme(struct attack *attack, glp_prob *program, size_t i, int direction)
{
    glp_smcp settings;

    glp_init_smcp(&settings);
    settings.msg_lev = GLP_MSG_OFF;
    glp_set_obj_dir(program, direction);
    glp_set_obj_coef(program, attack->column[i], 1);
    int status = glp_simplex(program, &settings);
    if (status != 0) {
        glp_std_basis(program);
        status = glp_simplex(program, &settings);
    }
    attack->found.n_programs++;
    glp_set_obj_coef(program, attack->column[i], 0);
    if (status == 0 && glp_get_status(program) == GLP_UNBND)
        return direction == GLP_MAX ? INFINITY : 0;
    return status == 0 && glp_get_status(program) == GLP_OPT ? glp_get_col_prim(program, attack->column[i]) : NAN;
}

static void seek(struct attack *attack, glp_prob *program, size_t i)
{
    const struct view_count *count = &attack->view->counts[i];
    const double high = extreme(attack, program, i, GLP_MAX);

    if (isnan(high)) {
        attack->found.n_failed++;
        return;
    }
    if (high >= (double)attack->view->threshold - 1e-6)
        return;
    const double low = extreme(attack, program, i, GLP_MIN);
    const bool is_exact = high - low < 0.5;
    attack->found.n_exact += is_exact;
    attack->found.n_proved += !is_exact;
    if (!attack->view->is_quiet)
        printf("%s - %s: %s is %s%.3g to %.3g (truly %lld)\n",
               attack->view->knows_no_rules && !is_exact ? "narrowed" : "not ok", attack->where, count->key, is_exact ? "found, " : "", low, high,
           (long long)count->truth);
}

static void find_range(struct attack *attack, glp_prob *program, size_t i)
{
    const double low = extreme(attack, program, i, GLP_MIN), high = extreme(attack, program, i, GLP_MAX);

    if (isnan(low) || isnan(high))
        attack->found.n_failed++;
    else
        attack->ranges[i] = (struct view_range){low, high};
}

/* Of a large part: how large can counts be somewhere?  First little is asked of all, then more of those that are left. */
static void seek_large(struct attack *attack, const size_t *asked, size_t n)
{
    static const size_t more[] = {8, 12, 16, 24, 48, WITNESS_WHOLE};
    struct witness *const witness = witness_alloc(attack->view);

    for (size_t round = 0; round < sizeof more / sizeof more[0]; round++)
        for (size_t k = 0; k < n; k++) {
            const size_t i = asked[k];
            const double high = witness_is_large(witness, i) ? INFINITY : witness_find(witness, i, more[round]);

            if (more[round] != WITNESS_WHOLE || high >= (double)attack->view->threshold - 1e-6)
                continue;
            if (isnan(high))
                attack->found.n_failed++;
            else
                attack->found.n_proved++;
            if (!attack->view->is_quiet)
                printf("not ok - %s: %s is at most %.3g (truly %lld)\n", attack->where, attack->view->counts[i].key, high,
                       (long long)attack->view->counts[i].truth);
        }
    attack->found.n_programs += witness_free(witness);
}

/* So many counts of a part as may be asked of, spread over all of them. */
static void attack_large(struct attack *attack, size_t root)
{
    const char *const wish = getenv("STEPDOWN_ATTACK_ASKED");
    const size_t most = wish == NULL ? ASKED : strtoul(wish, NULL, 10);
    size_t *const sought = calloc(attack->view->n_counts + 1, sizeof *sought), n = 0, n_asked = 0;

    if (sought == NULL)
        abort();
    for (size_t i = 0; i < attack->view->n_counts; i++)
        if (is_sought(attack, i) && root_of(attack, i) == root)
            sought[n++] = i;
    const size_t step = most > 0 && n > most ? (n + most - 1) / most : 1;
    for (size_t k = 0; k < n; k += step)
        sought[n_asked++] = sought[k];
    seek_large(attack, sought, n_asked);
    attack->found.n_unasked += n - n_asked;
    free(sought);
}

/* All equations of the counts that have columns, asked count by count. */
static void attack_whole(struct attack *attack, glp_prob *program, int *indices, double *values)
{
    const struct view *view = attack->view;

    for (size_t r = 0; r < view->n_relations; r++) {
        bool touches = false;

        for (size_t k = view->first[r]; k < view->first[r + 1]; k++)
            touches = touches || attack->column[view->terms[k].count] > 0;
        if (touches)
            add_relation(attack, program, r, indices, values);
    }
    if (glp_get_num_rows(program) == 0)
        return;
    glp_adv_basis(program, 0);
    for (size_t i = 0; i < view->n_counts; i++)
        if (attack->column[i] > 0 && is_sought(attack, i))
            (attack->wanted != NULL ? find_range : seek)(attack, program, i);
}

static void attack_part(struct attack *attack, size_t root, int *indices, double *values)
{
    const struct view *view = attack->view;
    glp_prob *program = glp_create_prob();

    for (size_t i = 0; i < view->n_counts; i++)
        if (moves(&view->counts[i]) && root_of(attack, i) == root)
            add_column(attack, program, i);
    if (attack->wanted == NULL && glp_get_num_cols(program) > LARGE_PART)
        attack_large(attack, root);
    else
        attack_whole(attack, program, indices, values);
    for (size_t i = 0; i < view->n_counts; i++)
        attack->column[i] = 0;
    glp_delete_prob(program);
}

static struct found attack_all(struct attack attack)
{
    const struct view *const view = attack.view;
    bool *done = calloc(view->n_counts + 1, sizeof *done);
    int *indices = calloc(view->n_counts + 1, sizeof *indices);
    double *values = calloc(view->n_counts + 1, sizeof *values);

    attack.parent = calloc(view->n_counts + 1, sizeof *attack.parent);
    attack.column = calloc(view->n_counts + 1, sizeof *attack.column);
    if (done == NULL || indices == NULL || values == NULL || attack.parent == NULL || attack.column == NULL)
        abort();
    glp_term_out(GLP_OFF);
    join(&attack);
    for (size_t i = 0; i < view->n_counts; i++) {
        attack.found.n_hidden += !view->counts[i].shown;
        if (!is_sought(&attack, i))
            continue;
        attack.found.n_small++;
        const size_t root = root_of(&attack, i);
        if (!done[root])
            attack_part(&attack, root, indices, values);
        done[root] = true;
    }
    free(done);
    free(indices);
    free(values);
    free(attack.parent);
    free(attack.column);
    return attack.found;
}

struct found view_attack(const struct view *view, const char *where)
{
    return attack_all((struct attack){.view = view, .where = where});
}

struct found view_find_ranges(const struct view *view, const bool *wanted, struct view_range *ranges)
{
    for (size_t i = 0; i < view->n_counts; i++) {
        const struct view_count *const count = &view->counts[i];

        ranges[i] = (struct view_range){(double)count->low, count->shown ? (double)count->high : INFINITY};
    }
    return attack_all((struct attack){.view = view, .where = "", .wanted = wanted, .ranges = ranges});
}
