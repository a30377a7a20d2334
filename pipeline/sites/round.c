/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/round.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/table_fields.h"
#include "stats/leaving.h"

bool round_fit_by_day(const struct round *round, const struct round_fit *fit)
{
    return round->one_baseline && fit->fit.model->rule != MODEL_LOGISTIC;
}

bool round_fit_is_robust(const struct round_fit *fit)
{
    return fit->fit.model->rule == MODEL_FINEGRAY || fit->fit.clustered;
}

static void free_days(struct round_fit *fit)
{
    for (size_t k = 0; fit->strata != NULL && k < fit->n_day; k++)
        free(fit->strata[k]);
    free(fit->strata);
    free(fit->days);
    free(fit->shares);
    fit->strata = NULL;
    fit->days = fit->shares = NULL;
    fit->n_day = 0;
}

int round_fit_alloc_days(struct round_fit *fit, size_t n_day)
{
    free_days(fit);
    fit->days = allocate(n_day + 1, sizeof *fit->days);
    fit->shares = allocate(n_day * LEAVING_SHARE_KINDS * (1 + 2 * fit->newton.p) + 1, sizeof *fit->shares);
    fit->strata = allocate(n_day + 1, sizeof *fit->strata);
    if (fit->days == NULL || fit->shares == NULL || fit->strata == NULL)
        return -1;
    fit->n_day = n_day;
    return 0;
}

bool round_asks(const struct round *round)
{
    for (size_t i = 0; i < round->n; i++)
        if (round->fits[i].phase == ROUND_ASKS || round->fits[i].phase == ROUND_VARIANCE)
            return true;
    return false;
}

int round_fit_alloc(struct round_fit *fit, size_t p)
{
    fit->columns = allocate(p, sizeof *fit->columns);
    fit->covariance = allocate(p * p, sizeof *fit->covariance);
    if (fit->columns == NULL || fit->covariance == NULL)
        return -1;
    return round_newton_alloc(p, &fit->newton) == 0 ? 0 : fail_memory();
}

void round_free(struct round *round)
{
    for (size_t i = 0; round->fits != NULL && i < round->n; i++) {
        struct round_fit *const fit = &round->fits[i];
        for (size_t j = 0; fit->columns != NULL && j < fit->newton.p; j++) {
            free(fit->columns[j].name);
            free(fit->columns[j].term);
            free(fit->columns[j].level);
        }
        free(fit->columns);
        free(fit->covariance);
        free_days(fit);
        free(fit->note);
        round_newton_free(&fit->newton);
    }
    free(round->fits);
    *round = (struct round){0};
}

/* ---- writing --------------------------------------------------------------------------------------------------------- */

static int add_fact(struct table *facts, const char *key, const char *value)
{
    struct row_builder row = table_new_row(facts);

    row_text(&row, "key", key);
    row_text(&row, "value", value);
    return row_end(&row);
}

static int add_number(struct table *facts, const char *key, int64_t value)
{
    char text[32];

    snprintf(text, sizeof text, "%lld", (long long)value);
    return add_fact(facts, key, text);
}

static struct table *facts_table(const struct round *round)
{
    static const struct table_field fields[] = {{"key", "Key", COLUMN_TEXT}, {"value", "Value", COLUMN_TEXT}};
    struct table *const facts = table_of_fields("round", "A round", fields, 2);

    if (facts != NULL && add_fact(facts, "format", ROUND_FORMAT) == 0 && add_number(facts, "number", round->number) == 0 &&
        add_fact(facts, "baseline", round->one_baseline ? "one" : "site") == 0 &&
        add_number(facts, "sites", (int64_t)round->n_sites) == 0 && add_number(facts, "threshold", round->threshold) == 0)
        return facts;
    table_free(facts);
    return NULL;
}

static const char *const rule_names[] = {[MODEL_COX] = "cox", [MODEL_FINEGRAY] = "finegray", [MODEL_LOGISTIC] = "logistic"};

static int add_fit(struct table *table, const struct study_rules *populations, const struct study_outcome *outcomes,
                   const struct round_fit *fit)
{
    struct row_builder row = table_new_row(table);

    row_integer(&row, "fit", (int64_t)fit->number);
    row_text(&row, "analysis", fit->fit.analysis->name.text);
    row_text(&row, "outcome", outcomes[fit->fit.outcome].name.text);
    row_text(&row, "population", populations->items[fit->fit.population].name.text);
    row_text(&row, "rule", rule_names[fit->fit.model->rule]);
    row_text(&row, "model", fit->fit.model->formula.text);
    row_integer(&row, "phase", fit->phase);
    row_integer(&row, "status", fit->newton.status);
    row_integer(&row, "n_round", fit->newton.n_round);
    row_integer(&row, "close", fit->newton.close);
    row_real(&row, "loglik_start", fit->newton.loglik_start);
    row_real(&row, "loglik", fit->newton.loglik);
    row_real(&row, "score_test", fit->newton.score_test);
    row_real(&row, "share", fit->newton.share);
    row_integer(&row, "n", fit->n);
    row_integer(&row, "n_event", fit->n_event);
    row_integer(&row, "n_sites", fit->n_sites);
    row_integer(&row, "n_cluster", fit->n_cluster);
    row_text(&row, "note", fit->note == NULL ? "" : fit->note);
    return row_end(&row);
}

static struct table *fits_table(const struct round *round, const struct study *study)
{
    static const struct table_field fields[] = {
        {"fit", "Number", COLUMN_INT32},           {"analysis", "Analysis", COLUMN_TEXT},
        {"outcome", "Outcome", COLUMN_TEXT},       {"population", "Population", COLUMN_TEXT},
        {"rule", "Kind of model", COLUMN_TEXT},    {"model", "Terms", COLUMN_TEXT},
        {"phase", "Asks, variance, finished, stopped", COLUMN_INT32},
        {"status", "Going, done, endless", COLUMN_INT32},
        {"n_round", "Rounds so far", COLUMN_INT32}, {"close", "One more step", COLUMN_INT32},
        {"loglik_start", "Log-likelihood at the start", COLUMN_FLOAT64},
        {"loglik", "Log-likelihood", COLUMN_FLOAT64},
        {"score_test", "Score test", COLUMN_FLOAT64}, {"share", "Share of the step", COLUMN_FLOAT64},
        {"n", "People", COLUMN_INT64},             {"n_event", "People with the event", COLUMN_INT64},
        {"n_sites", "Sites", COLUMN_INT32},        {"n_cluster", "Clusters", COLUMN_INT64},
        {"note", "Note", COLUMN_TEXT},
    };
    struct table *const table = table_of_fields("fits", "Regressions", fields, sizeof fields / sizeof *fields);
    int status = table == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < round->n; i++)
        status = add_fit(table, &study->cohort.populations, study->outcomes, &round->fits[i]);
    if (status == 0)
        return table;
    table_free(table);
    return NULL;
}

static int add_column(struct table *table, const struct round_fit *fit, size_t j)
{
    struct row_builder row = table_new_row(table);
    const struct round_column *const column = &fit->columns[j];

    row_integer(&row, "fit", (int64_t)fit->number);
    row_text(&row, "name", column->name);
    row_text(&row, "term", column->term);
    row_text(&row, "level", column->level);
    row_real(&row, "center", column->center);
    row_real(&row, "scale", column->scale);
    row_real(&row, "base", fit->newton.base[j]);
    row_real(&row, "step", fit->newton.step[j]);
    row_real(&row, "asked", fit->newton.asked[j]);
    row_real(&row, "start", fit->newton.start[j]);
    row_integer(&row, "aliased", fit->newton.aliased[j]);
    row_integer(&row, "endless", fit->newton.endless[j]);
    return row_end(&row);
}

static struct table *columns_table(const struct round *round)
{
    static const struct table_field fields[] = {
        {"fit", "Number", COLUMN_INT32},        {"name", "Name", COLUMN_TEXT},
        {"term", "Term", COLUMN_TEXT},          {"level", "Level", COLUMN_TEXT},
        {"center", "Taken off", COLUMN_FLOAT64}, {"scale", "Divided by", COLUMN_FLOAT64},
        {"base", "Best so far", COLUMN_FLOAT64}, {"step", "Step", COLUMN_FLOAT64},
        {"asked", "Asked at", COLUMN_FLOAT64},  {"start", "Information at the start", COLUMN_FLOAT64},
        {"aliased", "Left out", COLUMN_INT32},  {"endless", "Runs away", COLUMN_INT32},
    };
    struct table *const table = table_of_fields("columns", "Columns of the regressions", fields, sizeof fields / sizeof *fields);
    int status = table == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < round->n; i++)
        for (size_t j = 0; status == 0 && j < round->fits[i].newton.p; j++)
            status = add_column(table, &round->fits[i], j);
    if (status == 0)
        return table;
    table_free(table);
    return NULL;
}

static int add_covariance(struct table *table, const struct round_fit *fit)
{
    const size_t p = fit->newton.p;
    int status = 0;

    for (size_t k = 0; status == 0 && k < p * p; k++) {
        struct row_builder row = table_new_row(table);
        row_integer(&row, "fit", (int64_t)fit->number);
        row_integer(&row, "row", (int64_t)(k / p));
        row_integer(&row, "column", (int64_t)(k % p));
        row_real(&row, "value", fit->covariance[k]);
        status = row_end(&row);
    }
    return status;
}

static struct table *covariance_table(const struct round *round)
{
    static const struct table_field fields[] = {{"fit", "Number", COLUMN_INT32},
                                                {"row", "Row", COLUMN_INT32},
                                                {"column", "Column", COLUMN_INT32},
                                                {"value", "Covariance", COLUMN_FLOAT64}};
    struct table *const table = table_of_fields("covariance", "Covariance of the coefficients", fields, 4);
    int status = table == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < round->n; i++)
        if (round->fits[i].phase != ROUND_ASKS)
            status = add_covariance(table, &round->fits[i]);
    if (status == 0)
        return table;
    table_free(table);
    return NULL;
}

static int add_shares(struct table *table, const struct round_fit *fit)
{
    const size_t width = 1 + 2 * fit->newton.p;
    int status = 0;

    for (size_t k = 0; k < fit->n_day * LEAVING_SHARE_KINDS; k++)
        for (size_t item = 0; status == 0 && item < width; item++) {
            struct row_builder row = table_new_row(table);
            row_integer(&row, "fit", (int64_t)fit->number);
            row_text(&row, "stratum", fit->strata[k / LEAVING_SHARE_KINDS]);
            row_real(&row, "day", fit->days[k / LEAVING_SHARE_KINDS]);
            row_integer(&row, "kind", (int64_t)(k % LEAVING_SHARE_KINDS));
            row_integer(&row, "item", (int64_t)item);
            row_real(&row, "value", fit->shares[k * width + item]);
            status = row_end(&row);
        }
    return status;
}

static struct table *variance_table(const struct round *round)
{
    static const struct table_field fields[] = {{"fit", "Number", COLUMN_INT32},
                                                {"stratum", "Stratum", COLUMN_TEXT},
                                                {"day", "Day", COLUMN_FLOAT64},
                                                {"kind", "Kind of leaving", COLUMN_INT32},
                                                {"item", "Item", COLUMN_INT32},
                                                {"value", "Value", COLUMN_FLOAT64}};
    struct table *const table = table_of_fields("variance", "What shares of the score are made of", fields, 6);
    int status = table == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < round->n; i++)
        if (round->fits[i].phase == ROUND_VARIANCE)
            status = add_shares(table, &round->fits[i]);
    if (status == 0)
        return table;
    table_free(table);
    return NULL;
}

int round_write(const struct round *round, const struct study *study, struct store_writer *writer)
{
    struct table *const tables[] = {facts_table(round), fits_table(round, study), columns_table(round),
                                    covariance_table(round), variance_table(round)};
    int status = 0;

    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        if (status == 0)
            status = tables[i] == NULL ? -1 : store_writer_table(writer, tables[i]);
        table_free(tables[i]);
    }
    return status;
}

/* ---- reading ------------------------------------------------------------------------------------------------------------ */

static int64_t fact(const struct table *facts, const char *key)
{
    char value[CELL_SHORT_SIZE];

    return strtoll(cell_short(facts, "value", cell_find(facts, "key", key), value), NULL, 10);
}

static size_t count_columns(const struct table *columns, int64_t fit)
{
    size_t n = 0;

    for (size_t i = 0; i < columns->n_rows; i++)
        n += cell_integer(columns, "fit", i) == fit;
    return n;
}

static int read_columns(const struct table *columns, struct round_fit *fit)
{
    size_t j = 0;

    for (size_t i = 0; i < columns->n_rows; i++) {
        if (cell_integer(columns, "fit", i) != (int64_t)fit->number)
            continue;
        struct round_column *const column = &fit->columns[j];
        column->name = cell_copy(columns, "name", i);
        column->term = cell_copy(columns, "term", i);
        column->level = cell_copy(columns, "level", i);
        column->center = cell_real(columns, "center", i);
        column->scale = cell_real(columns, "scale", i);
        fit->newton.base[j] = cell_real(columns, "base", i);
        fit->newton.step[j] = cell_real(columns, "step", i);
        fit->newton.asked[j] = cell_real(columns, "asked", i);
        fit->newton.start[j] = cell_real(columns, "start", i);
        fit->newton.aliased[j] = cell_integer(columns, "aliased", i) == 1;
        fit->newton.endless[j] = cell_integer(columns, "endless", i) == 1;
        if (column->name == NULL || column->term == NULL || column->level == NULL)
            return -1;
        j++;
    }
    return 0;
}

static void read_covariance(const struct table *covariance, struct round_fit *fit)
{
    const int64_t p = (int64_t)fit->newton.p;

    for (size_t i = 0; i < covariance->n_rows; i++) {
        const int64_t a = cell_integer(covariance, "row", i), b = cell_integer(covariance, "column", i);
        if (cell_integer(covariance, "fit", i) == (int64_t)fit->number && a >= 0 && a < p && b >= 0 && b < p)
            fit->covariance[a * p + b] = cell_real(covariance, "value", i);
    }
}

/* Rows come as they were written: day by day, kind by kind, item by item. */
static int read_shares(const struct table *variance, struct round_fit *fit)
{
    const size_t width = 1 + 2 * fit->newton.p, n_of_day = LEAVING_SHARE_KINDS * width;
    size_t n = 0;

    for (size_t i = 0; i < variance->n_rows; i++)
        n += cell_integer(variance, "fit", i) == (int64_t)fit->number;
    if (round_fit_alloc_days(fit, n / n_of_day) != 0)
        return -1;
    n = 0;
    for (size_t i = 0; i < variance->n_rows && n < fit->n_day * n_of_day; i++) {
        if (cell_integer(variance, "fit", i) != (int64_t)fit->number)
            continue;
        fit->days[n / n_of_day] = cell_real(variance, "day", i);
        if (n % n_of_day == 0 && (fit->strata[n / n_of_day] = cell_copy(variance, "stratum", i)) == NULL)
            return -1;
        fit->shares[n++] = cell_real(variance, "value", i);
    }
    return 0;
}

struct round_tables {
    struct table *facts, *fits, *columns, *covariance, *variance;
};

static int read_fit(const struct round_tables *t, size_t i, const struct fits *all, const char *path, struct round_fit *fit)
{
    const int64_t number = cell_integer(t->fits, "fit", i);

    if (number < 0 || (size_t)number >= all->n || !cell_is(t->fits, "model", i, all->items[number].model->formula.text))
        return fail("'%s' asks for a model that its study does not have", path);
    fit->number = (size_t)number;
    fit->fit = all->items[number];
    if (round_fit_alloc(fit, count_columns(t->columns, number)) != 0 || read_columns(t->columns, fit) != 0)
        return -1;
    fit->phase = (enum round_phase)cell_integer(t->fits, "phase", i);
    fit->newton.status = (enum round_newton_status)cell_integer(t->fits, "status", i);
    fit->newton.n_round = (int)cell_integer(t->fits, "n_round", i);
    fit->newton.close = cell_integer(t->fits, "close", i) == 1;
    fit->newton.loglik_start = cell_real(t->fits, "loglik_start", i);
    fit->newton.loglik = cell_real(t->fits, "loglik", i);
    fit->newton.score_test = cell_real(t->fits, "score_test", i);
    fit->newton.share = cell_real(t->fits, "share", i);
    fit->n = cell_integer(t->fits, "n", i);
    fit->n_event = cell_integer(t->fits, "n_event", i);
    fit->n_sites = cell_integer(t->fits, "n_sites", i);
    fit->n_cluster = cell_integer(t->fits, "n_cluster", i);
    fit->newton.linear = fit->fit.model->firth;
    if ((fit->note = cell_copy(t->fits, "note", i)) == NULL)
        return -1;
    read_covariance(t->covariance, fit);
    return read_shares(t->variance, fit);
}

static int read_all(const struct round_tables *t, const char *path, const struct study *study, struct round *round)
{
    struct fits all = {0};

    if (!cell_is(t->facts, "value", cell_find(t->facts, "key", "format"), ROUND_FORMAT))
        return fail("'%s' is of another version", path);
    round->number = (int)fact(t->facts, "number");
    round->n_sites = (size_t)fact(t->facts, "sites");
    round->threshold = fact(t->facts, "threshold");
    round->one_baseline = cell_is(t->facts, "value", cell_find(t->facts, "key", "baseline"), "one");
    int status = fits_list(study, false, &all);
    if (status == 0 && (round->fits = allocate(t->fits->n_rows, sizeof *round->fits)) == NULL)
        status = -1;
    for (size_t i = 0; status == 0 && i < t->fits->n_rows; i++) {
        round->n++;
        status = read_fit(t, i, &all, path, &round->fits[i]);
    }
    fits_free(&all);
    return status;
}

int round_read(struct store *store, const char *path, const struct study *study, struct round *round)
{
    struct round_tables t = {0};
    int status = -1;

    *round = (struct round){0};
    if (!store_has(store, "round"))
        return fail("'%s' is no round that `stepdown merge --rounds` has made", path);
    if ((t.facts = store_read(store, "round", NULL)) != NULL && (t.fits = store_read(store, "fits", NULL)) != NULL &&
        (t.columns = store_read(store, "columns", NULL)) != NULL &&
        (t.covariance = store_read(store, "covariance", NULL)) != NULL &&
        (t.variance = store_read(store, "variance", NULL)) != NULL)
        status = read_all(&t, path, study, round);
    table_free(t.facts);
    table_free(t.fits);
    table_free(t.columns);
    table_free(t.covariance);
    table_free(t.variance);
    return status;
}
