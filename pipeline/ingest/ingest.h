/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * ingest.h - the source tables of a study become typed records: OUT/work/records.h5 and rejects.csv.
 *
 * records.h5: a table for each source, named by its role (`clients`), rows in the order of the files; `quality`
 * (quality.h); `provenance` (store/chain.h).  rejects.csv: every row that was not taken (rejects.h).
 *
 * Every row is kept as it stands or set aside with one reason; nothing is guessed or mended.  Doubt about the
 * structure of a file stops the run.  More than options->max_reject of a table's rows set aside stop it as well,
 * after rejects.csv was written, so that one can look; so does a table of which no row is left.
 */
#ifndef INGEST_INGEST_H
#define INGEST_INGEST_H

#include "base/program.h"
#include "study/study.h"

/**
 * Makes both files unless they are current and options->again is not given: EXIT_DONE, or EXIT_FAILED after
 * telling.  With options->dry_run it only says what it would do: EXIT_CHECK_SAID_NO when there is work.
 */
enum exit_status ingest_run(const struct study *study, const struct stage_options *options);

/** Reads the header of every file and tells what does not fit; writes nothing. */
int ingest_check_headers(const struct study *study);

#endif
