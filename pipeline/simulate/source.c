/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulate/source.h"

#include <stdlib.h>

#include "base/days.h"
#include "base/input.h"
#include "base/memory.h"
#include "base/output.h"
#include "base/threads.h"
#include "simulate/source_rows.h"

enum { CHUNK_PERSONS = 2048, CHUNKS_ABREAST = 32 };

/* What one chunk of persons becomes; kept and used again by the next. */
struct chunk {
    struct text files[N_SOURCE_FILES];
    struct margins margins;
    struct source_counts counts;
};

struct source {
    struct source_rows rows;
    struct chunk *chunks; /* [CHUNKS_ABREAST] */
    int64_t first;        /* person of the first chunk of this wave */
};

static int make_chunk(void *context, size_t k)
{
    static const struct margins no_margins;
    struct source *source = context;
    struct chunk *chunk = &source->chunks[k];
    const int64_t all = source->rows.model->settings.n_persons, first = source->first + (int64_t)k * CHUNK_PERSONS;
    const int64_t last = first + CHUNK_PERSONS < all ? first + CHUNK_PERSONS : all;

    chunk->margins = no_margins;
    chunk->counts = (struct source_counts){0};
    for (int f = 0; f < N_SOURCE_FILES; f++)
        chunk->files[f].n = 0;
    for (int64_t i = first; i < last; i++)
        if (source_rows_add(&source->rows, (uint64_t)i, chunk->files, &chunk->margins, &chunk->counts) != 0)
            return -1;
    return 0;
}

static void add_counts(struct source_counts *into, const struct source_counts *from)
{
    into->stays += from->stays;
    into->tests += from->tests;
    into->cohort += from->cohort;
    into->full += from->full;
}

/* Wave by wave, so that memory does not grow with the number of persons. */
static int write_waves(struct source *source, struct output *const *outputs, struct margins *margins,
                       struct source_counts *counts)
{
    const struct settings *settings = &source->rows.model->settings;

    for (; source->first < settings->n_persons; source->first += (int64_t)CHUNKS_ABREAST * CHUNK_PERSONS) {
        const int64_t left = settings->n_persons - source->first;
        const int64_t n = (left + CHUNK_PERSONS - 1) / CHUNK_PERSONS;
        const size_t abreast = n < CHUNKS_ABREAST ? (size_t)n : CHUNKS_ABREAST;

        if (threads_run(abreast, settings->n_threads, make_chunk, source) != 0)
            return -1;
        for (size_t k = 0; k < abreast; k++) {
            const struct chunk *chunk = &source->chunks[k];

            margins_merge(margins, &chunk->margins);
            add_counts(counts, &chunk->counts);
            for (int f = 0; f < N_SOURCE_FILES; f++)
                if (output_write(outputs[f], chunk->files[f].bytes, chunk->files[f].n) != 0)
                    return -1;
        }
    }
    return 0;
}

static struct output *open_file(const char *folder, int file)
{
    char *path = path_join(folder, source_files[file].name);
    struct output *output = path == NULL ? NULL : output_open(path);

    free(path);
    if (output == NULL || output_text(output, source_files[file].header) == 0)
        return output;
    output_abandon(output);
    return NULL;
}

int source_write(const struct model *model, const char *folder, struct margins *margins, struct source_counts *counts)
{
    struct source source = {.chunks = allocate(CHUNKS_ABREAST, sizeof *source.chunks)};
    struct output *outputs[N_SOURCE_FILES] = {NULL};
    int status = source.chunks == NULL ? -1 : 0;

    source_rows_init(&source.rows, model);
    *margins = (struct margins){0};
    *counts = (struct source_counts){0};
    for (int f = 0; status == 0 && f < N_SOURCE_FILES; f++)
        status = (outputs[f] = open_file(folder, f)) == NULL ? -1 : 0;
    if (status == 0)
        status = write_waves(&source, outputs, margins, counts);
    for (int f = 0; f < N_SOURCE_FILES; f++)
        status = output_end(outputs[f], status);
    for (size_t k = 0; source.chunks != NULL && k < CHUNKS_ABREAST; k++)
        for (int f = 0; f < N_SOURCE_FILES; f++)
            text_free(&source.chunks[k].files[f]);
    free(source.chunks);
    return status;
}
