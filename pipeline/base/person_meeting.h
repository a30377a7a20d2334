/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * person_meeting.h - what other ranks know of a person, found without any rank holding all persons: the keys of what is known and
 * of what is asked meet at the rank that their hash names (person_index.h).
 *
 * All functions are collective (base/ranks.h).
 */
#ifndef BASE_PERSON_MEETING_H
#define BASE_PERSON_MEETING_H

#include <stddef.h>
#include <stdint.h>

#include "base/person_index.h"

struct person_meeting;

/** Answers that are none. */
enum { MEETING_NOWHERE = -1, MEETING_SEVERAL = -2 };

/**
 * Row i of n has the value value[i] >= 0; below 0: it says nothing.  Nor does a row without a key.  The columns are copied.
 * NULL after telling.  O(rows that meet here).
 */
struct person_meeting *person_meeting_make(const struct person_keys *keys, const int64_t *value, size_t n);
void person_meeting_free(struct person_meeting *meeting); /* not collective; NULL is fine */

/**
 * found[i], i < n: the value of the key in row i of any table; MEETING_NOWHERE: nobody gave one, or there is no key;
 * MEETING_SEVERAL: values that differ were given.  asks[i] 0: not asked, found[i] is left alone; asks NULL: all are.
 * -1 after telling.
 */
int person_meeting_ask(const struct person_meeting *meeting, const struct person_keys *keys, const uint8_t *asks, size_t n,
                       int64_t *found);

#endif
