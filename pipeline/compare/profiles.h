/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * profiles.h - all analyses again under each profile of the study (study/profile.h).
 *
 * Rows of a profile carry its name: analysis "main" is "main@gap14" in estimates, verdicts, curves and risk_tables, and
 * population "all" is "all@gap14" in baseline and balance.  Its attrition and moves between levels are the tables
 * profiles/gap14/attrition and profiles/gap14/flow.
 */
#ifndef COMPARE_PROFILES_H
#define COMPARE_PROFILES_H

#include "base/program.h"
#include "compare/analyses.h"
#include "store/store.h"
#include "study/study.h"

struct profiles {
    size_t n;
    struct study **studies; /* [n] the study read under each profile */
};

/** -1 after telling; profiles_free in any case. */
int profiles_read(const struct study *study, const struct stage_options *options, struct profiles *profiles);
void profiles_free(struct profiles *profiles);

/** Adds the rows of all profiles to the tables of `analyses`, and writes their own tables. */
int profiles_run(const struct profiles *profiles, const struct stage_options *options, struct analyses *analyses,
                 struct store_writer *writer);

#endif
