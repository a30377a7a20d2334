/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Under the sanitizer a request beyond memory returns NULL, as without it, so that refusals can be tested. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static void demand(bool good, const char *what)
{
    if (good)
        return;
    perror(what);
    abort();
}

char *scratch_folder(void)
{
    const char *const parent = getenv("TMPDIR");
    char *folder = NULL;
    demand(asprintf(&folder, "%s/stepdown-test-XXXXXX", parent != NULL && parent[0] != '\0' ? parent : "/tmp") > 0,
           "asprintf");
    demand(mkdtemp(folder) != NULL, folder);
    return folder;
}

static int remove_entry(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about, (void)kind, (void)place;
    return remove(path);
}

void scratch_remove(char *folder)
{
    nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(folder);
}

const char *scratch_path(const char *folder, const char *name)
{
    static char paths[8][4096];
    static size_t next;
    char *const path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

void scratch_write(const char *path, const char *text)
{
    FILE *const file = fopen(path, "w");
    demand(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0, path);
}

char *scratch_read(const char *path)
{
    FILE *const file = fopen(path, "r");
    if (file == NULL)
        return NULL;
    char *text = NULL;
    size_t room = 0;
    if (getdelim(&text, &room, '\0', file) < 0 && text != NULL)
        text[0] = '\0';
    fclose(file);
    return text;
}

size_t scratch_count(const char *folder)
{
    DIR *const entries = opendir(folder);
    demand(entries != NULL, folder);
    size_t n = 0;
    const struct dirent *entry;
    while ((entry = readdir(entries)) != NULL)
        n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(entries);
    return n;
}

/* A test program runs its tests one after another: one capture at a time. */
static int real_stderr = -1, captured = -1;
static char captured_text[1 << 16];

static void capture(int file)
{
    fflush(stderr);
    captured = file;
    demand((real_stderr = dup(STDERR_FILENO)) >= 0 && dup2(file, STDERR_FILENO) >= 0, "dup");
}

static void capture_stop(void)
{
    demand(dup2(real_stderr, STDERR_FILENO) >= 0, "dup2");
    close(real_stderr);
    close(captured);
}

void capture_start(void)
{
    const int file = memfd_create("stderr", MFD_CLOEXEC);
    demand(file >= 0, "memfd_create");
    capture(file);
}

const char *capture_end(void)
{
    fflush(stderr);
    const ssize_t n = pread(captured, captured_text, sizeof captured_text - 1, 0);
    captured_text[n > 0 ? n : 0] = '\0';
    capture_stop();
    return captured_text;
}

static int terminal = -1; /* the side that a person would look at */

bool terminal_start(void)
{
    terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0)
        return false;
    const int end = open(ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
    demand(end >= 0 && setenv("TERM", "xterm", 1) == 0, "terminal");
    capture(end);
    return true;
}

/* The system brings text across in pieces, some time after it was written: a NUL at its end says that all has come. */
const char *terminal_end(void)
{
    size_t length = 0;
    demand(fflush(stderr) == 0 && write(captured, "", 1) == 1, "terminal");
    do {
        const ssize_t n = read(terminal, captured_text + length, sizeof captured_text - length);
        demand(n > 0, "terminal");
        length += (size_t)n;
    } while (captured_text[length - 1] != '\0');
    capture_stop();
    close(terminal);
    return captured_text;
}
