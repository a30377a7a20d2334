/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From gnuplot's folder to the release: six files of a figure, checked, finished and written. */
#include "report/figure_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"
#include "base/output.h"
#include "base/threads.h"
#include "report/figure_jobs.h"
#include "report/svg.h"

enum { N_FILES = N_SIZES * N_FORMATS };
enum outcome { MADE, FAILED, CANNOT_WRITE };

struct figures_keeping {
    struct bundle *bundle;
    struct figures *figures;
    const char *folder, *release_folder;
    struct fail_held **said; /* [figures] */
    bool *kept;              /* [figures] */
    int status;
};

/* One file that gnuplot should have written: read, checked, made the same on every run. Caller frees. */
static char *collect(const struct figures_keeping *keeping, size_t number, size_t size, const char *format, size_t *length)
{
    const struct figure *figure = &keeping->figures->items[number];
    struct pool *pool = keeping->bundle->pool;
    const char *name = pool_format(pool, "%s%s.%s", figure->name, figure_sizes[size].suffix, format);
    const char *id = pool_format(pool, "%s%s", figure->name, figure_sizes[size].suffix);
    char *bytes = input_read(pool_format(pool, "%s.%s", figure_stem(pool, keeping->folder, number, size), format),
                             FIGURE_BYTES_MAX, length);
    char *finished = NULL;

    if (bytes == NULL)
        return NULL;
    if (strcmp(format, "svg") == 0) {
        size_t finished_length = 0;

        if (svg_finish(bytes, *length, id, figure->title, figure->description, &finished, &finished_length) != 0)
            finished = NULL;
        free(bytes);
        *length = finished_length;
        return finished;
    }
    if (strcmp(format, "pdf") == 0)
        figure_fix_pdf_date(bytes, *length);
    if ((strcmp(format, "pdf") == 0 ? figure_check_pdf : figure_check_png)(bytes, *length, name) != 0) {
        free(bytes);
        return NULL;
    }
    return bytes;
}

static enum outcome keep_files(const struct figures_keeping *keeping, size_t number)
{
    struct figure *figure = &keeping->figures->items[number];
    char *bytes[N_FILES] = {NULL};
    size_t length[N_FILES] = {0};
    enum outcome status = MADE;

    for (size_t i = 0; status == MADE && i < N_FILES; i++) {
        bytes[i] = collect(keeping, number, i / N_FORMATS, figure_formats[i % N_FORMATS], &length[i]);
        status = bytes[i] == NULL ? FAILED : MADE;
    }
    for (size_t i = 0; status == MADE && i < N_FILES; i++)
        if (output_file(pool_format(keeping->bundle->pool, "%s/figures/%s%s.%s", keeping->release_folder, figure->name,
                                   figure_sizes[i / N_FORMATS].suffix, figure_formats[i % N_FORMATS]),
                       bytes[i], length[i]) != 0)
            status = CANNOT_WRITE;
    for (size_t s = 0; status == MADE && s < N_SIZES; s++) {
        figure->svg[s] = bytes[s * N_FORMATS];
        figure->svg_length[s] = length[s * N_FORMATS];
        figure->inlined[s] = svg_inline(figure->svg[s], figure->svg_length[s]);
        bytes[s * N_FORMATS] = NULL;
    }
    for (size_t i = 0; i < N_FILES; i++)
        free(bytes[i]);
    return status;
}

static int keep_one(void *context, size_t number)
{
    const struct figures_keeping *keeping = context;
    enum outcome status = MADE;

    if (keeping->figures->items[number].failed || keeping->kept[number])
        return 0;
    keeping->kept[number] = true;
    fail_hold();
    status = keep_files(keeping, number);
    keeping->figures->items[number].failed = status != MADE;
    keeping->said[number] = fail_take_held();
    return status == CANNOT_WRITE ? -1 : 0;
}

struct figures_keeping *figures_keep_start(struct bundle *bundle, struct figures *figures, const char *folder,
                                           const char *release_folder)
{
    struct figures_keeping *keeping = allocate(1, sizeof *keeping);

    if (keeping == NULL)
        return NULL;
    *keeping = (struct figures_keeping){.bundle = bundle, .figures = figures, .folder = folder, .release_folder = release_folder};
    if ((keeping->said = allocate(figures->n + 1, sizeof *keeping->said)) == NULL ||
        (keeping->kept = allocate(figures->n + 1, sizeof *keeping->kept)) == NULL) {
        figures_keep_end(keeping);
        return NULL;
    }
    svg_start();
    return keeping;
}

void figures_keep_one(struct figures_keeping *keeping, size_t number)
{
    if (keep_one(keeping, number) != 0)
        keeping->status = -1;
}

bool figures_kept(const struct figures_keeping *keeping, size_t number)
{
    return keeping->kept[number];
}

int figures_keep_rest(struct figures_keeping *keeping, int n_threads)
{
    if (threads_run(keeping->figures->n, n_threads, keep_one, keeping) != 0)
        keeping->status = -1;
    return keeping->status;
}

void figures_keep_end(struct figures_keeping *keeping)
{
    if (keeping == NULL)
        return;
    for (size_t i = 0; keeping->said != NULL && i < keeping->figures->n; i++)
        fail_tell_held(keeping->said[i]);
    free(keeping->said);
    free(keeping->kept);
    free(keeping);
}
