/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/together.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/pack.h"
#include "base/ranks.h"

static struct unpack from_rank(const struct ranks_bytes *all, size_t rank)
{
    return (struct unpack){.bytes = all->bytes + all->first[rank], .left = all->first[rank + 1] - all->first[rank]};
}

static int broken(void)
{
    return fail("internal error: what another rank has found came broken");
}

/* Packs are collected, and freed. */
static int collect(struct pack *pack, struct ranks_bytes *all)
{
    const int status = pack->broken ? -1 : ranks_collect(pack->bytes, pack->n, all);
    pack_free(pack);
    return status;
}

/* ---- how it ended --------------------------------------------------------------------------------------------- */

int together_end(const struct pass_end *own, size_t *rank, struct pass_end *end)
{
    struct ranks_bytes all = {0};
    if (ranks_collect(own, sizeof *own, &all) != 0)
        return -1;
    for (*rank = 0; *rank < ranks_n(); ++*rank) {
        memcpy(end, all.bytes + all.first[*rank], sizeof *end);
        if (end->status != 0)
            break;
    }
    ranks_bytes_free(&all);
    if (*rank < ranks_n() && *rank != ranks_rank())
        fail_forget_kept();
    return 0;
}

/* ---- counts ----------------------------------------------------------------------------------------------------- */

static void put_counts(struct pack *pack, const struct plan *plan, const struct typist_counts *counts)
{
    for (size_t i = 0; i < plan->n_columns; i++) {
        const struct tally *const tally = &counts->tallies[i];
        pack_put(pack, tally, sizeof *tally);
        pack_put(pack, tally->seen, tally->n_labels);
        if (tally->widths != NULL)
            pack_put(pack, tally->widths, sizeof *tally->widths);
        pack_put(pack, &counts->evidence[i], sizeof counts->evidence[i]);
    }
    pack_put(pack, &counts->weight_total, sizeof counts->weight_total);
    pack_put(pack, &counts->n_weight_zero, sizeof counts->n_weight_zero);
}

static int add_column(struct unpack *from, struct tally *tally, struct identifier_evidence *evidence, bool looks)
{
    struct tally other;
    struct id_widths widths = {0};
    struct identifier_evidence seen;
    unpack_copy(from, &other, sizeof other);
    if (from->broken || other.n_labels != tally->n_labels)
        return broken();
    other.seen = (unsigned char *)unpack_take(from, other.n_labels);
    if (tally->widths != NULL)
        unpack_copy(from, &widths, sizeof widths);
    other.widths = &widths;
    unpack_copy(from, &seen, sizeof seen);
    if (from->broken)
        return broken();
    tally_merge(tally, &other);
    if (looks)
        identifier_evidence_merge(evidence, &seen);
    return 0;
}

static int add_counts(struct unpack *from, const struct plan *plan, struct typist_counts *counts)
{
    int64_t weight_total, n_weight_zero;
    for (size_t i = 0; i < plan->n_columns; i++)
        if (add_column(from, &counts->tallies[i], &counts->evidence[i], plan->columns[i].looks) != 0)
            return -1;
    unpack_copy(from, &weight_total, sizeof weight_total);
    unpack_copy(from, &n_weight_zero, sizeof n_weight_zero);
    if (from->broken)
        return broken();
    counts->n_weight_zero += n_weight_zero;
    if (__builtin_add_overflow(counts->weight_total, weight_total, &counts->weight_total))
        return fail("%s: the frequencies add up to more than can be counted", plan->role);
    return 0;
}

static int add_cells(struct quality *quality)
{
    struct pack pack = {0};
    struct ranks_bytes all = {0};
    put_counts(&pack, quality->plan, &quality->cells);
    int status = collect(&pack, &all);
    for (size_t rank = 0; status == 0 && rank < ranks_n(); rank++)
        if (rank != ranks_rank()) {
            struct unpack from = from_rank(&all, rank);
            status = add_counts(&from, quality->plan, &quality->cells);
        }
    ranks_bytes_free(&all);
    return status;
}

int together_quality(struct quality *quality)
{
    if (ranks_n() == 1)
        return 0;
    ranks_sum((int64_t *)(void *)quality->by_file, quality->files->n * sizeof *quality->by_file / sizeof(int64_t));
    ranks_sum((int64_t *)(void *)quality->by_column,
              quality->plan->n_columns * sizeof *quality->by_column / sizeof(int64_t));
    return add_cells(quality);
}

/* ---- survey --------------------------------------------------------------------------------------------------------- */

static void put_survey(struct pack *pack, const struct survey *survey)
{
    for (size_t i = 0; i < survey->plan->n_columns; i++) {
        const struct text_index *const labels = &survey->labels[i];
        pack_put_number(pack, survey->widths[i]);
        pack_put_number(pack, labels->n);
        for (size_t j = 0; j < labels->n; j++) {
            pack_put_number(pack, labels->entries[j].length);
            pack_put(pack, labels->entries[j].text, labels->entries[j].length);
        }
    }
}

static int add_survey(struct unpack *from, struct survey *survey)
{
    for (size_t i = 0; i < survey->plan->n_columns; i++) {
        const size_t width = (size_t)unpack_number(from), n = (size_t)unpack_number(from);
        if (width > survey->widths[i])
            survey->widths[i] = width;
        for (size_t j = 0; j < n; j++) {
            const size_t length = (size_t)unpack_number(from);
            const char *const text = unpack_take(from, length);
            if (from->broken)
                return broken();
            if (survey_add(survey, i, text, length) != 0)
                return -1;
        }
    }
    return from->broken ? broken() : 0;
}

int together_survey(struct survey *survey)
{
    struct pack pack = {0};
    struct ranks_bytes all = {0};
    if (ranks_n() == 1)
        return 0;
    put_survey(&pack, survey);
    int status = collect(&pack, &all);
    for (size_t rank = 0; status == 0 && rank < ranks_n(); rank++)
        if (rank != ranks_rank()) {
            struct unpack from = from_rank(&all, rank);
            status = add_survey(&from, survey);
        }
    ranks_bytes_free(&all);
    return status;
}

/* ---- digests ---------------------------------------------------------------------------------------------------------- */

int together_digests(struct source_files *files, size_t rank)
{
    struct pack pack = {0};
    struct ranks_bytes all = {0};
    if (ranks_n() == 1)
        return 0;
    for (size_t i = 0; i < files->n; i++)
        pack_put(&pack, files->items[i].sha256, SHA256_HEX_SIZE);
    if (collect(&pack, &all) != 0)
        return -1;
    struct unpack from = from_rank(&all, rank);
    for (size_t i = 0; i < files->n; i++)
        unpack_copy(&from, files->items[i].sha256, SHA256_HEX_SIZE);
    ranks_bytes_free(&all);
    return 0;
}

/* ---- sorted rows -------------------------------------------------------------------------------------------------------- */

enum { ROUND = 1 << 17 }; /* records that a rank sends at a time */

static size_t owner(const void *record)
{
    uint64_t hash;
    memcpy(&hash, record, sizeof hash);
    return (size_t)(hash % ranks_n());
}

struct round {
    unsigned char *records, *dealt; /* [ROUND * size] as they came; by owner */
    size_t *first, *next;           /* [n ranks + 1] bytes of `dealt` */
};

static void deal(struct round *round, size_t n, size_t size)
{
    const size_t n_ranks = ranks_n();
    memset(round->first, 0, (n_ranks + 1) * sizeof *round->first);
    for (size_t i = 0; i < n; i++)
        round->first[owner(round->records + i * size) + 1] += size;
    for (size_t r = 0; r < n_ranks; r++)
        round->first[r + 1] += round->first[r];
    memcpy(round->next, round->first, n_ranks * sizeof *round->next);
    for (size_t i = 0; i < n; i++) {
        size_t *const at = &round->next[owner(round->records + i * size)];
        memcpy(round->dealt + *at, round->records + i * size, size);
        *at += size;
    }
}

static int add_received(const struct round *round, struct record_sort *into, size_t size)
{
    struct ranks_bytes from = {0};
    int status = ranks_exchange(round->dealt, round->first, &from);
    for (size_t at = 0; status == 0 && at < from.first[ranks_n()]; at += size)
        status = record_sort_add(into, from.bytes + at);
    ranks_bytes_free(&from);
    return status;
}

/* All ranks take part in as many rounds as the one with most records needs. */
static int exchange(struct round *round, struct record_sort *own, struct record_sort *into, size_t size)
{
    for (int64_t any = 1; any > 0;) {
        size_t n = 0;
        int more = 1;
        while (n < ROUND && (more = record_sort_next(own, round->records + n * size)) > 0)
            n++;
        if (more < 0)
            return -1;
        deal(round, n, size);
        if (add_received(round, into, size) != 0)
            return -1;
        any = n == ROUND;
        ranks_sum(&any, 1);
    }
    return 0;
}

/* Where they are to go to another rank, they need no order before. */
struct record_sort *together_sort_start(size_t size, int (*compare)(const void *, const void *), size_t capacity,
                                        const char *folder)
{
    return record_sort_alloc(size, ranks_n() == 1 ? compare : NULL, capacity, folder);
}

int together_sort(struct record_sort **sort, size_t size, int (*compare)(const void *, const void *), size_t capacity,
                  const char *folder)
{
    if (ranks_n() == 1)
        return 0;
    struct round round = {.records = allocate(ROUND, size), .dealt = allocate(ROUND, size),
                          .first = allocate(ranks_n() + 1, sizeof *round.first),
                          .next = allocate(ranks_n() + 1, sizeof *round.next)};
    struct record_sort *into = record_sort_alloc(size, compare, capacity, folder);
    int status = -1;
    if (round.records != NULL && round.dealt != NULL && round.first != NULL && round.next != NULL && into != NULL &&
        record_sort_finish(*sort) == 0)
        status = exchange(&round, *sort, into, size);
    free(round.records);
    free(round.dealt);
    free(round.first);
    free(round.next);
    if (status == 0) {
        record_sort_free(*sort);
        *sort = into;
    } else {
        record_sort_free(into);
    }
    return status;
}
