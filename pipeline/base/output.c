/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/output.h"
#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"
#include "base/sha256.h"
#include "base/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER_BYTES = 1 << 16 };

struct output {
    char *path;
    int slot;              /* of the temporary; -1: none */
    int file;              /* -1: closed, or filled by somebody else */
    bool external;
    bool failed;           /* told already */
    size_t n_buffered;
    uint64_t n_written;    /* bytes handed to the file */
    struct sha256 *sha;    /* of everything written */
    char *buffer;          /* [BUFFER_BYTES] */
};

/* A pipe, a device or a folder is not replaced by a rename; neither is a link, whose target would stay as it was. */
static int check_target(const char *path)
{
    struct stat about;
    if (lstat(path, &about) != 0)
        return errno == ENOENT ? 0 : fail_errno("cannot write '%s'", path);
    if (S_ISLNK(about.st_mode))
        return fail("cannot write '%s': it is a symbolic link; name the file itself", path);
    if (!S_ISREG(about.st_mode))
        return fail("cannot write '%s': it exists and is not a regular file", path);
    return 0;
}

static struct output *open_beside(const char *path, bool external)
{
    if (path_name(path)[0] == '\0') {
        fail("cannot write '%s': a file name was expected", path);
        return NULL;
    }
    if (check_target(path) != 0 || output_sweep_beside(path) != 0)
        return NULL;
    struct output *const output = allocate(1, sizeof *output);
    if (output == NULL)
        return NULL;
    output->slot = -1;
    output->file = -1;
    output->external = external;
    if ((output->path = copy_text(path)) == NULL)
        goto failed;
    if (!external && ((output->buffer = allocate(BUFFER_BYTES, 1)) == NULL || (output->sha = sha256_start()) == NULL))
        goto failed;
    if ((output->slot = temporary_create(path, &output->file)) < 0)
        goto failed;
    return output;
failed:
    output_abandon(output);
    return NULL;
}

struct output *output_open(const char *path)
{
    return open_beside(path, false);
}

struct output *output_open_external(const char *path)
{
    struct output *const output = open_beside(path, true);
    if (output == NULL)
        return NULL;
    const int status = close(output->file);
    output->file = -1;
    if (status != 0) {
        fail_errno("cannot write '%s'", path);
        output_abandon(output);
        return NULL;
    }
    return output;
}

const char *output_temporary(const struct output *output)
{
    return temporary_path(output->slot);
}

static int fail_output(struct output *output)
{
    output->failed = true;
    return fail_errno("cannot write '%s'", output->path);
}

static int write_through(struct output *output, const char *bytes, size_t length)
{
    while (length > 0) {
        const ssize_t n = write(output->file, bytes, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_output(output);
        if (n == 0) { /* a disk that takes nothing and gives no reason would hold us for ever */
            errno = EIO;
            return fail_output(output);
        }
        sha256_add(output->sha, bytes, (size_t)n);
        output->n_written += (uint64_t)n;
        bytes += n;
        length -= (size_t)n;
    }
    return 0;
}

static int flush_buffer(struct output *output)
{
    const size_t n = output->n_buffered;
    output->n_buffered = 0;
    return write_through(output, output->buffer, n);
}

int output_write(struct output *output, const void *bytes, size_t length)
{
    if (output->failed)
        return -1;
    if (length > BUFFER_BYTES - output->n_buffered && flush_buffer(output) != 0)
        return -1;
    if (length >= BUFFER_BYTES)
        return write_through(output, bytes, length);
    if (length > 0)
        memcpy(output->buffer + output->n_buffered, bytes, length);
    output->n_buffered += length;
    return 0;
}

int output_text(struct output *output, const char *text)
{
    return output_write(output, text, strlen(text));
}

int output_printf(struct output *output, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    const int n = output->failed ? -1 : vasprintf(&text, format, arguments);
    va_end(arguments);
    if (n < 0) {
        if (!output->failed)
            fail("cannot write '%s': out of memory", output->path);
        output->failed = true;
        return -1;
    }
    const int status = output_write(output, text, (size_t)n);
    free(text);
    return status;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

int output_csv_field(struct output *output, const char *text, size_t length)
{
    bool quoted = false;
    for (size_t i = 0; i < length && !quoted; i++)
        quoted = text[i] == '"' || text[i] == ',' || text[i] == '\n' || text[i] == '\r';
    if (!quoted && length > 0) /* blanks at the edges survive in quotes only, for readers that trim */
        quoted = is_blank(text[0]) || is_blank(text[length - 1]);
    if (!quoted)
        return output_write(output, text, length);
    output_write(output, "\"", 1);
    for (size_t done = 0; done < length;) {
        const char *const quote = memchr(text + done, '"', length - done);
        const size_t n = quote != NULL ? (size_t)(quote - text) - done : length - done;
        output_write(output, text + done, n);
        if (quote != NULL)
            output_write(output, "\"\"", 2);
        done += n + (quote != NULL ? 1 : 0);
    }
    return output_write(output, "\"", 1); /* an error of the writes before is remembered */
}

/* What is on its way to the disk: all bytes, then the descriptor, whose close may tell a late error. */
static int finish_writing(struct output *output, struct stat *written)
{
    if (flush_buffer(output) != 0)
        return -1;
    if (fsync(output->file) != 0 || fstat(output->file, written) != 0)
        return fail_output(output);
    /* The pages are clean now: without them the reread comes from the disk. */
    posix_fadvise(output->file, 0, 0, POSIX_FADV_DONTNEED);
    const int status = close(output->file);
    output->file = -1;
    return status == 0 ? 0 : fail_output(output);
}

/* Is the temporary still the file that was written, with the bytes that were meant? */
static int reread(struct output *output, const struct stat *written)
{
    char meant[SHA256_HEX_SIZE], found[SHA256_HEX_SIZE];
    struct sha256 *const sha = output->sha;
    output->sha = NULL;
    if (sha256_finish(sha, meant) != 0)
        return -1;
    const int file = open(output_temporary(output), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0)
        return fail_errno("cannot read back '%s'", output->path);
    struct stat about;
    int status = fstat(file, &about);
    if (status != 0)
        fail_errno("cannot read back '%s'", output->path);
    else if (about.st_dev != written->st_dev || about.st_ino != written->st_ino ||
             (uint64_t)about.st_size != output->n_written)
        status = fail("'%s' was changed by another process while it was written", output->path);
    else
        status = sha256_descriptor(file, output->path, found);
    close(file);
    if (status == 0 && strcmp(meant, found) != 0)
        status = fail("'%s' reads back differently from what was written: the disk is not to be trusted", output->path);
    return status;
}

/* The writer has closed it: here only what any writer may have forgotten. */
static int finish_external(struct output *output)
{
    const int file = open(output_temporary(output), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0)
        return fail_errno("cannot read back '%s'", output->path);
    struct stat about;
    int status = fstat(file, &about);
    if (status != 0)
        fail_errno("cannot read back '%s'", output->path);
    else if (!S_ISREG(about.st_mode) || about.st_size == 0)
        status = fail("'%s' was not written: its writer left %s", output->path,
                      S_ISREG(about.st_mode) ? "an empty file" : "something that is not a file");
    else if (fchmod(file, 0600) != 0 || fsync(file) != 0)
        status = fail_errno("cannot write '%s'", output->path);
    if (close(file) != 0 && status == 0)
        status = fail_errno("cannot write '%s'", output->path);
    return status;
}

/* Where the old file is while the folder is flushed, so that a failure can bring it back. */
enum old_file { OLD_NONE, OLD_AT_TEMPORARY, OLD_GONE };

static int swap_names(struct output *output, enum old_file *old)
{
    const char *const temporary = output_temporary(output);
    *old = OLD_AT_TEMPORARY;
    if (renameat2(AT_FDCWD, temporary, AT_FDCWD, output->path, RENAME_EXCHANGE) == 0)
        return 0;
    /* No old file, or a file system that cannot exchange two names (network and FAT file systems). */
    *old = errno == ENOENT ? OLD_NONE : OLD_GONE;
    const bool can_rename = errno == ENOENT || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP;
    return can_rename ? rename(temporary, output->path) : -1;
}

static void bring_back(struct output *output, enum old_file old)
{
    if (old == OLD_AT_TEMPORARY)
        renameat2(AT_FDCWD, output_temporary(output), AT_FDCWD, output->path, RENAME_EXCHANGE);
    else if (old == OLD_NONE)
        unlink(output->path);
}

/* The folder's flush may fail as well; then the old file comes back, and the caller removes the temporary. */
static int take_name(struct output *output)
{
    enum old_file old;
    if (check_target(output->path) != 0) /* an exchange would also move a folder away */
        return -1;
    char *const folder = path_folder(output->path);
    if (folder == NULL)
        return -1;
    int status = 0;
    if (swap_names(output, &old) != 0)
        status = fail_errno("cannot write '%s'", output->path);
    else if ((status = output_sync_folder(folder)) != 0)
        bring_back(output, old);
    free(folder);
    return status;
}

int output_commit(struct output *output)
{
    struct stat written = {0};
    int status = output->failed || memory_was_short() ? -1 : 0;
    if (status == 0 && output->external)
        status = finish_external(output);
    else if (status == 0 && (status = finish_writing(output, &written)) == 0)
        status = reread(output, &written);
    if (status == 0)
        status = take_name(output);
    output_abandon(output);
    return status == 0 ? 0 : -1;
}

int output_end(struct output *output, int status)
{
    if (output != NULL && status == 0)
        return output_commit(output);
    output_abandon(output);
    return -1;
}

int output_file(const char *path, const void *bytes, size_t length)
{
    struct output *output = output_open(path);
    return output_end(output, output == NULL ? -1 : output_write(output, bytes, length));
}

void output_abandon(struct output *output)
{
    if (output == NULL)
        return;
    if (output->file >= 0)
        close(output->file);
    /* A forked child has a copy of this struct; the file is its parent's. */
    if (output->slot >= 0) {
        if (temporary_is_ours(output->slot))
            unlink(temporary_path(output->slot));
        temporary_forget(output->slot);
    }
    sha256_free(output->sha);
    free(output->buffer);
    free(output->path);
    free(output);
}
