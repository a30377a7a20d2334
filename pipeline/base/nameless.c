/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/nameless.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"

/* Not every file system knows files without a name. */
int nameless_open(const char *folder)
{
    int file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
    if (file >= 0)
        return file;
    char *const name = format_text("%s/.stepdown-spool-XXXXXX", folder);
    if (name == NULL)
        return -1;
    file = mkostemp(name, O_CLOEXEC);
    if (file >= 0 && unlink(name) != 0) {
        close(file);
        file = -1;
    }
    free(name);
    return file;
}
