/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * reject_share.h - are too many rows set aside to go on?
 */
#ifndef INGEST_REJECT_SHARE_H
#define INGEST_REJECT_SHARE_H

#include "ingest/quality.h"

/**
 * Tells how many rows of a table were set aside, and why.  -1 when they are more than max_reject (0 .. 1) of the
 * rows read, or when no row is left.
 */
int reject_share_judge(const char *role, const struct row_counts *total, double max_reject, const char *rejects_path);

/** The same for every table of a records.h5 that need not be made again: another max_reject may be asked for. */
int reject_share_judge_stored(const char *records_path, double max_reject, const char *rejects_path);

/** Tells of columns whose cells had spaces around them, and of ids that seem to have lost zeros in front. */
void reject_share_tell_columns(const struct quality *quality);

#endif
