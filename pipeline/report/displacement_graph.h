/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * displacement_graph.h - counts and relations as a graph in which differences travel: the index of displacement.h.
 *
 *     end     a count that stands in one relation alone: what the relation misses may end in it
 *     mate    of a relation of two or three counts, "all = those who count + those who do not", the first two of opposite
 *             signs: they can move together without breaking it
 *     twin    of a relation the one in which the mates of its counts stand: all by period, those who count by period
 *     stiff   a count with a coefficient other than 1 and -1, or twice in a relation: it is never moved
 */
#ifndef REPORT_DISPLACEMENT_GRAPH_H
#define REPORT_DISPLACEMENT_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/count_system.h"

#define NO_RELATION SIZE_MAX

/** Relations of so few counts tie them; counts of more relations are not passed on a path. */
enum { TIE_MAX = 3, LINKS_MAX = 8 };

/** A count stands in a relation. */
struct link {
    size_t relation;
    int64_t coefficient;
};

/** An end of a relation, and its coefficient there. */
struct end {
    size_t count;
    int coefficient;
};

/** The ends of a relation are ends[first .. first + n - 1]. */
struct ends {
    size_t first;
    uint32_t n;
};

struct displacement_graph {
    const struct count_system *system;
    size_t *first;      /* [n_counts + 1] of its links */
    struct link *links; /* [n_terms] count by count */
    bool *is_stiff;     /* [n_counts] */
    struct ends *ends_of; /* [n_relations] */
    struct end *ends;   /* [n_counts] relation by relation */
    size_t *mate;       /* [n_counts] or NO_COUNT */
    size_t *tie;        /* [n_counts] the relation that ties it to its mate */
    size_t *twin;       /* [n_relations] or NO_RELATION */
};

/** Relations stay as they are while the graph lives.  -1 after telling; free in any case. */
int displacement_graph_make(struct displacement_graph *graph, const struct count_system *system);
void displacement_graph_free(struct displacement_graph *graph);

/** In how many relations does it stand? */
static inline size_t graph_n_links(const struct displacement_graph *graph, size_t count)
{
    return graph->first[count + 1] - graph->first[count];
}

/** The coefficient of a count in a relation; 0: it does not stand there. */
static inline int graph_coefficient(const struct displacement_graph *graph, size_t count, size_t relation)
{
    for (size_t k = graph->first[count]; k < graph->first[count + 1]; k++)
        if (graph->links[k].relation == relation)
            return (int)graph->links[k].coefficient;
    return 0;
}

#endif
