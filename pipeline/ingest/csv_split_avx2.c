/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * 64 bytes at a time, two registers of 32: comparing gives a mask of bits, and the bits are cell ends (Langdale &
 * Lemire 2019, doi:10.1007/s00778-019-00578-5, on JSON).  Compiled for AVX2 alone in this file and asked for at run
 * time, so that the program itself runs on any processor.
 */
#include "ingest/csv_split_ways.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define FOR_AVX2 __attribute__((target("avx2,bmi,popcnt")))

enum { BLOCK = 64 };

struct masks {
    uint64_t ends, lf, cr;
};

struct needles {
    __m256i delimiter, lf, cr, quote, blank, del;
};

bool csv_split_avx2_can(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt");
}

FOR_AVX2 static inline uint64_t bits_of(__m256i low, __m256i high)
{
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

/* Bytes below a blank and from 0x80 on are both less than a blank, as signed numbers. */
FOR_AVX2 static inline __m256i unclean(const struct needles *needles, __m256i bytes, __m256i allowed)
{
    const __m256i below = _mm256_andnot_si256(allowed, _mm256_cmpgt_epi8(needles->blank, bytes));
    return _mm256_or_si256(below, _mm256_or_si256(_mm256_cmpeq_epi8(bytes, needles->quote),
                                                  _mm256_cmpeq_epi8(bytes, needles->del)));
}

FOR_AVX2 static inline struct masks look(const struct needles *needles, const unsigned char *bytes, __m256i *bad)
{
    const __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
    const __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + 32));
    const __m256i low_lf = _mm256_cmpeq_epi8(low, needles->lf), high_lf = _mm256_cmpeq_epi8(high, needles->lf);
    const __m256i low_cr = _mm256_cmpeq_epi8(low, needles->cr), high_cr = _mm256_cmpeq_epi8(high, needles->cr);
    const __m256i low_ends = _mm256_or_si256(_mm256_cmpeq_epi8(low, needles->delimiter), low_lf);
    const __m256i high_ends = _mm256_or_si256(_mm256_cmpeq_epi8(high, needles->delimiter), high_lf);
    *bad = _mm256_or_si256(*bad, _mm256_or_si256(unclean(needles, low, _mm256_or_si256(low_ends, low_cr)),
                                                 unclean(needles, high, _mm256_or_si256(high_ends, high_cr))));
    return (struct masks){bits_of(low_ends, high_ends), bits_of(low_lf, high_lf), bits_of(low_cr, high_cr)};
}

/* A CR ends a line unless a LF follows, which may be the first byte of the next block. */
static inline void add_lone_cr(struct masks *masks, const unsigned char *next)
{
    const uint64_t followed = masks->lf >> 1 | (uint64_t)(*next == '\n') << 63;
    const uint64_t lone = masks->cr & ~followed;
    masks->ends |= lone;
    masks->lf |= lone;
}

FOR_AVX2 static inline uint32_t *put_ends(uint32_t *ends, uint64_t bits, uint32_t base)
{
    uint32_t *const behind = ends + _mm_popcnt_u64(bits);
    while (bits != 0) {
        for (int i = 0; i < 8; i++) { /* what is written beyond the last one is overwritten */
            ends[i] = base + (uint32_t)_tzcnt_u64(bits);
            bits = _blsr_u64(bits);
        }
        ends += 8;
    }
    return behind;
}

FOR_AVX2 static inline uint32_t *put_lines(uint32_t *lines, const struct masks *masks, uint32_t n_ends)
{
    for (uint64_t bits = masks->lf; bits != 0; bits = _blsr_u64(bits)) {
        const uint64_t up_to = bits ^ (bits - 1); /* the lowest bit and all below it */
        *lines++ = n_ends + (uint32_t)_mm_popcnt_u64(masks->ends & up_to);
    }
    return lines;
}

FOR_AVX2 bool csv_split_avx2(struct csv_cells *cells, const unsigned char *bytes, size_t length,
                             unsigned char delimiter, size_t *n_ends)
{
    const struct needles needles = {_mm256_set1_epi8((char)delimiter), _mm256_set1_epi8('\n'), _mm256_set1_epi8('\r'),
                                    _mm256_set1_epi8('"'),             _mm256_set1_epi8(' '),  _mm256_set1_epi8(0x7f)};
    unsigned char tail[BLOCK + 1];
    __m256i bad = _mm256_setzero_si256();
    uint32_t *ends = cells->ends, *lines = cells->lines + 1;
    uint64_t any_cr = 0;
    for (size_t i = 0; i < length; i += BLOCK) {
        const unsigned char *block = bytes + i;
        if (length - i <= BLOCK) { /* nothing that stands behind the slab may be seen */
            memset(tail, '0', sizeof tail);
            memcpy(tail, block, length - i);
            block = tail;
        }
        struct masks masks = look(&needles, block, &bad);
        any_cr |= masks.cr;
        if (masks.cr != 0)
            add_lone_cr(&masks, block + BLOCK);
        lines = put_lines(lines, &masks, (uint32_t)(ends - cells->ends));
        ends = put_ends(ends, masks.ends, (uint32_t)i);
    }
    cells->has_cr = any_cr != 0;
    cells->n_lines = (size_t)(lines - cells->lines) - 1;
    *n_ends = (size_t)(ends - cells->ends);
    return _mm256_testz_si256(bad, bad) != 0;
}

FOR_AVX2 size_t csv_count_quotes_avx2(const unsigned char *bytes, size_t length)
{
    const __m256i quote = _mm256_set1_epi8('"');
    size_t n = 0, i = 0;
    for (; i + 32 <= length; i += 32) {
        const __m256i block = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + i));
        n += (size_t)_mm_popcnt_u32((unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(block, quote)));
    }
    for (; i < length; i++)
        n += bytes[i] == '"';
    return n;
}

#else

bool csv_split_avx2_can(void)
{
    return false;
}

bool csv_split_avx2(struct csv_cells *cells, const unsigned char *bytes, size_t length, unsigned char delimiter,
                    size_t *n_ends)
{
    return csv_split_portable(cells, bytes, length, delimiter, n_ends);
}

size_t csv_count_quotes_avx2(const unsigned char *bytes, size_t length)
{
    return csv_count_quotes(bytes, length);
}

#endif
