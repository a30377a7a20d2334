/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/clusters.h"

#include <stdbool.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>

/* Names from .. to, both with. */
struct range {
    int64_t from, to;
};

static int by_begin(const void *a, const void *b)
{
    const struct range *const x = a, *const y = b;

    return (x->from > y->from) - (x->from < y->from);
}

/* The ranges of places become those in which two or more of them overlap, ascending and apart; returns how many. */
static size_t overlap(struct range *ranges, size_t n)
{
    int64_t reached = 0;
    size_t n_over = 0;

    if (n == 0)
        return 0;
    qsort(ranges, n, sizeof *ranges, by_begin);
    reached = ranges[0].to;
    for (size_t k = 1; k < n; k++) {
        const struct range next = ranges[k], over = {next.from, next.to < reached ? next.to : reached};

        reached = next.to > reached ? next.to : reached;
        if (over.from > over.to)
            continue;
        if (n_over > 0 && over.from <= ranges[n_over - 1].to)
            ranges[n_over - 1].to = over.to > ranges[n_over - 1].to ? over.to : ranges[n_over - 1].to;
        else
            ranges[n_over++] = over; /* no more of them than ranges that were read */
    }
    return n_over;
}

static struct range range_of(const int32_t *name, size_t n)
{
    struct range range = {n > 0 ? name[0] : 0, n > 0 ? name[0] : -1};

    for (size_t i = 1; i < n; i++) {
        range.from = name[i] < range.from ? name[i] : range.from;
        range.to = name[i] > range.to ? name[i] : range.to;
    }
    return range;
}

/* Where names of several places overlap.  GSL_ENOMEM. */
static int find_overlaps(const struct range *here, const struct reducer *reducer, struct reducer_bytes *bytes, struct range **over,
                         size_t *n_over)
{
    *n_over = 0;
    if (reducer == NULL)
        return GSL_SUCCESS;
    const int status = reducer->collect(reducer->context, here, here->to >= here->from ? sizeof *here : 0, bytes);
    if (status != GSL_SUCCESS)
        return status;
    *over = (struct range *)(void *)bytes->bytes;
    *n_over = overlap(*over, bytes->n / sizeof **over);
    return GSL_SUCCESS;
}

static size_t width_of(const struct range *over, size_t n_over)
{
    size_t width = 0;

    for (size_t k = 0; k < n_over; k++)
        width += (size_t)(over[k].to - over[k].from + 1);
    return width;
}

/* What numbers are made of: of the names here, 1 where it has a row, then its number and 1; and the same of those that overlap. */
struct numbering {
    struct range here;
    int32_t *number;      /* [names here] */
    const struct range *over;
    size_t n_over, width;
    int64_t *present;     /* [width] rows anywhere */
    int32_t *names;       /* or NULL */
};

/* Numbers of those that have a row anywhere; where they have none here, the names stay without. */
static size_t number_shared(struct numbering *m, const struct reducer *reducer)
{
    size_t at = 0, n = 0;

    for (size_t k = 0; k < m->n_over; k++)
        for (int64_t name = m->over[k].from; name <= m->over[k].to; name++, at++)
            m->present[at] = name >= m->here.from && name <= m->here.to && m->number[name - m->here.from] > 0;
    reducer_sum(reducer, m->present, m->width);
    at = 0;
    for (size_t k = 0; k < m->n_over; k++)
        for (int64_t name = m->over[k].from; name <= m->over[k].to; name++, at++) {
            if (m->present[at] == 0)
                continue;
            if (m->names != NULL)
                m->names[n] = (int32_t)name;
            n++;
            if (name >= m->here.from && name <= m->here.to && m->number[name - m->here.from] > 0)
                m->number[name - m->here.from] = (int32_t)n;
        }
    return n;
}

static size_t number_own(struct numbering *m, size_t n)
{
    size_t k = 0;

    for (int64_t name = m->here.from; name <= m->here.to; name++) {
        while (k < m->n_over && m->over[k].to < name)
            k++;
        if (m->number[name - m->here.from] == 0 || (k < m->n_over && name >= m->over[k].from))
            continue;
        if (m->names != NULL)
            m->names[n] = (int32_t)name;
        m->number[name - m->here.from] = (int32_t)++n;
    }
    return n;
}

static size_t count_names(const struct numbering *m)
{
    size_t n = m->width;

    for (int64_t name = m->here.from; name <= m->here.to; name++)
        n += m->number[name - m->here.from] > 0;
    return n;
}

static int numbering_make(const int32_t *name, size_t n_rows, bool names, struct numbering *m)
{
    m->number = calloc((size_t)(m->here.to - m->here.from + 2), sizeof *m->number);
    m->width = width_of(m->over, m->n_over);
    m->present = malloc((m->width + 1) * sizeof *m->present);
    if (m->number == NULL || m->present == NULL)
        return GSL_ENOMEM;
    for (size_t i = 0; i < n_rows; i++)
        m->number[name[i] - m->here.from] = 1;
    if (names && (m->names = malloc((count_names(m) + 1) * sizeof *m->names)) == NULL)
        return GSL_ENOMEM;
    return GSL_SUCCESS;
}

int clusters_find(const int32_t *name, size_t n_rows, const struct reducer *reducer, int32_t *of, struct clusters *clusters,
                  int32_t **names)
{
    struct numbering m = {.here = range_of(name, n_rows)};
    struct reducer_bytes bytes = {0};
    struct range *over = NULL;
    int status = find_overlaps(&m.here, reducer, &bytes, &over, &m.n_over);

    m.over = over;
    if (status == GSL_SUCCESS)
        status = numbering_make(name, n_rows, names != NULL, &m);
    status = reducer_status(reducer, status);
    *clusters = (struct clusters){.of = of};
    if (status == GSL_SUCCESS) {
        clusters->n_shared = number_shared(&m, reducer);
        clusters->n = number_own(&m, clusters->n_shared);
        for (size_t i = 0; i < n_rows; i++)
            of[i] = m.number[name[i] - m.here.from] - 1;
    }
    if (names != NULL && status == GSL_SUCCESS)
        *names = m.names;
    else
        free(m.names);
    free(m.present);
    free(m.number);
    free(bytes.bytes);
    return status;
}

int clusters_count(const struct clusters *clusters, size_t n_rows, const struct reducer *reducer, int64_t *n)
{
    const size_t n_shared = reducer != NULL ? clusters->n_shared : 0;
    uint8_t *const present = calloc(clusters->n + 1, sizeof *present);
    int64_t *const counts = malloc((n_shared + 1) * sizeof *counts), *const own = counts;
    const int status = reducer_status(reducer, present == NULL || counts == NULL ? GSL_ENOMEM : GSL_SUCCESS);

    *n = 0;
    if (status == GSL_SUCCESS) {
        for (size_t i = 0; i < n_rows; i++)
            present[clusters->of[i]] = 1;
        *own = 0;
        for (size_t g = n_shared; g < clusters->n; g++)
            *own += present[g];
        for (size_t g = 0; g < n_shared; g++)
            counts[g + 1] = present[g];
        reducer_sum(reducer, counts, n_shared + 1);
        *n = *own;
        for (size_t g = 0; g < n_shared; g++)
            *n += counts[g + 1] > 0;
    }
    free(counts);
    free(present);
    return status;
}
