/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/imputed_tables.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cells.h"
#include "base/memory.h"
#include "compare/contrast.h"
#include "compare/estimates.h"
#include "compare/numbers.h"
#include "compare/results.h"
#include "stats/rubin.h"

static const char *const arm_keys[] = {"adjustment", "measure", "term", "cause", "arm", "reference", "time", NULL},
                         *const balance_keys[] = {"adjustment", "term", "level", "arm", "reference", NULL};
static const char *const arm_numbers[KEPT_NUMBERS] = {"estimate", "std_error", NULL},
                         *const balance_numbers[KEPT_NUMBERS] = {"smd", "variance_ratio", "ks_statistic"};

/* ---- what the data sets say --------------------------------------------------------------------------------------- */

static double *number_at(const struct kept_rows *kept, size_t row, size_t k)
{
    return kept->numbers + (row * KEPT_NUMBERS + k) * kept->m;
}

static int start(struct kept_rows *kept, struct table *first, size_t m)
{
    const size_t n = first->n_rows;

    *kept = (struct kept_rows){.first = first, .m = m};
    if ((kept->numbers = allocate(n * KEPT_NUMBERS * m + 1, sizeof *kept->numbers)) == NULL ||
        (kept->notes = allocate(n + 1, sizeof *kept->notes)) == NULL ||
        (kept->flagged = allocate(n + 1, sizeof *kept->flagged)) == NULL ||
        (kept->withheld = allocate(n + 1, sizeof *kept->withheld)) == NULL)
        return -1;
    for (size_t i = 0; i < n * KEPT_NUMBERS * m; i++)
        kept->numbers[i] = NAN;
    return 0;
}

static void clear(struct kept_rows *kept)
{
    for (size_t i = 0; kept->notes != NULL && i < kept->first->n_rows; i++)
        free(kept->notes[i]);
    free(kept->notes);
    free(kept->numbers);
    free(kept->flagged);
    free(kept->withheld);
    table_free(kept->first);
    *kept = (struct kept_rows){0};
}

/* The same row of another data set: mostly it stands in the same place. */
static size_t row_like(const struct kept_rows *kept, size_t i, const struct table *table, const char *const *keys)
{
    for (size_t j = i; j < table->n_rows; j++)
        if (cells_agree(kept->first, i, table, j, keys))
            return j;
    for (size_t j = 0; j < i && j < table->n_rows; j++)
        if (cells_agree(kept->first, i, table, j, keys))
            return j;
    return table->n_rows;
}

static int take_status(struct kept_rows *kept, size_t i, const struct table *table, size_t j)
{
    const bool shown = cell_is(table, "status", j, "shown") || cell_is(table, "status", j, "");

    kept->flagged[i] |= cell_is(table, "status", j, "flagged");
    kept->withheld[i] |= cell_is(table, "status", j, "withheld");
    if (shown || kept->notes[i] != NULL)
        return 0;
    return (kept->notes[i] = cell_copy(table, "note", j)) == NULL ? -1 : 0;
}

static int take(struct kept_rows *kept, const struct table *table, size_t which, const char *const *keys,
                const char *const *numbers)
{
    for (size_t i = 0; i < kept->first->n_rows; i++) {
        const size_t j = row_like(kept, i, table, keys);
        if (j == table->n_rows)
            continue;
        for (size_t k = 0; k < KEPT_NUMBERS && numbers[k] != NULL; k++)
            number_at(kept, i, k)[which] = cell_real(table, numbers[k], j);
        if (take_status(kept, i, table, j) != 0)
            return -1;
    }
    return 0;
}

void imputed_tables_begin(struct imputed_tables *t, size_t m)
{
    *t = (struct imputed_tables){.m = m};
}

void imputed_tables_free(struct imputed_tables *t)
{
    clear(&t->arms);
    clear(&t->balance);
}

static int take_table(struct kept_rows *kept, size_t m, struct table *table, size_t which, const char *const *keys,
                      const char *const *numbers)
{
    const bool first = kept->first == NULL;
    int status = 0;

    if (first)
        status = start(kept, table, m);
    if (status == 0)
        status = take(kept, table, which, keys, numbers);
    if (!first)
        table_free(table);
    return status;
}

int imputed_tables_take(struct imputed_tables *t, struct table *estimates, struct table *balance, size_t which)
{
    const int arms = take_table(&t->arms, t->m, estimates, which, arm_keys, arm_numbers),
              alike = take_table(&t->balance, t->m, balance, which, balance_keys, balance_numbers);

    return arms != 0 || alike != 0 ? -1 : 0;
}

/* ---- pooling ------------------------------------------------------------------------------------------------------- */

/* Mean of the numbers, NaN where a data set has none. */
static double mean_of(const struct kept_rows *kept, size_t row, size_t k)
{
    double sum = 0;

    for (size_t i = 0; i < kept->m; i++)
        sum += number_at(kept, row, k)[i];
    return sum / (double)kept->m;
}

static bool is_pooled(enum measure measure)
{
    switch (measure) {
    case MEASURE_survival:
    case MEASURE_risk:
    case MEASURE_cumulative_incidence:
    case MEASURE_rmst:
    case MEASURE_mean:
    case MEASURE_effective_sample_size: return true;
    default: return false;
    }
}

/* Limits of a probability on the log-log scale of being free, with Student's t. */
static void set_limits(enum measure measure, const struct rubin *r, struct number *number)
{
    const bool probability = measure != MEASURE_rmst && measure != MEASURE_mean && r->estimate > 0 && r->estimate < 1;
    const double free_of = measure == MEASURE_survival ? r->estimate : 1 - r->estimate;

    number_set(number, r->estimate, r->std_error, r->conf_low, r->conf_high);
    number->df = r->df;
    if (!probability)
        return;
    const double half = (r->conf_high - r->estimate) / (free_of * fabs(log(free_of))), low = pow(free_of, exp(half)), high = pow(free_of, exp(-half));
    number->conf_low = measure == MEASURE_survival ? low : 1 - high;
    number->conf_high = measure == MEASURE_survival ? high : 1 - low;
}

static void pool(const struct kept_rows *kept, size_t row, enum measure measure, int64_t people, struct number *number)
{
    size_t n_defined = 0;
    struct rubin r;

    *number = number_none();
    for (size_t i = 0; i < kept->m; i++)
        n_defined += isfinite(number_at(kept, row, 0)[i]) ? 1 : 0;
    if (n_defined == kept->m && measure == MEASURE_effective_sample_size)
        number_set(number, mean_of(kept, row, 0), NAN, NAN, NAN);
    else if (n_defined == kept->m &&
             rubin_pool(number_at(kept, row, 0), number_at(kept, row, 1), kept->m, fmax((double)people - 1, 1), CONF_LEVEL, &r) == GSL_SUCCESS)
        set_limits(measure, &r, number);
    else if (n_defined == kept->m) { /* an error of 0: nothing was seen to vary */
        number_set(number, mean_of(kept, row, 0), NAN, NAN, NAN);
        snprintf(number->note, sizeof number->note, "no standard error in every completed data set");
    } else
        number_undefined(number, "exists in %zu of %zu completed data sets%s%.160s", n_defined, kept->m,
                         kept->notes[row] != NULL ? ": " : "", kept->notes[row] != NULL ? kept->notes[row] : "");
    number->statistic = number->p_value = NAN;
    number->withheld = !number->defined && kept->withheld[row];
    number->flagged = number->defined && kept->flagged[row];
    if (number->flagged && kept->notes[row] != NULL)
        snprintf(number->note, sizeof number->note, "%.200s", kept->notes[row]);
}

/* ---- rows ---------------------------------------------------------------------------------------------------------- */

/* The texts of a row, which live as long as it is made. */
enum { T_ANALYSIS, T_OUTCOME, T_POPULATION, T_ESTIMAND, T_TERM, T_CAUSE, T_ARM, T_REFERENCE, T_METHOD, T_LEVEL, T_NAME, N_TEXTS };
static const char *const text_columns[N_TEXTS] = {"analysis", "outcome", "population", "estimand", "term",      "cause",
                                                  "arm",      "reference", "method",   "level",    "adjustment"};

static int copy_texts(const struct table *table, size_t row, char **texts)
{
    bool missing = false;

    for (size_t k = 0; k < N_TEXTS; k++)
        missing |= (texts[k] = cell_copy(table, text_columns[k], row)) == NULL;
    if (!missing) {
        char *name = format_text("%s_imputed", texts[T_NAME]);
        free(texts[T_NAME]);
        missing = (texts[T_NAME] = name) == NULL;
    }
    return missing ? -1 : 0;
}

static void free_texts(char **texts)
{
    for (size_t k = 0; k < N_TEXTS; k++)
        free(texts[k]);
}

static int add_arm(const struct kept_rows *kept, size_t row, enum measure measure, struct table *estimates)
{
    const struct table *first = kept->first;
    const int64_t people = cell_integer(first, "n", row);
    char *texts[N_TEXTS] = {NULL}, method[2 * NOTE_SIZE];
    struct estimate e = ESTIMATE_NONE;
    struct number number;
    int status = copy_texts(first, row, texts);

    pool(kept, row, measure, people, &number);
    if (status == 0) {
        snprintf(method, sizeof method, measure == MEASURE_effective_sample_size ? "%.120s; mean of %zu imputations"
                                                                                   : "%.120s; %zu imputations by chained equations, pooled after Rubin",
                 texts[T_METHOD], kept->m);
        e.analysis = texts[T_ANALYSIS];
        e.outcome = texts[T_OUTCOME];
        e.population = texts[T_POPULATION];
        e.adjustment = texts[T_NAME];
        e.estimand = texts[T_ESTIMAND];
        e.measure = measure;
        e.term = texts[T_TERM];
        e.cause = texts[T_CAUSE];
        e.arm = texts[T_ARM];
        e.reference = texts[T_REFERENCE];
        e.time = cell_real(first, "time", row);
        e.estimate = number.estimate;
        e.std_error = number.std_error;
        e.conf_low = number.conf_low;
        e.conf_high = number.conf_high;
        e.conf_level = isfinite(number.conf_low) ? CONF_LEVEL : NAN;
        e.df = number.df;
        e.n = people;
        e.n_event = cell_integer(first, "n_event", row);
        e.status = number.withheld ? "withheld" : !number.defined ? "undefined" : number.flagged ? "flagged" : "shown";
        e.method = method;
        e.note = number.note;
        status = estimates_add(estimates, &e);
    }
    free_texts(texts);
    return status;
}

static int add_arms(const struct kept_rows *kept, struct table *estimates)
{
    int status = 0;

    for (size_t i = 0; status == 0 && kept->first != NULL && i < kept->first->n_rows; i++) {
        enum measure measure;
        if (measure_of_row(kept->first, i, &measure) == 0 && is_pooled(measure))
            status = add_arm(kept, i, measure, estimates);
    }
    return status;
}

static int add_balance(const struct kept_rows *kept, struct table *balance)
{
    int status = 0;

    for (size_t i = 0; status == 0 && kept->first != NULL && i < kept->first->n_rows; i++) {
        char *texts[N_TEXTS] = {NULL};
        status = copy_texts(kept->first, i, texts);
        if (status == 0)
            status = balance_row_add(balance, &(struct balance_row){.analysis = texts[T_ANALYSIS],
                                                                    .outcome = texts[T_OUTCOME],
                                                                    .population = texts[T_POPULATION],
                                                                    .adjustment = texts[T_NAME],
                                                                    .term = texts[T_TERM],
                                                                    .level = texts[T_LEVEL],
                                                                    .arm = texts[T_ARM],
                                                                    .reference = texts[T_REFERENCE],
                                                                    .smd = mean_of(kept, i, 0),
                                                                    .variance_ratio = mean_of(kept, i, 1),
                                                                    .ks = mean_of(kept, i, 2)});
        free_texts(texts);
    }
    return status;
}

int imputed_tables_add(const struct imputed_tables *t, struct table *estimates, struct table *balance)
{
    return add_arms(&t->arms, estimates) != 0 ? -1 : add_balance(&t->balance, balance);
}
