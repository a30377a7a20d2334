/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/placed_random.h"

#include "stats/philox.h"

void placed_random_bits(uint64_t seed, uint64_t item, uint64_t use, uint64_t bits[static 2])
{
    const uint32_t counter[4] = {(uint32_t)item, (uint32_t)(item >> 32), (uint32_t)use, (uint32_t)(use >> 32)};
    const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    uint32_t block[4];

    philox_4x32(counter, key, block);
    bits[0] = (uint64_t)block[1] << 32 | block[0];
    bits[1] = (uint64_t)block[3] << 32 | block[2];
}

static double uniform(uint64_t bits)
{
    return ((double)(bits >> 12) + 0.5) * 0x1p-52;
}

void placed_random_pair(uint64_t seed, uint64_t item, uint64_t use, double u[static 2])
{
    uint64_t bits[2];

    placed_random_bits(seed, item, use, bits);
    u[0] = uniform(bits[0]);
    u[1] = uniform(bits[1]);
}

double placed_random(uint64_t seed, uint64_t item, uint64_t use)
{
    uint64_t bits[2];

    placed_random_bits(seed, item, use, bits);
    return uniform(bits[0]);
}
