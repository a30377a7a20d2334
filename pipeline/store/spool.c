/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/spool.h"

#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"
#include "base/nameless.h"
#include "store/canonical.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct piece {
    off_t start;
    size_t width; /* of the smallest integer that holds the codes of this piece */
};

struct spool {
    int file;
    char *path; /* of the output, for messages */
    off_t end;
    size_t n_pieces, capacity;
    struct piece *pieces;
};

struct spool *spool_open(const char *path)
{
    struct spool *const spool = allocate(1, sizeof *spool);
    char *const folder = path_folder(path);
    if (spool == NULL || folder == NULL) {
        free(spool);
        free(folder);
        return NULL;
    }
    spool->path = copy_text(path);
    spool->file = spool->path != NULL ? nameless_open(folder) : -1;
    if (spool->file < 0) {
        fail_errno("a temporary file for '%s' could not be made", path);
        free(spool->path);
        free(spool);
        free(folder);
        return NULL;
    }
    free(folder);
    return spool;
}

void spool_close(struct spool *spool)
{
    if (spool == NULL)
        return;
    close(spool->file); /* nothing in it is wanted any more */
    free(spool->pieces);
    free(spool->path);
    free(spool);
}

static int write_all(const struct spool *spool, const char *bytes, size_t length, off_t at)
{
    while (length > 0) {
        const ssize_t n = pwrite(spool->file, bytes, length, at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return fail_errno("a temporary file for '%s' could not be written", spool->path);
        bytes += n;
        length -= (size_t)n;
        at += n;
    }
    return 0;
}

static int read_all(const struct spool *spool, char *bytes, size_t length, off_t at)
{
    while (length > 0) {
        const ssize_t n = pread(spool->file, bytes, length, at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return fail_errno("a temporary file for '%s' could not be read", spool->path);
        bytes += n;
        length -= (size_t)n;
        at += n;
    }
    return 0;
}

int spool_add(struct spool *spool, const int32_t *codes, size_t n)
{
    if (spool->n_pieces == spool->capacity) {
        const size_t capacity = 2 * spool->capacity + 16;
        struct piece *const pieces = reallocate(spool->pieces, capacity, sizeof *pieces);
        if (pieces == NULL)
            return -1;
        spool->pieces = pieces;
        spool->capacity = capacity;
    }
    const size_t n_labels = (size_t)(canonical_largest(codes, n) + INT64_C(1));
    const size_t width = column_type_width(COLUMN_CATEGORY, 0, n_labels);
    void *const bytes = allocate(n, width);
    if (bytes == NULL)
        return -1;
    canonical_narrow(bytes, width, codes, n);
    const int status = write_all(spool, bytes, n * width, spool->end);
    free(bytes);
    if (status != 0)
        return -1;
    spool->pieces[spool->n_pieces++] = (struct piece){.start = spool->end, .width = width};
    spool->end += (off_t)(n * width);
    return 0;
}

int spool_read(const struct spool *spool, size_t piece, int32_t *codes, size_t n)
{
    const struct piece *const place = &spool->pieces[piece];
    void *const bytes = allocate(n, place->width);
    if (bytes == NULL)
        return -1;
    const int status = read_all(spool, bytes, n * place->width, place->start);
    if (status == 0)
        canonical_widen(codes, bytes, place->width, n);
    free(bytes);
    return status;
}
