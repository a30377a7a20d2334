/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/models.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/column_codes.h"
#include "base/fail.h"
#include "base/memory.h"
#include "cohort/arms.h"
#include "compare/aft_model.h"
#include "compare/finegray_model.h"
#include "compare/frailty_model.h"
#include "compare/logistic_model.h"
#include "compare/sample.h"
#include "outcomes/outcome.h"
#include "stats/cox_gather.h"
#include "stats/reducer.h"

/* Rows beyond which counted people are not written out one by one. */
static const size_t PEOPLE_MAX = 100000000;

/* A model's rows: those of the sample in which every term is known. */
struct model_rows {
    const struct comparison *c;
    const struct study_model *model;
    const struct table *records;
    const struct column *record;
    size_t n;
    size_t *row;                 /* [n] of the sample */
    size_t *of;                  /* [n] row of records */
    double *entry, *time;
    int32_t *event, *stratum, *cluster;
    int64_t *frequency;
    double *lower, *upper;       /* MODEL_AFT: days between which the event lies */
    int32_t *group;              /* of the frailties, or NULL */
    struct clusters clusters;    /* of `cluster` */
    size_t n_stratum, n_group;
    const int32_t *given;        /* strata of the sample's rows, or NULL */
    /* Of each term */
    struct design_block *block;
    double **value;
    uint16_t **code;
    int32_t **column;
    /* Of each column of the design */
    size_t p;
    char **names;
    int32_t *term;
    char **term_names;           /* [terms] points to columns' or the term's own text */
};

static void clear(struct model_rows *m)
{
    const size_t n_terms = m->model->terms.n;

    for (size_t t = 0; t < n_terms; t++) {
        if (m->value != NULL)
            free(m->value[t]);
        if (m->code != NULL)
            free(m->code[t]);
        if (m->column != NULL)
            free(m->column[t]);
        if (m->term_names != NULL)
            free(m->term_names[t]);
    }
    for (size_t j = 0; m->names != NULL && j < m->p; j++)
        free(m->names[j]);
    free(m->row);
    free(m->of);
    free(m->entry);
    free(m->time);
    free(m->event);
    free(m->stratum);
    free(m->cluster);
    free(m->lower);
    free(m->upper);
    free(m->group);
    free(m->frequency);
    free(m->block);
    free(m->value);
    free(m->code);
    free(m->column);
    free(m->names);
    free(m->term);
    free(m->term_names);
}

/* The column of a term; NULL for the arm. */
static const struct column *covariate(const struct model_rows *m, const char *name)
{
    return strcmp(name, "arm") == 0 ? NULL : table_column(m->records, name);
}

static size_t record_of(const struct model_rows *m, size_t sample_row)
{
    return (size_t)column_integer(m->record, m->c->people->row[sample_row]);
}

/* Column by column, as they lie in memory: a row whose column is missing is not known. */
static void mark_unknown(const struct model_rows *m, const char *name, const size_t *record, bool *unknown)
{
    const struct column *column = name == NULL ? NULL : covariate(m, name);

    if (column == NULL || !column_any_missing(column, m->records->n_rows))
        return;
    for (size_t i = 0; i < m->c->people->n; i++)
        unknown[i] |= column_is_missing(column, record[i]);
}

static void mark_all(const struct model_rows *m, const struct study_texts *columns, const size_t *record, bool *unknown)
{
    for (size_t t = 0; t < columns->n; t++)
        mark_unknown(m, columns->items[t].text, record, unknown);
}

/* The days between which the event lies: known, or between two looks, or after the last day of observation. */
static void take_interval(const struct model_rows *m, const struct sample *s, size_t i, size_t k)
{
    const bool event = s->cause[i] == 1, between = s->low != NULL && s->low[i] < s->high[i];

    m->lower[k] = between ? fmax(fmin(s->low[i] - 1, s->time[i]), 0) : s->time[i];
    m->upper[k] = !event ? (double)INFINITY : between ? s->high[i] : s->time[i];
}

/* Who was never seen after day 0 says nothing of how long it takes. */
static bool says_nothing(const struct model_rows *m, size_t k)
{
    return m->lower != NULL && m->lower[k] == 0 && isinf(m->upper[k]);
}

/* A row of the sample becomes one of the model, with its frequency; or so many copies of it, where the kernel takes none. */
static void take_row(struct model_rows *m, const struct sample *s, size_t i, size_t record)
{
    const bool subhazard = m->model->rule == MODEL_FINEGRAY;
    const int64_t copies = subhazard ? s->frequency[i] : 1;

    for (int64_t copy = 0; copy < copies; copy++) {
        const size_t k = m->n;
        if (m->lower != NULL)
            take_interval(m, s, i, k);
        if (says_nothing(m, k))
            return;
        m->n++;
        m->row[k] = i;
        m->of[k] = record;
        m->time[k] = s->time == NULL ? 0 : s->time[i];
        m->entry[k] = i < s->n_late ? s->entry[i] : -1; /* from the start, day 0 too */
        m->event[k] = subhazard ? s->cause[i] : s->cause[i] == 1;
        m->frequency[k] = subhazard ? 1 : s->frequency[i];
        m->stratum[k] = m->given != NULL ? m->given[i] : 0;
        if (m->cluster != NULL)
            m->cluster[k] = s->cluster[i];
    }
}

/* Rows that the model can have. */
static size_t count_rows(const struct model_rows *m, const struct sample *s)
{
    int64_t n = 0;

    if (m->model->rule != MODEL_FINEGRAY)
        return s->n;
    for (size_t i = 0; i < s->n; i++)
        n += s->frequency[i];
    return (size_t)n;
}

static int take_known(struct model_rows *m, const size_t *record, const bool *unknown)
{
    const struct sample *s = m->c->people;
    const size_t room = count_rows(m, s);

    if (room > PEOPLE_MAX)
        return fail("models: too many people (%zu) for a regression by person", room);
    if ((m->row = allocate(room, sizeof *m->row)) == NULL || (m->of = allocate(room, sizeof *m->of)) == NULL ||
        (m->entry = allocate(room, sizeof *m->entry)) == NULL ||
        (m->time = allocate(room, sizeof *m->time)) == NULL || (m->event = allocate(room, sizeof *m->event)) == NULL ||
        (m->stratum = allocate(room, sizeof *m->stratum)) == NULL ||
        (m->frequency = allocate(room, sizeof *m->frequency)) == NULL ||
        (s->cluster != NULL && (m->cluster = allocate(room, sizeof *m->cluster)) == NULL) ||
        (m->model->rule == MODEL_AFT && ((m->lower = allocate(room, sizeof *m->lower)) == NULL ||
                                         (m->upper = allocate(room, sizeof *m->upper)) == NULL)))
        return -1;
    for (size_t i = 0; i < s->n; i++)
        if (!unknown[i])
            take_row(m, s, i, record[i]);
    m->clusters = sample_clusters(s, m->cluster);
    return 0;
}

static int take_rows(struct model_rows *m)
{
    const size_t n = m->c->people->n;
    size_t *record = allocate(n + 1, sizeof *record);
    bool *unknown = allocate(n + 1, sizeof *unknown);
    int status = record == NULL || unknown == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < n; i++)
        record[i] = record_of(m, i);
    if (status == 0) {
        mark_all(m, &m->model->terms, record, unknown);
        mark_all(m, &m->model->strata, record, unknown);
        mark_unknown(m, m->model->frailty.text, record, unknown);
        status = take_known(m, record, unknown);
    }
    free(unknown);
    free(record);
    return status;
}

/* ---- levels ------------------------------------------------------------------------------------------------------ */

static int compare_reals(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

/* What tells rows apart in one column: codes of labels, or numbers. */
static double key_of(const struct model_rows *m, const struct column *column, size_t k)
{
    if (column == NULL)
        return m->c->people->arm[m->row[k]];
    return column->type == COLUMN_CATEGORY ? column_code(column, m->of[k]) : column_real(column, m->of[k]);
}

/* Codes of labels, or arms. */
static size_t count_codes(const struct model_rows *m, const struct column *column)
{
    return column == NULL ? m->c->n_arm : column->n_labels;
}

/* Those that occur. */
static size_t distinct_codes(const struct model_rows *m, const struct column *column, double **keys)
{
    const size_t n_code = count_codes(m, column);
    int64_t *occurs = allocate(n_code + 1, sizeof *occurs);
    size_t n = 0;

    if ((*keys = allocate(n_code + 1, sizeof **keys)) == NULL || occurs == NULL) {
        free(occurs);
        return 0;
    }
    for (size_t k = 0; column == NULL && k < m->n; k++)
        occurs[m->c->people->arm[m->row[k]]] = 1;
    if (column != NULL)
        column_codes_mark(column, m->of, m->n, occurs);
    reducer_sum(m->c->reducer, occurs, n_code);
    for (size_t code = 0; code < n_code; code++)
        if (occurs[code] > 0)
            (*keys)[n++] = (double)code;
    free(occurs);
    return n;
}

/* Distinct keys of a column, ascending; returns how many, 0 when memory is short. */
static size_t distinct_keys(const struct model_rows *m, const struct column *column, double **keys)
{
    size_t n = 0;

    if (column == NULL || column->type == COLUMN_CATEGORY)
        return distinct_codes(m, column, keys);
    if ((*keys = allocate(m->n + 1, sizeof **keys)) == NULL)
        return 0;
    for (size_t k = 0; k < m->n; k++)
        (*keys)[k] = key_of(m, column, k);
    qsort(*keys, m->n, sizeof **keys, compare_reals);
    for (size_t k = 0; k < m->n; k++)
        if (n == 0 || (*keys)[k] != (*keys)[n - 1])
            (*keys)[n++] = (*keys)[k];
    if (reducer_distinct(m->c->reducer, keys, &n) != GSL_SUCCESS) {
        free(*keys);
        *keys = NULL;
        return 0;
    }
    return n;
}

static size_t place_of(const double *keys, size_t n, double key)
{
    const double *found = bsearch(&key, keys, n, sizeof *keys, compare_reals);

    return (size_t)(found - keys);
}

/* Strata are combinations; their numbers follow the values, not the rows. */
static int take_strata(struct model_rows *m)
{
    for (size_t t = 0; t < m->model->strata.n; t++) {
        const struct column *column = covariate(m, m->model->strata.items[t].text);
        double *keys;
        const size_t n = distinct_keys(m, column, &keys);
        if (keys == NULL)
            return -1;
        for (size_t k = 0; k < m->n; k++)
            m->stratum[k] = (int32_t)((size_t)m->stratum[k] * n + place_of(keys, n, key_of(m, column, k)));
        free(keys);
        m->n_stratum *= n > 0 ? n : 1;
        if (m->n_stratum > 1000000)
            return fail("models: strata() of '%s' has more than a million combinations", m->model->formula.text);
    }
    return 0;
}

/* Groups, too, are numbered by their values. */
static int take_groups(struct model_rows *m)
{
    const struct column *column;
    double *keys;

    if (m->model->frailty.text == NULL)
        return 0;
    column = covariate(m, m->model->frailty.text);
    m->n_group = distinct_keys(m, column, &keys);
    if (keys == NULL || (m->group = allocate(m->n + 1, sizeof *m->group)) == NULL) {
        free(keys);
        return -1;
    }
    for (size_t k = 0; k < m->n; k++)
        m->group[k] = (int32_t)place_of(keys, m->n_group, key_of(m, column, k));
    free(keys);
    return 0;
}

/* ---- columns ------------------------------------------------------------------------------------------------------- */

static int add_name(struct model_rows *m, size_t t, char *name)
{
    char **names = name != NULL ? reallocate(m->names, m->p + 1, sizeof *names) : NULL;
    int32_t *terms;

    if (names != NULL)
        m->names = names;
    if (names == NULL || (terms = reallocate(m->term, m->p + 1, sizeof *terms)) == NULL) {
        free(name);
        return -1;
    }
    m->term = terms;
    names[m->p] = name;
    terms[m->p++] = (int32_t)t;
    return 0;
}

static int add_number(struct model_rows *m, size_t t, const struct column *column)
{
    if ((m->value[t] = allocate(m->n + 1, sizeof *m->value[t])) == NULL ||
        (m->column[t] = allocate(1, sizeof *m->column[t])) == NULL)
        return -1;
    for (size_t k = 0; k < m->n; k++)
        m->value[t][k] = column_real(column, m->of[k]);
    m->column[t][0] = (int32_t)m->p;
    m->block[t] = (struct design_block){.value = m->value[t], .n_level = 1, .column = m->column[t]};
    return add_name(m, t, copy_text(column->name));
}

/* The arm that others are compared with. */
static size_t reference_arm(const struct model_rows *m)
{
    const struct study *study = m->c->study;
    const struct study_texts *references =
        m->c->analysis->references.n > 0 ? &m->c->analysis->references : &study->cohort.references;

    for (size_t arm = 0; arm < m->c->n_arm && references->n > 0; arm++)
        if (strcmp(study->cohort.arms.items[arm].name.text, references->items[0].text) == 0)
            return arm;
    return 0;
}

static char *level_name(const struct model_rows *m, const struct column *column, double key)
{
    if (column == NULL)
        return format_text("arm=%s", comparison_arm(m->c, (size_t)key));
    return format_text("%s=%s", column->name, column->labels[(size_t)key]);
}

static int add_factor(struct model_rows *m, size_t t, const struct column *column)
{
    double *keys;
    const size_t n = distinct_keys(m, column, &keys);
    const size_t reference = column == NULL && n > 0 ? place_of(keys, n, (double)reference_arm(m)) : 0;
    int status = keys == NULL || n > DESIGN_LEVELS_MAX ? -1 : 0;

    uint16_t *level = status == 0 ? allocate(count_codes(m, column) + 1, sizeof *level) : NULL;

    if (status == 0 && (level == NULL || (m->code[t] = allocate(m->n + 1, sizeof *m->code[t])) == NULL ||
                        (m->column[t] = allocate(n + 1, sizeof *m->column[t])) == NULL))
        status = -1;
    for (size_t l = 0; status == 0 && l < n; l++)
        level[(size_t)keys[l]] = (uint16_t)l;
    for (size_t k = 0; status == 0 && column == NULL && k < m->n; k++)
        m->code[t][k] = level[m->c->people->arm[m->row[k]]];
    if (status == 0 && column != NULL)
        column_codes_map(column, m->of, m->n, level, m->code[t]);
    for (size_t l = 0; status == 0 && l < n; l++) {
        m->column[t][l] = l == reference ? DESIGN_NONE : (int32_t)m->p;
        if (l != reference)
            status = add_name(m, t, level_name(m, column, keys[l]));
    }
    m->block[t] = (struct design_block){.code = m->code[t], .n_level = n > 0 ? n : 1, .column = m->column[t]};
    free(level);
    free(keys);
    return status;
}

static int take_terms(struct model_rows *m)
{
    const size_t n = m->model->terms.n;

    if ((m->block = allocate(n, sizeof *m->block)) == NULL || (m->value = allocate(n, sizeof *m->value)) == NULL ||
        (m->code = allocate(n, sizeof *m->code)) == NULL || (m->column = allocate(n, sizeof *m->column)) == NULL ||
        (m->term_names = allocate(n, sizeof *m->term_names)) == NULL)
        return -1;
    for (size_t t = 0; t < n; t++) {
        const struct column *column = covariate(m, m->model->terms.items[t].text);
        const bool number = column != NULL && column->type != COLUMN_CATEGORY;
        if ((m->term_names[t] = copy_text(m->model->terms.items[t].text)) == NULL ||
            (number ? add_number(m, t, column) : add_factor(m, t, column)) != 0)
            return -1;
    }
    return 0;
}

/* ---- the whole ------------------------------------------------------------------------------------------------------- */

static struct estimate model_keys(const struct model_rows *m)
{
    struct estimate keys = ESTIMATE_NONE;

    keys.analysis = m->c->analysis->name.text;
    keys.outcome = m->c->outcome->name.text;
    keys.population = m->c->population->name.text;
    keys.adjustment = m->model->name;
    return keys;
}

static int fit_subhazard(struct model_rows *m, const struct design_matrix *design, struct table *estimates)
{
    const struct comparison *c = m->c;
    const struct finegray_request request = {
        .rows = {.n = m->n, .time = m->time, .cause = m->event, .wanted = m->model->cause, .n_group = 1,
                 .cluster = m->cluster, .n_cluster = m->clusters.n, .n_shared = m->clusters.n_shared, .design = design,
                 .reducer = c->reducer},
        .names = m->names,
        .cause = (size_t)m->model->cause <= c->n_cause ? outcome_cause(c->outcome, (size_t)m->model->cause) : "",
        .level = CONF_LEVEL,
        .n_threads = c->n_threads,
    };
    struct estimate keys = model_keys(m);

    keys.n = reducer_sum_one(c->reducer, (int64_t)m->n);
    if (c->delayed_entry)
        return finegray_model_undefined(&request, &keys, "Fine-Gray takes no delayed entry", estimates);
    if ((size_t)m->model->cause > c->n_cause || keys.n == 0)
        return finegray_model_undefined(&request, &keys, keys.n == 0 ? "nobody has all terms" : "the outcome has no such cause",
                                        estimates);
    return finegray_model_add(&request, &keys, estimates);
}

static int64_t count_people(const struct model_rows *m)
{
    int64_t n = 0;

    for (size_t k = 0; k < m->n; k++)
        n += m->frequency[k];
    return reducer_sum_one(m->c->reducer, n);
}

static int fit_times(struct model_rows *m, const struct design_matrix *design, struct table *estimates)
{
    const struct comparison *c = m->c;
    const struct aft_request request = {
        .rows = {.n = m->n, .lower = m->lower, .upper = m->upper, .frequency = m->frequency, .design = design,
                 .reducer = c->reducer},
        .distribution = (enum aft_distribution)m->model->distribution,
        .names = m->names,
        .level = CONF_LEVEL,
        .n_threads = c->n_threads,
    };
    struct estimate keys = model_keys(m);

    keys.n = count_people(m);
    if (c->delayed_entry || m->cluster != NULL || reducer_sum_one(c->reducer, (int64_t)m->n) == 0)
        return aft_model_undefined(&request, &keys,
                                   c->delayed_entry       ? "an accelerated failure time model takes no delayed entry"
                                   : m->cluster != NULL ? "an accelerated failure time model takes people as independent, and here "
                                                            "they are clustered"
                                                          : "nobody has all terms and days after day 0",
                                   estimates);
    return aft_model_add(&request, &keys, estimates);
}

/* NULL: every row is one person, which needs no looking up. */
static const int64_t *people_of_rows(const struct model_rows *m)
{
    int64_t several = 0;

    for (size_t k = 0; k < m->n && several == 0; k++)
        several = m->frequency[k] != 1;
    return reducer_sum_one(m->c->reducer, several) > 0 ? m->frequency : NULL;
}

/* A Cox model without frailties. */
static int add_hazard(const struct cox_request *request, const struct estimate *keys, struct table *estimates)
{
    struct cox_model *const model = cox_model_fit(request);
    const int status = model != NULL ? cox_model_add_rows(model, keys, estimates) : -1;

    cox_model_free(model);
    return status;
}

/* What is said of exact ties is said of all rows at once, which every rank has for it. */
static int add_exact(const struct cox_request *request, const struct estimate *keys, struct table *estimates)
{
    struct cox_request of_all = *request;
    struct cox_gathered all;
    const int code = cox_gather(&request->rows, &all);
    int status = -1;

    if (code == GSL_SUCCESS) {
        of_all.rows = all.rows;
        status = add_hazard(&of_all, keys, estimates);
    } else {
        fail_memory();
    }
    cox_gathered_clear(&all);
    return status;
}

static int fit_hazard(struct model_rows *m, const struct design_matrix *design, struct table *estimates)
{
    const struct comparison *c = m->c;
    const bool breslow = m->model->ties.text != NULL && strcmp(m->model->ties.text, "breslow") == 0;
    const bool exact = m->model->ties.text != NULL && strcmp(m->model->ties.text, "exact") == 0;

    struct cox_request request = {
        .rows = {.n = m->n, .entry = c->delayed_entry || c->people->n_late > 0 ? m->entry : NULL, .time = m->time, .event = m->event,
                 .stratum = m->n_stratum > 1 ? m->stratum : NULL, .n_stratum = m->n_stratum,
                 .frequency = people_of_rows(m), .design = design, .reducer = c->reducer},
        .ties = exact ? COX_EXACT : breslow ? COX_BRESLOW : COX_EFRON,
        .firth = m->model->firth,
        .clusters = m->cluster == NULL || exact || m->model->firth ? NULL : &m->clusters,
        .zph = !m->model->firth,
        .transform = COX_ZPH_KM,
        .names = m->names,
        .term = m->term,
        .n_term = m->model->terms.n,
        .term_names = m->term_names,
        .level = CONF_LEVEL,
        .n_threads = c->n_threads < 1 ? 1 : c->n_threads,
    };
    const struct frailty_request frailty = {&request, m->group, m->n_group, m->model->frailty.text};
    const struct estimate keys = model_keys(m);
    if (m->group != NULL)
        return frailty_model_add(&frailty, &keys, estimates);
    return exact && c->reducer != NULL ? add_exact(&request, &keys, estimates) : add_hazard(&request, &keys, estimates);
}

static int fit_logistic(struct model_rows *m, const struct design_matrix *design, struct table *estimates)
{
    double *const y = m->time, *const weight = m->entry; /* an outcome of yes or no has neither time nor entry */
    struct estimate keys = model_keys(m);
    int64_t n[2] = {0, 0};

    for (size_t k = 0; k < m->n; k++) {
        y[k] = m->event[k];
        weight[k] = (double)m->frequency[k];
        n[0] += m->frequency[k];
        n[1] += m->event[k] * m->frequency[k];
    }
    reducer_sum(m->c->reducer, n, 2);
    keys.n = n[0];
    keys.n_event = n[1];
    const struct logistic_request request = {.data = {.design = design, .y = y, .weight = weight},
                                             .clusters = m->cluster != NULL ? &m->clusters : NULL,
                                             .names = m->names,
                                             .level = CONF_LEVEL,
                                             .n_threads = m->c->n_threads,
                                             .reducer = m->c->reducer};
    return logistic_model_add(&request, &keys, estimates);
}

static int fit(struct model_rows *m, struct table *estimates)
{
    const struct design_matrix design = {.n = m->n, .p = m->p, .n_block = m->model->terms.n, .block = m->block};

    switch (m->model->rule) {
    case MODEL_FINEGRAY: return fit_subhazard(m, &design, estimates);
    case MODEL_AFT: return fit_times(m, &design, estimates);
    case MODEL_LOGISTIC: return fit_logistic(m, &design, estimates);
    default: return fit_hazard(m, &design, estimates);
    }
}

int model_add(const struct comparison *c, const struct study_model *model, const int32_t *stratum, size_t n_stratum,
              const struct table *records, const struct column *record, struct table *estimates)
{
    struct model_rows m = {.c = c, .model = model, .records = records, .record = record, .given = stratum,
                           .n_stratum = n_stratum};
    const int status = take_rows(&m) != 0 || take_strata(&m) != 0 || take_groups(&m) != 0 || take_terms(&m) != 0 ? -1 : fit(&m, estimates);

    clear(&m);
    return status;
}

/* Logistic models are of outcomes that are yes or no, all others of those with days. */
static bool is_for(const struct comparison *c, const struct study_model *model)
{
    return !model->recurrent && (model->rule == MODEL_LOGISTIC ? c->table == NULL && c->moments == NULL : c->table != NULL);
}

int models_add(const struct comparison *c, const struct table *records, const struct column *record,
               struct table *estimates)
{
    int status = 0;

    for (size_t i = 0; i < c->analysis->n_models && status == 0; i++)
        if (is_for(c, &c->analysis->models[i]))
            status = model_add(c, &c->analysis->models[i], NULL, 1, records, record, estimates);
    return status;
}
