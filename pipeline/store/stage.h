/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * stage.h - the frame of a stage: which file it makes, from which parents, and whether it has to run at all.
 *
 *     struct stage stage;
 *     const enum stage_state state = stage_begin(&stage, "cohort", "cohort.h5", parents, NULL, study->sha256, study->seed,
 *                                                &options);
 *     if (state != STAGE_RUN)
 *         return stage_exit_status(state);
 *     ... work: store_writer_table(stage.writer, table) ...
 *     stage_end(&stage)
 *
 * The writer's child process is forked by stage_begin, so call it before the first OpenMP region.  From there on the stage
 * holds the lock of its folder (lock.h), unless it is one of a run that holds it.
 */
#ifndef STORE_STAGE_H
#define STORE_STAGE_H

#include <stdint.h>

#include "base/program.h"
#include "base/table.h"
#include "store/store.h"

struct stage {
    char *path;                  /* OUT/work/NAME.h5 */
    struct table *provenance;
    struct store_writer *writer; /* NULL unless the stage runs */
};

enum stage_state {
    STAGE_FAILED,  /* told */
    STAGE_RUN,     /* there is work; the writer is open */
    STAGE_CURRENT, /* nothing has changed */
    STAGE_WOULD_RUN, /* there is work, but --dry-run was given */
};

/** What a program that does no work ends with: failed, done, or 3 when there would be work. */
int stage_exit_status(enum stage_state state);

/** OUT/work/FILE; caller frees; NULL after telling. */
char *stage_file(const char *out, const char *file);

/**
 * Checks the parents (NULL-terminated file names in OUT/work) against what they were made from, and compares the
 * provenance of OUT/work/FILE with the one this run would write.  input: path of a source file that the stage reads
 * besides its parents, or NULL.  Unless the stage runs, *stage holds nothing.
 */
enum stage_state stage_begin(struct stage *stage, const char *name, const char *file, const char *const *parents,
                             const char *input, const char *study_sha256, int64_t seed, const struct stage_options *options);

/** A line of provenance that a stage knows besides. */
struct stage_fact {
    const char *key, *value;
};

/** stage_begin with such lines; a change in one of them is a reason to work again. */
enum stage_state stage_begin_knowing(struct stage *stage, const char *name, const char *file, const char *const *parents,
                                     const char *input, const char *study_sha256, int64_t seed,
                                     const struct stage_options *options, const struct stage_fact *facts, size_t n_facts);

/** Writes the provenance, commits the file and frees.  -1 after telling; the old file is then untouched. */
int stage_end(struct stage *stage);

/** For error paths: frees, and drops an unfinished file.  A zeroed struct is fine. */
void stage_abandon(struct stage *stage);

#endif
