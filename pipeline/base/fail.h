/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * fail.h - errors told once, on stderr, with place and cause.
 *
 * The function that knows file, row and column tells; everybody above hands -1 or NULL upwards in
 * silence.  A message names a place and what was expected, never a person's identifier:
 *
 *     error: study.yaml:12:3: unknown key 'outcoms'; did you mean 'outcomes'?
 *     error: data.csv:17:4 (age): a whole number from 0 to 120 was expected; value 'x\x1b[2J'
 *
 * Colour only on a terminal and without NO_COLOR.  Each message is one write, so that messages of
 * several threads and processes do not mix; beyond 8000 bytes it is cut.  Control characters and
 * bytes that are not UTF-8 are shown as '?', so that no file name can steer a terminal; all functions
 * leave errno as it was.
 */
#ifndef BASE_FAIL_H
#define BASE_FAIL_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Tells "error: ..." and returns -1, so that a caller can `return fail(...)`.  As the others below it says nothing once "out of memory" was
 * told (memory.h): what fails then fails for want of it.
 */
int fail(const char *format, ...) __attribute__((format(printf, 1, 2), cold));

/** As fail(), with a place: "error: file:line:column: ..."; line or column 0 is left out. */
int fail_at(const char *file, size_t line, size_t column, const char *format, ...)
    __attribute__((format(printf, 4, 5), cold));

/** As fail() followed by ": " and the text of errno as it was on entry. */
int fail_errno(const char *format, ...) __attribute__((format(printf, 1, 2), cold));

/** Tells an error whatever was told before, and although this thread holds what it says (fail_hold): what all that follows is due to. */
int fail_at_once(const char *text) __attribute__((cold));

/** Tells "warning: ..."; the work goes on.  Shown even with -q. */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** While true warn() is silent in this thread: for work that is done again and whose warnings were told the first time.  Returns
 * what it was before. */
bool set_warned_already(bool already);

/** Tells a plain line about what is being done; silent with -q. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** As note(), only with -v. */
void detail(const char *format, ...) __attribute__((format(printf, 1, 2)));

enum verbosity { VERBOSITY_QUIET, VERBOSITY_NORMAL, VERBOSITY_VERBOSE };

/** Set once, before threads start. */
void set_verbosity(enum verbosity verbosity);
enum verbosity verbosity(void);

/**
 * Where several processes work together (ranks.h), one speaks for all.  fail_keep(true): from now on the first error is
 * kept, warnings are kept, and everything else is dropped.  fail_kept: that error; fail_tell_kept() tells it as "error: rank 2 of 4: ..."; without one it does
 * nothing.  fail_was_told: was any error told, or kept, by this process?
 */
void fail_keep(bool keep);
const char *fail_kept(void); /* NULL: none */
void fail_tell_kept(int rank, int n_ranks);
void fail_forget_kept(void);

/** Warnings of a process that keeps, a line each, since the last call; caller frees; NULL: none.  And they are told. */
char *fail_take_warnings(void);
void fail_tell_warnings(const char *lines); /* NULL is fine */

/**
 * Work that is done side by side speaks in its own order: from fail_hold() on, what this thread says is held, until
 * fail_take_held() takes it (caller frees; NULL: nothing was said, or no memory) and fail_tell_held() tells it, as if it were
 * said then.  A second fail_hold() of the same thread holds within the first.
 */
struct fail_held;
void fail_hold(void);
struct fail_held *fail_take_held(void);
void fail_tell_held(struct fail_held *held); /* tells and frees; NULL is fine */
void fail_held_free(struct fail_held *held); /* without telling */

bool fail_was_told(void);
void fail_count_as_told(void); /* a child of this process has told one */

/** Is stderr a terminal, so that progress may be drawn? */
bool stderr_is_terminal(void);

/** ... that also wants colour: NO_COLOR is unset or empty. */
bool stderr_wants_colour(void);

/** progress.c says that a half line stands on the terminal; the next message wipes it first. */
void set_open_line(bool open);

/** Enough for escape_value: 64 bytes, each at most 4 characters, an ellipsis and the NUL. */
enum { ESCAPED_SIZE = 64 * 4 + 4 };

/**
 * escape_value - a value made harmless for a message: at most 64 bytes of it, control characters,
 * quotes, backslashes and bytes that are not valid UTF-8 as \xHH; "..." after a value that was cut.
 * Bidirectional control characters are escaped too.  Returns out.
 */
const char *escape_value(char out[static ESCAPED_SIZE], const char *bytes, size_t length);

/**
 * The nearest of n names by edit distance (transpositions count once, capital letters not at all), the
 * first of equals; NULL when none is near, that is at most one error in three letters.
 */
const char *nearest_name(const char *wanted, const char *const *names, size_t n);

#endif
