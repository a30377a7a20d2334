/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/baseline.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/column_codes.h"
#include "base/fail.h"
#include "base/memory.h"
#include "compare/arm_pairs.h"
#include "compare/results.h"
#include "stats/balance.h"
#include "stats/weighted_ks.h"

struct cell { /* one row of table baseline */
    const char *term, *level;
    size_t arm;
    int64_t n, n_missing;
    double mean, std_dev, percent;
};

/* The people of the population, row by row, as plain arrays: every covariate goes through them. */
struct members {
    size_t n;
    size_t *record, *arm; /* [n] row of records, arm */
    int64_t *weight;      /* [n] people */
};

static void members_free(struct members *members)
{
    free(members->record);
    free(members->arm);
    free(members->weight);
}

static int members_take(const struct baseline_input *input, struct members *members)
{
    *members = (struct members){.record = allocate(input->n + 1, sizeof *members->record),
                                .arm = allocate(input->n + 1, sizeof *members->arm),
                                .weight = allocate(input->n + 1, sizeof *members->weight)};
    if (members->record == NULL || members->arm == NULL || members->weight == NULL)
        return -1;
    for (size_t i = 0; i < input->n; i++) {
        if (column_integer(input->member, i) != 1)
            continue;
        const size_t k = members->n++;
        members->record[k] = (size_t)column_integer(input->record, i);
        members->arm[k] = (size_t)column_code(input->arm, i);
        members->weight[k] = column_integer(input->weight, i);
    }
    return 0;
}

static const char *arm_name(const struct baseline_input *input, size_t arm)
{
    return input->study->cohort.arms.items[arm].name.text;
}

/* What the codebook calls it; "" where that is no more than its name. */
static const char *label_of(const struct baseline_input *input, const char *term)
{
    const struct column *column = table_column(input->records, term);

    return column == NULL || column->label == NULL || strcmp(column->label, term) == 0 ? "" : column->label;
}

static int add_cell(const struct baseline_input *input, struct table *baseline, struct cell cell)
{
    struct row_builder row = table_new_row(baseline);

    row_text(&row, "population", input->population->name.text);
    row_text(&row, "term", cell.term);
    row_text(&row, "level", cell.level);
    row_text(&row, "arm", arm_name(input, cell.arm));
    row_integer(&row, "n", cell.n);
    row_integer(&row, "n_missing", cell.n_missing);
    row_real(&row, "mean", cell.mean);
    row_real(&row, "std_dev", cell.std_dev);
    row_real(&row, "percent", cell.percent);
    row_text(&row, "label", label_of(input, cell.term));
    return row_end(&row);
}

static int add_smd(const struct baseline_input *input, struct table *balance, const char *term, const char *level,
                   struct arm_pair pair, double smd, double variance_ratio, double ks)
{
    return balance_row_add(balance, &(struct balance_row){.population = input->population->name.text,
                                                          .adjustment = "unadjusted",
                                                          .term = term,
                                                          .level = level,
                                                          .arm = arm_name(input, pair.arm),
                                                          .reference = arm_name(input, pair.reference),
                                                          .smd = smd,
                                                          .variance_ratio = variance_ratio,
                                                          .ks = ks});
}

/* ---- numbers ------------------------------------------------------------------------------------- */

static int collect_moments(const struct baseline_input *input, const struct members *members, size_t n_arm,
                           const struct column *covariate, struct moments *moments)
{
    int code = GSL_SUCCESS;

    for (size_t arm = 0; arm < n_arm; arm++)
        moments_init(&moments[arm]);
    for (size_t i = 0; i < members->n; i++) {
        const double x = column_real(covariate, members->record[i]);
        if (moments_add(&moments[members->arm[i]], x, members->weight[i]) != GSL_SUCCESS)
            code = GSL_EOVRFLW;
    }
    if ((code = reducer_status(input->reducer, code)) == GSL_SUCCESS)
        code = moments_reduce(moments, n_arm, input->reducer);
    return code == GSL_SUCCESS ? 0 : fail("covariate '%s' is too large to be averaged", covariate->name);
}

/* Largest distance of the two distributions; NaN where an arm has no value.  -1 after telling. */
static int distance_of(const struct baseline_input *input, const struct members *members, const struct column *covariate,
                       struct arm_pair pair, double *ks)
{
    double *x = allocate(2 * members->n + 1, sizeof *x), *const weight = x == NULL ? NULL : x + members->n;
    uint8_t *arm = allocate(members->n + 1, sizeof *arm);
    size_t n = 0;

    *ks = NAN;
    for (size_t i = 0; x != NULL && arm != NULL && i < members->n; i++) {
        if (members->arm[i] != pair.arm && members->arm[i] != pair.reference)
            continue;
        x[n] = column_real(covariate, members->record[i]);
        weight[n] = (double)members->weight[i];
        arm[n++] = members->arm[i] == pair.arm;
    }
    int status = x == NULL || arm == NULL ? -1 : 0;
    if (status == 0 && weighted_ks_all(n, x, weight, arm, input->reducer, ks) == GSL_ENOMEM)
        status = fail_memory();
    free(arm);
    free(x);
    return status;
}

static int add_number(const struct baseline_input *input, const struct members *members, const struct column *covariate,
                      struct table *baseline, struct table *balance)
{
    const size_t n_arm = input->study->cohort.arms.n;
    struct moments *moments = allocate(n_arm, sizeof *moments);
    double *mean = allocate(n_arm, sizeof *mean), *variance = allocate(n_arm, sizeof *variance), smd, ks;
    struct arm_pairs pairs;
    int status = moments == NULL || mean == NULL || variance == NULL ? -1
                 : collect_moments(input, members, n_arm, covariate, moments);

    for (size_t arm = 0; status == 0 && arm < n_arm; arm++) {
        (void)moments_solve(&moments[arm], &mean[arm], &variance[arm]); /* missing where nobody has a value */
        status = add_cell(input, baseline,
                          (struct cell){covariate->name, "", arm, moments[arm].n, moments[arm].n_missing, mean[arm],
                                        sqrt(variance[arm]), NAN});
    }
    arm_pairs_list(input->study, NULL, &pairs);
    for (size_t i = 0; status == 0 && i < pairs.n; i++) {
        const struct arm_pair pair = pairs.items[i];
        if (smd_numeric(mean[pair.arm], variance[pair.arm], mean[pair.reference], variance[pair.reference], SMD_POOLED,
                        &smd) != GSL_SUCCESS)
            smd = NAN;
        status = distance_of(input, members, covariate, pair, &ks);
        if (status == 0)
            status = add_smd(input, balance, covariate->name, "", pair, smd,
                             variance[pair.reference] > 0 ? variance[pair.arm] / variance[pair.reference] : NAN, ks);
    }
    free(variance);
    free(mean);
    free(moments);
    return status;
}

/* ---- factors ------------------------------------------------------------------------------------- */

struct factor {
    const struct column *column;
    size_t n_level;
    int64_t *count;   /* [arm * n_level + level] */
    int64_t *known;   /* [arm] */
    int64_t *missing; /* [arm] */
    double *work;     /* smd_factor's */
};

static int factor_alloc(struct factor *factor, const struct column *column, size_t n_arm)
{
    *factor = (struct factor){.column = column, .n_level = column->n_labels};
    factor->count = allocate(n_arm * factor->n_level, sizeof *factor->count);
    factor->known = allocate(n_arm, sizeof *factor->known);
    factor->missing = allocate(n_arm, sizeof *factor->missing);
    factor->work = allocate(factor->n_level * (factor->n_level + 1), sizeof *factor->work);
    return factor->count == NULL || factor->known == NULL || factor->missing == NULL || factor->work == NULL ? -1 : 0;
}

static void factor_free(struct factor *factor)
{
    free(factor->count);
    free(factor->known);
    free(factor->missing);
    free(factor->work);
}

static void count_levels(const struct members *members, struct factor *factor)
{
    enum { PIECE = 1024 };
    int32_t codes[PIECE];

    for (size_t first = 0; first < members->n; first += PIECE) {
        const size_t end = members->n - first < PIECE ? members->n : first + PIECE;
        column_codes_read(factor->column, members->record + first, end - first, codes);
        for (size_t i = first; i < end; i++) {
            const int32_t code = codes[i - first];
            const size_t arm = members->arm[i];
            if (code == MISSING_CODE)
                factor->missing[arm] += members->weight[i];
            else {
                factor->count[arm * factor->n_level + (size_t)code] += members->weight[i];
                factor->known[arm] += members->weight[i];
            }
        }
    }
}

static int add_levels(const struct baseline_input *input, const struct factor *factor, struct table *baseline)
{
    int status = 0;

    for (size_t level = 0; level < factor->n_level; level++)
        for (size_t arm = 0; status == 0 && arm < input->study->cohort.arms.n; arm++) {
            const int64_t n = factor->count[arm * factor->n_level + level], known = factor->known[arm];
            status = add_cell(input, baseline,
                              (struct cell){factor->column->name, factor->column->labels[level], arm, n,
                                            factor->missing[arm], NAN, NAN,
                                            known == 0 ? NAN : 100 * (double)n / (double)known});
        }
    return status;
}

static int add_factor_smd(const struct baseline_input *input, const struct factor *factor, struct arm_pair pair,
                          struct table *balance)
{
    const int64_t *arm = factor->count + pair.arm * factor->n_level,
                  *reference = factor->count + pair.reference * factor->n_level;
    double smd;
    int status;

    if (smd_factor(arm, reference, factor->n_level, factor->work, &smd) != GSL_SUCCESS)
        smd = NAN;
    status = add_smd(input, balance, factor->column->name, "", pair, smd, NAN, NAN);
    for (size_t level = 0; status == 0 && level < factor->n_level; level++) {
        if (smd_level(arm[level], factor->known[pair.arm], reference[level], factor->known[pair.reference], SMD_POOLED,
                      &smd) != GSL_SUCCESS)
            smd = NAN;
        status = add_smd(input, balance, factor->column->name, factor->column->labels[level], pair, smd, NAN, NAN);
    }
    return status;
}

static int add_factor(const struct baseline_input *input, const struct members *members, const struct column *covariate,
                      struct table *baseline, struct table *balance)
{
    struct factor factor;
    struct arm_pairs pairs;
    int status = factor_alloc(&factor, covariate, input->study->cohort.arms.n);

    if (status == 0) {
        count_levels(members, &factor);
        const size_t n_arm = input->study->cohort.arms.n;
        const struct reducer_piece counts[] = {{factor.count, n_arm * factor.n_level}, {factor.known, n_arm}, {factor.missing, n_arm}};
        reducer_sum_pieces(input->reducer, counts, 3);
        status = add_levels(input, &factor, baseline);
    }
    arm_pairs_list(input->study, NULL, &pairs);
    for (size_t i = 0; status == 0 && i < pairs.n; i++)
        status = add_factor_smd(input, &factor, pairs.items[i], balance);
    factor_free(&factor);
    return status;
}

int baseline_add(const struct baseline_input *input, struct table *baseline, struct table *balance)
{
    struct members members;
    int status = members_take(input, &members);

    for (size_t i = 0; status == 0 && i < input->study->cohort.covariates.n; i++) {
        const struct column *covariate = table_column(input->records, input->study->cohort.covariates.items[i].text);
        status = covariate->type == COLUMN_CATEGORY ? add_factor(input, &members, covariate, baseline, balance)
                                                    : add_number(input, &members, covariate, baseline, balance);
    }
    members_free(&members);
    return status;
}
