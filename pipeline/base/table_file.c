/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/table_file.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/output.h"

int table_format_from_path(const char *path, enum table_format *format)
{
    const char *end = strrchr(path, '.');

    if (end == NULL)
        return -1;
    return table_format_from_name(strcmp(end, ".txt") == 0 ? "text" : end + 1, format);
}

static int print_to(const char *temporary, const char *path, const struct table *table, enum table_format format,
                    int n_threads)
{
    const int file = open(temporary, O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC);
    int status;

    if (file < 0)
        return fail_errno("cannot write '%s'", path);
    status = table_print_on(file, table, format, n_threads);
    if (close(file) != 0 && status == 0)
        status = fail_errno("cannot write '%s'", path);
    return status;
}

int table_file_write(const char *path, const struct table *table, enum table_format format, int n_threads)
{
    struct output *output = output_open_external(path);

    return output_end(output, output == NULL ? -1 : print_to(output_temporary(output), path, table, format, n_threads));
}
