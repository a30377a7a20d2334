/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/stat_spool.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/memory.h"
#include "ingest/stat_agreement.h"
#include "ingest/stat_cell.h"
#include "ingest/stat_parse.h"

enum { BUFFER_SIZE = 1 << 16 };

struct spool {
    const struct stat_head *head;
    const char *path;
    int file;
    size_t n;      /* bytes in the buffer */
    char *buffer;  /* [BUFFER_SIZE] */
};

static int flush(struct spool *spool)
{
    for (size_t done = 0; done < spool->n;) {
        const ssize_t n = write(spool->file, spool->buffer + done, spool->n - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return fail_errno("cannot write the rows of '%s' to a temporary file", spool->path);
        done += (size_t)n;
    }
    spool->n = 0;
    return 0;
}

static int add(struct spool *spool, const char *bytes, size_t length)
{
    while (length > 0) {
        const size_t room = BUFFER_SIZE - spool->n, n = length < room ? length : room;
        memcpy(spool->buffer + spool->n, bytes, n);
        spool->n += n;
        bytes += n;
        length -= n;
        if (spool->n == BUFFER_SIZE && flush(spool) != 0)
            return -1;
    }
    return 0;
}

static bool needs_quotes(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] == ',' || text[i] == '"' || text[i] == '\n' || text[i] == '\r')
            return true;
    return false;
}

static int add_quoted(struct spool *spool, const char *text, size_t length)
{
    int status = add(spool, "\"", 1);
    for (size_t i = 0; status == 0 && i < length; i++) {
        const bool line_end = text[i] == '\n' || text[i] == '\r';
        status = text[i] == '"' ? add(spool, "\"\"", 2) : add(spool, line_end ? "\x1f" : text + i, 1);
    }
    return status == 0 ? add(spool, "\"", 1) : -1;
}

/* An empty line would be no row, so the only cell of a row is never without quotes. */
static int add_cell(struct spool *spool, const char *text, size_t length, size_t i)
{
    if (i > 0 && add(spool, ",", 1) != 0)
        return -1;
    const bool quoted = needs_quotes(text, length) || (length == 0 && spool->head->n_columns == 1);
    if ((quoted ? add_quoted(spool, text, length) : add(spool, text, length)) != 0)
        return -1;
    return i + 1 == spool->head->n_columns ? add(spool, "\n", 1) : 0;
}

static int on_value(int row, readstat_variable_t *variable, readstat_value_t value, void *context)
{
    struct spool *const spool = context;
    const size_t i = (size_t)readstat_variable_get_index(variable);
    char out[STAT_CELL_SIZE];
    size_t length;
    (void)row;
    const char *const text = stat_cell(&spool->head->columns[i], value, out, &length);
    return add_cell(spool, text, length, i) == 0 ? READSTAT_HANDLER_OK : READSTAT_HANDLER_ABORT;
}

static int add_header(struct spool *spool)
{
    for (size_t i = 0; i < spool->head->n_columns; i++)
        if (add_cell(spool, spool->head->columns[i].name, strlen(spool->head->columns[i].name), i) != 0)
            return -1;
    return 0;
}

/* In the child. */
static int convert(const char *path, bool latin1, bool head_only, const struct codebook *codebook, int file)
{
    const struct stat_handlers handlers = {.value = on_value};
    struct stat_head head = {0};
    struct spool spool = {.head = &head, .path = path, .file = file, .buffer = allocate(BUFFER_SIZE, 1)};
    int status = spool.buffer != NULL ? stat_head_read(path, latin1, &head) : -1;
    if (status == 0 && head.n_columns == 0)
        status = fail("'%s' has no column", path);
    if (status == 0 && codebook != NULL)
        status = stat_agrees(path, &head, codebook);
    if (status == 0)
        status = add_header(&spool);
    if (status == 0 && !head_only)
        status = stat_parse(path, stat_format_of(path), latin1, &handlers, &spool);
    if (status == 0)
        status = flush(&spool);
    stat_head_free(&head);
    free(spool.buffer);
    return status;
}

static int wait_for(pid_t child, const char *path)
{
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return fail_errno("'%s' cannot be read", path);
    if (WIFEXITED(status))
        return WEXITSTATUS(status) == 0 ? 0 : -1; /* told by the child */
    return fail("'%s' is damaged: reading it ended with signal %d", path, WTERMSIG(status));
}

/* A crash must end the child, whatever its parent does about one. */
static void end_on_faults(void)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        signal(faults[i], SIG_DFL);
}

int stat_spool(const char *path, bool latin1, bool head_only, const struct codebook *codebook, int file)
{
    const pid_t child = fork();
    if (child < 0)
        return fail_errno("'%s' cannot be read", path);
    if (child > 0)
        return wait_for(child, path);
    end_on_faults();
    _exit(convert(path, latin1, head_only, codebook, file) == 0 ? 0 : 1);
}
