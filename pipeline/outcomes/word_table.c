/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/word_table.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/threads.h"

enum { CHUNK_WORDS = 4096 };

struct job {
    const struct column *words;
    size_t n_words, n_chunks, n;
    const struct definition **definitions; /* [n] those that work alike stand together */
    bool *works;                           /* [n] does the work differ from that of the one before? */
    struct column **values, **events;      /* [n] where they go; events NULL where there is none */
    size_t *n_judged;                      /* [n_chunks * n] */
};

/* ---- one chunk ------------------------------------------------------------------------------------------ */

static void set(const struct column *column, size_t row, double value)
{
    switch (column->type) {
    case COLUMN_INT8: ((int8_t *)column->values)[row] = (int8_t)value; return;
    case COLUMN_INT16: ((int16_t *)column->values)[row] = (int16_t)value; return;
    default: ((double *)column->values)[row] = value; return;
    }
}

static void judge(const struct job *job, size_t row, const struct word *word, struct word *worked, size_t *n_judged)
{
    double value[2];

    for (size_t i = 0; i < job->n; i++) {
        if (job->works[i])
            definition_work(job->definitions[i], word, worked);
        if (!definition_read(job->definitions[i], worked, word, value))
            continue;
        set(job->values[i], row, value[0]);
        if (job->events[i] != NULL)
            set(job->events[i], row, value[1]);
        n_judged[i]++;
    }
}

static int work_chunk(void *context, size_t chunk)
{
    const struct job *job = context;
    const size_t end = (chunk + 1) * CHUNK_WORDS < job->n_words ? (chunk + 1) * CHUNK_WORDS : job->n_words;
    struct word word, worked;

    for (size_t row = chunk * CHUNK_WORDS; row < end; row++) {
        size_t length, at;
        const char *text = column_text(job->words, row, &length);
        if (length > 0 && word_parse(text, length, &word, &at) == WORD_GOOD)
            judge(job, row, &word, &worked, job->n_judged + chunk * job->n);
    }
    return 0;
}

/* ---- columns ---------------------------------------------------------------------------------------------- */

static enum column_type type_of(const struct definition *definition)
{
    return definition->kind == DEFINITION_YES_NO ? COLUMN_INT8
           : definition_is_whole(definition)     ? COLUMN_INT16
                                                 : COLUMN_FLOAT64;
}

static int add_columns(struct table *table, const struct definition *definition)
{
    const bool timed = definition->kind == DEFINITION_TIME;

    if (table_add_column(table, definition->columns[0], type_of(definition), 0, definition->label.text,
                         timed ? "weeks" : "") == NULL)
        return -1;
    return timed && table_add_column(table, definition->columns[1], COLUMN_INT8, 0, definition->label.text, "") == NULL
               ? -1
               : 0;
}

/* Definitions that work on a word alike are put together, in the order of their first one. */
static void group(struct job *job, const struct definition *const *definitions, size_t *place)
{
    size_t n = 0;

    for (size_t first = 0; first < job->n; first++) {
        bool starts = true;
        for (size_t i = 0; i < first && starts; i++)
            starts = !definition_same_work(definitions[i], definitions[first]);
        for (size_t i = first; starts && i < job->n; i++)
            if (definition_same_work(definitions[first], definitions[i])) {
                job->works[n] = i == first;
                place[n] = i;
                job->definitions[n++] = definitions[i];
            }
    }
}

static bool allocate_job(struct job *job, size_t **place)
{
    job->definitions = allocate(job->n, sizeof(const struct definition *));
    job->works = allocate(job->n, sizeof *job->works);
    job->values = allocate(job->n, sizeof *job->values);
    job->events = allocate(job->n, sizeof *job->events);
    job->n_judged = allocate(job->n_chunks * job->n, sizeof *job->n_judged);
    *place = allocate(job->n, sizeof **place);
    return job->definitions != NULL && job->works != NULL && job->values != NULL && job->events != NULL &&
           job->n_judged != NULL && *place != NULL;
}

int word_table_add(struct table *table, const struct column *words, const struct definition *const *definitions,
                   size_t n, int n_threads, size_t *n_judged)
{
    struct job job = {.words = words, .n_words = table->n_rows, .n = n,
                      .n_chunks = (table->n_rows + CHUNK_WORDS - 1) / CHUNK_WORDS};
    size_t *place = NULL;
    int status = allocate_job(&job, &place) ? 0 : -1;

    for (size_t i = 0; status == 0 && i < n; i++)
        status = add_columns(table, definitions[i]);
    if (status == 0) {
        group(&job, definitions, place);
        for (size_t i = 0; i < n; i++) { /* only now: adding a column moves the others */
            job.values[i] = table_column(table, job.definitions[i]->columns[0]);
            if (job.definitions[i]->n_columns == 2)
                job.events[i] = table_column(table, job.definitions[i]->columns[1]);
            n_judged[i] = 0;
        }
        status = threads_run(job.n_chunks, n_threads, work_chunk, &job);
        for (size_t k = 0; k < job.n_chunks * n; k++)
            n_judged[place[k % n]] += job.n_judged[k];
    }
    free(place);
    free(job.n_judged);
    free(job.events);
    free(job.values);
    free(job.works);
    free(job.definitions);
    return status;
}
