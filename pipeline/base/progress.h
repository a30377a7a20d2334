/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * progress.h - "ingest  1,200,000 rows  2.1 M/s  3 s left", on a terminal only, at most ten times a second.
 *
 * progress_add may be called from any thread.  Without a terminal, or with -q, nothing is written.
 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <stddef.h>

struct progress;

/** total 0: not known, no time left is shown.  unit is a plural ("rows", "bytes"). */
struct progress *progress_start(const char *what, const char *unit, size_t total);
void progress_add(struct progress *progress, size_t done); /* NULL is fine */

/**
 * For work whose total nobody knows, while its share is known: so much of it, 0 .. 1, is done.  The time left is then told by
 * that.  NULL is fine.
 */
void progress_share(struct progress *progress, double share);
void progress_end(struct progress *progress);              /* wipes the line; NULL is fine */

/**
 * The text of such a line, as snprintf: thousands separated, no rate before any time has passed, no time
 * left when share, 0 .. 1, is 0 (not known) or 1.
 */
int progress_line(char *out, size_t size, const char *what, const char *unit, size_t done, double share,
                  double seconds);

#endif
