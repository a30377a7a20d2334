/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/csv_slab.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "ingest/byte_source.h"
#include "ingest/csv_split.h"
#include "ingest/file_kind.h"

struct csv_slabs {
    char *shown; /* its name in messages */
    char delimiter;
    struct byte_source *source;
    bool at_end;              /* the source has no more bytes */
    size_t byte;              /* offset of what comes next: the carry, then the source */
    unsigned char *carry;     /* [n_carry] bytes that were read and belong to the next slab */
    size_t n_carry, capacity; /* of the carry */
};

void csv_slab_free(struct csv_slab *slab)
{
    free(slab->bytes);
    *slab = (struct csv_slab){0};
}

static int make_room(struct csv_slab *slab, size_t wanted)
{
    if (wanted <= slab->capacity)
        return 0;
    unsigned char *const bytes = reallocate(slab->bytes, wanted + CSV_SLAB_PADDING, 1);
    if (bytes == NULL)
        return -1;
    slab->bytes = bytes;
    slab->capacity = wanted;
    return 0;
}

/* A pipe may give bytes in pieces; where slabs end must not depend on it. */
static int read_on(struct csv_slabs *slabs, struct csv_slab *slab)
{
    const size_t wanted = slab->length + CSV_SLAB_BYTES;
    if (make_room(slab, wanted) != 0)
        return -1;
    while (slab->length < wanted && !slabs->at_end) {
        const ptrdiff_t n = byte_source_read(slabs->source, slab->bytes + slab->length, wanted - slab->length);
        if (n < 0)
            return -1;
        slab->length += (size_t)n;
        slabs->at_end = n == 0;
    }
    return 0;
}

static int keep_carry(struct csv_slabs *slabs, const unsigned char *bytes, size_t n)
{
    if (n > slabs->capacity) {
        unsigned char *const carry = reallocate(slabs->carry, n, 1);
        if (carry == NULL)
            return -1;
        slabs->carry = carry;
        slabs->capacity = n;
    }
    if (n > 0)
        memcpy(slabs->carry, bytes, n);
    slabs->n_carry = n;
    return 0;
}

/*
 * Bytes from the start to behind the last line end outside of quotes; 0: there is none.  Seen from the end, a place
 * is outside when as many quotes are odd or even behind it as there are in all.  A CR at the very end may be
 * half of a line end.
 */
static size_t find_end(const unsigned char *bytes, size_t n, bool at_end)
{
    size_t n_quotes = csv_count_quotes(bytes, n); /* of those before the place */
    for (size_t i = n; i > 0; i--) {
        const unsigned char c = bytes[i - 1];
        if (c == '"')
            n_quotes--;
        else if ((c == '\n' || (c == '\r' && (i < n || at_end))) && n_quotes % 2 == 0)
            return i;
    }
    return 0;
}

/* ---- records beyond all bounds -------------------------------------------------------------------------- */

static bool is_fault(const struct csv_scan *scan, enum csv_stop stop, struct csv_fault *fault)
{
    *fault = (struct csv_fault){.now = scan->now, .quote = scan->quote};
    if (stop == CSV_STOP_STRAY_QUOTE)
        fault->kind = CSV_FAULT_STRAY_QUOTE;
    else if (stop == CSV_STOP_TEXT_AFTER)
        fault->kind = CSV_FAULT_TEXT_AFTER;
    else if (stop == CSV_STOP_END_OF_BYTES && scan->state == CSV_QUOTED &&
             scan->now.byte - scan->quote.byte > CSV_RECORD_MAX)
        fault->kind = CSV_FAULT_UNCLOSED_LONG;
    return fault->kind != CSV_FAULT_NONE;
}

/* A LF after the CR that ended a record belongs to it, or a line would be counted twice. */
static int take_second_half(struct csv_slabs *slabs)
{
    struct csv_slab piece = {0};
    int status = 0;
    if (slabs->n_carry == 0 && !slabs->at_end) {
        status = read_on(slabs, &piece);
        if (status == 0)
            status = keep_carry(slabs, piece.bytes, piece.length);
    }
    if (status == 0 && slabs->n_carry > 0 && slabs->carry[0] == '\n') {
        slabs->n_carry--;
        memmove(slabs->carry, slabs->carry + 1, slabs->n_carry);
        slabs->byte++;
    }
    csv_slab_free(&piece);
    return status;
}

/* The slab holds the beginning of one record; the rest is scanned piece by piece and forgotten. */
static int scan_long_record(struct csv_slabs *slabs, struct csv_slab *slab)
{
    struct csv_scan scan;
    struct csv_slab piece = {0};
    const unsigned char *bytes = slab->bytes;
    size_t length = slab->length, n = 0;
    enum csv_stop stop = CSV_STOP_END_OF_BYTES;
    int status = 0;
    csv_scan_start(&scan, slabs->delimiter, slab->byte);
    while (status == 0) {
        stop = csv_scan_on(&scan, bytes, length, NULL, 0, &n);
        if (stop != CSV_STOP_END_OF_BYTES || is_fault(&scan, stop, &slab->fault) || slabs->at_end)
            break;
        piece.length = 0;
        status = read_on(slabs, &piece);
        bytes = piece.bytes;
        length = piece.length;
    }
    if (status == 0 && !is_fault(&scan, stop, &slab->fault)) {
        if (stop == CSV_STOP_END_OF_BYTES && scan.state == CSV_QUOTED)
            slab->fault = (struct csv_fault){CSV_FAULT_UNCLOSED, scan.now, scan.quote};
        slab->too_long = true;
        slab->n_cells = stop == CSV_STOP_RECORD ? scan.n_cells : scan.now.column;
        slab->n_lines = scan.now.line - 1;
        slabs->byte = scan.now.byte;
        status = keep_carry(slabs, bytes + n, length - n);
        if (status == 0 && stop == CSV_STOP_RECORD && scan.after_cr)
            status = take_second_half(slabs);
    }
    csv_slab_free(&piece);
    return status;
}

/* ---- slabs ---------------------------------------------------------------------------------------------- */

int csv_slabs_next(struct csv_slabs *slabs, struct csv_slab *slab)
{
    const size_t n_carry = slabs->n_carry;
    slab->too_long = false;
    slab->fault.kind = CSV_FAULT_NONE;
    slab->byte = slabs->byte;
    slab->length = n_carry;
    if (make_room(slab, n_carry) != 0)
        return -1;
    if (n_carry > 0)
        memcpy(slab->bytes, slabs->carry, n_carry);
    for (;;) {
        if (!slabs->at_end && read_on(slabs, slab) != 0)
            return -1;
        if (slab->length == 0)
            return 0;
        size_t end = find_end(slab->bytes, slab->length, slabs->at_end);
        if (slabs->at_end)
            end = slab->length; /* the last record may have no line end */
        if (end > 0) {
            slabs->byte += end;
            const int status = keep_carry(slabs, slab->bytes + end, slab->length - end);
            slab->length = end;
            return status == 0 ? 1 : -1;
        }
        if (slab->length > CSV_RECORD_MAX + 1) /* the last byte may be a CR and no part of the record */
            return scan_long_record(slabs, slab) == 0 ? 1 : -1;
    }
}

/* ---- opening ---------------------------------------------------------------------------------------------- */

static int read_first_bytes(struct csv_slabs *slabs)
{
    struct csv_slab slab = {0};
    int status = read_on(slabs, &slab);
    const char *const refusal = status == 0 ? file_kind_refusal(slab.bytes, slab.length) : NULL;
    if (status == 0 && slab.length == 0)
        status = fail("'%s' is empty", slabs->shown);
    else if (refusal != NULL)
        status = fail("'%s' is %s", slabs->shown, refusal);
    if (status == 0) {
        slabs->byte = file_kind_utf8_mark(slab.bytes, slab.length);
        status = keep_carry(slabs, slab.bytes + slabs->byte, slab.length - slabs->byte);
    }
    csv_slab_free(&slab);
    return status;
}

struct csv_slabs *csv_slabs_open(const char *path, const char *shown, char delimiter, bool pipe_allowed, struct sha256 *sha)
{
    struct csv_slabs *const slabs = allocate(1, sizeof *slabs);
    if (slabs == NULL)
        return NULL;
    slabs->delimiter = delimiter;
    if ((slabs->shown = copy_text(shown)) == NULL ||
        (slabs->source = byte_source_open(path, pipe_allowed, sha)) == NULL || read_first_bytes(slabs) != 0) {
        csv_slabs_close(slabs);
        return NULL;
    }
    return slabs;
}

void csv_slabs_close(struct csv_slabs *slabs)
{
    if (slabs == NULL)
        return;
    byte_source_close(slabs->source);
    free(slabs->carry);
    free(slabs->shown);
    free(slabs);
}

double csv_slabs_share(const struct csv_slabs *slabs)
{
    return byte_source_share(slabs->source);
}

bool csv_slabs_are_plain(const struct csv_slabs *slabs)
{
    return byte_source_is_plain(slabs->source);
}

int csv_slabs_confine(struct csv_slabs *slabs, size_t first, size_t end)
{
    slabs->n_carry = 0;
    slabs->byte = first;
    slabs->at_end = false;
    return byte_source_confine(slabs->source, first, end);
}
