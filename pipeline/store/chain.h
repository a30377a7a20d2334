/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * chain.h - which file was made from which: the `provenance` table.
 *
 * Every file of a run carries a table `provenance` (key, value): the program, the study, the SHA-256 of every
 * input, and the identity of every parent file.  It holds only what can change a number: no path of a
 * machine, no time, no number of threads.  Two uses:
 *
 * - a file is current when its provenance equals the one a new run would write: the stage need not run;
 * - a stage refuses a parent that was made from other bytes than those now beside it.
 *
 *     stage, version, commit, compiler, library:NAME who
 *     seed, option:NAME                              how
 *     study                                          SHA-256 of the study text
 *     input:ROLE/FILE, codebook:ROLE                 SHA-256 of a source; inherited from parents
 *     person_key                                     fingerprint of the key that person keys were made with
 *     plan, plan_lock                                SHA-256 of the plan; was it locked (study/plan.h)
 *     parent:FILE.h5                                 identity: SHA-256 over content and provenance of the parent
 *     ancestor:FILE.h5                               the same of a parent's parents, so that every stage is named
 */
#ifndef STORE_CHAIN_H
#define STORE_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/table.h"

/** The rows that every stage shares.  NULL after telling. */
struct table *chain_start(const char *stage, const char *study_sha256, int64_t seed);

int chain_add(struct table *provenance, const char *key, const char *value);

/** Adds `parent:NAME` and inherits the parent's input, codebook, person_key and plan rows that are not there yet. */
int chain_add_parent(struct table *provenance, const char *parent_path);

/** The value of a key, copied (caller frees), or NULL when there is none. */
char *chain_value(const struct table *provenance, const char *key);

/** Is there a file at path whose provenance equals this one?  Any fault in the file means no. */
bool chain_is_current(const char *path, const struct table *provenance);

/**
 * Was the file at path made from the files that now lie beside it, and from this study text?  0, or -1 after
 * telling which stage to run again.
 */
int chain_check(const char *path, const char *study_sha256);

#endif
