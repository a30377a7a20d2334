/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/fail.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <errno.h>
#include <pthread.h>
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
static atomic_bool is_keeping, was_told;

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

/* The first error of a process that does not speak for itself, without the word before it; guarded by kept_is_taken. */
static char kept[SHOWN_MAX + 1];
static atomic_bool kept_is_taken, kept_is_whole;

static void keep_first(const char *text, size_t length)
{
    if (atomic_exchange(&kept_is_taken, true))
        return;
    memcpy(kept, text, length);
    kept[length] = '\0';
    atomic_store(&kept_is_whole, true);
}

/* Its warnings; guarded by warnings_lock, because threads may warn. */
static pthread_mutex_t warnings_lock = PTHREAD_MUTEX_INITIALIZER;
static char *warnings;
static size_t n_warnings;

static void keep_warning(const char *text, size_t length)
{
    pthread_mutex_lock(&warnings_lock);
    char *const longer = realloc(warnings, n_warnings + length + 2);
    if (longer != NULL) {
        warnings = longer;
        memcpy(warnings + n_warnings, text, length);
        n_warnings += length;
        memcpy(warnings + n_warnings, "\n", 2);
        n_warnings++;
    }
    pthread_mutex_unlock(&warnings_lock);
    if (longer == NULL)
        fail_memory(); /* the warning would be missing in the results */
}

/* What a thread holds back: the latest fail_hold first. */
struct fail_held {
    struct fail_held *outer; /* the hold within which this one is */
    char *text;              /* lines: the word, a tab, the message, NUL */
    size_t length;
};

static _Thread_local struct fail_held *holding;

static bool hold_line(struct fail_held *held, const char *word, const struct message *message)
{
    const size_t n_word = strlen(word);
    char *longer = realloc(held->text, held->length + n_word + message->length + 2);
    if (longer == NULL)
        return false;
    held->text = longer;
    longer += held->length;
    memcpy(longer, word, n_word);
    longer[n_word] = '\t';
    memcpy(longer + n_word + 1, message->text, message->length);
    longer[n_word + 1 + message->length] = '\0';
    held->length += n_word + message->length + 2;
    return true;
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
    const bool is_error = strcmp(word, "error") == 0, holds = holding != NULL;
    if (holds || atomic_load(&is_keeping)) {
        va_list again;
        va_copy(again, arguments);
        add(&message, "%s", place);
        add_formatted(&message, format, again);
        va_end(again);
        if (reason[0] != '\0')
            add(&message, ": %s", reason);
        if (holds && hold_line(holding, word, &message)) {
            errno = errno_before;
            return;
        }
    }
    if (is_error)
        atomic_store(&was_told, true);
    if (atomic_load(&is_keeping)) {
        if (is_error)
            keep_first(message.text, message.length);
        else if (strcmp(word, "warning") == 0)
            keep_warning(message.text, message.length);
        errno = errno_before;
        return;
    }
    message.length = 0;
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

/* As tell(), of a message that is whole. */
__attribute__((format(printf, 3, 4))) static void tell_text(const char *word, const char *colour, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tell(word, colour, "", format, arguments, "");
    va_end(arguments);
}

int fail_at_once(const char *text)
{
    struct fail_held *const held = holding;
    holding = NULL;
    tell_text("error", "1;31", "%s", text);
    holding = held;
    return -1;
}

/* Once memory was short, what else fails does so for want of it, and what it says of files and values may be wrong: not told. */
int fail(const char *format, ...)
{
    if (memory_was_short())
        return -1;
    va_list arguments;
    va_start(arguments, format);
    tell("error", "1;31", "", format, arguments, "");
    va_end(arguments);
    return -1;
}

int fail_at(const char *file, size_t line, size_t column, const char *format, ...)
{
    char place[1024];
    if (memory_was_short())
        return -1;
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
    if (memory_was_short())
        return -1;
    const char *const reason = strerror_r(errno, buffer, sizeof buffer);
    va_list arguments;
    va_start(arguments, format);
    tell("error", "1;31", "", format, arguments, reason);
    va_end(arguments);
    return -1;
}

static _Thread_local bool warned_already;

bool set_warned_already(bool already)
{
    const bool before = warned_already;

    warned_already = already;
    return before;
}

void fail_keep(bool keep)
{
    atomic_store(&is_keeping, keep);
}

const char *fail_kept(void)
{
    return atomic_load(&kept_is_whole) ? kept : NULL;
}

void fail_tell_kept(int rank, int n_ranks)
{
    if (fail_kept() == NULL)
        return;
    atomic_store(&is_keeping, false);
    tell_text("error", "1;31", "rank %d of %d: %s", rank, n_ranks, kept);
}

void fail_forget_kept(void)
{
    atomic_store(&kept_is_whole, false);
    atomic_store(&kept_is_taken, false);
}

char *fail_take_warnings(void)
{
    pthread_mutex_lock(&warnings_lock);
    char *const taken = warnings;
    warnings = NULL;
    n_warnings = 0;
    pthread_mutex_unlock(&warnings_lock);
    return taken;
}

void fail_tell_warnings(const char *lines)
{
    while (lines != NULL && lines[0] != '\0') {
        const size_t n = strcspn(lines, "\n");
        warn("%.*s", (int)n, lines);
        lines += n + (lines[n] == '\n');
    }
}

/* Where there is no memory for it, nothing is held and all is told at once. */
void fail_hold(void)
{
    struct fail_held *const held = calloc(1, sizeof *held);
    if (held == NULL)
        return;
    held->outer = holding;
    holding = held;
}

struct fail_held *fail_take_held(void)
{
    struct fail_held *const held = holding;
    if (held == NULL)
        return NULL;
    holding = held->outer;
    if (held->length > 0)
        return held;
    fail_held_free(held);
    return NULL;
}

void fail_held_free(struct fail_held *held)
{
    if (held != NULL)
        free(held->text);
    free(held);
}

void fail_tell_held(struct fail_held *held)
{
    for (char *line = held != NULL ? held->text : NULL; line != NULL && line < held->text + held->length;) {
        char *const tab = strchr(line, '\t');
        if (tab == NULL)
            break; /* hold_line() puts one into each line */
        char *const text = tab + 1;
        *tab = '\0';
        tell_text(line, strcmp(line, "error") == 0 ? "1;31" : "1;33", "%s", text);
        line = text + strlen(text) + 1;
    }
    fail_held_free(held);
}

void fail_count_as_told(void)
{
    atomic_store(&was_told, true);
}

bool fail_was_told(void)
{
    return atomic_load(&was_told);
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
