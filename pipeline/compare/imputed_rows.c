/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/imputed_rows.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/hash.h"
#include "base/memory.h"
#include "compare/sample.h"
#include "stats/chained.h"

/* One covariate: its column, and the levels of it that occur. */
struct covariate {
    const struct column *from; /* of the records as they are */
    struct column *into;       /* of those that are filled in */
    int32_t *level;            /* of dense level l the code */
    int32_t *dense;            /* of a code the dense level, or -1 */
    uint8_t *missing;          /* [n] */
};

struct imputed_rows {
    const struct comparison *c;
    const struct people *people;
    size_t n;                  /* rows of the sample, by key */
    size_t *row;               /* [n] of the sample */
    size_t *record;            /* [n] */
    uint64_t *key;             /* [n] */
    double *weight;            /* [n] */
    size_t n_fixed;
    double **fixed;            /* [n_fixed] [n] */
    size_t n_covariate, n_missing;
    struct covariate *covariate;
    struct chained_variable *variable;
    struct table *records;
};

void imputed_rows_free(struct imputed_rows *r)
{
    if (r == NULL)
        return;
    for (size_t k = 0; r->fixed != NULL && k < r->n_fixed; k++)
        free(r->fixed[k]);
    for (size_t k = 0; k < r->n_covariate; k++) {
        free(r->covariate[k].level);
        free(r->covariate[k].dense);
        free(r->covariate[k].missing);
        free(r->variable[k].value);
        free(r->variable[k].code);
    }
    free(r->row);
    free(r->record);
    free(r->key);
    free(r->weight);
    free(r->fixed);
    free(r->covariate);
    free(r->variable);
    table_free(r->records);
    free(r);
}

/* ---- an order by what a row holds ------------------------------------------------------------------------------------- */

static uint64_t hash_real(uint64_t hash, double value)
{
    value = isnan(value) ? -HUGE_VAL : value + 0.0; /* one NaN, one zero */
    return hash_bytes(hash, &value, sizeof value);
}

static uint64_t hash_row(const struct imputed_rows *r, size_t i)
{
    const struct sample *s = r->c->people;
    const size_t record = (size_t)column_integer(r->people->record, s->row[i]);
    uint64_t hash = hash_word(hash_word((uint64_t)s->arm[i], (uint64_t)s->cause[i]), (uint64_t)s->frequency[i]);

    if (s->time != NULL)
        hash = hash_real(hash, s->time[i]);
    if (s->value != NULL)
        hash = hash_real(hash, s->value[i]);
    for (size_t k = 0; k < r->n_covariate; k++)
        hash = hash_real(hash, column_real(r->covariate[k].from, record));
    return hash;
}

/* Rows that hold the same may stand for each other; each has a key of its own all the same. */
static int order_rows(struct imputed_rows *r)
{
    const struct sample *s = r->c->people;
    struct hash_row *keyed = allocate(s->n + 1, sizeof *keyed);
    uint64_t same = 0;

    r->n = s->n;
    if (keyed == NULL || (r->row = allocate(r->n + 1, sizeof *r->row)) == NULL ||
        (r->record = allocate(r->n + 1, sizeof *r->record)) == NULL || (r->key = allocate(r->n + 1, sizeof *r->key)) == NULL ||
        (r->weight = allocate(r->n + 1, sizeof *r->weight)) == NULL) {
        free(keyed);
        return -1;
    }
    for (size_t i = 0; i < r->n; i++)
        keyed[i] = (struct hash_row){hash_row(r, i), i};
    hash_rows_sort(keyed, r->n);
    for (size_t i = 0; i < r->n; i++) {
        same = i > 0 && keyed[i].hash == keyed[i - 1].hash ? same + 1 : 0;
        r->row[i] = keyed[i].row;
        r->record[i] = (size_t)column_integer(r->people->record, s->row[r->row[i]]);
        r->key[i] = hash_word(keyed[i].hash, same);
        r->weight[i] = (double)s->frequency[r->row[i]];
    }
    free(keyed);
    return 0;
}

/* ---- complete columns ---------------------------------------------------------------------------------------------------- */

static double *add_fixed(struct imputed_rows *r)
{
    double **longer = reallocate(r->fixed, r->n_fixed + 1, sizeof *longer);

    if (longer == NULL)
        return NULL;
    r->fixed = longer;
    if ((longer[r->n_fixed] = allocate(r->n + 1, sizeof **longer)) == NULL)
        return NULL;
    return longer[r->n_fixed++];
}

/* Nelson and Aalen's cumulative hazard of the event, of all arms together, at every time of the axis. */
static void cumulative_hazard(const struct comparison *c, double *hazard)
{
    double sum = 0, at_risk = 0;

    for (size_t arm = 0; arm < c->n_arm; arm++)
        at_risk += (double)risk_table_start(c->table, arm, RISK_TABLE_ALL);
    for (size_t k = 0; k < c->table->n_time; k++) {
        double left = 0, entered = 0, events = 0;
        for (size_t arm = 0; arm < c->n_arm; arm++) {
            const struct risk_counts all = risk_table_counts(c->table, arm, RISK_TABLE_ALL, 0, k);
            left += (double)(all.n_event + all.n_censor);
            entered += (double)all.n_enter;
            events += (double)risk_table_counts(c->table, arm, RISK_TABLE_ALL, 1, k).n_event;
        }
        if (at_risk > 0)
            sum += events / at_risk;
        hazard[k] = sum;
        at_risk += entered - left;
    }
}

static size_t place_of(const struct risk_table *table, double time)
{
    size_t low = 0, high = table->n_time;

    while (high - low > 1) {
        const size_t middle = (low + high) / 2;
        if (table->time[middle] <= time)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static int add_hazard(struct imputed_rows *r)
{
    const struct comparison *c = r->c;
    double *column = add_fixed(r), *hazard = allocate(c->table->n_time + 1, sizeof *hazard);

    if (column != NULL && hazard != NULL) {
        cumulative_hazard(c, hazard);
        for (size_t i = 0; i < r->n; i++)
            column[i] = hazard[place_of(c->table, c->people->time[r->row[i]])];
    }
    free(hazard);
    return column == NULL || hazard == NULL ? -1 : 0;
}

/* The arm, what happened, and when. */
static int add_outcome(struct imputed_rows *r)
{
    const struct comparison *c = r->c;
    double *column;

    for (size_t arm = 1; arm < c->n_arm; arm++) {
        if ((column = add_fixed(r)) == NULL)
            return -1;
        for (size_t i = 0; i < r->n; i++)
            column[i] = (size_t)c->people->arm[r->row[i]] == arm;
    }
    for (size_t cause = 1; cause <= c->n_cause && c->people->value == NULL; cause++) {
        if ((column = add_fixed(r)) == NULL)
            return -1;
        for (size_t i = 0; i < r->n; i++)
            column[i] = (size_t)c->people->cause[r->row[i]] == cause;
    }
    if (c->people->value != NULL) {
        if ((column = add_fixed(r)) == NULL)
            return -1;
        for (size_t i = 0; i < r->n; i++)
            column[i] = c->people->value[r->row[i]];
    }
    return c->table != NULL ? add_hazard(r) : 0;
}

/* ---- covariates ----------------------------------------------------------------------------------------------------------- */

/* Those known at time zero; what came later would carry the outcome's own causes. */
static int list_covariates(struct imputed_rows *r)
{
    const struct study *study = r->c->study;
    const size_t n = study->cohort.covariates.n;

    if ((r->covariate = allocate(n + 1, sizeof *r->covariate)) == NULL ||
        (r->variable = allocate(n + 1, sizeof *r->variable)) == NULL)
        return -1;
    for (size_t k = 0; k < n; k++) {
        const char *name = study->cohort.covariates.items[k].text;
        if (study->cohort.covariates_post_baseline.items[k].text != NULL)
            continue;
        r->covariate[r->n_covariate].from = table_column(r->people->records, name);
        r->covariate[r->n_covariate++].into = table_column(r->records, name);
    }
    return 0;
}

/* Levels that occur among these people, numbered densely. */
static size_t number_levels(struct imputed_rows *r, struct covariate *v)
{
    size_t n = 0;

    for (size_t l = 0; l < v->from->n_labels; l++)
        v->dense[l] = -1;
    for (size_t i = 0; i < r->n; i++)
        if (!column_is_missing(v->from, r->record[i]))
            v->dense[column_code(v->from, r->record[i])] = 0;
    for (size_t l = 0; l < v->from->n_labels; l++)
        if (v->dense[l] == 0) {
            v->level[n] = (int32_t)l;
            v->dense[l] = (int32_t)n++;
        }
    return n;
}

static int prepare_covariate(struct imputed_rows *r, size_t k)
{
    struct covariate *v = &r->covariate[k];
    struct chained_variable *variable = &r->variable[k];
    const bool levels = v->from->type == COLUMN_CATEGORY;
    size_t missing = 0;

    if ((v->missing = allocate(r->n + 1, 1)) == NULL)
        return -1;
    for (size_t i = 0; i < r->n; i++)
        missing += v->missing[i] = column_is_missing(v->from, r->record[i]);
    r->n_missing += missing;
    variable->missing = v->missing;
    if (!levels)
        return (variable->value = allocate(r->n + 1, sizeof *variable->value)) == NULL ? -1 : 0;
    if ((v->level = allocate(v->from->n_labels + 1, sizeof *v->level)) == NULL ||
        (v->dense = allocate(v->from->n_labels + 1, sizeof *v->dense)) == NULL ||
        (variable->code = allocate(r->n + 1, sizeof *variable->code)) == NULL)
        return -1;
    variable->n_level = number_levels(r, v);
    if (variable->n_level == 0)
        return fail("imputation: nobody has a value of '%s'", v->from->name);
    return 0;
}

static void reset_covariate(struct imputed_rows *r, size_t k)
{
    const struct covariate *v = &r->covariate[k];
    struct chained_variable *variable = &r->variable[k];

    for (size_t i = 0; i < r->n; i++) {
        const bool missing = v->missing[i];
        if (variable->n_level == 0)
            variable->value[i] = missing ? 0 : column_real(v->from, r->record[i]);
        else
            variable->code[i] = missing ? 0 : v->dense[column_code(v->from, r->record[i])];
    }
}

static void write_covariate(struct imputed_rows *r, size_t k)
{
    const struct covariate *v = &r->covariate[k];
    const struct chained_variable *variable = &r->variable[k];

    for (size_t i = 0; i < r->n; i++) {
        if (!v->missing[i])
            continue;
        if (variable->n_level == 0)
            column_set_real(v->into, r->record[i], variable->value[i]);
        else
            column_set_code(v->into, r->record[i], v->level[variable->code[i]]);
    }
}

static struct table *copy_records(const struct table *records)
{
    struct table *copy = table_alloc(records->name, records->label);
    int status = copy == NULL ? -1 : table_resize(copy, records->n_rows);

    for (size_t k = 0; status == 0 && k < records->n_columns; k++)
        status = table_copy_column(copy, &records->columns[k], records->n_rows) == NULL ? -1 : 0;
    if (status == 0)
        return copy;
    table_free(copy);
    return NULL;
}

struct imputed_rows *imputed_rows_alloc(const struct comparison *c, const struct people *people)
{
    struct imputed_rows *r = allocate(1, sizeof *r);
    int status = r == NULL ? -1 : 0;

    if (status == 0) {
        *r = (struct imputed_rows){.c = c, .people = people, .records = copy_records(people->records)};
        status = r->records == NULL || list_covariates(r) != 0 || order_rows(r) != 0 || add_outcome(r) != 0 ? -1 : 0;
    }
    for (size_t k = 0; status == 0 && k < r->n_covariate; k++)
        status = prepare_covariate(r, k);
    if (status == 0)
        return r;
    imputed_rows_free(r);
    return NULL;
}

size_t imputed_rows_missing(const struct imputed_rows *r)
{
    return r->n_missing;
}

const struct table *imputed_rows_draw(struct imputed_rows *r, size_t which)
{
    const struct study_imputation *how = &r->c->analysis->imputation;
    const struct chained_data data = {.n = r->n,
                                      .n_variable = r->n_covariate,
                                      .variable = r->variable,
                                      .n_fixed = r->n_fixed,
                                      .fixed = (const double *const *)r->fixed,
                                      .weight = r->weight,
                                      .key = r->key};
    int code;

    for (size_t k = 0; k < r->n_covariate; k++)
        reset_covariate(r, k);
    code = chained_impute(&data, how->iterations, (uint64_t)r->c->study->seed, which);
    if (code != GSL_SUCCESS) {
        study_fail(r->c->study, how->place,
                   "imputation: outcome '%s': %s; a covariate has fewer than two known values, or too many levels: put levels "
                   "together, or leave the covariate out",
                   r->c->outcome->name.text, gsl_strerror(code));
        return NULL;
    }
    for (size_t k = 0; k < r->n_covariate; k++)
        write_covariate(r, k);
    return r->records;
}
