/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/placed_random.h"

enum { N_ROUNDS = 10 };

/* Multipliers and key increments of the published generator. */
#define MULTIPLIER_0 UINT32_C(0xD2511F53)
#define MULTIPLIER_1 UINT32_C(0xCD9E8D57)
#define INCREMENT_0 UINT32_C(0x9E3779B9)
#define INCREMENT_1 UINT32_C(0xBB67AE85)

static void philox_4x32(const uint32_t counter[static 4], const uint32_t key[static 2], uint32_t block[static 4])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3], k0 = key[0], k1 = key[1];

    for (int round = 0; round < N_ROUNDS; round++) {
        const uint64_t p0 = (uint64_t)MULTIPLIER_0 * c0, p1 = (uint64_t)MULTIPLIER_1 * c2;

        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p0;
        k0 += INCREMENT_0;
        k1 += INCREMENT_1;
    }
    block[0] = c0;
    block[1] = c1;
    block[2] = c2;
    block[3] = c3;
}

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
