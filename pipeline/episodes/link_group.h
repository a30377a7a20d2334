/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * link_group.h - some persons with all their stays to episodes, part by part over threads.
 *
 * A group is all persons whose key falls into some of the PERSON_PARTS parts (person_words.h), or everybody.  What is made of
 * a group depends on no other one: groups may be linked one after the other, or by different ranks.  Persons, episodes
 * and paths are numbered from 0; link.h puts groups together.
 */
#ifndef EPISODES_LINK_GROUP_H
#define EPISODES_LINK_GROUP_H

#include "base/table.h"
#include "episodes/fates.h"
#include "episodes/moves.h"
#include "episodes/path_set.h"
#include "episodes/stay.h"
#include "study/study.h"

struct link_group {
    struct table *stays, *episodes; /* tables.h; of stays those that can be placed */
    struct path_set paths;          /* as column `path` numbers them */
    struct moves moves;
    struct stay *left_out;          /* [n_left_out] records that are no stays, by number in the source */
    size_t n_left_out;
    int64_t n_people;
    int64_t counts[N_FATES];          /* records */
    int64_t people_left_out[N_FATES]; /* persons, of FATE_CONTRADICTION and FATE_OVERLAP_LONG */
};

/**
 * records   the columns of link_columns()
 * number    [records] row of the source; NULL: they are all of them, in its order
 * transfer  truth (expression.h) of the source's `transfer` condition by record; NULL: there is none
 *
 * Records are the sum of their fates, which is checked here.  *group is to be freed in any case; -1 after telling.
 * O(n log of the stays of a person); about 130 bytes a record.
 */
int link_group(const struct study *study, const struct table *records, const int32_t *number, const uint8_t *transfer,
               int n_threads, struct link_group *group);
void link_group_free(struct link_group *group);

#endif
