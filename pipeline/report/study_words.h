/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * study_words.h - what the study file says, as texts for pages.
 */
#ifndef REPORT_STUDY_WORDS_H
#define REPORT_STUDY_WORDS_H

#include <stdbool.h>

#include "report/bundle.h"

/** "KEY" or, as a list, "KEY.1", "KEY.2", ...: joined by separator; "" when there is none. */
const char *study_listed(struct bundle *bundle, const char *key, const char *separator);

/** Every rule right below a prefix ("cohort.arms."): "iop: level == 'iop'; inpatient: ..."; "" when there is none. */
const char *study_rules_said(struct bundle *bundle, const char *prefix);

/** Does any key begin so? */
bool study_has(struct bundle *bundle, const char *prefix);

/** Does any estimate carry this measure, or an adjustment other than "unadjusted"? */
bool study_estimates(const struct bundle *bundle, const char *measure);
bool study_adjusts(const struct bundle *bundle);

/** The distinct adjustments of estimates but "unadjusted", joined by ", "; "". */
const char *study_adjustments(struct bundle *bundle);

#endif
