/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "episodes/parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/threads.h"
#include "episodes/join.h"

enum { CHUNK = 65536, ALL_PARTS = PERSON_PARTS + 1, BUCKET_BITS = 12, BUCKETS = 1 << BUCKET_BITS, FEW = 24 };

struct deal {
    const struct parts *parts;
    size_t n_records;
    uint32_t (*count)[ALL_PARTS]; /* [chunk]: of a chunk and part, then where its stays go */
};

static size_t part_of(enum fate fate, const struct stay *stay)
{
    return fate == FATE_BEGINS ? person_part(stay->hash) : LEFT_OUT_PART;
}

static int count_chunk(void *context, size_t chunk)
{
    const struct deal *deal = context;
    const size_t first = chunk * CHUNK, end = first + CHUNK < deal->n_records ? first + CHUNK : deal->n_records;
    struct stay stay;

    for (size_t i = first; i < end; i++) {
        const enum fate fate = stay_read(&deal->parts->reader, i, &stay);
        deal->count[chunk][part_of(fate, &stay)]++;
    }
    return 0;
}

/* Reading twice costs less than keeping 40 bytes a record twice. */
static int deal_chunk(void *context, size_t chunk)
{
    const struct deal *deal = context;
    const size_t first = chunk * CHUNK, end = first + CHUNK < deal->n_records ? first + CHUNK : deal->n_records;
    struct stay stay;

    for (size_t i = first; i < end; i++) {
        const enum fate fate = stay_read(&deal->parts->reader, i, &stay);
        stay.fate = (uint8_t)fate;
        deal->parts->stays[deal->count[chunk][part_of(fate, &stay)]++] = stay;
    }
    return 0;
}

static int deal_all(struct parts *parts, size_t n_records, int n_threads)
{
    const size_t n_chunks = (n_records + CHUNK - 1) / CHUNK;
    struct deal deal = {parts, n_records, allocate(n_chunks, sizeof *deal.count)};
    size_t at = 0;
    int status = deal.count == NULL ? -1 : threads_run(n_chunks, n_threads, count_chunk, &deal);

    for (size_t part = 0; status == 0 && part < ALL_PARTS; part++) {
        parts->first[part] = at;
        for (size_t chunk = 0; chunk < n_chunks; chunk++) {
            const size_t n = deal.count[chunk][part];
            deal.count[chunk][part] = (uint32_t)at;
            at += n;
        }
    }
    parts->first[ALL_PARTS] = at;
    if (status == 0)
        status = threads_run(n_chunks, n_threads, deal_chunk, &deal);
    free(deal.count);
    return status;
}

static void add_content(struct parts *parts, const struct table *records, const struct study_text *name)
{
    const struct column *column = name->text == NULL ? NULL : table_column(records, name->text);

    if (column != NULL)
        parts->content[parts->n_content++] = column;
}

int parts_deal(const struct study *study, const struct table *records, const int32_t *number, const uint8_t *transfer,
               int n_threads, struct parts *parts)
{
    const struct study_table *source = study_find_table(study, ROLE_EPISODES);

    *parts = (struct parts){.number = number};
    add_content(parts, records, &source->reason);
    add_content(parts, records, &source->programme);
    add_content(parts, records, &source->planned_days);
    add_content(parts, records, &source->weekly_hours);
    add_content(parts, records, &source->weekly_sessions);
    if (stay_reader_start(study, records, transfer, &parts->reader) != 0 ||
        (parts->stays = allocate(records->n_rows, sizeof *parts->stays)) == NULL)
        return -1;
    return deal_all(parts, records->n_rows, n_threads);
}

void parts_free(struct parts *parts)
{
    stay_reader_free(&parts->reader);
    free(parts->stays);
    *parts = (struct parts){0};
}

/* ---- order within a part ------------------------------------------------------------------------------------ */

static int compare_persons(const struct parts *parts, const struct stay *a, const struct stay *b)
{
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    if (a->rest != b->rest)
        return a->rest < b->rest ? -1 : 1;
    return person_words_compare(&parts->reader.key, a->record, b->record);
}

bool parts_same_person(const struct parts *parts, const struct stay *a, const struct stay *b)
{
    return compare_persons(parts, a, b) == 0;
}

static int compare_values(const struct column *column, size_t a, size_t b)
{
    if (column->type == COLUMN_TEXT)
        return memcmp((const char *)column->values + a * column->width, (const char *)column->values + b * column->width,
                      column->width);
    if (column->type == COLUMN_FLOAT64) {
        const double x = column_real(column, a), y = column_real(column, b);
        const bool no_x = column_is_missing(column, a), no_y = column_is_missing(column, b);
        return no_x || no_y ? (int)no_y - (int)no_x : (x > y) - (x < y);
    }
    const int64_t x = column_integer(column, a), y = column_integer(column, b);
    return (x > y) - (x < y);
}

int parts_compare_content(const struct parts *parts, const struct stay *a, const struct stay *b)
{
    int order = 0;

    for (size_t i = 0; order == 0 && i < parts->n_content; i++)
        order = compare_values(parts->content[i], a->record, b->record);
    return order;
}

static int compare_stays(const void *a, const void *b, void *context)
{
    const struct stay *x = a, *y = b;
    const struct parts *parts = context;
    int order = compare_persons(parts, x, y);

    if (order == 0)
        order = stay_compare(x, y);
    if (order == 0)
        order = parts_compare_content(parts, x, y);
    if (order != 0)
        return order;
    const uint32_t first = parts->number == NULL ? x->record : (uint32_t)parts->number[x->record],
                   second = parts->number == NULL ? y->record : (uint32_t)parts->number[y->record];
    return (first > second) - (first < second);
}

static void sort_few(struct stay *stays, size_t n, const struct parts *parts)
{
    for (size_t i = 1; i < n; i++) {
        const struct stay stay = stays[i];
        size_t k = i;
        for (; k > 0 && compare_stays(&stays[k - 1], &stay, (void *)parts) > 0; k--)
            stays[k] = stays[k - 1];
        stays[k] = stay;
    }
}

static size_t bucket_of(const struct stay *stay)
{
    return (size_t)(stay->hash >> (56 - BUCKET_BITS)) & (BUCKETS - 1);
}

/* The next bits of the hash sort nearly all of it: a bucket holds a person or two. */
int parts_sort(const struct parts *parts, size_t part)
{
    struct stay *stays = parts->stays + parts->first[part];
    const size_t n = parts->first[part + 1] - parts->first[part];
    struct stay *dealt = allocate(n, sizeof *dealt);
    uint32_t *end = allocate(BUCKETS + 1, sizeof *end);
    size_t at = 0;

    if (dealt == NULL || end == NULL) {
        free(dealt);
        free(end);
        return -1;
    }
    for (size_t i = 0; i < n; i++)
        end[bucket_of(&stays[i]) + 1]++;
    for (size_t bucket = 0; bucket < BUCKETS; bucket++)
        end[bucket + 1] += end[bucket];
    for (size_t i = 0; i < n; i++)
        dealt[end[bucket_of(&stays[i])]++] = stays[i];
    for (size_t bucket = 0; bucket < BUCKETS; at = end[bucket++]) {
        const size_t in_bucket = end[bucket] - at;
        if (in_bucket > FEW)
            qsort_r(dealt + at, in_bucket, sizeof *dealt, compare_stays, (void *)parts);
        else if (in_bucket > 1)
            sort_few(dealt + at, in_bucket, parts);
    }
    if (n > 0)
        memcpy(stays, dealt, n * sizeof *stays);
    free(dealt);
    free(end);
    return 0;
}
