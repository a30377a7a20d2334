/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * release.h - from the exact results.h5 to released.h5, the one file that pages, figures and tables are drawn from.
 *
 *     OUT/work/results.h5  ->  OUT/release/released.h5
 *
 * Promised with a threshold T: no count of 1 .. T-1 people, events or rows is in the folder, none can be worked out from the
 * relations between what is there and what earlier releases of the study showed (suppress.h, ledger.h), and no number that is
 * computed from one alone (release_rules.h, coarse_curves.h); computed numbers have three significant digits, curves three
 * decimals; hashes of private inputs stay inside, because a hash of a small table can be guessed back.  A release whose
 * audit fails is not written.
 *
 * Table `release` (key, value) says which of this was done.  What was hidden, with its values and why, goes to a private
 * file (release_log.h).
 */
#ifndef REPORT_RELEASE_H
#define REPORT_RELEASE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/table.h"

/** What the study asks for. */
struct release_request {
    int64_t threshold;   /* >= 0 */
    int64_t round_to;    /* 0: counts are not rounded */
    const char *because; /* reason of threshold 0; may be NULL */
    const char *study;   /* its name, for the ledger */
    const char *ledger;  /* path; NULL: earlier releases are not looked at */
    bool ledger_is_shared; /* runs in other folders may write it at the same time */
    int n_threads;
    const char *log;     /* path of the private log; NULL: none */
};

/**
 * Writes released_path from results_path.  provenance: of this stage, as chain.h makes it.  -1 after telling; then
 * the old file is untouched.
 */
int release_write(const char *results_path, const char *released_path, const struct release_request *request,
                  const struct table *provenance);

#endif
