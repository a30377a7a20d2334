/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/figure_jobs.h"

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

const char *const figure_formats[N_FORMATS] = {"svg", "pdf", "png"};

double figure_job_weight(size_t format, double area)
{
    /* Measured; a thousand square millimetres of a PNG take two milliseconds. */
    static const double fixed[N_FORMATS] = {2000, 4000, 1000}, by_area[N_FORMATS] = {0, 0.2, 1};

    return fixed[format] + by_area[format] * area;
}

/* Heaviest first; then by number and format, so that lists do not depend on how sorting treats equals. */
static int by_weight(const void *a, const void *b)
{
    const struct figure_job *one = a, *two = b;

    if (one->weight != two->weight)
        return one->weight > two->weight ? -1 : 1;
    if (one->figure != two->figure)
        return one->figure < two->figure ? -1 : 1;
    return (one->format > two->format) - (one->format < two->format);
}

/* As they are drawn. */
static int by_list(const void *a, const void *b)
{
    const struct figure_job *one = a, *two = b;

    if (one->run != two->run)
        return one->run < two->run ? -1 : 1;
    if (one->figure != two->figure)
        return one->figure < two->figure ? -1 : 1;
    return (one->format > two->format) - (one->format < two->format);
}

static size_t least_busy(const double *load, size_t n)
{
    size_t least = 0;

    for (size_t r = 1; r < n; r++)
        if (load[r] < load[least])
            least = r;
    return least;
}

static const char *list_of(struct pool *pool, const struct figure_job *jobs, size_t n, size_t run, size_t *count)
{
    const char *list = "";

    *count = 0;
    for (size_t i = 0; i < n; i++)
        if (jobs[i].run == run) {
            list = pool_format(pool, "%s%zu:%s:%s ", list, jobs[i].figure, jobs[i].template_name,
                               figure_formats[jobs[i].format]);
            (*count)++;
        }
    return list;
}

void figure_jobs_deal(struct pool *pool, struct figure_job *jobs, size_t n, struct gnuplot_run *runs, size_t n_runs,
                      int limit_seconds)
{
    double load[n_runs];

    for (size_t r = 0; r < n_runs; r++)
        load[r] = 0;
    qsort(jobs, n, sizeof *jobs, by_weight);
    for (size_t i = 0; i < n; i++) {
        jobs[i].run = least_busy(load, n_runs);
        load[jobs[i].run] += jobs[i].weight;
    }
    qsort(jobs, n, sizeof *jobs, by_list);
    for (size_t r = 0; r < n_runs; r++) {
        size_t count;

        runs[r] = (struct gnuplot_run){.jobs = list_of(pool, jobs, n, r, &count)};
        runs[r].limit_seconds = limit_seconds + limit_seconds * (int)count / 20;
    }
}

static bool is_whole(const struct figure_job *jobs, size_t n, size_t figure)
{
    for (size_t i = 0; i < n; i++)
        if (jobs[i].figure == figure && !jobs[i].ended)
            return false;
    return true;
}

size_t figure_jobs_next_whole(struct figure_job *jobs, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++) {
        const bool first = i == 0 || jobs[i - 1].run != jobs[i].run;

        if (jobs[i].ended || jobs[i + 1].run != jobs[i].run || (!first && !jobs[i - 1].ended) ||
            access(jobs[i + 1].file, F_OK) != 0)
            continue;
        jobs[i].ended = true;
        if (is_whole(jobs, n, jobs[i].figure))
            return jobs[i].figure;
    }
    return SIZE_MAX;
}
