/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/byte_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/fail.h"
#include "base/memory.h"

enum { PACKED_SIZE = 1 << 16, GZIP_ONLY = 16 + MAX_WBITS };

struct byte_source {
    char *path;
    int file;
    struct sha256 *sha;     /* borrowed; NULL: nobody wants the digest */
    size_t first, end;      /* the bytes that are wanted */
    size_t n_read;          /* bytes of the file before what comes next */
    bool regular;
    struct stat before;     /* as it was when it was opened */
    bool gzip;
    bool inflating;         /* inflate holds memory */
    bool in_member;         /* between the first and the last byte of a gzip member */
    bool any_member;        /* at least one member was complete */
    bool at_end;
    z_stream inflate;
    unsigned char *packed;  /* [PACKED_SIZE] */
};

static bool ends_with(const char *text, const char *end)
{
    const size_t n = strlen(text), n_end = strlen(end);
    return n > n_end && strcmp(text + n - n_end, end) == 0;
}

/* A pipe without a writer would wait for ever where nobody asked for a pipe: so it is opened without waiting. */
static int open_checked(struct byte_source *source, bool pipe_allowed)
{
    source->file = open(source->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (pipe_allowed ? 0 : O_NONBLOCK));
    if (source->file < 0)
        return fail_errno("cannot open '%s'", source->path);
    if (fstat(source->file, &source->before) != 0)
        return fail_errno("cannot read '%s'", source->path);
    source->regular = S_ISREG(source->before.st_mode);
    if (S_ISDIR(source->before.st_mode))
        return fail("'%s' is a folder, not a file", source->path);
    if (!source->regular && !pipe_allowed)
        return fail("'%s' is not a regular file", source->path);
    return 0;
}

static int start_inflating(struct byte_source *source)
{
    source->gzip = true;
    source->packed = allocate(PACKED_SIZE, 1);
    if (source->packed == NULL)
        return -1;
    if (inflateInit2(&source->inflate, GZIP_ONLY) != Z_OK)
        return fail_memory();
    source->inflating = true;
    return 0;
}

struct byte_source *byte_source_open(const char *path, bool pipe_allowed, struct sha256 *sha)
{
    struct byte_source *const source = allocate(1, sizeof *source);
    if (source == NULL)
        return NULL;
    source->file = -1;
    source->end = SIZE_MAX;
    source->sha = sha;
    if ((source->path = copy_text(path)) == NULL || open_checked(source, pipe_allowed) != 0 ||
        (ends_with(path, ".gz") && start_inflating(source) != 0)) {
        byte_source_close(source);
        return NULL;
    }
    return source;
}

void byte_source_close(struct byte_source *source)
{
    if (source == NULL)
        return;
    if (source->inflating)
        inflateEnd(&source->inflate);
    if (source->file >= 0)
        close(source->file); /* read only: nothing can be lost here */
    free(source->packed);
    free(source->path);
    free(source);
}

static ptrdiff_t read_file(struct byte_source *source, unsigned char *bytes, size_t room)
{
    if (room > source->end - source->n_read)
        room = source->end - source->n_read;
    for (;;) {
        const ssize_t n = room > 0 ? read(source->file, bytes, room) : 0;
        source->n_read += n > 0 ? (size_t)n : 0;
        if (n > 0 && source->sha != NULL)
            sha256_add(source->sha, bytes, (size_t)n);
        if (n >= 0)
            return n;
        if (errno != EINTR)
            return fail_errno("cannot read '%s'", source->path);
    }
}

/* The hash of a file that changes while it is read would name bytes that nobody saw. */
static int check_unchanged(const struct byte_source *source)
{
    struct stat after;
    if (!source->regular)
        return 0;
    if (fstat(source->file, &after) != 0)
        return fail_errno("cannot read '%s'", source->path);
    const struct stat *const before = &source->before;
    if (after.st_size != before->st_size || after.st_mtim.tv_sec != before->st_mtim.tv_sec ||
        after.st_mtim.tv_nsec != before->st_mtim.tv_nsec)
        return fail("'%s' changed while it was read", source->path);
    return 0;
}

/* Fetches packed bytes when none are left: 1, 0 at the end of the file, -1 after telling. */
static int fill_packed(struct byte_source *source)
{
    if (source->inflate.avail_in > 0)
        return 1;
    const ptrdiff_t n = read_file(source, source->packed, PACKED_SIZE);
    if (n <= 0)
        return (int)n;
    source->inflate.next_in = source->packed;
    source->inflate.avail_in = (uInt)n;
    return 1;
}

/* One call of inflate; 0, or -1 after telling. */
static int inflate_some(struct byte_source *source)
{
    const int status = inflate(&source->inflate, Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
        source->in_member = false;
        source->any_member = true;
        return inflateReset(&source->inflate) == Z_OK ? 0 : fail("'%s': gzip cannot be read on", source->path);
    }
    if (status == Z_OK || status == Z_BUF_ERROR)
        return 0;
    if (status == Z_MEM_ERROR)
        return fail_memory();
    if (status == Z_DATA_ERROR && source->any_member && source->inflate.total_out == 0)
        return fail("'%s': other bytes follow the end of the gzip data", source->path);
    return fail("'%s': corrupt gzip data (%s)", source->path,
                source->inflate.msg != NULL ? source->inflate.msg : "unknown cause");
}

static ptrdiff_t read_gzip(struct byte_source *source, unsigned char *bytes, size_t room)
{
    const uInt wanted = room < 1u << 30 ? (uInt)room : 1u << 30;
    source->inflate.next_out = bytes;
    source->inflate.avail_out = wanted;
    while (source->inflate.avail_out == wanted) {
        const int filled = fill_packed(source);
        if (filled < 0)
            return -1;
        if (filled == 0 && source->any_member && !source->in_member)
            return 0;
        source->in_member = true;
        if (inflate_some(source) != 0)
            return -1;
        /* Without new bytes inflate may still hold some back; only when it has none is the file too short. */
        if (filled == 0 && source->in_member && source->inflate.avail_out == wanted)
            return fail("'%s': the gzip data end too early; the file was cut short", source->path);
    }
    return (ptrdiff_t)(wanted - source->inflate.avail_out);
}

ptrdiff_t byte_source_read(struct byte_source *source, unsigned char *bytes, size_t room)
{
    if (source->at_end)
        return 0;
    const ptrdiff_t n = source->gzip ? read_gzip(source, bytes, room) : read_file(source, bytes, room);
    if (n == 0) {
        source->at_end = true;
        return check_unchanged(source);
    }
    return n;
}

bool byte_source_is_plain(const struct byte_source *source)
{
    return source->regular && !source->gzip;
}

int byte_source_confine(struct byte_source *source, size_t first, size_t end)
{
    if (lseek(source->file, (off_t)first, SEEK_SET) != (off_t)first)
        return fail_errno("cannot read '%s'", source->path);
    source->first = source->n_read = first;
    source->end = end;
    source->at_end = false;
    return 0;
}

double byte_source_share(const struct byte_source *source)
{
    if (!source->regular || source->before.st_size <= 0)
        return 0;
    const size_t size = (size_t)source->before.st_size, end = source->end < size ? source->end : size;
    if (end <= source->first)
        return 1;
    const double share = (double)(source->n_read - source->first) / (double)(end - source->first);
    return share < 1 ? share : 1;
}
