/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Times Cox regressions on arrays in memory, sorting counted.
 *   bench_cox PEOPLE.bin TASK ROWS THREADS OUT      TASK: efron, efron72, exact-times, cluster, cluster-efron, exact
 *
 * Prints seconds, megabytes and seconds of all processors; OUT gets loglik, coefficients and errors, one a line.
 */
#include <math.h>
#include <string.h>

#include "scripts/bench/people.h"
#include "stats/cox_score.h"

/* Columns of the regression; arrays are kept to the end. */
struct columns {
    double *time, *number[4];
    int32_t *event, *cluster;
    size_t n_cluster;
    uint16_t *code[PEOPLE_FACTORS];
    int32_t place[4 + PEOPLE_FACTORS][8];
    struct design_block block[4 + PEOPLE_FACTORS];
    struct design_matrix design;
};

static void fill(struct columns *c, const struct person *people, size_t n, size_t n_factor, int exact_times, int days)
{
    c->time = malloc(n * sizeof *c->time);
    c->event = malloc(n * sizeof *c->event);
    c->cluster = malloc(n * sizeof *c->cluster);
    for (int k = 0; k < 4; k++)
        c->number[k] = malloc(n * sizeof *c->number[k]);
    for (size_t j = 0; j < n_factor; j++)
        c->code[j] = malloc(n * sizeof *c->code[j]);
    for (size_t i = 0; i < n; i++) {
        const struct person *p = &people[i];
        c->time[i] = exact_times ? p->exact : ceil(p->days / days);
        c->event[i] = p->status == 1;
        c->cluster[i] = p->client;
        c->n_cluster = (size_t)p->client >= c->n_cluster ? (size_t)p->client + 1 : c->n_cluster;
        c->number[0][i] = p->arm;
        c->number[1][i] = p->age;
        c->number[2][i] = p->severity;
        c->number[3][i] = p->distance;
        for (size_t j = 0; j < n_factor; j++)
            c->code[j][i] = p->factor[j];
    }
    int32_t next = 0;
    size_t n_block = 0;
    for (int k = 0; k < 4; k++, n_block++) {
        c->place[n_block][0] = next++;
        c->block[n_block] = (struct design_block){c->number[k], NULL, 1, c->place[n_block]};
    }
    for (size_t j = 0; j < n_factor; j++, n_block++) {
        c->place[n_block][0] = DESIGN_NONE;
        for (int l = 1; l < people_levels[j]; l++)
            c->place[n_block][l] = next++;
        c->block[n_block] = (struct design_block){NULL, c->code[j], (size_t)people_levels[j], c->place[n_block]};
    }
    c->design = (struct design_matrix){n, (size_t)next, n_block, c->block};
}

int main(int argc, char *argv[])
{
    size_t n;
    static struct columns c;
    const struct cox_control control = COX_CONTROL;
    if (argc != 6)
        return 2;
    struct person *people = people_read(argv[1], strtoul(argv[3], NULL, 10), &n);
    const char *task = argv[2];
    const size_t n_threads = strtoul(argv[4], NULL, 10);
    const int exact = strcmp(task, "exact") == 0, clustered = strncmp(task, "cluster", 7) == 0;
    fill(&c, people, n, exact ? 2 : strcmp(task, "efron72") == 0 ? PEOPLE_FACTORS : 8, strcmp(task, "exact-times") == 0,
         exact ? 5 : 1);
    free(people);

    const struct cox_rows data_rows = {.n = n, .time = c.time, .event = c.event, .n_stratum = 1, .design = &c.design};
    const size_t p = c.design.p;
    forget_peak();
    const double start = seconds_now(), processor_start = processor_seconds();
    struct cox_data *data = cox_data_alloc(&data_rows, n_threads);
    struct cox_work *work =
        cox_work_alloc(data, exact ? COX_EXACT : strcmp(task, "cluster") == 0 ? COX_BRESLOW : COX_EFRON, n_threads);
    struct cox_fit *fit = cox_fit_alloc(p);
    double *covariance = malloc(p * p * sizeof *covariance);
    if (data == NULL || work == NULL || fit == NULL || covariance == NULL || cox_fit_run(work, &control, fit) != 0)
        return 1;
    memcpy(covariance, fit->covariance, p * p * sizeof *covariance);
    if (clustered) {
        struct cox_scores *scores = cox_scores_alloc(work);
        if (scores == NULL || cox_robust(scores, fit, c.cluster, c.n_cluster, covariance) != 0)
            return 1;
        cox_scores_free(scores);
    }
    const double seconds = seconds_now() - start, processors = processor_seconds() - processor_start;
    FILE *out = fopen(argv[5], "w");
    if (out == NULL)
        return 1;
    fprintf(out, "%.17g\n", fit->loglik);
    for (size_t j = 0; j < p; j++)
        fprintf(out, "%.17g\n", fit->coef[j]);
    for (size_t j = 0; j < p; j++)
        fprintf(out, "%.17g\n", sqrt(covariance[j * p + j]));
    printf("%.4f %.0f %.4f\n", seconds, peak_megabytes(), processors);
    cox_fit_free(fit);
    cox_work_free(work);
    cox_data_free(data);
    return fclose(out) != 0;
}
