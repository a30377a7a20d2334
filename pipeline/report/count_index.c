/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/count_index.h"

#include <stdlib.h>

#include "base/memory.h"

int count_index_make(struct count_index *index, const struct count_system *system)
{
    index->first = allocate(system->n_counts + 2, sizeof *index->first);
    index->relations = allocate(system->n_terms + 1, sizeof *index->relations);
    if (index->first == NULL || index->relations == NULL)
        return -1;
    /* first[c + 2] counts, then first[c + 1] is where the next relation of c goes, and in the end where those of c + 1 begin. */
    for (size_t t = 0; t < system->n_terms; t++)
        if (system->terms[t].count + 2 <= system->n_counts)
            index->first[system->terms[t].count + 2]++;
    for (size_t c = 2; c <= system->n_counts; c++)
        index->first[c] += index->first[c - 1];
    for (size_t r = 0; r < system->n_relations; r++)
        for (size_t k = system->relations[r].first; k < system->relations[r].first + system->relations[r].n; k++)
            index->relations[index->first[system->terms[k].count + 1]++] = r;
    return 0;
}

void count_index_free(struct count_index *index)
{
    free(index->first);
    free(index->relations);
}
