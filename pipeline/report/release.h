/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * release.h - from the exact results.h5 to released.h5, the one file that pages, figures and tables are drawn from.
 *
 *     OUT/work/results.h5  ->  OUT/release/released.h5               threshold 0
 *                              OUT/release-unaudited/released.h5     threshold above 0
 *
 * Promised with a threshold T: no count of 1 .. T-1 people, events or rows is in the folder, and no number computed
 * from one alone (release_rules.h, release_curves.h); computed numbers have three significant digits, curves three
 * decimals; hashes of private inputs stay inside, because a hash of a small table can be guessed back.
 * Not promised: that a hidden cell cannot be worked out by adding and subtracting others; that needs an audit over
 * all tables together, so the folder says "unaudited".
 *
 * Table `release` (key, value) says which of this was done.
 */
#ifndef REPORT_RELEASE_H
#define REPORT_RELEASE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/table.h"

/** What the study asks for. */
struct release_request {
    int64_t threshold;   /* >= 0 */
    const char *because; /* reason of threshold 0; may be NULL */
};

/** "release" or "release-unaudited". */
const char *release_folder_name(int64_t threshold);

/**
 * Writes released_path from results_path.  provenance: of this stage, as chain.h makes it.  -1 after telling; then
 * the old file is untouched.
 */
int release_write(const char *results_path, const char *released_path, const struct release_request *request,
                  const struct table *provenance);

#endif
