/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/stage.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/input.h"
#include "base/lock.h"
#include "base/memory.h"
#include "base/ranks.h"
#include "base/output.h"
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

static int add_input(struct stage *stage, const char *name, const char *input)
{
    char hex[SHA256_HEX_SIZE], *key;
    int status;

    if (input == NULL)
        return 0;
    if (sha256_file(input, hex) != 0 || (key = format_text("input:%s/%s", name, path_name(input))) == NULL)
        return -1;
    status = chain_add(stage->provenance, key, hex);
    free(key);
    return status;
}

int stage_exit_status(enum stage_state state)
{
    return state == STAGE_CURRENT ? EXIT_DONE : state == STAGE_WOULD_RUN ? EXIT_CHECK_SAID_NO : EXIT_FAILED;
}

static int add_facts(struct stage *stage, const struct stage_fact *facts, size_t n)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < n; i++)
        status = chain_add(stage->provenance, facts[i].key, facts[i].value);
    return status;
}

/* What a stage that was killed left behind. */
static void sweep_beside(const char *path)
{
    char *const folder = path_folder(path);

    if (folder != NULL)
        output_sweep(folder);
    free(folder);
}

enum stage_state stage_begin(struct stage *stage, const char *name, const char *file, const char *const *parents,
                             const char *input, const char *study_sha256, int64_t seed, const struct stage_options *options)
{
    return stage_begin_knowing(stage, name, file, parents, input, study_sha256, seed, options, NULL, 0);
}

enum stage_state stage_begin_knowing(struct stage *stage, const char *name, const char *file, const char *const *parents,
                                     const char *input, const char *study_sha256, int64_t seed,
                                     const struct stage_options *options, const struct stage_fact *facts, size_t n_facts)
{
    enum stage_state state = STAGE_FAILED;

    *stage = (struct stage){.path = stage_file(options->out, file), .provenance = chain_start(name, study_sha256, seed)};
    if (ranks_rank() == 0 && stage->path != NULL && stage->provenance != NULL &&
        (options->dry_run || lock_hold(options->out) == 0) && add_parents(stage, options->out, parents, study_sha256) == 0 && add_input(stage, name, input) == 0 &&
        add_facts(stage, facts, n_facts) == 0)
        state = !options->again && chain_is_current(stage->path, stage->provenance) ? STAGE_CURRENT
                : options->dry_run                                                 ? STAGE_WOULD_RUN
                                                                                   : STAGE_RUN;
    if (state == STAGE_RUN)
        sweep_beside(stage->path);
    ranks_share(&state, sizeof state); /* rank 0 looks and decides for all */
    if (state == STAGE_RUN &&
        (stage->writer = (options->collective ? store_writer_open_collective : store_writer_open)(stage->path, options->n_threads)) == NULL)
        state = STAGE_FAILED;
    if (state == STAGE_CURRENT)
        detail("%s: nothing has changed", name);
    if (state == STAGE_WOULD_RUN)
        note("%s: would be made", path_name(stage->path));
    if (state != STAGE_RUN)
        stage_abandon(stage);
    return state;
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
