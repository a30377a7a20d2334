/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * verify_file.h - what holds of a results file, without the records it was made from.
 */
#ifndef VERIFY_VERIFY_FILE_H
#define VERIFY_VERIFY_FILE_H

#include "base/table_print.h"

struct verify_options {
    const char *what;    /* a study, or a results file */
    const char *against; /* another results file; NULL: none */
    const char *study;   /* the study that a results file is said to come from; NULL: not asked */
    const char *out;     /* folder of the run of a study */
    int n_threads;
    bool allow_absolute;
    enum table_format format;
};

/** Checksums, manifest, inputs (options->study), and every number that follows.  The exit status. */
int verify_file(const struct verify_options *options);

/** What changed since options->against, and why.  The exit status: EXIT_CHECK_SAID_NO when a number differs. */
int verify_against(const struct verify_options *options);

#endif
