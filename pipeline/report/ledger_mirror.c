/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/ledger_mirror.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

size_t ledger_entry_find(const struct ledger_entry *entries, size_t n, const char *key)
{
    size_t low = 0, high = n;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (strcmp(entries[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Entries of earlier releases, and where those of each count begin: looked up once. */
struct ledger_index {
    const struct ledger_entry *entries;
    size_t n;
    const size_t *first; /* [counts of this release] */
};

/* The entry of a count in an earlier release: of the same value when there is one, else the only one; n: none, or several. */
static size_t entry_of(const struct ledger_index *index, const struct count_system *system, size_t count, size_t group)
{
    const struct ledger_entry *const entries = index->entries;
    const char *const name = system->counts[count].lasting;
    const size_t n = index->n;
    size_t only = n, n_found = 0;

    for (size_t e = index->first[count]; e < n && strcmp(entries[e].key, name) == 0; e++) {
        if (entries[e].group != group)
            continue;
        if (entries[e].value == system->counts[count].value)
            return e;
        only = e;
        n_found++;
    }
    return n_found == 1 ? only : n;
}

/* The count itself where its value is the same; else one of its own, linked by what has changed. */
static size_t earlier_count(struct count_system *system, size_t count, const struct ledger_entry *entry, struct pool *pool)
{
    const int64_t now = system->counts[count].value, difference = llabs(now - entry->value);
    const size_t n_before = system->n_counts;

    if (difference == 0)
        return count;
    const char *const key = pool_format(pool, "earlier|%zu|%s", entry->group, entry->key);
    const size_t earlier = count_add(system, key, entry->value, entry->shown ? COST_DETAIL : COST_NONE);
    if (earlier == NO_COUNT || system->n_counts == n_before)
        return earlier;
    system->counts[earlier].known_before = entry->shown;
    /* With a step that held 19 and holds 11 at least, no change could be 11: every update would be refused (release.md). */
    system->counts[count].at_least = 0;
    relation_start(system);
    relation_term(system, now > entry->value ? count : earlier, 1);
    relation_term(system, now > entry->value ? earlier : count, -1);
    relation_term(system, count_add(system, pool_format(pool, "changed|%s", key), difference, COST_NONE), -1);
    relation_end(system);
    return earlier;
}

/* One relation, with the counts of an earlier release. */
static void mirror(struct count_system *system, size_t relation, const struct ledger_index *index, size_t group, struct pool *pool)
{
    const struct relation about = system->relations[relation];
    bool is_news = false;

    for (size_t k = 0; k < about.n; k++) {
        const size_t count = system->terms[about.first + k].count, entry = entry_of(index, system, count, group);

        if (entry == index->n && system->counts[count].cost != COST_NONE)
            return;
        is_news = is_news || entry == index->n || index->entries[entry].value != system->counts[count].value;
    }
    if (!is_news)
        return;
    /* The counts first: adding one adds a relation of its own. */
    for (int pass = 0; pass < 2; pass++) {
        if (pass == 1)
            relation_start(system);
        for (size_t k = 0; k < about.n; k++) {
            const struct term term = system->terms[about.first + k];
            const size_t entry = entry_of(index, system, term.count, group);

            if (entry == index->n)
                continue;
            const size_t earlier = earlier_count(system, term.count, &index->entries[entry], pool);
            if (pass == 1)
                relation_term(system, earlier, term.coefficient);
        }
    }
    relation_end(system);
}

void ledger_mirror(struct count_system *system, const struct ledger_entry *entries, size_t n, const size_t *first,
                   size_t n_groups, struct pool *pool)
{
    const struct ledger_index index = {entries, n, first};
    const size_t n_counts = system->n_counts, n_relations = system->n_relations; /* others are added behind them */

    for (size_t group = 0; group < n_groups && !system->failed; group++) {
        for (size_t i = 0; i < n_counts && !system->failed; i++) {
            const char *const key = system->counts[i].lasting;
            const size_t entry = entry_of(&index, system, i, group);

            if (entry < n && system->counts[i].cost != COST_NONE)
                earlier_count(system, i, &entries[entry], pool);
            /* What was shown under the name is known, whichever of several counts it was. */
            for (size_t e = first[i]; e < n && strcmp(entries[e].key, key) == 0; e++)
                if (entries[e].group == group && entries[e].shown)
                    earlier_count(system, i, &entries[e], pool);
        }
        for (size_t r = 0; r < n_relations && !system->failed; r++)
            mirror(system, r, &index, group, pool);
    }
}
