/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/count_system.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "report/release_table.h"

struct count_system *count_system_alloc(int64_t threshold, int64_t round_to)
{
    struct count_system *system = allocate(1, sizeof *system);

    if (system == NULL)
        return NULL;
    system->threshold = threshold;
    system->round_to = round_to;
    system->n_slots = 1024;
    system->slots = allocate(system->n_slots, sizeof *system->slots);
    if (system->slots == NULL) {
        free(system);
        return NULL;
    }
    return system;
}

void count_system_free(struct count_system *system)
{
    if (system == NULL)
        return;
    for (size_t i = 0; i < system->n_counts; i++)
        free((char *)system->counts[i].key);
    free(system->counts);
    free(system->relations);
    free(system->terms);
    free(system->slots);
    free(system);
}

/* Room for one more of something; false when there is none. */
static bool grow(struct count_system *system, void **items, size_t n, size_t *capacity, size_t size)
{
    void *larger;

    if (n < *capacity)
        return true;
    larger = reallocate(*items, 2 * *capacity + 64, size);
    if (larger == NULL) {
        system->failed = true;
        return false;
    }
    *items = larger;
    *capacity = 2 * *capacity + 64;
    return true;
}

static size_t hash_of(const char *key, int64_t value)
{
    return (size_t)hash_word(hash_bytes(7, key, strlen(key)), (uint64_t)value);
}

/* The slot of a count, or the empty one where it belongs; slots hold index + 1. */
static size_t find_slot(const struct count_system *system, const char *key, int64_t value)
{
    size_t slot = hash_of(key, value) & (system->n_slots - 1);

    while (system->slots[slot] != 0) {
        const struct count *count = &system->counts[system->slots[slot] - 1];

        if (count->value == value && strcmp(count->key, key) == 0)
            break;
        slot = (slot + 1) & (system->n_slots - 1);
    }
    return slot;
}

static bool rehash(struct count_system *system)
{
    size_t *slots = allocate(2 * system->n_slots, sizeof *slots);

    if (slots == NULL) {
        system->failed = true;
        return false;
    }
    free(system->slots);
    system->slots = slots;
    system->n_slots *= 2;
    for (size_t i = 0; i < system->n_counts; i++)
        system->slots[find_slot(system, system->counts[i].key, system->counts[i].value)] = i + 1;
    return true;
}

size_t count_find(const struct count_system *system, const char *key, int64_t value)
{
    const size_t slot = find_slot(system, key, value);

    return system->slots[slot] == 0 ? NO_COUNT : system->slots[slot] - 1;
}

static size_t add_new(struct count_system *system, const char *key, int64_t value)
{
    char *copy;

    if (2 * system->n_counts >= system->n_slots && !rehash(system))
        return NO_COUNT;
    if (!grow(system, (void **)&system->counts, system->n_counts, &system->counts_capacity, sizeof *system->counts))
        return NO_COUNT;
    if ((copy = copy_text(key)) == NULL) {
        system->failed = true;
        return NO_COUNT;
    }
    system->slots[find_slot(system, key, value)] = system->n_counts + 1;
    system->counts[system->n_counts] =
        (struct count){.key = copy, .lasting = copy, .value = value, .is_small = count_is_small(system, value)};
    return system->n_counts++;
}

size_t count_add(struct count_system *system, const char *key, int64_t value, int cost)
{
    size_t found;

    if (system->failed || value == MISSING_INTEGER || value < 0)
        return NO_COUNT;
    found = count_find(system, key, value);
    if (found == NO_COUNT && (found = add_new(system, key, value)) == NO_COUNT)
        return NO_COUNT;
    if (cost > system->counts[found].cost)
        system->counts[found].cost = cost;
    return found;
}

void count_last_as(struct count_system *system, size_t count, const char *name)
{
    if (count != NO_COUNT && system->counts[count].lasting == system->counts[count].key)
        system->counts[count].lasting = name;
}

void count_at_least(struct count_system *system, size_t count, int64_t low)
{
    if (count != NO_COUNT && system->counts[count].value >= low && system->counts[count].at_least < low)
        system->counts[count].at_least = low;
}

void relation_start(struct count_system *system)
{
    if (grow(system, (void **)&system->relations, system->n_relations, &system->relations_capacity,
             sizeof *system->relations))
        system->relations[system->n_relations] = (struct relation){.first = system->n_terms};
}

void relation_term(struct count_system *system, size_t count, int64_t coefficient)
{
    if (system->failed ||
        !grow(system, (void **)&system->terms, system->n_terms, &system->terms_capacity, sizeof *system->terms))
        return;
    system->terms[system->n_terms++] = (struct term){count, coefficient};
}

bool relation_end(struct count_system *system)
{
    int64_t sum = 0;

    if (system->failed)
        return false;
    struct relation *relation = &system->relations[system->n_relations];
    bool taken = system->n_terms - relation->first >= 2;

    for (size_t i = relation->first; taken && i < system->n_terms; i++) {
        taken = system->terms[i].count != NO_COUNT;
        if (taken)
            sum += system->terms[i].coefficient * system->counts[system->terms[i].count].value;
    }
    if (!taken || sum != 0) {
        system->n_terms = relation->first;
        return false;
    }
    relation->n = system->n_terms - relation->first;
    system->n_relations++;
    return true;
}

bool count_is_small(const struct count_system *system, int64_t value)
{
    return value > 0 && value < system->threshold;
}

bool count_is_unknown(const struct count_system *system, size_t count)
{
    const struct count *const about = &system->counts[count];

    return !about->known_before && (about->hidden || about->cost == COST_NONE);
}

void count_hide(struct count_system *system, size_t count)
{
    system->counts[count].hidden = true;
}

int64_t count_low(const struct count_system *system, int64_t value)
{
    const int64_t shown = releasable_rounded(value, system->round_to), reach = system->round_to / 2;

    if (system->round_to == 0 || value == 0)
        return value;
    return shown - reach > system->threshold ? shown - reach : system->threshold;
}

int64_t count_high(const struct count_system *system, int64_t value)
{
    if (system->round_to == 0 || value == 0)
        return value;
    return releasable_rounded(value, system->round_to) + system->round_to / 2;
}
