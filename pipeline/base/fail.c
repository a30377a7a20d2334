/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/fail.h"
#include "base/utf8.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How this process talks: set once at the start by program_start's options, read everywhere. */
static atomic_int verbosity_now = VERBOSITY_NORMAL;
static atomic_bool line_is_open;

enum { MESSAGE_SIZE = 8192, SHOWN_MAX = MESSAGE_SIZE - 8 };

struct message {
    char text[MESSAGE_SIZE]; /* on the stack: memory may be what has run out */
    size_t length;
};

__attribute__((format(printf, 2, 0))) static void add_formatted(struct message *message, const char *format,
                                                                va_list arguments)
{
    const size_t room = SHOWN_MAX - message->length;
    const int n = vsnprintf(message->text + message->length, room, format, arguments);
    if (n > 0)
        message->length += (size_t)n < room ? (size_t)n : room - 1;
}

__attribute__((format(printf, 2, 3))) static void add(struct message *message, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_formatted(message, format, arguments);
    va_end(arguments);
}

/* File names and values reach a terminal through here: what could steer it, or begin a line of its own, is shown as '?'. */
static void make_inert(char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        uint32_t character = 0;
        const size_t n = utf8_character(text + i, length - i, &character);
        const bool steers = n == 0 || (character < 0x20 && character != '\t') ||
                            (character >= 0x7f && character < 0xa0);
        if (steers)
            memset(text + i, '?', n > 0 ? n : 1);
        i += n > 0 ? n : 1;
    }
}

static void write_all(const char *bytes, size_t length)
{
    while (length > 0) {
        const ssize_t n = write(STDERR_FILENO, bytes, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return; /* there is nowhere left to tell it */
        bytes += n;
        length -= (size_t)n;
    }
}

/* place, text, reason: each may be empty. */
__attribute__((format(printf, 4, 0))) static void tell(const char *word, const char *colour, const char *place,
                                                       const char *format, va_list arguments, const char *reason)
{
    const int errno_before = errno;
    struct message message = {.length = 0};
    if (atomic_exchange(&line_is_open, false))
        add(&message, "\r\033[K");
    if (word[0] != '\0' && stderr_wants_colour())
        add(&message, "\033[%sm%s:\033[0m ", colour, word);
    else if (word[0] != '\0')
        add(&message, "%s: ", word);
    const size_t start = message.length;
    add(&message, "%s", place);
    add_formatted(&message, format, arguments);
    if (reason[0] != '\0')
        add(&message, ": %s", reason);
    make_inert(message.text + start, message.length - start);
    if (message.length == SHOWN_MAX - 1) {
        memcpy(message.text + message.length, "...", 3);
        message.length += 3;
    }
    message.text[message.length++] = '\n';
    write_all(message.text, message.length);
    errno = errno_before;
}

int fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tell("error", "1;31", "", format, arguments, "");
    va_end(arguments);
    return -1;
}

int fail_at(const char *file, size_t line, size_t column, const char *format, ...)
{
    char place[1024];
    if (line == 0)
        snprintf(place, sizeof place, "%s: ", file);
    else if (column == 0)
        snprintf(place, sizeof place, "%s:%zu: ", file, line);
    else
        snprintf(place, sizeof place, "%s:%zu:%zu: ", file, line, column);
    va_list arguments;
    va_start(arguments, format);
    tell("error", "1;31", place, format, arguments, "");
    va_end(arguments);
    return -1;
}

int fail_errno(const char *format, ...)
{
    char buffer[128];
    const char *const reason = strerror_r(errno, buffer, sizeof buffer);
    va_list arguments;
    va_start(arguments, format);
    tell("error", "1;31", "", format, arguments, reason);
    va_end(arguments);
    return -1;
}

static bool warned_already;

void set_warned_already(bool already)
{
    warned_already = already;
}

void warn(const char *format, ...)
{
    va_list arguments;
    if (warned_already)
        return;
    va_start(arguments, format);
    tell("warning", "1;33", "", format, arguments, "");
    va_end(arguments);
}

void note(const char *format, ...)
{
    if (verbosity() < VERBOSITY_NORMAL)
        return;
    va_list arguments;
    va_start(arguments, format);
    tell("", "", "", format, arguments, "");
    va_end(arguments);
}

void detail(const char *format, ...)
{
    if (verbosity() < VERBOSITY_VERBOSE)
        return;
    va_list arguments;
    va_start(arguments, format);
    tell("", "", "", format, arguments, "");
    va_end(arguments);
}

void set_verbosity(enum verbosity verbosity)
{
    atomic_store(&verbosity_now, (int)verbosity);
}

enum verbosity verbosity(void)
{
    return (enum verbosity)atomic_load(&verbosity_now);
}

void set_open_line(bool open)
{
    atomic_store(&line_is_open, open);
}

bool stderr_is_terminal(void)
{
    const char *const kind = getenv("TERM");
    return isatty(STDERR_FILENO) && (kind == NULL || strcmp(kind, "dumb") != 0);
}

bool stderr_wants_colour(void)
{
    const char *const no_color = getenv("NO_COLOR");
    return stderr_is_terminal() && (no_color == NULL || no_color[0] == '\0');
}
