/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "episodes/dealt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/nameless.h"
#include "base/ranks.h"
#include "base/threads.h"
#include "episodes/person_words.h"
#include "store/store.h"
#include "study/condition.h"

/* Records that are read, dealt and sent at once. */
enum { BATCH_CHUNKS = 8, BATCH_ROWS = BATCH_CHUNKS * STORE_CHUNK_ROWS };

/* Some rows of one group, as they travel and as they wait: this head, numbers, transfers, then column by column. */
struct piece_head {
    uint64_t group, n;
};

struct waiting {
    off_t at; /* of the head in the file */
    struct piece_head head;
};

struct dealt {
    const struct study *study;
    const struct study_table *source;
    const char *const *columns;
    int n_threads;
    struct table *schema; /* of these columns */
    size_t row_bytes;     /* of a row in a piece */
    size_t per_rank;      /* groups of a rank */
    int file;
    off_t end;
    size_t n_waiting, capacity;
    struct waiting *waiting;
};

void dealt_rows_free(struct dealt_rows *rows)
{
    table_free(rows->records);
    free(rows->number);
    free(rows->transfer);
    *rows = (struct dealt_rows){0};
}

void dealt_free(struct dealt *dealt)
{
    if (dealt == NULL)
        return;
    if (dealt->file >= 0)
        close(dealt->file);
    table_free(dealt->schema);
    free(dealt->waiting);
    free(dealt);
}

size_t dealt_n_groups(const struct dealt *dealt)
{
    return dealt->per_rank;
}

static size_t group_of_part(const struct dealt *dealt, size_t part)
{
    return part * (dealt->per_rank * ranks_n()) / PERSON_PARTS;
}

static size_t last_group(const struct dealt *dealt)
{
    return dealt->per_rank * ranks_n() - 1;
}

/* ---- waiting in the file -------------------------------------------------------------------------------------------------- */

static int move_bytes(const struct dealt *dealt, bool write, void *bytes, size_t n, off_t at)
{
    char *const start = bytes;

    for (size_t done = 0; done < n;) {
        const ssize_t moved = write ? pwrite(dealt->file, start + done, n - done, at + (off_t)done)
                                    : pread(dealt->file, start + done, n - done, at + (off_t)done);
        if (moved < 0 && errno == EINTR)
            continue;
        if (moved <= 0)
            return fail_errno("records that wait to be linked cannot be %s", write ? "written" : "read");
        done += (size_t)moved;
    }
    return 0;
}

static int note_piece(struct dealt *dealt, const struct piece_head *head, off_t at)
{
    if (dealt->n_waiting == dealt->capacity) {
        const size_t capacity = 2 * dealt->capacity + 64;
        struct waiting *const waiting = reallocate(dealt->waiting, capacity, sizeof *waiting);
        if (waiting == NULL)
            return -1;
        dealt->waiting = waiting;
        dealt->capacity = capacity;
    }
    dealt->waiting[dealt->n_waiting++] = (struct waiting){at, *head};
    return 0;
}

/* Pieces one behind the other. */
static int keep(struct dealt *dealt, unsigned char *bytes, size_t n)
{
    struct piece_head head;

    for (size_t at = 0; at < n; at += sizeof head + (size_t)head.n * dealt->row_bytes) {
        memcpy(&head, bytes + at, sizeof head);
        if (note_piece(dealt, &head, dealt->end + (off_t)at) != 0)
            return -1;
    }
    if (move_bytes(dealt, true, bytes, n, dealt->end) != 0)
        return -1;
    dealt->end += (off_t)n;
    return 0;
}

/* ---- dealing a batch ---------------------------------------------------------------------------------------------------------- */

struct batch {
    struct dealt *dealt;
    const struct table *records;
    const uint8_t *transfer;
    size_t first;          /* row of the source */
    uint16_t *group;       /* [rows] */
    uint32_t *order;       /* [rows] by group */
    size_t *start;         /* [groups + 1] into order */
    size_t *place;         /* [groups + 1] of the pieces in bytes */
    unsigned char *bytes;
    struct person_reader reader;
};

static int find_groups(void *context, size_t chunk)
{
    struct batch *const b = context;
    const size_t first = chunk * STORE_CHUNK_ROWS, n = b->records->n_rows;

    for (size_t i = first; i < n && i < first + STORE_CHUNK_ROWS; i++) {
        struct person_words words = {0, 0};
        b->group[i] = (uint16_t)(person_words_read(&b->reader, i, &words) ? group_of_part(b->dealt, person_part(words.hash))
                                                                            : last_group(b->dealt));
    }
    return 0;
}

static void lay_out(struct batch *b, size_t n_groups)
{
    const size_t n = b->records->n_rows;

    for (size_t i = 0; i < n; i++)
        b->start[b->group[i] + 1]++;
    for (size_t g = 0; g < n_groups; g++) {
        const size_t n_of = b->start[g + 1];
        b->start[g + 1] += b->start[g];
        b->place[g + 1] = b->place[g] + (n_of == 0 ? 0 : sizeof(struct piece_head) + n_of * b->dealt->row_bytes);
    }
    size_t *const at = b->start; /* filling moves the beginnings to the ends */
    for (size_t i = 0; i < n; i++)
        b->order[at[b->group[i]]++] = (uint32_t)i;
    memmove(b->start + 1, b->start, n_groups * sizeof *b->start);
    b->start[0] = 0;
}

/* Values of one column of one group. */
static void gather(const struct column *column, const uint32_t *order, size_t n, unsigned char *to)
{
    const unsigned char *const values = column->values;

    switch (column->width) {
    case 1:
        for (size_t i = 0; i < n; i++)
            to[i] = values[order[i]];
        break;
    case 4:
        for (size_t i = 0; i < n; i++)
            memcpy(to + 4 * i, values + 4 * (size_t)order[i], 4);
        break;
    case 8:
        for (size_t i = 0; i < n; i++)
            memcpy(to + 8 * i, values + 8 * (size_t)order[i], 8);
        break;
    default:
        for (size_t i = 0; i < n; i++)
            memcpy(to + column->width * i, values + column->width * order[i], column->width);
    }
}

static int fill_group(void *context, size_t g)
{
    const struct batch *const b = context;
    const uint32_t *const order = b->order + b->start[g];
    const size_t n = b->start[g + 1] - b->start[g];
    const struct piece_head head = {g, n};
    unsigned char *at = b->bytes + b->place[g];

    if (n == 0)
        return 0;
    memcpy(at, &head, sizeof head);
    at += sizeof head;
    for (size_t i = 0; i < n; i++, at += sizeof(int32_t))
        memcpy(at, &(const int32_t){(int32_t)(b->first + order[i])}, sizeof(int32_t));
    for (size_t i = 0; i < n; i++)
        *at++ = b->transfer == NULL ? 0 : b->transfer[order[i]];
    for (size_t j = 0; j < b->records->n_columns; j++) {
        gather(&b->records->columns[j], order, n, at);
        at += n * b->records->columns[j].width;
    }
    return 0;
}

/* Those of other ranks go to them, theirs come. */
static int pass_on(struct batch *b, size_t n_groups)
{
    struct dealt *const dealt = b->dealt;
    size_t *const first = allocate(ranks_n() + 1, sizeof *first);
    struct ranks_bytes from = {0};
    int status = first == NULL ? -1 : 0;

    (void)n_groups;
    for (size_t r = 0; status == 0 && r <= ranks_n(); r++)
        first[r] = b->place[r * dealt->per_rank];
    if (status == 0 && ranks_n() == 1)
        status = keep(dealt, b->bytes, first[1]);
    else if (status == 0 && (status = ranks_exchange(b->bytes, first, &from)) == 0)
        status = keep(dealt, from.bytes, from.first[ranks_n()]);
    ranks_bytes_free(&from);
    free(first);
    return status;
}

static int deal_batch(struct dealt *dealt, const struct table *records, size_t first, const uint8_t *transfer)
{
    const size_t n_groups = dealt->per_rank * ranks_n(), n = records->n_rows;
    struct batch b = {.dealt = dealt, .records = records, .transfer = transfer, .first = first};
    const char *names[2];
    const size_t n_names = study_person_columns(dealt->study, dealt->source, names);
    int status = (b.group = allocate(n, sizeof *b.group)) == NULL || (b.order = allocate(n, sizeof *b.order)) == NULL ||
                         (b.start = allocate(n_groups + 1, sizeof *b.start)) == NULL ||
                         (b.place = allocate(n_groups + 1, sizeof *b.place)) == NULL ||
                         (b.bytes = allocate(n_groups * sizeof(struct piece_head) + n * dealt->row_bytes, 1)) == NULL
                     ? -1
                     : 0;

    if (status == 0) {
        b.reader = person_reader_of(table_column(records, names[0]), n_names < 2 ? NULL : table_column(records, names[1]));
        status = threads_run((n + STORE_CHUNK_ROWS - 1) / STORE_CHUNK_ROWS, dealt->n_threads, find_groups, &b);
    }
    if (status == 0) {
        lay_out(&b, n_groups);
        status = threads_run(n_groups, dealt->n_threads, fill_group, &b);
    }
    if (status == 0)
        status = pass_on(&b, n_groups);
    free(b.group);
    free(b.order);
    free(b.start);
    free(b.place);
    free(b.bytes);
    return status;
}

/* ---- reading ------------------------------------------------------------------------------------------------------------------- */

static int read_batch(struct dealt *dealt, struct store *store, size_t first, size_t end)
{
    struct table *const records = store_read_range(store, table_role_name(dealt->source->role), dealt->columns, first, end);
    uint8_t *transfer = NULL;
    int status = records == NULL ? -1 : 0;

    if (status == 0 && dealt->source->transfer.text != NULL && records->n_rows > 0 &&
        (transfer = condition_compute(dealt->study, &dealt->source->transfer, records, dealt->n_threads)) == NULL)
        status = -1;
    if (status == 0)
        status = deal_batch(dealt, records, first, transfer);
    free(transfer);
    table_free(records);
    return status;
}

/* Each rank has as many batches, the last ones may be empty: rows are passed on batch by batch. */
static int read_share(struct dealt *dealt, struct store *store, size_t n_rows)
{
    const size_t n_chunks = (n_rows + STORE_CHUNK_ROWS - 1) / STORE_CHUNK_ROWS, rank = ranks_rank(), n_ranks = ranks_n();
    const size_t begin = n_chunks * rank / n_ranks, end = n_chunks * (rank + 1) / n_ranks;
    const size_t most = n_chunks / n_ranks + 1, n_batches = (most + BATCH_CHUNKS - 1) / BATCH_CHUNKS;
    int status = 0;

    for (size_t k = 0; status == 0 && k < n_batches; k++) {
        size_t from = (begin + k * BATCH_CHUNKS) * STORE_CHUNK_ROWS, to = from + BATCH_ROWS;
        to = to < end * STORE_CHUNK_ROWS ? to : end * STORE_CHUNK_ROWS;
        status = read_batch(dealt, store, from < to ? from : to, to < n_rows ? to : n_rows);
    }
    return status;
}

static int start(struct dealt *dealt, struct store *store, const char *out, size_t group_rows, size_t *n_rows)
{
    const char *const name = table_role_name(dealt->source->role);

    if (store_n_rows(store, name, n_rows) != 0 ||
        (dealt->schema = store_read_range(store, name, dealt->columns, 0, 0)) == NULL)
        return -1;
    if (*n_rows > INT32_MAX)
        return fail("%zu records are more than can be linked", *n_rows);
    dealt->row_bytes = sizeof(int32_t) + 1;
    for (size_t j = 0; j < dealt->schema->n_columns; j++)
        dealt->row_bytes += dealt->schema->columns[j].width;
    const size_t wanted = *n_rows / ranks_n() / group_rows + 1, most = PERSON_PARTS / ranks_n() + 1;
    dealt->per_rank = wanted < most ? wanted : most;
    char *const folder = format_text("%s/work", out);
    if (folder != NULL && (dealt->file = nameless_open(folder)) < 0)
        fail_errno("'%s': records that wait to be linked find no place", folder);
    free(folder);
    return dealt->file < 0 ? -1 : 0;
}

struct dealt *dealt_make(const struct study *study, const struct study_table *source, const char *records, const char *out,
                         const char *const *columns, size_t group_rows, int n_threads)
{
    struct dealt *const dealt = allocate(1, sizeof *dealt);
    struct store *const store = dealt == NULL ? NULL : store_open(records);
    size_t n_rows = 0;
    int status = -1;

    if (dealt != NULL)
        *dealt = (struct dealt){.study = study, .source = source, .columns = columns, .n_threads = n_threads, .file = -1};
    if (store != NULL && start(dealt, store, out, group_rows, &n_rows) == 0)
        status = read_share(dealt, store, n_rows);
    store_close(store);
    if (status == 0)
        return dealt;
    dealt_free(dealt);
    return NULL;
}

/* ---- taking a group -------------------------------------------------------------------------------------------------------------- */

static void take_piece(const struct dealt *dealt, const unsigned char *at, size_t n, size_t row, struct dealt_rows *rows)
{
    memcpy(rows->number + row, at, n * sizeof *rows->number);
    at += n * sizeof *rows->number;
    if (rows->transfer != NULL)
        memcpy(rows->transfer + row, at, n);
    at += n;
    for (size_t j = 0; j < dealt->schema->n_columns; j++) {
        struct column *const column = &rows->records->columns[j];
        memcpy((char *)column->values + row * column->width, at, n * column->width);
        at += n * column->width;
    }
}

static int make_room(const struct dealt *dealt, size_t n, struct dealt_rows *rows)
{
    if ((rows->records = table_take_rows(dealt->schema, NULL, 0)) == NULL || table_reserve(rows->records, n) != 0 ||
        (rows->number = allocate(n, sizeof *rows->number)) == NULL ||
        (dealt->source->transfer.text != NULL && (rows->transfer = allocate(n, 1)) == NULL))
        return -1;
    rows->records->n_rows = n; /* every value is written */
    return 0;
}

int dealt_take(struct dealt *dealt, size_t group, struct dealt_rows *rows)
{
    const uint64_t wanted = group + dealt->per_rank * ranks_rank();
    size_t n = 0, most = 0, row = 0;

    *rows = (struct dealt_rows){0};
    for (size_t k = 0; k < dealt->n_waiting; k++)
        if (dealt->waiting[k].head.group == wanted) {
            n += (size_t)dealt->waiting[k].head.n;
            most = dealt->waiting[k].head.n > most ? (size_t)dealt->waiting[k].head.n : most;
        }
    unsigned char *const bytes = allocate(most * dealt->row_bytes, 1);
    int status = bytes == NULL ? -1 : make_room(dealt, n, rows);
    for (size_t k = 0; status == 0 && k < dealt->n_waiting; k++) {
        const struct waiting *const piece = &dealt->waiting[k];
        const size_t n_of = (size_t)piece->head.n;
        if (piece->head.group != wanted)
            continue;
        status = move_bytes(dealt, false, bytes, n_of * dealt->row_bytes, piece->at + (off_t)sizeof piece->head);
        if (status == 0)
            take_piece(dealt, bytes, n_of, row, rows);
        row += n_of;
    }
    free(bytes);
    return status;
}
