/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/source_spool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/nameless.h"
#include "ingest/stat_head.h"
#include "ingest/stat_spool.h"

enum { COPY_BYTES = 1 << 16 };

static int write_all(int file, const char *bytes, size_t length)
{
    for (size_t done = 0; done < length;) {
        const ssize_t n = write(file, bytes + done, length - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return fail_errno("standard input cannot be kept in a temporary file");
        done += (size_t)n;
    }
    return 0;
}

/* It can be read only once, and rows are read twice where labels or widths must be known first. */
static int copy_input(int file)
{
    char *const bytes = allocate(COPY_BYTES, 1);
    int status = bytes != NULL ? 0 : -1;
    for (ssize_t n = 1; status == 0 && n > 0;) {
        n = read(STDIN_FILENO, bytes, COPY_BYTES);
        if (n < 0 && errno == EINTR)
            n = 1;
        else if (n < 0)
            status = fail_errno("cannot read standard input");
        else
            status = write_all(file, bytes, (size_t)n);
    }
    free(bytes);
    return status;
}

static int open_spool(struct source_spool *spool, const char *folder)
{
    spool->file = folder != NULL ? nameless_open(folder) : memfd_create("stepdown-head", MFD_CLOEXEC);
    if (spool->file < 0)
        return fail_errno("a temporary file for the rows of '%s' could not be made", spool->shown);
    spool->path = format_text("/proc/self/fd/%d", spool->file);
    return spool->path != NULL ? 0 : -1;
}

bool source_is_spooled(const char *path)
{
    return strcmp(path, SOURCE_STANDARD_INPUT) == 0 || stat_format_of(path) != STAT_NONE;
}

int source_spool_start(struct source_spool *spool, const char *path, const char *folder, bool latin1, bool head_only,
                       const struct codebook *codebook)
{
    const bool is_input = strcmp(path, SOURCE_STANDARD_INPUT) == 0, is_stat = stat_format_of(path) != STAT_NONE;
    *spool = (struct source_spool){
        .shown = is_input ? "standard input" : path, .file = -1, .counts_rows = is_stat};
    if (!is_input && !is_stat) {
        spool->path = copy_text(path);
        return spool->path != NULL ? 0 : -1;
    }
    if (open_spool(spool, folder) != 0)
        return -1;
    return is_input ? copy_input(spool->file) : stat_spool(path, latin1, head_only, codebook, spool->file);
}

void source_spool_free(struct source_spool *spool)
{
    if (spool->file >= 0)
        close(spool->file); /* it has no name: nobody else reads it */
    free(spool->path);
    *spool = (struct source_spool){.file = -1};
}

void source_spool_options(const struct source_spool *spool, struct csv_options *options)
{
    options->shown = spool->shown;
    options->counts_rows = spool->counts_rows;
    if (spool->counts_rows) {
        options->delimiter = ',';
        options->latin1 = false;
    }
}
