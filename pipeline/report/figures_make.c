/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From planned figures to files: a private folder, one run of gnuplot a figure, six files checked and written. */
#include "report/figures.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"
#include "base/output.h"
#include "base/program.h"
#include "base/temporary.h"
#include "report/figure_files.h"
#include "report/gnuplot.h"
#include "report/svg.h"

static const struct {
    const char *name;
    const char *suffix; /* of the file's name */
    double width;       /* millimetres: two columns of a journal, one column */
} sizes[2] = {{"wide", "", 183}, {"narrow", "-narrow", 89}};

static const char *template_of(enum figure_kind kind)
{
    static const char *const names[] = {"curves.gp", "forest.gp", "risks.gp", "attrition.gp", "stepdown.gp"};

    return names[kind];
}

static int draw(struct bundle *bundle, const struct figure *figure, struct drawing *drawing)
{
    switch (figure->kind) {
    case FIGURE_CURVES:
        return curves_draw(bundle, figure, drawing);
    case FIGURE_FOREST:
        return forest_draw(bundle, figure, drawing);
    case FIGURE_RISKS:
        return risks_draw(bundle, figure, drawing);
    case FIGURE_ATTRITION:
        return flow_draw(bundle, figure, drawing);
    case FIGURE_STEPDOWN:
        return stepdown_draw(bundle, figure, drawing);
    }
    return -1;
}

/* Removes a folder and the plain files in it. */
static void remove_folder(const char *folder)
{
    DIR *directory = opendir(folder);
    struct dirent *entry;

    if (directory == NULL)
        return;
    while ((entry = readdir(directory)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(dirfd(directory), entry->d_name, 0);
    closedir(directory);
    rmdir(folder);
}

#define FOLDER_NAME ".figures.stepdown-"

/* Folders of processes that were killed before they could tidy up. */
static void sweep_folders(const char *work_folder)
{
    DIR *directory = opendir(work_folder);
    struct dirent *entry;

    if (directory == NULL)
        return;
    while ((entry = readdir(directory)) != NULL) {
        long owner;
        char *path;

        if (strncmp(entry->d_name, FOLDER_NAME, sizeof FOLDER_NAME - 1) != 0)
            continue;
        owner = strtol(entry->d_name + sizeof FOLDER_NAME - 1, NULL, 10);
        if (owner <= 0 || (kill((pid_t)owner, 0) == 0 || errno != ESRCH))
            continue;
        path = path_join(work_folder, entry->d_name);
        if (path != NULL)
            remove_folder(path);
        free(path);
    }
    closedir(directory);
}

static int write_tables(struct bundle *bundle, const struct figure *figure, const char *folder)
{
    for (size_t s = 0; s < 2; s++) {
        struct drawing drawing;

        if (drawing_start(&drawing, bundle->pool, folder, sizes[s].name, sizes[s].width) != 0)
            return -1;
        if (draw(bundle, figure, &drawing) != 0) {
            drawing_abandon(&drawing);
            return -1;
        }
        if (drawing_end(&drawing) != 0)
            return -1;
    }
    return 0;
}

/* One file that gnuplot should have written: read, checked, made the same on every run. Caller frees. */
static char *collect(struct bundle *bundle, struct figure *figure, const char *folder, size_t size, const char *format,
                     size_t *length)
{
    const char *name = pool_format(bundle->pool, "%s.%s", sizes[size].name, format);
    const char *id = pool_format(bundle->pool, "%s%s", figure->name, sizes[size].suffix);
    char *bytes = input_read(pool_format(bundle->pool, "%s/%s", folder, name), FIGURE_BYTES_MAX, length);
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

enum { N_FORMATS = 3, N_FILES = 2 * N_FORMATS };
static const char *const formats[N_FORMATS] = {"svg", "pdf", "png"};

enum outcome { MADE, FAILED, TIMED_OUT, CANNOT_WRITE };

/* All six or none: a figure with half of its files would be two figures. */
static enum outcome keep_files(struct bundle *bundle, struct figure *figure, const char *folder,
                               const char *release_folder)
{
    char *bytes[N_FILES] = {NULL};
    size_t length[N_FILES] = {0};
    enum outcome status = MADE;

    for (size_t i = 0; status == MADE && i < N_FILES; i++) {
        bytes[i] = collect(bundle, figure, folder, i / N_FORMATS, formats[i % N_FORMATS], &length[i]);
        status = bytes[i] == NULL ? FAILED : MADE;
    }
    for (size_t i = 0; status == MADE && i < N_FILES; i++)
        if (figure_write(pool_format(bundle->pool, "%s/figures/%s%s.%s", release_folder, figure->name,
                                     sizes[i / N_FORMATS].suffix, formats[i % N_FORMATS]),
                         bytes[i], length[i]) != 0)
            status = CANNOT_WRITE;
    for (size_t s = 0; status == MADE && s < 2; s++) {
        figure->svg[s] = bytes[s * N_FORMATS];
        figure->svg_length[s] = length[s * N_FORMATS];
        bytes[s * N_FORMATS] = NULL;
    }
    for (size_t i = 0; i < N_FILES; i++)
        free(bytes[i]);
    return status;
}

static enum outcome make_one(struct bundle *bundle, struct figure *figure, const char *plots, const char *folder,
                             const char *release_folder, int limit_seconds)
{
    enum gnuplot_end end;

    if (write_tables(bundle, figure, folder) != 0)
        return FAILED;
    end = gnuplot_run(plots, template_of(figure->kind), folder, limit_seconds);
    if (end != GNUPLOT_DONE)
        return end == GNUPLOT_TIMED_OUT ? TIMED_OUT : FAILED;
    return keep_files(bundle, figure, folder, release_folder);
}

/* A gnuplot that hangs once will hang again: the figures after it are not tried, or all would be waited for. */
static int make_all(struct bundle *bundle, struct figures *figures, const char *plots, const char *folder,
                    const char *release_folder, int limit_seconds)
{
    enum outcome status = MADE;
    int n_failed = 0;

    for (size_t i = 0; i < figures->n; i++) {
        struct figure *figure = &figures->items[i];

        if (status != TIMED_OUT) {
            const int slot = temporary_make_folder(folder);

            status = slot < 0 ? FAILED : make_one(bundle, figure, plots, folder, release_folder, limit_seconds);
            if (slot >= 0)
                temporary_remove_folder(slot);
        }
        if (status == CANNOT_WRITE)
            return -1;
        if (status == MADE)
            continue;
        figure->failed = true;
        n_failed++;
        fail("figure '%s' failed; the numbers are not touched by that", figure->name);
    }
    return n_failed;
}

int figures_make(struct bundle *bundle, struct figures *figures, const char *release_folder, const char *work_folder,
                 int limit_seconds)
{
    char *plots = program_share("plots");
    char *folder = format_text("%s/" FOLDER_NAME "%ld.tmp", work_folder, (long)getpid());
    char *figure_folder = path_join(release_folder, "figures");
    int n_failed = -1;

    if (plots != NULL && folder != NULL && figure_folder != NULL && output_make_folder(work_folder) == 0 &&
        output_make_folder(figure_folder) == 0) {
        sweep_folders(work_folder);
        output_sweep(figure_folder);
        n_failed = make_all(bundle, figures, plots, folder, release_folder, limit_seconds);
    }
    free(plots);
    free(folder);
    free(figure_folder);
    return n_failed;
}
