/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From planned figures to files: a private folder with tables, several gnuplots, six files of each kept. */
#include "report/figures.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"
#include "base/output.h"
#include "base/program.h"
#include "base/temporary.h"
#include "base/threads.h"
#include "report/figure_files.h"
#include "report/figure_jobs.h"
#include "report/gnuplot.h"

/* Everything that the making of figures needs to know. */
struct workshop {
    struct bundle *bundle;
    struct figures *figures;
    const char *plots, *folder, *release_folder;
    int n_processes, limit_seconds;
    struct figures_keeping *keeping;
};

/* Both sizes of one figure; their area in square millimetres, or -1 after telling. */
static double write_tables(const struct workshop *shop, size_t number)
{
    const struct figure *figure = &shop->figures->items[number];
    struct pool *pool = shop->bundle->pool;
    double area = 0;

    for (size_t s = 0; s < N_SIZES; s++) {
        struct drawing drawing;

        if (drawing_start(&drawing, pool, figure_stem(pool, shop->folder, number, s), figure_sizes[s].name,
                          figure_sizes[s].width) != 0)
            return -1;
        if (figure->kind->draw(shop->bundle, figure, &drawing) != 0) {
            drawing_abandon(&drawing);
            return -1;
        }
        area += drawing.width * drawing.height;
        if (drawing_end(&drawing) != 0)
            return -1;
    }
    return area;
}

/* One figure by itself. */
static enum gnuplot_end draw_alone(const struct workshop *shop, size_t number)
{
    const char *template_name = shop->figures->items[number].kind->template_name, *list = "";
    struct gnuplot_run run = {.limit_seconds = shop->limit_seconds};

    for (size_t k = 0; k < N_FORMATS; k++)
        list = pool_format(shop->bundle->pool, "%s%zu:%s:%s ", list, number, template_name, figure_formats[k]);
    run.jobs = list;
    gnuplot_run(shop->plots, shop->folder, &run, 1, NULL, NULL);
    gnuplot_tell(shop->folder, &run, 0, pool_format(shop->bundle->pool, "'%s.gp'", template_name));
    return run.end;
}

/* Jobs of all figures whose tables are there. */
static size_t list_jobs(const struct workshop *shop, const double *area, struct figure_job *jobs)
{
    const struct figures *figures = shop->figures;
    struct pool *pool = shop->bundle->pool;
    size_t n = 0;

    for (size_t i = 0; i < figures->n; i++)
        for (size_t f = 0; !figures->items[i].failed && f < N_FORMATS; f++)
            jobs[n++] = (struct figure_job){
                .figure = i,
                .template_name = figures->items[i].kind->template_name,
                .format = f,
                .file = pool_format(pool, "%s.%s", figure_stem(pool, shop->folder, i, 0), figure_formats[f]),
                .weight = figure_job_weight(f, area[i]),
            };
    return n;
}

/* What the drawing of some figures leaves time for: those that are whole are finished. */
struct meanwhile {
    const struct workshop *shop;
    struct figure_job *jobs; /* [n] */
    size_t n;
};

static bool finish_one(void *context)
{
    const struct meanwhile *meanwhile = context;
    const struct workshop *shop = meanwhile->shop;
    const size_t number = figure_jobs_next_whole(meanwhile->jobs, meanwhile->n);

    if (number == SIZE_MAX)
        return false;
    figures_keep_one(shop->keeping, number);
    return true;
}

/* Was a gnuplot that ended badly to draw this figure? */
static bool was_spoilt(size_t number, const struct figure_job *jobs, size_t n, const struct gnuplot_run *runs)
{
    for (size_t k = 0; k < n; k++)
        if (jobs[k].figure == number && runs[jobs[k].run].end != GNUPLOT_DONE)
            return true;
    return false;
}

/*
 * What a gnuplot that ended badly had to draw is drawn again, a figure at a time.  Of a kind that hangs no other is
 * tried, and after two such kinds it is gnuplot that hangs: the rest is not waited for.
 */
static void draw_again(const struct workshop *shop, const struct figure_job *jobs, size_t n,
                       const struct gnuplot_run *runs)
{
    const struct figure_kind *hanging[2] = {NULL, NULL};

    for (size_t i = 0; i < shop->figures->n; i++) {
        struct figure *figure = &shop->figures->items[i];
        enum gnuplot_end end = GNUPLOT_TIMED_OUT;

        if (figures_kept(shop->keeping, i) || !was_spoilt(i, jobs, n, runs))
            continue;
        if (hanging[1] == NULL && figure->kind != hanging[0]) {
            end = draw_alone(shop, i);
            if (end == GNUPLOT_TIMED_OUT)
                hanging[hanging[0] != NULL] = figure->kind;
        }
        figure->failed = end != GNUPLOT_DONE;
    }
}

/* Draws the figures whose tables are there, and marks those that fail. -1: out of memory. */
static int draw_all(const struct workshop *shop, const double *area)
{
    struct figure_job *jobs = allocate(N_FORMATS * shop->figures->n + 1, sizeof *jobs);
    struct gnuplot_run *runs = allocate((size_t)shop->n_processes, sizeof *runs);
    size_t n, n_runs = (size_t)shop->n_processes;

    if (jobs != NULL && runs != NULL && (n = list_jobs(shop, area, jobs)) > 0) {
        if (n_runs > n)
            n_runs = n;
        figure_jobs_deal(shop->bundle->pool, jobs, n, runs, n_runs, shop->limit_seconds);
        gnuplot_run(shop->plots, shop->folder, runs, n_runs, finish_one, &(struct meanwhile){shop, jobs, n});
        if (runs[0].end == GNUPLOT_MISSING) {
            gnuplot_tell(shop->folder, &runs[0], 0, "the figures");
            for (size_t i = 0; i < shop->figures->n; i++)
                shop->figures->items[i].failed = true;
        } else {
            draw_again(shop, jobs, n, runs);
        }
    }
    free(jobs);
    free(runs);
    return jobs == NULL || runs == NULL ? -1 : 0;
}

/* The laying out of all figures, side by side. */
struct layout {
    const struct workshop *shop;
    double *area;            /* [figures] */
    struct fail_held **said; /* [figures] */
};

static int lay_out_one(void *context, size_t number)
{
    const struct layout *layout = context;

    fail_hold();
    layout->area[number] = write_tables(layout->shop, number);
    layout->said[number] = fail_take_held();
    return 0;
}

static int make_all(struct workshop *shop)
{
    struct figures *figures = shop->figures;
    struct layout layout = {shop, allocate(figures->n + 1, sizeof *layout.area), allocate(figures->n + 1, sizeof *layout.said)};
    int n_failed = -1;

    shop->keeping = figures_keep_start(shop->bundle, figures, shop->folder, shop->release_folder);
    if (shop->keeping != NULL && layout.area != NULL && layout.said != NULL) {
        threads_run(figures->n, shop->n_processes, lay_out_one, &layout);
        for (size_t i = 0; i < figures->n; i++) {
            fail_tell_held(layout.said[i]);
            figures->items[i].failed = layout.area[i] < 0;
        }
        n_failed = draw_all(shop, layout.area);
    }
    free(layout.area);
    free(layout.said);
    if (n_failed == 0 && figures_keep_rest(shop->keeping, shop->n_processes) != 0)
        n_failed = -1;
    figures_keep_end(shop->keeping);
    if (n_failed != 0)
        return -1;
    for (size_t i = 0; i < figures->n; i++)
        if (figures->items[i].failed) {
            fail("figure '%s' failed; the numbers are not touched by that", figures->items[i].name);
            n_failed++;
        }
    return n_failed;
}

void figures_sweep(const char *release_folder)
{
    char *const figure_folder = path_join(release_folder, "figures");

    if (figure_folder != NULL)
        output_sweep(figure_folder);
    free(figure_folder);
}

/* In a private folder beside `path`. */
static int make_in_folder(struct workshop *shop, const char *path)
{
    const int slot = temporary_make_folder(path);
    int n_failed;

    if (slot < 0)
        return -1;
    shop->folder = temporary_path(slot);
    n_failed = make_all(shop);
    temporary_remove_folder(slot);
    return n_failed;
}

int figures_make(struct bundle *bundle, struct figures *figures, const char *release_folder, const char *work_folder,
                 int n_processes, int limit_seconds)
{
    char *plots = program_share("plots");
    char *folder = path_join(work_folder, "figures");
    char *figure_folder = path_join(release_folder, "figures");
    int n_failed = -1;

    if (plots != NULL && folder != NULL && figure_folder != NULL && output_make_folder(work_folder) == 0 &&
        output_make_folder(figure_folder) == 0) {
        figures_sweep(release_folder);
        n_failed = make_in_folder(&(struct workshop){bundle, figures, plots, NULL, release_folder,
                                                     n_processes < 1 ? 1 : n_processes, limit_seconds, NULL}, folder);
    }
    free(plots);
    free(folder);
    free(figure_folder);
    return n_failed;
}
