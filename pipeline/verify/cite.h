/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cite.h - what to cite with a study: its data, its methods, the program.
 *
 *     data       "Origin", "Citation" and "Licence" of the README.md beside the study, and each file with its SHA-256
 *     methods    the sources of what the study computes (method_sources.h)
 *     software   CITATION.cff as it was installed
 */
#ifndef VERIFY_CITE_H
#define VERIFY_CITE_H

#include <stdbool.h>

#include "base/table_print.h"

/** The command: the exit status. */
int cite(const char *study, bool allow_absolute, enum table_format format);

#endif
