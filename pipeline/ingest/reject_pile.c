/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/reject_pile.h"

#include <stdlib.h>

#include "base/fail.h"
#include "base/ranks.h"

void reject_pile_free(struct reject_pile *pile)
{
    pack_free(&pile->rows);
}

int reject_pile_add(struct reject_pile *pile, size_t file, size_t n_lines_before, const struct reject *reject)
{
    struct reject row = *reject;
    row.words = NULL;
    row.verdict.fault = NULL; /* has become words */
    pack_put_number(&pile->rows, file);
    pack_put_number(&pile->rows, n_lines_before);
    pack_put(&pile->rows, &row, sizeof row);
    pack_put_text(&pile->rows, reject->words);
    return pile->rows.broken ? -1 : 0;
}

static int list(const void *bytes, size_t n, struct rejects *rejects, const struct plan *plan,
                const struct source_files *files)
{
    struct unpack from = {.bytes = bytes, .left = n};
    while (from.left > 0) {
        struct reject row;
        const size_t file = (size_t)unpack_number(&from), n_lines_before = (size_t)unpack_number(&from);
        unpack_copy(&from, &row, sizeof row);
        const char *const words = unpack_text(&from);
        row.words = (char *)words;
        if (from.broken || file >= files->n)
            return fail("internal error: rows that were set aside have come broken from another rank");
        if (rejects_add(rejects, plan, &files->items[file], n_lines_before, &row) != 0)
            return -1;
    }
    return 0;
}

int reject_pile_list(struct reject_pile *pile, size_t n_ranks, struct rejects *rejects, const struct plan *plan,
                     const struct source_files *files)
{
    int status = 0;
    if (ranks_rank() == 0)
        status = list(pile->rows.bytes, pile->rows.n, rejects, plan, files);
    else if (ranks_rank() < n_ranks)
        ranks_send(0, pile->rows.bytes, pile->rows.n);
    pack_free(&pile->rows);
    for (size_t rank = 1; ranks_rank() == 0 && status == 0 && rank < n_ranks; rank++) {
        unsigned char *bytes = NULL;
        size_t n = 0;
        status = ranks_receive(rank, &bytes, &n);
        if (status == 0)
            status = list(bytes, n, rejects, plan, files);
        free(bytes);
    }
    return status;
}
