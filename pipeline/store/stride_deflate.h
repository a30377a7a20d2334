/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * stride_deflate.h - a zlib stream (RFC 1950, 1951) of bytes and of repeats of what stood four bytes before.
 *
 * In columns of 32-bit numbers that ascend, a number differs from the one before it in its lowest byte and rarely in
 * another.  Whoever looks for repeats everywhere finds these, too, at several times the cost.  Any inflate reads the stream.
 */
#ifndef STORE_STRIDE_DEFLATE_H
#define STORE_STRIDE_DEFLATE_H

#include <stddef.h>
#include <stdint.h>

enum { STRIDE = 4, STRIDE_CODES = 263 /* 256 bytes, the end, repeats of 3 to 8 bytes */ };

struct stride_code {
    size_t n_tokens;
    uint16_t *tokens;                    /* [n_tokens] a byte, or the code of a repeat, in order */
    uint8_t lengths[STRIDE_CODES];       /* of the codes, in bits */
    size_t n_bits;                       /* of all of them */
};

/** How many tokens these n bytes are; fast. */
size_t stride_n_tokens(const unsigned char *bytes, size_t n);

/** The repeats of these n >= 1 bytes, and the code for them.  -1 after telling. */
int stride_code_make(struct stride_code *code, const unsigned char *bytes, size_t n);
void stride_code_free(struct stride_code *code);

/** Room that the stream may take. */
size_t stride_deflate_bound(const struct stride_code *code);

/** Writes the stream of the n bytes the code was made for; returns its length. */
size_t stride_deflate(const struct stride_code *code, const unsigned char *bytes, size_t n, unsigned char *out);

#endif
