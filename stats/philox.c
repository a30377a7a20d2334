/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/philox.h"

enum { N_ROUNDS = 10 };

/* Multipliers and key increments of the published generator. */
#define MULTIPLIER_0 UINT32_C(0xD2511F53)
#define MULTIPLIER_1 UINT32_C(0xCD9E8D57)
#define INCREMENT_0 UINT32_C(0x9E3779B9)
#define INCREMENT_1 UINT32_C(0xBB67AE85)

void philox_4x32(const uint32_t counter[static 4], const uint32_t key[static 2], uint32_t block[static 4])
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
