/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/imputed.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/adjusted.h"
#include "compare/imputed_rows.h"
#include "compare/imputed_tables.h"
#include "compare/numbers.h"
#include "compare/results.h"
#include "compare/slice_rows.h"
#include "compare/verdicts.h"
#include "stats/rubin.h"

/* One contrast of one pair under one adjustment, over all data sets. */
struct pooled {
    size_t adjustment;
    struct arm_pair pair;
    struct wanted wanted;
    double *estimate, *std_error; /* [n] logarithms of ratios */
    size_t n_defined;
    struct number last;           /* of the last data set: people, events, method */
    bool flagged;
    char note[NOTE_SIZE];         /* why it is undefined or flagged somewhere */
};

struct imputed {
    const struct comparison *c;
    const struct people *people;
    const struct wanted_list *wanted;
    size_t m;                     /* data sets */
    size_t n;
    struct pooled *items;
    struct table *estimates, *verdicts, *balance;
    struct imputed_tables tables; /* arms and balance */
};

static void clear(struct imputed *im)
{
    for (size_t k = 0; im->items != NULL && k < im->n; k++) {
        free(im->items[k].estimate);
        free(im->items[k].std_error);
    }
    free(im->items);
    imputed_tables_free(&im->tables);
}

/* Every contrast that may be asked for. */
static int plan(struct imputed *im)
{
    const struct study_analysis *analysis = im->c->analysis;
    struct arm_pairs pairs;

    arm_pairs_list(im->c->study, analysis, &pairs);
    if ((im->items = allocate(analysis->n_adjustments * im->wanted->n * pairs.n + 1, sizeof *im->items)) == NULL)
        return -1;
    for (size_t a = 0; a < analysis->n_adjustments; a++)
        for (size_t w = 0; w < im->wanted->n && !adjusts_by_strata(analysis->adjustments[a].method); w++)
            for (size_t p = 0; p < pairs.n; p++) {
                const struct wanted *wanted = &im->wanted->items[w];
                if (wanted_is_test(wanted->measure) || !measure_is_contrast(wanted->measure))
                    continue;
                struct pooled *item = &im->items[im->n++];
                *item = (struct pooled){.adjustment = a, .pair = pairs.items[p], .wanted = *wanted, .last = number_none()};
                if ((item->estimate = allocate(im->m, sizeof *item->estimate)) == NULL ||
                    (item->std_error = allocate(im->m, sizeof *item->std_error)) == NULL)
                    return -1;
            }
    return 0;
}

/* What one completed data set says. */
static void take(struct imputed *im, const struct comparison *completed)
{
    for (size_t k = 0; k < im->n; k++) {
        struct pooled *item = &im->items[k];
        struct number number;
        if (!adjusted_find(completed, item->adjustment, item->wanted.measure, item->pair, item->wanted.horizon, CONF_LEVEL, &number))
            continue;
        item->last = number;
        if (number.flagged && !item->flagged) {
            item->flagged = true;
            snprintf(item->note, sizeof item->note, "%s", number.note);
        }
        if (!number.defined || !(number.std_error > 0)) {
            snprintf(item->note, sizeof item->note, "%s", *number.note == '\0' ? "no standard error" : number.note);
            continue;
        }
        item->estimate[item->n_defined] = measure_is_ratio(item->wanted.measure) ? log(number.estimate) : number.estimate;
        item->std_error[item->n_defined++] = number.std_error;
    }
}

/* The whole adjusted analysis of one completed data set. */
static int analyse(struct imputed *im, const struct table *records, size_t which)
{
    struct comparison copy = *im->c;
    struct people people = *im->people;
    struct table *estimates = estimates_alloc(), *balance = balance_alloc();
    const struct adjusted_tables tables = {.estimates = estimates, .balance = balance};
    int status = -1;

    copy.adjusted = NULL;
    people.records = records;
    if (estimates != NULL && balance != NULL) {
        set_warned_already(true);
        status = adjusted_add(&copy, im->wanted, &people, &tables);
        set_warned_already(false);
    }
    if (status == 0) {
        take(im, &copy);
        status = imputed_tables_take(&im->tables, estimates, balance, which);
    } else {
        table_free(estimates);
        table_free(balance);
    }
    adjusted_free(&copy);
    return status;
}

/* ---- pooling ------------------------------------------------------------------------------------------------------- */

static void pool(const struct imputed *im, const struct pooled *item, double level, struct number *number, double *missing)
{
    const bool ratio = measure_is_ratio(item->wanted.measure);
    const double people = (double)(im->c->n[item->pair.arm] + im->c->n[item->pair.reference]);
    struct rubin r;

    *number = number_none();
    number->n = item->last.n;
    number->n_event = item->last.n_event;
    *missing = NAN;
    if (item->n_defined < im->m || rubin_pool(item->estimate, item->std_error, im->m, fmax(people - 2, 1), level, &r) != GSL_SUCCESS) {
        number_undefined(number, "exists in %zu of %zu completed data sets%s%.160s", item->n_defined, im->m,
                         *item->note == '\0' ? "" : ": ", item->note);
        number->withheld = item->last.withheld;
        return;
    }
    number_set(number, ratio ? exp(r.estimate) : r.estimate, r.std_error, ratio ? exp(r.conf_low) : r.conf_low,
               ratio ? exp(r.conf_high) : r.conf_high);
    if (item->wanted.measure == MEASURE_risk_difference || item->wanted.measure == MEASURE_survival_difference)
        number_cut(number, -1, 1);
    number->statistic = r.statistic;
    number->p_value = r.p_value;
    number->df = r.df;
    number->flagged = item->flagged;
    *missing = r.missing;
    if (item->flagged)
        snprintf(number->note, sizeof number->note, "%s", item->note);
}

static char *name_of(const struct imputed *im, const struct pooled *item)
{
    return format_text("%s_imputed", im->c->analysis->adjustments[item->adjustment].name.text);
}

static int add_row(const struct imputed *im, const struct pooled *item, const char *name)
{
    struct estimate row = slice_row(im->c, &item->wanted);
    struct number number;
    char method[NOTE_SIZE], note[2 * NOTE_SIZE];
    double missing;

    pool(im, item, CONF_LEVEL, &number, &missing);
    snprintf(method, sizeof method, "%.120s; %zu imputations by chained equations, pooled after Rubin", item->last.method, im->m);
    row.adjustment = name;
    row.estimand = adjustment_estimand_name(im->c->analysis->adjustments[item->adjustment].estimand);
    row.arm = comparison_arm(im->c, item->pair.arm);
    row.reference = comparison_arm(im->c, item->pair.reference);
    number_put(&number, &row);
    row.method = method;
    if (number.defined) {
        snprintf(note, sizeof note, "%s%s%.1f %% of the information is missing", number.note, *number.note == '\0' ? "" : "; ",
                 100 * missing);
        row.note = note;
    }
    return estimates_add(im->estimates, &row);
}

static bool same_question(const struct imputed *im, const struct pooled *item, const struct study_margin *margin)
{
    const struct horizon horizon = margin_horizon(im->c->analysis, margin);

    return margin->measure == item->wanted.measure && horizon.at_least == item->wanted.horizon.at_least &&
           (horizon.time == item->wanted.horizon.time || (isnan(horizon.time) && isnan(item->wanted.horizon.time)));
}

static int answer(const struct imputed *im, const struct pooled *item, const char *name)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < im->c->analysis->n_margins; i++) {
        const struct study_margin *margin = &im->c->analysis->margins[i];
        struct verdict_numbers numbers = {
            .adjustment = name,
            .estimand = adjustment_estimand_name(im->c->analysis->adjustments[item->adjustment].estimand)};
        double missing;
        if (!verdicts_asks(im->c, margin) || !same_question(im, item, margin))
            continue;
        pool(im, item, CONF_LEVEL, &numbers.at_95, &missing);
        pool(im, item, EQUIVALENCE_LEVEL, &numbers.at_90, &missing);
        status = verdicts_answer(im->c, margin, item->pair, &numbers, im->verdicts, im->estimates);
    }
    return status;
}

static int add_all(const struct imputed *im)
{
    int status = 0;

    for (size_t k = 0; status == 0 && k < im->n; k++) {
        char *name = name_of(im, &im->items[k]);
        if (name == NULL)
            return -1;
        if (*im->items[k].last.method != '\0' || im->items[k].n_defined > 0 || *im->items[k].note != '\0')
            status = add_row(im, &im->items[k], name) != 0 ? -1 : answer(im, &im->items[k], name);
        free(name);
    }
    return status;
}

int imputed_add(const struct comparison *c, const struct people *people, const struct wanted_list *wanted,
                const struct imputed_results *into)
{
    const struct study_imputation *how = &c->analysis->imputation;
    struct imputed im = {.c = c, .people = people, .wanted = wanted, .m = how->n, .estimates = into->estimates, .verdicts = into->verdicts, .balance = into->balance};
    struct imputed_rows *rows = NULL;
    int status = 0;

    if (how->n == 0 || people->records == NULL)
        return 0;
    if ((rows = imputed_rows_alloc(c, people)) == NULL)
        return -1;
    if (imputed_rows_missing(rows) == 0) {
        note("analysis '%s', outcome '%s': no covariate is missing: nothing to impute", c->analysis->name.text, c->outcome->name.text);
        imputed_rows_free(rows);
        return 0;
    }
    imputed_tables_begin(&im.tables, im.m);
    status = plan(&im);
    for (size_t i = 0; status == 0 && i < im.m; i++) {
        const struct table *records = imputed_rows_draw(rows, i);
        status = records == NULL ? -1 : analyse(&im, records, i);
    }
    if (status == 0)
        status = imputed_tables_add(&im.tables, im.estimates, im.balance);
    if (status == 0)
        status = add_all(&im);
    clear(&im);
    imputed_rows_free(rows);
    return status;
}
