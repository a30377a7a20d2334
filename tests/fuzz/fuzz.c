/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64];
static pid_t owner;

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *walk)
{
    (void)about;
    (void)type;
    (void)walk;
    return remove(path);
}

static void remove_folder(void)
{
    if (getpid() == owner)
        nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *fuzz_file(const char *name, const void *bytes, size_t size)
{
    static char path[256];
    int file;

    if (folder[0] == '\0') {
        strcpy(folder, "/tmp/stepdown-fuzz-XXXXXX");
        if (mkdtemp(folder) == NULL)
            fuzz_fail("no folder");
        owner = getpid();
        atexit(remove_folder);
    }
    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0 || write(file, bytes, size) != (ssize_t)size || close(file) != 0)
        fuzz_fail("no file");
    return path;
}

void fuzz_fail(const char *law)
{
    dprintf(STDERR_FILENO, "a law does not hold: %s\n", law);
    abort();
}
