/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * crate.h - ro-crate-metadata.json: what the release folder holds, for archives that read RO-Crate 1.1.
 *
 * The graph: the folder as a data set with the study's title; each file with its SHA-256, size, format and, of a table, what
 * it holds; the program with its version; and the act of making, with the SHA-256 of what it was made from as far as the
 * release tells it.  RO-Crate wants a date of publication; the clock is never read, so it stands there only when
 * SOURCE_DATE_EPOCH says one (seconds since 1970, as builds take it).
 */
#ifndef REPORT_CRATE_H
#define REPORT_CRATE_H

#include <jansson.h>

#include "report/bundle.h"

#define CRATE_FILE "ro-crate-metadata.json"

/** files: as in the manifest, name: {sha256, size}.  -1 after telling. */
int crate_write(struct bundle *bundle, json_t *files, const char *release_folder);

#endif
