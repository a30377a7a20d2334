/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/random_stream.h"

#include "stats/philox.h"

void random_stream_start(struct random_stream *stream, uint64_t seed, uint32_t stratum, uint64_t replicate)
{
    *stream = (struct random_stream){
        .key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
        .counter = {0, (uint32_t)replicate, (uint32_t)(replicate >> 32), stratum},
        .n_used = 4,
    };
}

uint32_t random_stream_word(struct random_stream *stream)
{
    if (stream->n_used == 4) {
        philox_4x32(stream->counter, stream->key, stream->block);
        stream->counter[0]++;
        stream->n_used = 0;
    }
    return stream->block[stream->n_used++];
}

static uint64_t two_words(struct random_stream *stream)
{
    const uint64_t high = random_stream_word(stream);
    return high << 32 | random_stream_word(stream);
}

double random_stream_uniform(struct random_stream *stream)
{
    return ((double)(two_words(stream) >> 12) + 0.5) * 0x1p-52;
}

uint64_t random_stream_below(struct random_stream *stream, uint64_t n)
{
    const uint64_t unfair = (UINT64_MAX - n + 1) % n; /* 2^64 mod n: so many values would be drawn once too often */
    uint64_t word;

    do
        word = two_words(stream);
    while (word < unfair);
    return word % n;
}

/* ---- for GSL ----------------------------------------------------------------------------------------------- */

static void gsl_set(void *state, unsigned long int seed)
{
    random_stream_start(state, seed, 0, 0);
}

static unsigned long int gsl_get(void *state)
{
    return random_stream_word(state);
}

static double gsl_get_double(void *state)
{
    return random_stream_uniform(state);
}

void random_stream_gsl(struct random_stream_gsl *gsl, struct random_stream *stream)
{
    gsl->type = (gsl_rng_type){
        .name = "philox4x32-10", .max = UINT32_MAX, .min = 0, .size = sizeof(struct random_stream),
        .set = gsl_set, .get = gsl_get, .get_double = gsl_get_double,
    };
    gsl->rng = (gsl_rng){.type = &gsl->type, .state = stream};
}
