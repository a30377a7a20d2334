/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/site_models.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/table_fields.h"
#include "sites/fit_design.h"
#include "stats/logit_sums.h"

/* Bits of a number that a site with a threshold hands out: what lies below them would tell of single people. */
enum { BITS_TOLD = 30 };

static wide_sum as_told(wide_sum sum, int64_t threshold)
{
    int exponent;

    if (threshold <= 1)
        return sum;
    const double fraction = frexp(wide_value(sum), &exponent);
    return wide_of(ldexp(rint(ldexp(fraction, BITS_TOLD)), exponent - BITS_TOLD));
}

/* ---- people ----------------------------------------------------------------------------------------------------------- */

static struct table *people_table(void)
{
    static const struct table_field fields[] = {
        {"fit", "Number", COLUMN_INT32},          {"n", "People", COLUMN_INT64},
        {"n_event", "With the event", COLUMN_INT64},
        {"changed", "Cells of too few people, counted under other labels", COLUMN_INT64},
        {"left_out", "Arms with too few people, left out", COLUMN_INT64},
        {"refused", "Why nothing is told", COLUMN_TEXT},
    };
    return table_of_fields("people", "Who is in the regressions", fields, sizeof fields / sizeof *fields);
}

static int add_people(struct table *people, size_t number, const struct fit_rows *rows)
{
    struct row_builder row = table_new_row(people);
    const bool told = rows->refused == NULL;

    row_integer(&row, "fit", (int64_t)number);
    row_integer(&row, "n", told ? fit_rows_people(rows) : 0);
    row_integer(&row, "n_event", told ? fit_rows_events(rows) : 0);
    row_integer(&row, "changed", (int64_t)rows->n_changed);
    row_integer(&row, "left_out", (int64_t)rows->n_left_out);
    row_text(&row, "refused", told ? "" : rows->refused);
    return row_end(&row);
}

/* ---- terms, before the first round -------------------------------------------------------------------------------------- */

static struct table *terms_table(void)
{
    static const struct table_field fields[] = {
        {"fit", "Number", COLUMN_INT32},         {"term", "Term", COLUMN_TEXT},
        {"level", "Label", COLUMN_TEXT},         {"n", "People, of numbers", COLUMN_INT64},
        {"sum_high", "Sum of values", COLUMN_INT64}, {"sum_low", "Its second part", COLUMN_INT64},
        {"size_high", "Sum of magnitudes", COLUMN_INT64}, {"size_low", "Its second part", COLUMN_INT64},
    };
    return table_of_fields("terms", "What the terms of the regressions are", fields, sizeof fields / sizeof *fields);
}

static int add_term(struct table *terms, size_t number, const char *term, const char *level, int64_t n, wide_sum sum,
                    wide_sum size)
{
    struct row_builder row = table_new_row(terms);

    row_integer(&row, "fit", (int64_t)number);
    row_text(&row, "term", term);
    row_text(&row, "level", level);
    row_integer(&row, "n", n);
    row_integer(&row, "sum_high", wide_high(sum));
    row_integer(&row, "sum_low", wide_low(sum));
    row_integer(&row, "size_high", wide_high(size));
    row_integer(&row, "size_low", wide_low(size));
    return row_end(&row);
}

static int add_numbers(struct table *terms, size_t number, const struct fit_rows *rows, const struct fit_term *term,
                       int64_t threshold)
{
    wide_sum sum = 0, size = 0;

    for (size_t i = 0; i < rows->n; i++) {
        if (!wide_fits(term->value[i], (double)rows->frequency[i] * (double)rows->n))
            return fail("column '%s' holds a number that is too large for a regression in rounds; give it in larger units",
                        term->name);
        sum += wide_of(term->value[i]) * rows->frequency[i];
        size += wide_of(fabs(term->value[i])) * rows->frequency[i];
    }
    return add_term(terms, number, term->name, "", fit_rows_people(rows), as_told(sum, threshold), as_told(size, threshold));
}

static int add_labels(struct table *terms, size_t number, const struct fit_rows *rows, const struct fit_term *term)
{
    bool *const occurs = allocate(term->n_label + 1, sizeof *occurs);
    int status = occurs == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < rows->n; i++)
        occurs[term->code[i]] = true;
    for (size_t l = 0; status == 0 && l < term->n_label; l++)
        if (occurs[l])
            status = add_term(terms, number, term->name, fit_term_label(rows, term, l), 0, 0, 0);
    free(occurs);
    return status;
}

static int describe_fit(const struct study *study, const struct sources *sources, const struct fit *fit, size_t number,
                        int64_t threshold, struct table *people, struct table *terms)
{
    struct fit_rows rows;
    int status = fit_rows_take(study, sources, fit, threshold, &rows);

    if (status == 0)
        status = add_people(people, number, &rows);
    for (size_t t = 0; status == 0 && rows.refused == NULL && t < rows.n_term; t++)
        status = rows.terms[t].code == NULL ? add_numbers(terms, number, &rows, &rows.terms[t], threshold)
                                            : add_labels(terms, number, &rows, &rows.terms[t]);
    fit_rows_free(&rows);
    return status;
}

int site_models_describe(const struct study *study, const struct sources *sources, int64_t threshold,
                         struct store_writer *writer)
{
    struct table *const people = people_table(), *const terms = terms_table();
    struct fits fits = {0};
    int status = people == NULL || terms == NULL ? -1 : fits_list(study, false, &fits);

    for (size_t i = 0; status == 0 && i < fits.n; i++)
        if (fit_is_for(&fits.items[i], sources->outcomes[fits.items[i].outcome]))
            status = describe_fit(study, sources, &fits.items[i], i, threshold, people, terms);
    if (status == 0 && (store_writer_table(writer, people) != 0 || store_writer_table(writer, terms) != 0))
        status = -1;
    fits_free(&fits);
    table_free(people);
    table_free(terms);
    return status;
}

/* ---- sums, round by round ------------------------------------------------------------------------------------------------- */

struct sum_layout sum_layout_of(const struct round *round, const struct round_fit *fit)
{
    const size_t p = fit->newton.p, half = p * (p + 1) / 2;
    const bool by_day = round_fit_by_day(round, fit), squares = by_day ? fit->phase == ROUND_VARIANCE : round_fit_is_robust(fit);
    struct sum_layout layout = {.score = 1, .info = 1 + p};

    layout.size = layout.info + (by_day ? 0 : half);
    layout.cubes = layout.size + (by_day ? 0 : p);
    layout.meat = layout.cubes + (by_day || !fit->fit.model->firth ? 0 : leaving_n_cubes(p));
    layout.n_cluster = layout.meat + (squares ? half : 0);
    layout.n = layout.n_cluster + (squares && fit->fit.clustered);
    return layout;
}

/* What a site answers to one fit. */
struct answering {
    const struct round *round;
    const struct round_fit *fit;
    int64_t threshold;
    struct fit_rows rows;
    struct fit_design design;
    wide_sum *sums;
    struct table *people, *sums_table, *days_table;
};

static const char too_far[] = "a risk is too large to be added: the predictor spans too far";

static int sum_yes_or_no(struct answering *a)
{
    const struct fit_rows *const rows = &a->rows;
    const struct sum_layout layout = sum_layout_of(a->round, a->fit);
    const size_t p = a->fit->newton.p;
    uint8_t *const event = allocate(rows->n, sizeof *event);

    if (event == NULL)
        return -1;
    for (size_t i = 0; i < rows->n; i++)
        event[i] = rows->kind[i] == LEAVING_EVENT;
    const struct logit_rows logit = {rows->n, p, a->design.x, event, rows->frequency};
    if (logit_sums_add(&logit, a->fit->newton.asked, a->sums) != GSL_SUCCESS)
        a->rows.refused = too_far;
    for (size_t j = 0; j < p; j++)
        a->sums[layout.size + j] = a->sums[layout.info + j * (j + 1) / 2 + j];
    const int status = rows->cluster == NULL || a->rows.refused != NULL
                           ? GSL_SUCCESS
                           : logit_squares_add(&logit, a->fit->newton.asked, rows->cluster, rows->n_cluster, a->sums + layout.meat);
    free(event);
    if (status == GSL_EDOM)
        a->rows.refused = too_far;
    return status == GSL_ENOMEM ? fail_memory() : 0;
}

/* Numbers of this site alone, as whole numbers of the common grid. */
static bool put(wide_sum *sum, double value)
{
    if (!wide_fits(value, 1))
        return false;
    *sum += wide_of(value);
    return true;
}

static bool put_point(struct answering *a, const struct leaving_point *point)
{
    const struct sum_layout layout = sum_layout_of(a->round, a->fit);
    const size_t p = a->fit->newton.p;
    bool fits = put(&a->sums[layout.loglik], point->loglik);
    size_t k = layout.info;

    for (size_t j = 0; j < p; j++) {
        fits = fits && put(&a->sums[layout.score + j], point->score[j]) && put(&a->sums[layout.size + j], point->size[j]);
        for (size_t i = 0; i <= j; i++)
            fits = fits && put(&a->sums[k++], point->info[j * p + i]);
    }
    for (k = 0; point->cubes != NULL && k < leaving_n_cubes(p); k++)
        fits = fits && put(&a->sums[layout.cubes + k], point->cubes[k]);
    return fits;
}

/* Does the model have a likelihood here at all? */
static bool has_events(const struct answering *a)
{
    return fit_rows_events(&a->rows) > 0;
}

/* A baseline of this site alone: its own likelihood, score and information. */
static int sum_own_days(struct answering *a, struct leaving *table, double *work)
{
    const size_t p = a->fit->newton.p;
    const struct sum_layout layout = sum_layout_of(a->round, a->fit);
    const struct leaving_rows rows = fit_design_leaving(&a->rows, &a->design);
    const struct study_model *const model = a->fit->fit.model;
    const bool subhazard = model->rule == MODEL_FINEGRAY,
               efron = model->ties.text == NULL || strcmp(model->ties.text, "efron") == 0;
    const size_t n_cubes = table->cubes ? leaving_n_cubes(p) : 0;
    struct leaving_point point = {.score = work, .info = work + p, .size = work + p + p * p,
                                  .cubes = table->cubes ? work + 2 * p + p * p : NULL};
    double *const rest = work + 2 * p + p * p + n_cubes;
    const bool robust = round_fit_is_robust(a->fit);
    double *const shares = robust ? allocate(table->n_time * LEAVING_SHARE_KINDS * (1 + 2 * p), sizeof *shares) : NULL;

    if (robust && shares == NULL)
        return -1;
    int status = subhazard ? leaving_finegray(table, shares, &point) : leaving_cox(table, efron, shares, rest, &point);
    if (status == GSL_SUCCESS && robust)
        status = leaving_meat(&rows, p, a->fit->newton.asked, shares, rest, a->sums + layout.meat);
    free(shares);
    if (status == GSL_ENOMEM)
        return fail_memory();
    if (status == GSL_EINVAL)
        a->rows.refused = "Fine-Gray takes no delayed entry";
    else if (status != GSL_SUCCESS || !put_point(a, &point))
        a->rows.refused = too_far;
    return 0;
}

/* ---- the table by day, of one baseline for all ------------------------------------------------------------------------------- */

static struct table *days_table(void)
{
    static const struct table_field fields[] = {
        {"fit", "Number", COLUMN_INT32}, {"stratum", "Stratum", COLUMN_TEXT}, {"day", "Day", COLUMN_FLOAT64},
        {"kind", "Censored, event, other, entered", COLUMN_INT32}, {"n", "People", COLUMN_INT64},
        {"item", "Item", COLUMN_INT32}, {"high", "Sum", COLUMN_INT64}, {"low", "Its second part", COLUMN_INT64},
    };
    return table_of_fields("days", "Sums of risks of those who leave, by day", fields, sizeof fields / sizeof *fields);
}

static int add_cell(struct answering *a, const struct leaving *table, size_t cell, const char *stratum)
{
    const size_t stride = table->stride;
    int status = 0;

    for (size_t item = 0; status == 0 && table->n[cell] > 0 && item < stride; item++) {
        struct row_builder row = table_new_row(a->days_table);
        row_integer(&row, "fit", (int64_t)a->fit->number);
        row_text(&row, "stratum", stratum);
        row_real(&row, "day", table->time[cell / LEAVING_KINDS]);
        row_integer(&row, "kind", (int64_t)(cell % LEAVING_KINDS));
        row_integer(&row, "n", table->n[cell]);
        row_integer(&row, "item", (int64_t)item);
        row_integer(&row, "high", wide_high(table->sum[cell * stride + item]));
        row_integer(&row, "low", wide_low(table->sum[cell * stride + item]));
        status = row_end(&row);
    }
    return status;
}

static int tell_days(struct answering *a, const struct leaving *table)
{
    const struct sum_layout layout = sum_layout_of(a->round, a->fit);
    char *stratum = NULL;
    int status = 0;

    for (size_t cell = 0; status == 0 && cell < table->n_time * LEAVING_KINDS; cell++) {
        const size_t k = cell / LEAVING_KINDS;
        if (cell == 0 || table->stratum[k] != table->stratum[(cell - 1) / LEAVING_KINDS]) {
            free(stratum);
            stratum = fit_stratum_name(&a->rows, table->stratum[k]);
        }
        status = stratum == NULL ? -1 : add_cell(a, table, cell, stratum);
    }
    free(stratum);
    for (size_t j = 0; j <= table->p; j++)
        a->sums[layout.loglik + j] = table->events[j];
    return status;
}

/* Where day `day` of the stratum of this name stands among those of the round; n_day: nowhere. */
static size_t find_day(const struct round_fit *fit, const char *stratum, double day)
{
    size_t k = 0;

    while (k < fit->n_day && (fit->days[k] != day || strcmp(fit->strata[k], stratum) != 0))
        k++;
    return k;
}

/* place [n_day of this site] of its days among those of the round.  -1 after telling. */
static int find_days(const struct answering *a, uint32_t *place)
{
    char *stratum = NULL;
    int status = 0;

    for (size_t k = 0; status == 0 && k < a->design.n_day; k++) {
        if (k == 0 || a->design.stratum[k] != a->design.stratum[k - 1]) {
            free(stratum);
            stratum = fit_stratum_name(&a->rows, a->design.stratum[k]);
        }
        place[k] = stratum == NULL ? 0 : (uint32_t)find_day(a->fit, stratum, a->design.day[k]);
        if (stratum == NULL)
            status = -1;
        else if (place[k] == a->fit->n_day)
            status = fail("a day of this site is not among those of the round: it was made from other records");
    }
    free(stratum);
    return status;
}

/* Squares of shares, of which every day of this site must be known. */
static int sum_squares(struct answering *a)
{
    const struct round_fit *const fit = a->fit;
    const struct sum_layout layout = sum_layout_of(a->round, fit);
    const size_t p = fit->newton.p, n = a->rows.n;
    struct leaving_rows rows = fit_design_leaving(&a->rows, &a->design);
    uint32_t *const place = allocate(a->design.n_day + 1, sizeof *place), *const position = allocate(2 * n + 1, sizeof *position),
                    *const entry = position == NULL ? NULL : position + n;
    double *const share = allocate(p + 1, sizeof *share);
    int status = place == NULL || position == NULL || share == NULL ? -1 : find_days(a, place);

    for (size_t i = 0; status == 0 && i < n; i++) {
        position[i] = place[rows.position[i]];
        entry[i] = rows.entry == NULL || rows.entry[i] == LEAVING_FROM_START ? LEAVING_FROM_START : place[rows.entry[i]];
    }
    rows.position = position;
    rows.entry = rows.entry == NULL ? NULL : entry;
    const int code = status != 0 ? GSL_SUCCESS : leaving_meat(&rows, p, fit->newton.base, fit->shares, share, a->sums + layout.meat);
    if (code == GSL_EDOM)
        a->rows.refused = too_far;
    free(place);
    free(position);
    free(share);
    return code == GSL_ENOMEM ? fail_memory() : status;
}

static int sum_days(struct answering *a)
{
    const size_t p = a->fit->newton.p;
    const struct leaving_rows rows = fit_design_leaving(&a->rows, &a->design);
    const bool cubes = a->fit->fit.model->firth;
    struct leaving *const table = leaving_alloc(a->design.day, a->design.stratum, a->design.n_day, p, cubes);
    double *const work = allocate(2 * p + p * p + leaving_n_cubes(p) + 3 * leaving_stride(p, cubes), sizeof *work);
    int status = table == NULL || work == NULL ? fail_memory() : 0;

    if (status == 0 && a->fit->phase == ROUND_VARIANCE)
        status = sum_squares(a);
    else if (status == 0 && leaving_add(table, &rows, a->fit->newton.asked) != GSL_SUCCESS)
        a->rows.refused = too_far;
    else if (status == 0 && round_fit_by_day(a->round, a->fit))
        status = tell_days(a, table);
    else if (status == 0 && has_events(a))
        status = sum_own_days(a, table, work);
    free(work);
    leaving_free(table);
    return status;
}

/* ---- an answer ----------------------------------------------------------------------------------------------------------------- */

static struct table *sums_table(void)
{
    static const struct table_field fields[] = {{"fit", "Number", COLUMN_INT32},
                                                {"item", "Item", COLUMN_INT32},
                                                {"high", "Sum", COLUMN_INT64},
                                                {"low", "Its second part", COLUMN_INT64}};
    return table_of_fields("sums", "Sums over the people of the site", fields, sizeof fields / sizeof *fields);
}

static int tell_sums(struct answering *a, size_t n)
{
    int status = 0;

    for (size_t k = 0; status == 0 && k < n; k++) {
        const wide_sum sum = as_told(a->sums[k], a->threshold);
        struct row_builder row = table_new_row(a->sums_table);
        row_integer(&row, "fit", (int64_t)a->fit->number);
        row_integer(&row, "item", (int64_t)k);
        row_integer(&row, "high", wide_high(sum));
        row_integer(&row, "low", wide_low(sum));
        status = row_end(&row);
    }
    return status;
}

/* A threshold does not go with sums by day: they are people by day and label. */
static const char *why_not(const struct answering *a)
{
    if (a->threshold > 1 && round_fit_by_day(a->round, a->fit))
        return "one baseline needs sums by day, which tell of fewer people than the threshold";
    if (a->threshold > 1 && a->fit->fit.model->firth)
        return "Firth's penalty needs sums over people with three labels, which tell of fewer than the threshold";
    return a->rows.refused;
}

static int answer_fit(struct answering *a, const struct study *study, const struct sources *sources)
{
    const size_t n = sum_layout_of(a->round, a->fit).n;
    int status = fit_rows_take(study, sources, &a->fit->fit, a->threshold, &a->rows);

    if (status == 0 && (a->rows.refused = why_not(a)) == NULL) {
        status = fit_design_make(&a->rows, a->fit, &a->design);
        if (status == 0 && (a->sums = allocate(n, sizeof *a->sums)) == NULL)
            status = -1;
        if (status == 0)
            a->rows.refused = fit_design_refuses(&a->rows, &a->design, a->fit->newton.asked, a->threshold);
        if (status == 0 && a->rows.refused == NULL)
            status = a->rows.time == NULL ? sum_yes_or_no(a) : sum_days(a);
        const size_t n_cluster = sum_layout_of(a->round, a->fit).n_cluster;
        if (status == 0 && n_cluster < n)
            a->sums[n_cluster] = wide_of((double)a->rows.n_cluster);
        if (status == 0 && a->rows.refused == NULL)
            status = tell_sums(a, n);
    }
    if (status == 0)
        status = add_people(a->people, a->fit->number, &a->rows);
    if (status == 0 && a->rows.refused != NULL)
        warn("the model '%s' of outcome '%s' is not answered: %s", a->fit->fit.model->formula.text,
             study->outcomes[a->fit->fit.outcome].name.text, a->rows.refused);
    free(a->sums);
    fit_design_free(&a->design);
    fit_rows_free(&a->rows);
    return status;
}

static struct table *facts_table(const char *sha256, int64_t threshold)
{
    static const struct table_field fields[] = {{"key", "Key", COLUMN_TEXT}, {"value", "Value", COLUMN_TEXT}};
    struct table *const facts = table_of_fields("answer", "A site's answer to a round", fields, 2);
    char number[32];
    const char *const of[][2] = {{"format", ANSWER_FORMAT}, {"round", sha256}, {"threshold", number}};

    snprintf(number, sizeof number, "%lld", (long long)threshold);
    for (size_t i = 0; facts != NULL && i < 3; i++) {
        struct row_builder row = table_new_row(facts);
        row_text(&row, "key", of[i][0]);
        row_text(&row, "value", of[i][1]);
        if (row_end(&row) != 0) {
            table_free(facts);
            return NULL;
        }
    }
    return facts;
}

int site_models_answer(const struct study *study, const struct sources *sources, const struct round *round,
                       const char *round_sha256, int64_t threshold, struct store_writer *writer)
{
    struct table *const tables[] = {facts_table(round_sha256, threshold), people_table(), sums_table(), days_table()};
    int status = 0;

    for (size_t i = 0; i < 4; i++)
        status = tables[i] == NULL ? -1 : status;
    for (size_t i = 0; status == 0 && i < round->n; i++) {
        struct answering a = {.round = round, .fit = &round->fits[i], .threshold = threshold, .people = tables[1],
                              .sums_table = tables[2], .days_table = tables[3]};
        if (a.fit->phase == ROUND_ASKS || a.fit->phase == ROUND_VARIANCE)
            status = answer_fit(&a, study, sources);
    }
    for (size_t i = 0; i < 4; i++) {
        if (status == 0)
            status = store_writer_table(writer, tables[i]);
        table_free(tables[i]);
    }
    return status;
}
