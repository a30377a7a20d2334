/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * random_stream.h - a sequence of random numbers with the name (seed, stratum, replicate), for resampling.
 *
 * The numbers are blocks of Philox (philox.h): the key is the seed, the counter holds the number of the block, the
 * replicate and the stratum.  So a stream is fixed by its three names alone, whichever thread draws it and whatever was
 * drawn before; streams with different names never overlap.
 *
 *     struct random_stream stream;
 *     random_stream_start(&stream, seed, stratum, replicate);
 *     u = random_stream_uniform(&stream);
 */
#ifndef STATS_RANDOM_STREAM_H
#define STATS_RANDOM_STREAM_H

#include <stdint.h>

#include <gsl/gsl_rng.h>

struct random_stream {
    uint32_t key[2];
    uint32_t counter[4]; /* block, replicate (two words), stratum */
    uint32_t block[4];   /* bits of the current block */
    unsigned n_used;     /* words taken from it */
};

/** random_stream_start - the stream of these three names, at its first number.  A stream has 2^34 words of 32 bits. */
void random_stream_start(struct random_stream *stream, uint64_t seed, uint32_t stratum, uint64_t replicate);

/** random_stream_word - the next 32 bits. */
uint32_t random_stream_word(struct random_stream *stream);

/** random_stream_uniform - the next number in (0, 1): (k + 1/2) 2^-52 for k of 52 bits, so never 0 or 1. */
double random_stream_uniform(struct random_stream *stream);

/** random_stream_below - a whole number 0 .. n - 1, each equally likely (n >= 1; by rejection, without bias). */
uint64_t random_stream_below(struct random_stream *stream, uint64_t n);

/** The stream as a generator that GSL's distributions draw from: gsl_ran_multinomial(&gsl->rng, ...). */
struct random_stream_gsl {
    gsl_rng rng; /* must not be freed; lives as long as this struct and its stream do */
    gsl_rng_type type;
};

void random_stream_gsl(struct random_stream_gsl *gsl, struct random_stream *stream);

#endif
