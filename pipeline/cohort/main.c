/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stepdown-cohort: records.h5 and episodes.h5 to cohort.h5. */
#include <stdlib.h>

#include "base/fail.h"
#include "base/names.h"
#include "base/program.h"
#include "cohort/cohort.h"
#include "cohort/cohort_columns.h"
#include "cohort/derived_values.h"
#include "store/stage.h"
#include "study/study.h"

static const char doc[] =
    "Draws the cohort of a study: OUT/work/records.h5 and episodes.h5 to OUT/work/cohort.h5.\v"
    "Example:\n  stepdown cohort study.yaml -o out";

struct sources {
    struct table *records, *quality, *stays, *episodes, *paths, *flow, *clients;
};

/* What the study names of the persons' own table. */
static int read_clients(const struct study *study, struct store *store, struct sources *sources)
{
    char **named = cohort_named_derived(study), **columns = NULL;
    int status = named == NULL ? -1 : joined_client_columns(study, (const char *const *)named, &columns);

    if (status == 0 && columns != NULL &&
        (sources->clients = store_read(store, table_role_name(ROLE_CLIENTS), (const char *const *)columns)) == NULL)
        status = -1;
    names_free(columns);
    names_free(named);
    return status;
}

static int read_records(const struct study *study, const char *path, struct sources *sources)
{
    char **columns = cohort_source_columns(study);
    struct store *store = columns == NULL ? NULL : store_open(path);
    int status = -1;

    if (store != NULL &&
        (sources->records = store_read(store, table_role_name(study_main_table(study)->role),
                                       (const char *const *)columns)) != NULL &&
        (sources->quality = store_read(store, "quality", NULL)) != NULL)
        status = study_is_linked(study) ? read_clients(study, store, sources) : 0;
    store_close(store);
    names_free(columns);
    return status;
}

/* Of the episodes only what derived columns are computed from, and what a landmark and the moves ask for. */
static char **list_episode_columns(const struct study *study)
{
    char **columns = NULL, **named = cohort_named_derived(study);
    int status = named == NULL ? -1 : names_add(&columns, "open");

    if (status == 0)
        status = derived_episode_columns(study, (const char *const *)named, &columns);
    if (status == 0 && study->cohort.time_zero == TIME_ZERO_LANDMARK)
        status = names_add(&columns, "end");
    names_free(named);
    if (status == 0)
        return columns;
    names_free(columns);
    return NULL;
}

static int read_linked(const struct study *study, struct store *store, struct sources *sources)
{
    char **columns = list_episode_columns(study);
    const int status = columns == NULL ||
                               (sources->episodes = store_read(store, "episodes", (const char *const *)columns)) == NULL ||
                               (sources->paths = store_read(store, "paths", NULL)) == NULL ||
                               (sources->flow = store_read(store, "flow", NULL)) == NULL
                           ? -1
                           : 0;
    names_free(columns);
    return status;
}

static int read_episodes(const struct study *study, const char *path, struct sources *sources)
{
    static const char *const columns[] = {"record", "person", "episode", "fate", "level", "start", "end", "open", NULL};
    struct store *store = store_open(path);
    int status = -1;

    if (store != NULL) {
        sources->stays = store_read(store, "stays", study_is_linked(study) ? columns : NULL);
        status = sources->stays == NULL ? -1 : study_is_linked(study) ? read_linked(study, store, sources) : 0;
    }
    store_close(store);
    return status;
}

static int read_sources(const struct study *study, const char *out, struct sources *sources)
{
    char *records = stage_file(out, "records.h5"), *episodes = stage_file(out, study->files[STUDY_EPISODES]);
    const int status = records == NULL || episodes == NULL || read_records(study, records, sources) != 0 ||
                               read_episodes(study, episodes, sources) != 0
                           ? -1
                           : 0;
    free(episodes);
    free(records);
    return status;
}

static int write_cohort(const struct cohort *cohort, struct store_writer *writer)
{
    const struct table *const tables[] = {cohort->people, cohort->attrition.table, cohort->derived, cohort->flow,
                                          cohort->states};
    int status = 0;

    for (size_t i = 0; status == 0 && i < sizeof tables / sizeof tables[0]; i++)
        if (tables[i] != NULL)
            status = store_writer_table(writer, tables[i]);
    return status;
}

/* Returns the exit status. */
static int draw(const struct study *study, const struct stage_options *options)
{
    const char *const parents[] = {"records.h5", study->files[STUDY_EPISODES], NULL};
    struct sources sources = {0};
    struct cohort cohort = {0};
    struct stage stage;
    const enum stage_state state =
        stage_begin(&stage, "cohort", study->files[STUDY_COHORT], parents, NULL, study->sha256, study->seed, options);
    int status = EXIT_FAILED;

    if (state != STAGE_RUN)
        return stage_exit_status(state);
    if (read_sources(study, options->out, &sources) != 0)
        goto done;
    const struct cohort_input input = {sources.records,  sources.stays, sources.quality,
                                       sources.episodes, sources.paths, sources.flow,    sources.clients};
    if (cohort_draw(study, &input, options->n_threads, &cohort) != 0 || write_cohort(&cohort, stage.writer) != 0)
        goto done;
    note("cohort: %lld %ss in %zu arms", (long long)cohort.attrition.left, study->cohort.unit.text,
         study->cohort.arms.n);
    status = stage_end(&stage) == 0 ? EXIT_DONE : EXIT_FAILED;
done:
    stage_abandon(&stage);
    cohort_free(&cohort);
    table_free(sources.records);
    table_free(sources.quality);
    table_free(sources.stays);
    table_free(sources.episodes);
    table_free(sources.paths);
    table_free(sources.flow);
    table_free(sources.clients);
    return status;
}

int main(int argc, char **argv)
{
    struct stage_options options;
    struct study *study;
    int status;

    program_start("stepdown cohort");
    stage_parse(argc, argv, doc, &options);
    const struct study_options study_options = {options.allow_absolute, options.profile};
    if ((study = study_read(options.study, &study_options)) == NULL)
        return EXIT_FAILED;
    /* A profile that changes nothing here uses the file of the study, or of another profile. */
    status = study->shares[STUDY_COHORT] ? EXIT_DONE : draw(study, &options);
    study_free(study);
    return status;
}
