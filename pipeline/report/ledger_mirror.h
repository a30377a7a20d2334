/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * ledger_mirror.h - what earlier releases hid is protected together with what this one shows.
 *
 * A release has relations of its own: what it hid lies between bounds that follow from what it showed.  A later release of
 * nearly the same people narrows them.  So the relations of this release are made once more with the counts of each earlier
 * one, its hidden counts unknown, and every count is linked to its earlier value by what has changed.
 *
 * A relation of an earlier release is known only where this one has the same; a count without an earlier value is taken as
 * nobody when it has no cell, else the relation is left out.  Where several counts share a name (events by day 180 of one
 * measure and of another) the one of the same value is meant, and without one the relation is left out.
 */
#ifndef REPORT_LEDGER_MIRROR_H
#define REPORT_LEDGER_MIRROR_H

#include "report/count_system.h"
#include "report/pool.h"

/** A count of an earlier release. */
struct ledger_entry {
    const char *key;
    int64_t value;
    bool shown;
    bool is_own;  /* of this study and these sources: nothing new when it comes again */
    size_t group; /* which release it is of */
};

/** The first entry of a key; entries are sorted by key, then by value.  n when all come before it. */
size_t ledger_entry_find(const struct ledger_entry *entries, size_t n, const char *key);

/**
 * Adds the earlier releases to the system.  first: [n_counts] ledger_entry_find of each count's lasting name.  Out of memory is
 * remembered by system and pool.
 */
void ledger_mirror(struct count_system *system, const struct ledger_entry *entries, size_t n, const size_t *first,
                   size_t n_groups, struct pool *pool);

#endif
