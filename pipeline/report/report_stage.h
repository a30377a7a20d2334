/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * report_stage.h - the stage: OUT/work/results.h5 to the release folder.
 *
 * Order of writing: released.h5, figures, tables, page, manifest.  Each file takes its name when it is complete and
 * the manifest comes last, so an interrupted run leaves a folder whose manifest does not fit, and is made again.
 */
#ifndef REPORT_REPORT_STAGE_H
#define REPORT_REPORT_STAGE_H

#include <stdbool.h>

#include "base/program.h"

/** `stepdown report` and, with only_release, `stepdown release`.  Returns an exit status. */
int report_stage_run(const struct stage_options *options, bool only_release);

#endif
