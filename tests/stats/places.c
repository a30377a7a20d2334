/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/stats/places.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

struct places {
    size_t n;
    pthread_barrier_t barrier;
    const void *given[PLACES_MAX];
    const size_t *first[PLACES_MAX];
    size_t n_given[PLACES_MAX];
    void (*work)(void *context, size_t place, const struct reducer *reducer);
    void *context;
};

struct place {
    struct places *all;
    size_t number, n_messages;
};

static void meet(struct place *place)
{
    pthread_barrier_wait(&place->all->barrier);
}

static void show(struct place *place, const void *values, size_t n)
{
    place->n_messages++;
    place->all->given[place->number] = values;
    place->all->n_given[place->number] = n;
    meet(place);
}

static void sum(void *context, int64_t *values, size_t n)
{
    struct place *const place = context;
    int64_t *const total = calloc(n, sizeof *total);
    show(place, values, n);
    for (size_t k = 0; k < place->all->n; k++)
        for (size_t i = 0; i < n; i++)
            total[i] += ((const int64_t *)place->all->given[k])[i];
    meet(place);
    memcpy(values, total, n * sizeof *values);
    free(total);
}

static void largest(void *context, double *values, size_t n)
{
    struct place *const place = context;
    double *const most = malloc(n * sizeof *most);
    show(place, values, n);
    memcpy(most, values, n * sizeof *most);
    for (size_t k = 0; k < place->all->n; k++)
        for (size_t i = 0; i < n; i++)
            most[i] = ((const double *)place->all->given[k])[i] > most[i] ? ((const double *)place->all->given[k])[i] : most[i];
    meet(place);
    memcpy(values, most, n * sizeof *values);
    free(most);
}

static void sum_and_largest(void *context, int64_t *sums, size_t n_sums, double *of, size_t n_largest)
{
    struct place *const place = context;
    sum(context, sums, n_sums);
    largest(context, of, n_largest);
    place->n_messages--; /* the two are one */
}

static int collect(void *context, const void *bytes, size_t n, struct reducer_bytes *all)
{
    struct place *const place = context;
    show(place, bytes, n);
    *all = (struct reducer_bytes){0};
    for (size_t k = 0; k < place->all->n; k++)
        all->n += place->all->n_given[k];
    all->bytes = malloc(all->n + 1);
    for (size_t k = 0, at = 0; k < place->all->n; at += place->all->n_given[k++])
        if (place->all->n_given[k] > 0)
            memcpy(all->bytes + at, place->all->given[k], place->all->n_given[k]);
    meet(place);
    return GSL_SUCCESS;
}

static int exchange(void *context, const void *bytes, const size_t *first, struct reducer_bytes *from)
{
    struct place *const place = context;
    const size_t own = place->number;
    place->all->first[own] = first;
    show(place, bytes, 0);
    *from = (struct reducer_bytes){0};
    for (size_t k = 0; k < place->all->n; k++)
        from->n += place->all->first[k][own + 1] - place->all->first[k][own];
    from->bytes = malloc(from->n + 1);
    for (size_t k = 0, at = 0; k < place->all->n; k++) {
        const size_t begin = place->all->first[k][own], n = place->all->first[k][own + 1] - begin;
        memcpy(from->bytes + at, (const char *)place->all->given[k] + begin, n);
        at += n;
    }
    meet(place);
    return GSL_SUCCESS;
}

size_t places_keep(const struct places_column *columns, size_t n, const uint8_t *where, size_t place)
{
    size_t n_kept = 0;

    for (size_t i = 0; i < n; i++) {
        if (where[i] != place)
            continue;
        for (const struct places_column *c = columns; c->values != NULL; c++)
            memmove((char *)c->values + n_kept * c->size, (char *)c->values + i * c->size, c->size);
        n_kept++;
    }
    return n_kept;
}

size_t places_n_messages(const struct reducer *reducer)
{
    return ((const struct place *)reducer->context)->n_messages;
}

static void *run_place(void *context)
{
    struct place *const place = context;
    const struct reducer reducer = {.n_places = place->all->n, .place = place->number, .context = place, .sum = sum,
                                    .largest = largest, .sum_and_largest = sum_and_largest, .collect = collect,
                                    .exchange = exchange};
    place->all->work(place->all->context, place->number, &reducer);
    return NULL;
}

void places_run(size_t n_places, void (*work)(void *context, size_t place, const struct reducer *reducer), void *context)
{
    struct places places = {.n = n_places, .work = work, .context = context};
    struct place place[PLACES_MAX];
    pthread_t thread[PLACES_MAX];
    pthread_barrier_init(&places.barrier, NULL, (unsigned)n_places);
    for (size_t k = 0; k < n_places; k++) {
        place[k] = (struct place){&places, k, 0};
        pthread_create(&thread[k], NULL, run_place, &place[k]);
    }
    for (size_t k = 0; k < n_places; k++)
        pthread_join(thread[k], NULL);
    pthread_barrier_destroy(&places.barrier);
}
