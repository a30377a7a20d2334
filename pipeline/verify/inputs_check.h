/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * inputs_check.h - are the study, its codebooks and its data still those that a results file was made from?
 *
 * Every SHA-256 of `provenance` that names a file of the study is taken anew; each file that changed, is gone, or is new
 * is named.
 */
#ifndef VERIFY_INPUTS_CHECK_H
#define VERIFY_INPUTS_CHECK_H

#include "study/study.h"
#include "verify/stored.h"

int inputs_check(const struct stored *stored, const struct study *study, struct table *findings); /* -1 after telling */

#endif
