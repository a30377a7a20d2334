/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/fit_design.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"

void fit_design_free(struct fit_design *design)
{
    free(design->x);
    free(design->day);
    free(design->stratum);
    free(design->position);
    free(design->entry);
    *design = (struct fit_design){0};
}

/* ---- columns ---------------------------------------------------------------------------------------------------------- */

static const struct fit_term *find_term(const struct fit_rows *rows, const char *name)
{
    for (size_t t = 0; t < rows->n_term; t++)
        if (strcmp(rows->terms[t].name, name) == 0)
            return &rows->terms[t];
    return NULL;
}

/* n_label: nobody here has it. */
static int32_t find_label(const struct fit_rows *rows, const struct fit_term *term, const char *level)
{
    size_t l = 0;

    while (l < term->n_label && strcmp(fit_term_label(rows, term, l), level) != 0)
        l++;
    return (int32_t)l;
}

static int fill_column(const struct fit_rows *rows, const struct round_column *column, size_t j, struct fit_design *design)
{
    const struct fit_term *const term = find_term(rows, column->term);

    if (strcmp(column->term, "(intercept)") == 0) {
        for (size_t i = 0; i < rows->n; i++)
            design->x[i * design->p + j] = 1;
        return 0;
    }
    if (term == NULL || (*column->level == '\0') != (term->code == NULL))
        return fail("the round asks for '%s', which is no column of the model '%s' here", column->name,
                    rows->fit->model->formula.text);
    const int32_t label = term->code == NULL ? 0 : find_label(rows, term, column->level);
    for (size_t i = 0; i < rows->n; i++)
        design->x[i * design->p + j] =
            term->code == NULL ? (term->value[i] - column->center) / column->scale : term->code[i] == label;
    return 0;
}

/* ---- days ---------------------------------------------------------------------------------------------------------------- */

struct moment {
    int32_t stratum;
    double day;
    size_t row;
    bool entry;
};

static int compare_moments(const void *a, const void *b)
{
    const struct moment *x = a, *y = b;

    if (x->stratum != y->stratum)
        return x->stratum < y->stratum ? -1 : 1;
    return (x->day > y->day) - (x->day < y->day);
}

static size_t list_moments(const struct fit_rows *rows, struct moment *moments)
{
    size_t n = 0;

    for (size_t i = 0; i < rows->n; i++)
        moments[n++] = (struct moment){rows->stratum[i], rows->time[i], i, false};
    for (size_t i = 0; rows->entry != NULL && i < rows->n; i++)
        if (!isnan(rows->entry[i]))
            moments[n++] = (struct moment){rows->stratum[i], rows->entry[i], i, true};
    return n;
}

static int lay_days(const struct fit_rows *rows, struct fit_design *design)
{
    struct moment *moments = allocate(2 * rows->n, sizeof *moments);
    int status = moments == NULL || (design->day = allocate(2 * rows->n, sizeof *design->day)) == NULL ||
                         (design->stratum = allocate(2 * rows->n, sizeof *design->stratum)) == NULL ||
                         (design->position = allocate(rows->n, sizeof *design->position)) == NULL ||
                         (rows->entry != NULL && (design->entry = allocate(rows->n, sizeof *design->entry)) == NULL)
                     ? -1
                     : 0;
    const size_t n = status != 0 ? 0 : list_moments(rows, moments);

    if (n > 0)
        qsort(moments, n, sizeof *moments, compare_moments);
    for (size_t i = 0; status == 0 && rows->entry != NULL && i < rows->n; i++)
        design->entry[i] = LEAVING_FROM_START;
    for (size_t k = 0; k < n; k++) {
        if (k == 0 || compare_moments(&moments[k - 1], &moments[k]) != 0) {
            design->day[design->n_day] = moments[k].day;
            design->stratum[design->n_day++] = moments[k].stratum;
        }
        (moments[k].entry ? design->entry : design->position)[moments[k].row] = (uint32_t)(design->n_day - 1);
    }
    free(moments);
    return status;
}

int fit_design_make(const struct fit_rows *rows, const struct round_fit *fit, struct fit_design *design)
{
    int status = 0;

    *design = (struct fit_design){.n = rows->n, .p = fit->newton.p};
    if ((design->x = allocate(rows->n * design->p, sizeof *design->x)) == NULL)
        return -1;
    for (size_t j = 0; status == 0 && j < design->p; j++)
        status = fill_column(rows, &fit->columns[j], j, design);
    return status == 0 && rows->time != NULL ? lay_days(rows, design) : status;
}

struct leaving_rows fit_design_leaving(const struct fit_rows *rows, const struct fit_design *design)
{
    return (struct leaving_rows){rows->n, design->x, rows->frequency, design->position, rows->kind, design->entry,
                                 rows->cluster, rows->n_cluster};
}

char *fit_stratum_name(const struct fit_rows *rows, int32_t stratum)
{
    size_t i = 0;

    while (i < rows->n && rows->stratum[i] != stratum)
        i++;
    char *name = copy_text("");
    for (size_t t = 0; name != NULL && i < rows->n && t < rows->n_strata_terms; t++) {
        const struct fit_term *const term = &rows->terms[rows->n_term + t];
        char *longer = term->code != NULL ? format_text("%s%s%s", name, t > 0 ? ", " : "",
                                                        fit_term_label(rows, term, (size_t)term->code[i]))
                                          : format_text("%s%s%.17g", name, t > 0 ? ", " : "", term->value[i]);
        free(name);
        name = longer;
    }
    return name;
}

/* ---- may it be told? ------------------------------------------------------------------------------------------------------- */

/* What a person weighs in the sums: the risk, or the variance of a yes or no. */
static double weight_of(const struct fit_rows *rows, const struct fit_design *design, const double *beta, size_t i)
{
    double eta = 0;

    for (size_t j = 0; j < design->p; j++)
        eta += design->x[i * design->p + j] * beta[j];
    if (rows->time != NULL)
        return exp(eta);
    const double small = 1 / (1 + exp(fabs(eta)));
    return small * (1 - small);
}

const char *fit_design_refuses(const struct fit_rows *rows, const struct fit_design *design, const double *beta,
                               int64_t threshold)
{
    double *const sum = allocate(2 * design->p, sizeof *sum), *const most = sum == NULL ? NULL : sum + design->p;
    bool dominated = sum == NULL;

    if (threshold > 1 && fit_rows_people(rows) < threshold * (int64_t)(design->p + 1)) {
        free(sum);
        return "too few people for so many columns";
    }
    for (size_t i = 0; threshold > 1 && sum != NULL && i < rows->n; i++) {
        const double weight = weight_of(rows, design, beta, i);
        for (size_t j = 0; j < design->p; j++) {
            const double part = weight * fabs(design->x[i * design->p + j]);
            sum[j] += part * (double)rows->frequency[i];
            most[j] = fmax(most[j], part);
        }
    }
    for (size_t j = 0; threshold > 1 && sum != NULL && j < design->p; j++)
        dominated |= most[j] > sum[j] / 2;
    free(sum);
    return dominated ? "at these coefficients one person would make up most of a sum" : NULL;
}
