/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/fit_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "cohort/arms.h"
#include "cohort/cohort.h"
#include "sites/fit_clusters.h"
#include "sites/fit_coarsen.h"
#include "sites/site_people.h"
#include "stats/leaving.h"

/* Where the rows come from. */
struct origin {
    const struct table *records;
    const struct column *arm, *weight, *member, *record, *cluster, *cause, *time, *entry; /* cluster NULL: not asked for */
    int64_t threshold;
    size_t n, *row; /* of the cohort: in the population, outcome known or to be filled in */
};

void fit_rows_free(struct fit_rows *rows)
{
    for (size_t t = 0; rows->terms != NULL && t < rows->n_term + rows->n_strata_terms; t++) {
        free(rows->terms[t].code);
        free(rows->terms[t].value);
    }
    free(rows->terms);
    free(rows->frequency);
    free(rows->kind);
    free(rows->time);
    free(rows->entry);
    free(rows->stratum);
    free(rows->cluster);
    *rows = (struct fit_rows){0};
}

void fit_rows_keep(struct fit_rows *rows, size_t to, size_t from)
{
    rows->frequency[to] = rows->frequency[from];
    rows->kind[to] = rows->kind[from];
    rows->stratum[to] = rows->stratum[from];
    if (rows->cluster != NULL)
        rows->cluster[to] = rows->cluster[from];
    if (rows->time != NULL)
        rows->time[to] = rows->time[from];
    if (rows->entry != NULL)
        rows->entry[to] = rows->entry[from];
    for (size_t t = 0; t < rows->n_term + rows->n_strata_terms; t++)
        if (rows->terms[t].code != NULL)
            rows->terms[t].code[to] = rows->terms[t].code[from];
        else
            rows->terms[t].value[to] = rows->terms[t].value[from];
}

int64_t fit_rows_people(const struct fit_rows *rows)
{
    int64_t n = 0;

    for (size_t i = 0; i < rows->n; i++)
        n += rows->frequency[i];
    return n;
}

int64_t fit_rows_events(const struct fit_rows *rows)
{
    int64_t n = 0;

    for (size_t i = 0; i < rows->n; i++)
        n += rows->kind[i] == LEAVING_EVENT ? rows->frequency[i] : 0;
    return n;
}

const char *fit_term_label(const struct fit_rows *rows, const struct fit_term *term, size_t l)
{
    return term->labels == NULL ? rows->study->cohort.arms.items[l].name.text : term->labels[l];
}

/* ---- who ---------------------------------------------------------------------------------------------------------------- */

static bool is_few(const struct origin *from, int64_t n)
{
    return n > 0 && n < from->threshold;
}

/* In the population; few whose outcome is not known stay. */
static int find_rows(const struct table *cohort, struct origin *from)
{
    int64_t unknown = 0;

    if ((from->row = allocate(cohort->n_rows, sizeof *from->row)) == NULL)
        return -1;
    for (size_t i = 0; i < cohort->n_rows; i++)
        if (column_integer(from->member, i) == 1 && column_is_missing(from->cause, i))
            unknown += column_integer(from->weight, i);
    for (size_t i = 0; i < cohort->n_rows; i++)
        if (column_integer(from->member, i) == 1 && column_integer(from->weight, i) > 0 &&
            (!column_is_missing(from->cause, i) || is_few(from, unknown)))
            from->row[from->n++] = i;
    return 0;
}

static uint8_t kind_of(const struct fit *fit, int64_t cause)
{
    const int64_t wanted = fit->model->rule == MODEL_FINEGRAY ? fit->model->cause : 1;

    if (cause == wanted)
        return LEAVING_EVENT;
    return cause == 0 || fit->model->rule != MODEL_FINEGRAY ? LEAVING_CENSORED : LEAVING_OTHER;
}

static int alloc_rows(const struct origin *from, struct fit_rows *rows)
{
    bool late = false;

    for (size_t i = 0; from->entry != NULL && i < from->n; i++)
        late |= column_real(from->entry, from->row[i]) > 0;
    rows->n = from->n;
    return (rows->frequency = allocate(from->n, sizeof *rows->frequency)) == NULL ||
                   (rows->kind = allocate(from->n, sizeof *rows->kind)) == NULL ||
                   (rows->stratum = allocate(from->n, sizeof *rows->stratum)) == NULL ||
                   (from->cluster != NULL && (rows->cluster = allocate(from->n, sizeof *rows->cluster)) == NULL) ||
                   (from->time != NULL && (rows->time = allocate(from->n, sizeof *rows->time)) == NULL) ||
                   (late && (rows->entry = allocate(from->n, sizeof *rows->entry)) == NULL)
               ? -1
               : 0;
}

/* Those whose outcome is not known, when they are few, are not seen after time zero. */
static void take_people(const struct origin *from, struct fit_rows *rows)
{
    for (size_t k = 0; k < from->n; k++) {
        const size_t i = from->row[k];
        const bool known = !column_is_missing(from->cause, i);
        rows->frequency[k] = column_integer(from->weight, i);
        if (from->cluster != NULL)
            rows->cluster[k] = (int32_t)column_integer(from->cluster, i);
        rows->kind[k] = known ? kind_of(rows->fit, column_integer(from->cause, i)) : (uint8_t)LEAVING_CENSORED;
        if (from->time != NULL)
            rows->time[k] = known && !column_is_missing(from->time, i) ? column_real(from->time, i) : 0;
        if (rows->entry != NULL)
            rows->entry[k] = column_real(from->entry, i) > 0 ? column_real(from->entry, i) : NAN;
    }
}

/* ---- terms ---------------------------------------------------------------------------------------------------------------- */

static size_t record_of(const struct origin *from, size_t k)
{
    return (size_t)column_integer(from->record, from->row[k]);
}

static int take_arm(const struct origin *from, const struct study *study, struct fit_term *term)
{
    term->n_label = study->cohort.arms.n;
    if ((term->code = allocate(from->n, sizeof *term->code)) == NULL)
        return -1;
    for (size_t k = 0; k < from->n; k++)
        term->code[k] = column_code(from->arm, from->row[k]);
    return 0;
}

static int take_labels(const struct origin *from, const struct column *column, struct fit_term *term)
{
    term->n_label = column->n_labels;
    term->labels = (const char *const *)column->labels;
    if ((term->code = allocate(from->n, sizeof *term->code)) == NULL)
        return -1;
    for (size_t k = 0; k < from->n; k++)
        term->code[k] = column_code(column, record_of(from, k));
    return 0;
}

static int take_numbers(const struct origin *from, const struct column *column, struct fit_term *term)
{
    if ((term->value = allocate(from->n, sizeof *term->value)) == NULL)
        return -1;
    for (size_t k = 0; k < from->n; k++)
        term->value[k] = column_real(column, record_of(from, k));
    return 0;
}

static int take_term(const struct origin *from, struct fit_rows *rows, const char *name, struct fit_term *term)
{
    const struct column *column;

    *term = (struct fit_term){.name = name};
    if (strcmp(name, "arm") == 0)
        return take_arm(from, rows->study, term);
    if ((column = table_column(from->records, name)) == NULL)
        return fail("there is no column '%s' among the covariates", name);
    return column->type == COLUMN_CATEGORY ? take_labels(from, column, term) : take_numbers(from, column, term);
}

static int take_terms(const struct origin *from, struct fit_rows *rows)
{
    const struct study_texts *const terms = &rows->fit->model->terms, *const strata = &rows->fit->model->strata;
    int status = 0;

    if ((rows->terms = allocate(terms->n + strata->n, sizeof *rows->terms)) == NULL)
        return -1;
    rows->n_term = terms->n;
    rows->n_strata_terms = strata->n;
    for (size_t t = 0; status == 0 && t < terms->n; t++)
        status = take_term(from, rows, terms->items[t].text, &rows->terms[t]);
    for (size_t t = 0; status == 0 && t < strata->n; t++)
        status = take_term(from, rows, strata->items[t].text, &rows->terms[terms->n + t]);
    return status;
}

/* ---- what is missing ------------------------------------------------------------------------------------------------------ */

static bool is_missing(const struct fit_term *term, size_t k)
{
    return term->code != NULL ? term->code[k] < 0 : isnan(term->value[k]);
}

static int32_t most_frequent(const struct fit_rows *rows, const struct fit_term *term)
{
    int64_t *n = allocate(term->n_label, sizeof *n);
    int32_t most = 0;

    for (size_t k = 0; n != NULL && k < rows->n; k++)
        if (term->code[k] >= 0)
            n[term->code[k]] += rows->frequency[k];
    for (size_t l = 0; n != NULL && l < term->n_label; l++)
        most = n[l] > n[most] ? (int32_t)l : most;
    free(n);
    return n == NULL ? -1 : most;
}

static double nearest_to_mean(const struct fit_rows *rows, const struct fit_term *term)
{
    double sum = 0, n = 0, nearest = NAN;

    for (size_t k = 0; k < rows->n; k++)
        if (!isnan(term->value[k])) {
            sum += term->value[k] * (double)rows->frequency[k];
            n += (double)rows->frequency[k];
        }
    for (size_t k = 0; k < rows->n; k++)
        if (!isnan(term->value[k]) &&
            (isnan(nearest) || fabs(term->value[k] - sum / n) < fabs(nearest - sum / n)))
            nearest = term->value[k];
    return nearest;
}

static void fill(struct fit_rows *rows, struct fit_term *term)
{
    const int32_t label = term->code != NULL ? most_frequent(rows, term) : 0;
    const double value = term->code != NULL ? 0 : nearest_to_mean(rows, term);

    for (size_t k = 0; k < rows->n; k++)
        if (is_missing(term, k) && term->code != NULL)
            term->code[k] = label;
        else if (is_missing(term, k))
            term->value[k] = value;
}

static bool lacks_a_term(const struct fit_rows *rows, size_t k)
{
    for (size_t t = 0; t < rows->n_term + rows->n_strata_terms; t++)
        if (is_missing(&rows->terms[t], k))
            return true;
    return false;
}

/* Of those who lack a term, are there few in some arm who left in some way?  The counts of the arm would tell how many. */
static bool lack_few(const struct origin *from, const struct fit_rows *rows)
{
    int64_t n[ARM_MAX][LEAVING_KINDS] = {0};

    for (size_t k = 0; k < rows->n; k++)
        if (lacks_a_term(rows, k))
            n[column_code(from->arm, from->row[k])][rows->kind[k]] += rows->frequency[k];
    for (size_t arm = 0; arm < ARM_MAX; arm++)
        for (size_t kind = 0; kind < LEAVING_KINDS; kind++)
            if (is_few(from, n[arm][kind]))
                return true;
    return false;
}

/* Missing values that only a few have become ordinary ones. */
static void fill_few(const struct origin *from, struct fit_rows *rows)
{
    if (!lack_few(from, rows))
        return;
    for (size_t t = 0; t < rows->n_term + rows->n_strata_terms; t++)
        fill(rows, &rows->terms[t]);
    rows->n_changed++;
}

/* Who lacks a term is left out. */
static void drop_missing(struct fit_rows *rows)
{
    size_t n = 0;

    for (size_t k = 0; k < rows->n; k++) {
        if (lacks_a_term(rows, k))
            continue;
        fit_rows_keep(rows, n, k);
        n++;
    }
    rows->n = n;
}

/* ---- strata of the formula -------------------------------------------------------------------------------------------------- */

struct keyed {
    double key;
    size_t row;
};

static int compare_keys(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;

    return (x->key > y->key) - (x->key < y->key);
}

/* Each term divides the strata so far; numbers follow the values. */
static int divide(struct fit_rows *rows, const struct fit_term *term)
{
    struct keyed *keys = allocate(rows->n, sizeof *keys);
    int32_t *number = allocate(rows->n, sizeof *number);
    size_t n = 0;

    for (size_t k = 0; keys != NULL && k < rows->n; k++)
        keys[k] = (struct keyed){term->code != NULL ? term->code[k] : term->value[k], k};
    if (keys != NULL && number != NULL && rows->n > 0) {
        qsort(keys, rows->n, sizeof *keys, compare_keys);
        for (size_t k = 0; k < rows->n; k++)
            number[keys[k].row] = (int32_t)(k == 0 || keys[k].key == keys[k - 1].key ? n : ++n);
        for (size_t k = 0; k < rows->n; k++)
            rows->stratum[k] = (int32_t)((size_t)rows->stratum[k] * (n + 1) + (size_t)number[k]);
        rows->n_stratum *= n + 1;
    }
    const int status = keys == NULL || number == NULL ? -1 : 0;
    free(keys);
    free(number);
    return status;
}

static int take_strata(struct fit_rows *rows)
{
    int status = 0;

    rows->n_stratum = 1;
    for (size_t t = 0; status == 0 && t < rows->n_strata_terms; t++) {
        status = divide(rows, &rows->terms[rows->n_term + t]);
        if (status == 0 && rows->n_stratum > 1000000)
            status = fail("models: strata() of '%s' has more than a million combinations", rows->fit->model->formula.text);
    }
    return status;
}

/* ---- all ---------------------------------------------------------------------------------------------------------------------- */

static int find_columns(const struct study *study, const struct sources *sources, const struct fit *fit, struct origin *from)
{
    const struct table *const outcome = sources->outcomes[fit->outcome];
    char *const population = cohort_population_column(study, fit->population);

    from->records = sources->records;
    from->arm = table_column(sources->cohort, "arm");
    from->weight = table_column(sources->cohort, "weight");
    from->record = table_column(sources->cohort, "record");
    from->cluster = fit->clustered ? table_column(sources->cohort, "cluster") : NULL;
    from->member = population == NULL ? NULL : table_column(sources->cohort, population);
    from->cause = table_column(outcome, "cause");
    from->time = table_column(outcome, EXACT_TIME);
    if (from->time == NULL)
        from->time = table_column(outcome, "time");
    from->entry = table_column(outcome, "entry");
    free(population);
    return from->member == NULL || from->cause == NULL ? -1 : 0;
}

int fit_rows_take(const struct study *study, const struct sources *sources, const struct fit *fit, int64_t threshold,
                  struct fit_rows *rows)
{
    struct origin from = {.threshold = threshold};
    int status = find_columns(study, sources, fit, &from);

    *rows = (struct fit_rows){.study = study, .fit = fit};
    if (status == 0 && (find_rows(sources->cohort, &from) != 0 || alloc_rows(&from, rows) != 0))
        status = -1;
    if (status == 0) {
        take_people(&from, rows);
        status = take_terms(&from, rows);
    }
    if (status == 0) {
        fill_few(&from, rows);
        drop_missing(rows);
        status = fit_coarsen(rows, threshold);
    }
    if (status == 0 && rows->cluster != NULL)
        status = fit_clusters_settle(rows, threshold);
    if (status == 0)
        status = take_strata(rows);
    free(from.row);
    return status;
}
