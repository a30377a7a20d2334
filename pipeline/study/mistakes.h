/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * mistakes.h - mistakes of one file, collected while it is checked and told together in line order.
 *
 * A person who mends a file wants all mistakes at once, from top to bottom, whatever order the checks ran
 * in.  The first MISTAKES_TOLD are told; the rest are counted.
 */
#ifndef STUDY_MISTAKES_H
#define STUDY_MISTAKES_H

#include <stddef.h>

#include "study/values.h"

enum { MISTAKES_TOLD = 100 };

struct mistakes;

/** file is the name that messages begin with; it is copied.  NULL after telling. */
struct mistakes *mistakes_alloc(const char *file);
void mistakes_free(struct mistakes *mistakes); /* NULL is fine; what was not told is dropped */

/** Notes a mistake.  Without memory to note it, it is told right away: a mistake is never lost. */
void mistake(struct mistakes *mistakes, struct study_place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** How many were noted or told so far. */
size_t mistakes_count(const struct mistakes *mistakes);

/** Counts one that somebody else has told. */
void mistakes_told_elsewhere(struct mistakes *mistakes);

/** Tells those before a place, for a caller who is about to tell one himself. */
void mistakes_tell_before(struct mistakes *mistakes, struct study_place place);

/** Tells what is left.  0 when there never was a mistake, else -1. */
int mistakes_tell(struct mistakes *mistakes);

/** A value made harmless for a message (escape_value), at most 64 bytes of it; lives as long as the mistakes. */
const char *shown(struct mistakes *mistakes, const char *text);

/** "; did you mean 'x'?", or "" when no name is near. */
const char *did_you_mean(struct mistakes *mistakes, const char *wanted, const char *const *names, size_t n);

#endif
