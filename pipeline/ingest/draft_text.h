/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * draft_text.h - a draft (draft.h) as the text of a codebook.
 */
#ifndef INGEST_DRAFT_TEXT_H
#define INGEST_DRAFT_TEXT_H

#include "ingest/draft.h"

/** file: its name, for the first comment.  The text, which the caller frees, or NULL after telling. */
char *draft_text(const struct draft *draft, const char *file, char delimiter, bool latin1);

#endif
