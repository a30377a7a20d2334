/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * count_index.h - in which relations a count stands: count_system.h, read the other way.
 */
#ifndef REPORT_COUNT_INDEX_H
#define REPORT_COUNT_INDEX_H

#include <stddef.h>

#include "report/count_system.h"

/** Those of count c are relations[first[c]] .. relations[first[c + 1] - 1], ascending; twice where it stands twice. */
struct count_index {
    size_t *first;     /* [n_counts + 1] */
    size_t *relations; /* [n_terms] */
};

/** Of a system whose relations stay as they are.  -1 after telling; count_index_free in any case. */
int count_index_make(struct count_index *index, const struct count_system *system);
void count_index_free(struct count_index *index);

#endif
