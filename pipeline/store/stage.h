/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * stage.h - the frame of a stage: which file it makes, from which parents, and whether it has to run at all.
 *
 *     struct stage stage;
 *     switch (stage_begin(&stage, "cohort", options.out, parents, study->sha256, study->seed, options.n_threads)) {
 *     case STAGE_CURRENT: ...        nothing to do
 *     case STAGE_FAILED: ...         told
 *     case STAGE_RUN: break;
 *     }
 *     ... work ...
 *     store_writer_table(stage.writer, table) ...
 *     stage_end(&stage)
 *
 * The writer's child process is forked by stage_begin, so call it before the first OpenMP region.
 */
#ifndef STORE_STAGE_H
#define STORE_STAGE_H

#include <stdint.h>

#include "base/table.h"
#include "store/store.h"

struct stage {
    char *path;                  /* OUT/work/NAME.h5 */
    struct table *provenance;
    struct store_writer *writer; /* NULL unless the stage runs */
};

enum stage_state { STAGE_FAILED = -1, STAGE_RUN = 0, STAGE_CURRENT = 1 };

/** OUT/work/FILE; caller frees; NULL after telling. */
char *stage_file(const char *out, const char *file);

/**
 * Checks the parents (NULL-terminated file names in OUT/work) against what they were made from, and compares the
 * provenance of OUT/work/FILE with the one this run would write.
 */
enum stage_state stage_begin(struct stage *stage, const char *name, const char *file, const char *out,
                             const char *const *parents, const char *study_sha256, int64_t seed, int n_threads);

/** Writes the provenance, commits the file and frees.  -1 after telling; the old file is then untouched. */
int stage_end(struct stage *stage);

/** For error paths and stages that are current: frees, and drops an unfinished file.  A zeroed struct is fine. */
void stage_abandon(struct stage *stage);

#endif
