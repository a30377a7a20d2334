/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * philox.h - Philox 4x32 with ten rounds: 128 random bits as a function of a counter and a key.
 *
 * There is no state, so any block can be had at any time, by any thread, in any order, and is the same.
 * No errors, allocates nothing; about 10 ns a block.
 * Salmon, Moraes, Dror & Shaw 2011, Parallel random numbers: as easy as 1, 2, 3, doi:10.1145/2063384.2063405.
 */
#ifndef STATS_PHILOX_H
#define STATS_PHILOX_H

#include <stdint.h>

/** The block of a counter under a key. */
void philox_4x32(const uint32_t counter[static 4], const uint32_t key[static 2], uint32_t block[static 4]);

#endif
