/* SPDX-License-Identifier: GPL-3.0-or-later */
/** draws.h - made-up data from a seed (splitmix64: Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195). */
#ifndef TESTS_SUPPORT_DRAWS_H
#define TESTS_SUPPORT_DRAWS_H

#include <stdbool.h>
#include <stdint.h>

struct draws {
    uint64_t state; /* the seed, at first */
};

static inline uint64_t draw_next(struct draws *draws)
{
    uint64_t x = draws->state += UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/** Above 0 and below 1. */
static inline double draw_uniform(struct draws *draws)
{
    return ((double)(draw_next(draws) >> 11) + 0.5) * 0x1p-53;
}

static inline bool draw_chance(struct draws *draws, double p)
{
    return draw_uniform(draws) < p;
}

/** 0 .. n - 1 */
static inline int draw_below(struct draws *draws, int n)
{
    return (int)(draw_next(draws) % (uint64_t)n);
}

#endif
