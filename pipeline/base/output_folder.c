/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/fail.h"
#include "base/memory.h"
#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int output_sync_folder(const char *folder)
{
    const int entries = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (entries < 0)
        return fail_errno("cannot open the folder '%s'", folder);
    /* Some file systems cannot flush a folder and say EINVAL; they keep its entries in order themselves. */
    const int status = fsync(entries) != 0 && errno != EINVAL ? fail_errno("cannot flush the folder '%s'", folder) : 0;
    close(entries);
    return status;
}

static int make_one(const char *path)
{
    struct stat about;
    if (mkdir(path, 0700) == 0)
        return 0;
    if (errno != EEXIST)
        return fail_errno("cannot make the folder '%s'", path);
    if (stat(path, &about) != 0)
        return fail_errno("cannot make the folder '%s'", path);
    if (!S_ISDIR(about.st_mode))
        return fail("cannot make the folder '%s': it exists and is not a folder", path);
    return 0;
}

int output_make_folder(const char *path)
{
    if (path[0] == '\0')
        return fail("cannot make a folder without a name");
    char *const parents = copy_text(path);
    if (parents == NULL)
        return -1;
    int status = 0;
    for (char *slash = parents + 1; status == 0 && *slash != '\0' && (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        status = make_one(parents);
        *slash = '/';
    }
    free(parents);
    return status == 0 ? make_one(path) : -1;
}

void output_drop_cache(const char *path)
{
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return;
    fsync(file); /* only clean pages can be dropped */
    posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    close(file);
}
