/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_adjust match ROWS          1:1 caliper matching on the logit of a score, a third of the rows treated
 * bench_adjust logistic ROWS [THREADS]  a propensity on 30 columns (8 factors, 14 numbers); scripts/peers/glm.R does the same
 * bench_adjust bootstrap ROWS N    N replicates of a propensity on 20 columns (8 factors, 4 numbers) with overlap weights and
 *                                  the risk and restricted mean of both arms: draw, fit, weigh, solve
 *
 * Prints seconds of CPU, of logistic those that passed too.  Made-up numbers from a fixed stream.
 */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "stats/glm.h"
#include "stats/match.h"
#include "stats/placed_random.h"
#include "stats/propensity.h"
#include "stats/weighted_curve.h"

enum { SEED = 20261128, N_FACTOR = 8, N_NUMBER = 14, LEVELS = 3, N_TIME = 365 };

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double passed(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double uniform(size_t i, uint64_t use)
{
    return placed_random(SEED, i, use);
}

static int bench_match(size_t n)
{
    double *score = malloc(n * sizeof *score);
    uint8_t *treated = malloc(n);
    uint64_t *order = malloc(n * sizeof *order);
    size_t *match = malloc(n * sizeof *match), n_pair = 0;

    if (score == NULL || treated == NULL || order == NULL || match == NULL)
        return EXIT_FAILURE;
    for (size_t i = 0; i < n; i++) {
        score[i] = log(uniform(i, 1) / (1 - uniform(i, 1)));
        treated[i] = uniform(i, 2) < 1 / (1 + exp(0.9 - 0.5 * score[i]));
        order[i] = (uint64_t)i * UINT64_C(0x9e3779b97f4a7c15);
    }
    const struct match_request request = {n, score, treated, NULL, order, 0.2 * 1.8, 1};
    const double start = seconds();
    const int code = match_nearest(&request, match, &n_pair);
    printf("match %zu rows: %.2f s, %zu pairs\n", n, seconds() - start, n_pair);
    free(score);
    free(treated);
    free(order);
    free(match);
    return code == GSL_SUCCESS ? EXIT_SUCCESS : EXIT_FAILURE;
}

struct people {
    size_t n, n_number;
    double *x[N_NUMBER], *arm, *frequency, *weight, *slope;
    uint16_t *code[N_FACTOR];
    uint8_t *treated;
    uint32_t *place;
    int32_t *cause;
    int32_t columns[N_FACTOR * LEVELS + N_NUMBER];
    struct design_block block[N_FACTOR + N_NUMBER];
    struct design_matrix design;
};

/* The treated come first, as adjusted comparisons have them. */
static void fill(struct people *p)
{
    const size_t n = p->n;

    for (size_t i = 0; i < n; i++) {
        p->treated[i] = i < n / 3;
        p->arm[i] = p->treated[i];
        for (size_t k = 0; k < p->n_number; k++)
            p->x[k][i] = uniform(i, 40 + k) + 0.1 * p->treated[i];
        for (size_t k = 0; k < N_FACTOR; k++)
            p->code[k][i] = (uint16_t)(LEVELS * fmin(uniform(i, 20 + k) + 0.05 * p->treated[i], 0.999));
        p->place[i] = (uint32_t)fmin(-200 * log(uniform(i, 30)), N_TIME - 1);
        p->cause[i] = p->place[i] < N_TIME - 1 && uniform(i, 31) < 0.8;
    }
    int32_t column = 0;
    for (size_t k = 0; k < N_FACTOR; k++) {
        int32_t *const of = p->columns + k * LEVELS;
        of[0] = DESIGN_NONE;
        for (size_t l = 1; l < LEVELS; l++)
            of[l] = column++;
        p->block[k] = (struct design_block){.code = p->code[k], .n_level = LEVELS, .column = of};
    }
    for (size_t k = 0; k < p->n_number; k++) {
        p->columns[N_FACTOR * LEVELS + k] = column++;
        p->block[N_FACTOR + k] =
            (struct design_block){.value = p->x[k], .n_level = 1, .column = &p->columns[N_FACTOR * LEVELS + k]};
    }
    p->design = (struct design_matrix){n, (size_t)column, N_FACTOR + p->n_number, p->block};
}

static double poisson(double u)
{
    double p = exp(-1), k = 0;

    while (u > p && k < 40) {
        u -= p;
        p /= ++k;
    }
    return k;
}

static int replicate(struct people *p, size_t b, struct weighted_curve *curve, double *sum)
{
    const struct glm_data data = {&p->design, p->arm, NULL, p->frequency};
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1};
    const struct propensity_limits limits = {0, 1, false, 1};
    struct propensity_summary summary;
    struct glm_fit *fit;

    for (size_t i = 0; i < p->n; i++)
        p->frequency[i] = poisson(uniform(i, 1000 + b));
    if (glm_fit_alloc(&data, &options, &fit) != GSL_SUCCESS)
        return -1;
    const struct propensity_rows rows = {p->n, p->treated, fit->eta, p->frequency};
    int code = propensity_weights(&rows, PROPENSITY_ATO, &limits, p->weight, p->slope, &summary);
    for (int treated = 0; treated < 2 && code == GSL_SUCCESS; treated++) {
        const size_t first = treated ? 0 : p->n / 3, n = treated ? p->n / 3 : p->n - p->n / 3;
        const struct weighted_rows arm = {n, p->place + first, NULL, p->cause + first, p->weight + first};
        double mean;
        code = weighted_curve_solve(curve, &arm);
        if (code == GSL_SUCCESS && weighted_curve_rmst(curve, 180, &mean) == GSL_SUCCESS)
            *sum += (treated ? 1 : -1) * (weighted_curve_survival(curve, 180) + mean);
    }
    glm_fit_free(fit);
    return code == GSL_SUCCESS ? 0 : -1;
}

static int people_make(struct people *p, size_t n, size_t n_number, double **memory, uint16_t **codes)
{
    *p = (struct people){.n = n, .n_number = n_number};
    *memory = calloc((n_number + 4) * n, sizeof **memory);
    *codes = calloc(N_FACTOR * n, sizeof **codes);
    p->treated = malloc(n);
    p->place = malloc(n * sizeof *p->place);
    p->cause = malloc(n * sizeof *p->cause);
    if (*memory == NULL || *codes == NULL || p->treated == NULL || p->place == NULL || p->cause == NULL)
        return -1;
    for (size_t k = 0; k < n_number; k++)
        p->x[k] = *memory + k * n;
    p->arm = *memory + n_number * n;
    p->frequency = p->arm + n;
    p->weight = p->frequency + n;
    p->slope = p->weight + n;
    for (size_t k = 0; k < N_FACTOR; k++)
        p->code[k] = *codes + k * n;
    fill(p);
    return 0;
}

static void people_clear(struct people *p, double *memory, uint16_t *codes)
{
    free(memory);
    free(codes);
    free(p->treated);
    free(p->place);
    free(p->cause);
}

static int bench_logistic(size_t n, size_t n_threads)
{
    struct people p;
    double *memory;
    uint16_t *codes;
    struct glm_fit *fit = NULL;
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = n_threads};
    int status = people_make(&p, n, N_NUMBER, &memory, &codes);

    if (status == 0) {
        const struct glm_data data = {&p.design, p.arm, NULL, NULL};
        const double start = seconds(), since = passed();
        status = glm_fit_alloc(&data, &options, &fit) == GSL_SUCCESS ? 0 : -1;
        printf("logistic %zu rows x %zu columns, %zu threads: %.2f s of CPU, %.2f s passed, %d iterations\n", n, p.design.p, n_threads,
               seconds() - start, passed() - since, status == 0 ? fit->n_iteration : 0);
    }
    glm_fit_free(fit);
    people_clear(&p, memory, codes);
    return status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int bench_bootstrap(size_t n, size_t n_replicates)
{
    static double time[N_TIME];
    struct people p;
    double *memory, sum = 0;
    uint16_t *codes;
    int status = people_make(&p, n, 4, &memory, &codes);

    for (size_t k = 0; k < N_TIME; k++)
        time[k] = (double)k + 1;
    struct weighted_curve *curve = weighted_curve_alloc(time, N_TIME, 1);
    const double start = seconds();
    for (size_t b = 0; curve != NULL && status == 0 && b < n_replicates; b++)
        status = replicate(&p, b, curve, &sum);
    printf("bootstrap %zu rows x %zu columns, %zu replicates: %.1f s, mean %.4f\n", n, p.design.p, n_replicates,
           seconds() - start, sum / (double)n_replicates);
    weighted_curve_free(curve);
    people_clear(&p, memory, codes);
    return status == 0 && curve != NULL ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    gsl_set_error_handler_off();
    if (argc == 3 && strcmp(argv[1], "match") == 0)
        return bench_match(strtoul(argv[2], NULL, 10));
    if ((argc == 3 || argc == 4) && strcmp(argv[1], "logistic") == 0)
        return bench_logistic(strtoul(argv[2], NULL, 10), argc == 4 && strtoul(argv[3], NULL, 10) > 0 ? strtoul(argv[3], NULL, 10) : 1);
    if (argc == 4 && strcmp(argv[1], "bootstrap") == 0)
        return bench_bootstrap(strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10));
    fprintf(stderr, "usage: bench_adjust match ROWS | logistic ROWS [THREADS] | bootstrap ROWS REPLICATES\n");
    return 2;
}
