/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/recurrent_models.h"

#include <gsl/gsl_errno.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/models.h"
#include "outcomes/care_paths.h"
#include "stats/recurrent.h"

int stretches_alloc(struct stretches *s, size_t room)
{
    struct sample *const p = &s->sample;

    return (p->time = allocate(room, sizeof *p->time)) == NULL || (p->entry = allocate(room, sizeof *p->entry)) == NULL ||
                   (p->cause = allocate(room, sizeof *p->cause)) == NULL || (p->arm = allocate(room, sizeof *p->arm)) == NULL ||
                   (p->frequency = allocate(room, sizeof *p->frequency)) == NULL ||
                   (p->cluster = allocate(room, sizeof *p->cluster)) == NULL || (p->row = allocate(room, sizeof *p->row)) == NULL ||
                   (s->id = allocate(room, sizeof *s->id)) == NULL
               ? -1
               : 0;
}

void stretches_free(struct stretches *s)
{
    sample_free(&s->sample);
    free(s->id);
}

size_t stretches_next(struct stretches *s, size_t row, const struct column *arm, const struct column *cluster)
{
    struct sample *const p = &s->sample;
    const size_t k = p->n++;

    s->n_id += k == 0 || p->row[k - 1] != row;
    s->id[k] = (int32_t)s->n_id - 1;
    p->row[k] = row;
    p->arm[k] = column_code(arm, row);
    p->cluster[k] = cluster != NULL ? (int32_t)column_integer(cluster, row) : s->id[k];
    p->n_late = p->n;
    return k;
}

int stretches_number_clusters(struct stretches *s, bool given, const struct reducer *reducer)
{
    if (given)
        return sample_number_clusters(&s->sample, reducer);
    s->sample.clusters = (struct clusters){.of = s->sample.cluster, .n = s->n_id};
    return 0;
}

int recurrent_model_add(const struct comparison *comparison, const struct study_model *model, struct stretches *s,
                        const struct table *records, const struct column *record, struct table *estimates)
{
    struct sample *const p = &s->sample;
    struct comparison of = *comparison;
    int status;

    if (reducer_sum_one(of.reducer, (int64_t)p->n) == 0)
        return 0;
    struct recurrent_rows *const rows =
        recurrent_alloc_all(p->n, p->entry, p->time, p->cause, s->id, s->n_id, model->arrangement, of.reducer, &status);
    if (rows == NULL)
        return fail("models: events that recur: %s", gsl_strerror(status));
    struct sample arranged = *p; /* the stretches stay as they are, for the next model */
    arranged.entry = rows->entry;
    arranged.time = rows->time;
    of.people = &arranged;
    of.n_cause = 1;
    of.delayed_entry = true;
    status = model_add(&of, model, rows->stratum, rows->n_stratum, records, record, estimates);
    recurrent_free(rows);
    return status;
}

static int take(const struct recurrent_models_input *input, const struct study_model *model, struct stretches *s)
{
    const struct table *const paths = input->paths.paths;
    const struct column *const row = table_column(paths, "row"), *const from = table_column(paths, "from"),
                        *const to = table_column(paths, "to"), *const state = table_column(paths, "state"),
                        *const next = table_column(paths, "next");
    struct sample *const p = &s->sample;

    if (stretches_alloc(s, paths->n_rows + 1) != 0)
        return -1;
    for (size_t k = 0; k < paths->n_rows; k++) {
        const size_t of = (size_t)column_integer(row, k);
        const int32_t here = column_code(state, k), after = column_code(next, k);
        if (column_integer(input->paths.member, of) != 1 || (here < N_LEVELS && model->into[here]))
            continue;
        const size_t i = stretches_next(s, of, input->paths.arm, input->cluster);
        p->entry[i] = (double)column_integer(from, k);
        p->time[i] = (double)column_integer(to, k);
        p->cause[i] = after != MISSING_CODE && after < N_LEVELS && model->into[after];
        p->frequency[i] = 1;
    }
    return stretches_number_clusters(s, input->cluster != NULL, input->paths.reducer);
}

static int add_moves(const struct recurrent_models_input *input, const struct study_model *model, struct table *estimates)
{
    const struct study_outcome none = {.name = {.text = (char[]){""}}};
    const struct comparison comparison = {
        .study = input->paths.study, .analysis = input->paths.analysis, .outcome = &none, .population = input->paths.population,
        .n_arm = input->paths.study->cohort.arms.n, .n_cause = 1, .reducer = input->paths.reducer, .n_threads = input->n_threads};
    struct stretches s = {0};
    int status = take(input, model, &s);

    if (status == 0)
        status = recurrent_model_add(&comparison, model, &s, input->records, input->record, estimates);
    stretches_free(&s);
    return status;
}

int recurrent_models_add(const struct recurrent_models_input *input, struct table *estimates)
{
    const struct study_analysis *const analysis = input->paths.analysis;
    int status = 0;

    for (size_t i = 0; status == 0 && i < analysis->n_models; i++) {
        if (!analysis->models[i].recurrent || !analysis->models[i].of_moves)
            continue;
        if (input->paths.paths == NULL)
            return fail("models: 'into' reads paths through levels of care: the study itself must have such a model, not a profile of "
                        "it alone");
        status = add_moves(input, &analysis->models[i], estimates);
    }
    return status;
}
