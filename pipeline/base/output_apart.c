/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/fail.h"
#include "base/output.h"

#include <stdbool.h>
#include <sys/stat.h>

static bool is_one_file(const char *a, const char *b)
{
    struct stat left, right;
    return stat(a, &left) == 0 && stat(b, &right) == 0 && left.st_dev == right.st_dev && left.st_ino == right.st_ino;
}

int output_check_apart(const char *path, const char *input)
{
    if (!is_one_file(path, input))
        return 0;
    return fail("'%s' would be written over '%s', which is read: they are the same file; choose another name", path, input);
}
