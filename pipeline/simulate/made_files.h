/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * made_files.h - what stands beside the made-up rows: codebooks, study, truth, margins, and a README that says what
 * all of it is.
 */
#ifndef SIMULATE_MADE_FILES_H
#define SIMULATE_MADE_FILES_H

#include <stddef.h>

#include "base/table.h"
#include "simulate/model.h"
#include "simulate/source.h"

/** Every file that `stepdown simulate` writes. */
extern const char *const made_file_names[];
extern const size_t n_made_files;

/** truth may be NULL: no truth was asked for.  -1 after telling. */
int made_files_write(const struct model *model, const char *folder, const struct source_counts *counts,
                     const struct table *margins, const struct table *truth);

#endif
