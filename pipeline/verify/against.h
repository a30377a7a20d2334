/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * against.h - what changed between two results files, by estimate, and what in their making can have caused it.
 *
 * Estimates and verdicts are paired by their key.  Findings of check `cause` name each line of `provenance` that differs:
 * an input, a codebook or the study text, an option or the seed, the program's version, commit, compiler or a library;
 * lines `study` name the keys of the study that differ.
 */
#ifndef VERIFY_AGAINST_H
#define VERIFY_AGAINST_H

#include "verify/stored.h"

/** now and before; -1 after telling. */
int against(const struct stored *now, const struct stored *before, struct table *findings);

#endif
