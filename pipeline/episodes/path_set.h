/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * path_set.h - the different paths of many episodes, each kept once and counted.
 */
#ifndef EPISODES_PATH_SET_H
#define EPISODES_PATH_SET_H

#include <stddef.h>
#include <stdint.h>

struct path_set {
    size_t n, capacity;
    struct path_of_set {
        uint8_t *levels; /* [length] */
        size_t length;
        int64_t n_episodes, n_open;
    } *items;
    uint32_t *slots;     /* [n_slots] number of an item + 1; 0: free */
    size_t n_slots;
};

void path_set_free(struct path_set *set);

/** Number of the path in the set, which is added when it is new; its counts grow.  SIZE_MAX after telling. */
size_t path_set_add(struct path_set *set, const uint8_t *levels, size_t length, int64_t n_episodes, int64_t n_open);

/**
 * Orders the paths by their levels (a shorter one before those that go on from it).  to_new[i] is the new number of
 * item i; [n].
 */
int path_set_sort(struct path_set *set, uint32_t *to_new);

#endif
