/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/shared_digests.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/ranks.h"

enum { PIECE = 1 << 18 };

int shared_digests_start(struct shared_digests *digests, struct source_files *files)
{
    *digests = (struct shared_digests){.descriptor = -1};
    if (ranks_n() == 1 || ranks_rank() + 1 < ranks_n())
        return 0;
    digests->files = files;
    for (size_t i = 0; i < files->n; i++)
        if (files->items[i].sha256[0] == '\0')
            digests->n_bytes += (size_t)files->items[i].mark.st_size;
    return (digests->bytes = allocate(PIECE, 1)) != NULL ? 0 : -1;
}

static void close_file(struct shared_digests *digests)
{
    if (digests->descriptor >= 0)
        close(digests->descriptor); /* nothing was written through it */
    digests->descriptor = -1;
}

void shared_digests_free(struct shared_digests *digests)
{
    if (digests->files != NULL)
        close_file(digests);
    sha256_free(digests->sha);
    free(digests->bytes);
    *digests = (struct shared_digests){.descriptor = -1};
}

static int open_file(struct shared_digests *digests, const struct source_file *file)
{
    if ((digests->descriptor = open(file->path, O_RDONLY | O_CLOEXEC)) < 0)
        return fail_errno("cannot open '%s'", file->path);
    return (digests->sha = sha256_start()) != NULL ? 0 : -1;
}

static int finish_file(struct shared_digests *digests, struct source_file *file)
{
    close_file(digests);
    const int status = sha256_finish(digests->sha, file->sha256);
    digests->sha = NULL;
    digests->file++;
    return status;
}

/* The next piece of the file at hand, or its end. */
static int hash_piece(struct shared_digests *digests)
{
    struct source_file *const file = &digests->files->items[digests->file];
    ssize_t n;
    if (file->sha256[0] != '\0') {
        digests->file++;
        return 0;
    }
    if (digests->sha == NULL && open_file(digests, file) != 0)
        return -1;
    while ((n = read(digests->descriptor, digests->bytes, PIECE)) < 0)
        if (errno != EINTR)
            return fail_errno("cannot read '%s'", file->path);
    if (n == 0)
        return finish_file(digests, file);
    sha256_add(digests->sha, digests->bytes, (size_t)n);
    digests->n_done += (size_t)n;
    return 0;
}

int shared_digests_go_on(struct shared_digests *digests, double share)
{
    const size_t until = share < 1 ? (size_t)(share * (double)digests->n_bytes) : SIZE_MAX;
    while (digests->files != NULL && digests->file < digests->files->n && digests->n_done < until)
        if (hash_piece(digests) != 0)
            return -1;
    return 0;
}
