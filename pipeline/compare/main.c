/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stepdown-compare: everything to its left to results.h5. */
#include <gsl/gsl_errno.h>
#include <gsl/gsl_version.h>
#include <malloc.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/names.h"
#include "base/program.h"
#include "compare/analyses.h"
#include "compare/grid.h"
#include "compare/marks.h"
#include "compare/profiles.h"
#include "compare/programmes.h"
#include "compare/published.h"
#include "compare/ranges.h"
#include "compare/sources.h"
#include "store/stage.h"
#include "study/plan.h"

static const char doc[] = "Compares the arms of a study: OUT/work/cohort.h5 and outcomes.h5 to OUT/work/results.h5.\v"
                          "Example:\n  stepdown compare study.yaml -o out";

/* A study without published numbers has an empty table of them. */
static struct table *match_published(const char *path, const struct analyses *a)
{
    struct table *published = published_alloc();

    if (published != NULL && path != NULL && published_match(path, a->estimates, published) != 0) {
        table_free(published);
        return NULL;
    }
    return published;
}

static int write_results(const struct study *study, const struct sources *s, const struct analyses *a,
                         const struct programmes *programmes, const char *published_path, struct store_writer *writer)
{
    struct table *text = study_flatten(study), *published = match_published(published_path, a),
                 *ranges = ranges_table(study, a->estimates),
                 *grid = grid_table(study, s->summary, a->estimates, a->verdicts);
    const struct table *const tables[] = {text,        s->quality,  s->attrition,   s->losses,   s->evidence, s->summary,  a->arms,
                                          a->baseline, a->balance,  a->overlap, a->risk_tables, a->curves,   a->estimates, a->verdicts, a->tipping,
                                          a->differences, a->calibration, a->strategies, grid, published,   ranges};
    int status = text == NULL || published == NULL || ranges == NULL || grid == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < sizeof tables / sizeof tables[0]; i++)
        status = store_writer_table(writer, tables[i]);
    if (status == 0 && s->flow != NULL)
        status = store_writer_table(writer, s->flow) != 0 ? -1 : store_writer_table(writer, s->states);
    if (status == 0 && programmes->cells != NULL)
        status = store_writer_table(writer, programmes->measures) != 0 || store_writer_table(writer, programmes->cells) != 0
                     ? -1
                     : store_writer_table(writer, programmes->phases);
    table_free(grid);
    table_free(ranges);
    table_free(published);
    table_free(text);
    return status;
}

/* Files that a run depends on, each once: those of the study and those of its profiles.  NULL after telling. */
static char **list_parents(const struct study *study, const struct profiles *profiles)
{
    char **parents = NULL;
    int status = names_add(&parents, "records.h5");

    for (size_t i = 0; status == 0 && i <= profiles->n; i++) {
        const struct study *one = i == 0 ? study : profiles->studies[i - 1];
        status = names_add(&parents, one->files[STUDY_COHORT]);
        if (status == 0)
            status = names_add(&parents, one->files[STUDY_OUTCOMES]);
    }
    if (status == 0)
        return parents;
    names_free(parents);
    return NULL;
}

static int work(const struct study *study, const struct profiles *profiles, const char *published,
                const struct stage_options *options, struct store_writer *writer)
{
    struct sources sources = {0};
    struct analyses analyses = {0};
    struct programmes programmes = {0};
    int status = sources_read(study, options->out, &sources);
    const struct analyses_input input = sources_input(&sources, study, options->n_threads);

    if (status == 0)
        status = analyses_run(&input, &analyses);
    if (status == 0)
        status = marks_add(&input, &analyses);
    if (status == 0)
        status = programmes_run(&input, analyses.calibration, &programmes);
    if (status == 0)
        status = profiles_run(profiles, options, &analyses, writer);
    if (status == 0)
        status = write_results(study, &sources, &analyses, &programmes, published, writer);
    if (status == 0)
        note("compare: %zu estimates, %zu verdicts", analyses.estimates->n_rows, analyses.verdicts->n_rows);
    programmes_free(&programmes);
    analyses_free(&analyses);
    sources_free(&sources);
    return status;
}

/* Returns the exit status. */
static int compare(const struct study *study, const struct profiles *profiles, const char *published,
                   const struct stage_options *options)
{
    char **parents = list_parents(study, profiles);
    char plan[SHA256_HEX_SIZE];
    enum plan_state locked = PLAN_NOT_LOCKED;
    struct stage stage = {0};
    enum stage_state state = STAGE_FAILED;

    if (parents != NULL && plan_lock_read(study, plan, &locked) == 0) {
        const struct stage_fact facts[] = {
            {"plan", plan}, {"plan_lock", plan_state_words(locked)}, {"library:gsl", gsl_version}};
        state = stage_begin_knowing(&stage, "compare", "results.h5", (const char *const *)parents, published, study->sha256,
                                    study->seed, options, facts, sizeof facts / sizeof facts[0]);
    }
    if (locked == PLAN_CHANGED)
        warn("the plan has changed since it was locked; the results say so");
    int status = stage_exit_status(state);

    if (state == STAGE_RUN)
        status = work(study, profiles, published, options, stage.writer) == 0 && stage_end(&stage) == 0 ? EXIT_DONE
                                                                                                        : EXIT_FAILED;
    stage_abandon(&stage);
    names_free(parents);
    return status;
}

int main(int argc, char **argv)
{
    struct stage_options options;
    struct profiles profiles = {0};
    struct study *study;
    char *published = NULL;
    int status = EXIT_FAILED;

    program_start("stepdown compare");
    gsl_set_error_handler_off(); /* GSL would abort; kernels return codes */
    /* One array a person after another: memory that is given back and asked for again costs a fault a page. */
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mallopt(M_ARENA_MAX, 1); /* of every thread: what one gives back another takes */
    stage_parse(argc, argv, doc, &options);
    stage_refuse_profile(&options);
    stage_refuse_collective(&options);
    const struct study_options study_options = {.allow_absolute = options.allow_absolute};
    if ((study = study_read(options.study, &study_options)) == NULL)
        return EXIT_FAILED;
    if ((study->published.text == NULL || (published = study_path(study, study->published.text)) != NULL) &&
        profiles_read(study, &options, &profiles) == 0)
        status = compare(study, &profiles, published, &options);
    profiles_free(&profiles);
    free(published);
    study_free(study);
    return status;
}
