/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/displacement_graph.h"

#include <stdlib.h>

#include "base/memory.h"

static void index_links(struct displacement_graph *graph)
{
    const struct count_system *const system = graph->system;
    size_t *const first = graph->first;

    /* first[c + 2] counts, then first[c + 1] is where the next link of c goes, and in the end where those of c + 1 begin. */
    for (size_t t = 0; t < system->n_terms; t++)
        first[system->terms[t].count + 2]++;
    for (size_t c = 2; c <= system->n_counts + 1; c++)
        first[c] += first[c - 1];
    for (size_t r = 0; r < system->n_relations; r++)
        for (size_t k = system->relations[r].first; k < system->relations[r].first + system->relations[r].n; k++) {
            const struct term *const term = &system->terms[k];

            graph->links[first[term->count + 1]++] = (struct link){r, term->coefficient};
        }
    for (size_t c = 0; c < system->n_counts; c++)
        for (size_t k = first[c]; k < first[c + 1]; k++)
            if (llabs(graph->links[k].coefficient) != 1 || (k > first[c] && graph->links[k].relation == graph->links[k - 1].relation))
                graph->is_stiff[c] = true;
}

static void index_ends(struct displacement_graph *graph)
{
    const struct count_system *const system = graph->system;
    size_t n = 0;

    for (size_t r = 0; r < system->n_relations; r++) {
        graph->ends_of[r].first = n;
        for (size_t k = system->relations[r].first; k < system->relations[r].first + system->relations[r].n; k++) {
            const size_t count = system->terms[k].count;

            if (graph_n_links(graph, count) == 1 && !graph->is_stiff[count])
                graph->ends[n++] = (struct end){count, (int)system->terms[k].coefficient};
        }
        graph->ends_of[r].n = (uint32_t)(n - graph->ends_of[r].first);
    }
}

static bool may_be_mate(const struct displacement_graph *graph, size_t count)
{
    return !graph->is_stiff[count] && graph->mate[count] == NO_COUNT;
}

static void index_mates(struct displacement_graph *graph)
{
    const struct count_system *const system = graph->system;

    for (size_t i = 0; i < system->n_counts; i++)
        graph->mate[i] = NO_COUNT;
    for (size_t r = 0; r < system->n_relations; r++) {
        const struct term *const terms = &system->terms[system->relations[r].first];
        const size_t one = terms[0].count, other = terms[1].count;

        if (system->relations[r].n > TIE_MAX || terms[0].coefficient + terms[1].coefficient != 0 || one == other ||
            !may_be_mate(graph, one) || !may_be_mate(graph, other))
            continue;
        graph->mate[one] = other;
        graph->mate[other] = one;
        graph->tie[one] = graph->tie[other] = r;
    }
}

/* Keeps those of the candidates in which a count stands; how many are left. */
static size_t keep_common(const struct displacement_graph *graph, size_t count, size_t *candidates, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (graph_coefficient(graph, count, candidates[i]) != 0)
            candidates[kept++] = candidates[i];
    return kept;
}

/* Judged by its first two counts that have mates: a row shares no more than one count with a column. */
static size_t find_twin(const struct displacement_graph *graph, size_t relation)
{
    const struct count_system *const system = graph->system;
    const struct relation *const about = &system->relations[relation];
    size_t candidates[LINKS_MAX], n = 0, n_mates = 0;

    for (size_t t = about->first; t < about->first + about->n && n_mates < 2; t++) {
        const size_t count = system->terms[t].count, mate = graph->mate[count];

        if (mate == NO_COUNT || graph->tie[count] == relation || graph_n_links(graph, mate) > LINKS_MAX)
            continue;
        if (n_mates++ > 0) {
            n = keep_common(graph, mate, candidates, n);
            continue;
        }
        for (size_t k = graph->first[mate]; k < graph->first[mate + 1]; k++)
            if (graph->links[k].relation != graph->tie[count])
                candidates[n++] = graph->links[k].relation;
    }
    return n_mates == 2 && n > 0 ? candidates[0] : NO_RELATION;
}

int displacement_graph_make(struct displacement_graph *graph, const struct count_system *system)
{
    const size_t n = system->n_counts + 1, n_relations = system->n_relations + 1;

    *graph = (struct displacement_graph){.system = system};
    graph->first = allocate(n + 2, sizeof *graph->first);
    graph->links = allocate(system->n_terms + 1, sizeof *graph->links);
    graph->is_stiff = allocate(n, sizeof *graph->is_stiff);
    graph->ends_of = allocate(n_relations, sizeof *graph->ends_of);
    graph->ends = allocate(n, sizeof *graph->ends);
    graph->mate = allocate(n, sizeof *graph->mate);
    graph->tie = allocate(n, sizeof *graph->tie);
    graph->twin = allocate(n_relations, sizeof *graph->twin);
    if (graph->first == NULL || graph->links == NULL || graph->is_stiff == NULL || graph->ends_of == NULL ||
        graph->ends == NULL || graph->mate == NULL || graph->tie == NULL || graph->twin == NULL)
        return -1;
    index_links(graph);
    index_ends(graph);
    index_mates(graph);
    for (size_t r = 0; r < system->n_relations; r++)
        graph->twin[r] = find_twin(graph, r);
    return 0;
}

void displacement_graph_free(struct displacement_graph *graph)
{
    free(graph->first);
    free(graph->links);
    free(graph->is_stiff);
    free(graph->ends_of);
    free(graph->ends);
    free(graph->mate);
    free(graph->tie);
    free(graph->twin);
}
