/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * study_texts.h - the study and what it reads besides data, as it travels with the counts of a site: table `texts`.
 *
 *     file   name as the study writes it; "" for the study itself
 *     line   1, 2, ...
 *     text   of the line; what follows the last line end is a line, too, so that the file comes back byte for byte
 */
#ifndef SITES_STUDY_TEXTS_H
#define SITES_STUDY_TEXTS_H

#include "base/table.h"
#include "study/study.h"

/** Of the study, its codebooks and definitions.  NULL after telling, e.g. a file outside of the study's folder. */
struct table *study_texts_table(const struct study *study);

/** Reads the study back; `beside`: a file in whose folder the texts may stand for a moment.  NULL after telling. */
struct study *study_texts_read(const struct table *texts, const char *beside);

/**
 * Are both the same?  If not, tells that those of `path` differ from those of `other`, with the first line that does, and
 * returns -1.
 */
int study_texts_agree(const struct table *texts, const char *path, const struct table *others, const char *other);

#endif
