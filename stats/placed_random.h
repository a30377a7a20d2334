/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * placed_random.h - random numbers without a state: a number is a function of its place.
 *
 * A stream of philox.h is walked through from its start.  Here there is none: the place of a number is (seed, item, use),
 * one block of the generator, and any number can be had at any time, by any thread, in any order, and is the same.
 * It serves where a use may be asked for or not, as the arm has it, without shifting any other.
 *
 *     seed   of the run; the key
 *     item   which person, replicate, ...; the lower half of the counter
 *     use    what the number is for; the upper half.  Two uses of one place are one and the same number
 *
 * Uniform numbers are (k + 1/2) 2^-52, k = 0 .. 2^52 - 1: never 0, never 1, and 1 - u is exact.
 *
 * No errors, no state, allocates nothing; about 10 ns a pair.
 * Philox 4x32-10: Salmon, Moraes, Dror & Shaw 2011, doi:10.1145/2063384.2063405.
 */
#ifndef STATS_PLACED_RANDOM_H
#define STATS_PLACED_RANDOM_H

#include <stdint.h>

/** Two independent words of 64 random bits of this place. */
void placed_random_bits(uint64_t seed, uint64_t item, uint64_t use, uint64_t bits[static 2]);

/** Two independent uniform numbers of this place. */
void placed_random_pair(uint64_t seed, uint64_t item, uint64_t use, double u[static 2]);

/** One uniform number of this place: the first of the pair. */
double placed_random(uint64_t seed, uint64_t item, uint64_t use);

#endif
