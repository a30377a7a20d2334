/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * link.h - groups of persons that were linked (link_group.h), put together; and all stays of a source at once.
 *
 * The tables (tables.h) depend on the records alone: not on the order of the rows (column `record` aside), on the number of
 * threads, on the groups, nor on the rank that linked them.
 */
#ifndef EPISODES_LINK_H
#define EPISODES_LINK_H

#include "base/table.h"
#include "episodes/link_group.h"

/** All groups of this rank, in the order of their parts; those of the ranks before come first. */
struct link_groups {
    size_t n;
    struct link_group *groups;       /* [n] */
    struct table *left_out;          /* the last rows of table `stays`: of the last rank, elsewhere empty */
    struct table *paths, *flow, *fates;
    int64_t n_records, n_people, n_episodes; /* of all ranks, as what follows */
    int64_t counts[N_FATES], people_left_out[N_FATES];
};

/**
 * Numbers persons, episodes and paths through all groups of all ranks and makes the tables that are of all; collective.
 * Columns of `episodes` get the types that its values ask for, the same in all groups.  -1 after telling.
 */
int link_groups_join(const struct study *study, int n_threads, struct link_groups *all);
void link_groups_free(struct link_groups *all);

struct linked {
    struct table *stays, *episodes, *paths, *flow, *fates; /* tables.h */
    int64_t n_people;
    int64_t counts[N_FATES];
    int64_t people_left_out[N_FATES];
};

/** All records at once: arguments as link_group().  *linked is to be freed in any case; -1 after telling. */
int link_stays(const struct study *study, const struct table *records, const uint8_t *transfer, int n_threads,
               struct linked *linked);
void linked_free(struct linked *linked);

/** The records of stays that have duplicates and of those duplicates, ascending; n of them.  NULL after telling. */
size_t *link_duplicates(const struct table *stays, size_t *n);

/**
 * Which of several duplicates stands for them all must not depend on the order of the rows: the one whose record is
 * smallest in all columns, in their order.  columns: all of the source, with the n rows that link_duplicates() names.
 * Changes only column `record` of stays.
 */
void link_settle_duplicates(struct table *stays, const struct column *const *columns, size_t n_columns,
                            const size_t *rows, size_t n);

/** Columns of the source that linking reads: NULL-terminated, names_free (base/names.h); NULL after telling. */
char **link_columns(const struct study *study, const struct table *schema);

#endif
