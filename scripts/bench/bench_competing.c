/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Times curves, tests, Fine-Gray and the bootstrap on arrays in memory, sorting counted.
 *   bench_competing PEOPLE.bin TASK ROWS THREADS OUT     TASK: km, incidence, finegray, bootstrap
 *
 * Prints seconds, megabytes and seconds of all processors; OUT gets the numbers, one a line.  Of the bootstrap it gets the
 * rounded size of its error only: the peer draws other replicates.
 */
#include <math.h>
#include <string.h>

#include "scripts/bench/people.h"
#include "stats/bootstrap.h"
#include "stats/cuminc.h"
#include "stats/finegray.h"
#include "stats/logrank.h"
#include "stats/rmst.h"

static const double TAU = 180;

struct arrays {
    size_t n;
    double *time, *number[4];
    int32_t *cause, *event, *arm;
    uint16_t *code[8];
};

static void fill(struct arrays *a, const struct person *people, size_t n)
{
    a->n = n;
    a->time = malloc(n * sizeof *a->time);
    a->cause = malloc(n * sizeof *a->cause);
    a->event = malloc(n * sizeof *a->event);
    a->arm = malloc(n * sizeof *a->arm);
    for (int k = 0; k < 4; k++)
        a->number[k] = malloc(n * sizeof *a->number[k]);
    for (int j = 0; j < 8; j++)
        a->code[j] = malloc(n * sizeof *a->code[j]);
    for (size_t i = 0; i < n; i++) {
        const struct person *p = &people[i];
        a->time[i] = p->days;
        a->cause[i] = p->status;
        a->event[i] = p->status == 1;
        a->arm[i] = p->arm;
        a->number[0][i] = p->arm;
        a->number[1][i] = p->age;
        a->number[2][i] = p->severity;
        a->number[3][i] = p->distance;
        for (int j = 0; j < 8; j++)
            a->code[j][i] = p->factor[j];
    }
}

static struct risk_table *count(const struct arrays *a, size_t n_cause, size_t n_threads)
{
    double *axis = malloc(a->n * sizeof *axis);
    size_t n_time;
    risk_table_axis(a->n, NULL, a->time, axis, &n_time);
    struct risk_table *table = risk_table_alloc(2, 1, n_cause, axis, n_time);
    risk_table_add(table, a->n, NULL, a->time, n_cause > 1 ? a->cause : a->event, a->arm, NULL, NULL, n_threads);
    free(axis);
    return table;
}

static void run_km(const struct arrays *a, size_t n_threads, FILE *out)
{
    struct risk_table *table = count(a, 1, n_threads);
    struct km_curve *curve = km_curve_alloc(table->n_time);
    struct logrank *test = logrank_alloc(2);
    struct survival_interval interval;
    struct rmst rmst;
    survival_interval_init(&interval, SURVIVAL_CONF_LOG, 0.95);
    for (size_t arm = 0; arm < 2; arm++) {
        km_solve(table, arm, RISK_TABLE_ALL, 0, &interval, curve);
        rmst_solve(curve, TAU, &rmst);
        fprintf(out, "%.17g\n%.17g\n", rmst.estimate, rmst.std_err);
    }
    logrank_solve(table, 0, 0, 0, LOGRANK_RANK_TOLERANCE, test);
    fprintf(out, "%.17g\n", test->chi_square);
}

static void run_incidence(const struct arrays *a, size_t n_threads, FILE *out)
{
    struct risk_table *table = count(a, 2, n_threads);
    struct cuminc_curve *curve = cuminc_curve_alloc(table->n_time);
    struct cuminc_reading reading;
    struct survival_interval interval;
    survival_interval_init(&interval, SURVIVAL_CONF_LOG, 0.95);
    for (size_t arm = 0; arm < 2; arm++)
        for (size_t cause = 1; cause <= 2; cause++) {
            cuminc_solve(table, arm, RISK_TABLE_ALL, cause, CUMINC_JACKKNIFE, &interval, curve);
            cuminc_read(curve, TAU, KM_AFTER, &reading);
            fprintf(out, "%.17g\n%.17g\n", reading.cuminc, reading.std_err);
        }
}

static int run_finegray(const struct arrays *a, size_t n_threads, FILE *out)
{
    struct design_block block[12];
    static int32_t place[12][8];
    int32_t p = 0;
    for (int k = 0; k < 4; k++) {
        place[k][0] = p++;
        block[k] = (struct design_block){a->number[k], NULL, 1, place[k]};
    }
    for (int j = 0; j < 8; j++) {
        place[4 + j][0] = DESIGN_NONE;
        for (int l = 1; l < people_levels[j]; l++)
            place[4 + j][l] = p++;
        block[4 + j] = (struct design_block){NULL, a->code[j], (size_t)people_levels[j], place[4 + j]};
    }
    const struct design_matrix design = {a->n, (size_t)p, 12, block};
    const struct finegray_rows rows = {.n = a->n, .time = a->time, .cause = a->cause, .wanted = 1, .n_group = 1,
                                       .design = &design};
    const struct finegray_control control = FINEGRAY_CONTROL;
    struct finegray *fit = finegray_alloc((size_t)p);
    if (finegray_solve(&rows, &control, n_threads, fit) != 0 || !fit->converged)
        return 1;
    fprintf(out, "%.17g\n", fit->loglik);
    for (int32_t j = 0; j < p; j++)
        fprintf(out, "%.17g\n%.17g\n", fit->coef[j], fit->std_err[j]);
    return 0;
}

static double rmst_difference(const struct risk_table *table, void *context)
{
    struct km_curve *curve = context;
    struct survival_interval none;
    struct rmst rmst[2];
    survival_interval_init(&none, SURVIVAL_CONF_NONE, 0.95);
    for (size_t arm = 0; arm < 2; arm++)
        if (km_solve(table, arm, RISK_TABLE_ALL, 0, &none, curve) != 0 || rmst_solve(curve, TAU, &rmst[arm]) != 0)
            return NAN;
    return rmst[1].estimate - rmst[0].estimate;
}

/* The error to one digit: of 200 replicates it is known to 5 %. */
static void run_bootstrap(const struct arrays *a, size_t n_threads, FILE *out)
{
    enum { N = 200 };
    struct risk_table *table = count(a, 1, n_threads);
    double replicates[N];
    void *contexts[64];
    n_threads = n_threads > 64 ? 64 : n_threads;
    for (size_t k = 0; k < n_threads; k++)
        contexts[k] = km_curve_alloc(table->n_time);
    bootstrap_run(table, BOOTSTRAP_MULTINOMIAL, 20261121, N, rmst_difference, contexts, n_threads, replicates);
    const size_t n = bootstrap_sort(replicates, N);
    fprintf(out, "%.17g\n", rmst_difference(table, contexts[0]));
    fprintf(stderr, "error of the difference over %zu replicates: %.4g\n", n, bootstrap_std_err(replicates, n));
}

int main(int argc, char *argv[])
{
    size_t n;
    struct arrays a;
    if (argc != 6)
        return 2;
    struct person *people = people_read(argv[1], strtoul(argv[3], NULL, 10), &n);
    const size_t n_threads = strtoul(argv[4], NULL, 10);
    fill(&a, people, n);
    free(people);
    FILE *out = fopen(argv[5], "w");
    if (out == NULL)
        return 1;
    int status = 0;
    forget_peak();
    const double start = seconds_now(), processor_start = processor_seconds();
    if (strcmp(argv[2], "km") == 0)
        run_km(&a, n_threads, out);
    else if (strcmp(argv[2], "incidence") == 0)
        run_incidence(&a, n_threads, out);
    else if (strcmp(argv[2], "bootstrap") == 0)
        run_bootstrap(&a, n_threads, out);
    else
        status = run_finegray(&a, n_threads, out);
    const double seconds = seconds_now() - start, processors = processor_seconds() - processor_start;
    printf("%.5f %.0f %.5f\n", seconds, peak_megabytes(), processors);
    return fclose(out) != 0 || status != 0;
}
