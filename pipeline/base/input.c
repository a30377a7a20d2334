/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/input.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Reads until the end or until `room` bytes; -1 with errno. */
static ssize_t read_up_to(int file, char *bytes, size_t room)
{
    size_t n = 0;
    while (n < room) {
        const ssize_t more = read(file, bytes + n, room - n);
        if (more < 0 && errno == EINTR)
            continue;
        if (more < 0)
            return -1;
        if (more == 0)
            break;
        n += (size_t)more;
    }
    return (ssize_t)n;
}

static char *read_open_file(int file, const char *path, size_t max, size_t *length)
{
    struct stat about;
    if (fstat(file, &about) != 0) {
        fail_errno("cannot read '%s'", path);
        return NULL;
    }
    if (!S_ISREG(about.st_mode)) {
        fail(S_ISDIR(about.st_mode) ? "'%s' is a folder, not a file" : "'%s' is not a regular file", path);
        return NULL;
    }
    const size_t size = about.st_size > 0 ? (size_t)about.st_size : 0;
    char *bytes = NULL;
    ssize_t n = 0;
    if (size <= max) {
        if ((bytes = allocate(size + 2, 1)) == NULL) /* one byte more shows that the file grew, one for the NUL */
            return NULL;
        n = read_up_to(file, bytes, size + 1);
    }
    if (n < 0)
        fail_errno("cannot read '%s'", path);
    else if (size > max)
        fail("'%s' is larger than %zu bytes", path, max);
    else if ((size_t)n > size)
        fail("'%s' grew while it was read", path);
    if (n < 0 || size > max || (size_t)n > size) {
        free(bytes);
        return NULL;
    }
    bytes[n] = '\0';
    *length = (size_t)n;
    return bytes;
}

char *input_read(const char *path, size_t max, size_t *length)
{
    *length = 0;
    /* O_NONBLOCK: a pipe that nobody writes must not hold us before we can refuse it. */
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0) {
        fail_errno("cannot open '%s'", path);
        return NULL;
    }
    char *const bytes = read_open_file(file, path, max, length);
    close(file);
    return bytes;
}

char *path_join(const char *folder, const char *path)
{
    if (path[0] == '/' || folder[0] == '\0' || strcmp(folder, ".") == 0)
        return copy_text(path);
    const bool has_slash = folder[strlen(folder) - 1] == '/';
    return format_text("%s%s%s", folder, has_slash ? "" : "/", path);
}

char *path_folder(const char *path)
{
    const char *end = strrchr(path, '/');
    if (end == NULL)
        return copy_text(".");
    while (end > path && end[-1] == '/')
        end--;
    return end == path ? copy_text("/") : copy_bytes(path, (size_t)(end - path));
}

const char *path_name(const char *path)
{
    const char *const slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static bool has_dot_dot(const char *path)
{
    for (const char *part = path;; part++) {
        const size_t length = strcspn(part, "/");
        if (length == 2 && part[0] == '.' && part[1] == '.')
            return true;
        part += length;
        if (*part == '\0')
            return false;
    }
}

const char *path_fault(const char *path, bool allow_absolute)
{
    const size_t length = strlen(path);
    if (length == 0)
        return "is empty";
    for (size_t i = 0; i < length;) {
        uint32_t character;
        const size_t n = utf8_character(path + i, length - i, &character);
        if (n == 0)
            return "is not valid UTF-8";
        if (character < 0x20 || (character >= 0x7f && character < 0xa0))
            return "contains a control character";
        i += n;
    }
    if (path[0] == '/' && !allow_absolute)
        return "is absolute; give it relative to the study file, or allow it with --allow-absolute";
    if (has_dot_dot(path))
        return "leads upwards by '..'";
    if (strchr(path, '|') != NULL)
        return "contains '|'";
    if (path[0] == '<' || path_name(path)[0] == '<')
        return "starts with '<'";
    return NULL;
}
