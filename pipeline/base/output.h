/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * output.h - the one way a file comes into being.
 *
 * A file is written beside its name (mode 0600, ".NAME.stepdown-PID.tmp"), flushed, closed, read back
 * and compared by SHA-256 with what was meant, renamed, and its folder flushed.  An interrupted run
 * leaves the old file or the new one; temporaries of live outputs are removed on SIGINT and SIGTERM
 * (program.h), and stale ones are swept by output_sweep() and by who writes the file again.  No stdio.
 *
 * The target must not exist or be a regular file: links, pipes, devices and folders are refused.  At most
 * 128 files are written at once (temporary.h).  One output belongs to one thread at a time; a forked
 * child may abandon its copy without harm to the file of its parent.
 */
#ifndef BASE_OUTPUT_H
#define BASE_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

struct output; /* one file being written */

/**
 * Would a file be written over one that is read, under this name or another (a link)?  To be asked of each input before any work.
 * 0: no; -1 after telling both names.
 */
int output_check_apart(const char *path, const char *input);

/** Starts a file; its folder must exist.  NULL after telling why. */
struct output *output_open(const char *path);

/** Adds bytes.  -1 after telling; later calls on the same output then fail silently. */
int output_write(struct output *output, const void *bytes, size_t length);
int output_text(struct output *output, const char *text);
int output_printf(struct output *output, const char *format, ...) __attribute__((format(printf, 2, 3)));

/**
 * Verifies, renames, flushes the folder, frees.  -1 after telling; then the old file is untouched.  -1 as well once memory was short in
 * this process (base/memory.h): something may be missing in what was written.
 */
int output_commit(struct output *output);

/** Removes the temporary and frees; NULL is fine. */
void output_abandon(struct output *output);

/** Commits after status 0, abandons after another.  0; -1 after either has failed, or where there is no output. */
int output_end(struct output *output, int status);

/** A whole file of these bytes; -1 after telling. */
int output_file(const char *path, const void *bytes, size_t length);

/**
 * For a file that a library or another program writes itself (HDF5, gnuplot): reserves the temporary
 * name, which the writer fills; output_commit then flushes, checks that it is a non-empty regular
 * file, renames and flushes the folder.  The writer verifies its own content before.
 */
struct output *output_open_external(const char *path);
const char *output_temporary(const struct output *output);

/** Makes a folder and its parents (mode 0700); an existing folder is fine. */
int output_make_folder(const char *path);

/** Flushes the entries of a folder to the disk.  -1 after telling. */
int output_sync_folder(const char *folder);

/** Removes stale temporaries (files and private folders of this user whose writer, a program of ours, no longer lives) from one folder. */
void output_sweep(const char *folder);

/** Those of one file alone, as whoever writes it does; its folder may hold anybody's files.  -1 after telling. */
int output_sweep_beside(const char *path);

/** Removes every temporary that this process still has open; async-signal-safe. */
void output_remove_temporaries(void);

/** Flushes and drops the cached pages of a file, so that a later read comes from the disk. */
void output_drop_cache(const char *path);

/**
 * A field of CSV by RFC 4180: in quotes where it holds a comma, a quote, a line end, or a blank at an edge.
 * Separator and line end are the caller's: output_text(o, ",").
 */
int output_csv_field(struct output *output, const char *text, size_t length);

#endif
