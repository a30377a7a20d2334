/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stepdown-cohort: records.h5 and episodes.h5 to cohort.h5. */
#include <stdlib.h>

#include "base/fail.h"
#include "base/program.h"
#include "base/ranks.h"
#include "cohort/cohort.h"
#include "cohort/cohort_sources.h"
#include "store/ranked_rows.h"
#include "store/stage.h"
#include "study/study.h"

static const char doc[] =
    "Draws the cohort of a study: OUT/work/records.h5 and episodes.h5 to OUT/work/cohort.h5.\v"
    "Example:\n  stepdown cohort study.yaml -o out";

/* A table of which each rank has some rows; it is freed on the way. */
static int write_rows(struct table **table, struct store_writer *writer)
{
    struct ranked_rows rows = {0};
    struct table *const schema = ranks_n() == 1 ? NULL : table_take_rows(*table, NULL, 0);
    int status = ranks_n() == 1 ? store_writer_table(writer, *table) : schema == NULL ? -1 : ranked_rows_add(&rows, *table);

    table_free(*table);
    *table = NULL;
    if (status == 0 && ranks_n() > 1)
        status = store_writer_ranked(writer, schema, &rows);
    ranked_rows_free(&rows);
    table_free(schema);
    return status;
}

static int write_cohort(struct cohort *cohort, struct store_writer *writer)
{
    int status = write_rows(&cohort->people, writer) != 0 || store_writer_table(writer, cohort->attrition.table) != 0 ? -1 : 0;

    if (status != 0 || cohort->derived == NULL)
        return status;
    return write_rows(&cohort->derived, writer) != 0 || store_writer_table(writer, cohort->flow) != 0 ||
                   store_writer_table(writer, cohort->states) != 0
               ? -1
               : 0;
}

static int make_cohort(const struct study *study, const struct stage_options *options, struct store_writer *writer)
{
    struct cohort_sources sources = {0};
    struct cohort cohort = {0};
    int status = cohort_sources_read(study, options->out, options->n_threads, &sources);

    if (status == 0) {
        const struct cohort_input input = cohort_sources_input(study, &sources);
        status = cohort_draw(study, &input, options->n_threads, &cohort);
    }
    if (status == 0)
        cohort_sources_globally(&sources, cohort.people);
    cohort_sources_free(&sources);
    if (status == 0)
        status = write_cohort(&cohort, writer);
    if (status == 0)
        note("cohort: %lld %ss in %zu arms", (long long)cohort.attrition.left, study->cohort.unit.text, study->cohort.arms.n);
    cohort_free(&cohort);
    return status;
}

/* Returns the exit status. */
static int draw(const struct study *study, const struct stage_options *options)
{
    const char *const parents[] = {"records.h5", study->files[STUDY_EPISODES], NULL};
    struct stage stage;
    const enum stage_state state =
        stage_begin(&stage, "cohort", study->files[STUDY_COHORT], parents, NULL, study->sha256, study->seed, options);
    int status = EXIT_FAILED;

    if (state != STAGE_RUN)
        return stage_exit_status(state);
    if (make_cohort(study, options, stage.writer) == 0)
        status = stage_end(&stage) == 0 ? EXIT_DONE : EXIT_FAILED;
    stage_abandon(&stage);
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
    study->cohort.some_arms = options.some_arms;
    /* A profile that changes nothing here uses the file of the study, or of another profile. */
    status = study->shares[STUDY_COHORT] ? EXIT_DONE : draw(study, &options);
    study_free(study);
    return status;
}
