/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * input.h - reading whole small files, and the rules for paths that a study file names.
 */
#ifndef BASE_INPUT_H
#define BASE_INPUT_H

#include <stdbool.h>
#include <stddef.h>

/** The bytes of a regular file of at most max bytes, NUL-terminated; caller frees.  NULL after telling. */
char *input_read(const char *path, size_t max, size_t *length);

/** Joins a folder and a relative path; caller frees.  A path that starts with '/' stays as it is. */
char *path_join(const char *folder, const char *path);

/** The folder of a path ("." when it names none); caller frees. */
char *path_folder(const char *path);

/** The last part of a path; points into it. */
const char *path_name(const char *path);

/**
 * Is this a path a study file may name: relative (absolute only when allowed), without a part "..", '|',
 * a leading '<' of the path or of its last part, control characters, valid UTF-8, and not empty?
 * Returns NULL, or what is wrong, to go on after "the path ": "leads upwards by '..'".
 */
const char *path_fault(const char *path, bool allow_absolute);

#endif
