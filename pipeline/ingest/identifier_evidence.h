/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * identifier_evidence.h - does a column hold identifiers?  What its cells say, added up.
 *
 *     struct identifier_evidence evidence = {0};                          one for each column and thread
 *     const unsigned hints = identifier_hints_of_name(column_name);
 *     identifier_evidence_add(&evidence, cell, length, hints, line);      each cell that is neither missing nor a code
 *     identifier_evidence_merge(&evidence, &other);                       threads, chunks, files; in any order
 *     identifier_evidence_verdict(&evidence, accepted, &verdict);
 *
 * The rule, for every kind that is not accepted:
 *
 *     a strong match in a single cell is enough;
 *     weak matches count when at least half of the cells have one and at least 20 of these cells differ (a number
 *     passes a check digit by chance one time in ten);
 *     a unique code: at least half of the cells look like codes (6 to 64 letters, digits, "-", "_", no spaces, at
 *     least 4 digits; 8 when there are no letters; no date and nothing stronger), at least 50 of these differ, and at
 *     least 80 % of them do.
 *
 * Of several kinds that count, strong before weak, more cells before fewer, then the order of the enum.
 *
 * Counting different cells: weak matches mark one of 512 bins each, codes fill a HyperLogLog sketch of 1024 registers
 * (standard error 3.3 %; Flajolet, Fusy, Gandouet & Meunier 2007).  Bins and registers are made from a hash of
 * the cell; neither leaves the process.  All counts are sums, all marks unions: neither the order of the cells nor
 * the way they are dealt out to threads shows in the verdict.
 */
#ifndef INGEST_IDENTIFIER_EVIDENCE_H
#define INGEST_IDENTIFIER_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/identifier_value.h"

enum { IDENTIFIER_BINS = 512, IDENTIFIER_REGISTERS = 1024 };

struct identifier_hits {
    uint64_t n_strong, n_weak; /* cells with such a match */
    uint64_t first;            /* smallest place + 1 of a cell with any match; 0: there is none */
};

/** All zero is empty.  About 4 kB. */
struct identifier_evidence {
    uint64_t n_cells;
    struct identifier_hits hits[N_IDENTIFIER_KINDS];
    uint64_t bins[N_IDENTIFIER_KINDS][IDENTIFIER_BINS / 64]; /* of weak matches */
    uint64_t n_codes, first_code;                            /* cells that look like codes; as hits.first */
    uint8_t registers[IDENTIFIER_REGISTERS];                 /* how many codes differ */
};

struct identifier_verdict {
    enum identifier_kind kind;
    bool strong;      /* a single cell was enough; else the share of the column says so */
    uint64_t n_found; /* cells of this kind */
    uint64_t n_cells; /* cells that were looked at */
    uint64_t place;   /* the smallest place of them */
};

void identifier_evidence_look(struct identifier_evidence *evidence, const char *bytes, size_t n, unsigned hints,
                              uint64_t place);

/**
 * Looks at one cell.  place says where it is, to tell the first one afterwards: its line or its byte.  A cell may
 * hold several identifiers, each kind is counted once.
 */
static inline void identifier_evidence_add(struct identifier_evidence *evidence, const char *bytes, size_t n,
                                           unsigned hints, uint64_t place)
{
    evidence->n_cells++;
    if (n >= IDENTIFIER_VALUE_MIN || (hints & IDENTIFIER_HINT_AGE) != 0)
        identifier_evidence_look(evidence, bytes, n, hints, place);
}

/** Adds `other` to `evidence`. */
void identifier_evidence_merge(struct identifier_evidence *evidence, const struct identifier_evidence *other);

/**
 * True when the column holds identifiers of a kind that is not in `accepted` (bits; 0, or what the basis of the
 * study allows: identifier_limited_data_set(); with IDENTIFIER_AGE where ages are top-coded).
 */
bool identifier_evidence_verdict(const struct identifier_evidence *evidence, uint64_t accepted,
                                 struct identifier_verdict *verdict);

#endif
