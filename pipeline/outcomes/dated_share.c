/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/dated_share.h"

#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/ranks.h"
#include "base/table_exchange.h"

void dated_share_free(struct dated_share *share)
{
    table_free(share->rows);
    *share = (struct dated_share){0};
}

/* Which rank each row of a piece goes to. */
static int find_ranks(const struct study *study, const struct study_table *source, const struct table *piece,
                      const struct person_meeting *owners, struct dated_share *share, uint32_t *rank)
{
    const struct column *const day = table_column(piece, source->day.text);
    const size_t n = piece->n_rows;
    const struct person_keys keys = study_person_keys(study, source, piece);
    uint8_t *const asks = allocate(n + 1, sizeof *asks);
    int64_t *const owner = allocate(n + 1, sizeof *owner);
    int status = asks == NULL || owner == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < n; i++) {
        const bool has_day = !column_is_missing(day, i), has_person = !person_key_is_missing(&keys, i);
        share->n_day_missing += !has_day;
        share->n_no_person += has_day && !has_person;
        asks[i] = has_day && has_person;
        owner[i] = MEETING_NOWHERE;
    }
    if (status == 0)
        status = person_meeting_ask(owners, &keys, asks, n, owner);
    for (size_t i = 0; status == 0 && i < n; i++) {
        rank[i] = owner[i] < 0 ? RANK_NONE : (uint32_t)owner[i];
        share->n_not_here += asks[i] && owner[i] == MEETING_NOWHERE;
        if (owner[i] == MEETING_SEVERAL)
            status = fail("internal error: a person of table '%s' is at several ranks", piece->name);
    }
    free(owner);
    free(asks);
    return status;
}

static int send_piece(const struct study *study, const struct study_table *source, const struct table *piece,
                      const struct person_meeting *owners, struct dated_share *share)
{
    uint32_t *const rank = allocate(piece->n_rows + 1, sizeof *rank);
    struct row_way way = {0};
    struct table *came = NULL;
    int status = rank == NULL || find_ranks(study, source, piece, owners, share, rank) != 0 ||
                         row_way_make(rank, piece->n_rows, &way) != 0 || (came = table_exchange(piece, &way, NULL)) == NULL
                     ? -1
                     : 0;

    free(rank);
    row_way_free(&way);
    share->n_read += (int64_t)piece->n_rows;
    if (status == 0 && share->rows != NULL)
        status = table_append(share->rows, came);
    if (share->rows == NULL)
        share->rows = came;
    else
        table_free(came);
    return status;
}

/* Rank by rank through all rows, so that rows come in their order: a chunk of each at a time. */
static int read_pieces(const struct study *study, const struct study_table *source, struct store *store,
                       const struct person_meeting *owners, struct dated_share *share)
{
    const char *const name = table_role_name(source->role);
    const size_t round = ranks_n() * STORE_CHUNK_ROWS;
    size_t n;
    int status = store_n_rows(store, name, &n);

    for (size_t at = 0; status == 0 && (at < n || at == 0); at += round) {
        const size_t left = n - at < round ? n - at : round;
        struct table *const piece = store_read_range(store, name, NULL, at + left * ranks_rank() / ranks_n(),
                                                     at + left * (ranks_rank() + 1) / ranks_n());
        status = piece == NULL ? -1 : send_piece(study, source, piece, owners, share);
        table_free(piece);
    }
    return status;
}

int dated_share_read(const struct study *study, const struct study_table *source, struct store *store,
                     const struct person_meeting *owners, struct dated_share *share)
{
    *share = (struct dated_share){0};
    if (owners != NULL)
        return read_pieces(study, source, store, owners, share);
    if ((share->rows = store_read(store, table_role_name(source->role), NULL)) == NULL)
        return -1;
    share->n_read = (int64_t)share->rows->n_rows;
    return 0;
}
