/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * people.h - sources that already have one row a person (or one counted row for many).
 *
 * Such a source needs no linking, but its promise is checked: with a person key nobody may stand on two
 * rows.  Rows of one person contradict each other, and no rule says which is right, so none of them is kept.
 *
 * Table `stays`: one row a record, in the order of the records.
 *     record    row of the source table in records.h5, from 0
 *     fate      what became of the record: "kept", "person on several rows"
 */
#ifndef EPISODES_PEOPLE_H
#define EPISODES_PEOPLE_H

#include "base/table.h"

enum person_fate { PERSON_KEPT, PERSON_SEVERAL_ROWS };

/**
 * records  the source table
 * persons  [n_persons] the columns that together tell persons apart; 0: every row is a person of its own
 *
 * A missing key is a person of its own as well: nothing says who it is.
 * NULL after telling.  O(n log n).
 */
struct table *people_stays(const struct table *records, const struct column *const *persons, size_t n_persons);

#endif
