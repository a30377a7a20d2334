/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * scratch.h - a folder for the files of one test, and what a piece of code says on stderr.
 *
 * Both stop the program when the system does not play along: no test can go on then.
 */
#ifndef TESTS_SUPPORT_SCRATCH_H
#define TESTS_SUPPORT_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

/** Makes a new folder (mode 0700) below TMPDIR and returns its path; caller frees after scratch_remove. */
char *scratch_folder(void);

/** Removes such a folder with all it holds, and frees the path. */
void scratch_remove(char *folder);

/** FOLDER/NAME in one of a few buffers that are used in turn; good for the next seven calls. */
const char *scratch_path(const char *folder, const char *name);

/** Writes a small file; reads one (NUL-terminated, caller frees; NULL when there is none). */
void scratch_write(const char *path, const char *text);
char *scratch_read(const char *path);

/** Entries of a folder other than "." and "..". */
size_t scratch_count(const char *folder);

/** From capture_start() to capture_end() stderr is kept; the text is good until the next start. */
void capture_start(void);
const char *capture_end(void);

/** The same with a terminal (a pseudo terminal, TERM=xterm) as stderr; false where there is none to open. */
bool terminal_start(void);
const char *terminal_end(void);

#endif
