/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/record_sort.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/nameless.h"
#include "base/record_order.h"
#include "base/threads.h"

/*
 * Records in memory lie in blocks, and those of one bin, by the leading bits of their number, in a chain of them: bins are
 * small enough to be sorted in a cache, and are sorted side by side.
 */
enum { BIN_BITS = 8, N_BIN = 1 << BIN_BITS, BLOCK = 256, MANY = N_BIN * BLOCK, NO_BLOCK = -1 };

struct bin {
    size_t n;
    int32_t first, last; /* blocks; NO_BLOCK: none */
};

struct run {
    char *records;         /* [RECORD_SORT_BUFFER] of the spool; of the last run, a block */
    size_t n, next;
    size_t place, end;     /* records of the spool that are not yet in memory */
};

struct record_sort {
    size_t size;
    int (*compare)(const void *, const void *);
    char *folder;
    size_t n_held, capacity;
    size_t block, n_blocks, n_used; /* records of a block; blocks, and how many of them hold records */
    char *held;            /* [n_blocks * block * size] */
    int32_t *follows;      /* [n_blocks] the next block of the bin */
    size_t n_bins;
    struct bin bins[N_BIN];
    size_t bin;            /* merging: the bin of the last run that is being read, */
    int32_t reading;       /* and the block of it */
    int spool;             /* -1: none yet */
    size_t n_ends;
    size_t *ends;          /* [n_ends] records of the spool before the end of each run */
    size_t n_runs;
    struct run *runs;      /* [n_runs] once they are merged */
    struct run *used;      /* whose records were given last */
};

static void empty_bins(struct record_sort *sort)
{
    for (size_t b = 0; b < sort->n_bins; b++)
        sort->bins[b] = (struct bin){.first = NO_BLOCK, .last = NO_BLOCK};
    sort->n_held = sort->n_used = 0;
}

struct record_sort *record_sort_alloc(size_t size, int (*compare)(const void *, const void *), size_t capacity,
                                      const char *folder)
{
    struct record_sort *const sort = size <= RECORD_SIZE_MAX ? allocate(1, sizeof *sort) : NULL;
    if (sort == NULL) {
        if (size > RECORD_SIZE_MAX)
            fail("internal error: records of %zu bytes were to be sorted", size);
        return NULL;
    }
    *sort = (struct record_sort){.size = size, .compare = compare, .capacity = capacity, .spool = -1};
    sort->n_bins = compare == NULL || capacity < MANY ? 1 : N_BIN;
    sort->block = sort->n_bins == 1 ? capacity : BLOCK;
    sort->n_blocks = sort->n_bins == 1 ? 1 : capacity / BLOCK + N_BIN; /* the last of each bin may be all but empty */
    empty_bins(sort);
    if ((sort->folder = copy_text(folder)) == NULL ||
        (sort->held = allocate(sort->n_blocks * sort->block, size)) == NULL ||
        (sort->follows = allocate(sort->n_blocks, sizeof *sort->follows)) == NULL) {
        record_sort_free(sort);
        return NULL;
    }
    return sort;
}

void record_sort_free(struct record_sort *sort)
{
    if (sort == NULL)
        return;
    for (size_t i = 0; i + 1 < sort->n_runs; i++)
        free(sort->runs[i].records);
    if (sort->spool >= 0)
        close(sort->spool); /* it has no name: nobody else reads it */
    free(sort->runs);
    free(sort->ends);
    free(sort->held);
    free(sort->follows);
    free(sort->folder);
    free(sort);
}

/* ---- bins --------------------------------------------------------------------------------------------- */

static char *block_at(const struct record_sort *sort, int32_t block)
{
    return sort->held + (size_t)block * sort->block * sort->size;
}

/* Records of the block that begins with record i of its bin. */
static size_t n_in_block(const struct record_sort *sort, const struct bin *bin, size_t i)
{
    return bin->n - i < sort->block ? bin->n - i : sort->block;
}

static struct bin *bin_of(struct record_sort *sort, const void *record)
{
    uint64_t number;
    memcpy(&number, record, sizeof number);
    return &sort->bins[sort->n_bins == 1 ? 0 : number >> (64 - BIN_BITS)];
}

static void put(struct record_sort *sort, const void *record)
{
    struct bin *const bin = bin_of(sort, record);
    const size_t at = bin->n % sort->block;
    if (at == 0) {
        const int32_t fresh = (int32_t)sort->n_used++;
        *(bin->first == NO_BLOCK ? &bin->first : &sort->follows[bin->last]) = fresh;
        sort->follows[fresh] = NO_BLOCK;
        bin->last = fresh;
    }
    memcpy(block_at(sort, bin->last) + at * sort->size, record, sort->size);
    bin->n++;
    sort->n_held++;
}

/* Between the blocks of a bin and one piece of memory. */
static void move_bin(const struct record_sort *sort, const struct bin *bin, char *whole, bool out)
{
    size_t i = 0;
    for (int32_t block = bin->first; block != NO_BLOCK; block = sort->follows[block], i += sort->block) {
        const size_t length = n_in_block(sort, bin, i) * sort->size;
        if (out)
            memcpy(whole + i * sort->size, block_at(sort, block), length);
        else
            memcpy(block_at(sort, block), whole + i * sort->size, length);
    }
}

static int sort_bin(void *context, size_t b)
{
    const struct record_sort *const sort = context;
    const struct bin *const bin = &sort->bins[b];
    if (bin->n <= sort->block) {
        if (bin->n > 0)
            record_order(block_at(sort, bin->first), bin->n, sort->size, sort->compare);
        return 0;
    }
    char *const whole = allocate(bin->n, sort->size);
    if (whole == NULL)
        return -1;
    move_bin(sort, bin, whole, true);
    record_order(whole, bin->n, sort->size, sort->compare);
    move_bin(sort, bin, whole, false);
    free(whole);
    return 0;
}

static int sort_held(struct record_sort *sort)
{
    if (sort->compare == NULL)
        return 0;
    return threads_run(sort->n_bins, sort->n_held < MANY ? 1 : threads_available(), sort_bin, sort);
}

/* ---- the spool --------------------------------------------------------------------------------------- */

static int move_all(int file, char *bytes, size_t length, off_t place, bool out)
{
    for (size_t done = 0; done < length;) {
        const ssize_t n = out ? pwrite(file, bytes + done, length - done, place + (off_t)done)
                              : pread(file, bytes + done, length - done, place + (off_t)done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        done += (size_t)n;
    }
    return 0;
}

static int write_bins(const struct record_sort *sort, size_t place)
{
    for (size_t b = 0; b < sort->n_bins; b++) {
        const struct bin *const bin = &sort->bins[b];
        size_t i = 0;
        for (int32_t block = bin->first; block != NO_BLOCK; block = sort->follows[block], i += sort->block) {
            const size_t n = n_in_block(sort, bin, i);
            if (move_all(sort->spool, block_at(sort, block), n * sort->size, (off_t)(place * sort->size), true) != 0)
                return fail_errno("cannot write a temporary file in '%s'", sort->folder);
            place += n;
        }
    }
    return 0;
}

/* Writes the records in memory as a sorted run. */
static int spool_run(struct record_sort *sort)
{
    const size_t start = sort->n_ends == 0 ? 0 : sort->ends[sort->n_ends - 1];
    size_t *const ends = reallocate(sort->ends, sort->n_ends + 1, sizeof *ends);
    if (ends == NULL)
        return -1;
    sort->ends = ends;
    if (sort->spool < 0 && (sort->spool = nameless_open(sort->folder)) < 0)
        return fail_errno("a temporary file in '%s' could not be made", sort->folder);
    if (sort_held(sort) != 0 || write_bins(sort, start) != 0)
        return -1;
    ends[sort->n_ends++] = start + sort->n_held;
    empty_bins(sort);
    return 0;
}

int record_sort_add(struct record_sort *sort, const void *record)
{
    if (sort->n_held == sort->capacity && spool_run(sort) != 0)
        return -1;
    put(sort, record);
    return 0;
}

/* ---- merging ----------------------------------------------------------------------------------------- */

static int fill_run(const struct record_sort *sort, struct run *run)
{
    run->n = run->end - run->place < RECORD_SORT_BUFFER ? run->end - run->place : RECORD_SORT_BUFFER;
    run->next = 0;
    if (run->n > 0 &&
        move_all(sort->spool, run->records, run->n * sort->size, (off_t)(run->place * sort->size), false) != 0)
        return fail_errno("cannot read a temporary file in '%s'", sort->folder);
    run->place += run->n;
    return 0;
}

/* The next block of what was left in memory. */
static void next_block(struct record_sort *sort)
{
    struct run *const run = &sort->runs[sort->n_ends];
    int32_t block = sort->reading == NO_BLOCK ? NO_BLOCK : sort->follows[sort->reading];
    run->n = run->next = 0;
    for (; block == NO_BLOCK && sort->bin < sort->n_bins; run->place = 0)
        block = sort->bins[sort->bin++].first;
    sort->reading = block;
    if (block == NO_BLOCK)
        return;
    run->records = block_at(sort, block);
    run->n = n_in_block(sort, &sort->bins[sort->bin - 1], run->place);
    run->place += run->n;
}

int record_sort_finish(struct record_sort *sort)
{
    if (sort_held(sort) != 0 || (sort->runs = allocate(sort->n_ends + 1, sizeof *sort->runs)) == NULL)
        return -1;
    sort->n_runs = sort->n_ends + 1;
    sort->reading = NO_BLOCK;
    next_block(sort);
    for (size_t i = 0; i < sort->n_ends; i++) {
        struct run *const run = &sort->runs[i];
        run->place = i == 0 ? 0 : sort->ends[i - 1];
        run->end = sort->ends[i];
        if ((run->records = allocate(RECORD_SORT_BUFFER, sort->size)) == NULL || fill_run(sort, run) != 0)
            return -1;
    }
    return 0;
}

/* Once its records in memory are used up. */
static int go_on(struct record_sort *sort, struct run *run)
{
    if (run != &sort->runs[sort->n_ends])
        return run->place < run->end ? fill_run(sort, run) : 0;
    next_block(sort);
    return 0;
}

/* The run with the next record; NULL: there is none. */
static struct run *least_run(const struct record_sort *sort)
{
    struct run *least = NULL;
    for (size_t i = 0; i < sort->n_runs; i++) {
        struct run *const run = &sort->runs[i];
        if (run->next < run->n && least != NULL && sort->compare == NULL)
            break;
        if (run->next < run->n && (least == NULL || sort->compare(run->records + run->next * sort->size,
                                                                  least->records + least->next * sort->size) < 0))
            least = run;
    }
    return least;
}

/* Only when they have been used: what follows takes their place. */
static int leave_used(struct record_sort *sort)
{
    struct run *const run = sort->used;
    sort->used = NULL;
    return run != NULL && run->next == run->n ? go_on(sort, run) : 0;
}

long record_sort_some(struct record_sort *sort, const void **records)
{
    if (leave_used(sort) != 0)
        return -1;
    struct run *const least = least_run(sort);
    if (least == NULL)
        return 0;
    const size_t n = sort->n_runs == 1 ? least->n - least->next : 1;
    *records = least->records + least->next * sort->size;
    least->next += n;
    sort->used = least;
    return (long)n;
}

int record_sort_next(struct record_sort *sort, void *record)
{
    if (leave_used(sort) != 0)
        return -1;
    struct run *const least = least_run(sort);
    if (least == NULL)
        return 0;
    memcpy(record, least->records + least->next * sort->size, sort->size);
    least->next++;
    sort->used = least;
    return 1;
}
