/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/byte_range.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/ranks.h"

enum {
    PIECE = 1 << 20,
    HASHING = 12, /* reading a byte takes as long as hashing so many */
};

struct byte_share byte_share_of(const size_t *sizes, size_t n, size_t file, size_t rank, size_t n_ranks)
{
    size_t total = 0, before = 0;
    for (size_t i = 0; i < n; i++) {
        before += i < file ? sizes[i] : 0;
        total += sizes[i];
    }
    size_t edges[2];
    for (size_t k = 0; k < 2; k++) {
        const unsigned __int128 wanted = (unsigned __int128)total * (rank + k) * (HASHING + 1) / (HASHING * n_ranks);
        const size_t edge = rank + k == n_ranks || wanted > total ? total : (size_t)wanted;
        edges[k] = edge <= before ? 0 : edge - before < sizes[file] ? edge - before : sizes[file];
    }
    return (struct byte_share){edges[0], edges[1]};
}

struct text {
    const char *path;
    int file;
    unsigned char *bytes; /* [PIECE] */
};

/* How many bytes there are at a place, at most PIECE and at most n; 0 at the end of the file; -1 after telling. */
static ptrdiff_t read_at(const struct text *text, size_t at, size_t n)
{
    for (;;) {
        const ssize_t n_read = pread(text->file, text->bytes, n < PIECE ? n : PIECE, (off_t)at);
        if (n_read >= 0)
            return n_read;
        if (errno != EINTR)
            return fail_errno("cannot read '%s'", text->path);
    }
}

static size_t count(const unsigned char *bytes, size_t n, int wanted)
{
    size_t found = 0;
    for (const unsigned char *at = bytes, *const end = bytes + n; (at = memchr(at, wanted, (size_t)(end - at))) != NULL;
         at++)
        found++;
    return found;
}

struct counts {
    uint64_t n_quotes, n_lines;
};

/* Line ends of a piece: a LF behind a CR was counted with it. */
static size_t count_lines(const unsigned char *bytes, size_t n, bool after_cr)
{
    const size_t n_lf = count(bytes, n, '\n');
    if (memchr(bytes, '\r', n) == NULL)
        return n_lf - (after_cr && n > 0 && bytes[0] == '\n');
    size_t n_lines = 0;
    for (size_t i = 0; i < n; i++) {
        n_lines += bytes[i] == '\r' || (bytes[i] == '\n' && !after_cr);
        after_cr = bytes[i] == '\r';
    }
    return n_lines;
}

static int count_share(const struct text *text, size_t first, size_t end, bool after_cr, struct counts *counts)
{
    while (first < end) {
        const ptrdiff_t n = read_at(text, first, end - first);
        if (n <= 0)
            return n < 0 ? -1 : fail("'%s' changed while it was read", text->path);
        counts->n_quotes += count(text->bytes, (size_t)n, '"');
        counts->n_lines += count_lines(text->bytes, (size_t)n, after_cr);
        after_cr = text->bytes[n - 1] == '\r';
        first += (size_t)n;
    }
    return 0;
}

/* Where the first record begins at or behind `from`, whose byte before is inside of quotes or not. */
static int find_record(const struct text *text, size_t from, bool quoted, size_t *found)
{
    bool after_cr = false;
    for (size_t at = from - 1;;) {
        const ptrdiff_t n = read_at(text, at, PIECE);
        if (n < 0)
            return -1;
        for (ptrdiff_t i = 0; i < n; i++, at++) {
            const unsigned char c = text->bytes[i];
            if (after_cr || (!quoted && c == '\n')) {
                *found = at + (c == '\n'); /* a LF behind a CR belongs to its line end */
                return 0;
            }
            quoted ^= c == '"';
            after_cr = !quoted && c == '\r';
        }
        if (n == 0) {
            *found = at;
            return 0;
        }
    }
}

static int byte_at(const struct text *text, size_t at, unsigned char *byte)
{
    const ptrdiff_t n = read_at(text, at, 1);
    *byte = n == 1 ? text->bytes[0] : 0;
    return n < 0 ? -1 : n == 1 ? 0 : fail("'%s' changed while it was read", text->path);
}

static int settle(const struct text *text, const struct byte_share *share, size_t header_end, size_t n_header_lines,
                  struct byte_range *range)
{
    const size_t first = share->first > header_end ? share->first : header_end;
    const size_t end = share->end > header_end ? share->end : header_end, rank = ranks_rank();
    struct counts own = {0};
    struct ranks_bytes all = {0};
    unsigned char before = 0;
    size_t begins = first;

    if ((first > header_end && byte_at(text, first - 1, &before) != 0) ||
        count_share(text, first, end, before == '\r', &own) != 0)
        return -1;
    const int64_t n_quotes = ranks_before((int64_t)own.n_quotes), n_lines = ranks_before((int64_t)own.n_lines);
    if (first > header_end && find_record(text, first, ((n_quotes - (before == '"')) & 1) != 0, &begins) != 0)
        return -1;
    struct counts skipped = {0};
    if (count_share(text, first, begins, before == '\r', &skipped) != 0 ||
        ranks_collect(&(uint64_t){begins}, sizeof(uint64_t), &all) != 0)
        return -1;
    uint64_t next = UINT64_MAX;
    if (rank + 1 < ranks_n())
        memcpy(&next, all.bytes + all.first[rank + 1], sizeof next);
    ranks_bytes_free(&all);
    *range = (struct byte_range){begins, (size_t)next, n_header_lines + (size_t)n_lines + (size_t)skipped.n_lines};
    return 0;
}

int byte_range_find(const struct byte_share *share, const char *path, size_t header_end, size_t n_header_lines,
                    struct byte_range *range)
{
    struct text text = {.path = path, .file = open(path, O_RDONLY | O_CLOEXEC), .bytes = allocate(PIECE, 1)};
    int status = -1;
    if (text.file < 0)
        status = fail_errno("cannot open '%s'", path);
    else if (text.bytes != NULL)
        status = settle(&text, share, header_end, n_header_lines, range);
    if (text.file >= 0)
        close(text.file);
    free(text.bytes);
    return status;
}
