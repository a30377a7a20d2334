/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * stat_agreement.h - does a codebook agree with what a SAS, Stata or SPSS file says of itself?
 */
#ifndef INGEST_STAT_AGREEMENT_H
#define INGEST_STAT_AGREEMENT_H

#include "ingest/stat_head.h"
#include "study/codebook.h"

/**
 * A value that the file declares missing but the codebook would keep is refused: -9 must never enter a mean.  Values that
 * the file labels and the codebook does not declare are warned of, once a column.  Columns that the codebook does not
 * know are told elsewhere (header.h), dropped ones are not looked at.  -1 after telling every fault.
 */
int stat_agrees(const char *path, const struct stat_head *head, const struct codebook *codebook);

#endif
