/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * profile.h - the study again under named changes.
 *
 *     profiles:
 *       gap14: {link: {gap_days: 14}}
 *       wide:  {cohort: {arms: {iop: "weekly_hours >= 6"}}}
 *
 * A profile is a piece of a study file that is laid over the rest: keys of keys go into each other, anything else
 * replaces what was there, and an empty value takes a key away.  Places stay where things are written, so a mistake is
 * told at the line of the profile that makes it.  What is read from the source cannot change: the names of files,
 * codebooks and keys, privacy, and the study's own name.
 *
 * A stage's file depends on some keys only.  A profile that leaves them as they are shares the file of the study, or of
 * the first profile that has the same.
 */
#ifndef STUDY_PROFILE_H
#define STUDY_PROFILE_H

#include "study/document.h"
#include "study/mistakes.h"

/** The stages whose files a profile may have of its own, in the order of the data. */
enum study_stage { STUDY_EPISODES, STUDY_COHORT, STUDY_OUTCOMES, N_STUDY_STAGES };

/** Number of profiles of a document, and the name of one; not checked otherwise. */
size_t profile_count(const struct document *document);
const char *profile_name(const struct document *document, size_t i);

/** Lays profile i over its document; what may not be changed is noted.  -1 only without memory. */
int profile_apply(struct document *document, size_t i, struct mistakes *mistakes);

/**
 * Whose files profile `which` of a study text uses: home[stage] is a profile, or SIZE_MAX for the study itself.  -1
 * after telling.
 */
int profile_homes(const char *path, const char *text, size_t length, size_t which, size_t home[N_STUDY_STAGES]);

#endif
