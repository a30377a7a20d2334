/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * verify_study.h - published numbers recomputed from the records.
 *
 * The study is run anew up to its results (in options->out); its table `published` is printed with ours, the difference
 * and, where a number was expected to differ, the reason.
 */
#ifndef VERIFY_VERIFY_STUDY_H
#define VERIFY_VERIFY_STUDY_H

#include "verify/verify_file.h"

/** The exit status: EXIT_CHECK_SAID_NO when a number that was expected to match does not. */
int verify_study(const struct verify_options *options);

#endif
