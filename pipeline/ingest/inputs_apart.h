/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * inputs_apart.h - would a file be written over what a study reads?
 */
#ifndef INGEST_INPUTS_APART_H
#define INGEST_INPUTS_APART_H

#include "study/study.h"

/**
 * Asks output_check_apart of the study file, codebooks, sources, definitions, published numbers, the key and the ledger.
 * 0, or -1 after telling which one it is, or that a source is not there.
 */
int inputs_check_apart(const struct study *study, const char *path);

#endif
