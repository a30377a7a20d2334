/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * child_check.h - reads a written file back, as any reader would, and compares.
 */
#ifndef STORE_CHILD_CHECK_H
#define STORE_CHILD_CHECK_H

#include "store/child.h"
#include "store/digest.h"

/**
 * Flushes the file and drops its cached pages, opens it anew, reads every value of every table by H5Dread
 * in pieces, computes all digests from what was read and compares them with those of the writer: `written`
 * (in any order; is sorted) and `content`.  0, or -1 after telling.
 */
int child_check(const struct child_task *task, struct named_digest *written, size_t n_written, const char *content);

#endif
