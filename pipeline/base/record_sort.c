/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/record_sort.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/nameless.h"
#include "base/record_order.h"
#include "base/threads.h"

struct run {
    char *records;         /* [RECORD_SORT_BUFFER] of the spool; the last run lies in memory whole */
    size_t n, next;
    size_t place, end;     /* records of the spool that are not yet in memory */
};

struct record_sort {
    size_t size;
    int (*compare)(const void *, const void *);
    char *folder;
    char *held;            /* [capacity * size] */
    size_t n_held, capacity;
    int spool;             /* -1: none yet */
    size_t n_ends;
    size_t *ends;          /* [n_ends] records of the spool before the end of each run */
    size_t n_runs;
    struct run *runs;      /* [n_runs] once they are merged */
};

struct record_sort *record_sort_alloc(size_t size, int (*compare)(const void *, const void *), size_t capacity,
                                      const char *folder)
{
    struct record_sort *const sort = allocate(1, sizeof *sort);
    if (sort == NULL)
        return NULL;
    *sort = (struct record_sort){.size = size, .compare = compare, .capacity = capacity, .spool = -1};
    if ((sort->folder = copy_text(folder)) == NULL || (sort->held = allocate(capacity, size)) == NULL) {
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
    free(sort->folder);
    free(sort);
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

static void sort_held(struct record_sort *sort)
{
    if (sort->compare != NULL)
        record_order(sort->held, sort->n_held, sort->size, sort->compare, threads_available());
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
    sort_held(sort);
    if (move_all(sort->spool, sort->held, sort->n_held * sort->size, (off_t)(start * sort->size), true) != 0)
        return fail_errno("cannot write a temporary file in '%s'", sort->folder);
    ends[sort->n_ends++] = start + sort->n_held;
    sort->n_held = 0;
    return 0;
}

int record_sort_add(struct record_sort *sort, const void *record)
{
    if (sort->n_held == sort->capacity && spool_run(sort) != 0)
        return -1;
    memcpy(sort->held + sort->n_held * sort->size, record, sort->size);
    sort->n_held++;
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

int record_sort_finish(struct record_sort *sort)
{
    sort_held(sort);
    if ((sort->runs = allocate(sort->n_ends + 1, sizeof *sort->runs)) == NULL)
        return -1;
    sort->n_runs = sort->n_ends + 1;
    sort->runs[sort->n_ends] = (struct run){.records = sort->held, .n = sort->n_held};
    for (size_t i = 0; i < sort->n_ends; i++) {
        struct run *const run = &sort->runs[i];
        run->place = i == 0 ? 0 : sort->ends[i - 1];
        run->end = sort->ends[i];
        if ((run->records = allocate(RECORD_SORT_BUFFER, sort->size)) == NULL || fill_run(sort, run) != 0)
            return -1;
    }
    return 0;
}

int record_sort_next(struct record_sort *sort, void *record)
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
    if (least == NULL)
        return 0;
    memcpy(record, least->records + least->next * sort->size, sort->size);
    least->next++;
    return least->next == least->n && least->place < least->end && fill_run(sort, least) != 0 ? -1 : 1;
}
