/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/stride_deflate.h"

#include "base/memory.h"
#include "store/deflate_block.h"

#include <stdbool.h>
#include <stdlib.h>

enum { END = 256, SHORTEST = 3, LONGEST = 8, FIRST_REPEAT = END + 1, FRAME = 6, DESCRIPTION_MAX = 400 };

/* Of distances 1 to 4 the last alone is met; the first makes the code whole (RFC 1951, 3.2.5: 4 has no further bits). */
enum { N_DISTANCES = 4 };
static const uint8_t distances[N_DISTANCES] = {1, 0, 0, 1};

/* ---- repeats -------------------------------------------------------------------------------------------------------- */

/* Bytes at `at` that stood there four bytes before: at most LONGEST, which must lie in the bytes. */
static unsigned repeated(const unsigned char *at)
{
    uint64_t here, before;
    memcpy(&here, at, sizeof here);
    memcpy(&before, at - STRIDE, sizeof before);
    return here == before ? LONGEST : (unsigned)__builtin_ctzll(here ^ before) / 8;
}

/* tokens NULL: they are only counted. */
static inline size_t find_repeats(const unsigned char *bytes, size_t n, uint16_t *tokens)
{
    size_t n_tokens = 0;
    for (size_t i = 0; i < n; n_tokens++) {
        const unsigned length = i >= STRIDE && i + LONGEST <= n ? repeated(bytes + i) : 0;
        const bool is_repeat = length >= SHORTEST;
        if (tokens != NULL)
            tokens[n_tokens] = (uint16_t)(is_repeat ? FIRST_REPEAT + length - SHORTEST : bytes[i]);
        i += is_repeat ? length : 1;
    }
    return n_tokens;
}

size_t stride_n_tokens(const unsigned char *bytes, size_t n)
{
    return find_repeats(bytes, n, NULL);
}

int stride_code_make(struct stride_code *code, const unsigned char *bytes, size_t n)
{
    uint32_t counts[STRIDE_CODES] = {[END] = 1};
    size_t n_repeats = 0;
    *code = (struct stride_code){.tokens = allocate(n, sizeof *code->tokens)};
    if (code->tokens == NULL)
        return -1;
    code->n_tokens = find_repeats(bytes, n, code->tokens);
    for (size_t i = 0; i < code->n_tokens; i++)
        counts[code->tokens[i]]++;
    for (size_t i = FIRST_REPEAT; i < STRIDE_CODES; i++)
        n_repeats += counts[i];
    code->n_bits = deflate_lengths(counts, STRIDE_CODES, code->lengths) + n_repeats; /* each tells its distance in one bit */
    return 0;
}

void stride_code_free(struct stride_code *code)
{
    free(code->tokens);
    *code = (struct stride_code){0};
}

/* ---- the stream ------------------------------------------------------------------------------------------------------- */

size_t stride_deflate_bound(const struct stride_code *code)
{
    return FRAME + DESCRIPTION_MAX + code->n_bits / 8 + 16;
}

/* The code of each token and, behind it, the bit that says: four bytes before. */
static void make_entries(const struct stride_code *code, uint32_t entries[static STRIDE_CODES])
{
    uint16_t bits[STRIDE_CODES];
    deflate_codes(code->lengths, STRIDE_CODES, bits);
    for (size_t i = 0; i < STRIDE_CODES; i++) {
        const uint32_t is_repeat = i >= FIRST_REPEAT;
        entries[i] = (bits[i] | is_repeat << code->lengths[i]) << 8 | (code->lengths[i] + is_repeat);
    }
}

static void put_tokens(struct bit_writer *out, const uint32_t entries[static STRIDE_CODES], const uint16_t *tokens, size_t n)
{
    enum { AT_ONCE = 3 }; /* of at most 15 bits each */
    struct bit_writer writer = *out;
    size_t i = 0;
    for (; i + AT_ONCE <= n; i += AT_ONCE) {
        for (size_t k = 0; k < AT_ONCE; k++)
            put_bits(&writer, entries[tokens[i + k]] >> 8, entries[tokens[i + k]] & 0xff);
        flush_bytes(&writer);
    }
    for (; i < n; i++) {
        put_bits(&writer, entries[tokens[i]] >> 8, entries[tokens[i]] & 0xff);
        flush_bytes(&writer);
    }
    *out = writer;
}

size_t stride_deflate(const struct stride_code *code, const unsigned char *bytes, size_t n, unsigned char *out)
{
    uint32_t entries[STRIDE_CODES];
    struct bit_writer writer = {.to = out};
    make_entries(code, entries);
    deflate_put_description(&writer, code->lengths, STRIDE_CODES, distances, N_DISTANCES);
    put_tokens(&writer, entries, code->tokens, code->n_tokens);
    put_bits(&writer, entries[END] >> 8, entries[END] & 0xff);
    deflate_end(&writer, bytes, n);
    return (size_t)(writer.to - out);
}
