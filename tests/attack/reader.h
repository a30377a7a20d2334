/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * reader.h - the equations that a reader of a bundle makes of its tables, with no knowledge of how it was made.
 */
#ifndef TESTS_ATTACK_READER_H
#define TESTS_ATTACK_READER_H

#include "tests/attack/view.h"

/**
 * Adds a bundle to the view: released.h5 as it is seen, results.h5 for the truth.  prefix: tells bundles apart ("A").  Returns the
 * number of released steps of curves; the process ends when a file cannot be read.
 */
size_t reader_see(struct view *view, const char *prefix, const char *released, const char *results);

/** The people of bundle `some` are a part of those of `all`: what both count differs by somebody. */
void reader_compare(struct view *view, const char *all, const char *some);

#endif
