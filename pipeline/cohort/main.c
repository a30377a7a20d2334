/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stepdown-cohort: records.h5 and episodes.h5 to cohort.h5. */
#include <stdlib.h>

#include "base/fail.h"
#include "base/program.h"
#include "cohort/cohort.h"
#include "cohort/conditions.h"
#include "store/stage.h"
#include "study/study.h"

static const char doc[] =
    "Draws the cohort of a study: OUT/work/records.h5 and episodes.h5 to OUT/work/cohort.h5.\v"
    "Example:\n  stepdown cohort study.yaml -o out";

struct sources {
    struct table *records, *quality, *stays;
};

static int read_sources(const struct study *study, const char *out, struct sources *sources)
{
    const struct study_table *table = study_find_table(study, ROLE_CLIENTS);
    const char *role = table_role_name(table->role);
    struct table *schema = study_table_schema(study, table, role);
    char **columns = schema == NULL ? NULL : cohort_columns(study, table, schema);
    char *records = stage_file(out, "records.h5"), *episodes = stage_file(out, "episodes.h5");
    struct store *store = columns == NULL || records == NULL || episodes == NULL ? NULL : store_open(records);
    int status = -1;

    if (store != NULL && (sources->records = store_read(store, role, (const char *const *)columns)) != NULL &&
        (sources->quality = store_read(store, "quality", NULL)) != NULL &&
        (sources->stays = store_read_table(episodes, "stays")) != NULL)
        status = 0;
    store_close(store);
    free(episodes);
    free(records);
    names_free(columns);
    table_free(schema);
    return status;
}

/* Returns the exit status. */
static int draw(const struct study *study, const struct stage_options *options)
{
    static const char *const parents[] = {"records.h5", "episodes.h5", NULL};
    struct sources sources = {0};
    struct cohort cohort = {0};
    struct stage stage;
    const enum stage_state state =
        stage_begin(&stage, "cohort", "cohort.h5", parents, NULL, study->sha256, study->seed, options);
    int status = EXIT_FAILED;

    if (state != STAGE_RUN)
        return stage_exit_status(state);
    if (read_sources(study, options->out, &sources) != 0)
        goto done;
    const struct cohort_input input = {sources.records, sources.stays, sources.quality};
    if (cohort_draw(study, &input, options->n_threads, &cohort) != 0 ||
        store_writer_table(stage.writer, cohort.people) != 0 ||
        store_writer_table(stage.writer, cohort.attrition.table) != 0)
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
    return status;
}

int main(int argc, char **argv)
{
    struct stage_options options;
    struct study *study;
    int status;

    program_start("stepdown cohort");
    stage_parse(argc, argv, doc, &options);
    const struct study_options study_options = {.allow_absolute = options.allow_absolute};
    if ((study = study_read(options.study, &study_options)) == NULL)
        return EXIT_FAILED;
    if (study_is_linked(study))
        status = study_fail(study, study->cohort.index.place, "this version of stepdown draws cohorts of one row a person only") == 0
                     ? EXIT_DONE
                     : EXIT_FAILED;
    else
        status = draw(study, &options);
    study_free(study);
    return status;
}
