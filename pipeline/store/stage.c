/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/stage.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "store/chain.h"

char *stage_file(const char *out, const char *file)
{
    return format_text("%s/work/%s", out, file);
}

static int add_parents(struct stage *stage, const char *out, const char *const *parents, const char *study_sha256)
{
    for (size_t i = 0; parents[i] != NULL; i++) {
        char *parent = stage_file(out, parents[i]);
        const int status = parent == NULL || chain_check(parent, study_sha256) != 0 ||
                                   chain_add_parent(stage->provenance, parent) != 0
                               ? -1
                               : 0;
        free(parent);
        if (status != 0)
            return -1;
    }
    return 0;
}

enum stage_state stage_begin(struct stage *stage, const char *name, const char *file, const char *out,
                             const char *const *parents, const char *study_sha256, int64_t seed, int n_threads)
{
    *stage = (struct stage){.path = stage_file(out, file), .provenance = chain_start(name, study_sha256, seed)};
    if (stage->path == NULL || stage->provenance == NULL || add_parents(stage, out, parents, study_sha256) != 0)
        goto failed;
    if (chain_is_current(stage->path, stage->provenance)) {
        detail("%s: nothing has changed", name);
        return STAGE_CURRENT;
    }
    stage->writer = store_writer_open(stage->path, n_threads);
    if (stage->writer != NULL)
        return STAGE_RUN;
failed:
    stage_abandon(stage);
    return STAGE_FAILED;
}

int stage_end(struct stage *stage)
{
    struct store_writer *writer = stage->writer;
    int status = store_writer_table(writer, stage->provenance);

    stage->writer = NULL;
    if (status == 0)
        status = store_writer_commit(writer);
    else
        store_writer_abandon(writer);
    stage_abandon(stage);
    return status;
}

void stage_abandon(struct stage *stage)
{
    store_writer_abandon(stage->writer);
    table_free(stage->provenance);
    free(stage->path);
    *stage = (struct stage){0};
}
