/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cell_memo.h - what the cells of a column have become before.
 *
 * What a cell becomes depends on its bytes and its column alone (typing.h), and most columns have few different
 * cells.  So the typing of a cell is remembered under its bytes, read as a number: one multiplication finds it again.
 * There is then one set of rules for cells, and it is as fast as a table made for them.
 *
 * Cells of at most CELL_MEMO_SHORT bytes are kept in slots of their own, and when two of them want the same slot,
 * another multiplier is looked for that keeps all apart; codes of a codebook soon never meet.  Longer cells, up to
 * CELL_MEMO_LONG bytes, share a second table in which the newer replaces the older.
 *
 * Cells are printable ASCII, so that the bytes behind them can be told from theirs: they become NULs.
 */
#ifndef INGEST_CELL_MEMO_H
#define INGEST_CELL_MEMO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    CELL_MEMO_SHORT = 8,
    CELL_MEMO_LONG = 16,
    CELL_MEMO_BITS = 10,
    CELL_MEMO_SLOTS = 1 << CELL_MEMO_BITS,
};

struct cell_memo_short {
    uint64_t key;
    int64_t value;
};

struct cell_memo_long {
    uint64_t key[2];
    int64_t value;
};

struct cell_memo {
    uint64_t multiplier;
    size_t n_used;                                /* short slots that are taken */
    size_t n_changes;                             /* of the multiplier */
    struct cell_memo_short shorts[CELL_MEMO_SLOTS];
    struct cell_memo_long longs[CELL_MEMO_SLOTS];
};

/** Starts without a cell, or forgets all. */
void cell_memo_start(struct cell_memo *memo);

/** Keeps the value of a cell of at most CELL_MEMO_LONG bytes; CELL_MEMO_LONG bytes from its start may be read. */
void cell_memo_keep(struct cell_memo *memo, const unsigned char *bytes, size_t length, int64_t value);

/** Finds a cell of more than CELL_MEMO_SHORT and at most CELL_MEMO_LONG bytes. */
bool cell_memo_find_long(const struct cell_memo *memo, const unsigned char *bytes, size_t length, int64_t *value);

/** The first length <= 8 of the 8 bytes as a number. */
static inline uint64_t cell_memo_key(const unsigned char *bytes, size_t length)
{
    static const uint64_t masks[CELL_MEMO_SHORT + 1] = {0,
                                                        UINT64_C(0xff),
                                                        UINT64_C(0xffff),
                                                        UINT64_C(0xffffff),
                                                        UINT64_C(0xffffffff),
                                                        UINT64_C(0xffffffffff),
                                                        UINT64_C(0xffffffffffff),
                                                        UINT64_C(0xffffffffffffff),
                                                        UINT64_MAX};
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word & masks[length];
}

static inline size_t cell_memo_slot(uint64_t multiplier, uint64_t key)
{
    return (size_t)(key * multiplier >> (64 - CELL_MEMO_BITS));
}

#endif
