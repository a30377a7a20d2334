/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/identifier_evidence.h"

#include <math.h>

#include "ingest/identifier_cell.h"

enum { WEAK_DIFFERENT_MIN = 20, CODES_DIFFERENT_MIN = 50 };

/* FNV-1a, with the last steps of MurmurHash3 so that all 64 bits may be used. */
static uint64_t hash(const char *bytes, size_t n)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
    h = (h ^ h >> 33) * UINT64_C(0xff51afd7ed558ccd);
    h = (h ^ h >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return h ^ h >> 33;
}

static void keep_first(uint64_t *first, uint64_t place_plus_1)
{
    if (place_plus_1 != 0 && (*first == 0 || place_plus_1 < *first))
        *first = place_plus_1;
}

/* ---- cells ----------------------------------------------------------------------------------------------- */

static void add_code(struct identifier_evidence *evidence, uint64_t h, uint64_t place)
{
    uint8_t *const reg = &evidence->registers[h % IDENTIFIER_REGISTERS];
    const uint64_t rest = h / IDENTIFIER_REGISTERS;
    const uint8_t rank = (uint8_t)(rest == 0 ? 55 : __builtin_ctzll(rest) + 1);
    evidence->n_codes++;
    keep_first(&evidence->first_code, place + 1);
    if (rank > *reg)
        *reg = rank;
}

/* Counts the kinds of a cell; true when they explain it, so that it is no unknown code. */
static bool add_matches(struct identifier_evidence *evidence, const struct cell *cell, uint64_t h, uint64_t place)
{
    struct identifier_match match;
    uint64_t strong = 0, weak = 0;
    for (size_t from = 0; cell_look(cell, from, &match); from = match.start + match.length)
        *(match.strong ? &strong : &weak) |= identifier_bit(match.kind);
    for (uint64_t kinds = strong | weak; kinds != 0; kinds &= kinds - 1) {
        const unsigned kind = (unsigned)__builtin_ctzll(kinds);
        const uint64_t bit = identifier_bit(kind);
        struct identifier_hits *const hits = &evidence->hits[kind];
        keep_first(&hits->first, place + 1);
        hits->n_strong += (strong & bit) != 0;
        hits->n_weak += (strong & bit) == 0;
        if ((strong & bit) == 0)
            evidence->bins[kind][h % IDENTIFIER_BINS / 64] |= UINT64_C(1) << h % 64;
    }
    return strong != 0 || (weak & identifier_bit(IDENTIFIER_DATE)) != 0;
}

void identifier_evidence_look(struct identifier_evidence *evidence, const char *bytes, size_t n, unsigned hints,
                              uint64_t place)
{
    const struct cell_shape shape = cell_shape(bytes, n, hints);
    if (!shape.needs_look && !shape.is_code)
        return;
    const struct cell cell = cell_make(bytes, n, hints, &shape);
    const uint64_t h = hash(bytes, n);
    const bool explained = shape.needs_look && add_matches(evidence, &cell, h, place);
    if (shape.is_code && !explained)
        add_code(evidence, h, place);
}

void identifier_evidence_merge(struct identifier_evidence *evidence, const struct identifier_evidence *other)
{
    evidence->n_cells += other->n_cells;
    evidence->n_codes += other->n_codes;
    keep_first(&evidence->first_code, other->first_code);
    for (size_t kind = 0; kind < N_IDENTIFIER_KINDS; kind++) {
        evidence->hits[kind].n_strong += other->hits[kind].n_strong;
        evidence->hits[kind].n_weak += other->hits[kind].n_weak;
        keep_first(&evidence->hits[kind].first, other->hits[kind].first);
        for (size_t i = 0; i < IDENTIFIER_BINS / 64; i++)
            evidence->bins[kind][i] |= other->bins[kind][i];
    }
    for (size_t i = 0; i < IDENTIFIER_REGISTERS; i++)
        if (other->registers[i] > evidence->registers[i])
            evidence->registers[i] = other->registers[i];
}

/* ---- verdict ---------------------------------------------------------------------------------------------- */

static unsigned count_bins(const uint64_t *bins)
{
    unsigned n = 0;
    for (size_t i = 0; i < IDENTIFIER_BINS / 64; i++)
        n += (unsigned)__builtin_popcountll(bins[i]);
    return n;
}

/* HyperLogLog with the count of empty registers where few are filled. */
static double count_codes(const uint8_t *registers)
{
    const double m = IDENTIFIER_REGISTERS, alpha = 0.7213 / (1 + 1.079 / m);
    double sum = 0; /* of powers of two, at most 1024: exact in any order */
    unsigned n_empty = 0;
    for (size_t i = 0; i < IDENTIFIER_REGISTERS; i++) {
        sum += ldexp(1, -registers[i]);
        n_empty += registers[i] == 0;
    }
    const double estimate = alpha * m * m / sum;
    return estimate <= 2.5 * m && n_empty > 0 ? m * log(m / n_empty) : estimate;
}

static bool weak_counts(const struct identifier_evidence *evidence, enum identifier_kind kind)
{
    return evidence->hits[kind].n_weak * 2 >= evidence->n_cells &&
           count_bins(evidence->bins[kind]) >= WEAK_DIFFERENT_MIN;
}

static bool codes_count(const struct identifier_evidence *evidence)
{
    if (evidence->n_codes * 2 < evidence->n_cells)
        return false;
    const double n_different = count_codes(evidence->registers);
    return n_different >= CODES_DIFFERENT_MIN && n_different >= 0.8 * (double)evidence->n_codes;
}

static bool find_best(const struct identifier_evidence *evidence, uint64_t accepted, bool strong,
                      struct identifier_verdict *verdict)
{
    struct identifier_verdict best = {.strong = strong, .n_cells = evidence->n_cells};
    uint64_t n_best = 0;
    for (enum identifier_kind kind = 1; kind < N_IDENTIFIER_KINDS; kind++) {
        const struct identifier_hits *const hits = &evidence->hits[kind];
        const uint64_t n = strong ? hits->n_strong : hits->n_weak;
        if (n <= n_best || (accepted & identifier_bit(kind)) != 0 || (!strong && !weak_counts(evidence, kind)))
            continue;
        n_best = n;
        best.kind = kind;
        best.n_found = hits->n_strong + hits->n_weak;
        best.place = hits->first - 1;
    }
    if (best.kind == IDENTIFIER_NONE)
        return false;
    *verdict = best;
    return true;
}

bool identifier_evidence_verdict(const struct identifier_evidence *evidence, uint64_t accepted,
                                 struct identifier_verdict *verdict)
{
    if (find_best(evidence, accepted, true, verdict) || find_best(evidence, accepted, false, verdict))
        return true;
    if ((accepted & identifier_bit(IDENTIFIER_UNIQUE_CODE)) != 0 || !codes_count(evidence))
        return false;
    *verdict = (struct identifier_verdict){.kind = IDENTIFIER_UNIQUE_CODE,
                                           .n_found = evidence->n_codes,
                                           .n_cells = evidence->n_cells,
                                           .place = evidence->first_code - 1};
    return true;
}
