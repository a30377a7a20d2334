/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pairs of people with nearly the same propensity, and how alike the arms are before and after. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/hash.h"
#include "base/memory.h"
#include "fit/balance_rows.h"
#include "fit/frame.h"
#include "stats/glm.h"
#include "stats/match.h"
#include "stats/weighted_balance.h"

struct matching {
    const struct fit_request *request;
    const struct frame *frame;
    double *score;      /* [n] */
    uint8_t *treated;   /* [n] */
    uint64_t *order;    /* [n] */
    double *weight;     /* [n] of the matched sample */
    size_t *match;      /* [n * ratio] */
    size_t n_pair;
};

static void matching_clear(struct matching *m)
{
    free(m->score);
    free(m->treated);
    free(m->order);
    free(m->weight);
    free(m->match);
}

/* ---- the score ------------------------------------------------------------------------------------------------- */

static int tell_fit(const struct matching *m, const struct glm_fit *fit)
{
    const struct regressors *r = m->frame->regressors;

    for (size_t j = 1; j < fit->p; j++)
        if (fit->separated[j]) {
            warn("'%s' predicts the arm perfectly: the people that it tells apart have nobody to be matched with",
                 r->names[j - 1]);
            if (m->request->logit)
                return fail("the logit of a propensity of 0 or 1 is infinite; leave the term out, or use --score probability");
        }
    if (!fit->converged)
        warn("the model of the arm did not converge");
    return 0;
}

static int find_scores(struct matching *m)
{
    const struct frame *frame = m->frame;
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1};
    double *y = allocate(frame->n, sizeof *y);
    struct glm_fit *fit = NULL;
    int status = -1, code;

    if (y == NULL)
        return -1;
    for (size_t i = 0; i < frame->n; i++)
        y[i] = m->treated[i];
    const struct glm_data data = {&frame->regressors->matrix, y, frame->regressors->offset, NULL};
    code = glm_fit_alloc(&data, &options, &fit);
    if (code != GSL_SUCCESS)
        fail("the model of the arm: %s", gsl_strerror(code));
    else if (tell_fit(m, fit) == 0) {
        for (size_t i = 0; i < frame->n; i++)
            m->score[i] = m->request->logit ? fit->eta[i] : glm_mean(GLM_LOGISTIC, fit->eta[i]);
        status = 0;
    }
    glm_fit_free(fit);
    free(y);
    return status;
}

/* ---- ties ------------------------------------------------------------------------------------------------------- */

/* By what a row holds, never by where it stands: rows that hold the same may stand for each other. */
static int find_order(struct matching *m)
{
    const struct frame *frame = m->frame;
    const struct design_matrix *design = &frame->regressors->matrix;
    struct hash_row *keyed = allocate(frame->n, sizeof *keyed);
    double *x = allocate(design->p + 1, sizeof *x);
    int status = keyed == NULL || x == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < frame->n; i++) {
        design_row(design, i, x);
        keyed[i] = (struct hash_row){hash_bytes(m->treated[i], x, design->p * sizeof *x), i};
    }
    if (status == 0)
        hash_rows_sort(keyed, frame->n);
    for (size_t k = 0; status == 0 && k < frame->n; k++)
        m->order[keyed[k].row] = k;
    free(x);
    free(keyed);
    return status;
}

/* ---- pairs ------------------------------------------------------------------------------------------------------ */

/* The caliper on the scale of the score: its standard deviation over everybody. */
static double caliper_of(const struct matching *m)
{
    const size_t n = m->frame->n;
    struct weighted_moments all = {0};
    uint8_t *everybody = allocate(n, sizeof *everybody);
    double *one = allocate(n, sizeof *one);

    if (everybody != NULL && one != NULL) {
        for (size_t i = 0; i < n; i++)
            one[i] = 1;
        (void)weighted_moments(n, m->score, one, NULL, everybody, 0, &all);
    }
    free(everybody);
    free(one);
    return m->request->caliper * sqrt(all.variance);
}

/* Each of the arm counts once, its matches share that. */
static void weigh(struct matching *m)
{
    const size_t ratio = m->request->ratio;

    for (size_t i = 0; i < m->frame->n; i++) {
        size_t n = 0;
        while (n < ratio && m->match[i * ratio + n] != MATCH_NONE)
            n++;
        if (n > 0)
            m->weight[i] = 1;
        for (size_t r = 0; r < n; r++)
            m->weight[m->match[i * ratio + r]] = 1 / (double)n;
    }
}

static int find_pairs(struct matching *m)
{
    const struct frame *frame = m->frame;
    const size_t n = frame->n, ratio = m->request->ratio;

    if (frame->arms.n != 2)
        return fail("'match' pairs two arms; the column before '~' has %zu", frame->arms.n);
    if (n > SIZE_MAX / sizeof *m->match / ratio ||
        (m->score = allocate(n, sizeof *m->score)) == NULL || (m->treated = allocate(n, sizeof *m->treated)) == NULL ||
        (m->order = allocate(n, sizeof *m->order)) == NULL || (m->weight = allocate(n, sizeof *m->weight)) == NULL ||
        (m->match = allocate(n * ratio, sizeof *m->match)) == NULL)
        return -1;
    for (size_t i = 0; i < n; i++)
        m->treated[i] = (uint8_t)frame->arms.code[i];
    if (find_scores(m) != 0 || find_order(m) != 0)
        return -1;
    const struct match_request request = {.n = n, .score = m->score, .treated = m->treated, .stratum = frame->exact,
                                          .order = m->order, .caliper = isinf(m->request->caliper) ? INFINITY : caliper_of(m),
                                          .ratio = ratio};
    const int code = match_nearest(&request, m->match, &m->n_pair);
    if (code != GSL_SUCCESS)
        return fail("'match': %s", gsl_strerror(code));
    weigh(m);
    return 0;
}

static void tell_pairs(const struct matching *m)
{
    size_t n_arm = 0, n_matched = 0;

    for (size_t i = 0; i < m->frame->n; i++) {
        n_arm += m->treated[i];
        n_matched += m->treated[i] == 1 && m->weight[i] > 0;
    }
    note("match: %zu pairs; %zu of %zu in arm '%s' have a match", m->n_pair, n_matched, n_arm, m->frame->arms.labels[1]);
    if (n_matched < n_arm)
        warn("%zu in arm '%s' have no match: the numbers speak of the others alone", n_arm - n_matched,
             m->frame->arms.labels[1]);
}

static int fit_match(const struct fit_request *request, const struct frame *frame, struct table *estimates)
{
    struct matching m = {.request = request, .frame = frame};
    const struct balance_request before = {request, frame, NULL, "unadjusted"};
    int status = find_pairs(&m);
    const struct balance_request after = {request, frame, m.weight, "matched"};

    if (status == 0) {
        tell_pairs(&m);
        status = balance_rows_add(&before, estimates) != 0 ? -1 : balance_rows_add(&after, estimates);
    }
    matching_clear(&m);
    return status;
}

/* ---- the pairs themselves ----------------------------------------------------------------------------------------- */

static struct table *pairs_alloc(void)
{
    struct table *t = table_alloc("pairs", "Pairs");

    if (t != NULL && table_add_column(t, "pair", COLUMN_INT64, 0, "Pair", "") != NULL &&
        table_add_column(t, "line", COLUMN_INT64, 0, "Line of the arm", "") != NULL &&
        table_add_column(t, "match_line", COLUMN_INT64, 0, "Line of its match", "") != NULL &&
        table_add_column(t, "score", COLUMN_FLOAT64, 0, "Score", "") != NULL &&
        table_add_column(t, "match_score", COLUMN_FLOAT64, 0, "Score of the match", "") != NULL &&
        table_add_column(t, "distance", COLUMN_FLOAT64, 0, "Distance", "") != NULL)
        return t;
    table_free(t);
    return NULL;
}

static struct table *list_pairs(const struct fit_request *request, const struct frame *frame)
{
    struct matching m = {.request = request, .frame = frame};
    struct table *pairs = pairs_alloc();
    int status = pairs == NULL ? -1 : find_pairs(&m);
    int64_t number = 0;

    if (status == 0)
        tell_pairs(&m);
    for (size_t k = 0; status == 0 && k < frame->n * request->ratio; k++) {
        const size_t i = k / request->ratio, j = m.match[k];
        struct row_builder row;
        if (j == MATCH_NONE)
            continue;
        number += k % request->ratio == 0;
        row = table_new_row(pairs);
        row_integer(&row, "pair", number);
        row_integer(&row, "line", (int64_t)frame->line[i]);
        row_integer(&row, "match_line", (int64_t)frame->line[j]);
        row_real(&row, "score", m.score[i]);
        row_real(&row, "match_score", m.score[j]);
        row_real(&row, "distance", fabs(m.score[i] - m.score[j]));
        status = row_end(&row);
    }
    matching_clear(&m);
    if (status == 0)
        return pairs;
    table_free(pairs);
    return NULL;
}

const struct model model_match = {
    .name = "match", .outcome = OUTCOME_ARM, .fit = fit_match, .residuals = list_pairs, .regression = true,
    .arms_needed = true, .options = "caliper ratio exact score sd pairs",
    .examples = {"'arm ~ age + sex' people.csv --caliper 0.2", "'arm ~ age + sex' people.csv --exact sex --pairs"},
};
