/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/case_mix.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "stats/exact_sum.h"
#include "stats/glm.h"

/* The design: at most two blocks a covariate, the number and the indicator of its missing values. */
struct design {
    size_t n_block, p;
    struct design_block *block;
    double **value;
    uint16_t **code;
    int32_t **column;
};

static int design_alloc(struct design *design, size_t n_covariates)
{
    const size_t most = 2 * n_covariates + 1;

    *design = (struct design){0};
    return (design->block = allocate(most, sizeof *design->block)) == NULL ||
                   (design->value = allocate(most, sizeof *design->value)) == NULL ||
                   (design->code = allocate(most, sizeof *design->code)) == NULL ||
                   (design->column = allocate(most, sizeof *design->column)) == NULL
               ? -1
               : 0;
}

static void design_free(struct design *design, size_t n_covariates)
{
    for (size_t b = 0; b < 2 * n_covariates + 1; b++) {
        if (design->value != NULL)
            free(design->value[b]);
        if (design->code != NULL)
            free(design->code[b]);
        if (design->column != NULL)
            free(design->column[b]);
    }
    free(design->block);
    free(design->value);
    free(design->code);
    free(design->column);
}

static size_t record_of(const struct case_mix_input *input, size_t i)
{
    return (size_t)column_integer(input->record, input->row[i]);
}

/* The mean of the known values; 0 when there are none. */
static int known_mean(const struct case_mix_input *input, const struct column *column, bool *any_missing, double *mean)
{
    struct exact_sum sums[2], *const sum = &sums[0], *const people = &sums[1];
    double total = 0, weight = 0;
    int64_t n_missing = 0;

    exact_sum_init(sum);
    exact_sum_init(people);
    for (size_t i = 0; i < input->n; i++) {
        const double x = column_real(column, record_of(input, i));
        if (isnan(x)) {
            n_missing++;
            continue;
        }
        exact_sum_add_times(sum, x, (int64_t)input->weight[i]);
        exact_sum_add(people, input->weight[i]);
    }
    *any_missing = reducer_sum_one(input->reducer, n_missing) > 0;
    if (reducer_exact_sums(input->reducer, sums, 2) != GSL_SUCCESS)
        return fail_memory();
    exact_sum_round(sum, &total);
    exact_sum_round(people, &weight);
    *mean = weight > 0 ? total / weight : 0;
    return 0;
}

static int add_values(struct design *design, double *value)
{
    const size_t b = design->n_block++;

    design->value[b] = value;
    if ((design->column[b] = allocate(1, sizeof *design->column[b])) == NULL)
        return -1;
    design->column[b][0] = (int32_t)design->p++;
    design->block[b] = (struct design_block){.value = value, .n_level = 1, .column = design->column[b]};
    return 0;
}

static int add_number(const struct case_mix_input *input, const struct column *column, struct design *design)
{
    double *value = allocate(input->n + 1, sizeof *value), *missing = NULL, mean = 0;
    bool any_missing = false;

    if (value == NULL || add_values(design, value) != 0 || known_mean(input, column, &any_missing, &mean) != 0)
        return -1;
    if (any_missing &&
        ((missing = allocate(input->n + 1, sizeof *missing)) == NULL || add_values(design, missing) != 0))
        return -1;
    for (size_t i = 0; i < input->n; i++) {
        const double x = column_real(column, record_of(input, i));
        value[i] = isnan(x) ? mean : x;
        if (missing != NULL)
            missing[i] = isnan(x);
    }
    return 0;
}

static int add_factor(const struct case_mix_input *input, const struct column *column, struct design *design)
{
    const size_t n_level = column->n_labels + 1, b = design->n_block; /* the last level: missing */
    bool first = true;
    int64_t *occurs;
    int32_t *columns;
    uint16_t *code;

    if (n_level > DESIGN_LEVELS_MAX)
        return fail("dashboard: covariate '%s' has too many labels to adjust by", column->name);
    code = design->code[b] = allocate(input->n + 1, sizeof *code);
    columns = design->column[b] = allocate(n_level, sizeof *columns);
    occurs = allocate(n_level, sizeof *occurs);
    design->n_block++;
    if (code == NULL || columns == NULL || occurs == NULL) {
        free(occurs);
        return -1;
    }
    for (size_t i = 0; i < input->n; i++) {
        const int32_t label = column_code(column, record_of(input, i));
        code[i] = (uint16_t)(label == MISSING_CODE ? (int32_t)n_level - 1 : label);
        occurs[code[i]] = 1;
    }
    reducer_sum(input->reducer, occurs, n_level);
    for (size_t l = 0; l < n_level; l++) {
        columns[l] = occurs[l] > 0 && !first ? (int32_t)design->p++ : DESIGN_NONE;
        first = first && occurs[l] == 0;
    }
    design->block[b] = (struct design_block){.code = code, .n_level = n_level, .column = columns};
    free(occurs);
    return 0;
}

static int build(const struct case_mix_input *input, struct design *design)
{
    for (size_t t = 0; t < input->covariates->n; t++) {
        const struct column *column = table_column(input->records, input->covariates->items[t].text);
        if ((column->type == COLUMN_CATEGORY ? add_factor(input, column, design) : add_number(input, column, design)) != 0)
            return -1;
    }
    return 0;
}

static int fit(const struct case_mix_input *input, const struct design *design, const double *log_time, double *mu,
               enum case_mix_state *state)
{
    const enum glm_family family = log_time == NULL ? GLM_LOGISTIC : GLM_POISSON;
    const struct design_matrix matrix = {.n = input->n, .p = design->p, .n_block = design->n_block, .block = design->block};
    const struct glm_data data = {.design = &matrix, .y = input->y, .offset = log_time, .weight = input->weight};
    const struct glm_options options = {.family = family, .n_threads = (size_t)(input->n_threads < 1 ? 1 : input->n_threads),
                                        .reducer = input->reducer};
    struct glm_fit *found = NULL;
    const int status = glm_fit_alloc(&data, &options, &found);

    if (status != GSL_SUCCESS)
        return fail("dashboard: %s regression: %s", log_time == NULL ? "logistic" : "Poisson", gsl_strerror(status));
    if (found->converged) {
        *state = CASE_MIX_ADJUSTED;
        for (size_t i = 0; i < input->n; i++)
            mu[i] = glm_mean(family, found->eta[i]);
    } else {
        *state = CASE_MIX_NOT_CONVERGED;
    }
    glm_fit_free(found);
    return 0;
}

/* Nothing is known of anybody: the share, or the rate, of all. */
static void expect_alike(const struct case_mix_input *input, double events, double total, double *mu)
{
    struct exact_sum sum;
    double time = 0;

    if (input->time == NULL) {
        for (size_t i = 0; i < input->n; i++)
            mu[i] = events / total;
        return;
    }
    exact_sum_init(&sum);
    for (size_t i = 0; i < input->n; i++)
        exact_sum_add_times(&sum, input->time[i], (int64_t)input->weight[i]);
    (void)reducer_exact_sum(input->reducer, &sum);
    exact_sum_round(&sum, &time);
    for (size_t i = 0; i < input->n; i++)
        mu[i] = input->time[i] * (events / time);
}

/* NULL after telling. */
static double *logarithms(const double *time, size_t n)
{
    double *log_time = allocate(n + 1, sizeof *log_time);

    for (size_t i = 0; log_time != NULL && i < n; i++)
        log_time[i] = log(time[i]);
    return log_time;
}

int case_mix_expect(const struct case_mix_input *input, double *mu, enum case_mix_state *state)
{
    double sums[2] = {0, 0}, *log_time = NULL;
    struct design design;
    int status = 0;

    for (size_t i = 0; i < input->n; i++) { /* whole numbers: in any order the same */
        sums[0] += input->weight[i];
        sums[1] += input->weight[i] * input->y[i];
    }
    reducer_sum_counts(input->reducer, sums, 2);
    const double total = sums[0], events = sums[1];
    expect_alike(input, events, total, mu);
    *state = CASE_MIX_SHARE;
    if (input->covariates->n == 0 || events <= 0 || (events >= total && input->time == NULL))
        return 0;
    if (input->time != NULL && (log_time = logarithms(input->time, input->n)) == NULL)
        return -1;
    if (design_alloc(&design, input->covariates->n) != 0 || build(input, &design) != 0)
        status = -1;
    if (status == 0)
        status = fit(input, &design, log_time, mu, state);
    design_free(&design, input->covariates->n);
    free(log_time);
    return status;
}
