/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stepdown-compare: everything to its left to results.h5. */
#include <gsl/gsl_errno.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/program.h"
#include "cohort/source.h"
#include "compare/analyses.h"
#include "compare/conditional.h"
#include "compare/published.h"
#include "store/stage.h"

static const char doc[] = "Compares the arms of a study: OUT/work/cohort.h5 and outcomes.h5 to OUT/work/results.h5.\v"
                          "Example:\n  stepdown compare study.yaml -o out";

/* What the stages to the left hand on. */
struct sources {
    struct table *quality, *attrition, *flow, *cohort, *losses, *evidence, *summary, *records;
    struct table **outcomes;
    size_t n_outcomes;
};

static struct table *read_covariates(const struct study *study, const char *out)
{
    char **columns = NULL;
    struct table *table = NULL;
    int status = 0;

    for (size_t i = 0; status == 0 && i < study->cohort.covariates.n; i++)
        status = names_add(&columns, study->cohort.covariates.items[i].text);
    if (status == 0)
        table = source_read(study, out, (const char *const *)columns);
    names_free(columns);
    return table;
}

static int read_records(const struct study *study, const char *out, const char *path, struct sources *s)
{
    struct store *store = store_open(path);
    int status = -1;

    if (store != NULL && (s->quality = store_read(store, "quality", NULL)) != NULL)
        status = study->cohort.covariates.n == 0 || (s->records = read_covariates(study, out)) != NULL ? 0 : -1;
    store_close(store);
    return status;
}

static int read_outcomes(const struct study *study, const char *path, struct sources *s)
{
    struct store *store = store_open(path);
    int status = -1;

    s->outcomes = allocate(study->n_outcomes, sizeof(*s->outcomes));
    if (store != NULL && s->outcomes != NULL && (s->losses = store_read(store, "losses", NULL)) != NULL &&
        (s->evidence = store_read(store, "evidence", NULL)) != NULL &&
        (s->summary = store_read(store, "outcomes", NULL)) != NULL)
        status = 0;
    for (; status == 0 && s->n_outcomes < study->n_outcomes; s->n_outcomes++) {
        char *name = format_text("outcome/%s", study->outcomes[s->n_outcomes].name.text);
        if (name == NULL || (s->outcomes[s->n_outcomes] = store_read(store, name, NULL)) == NULL)
            status = -1;
        free(name);
    }
    store_close(store);
    return status;
}

static int read_cohort(const struct study *study, const char *path, struct sources *s)
{
    struct store *store = store_open(path);
    int status = -1;

    if (store != NULL && (s->cohort = store_read(store, "cohort", NULL)) != NULL &&
        (s->attrition = store_read(store, "attrition", NULL)) != NULL &&
        (!study_is_linked(study) || (s->flow = store_read(store, "flow", NULL)) != NULL))
        status = 0;
    store_close(store);
    return status;
}

static int read_sources(const struct study *study, const char *out, struct sources *s)
{
    char *records = stage_file(out, "records.h5"), *cohort = stage_file(out, "cohort.h5"),
         *outcomes = stage_file(out, "outcomes.h5");
    const int status = records == NULL || cohort == NULL || outcomes == NULL || read_records(study, out, records, s) != 0 ||
                               read_cohort(study, cohort, s) != 0 || read_outcomes(study, outcomes, s) != 0
                           ? -1
                           : 0;
    free(records);
    free(cohort);
    free(outcomes);
    return status;
}

static void sources_free(struct sources *s)
{
    for (size_t i = 0; i < s->n_outcomes; i++)
        table_free(s->outcomes[i]);
    free(s->outcomes);
    table_free(s->quality);
    table_free(s->attrition);
    table_free(s->flow);
    table_free(s->cohort);
    table_free(s->losses);
    table_free(s->evidence);
    table_free(s->summary);
    table_free(s->records);
}

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
                         const char *published_path, struct store_writer *writer)
{
    struct table *text = study_flatten(study), *published = match_published(published_path, a);
    const struct table *const tables[] = {text,        s->quality,  s->attrition,   s->losses,   s->evidence, s->summary,  a->arms,
                                          a->baseline, a->balance,  a->risk_tables, a->curves,   a->estimates, a->verdicts,
                                          published};
    int status = text == NULL || published == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < sizeof tables / sizeof tables[0]; i++)
        status = store_writer_table(writer, tables[i]);
    if (status == 0 && s->flow != NULL)
        status = store_writer_table(writer, s->flow);
    table_free(published);
    table_free(text);
    return status;
}

/* Returns the exit status. */
static int compare(const struct study *study, const char *published, const struct stage_options *options)
{
    static const char *const parents[] = {"records.h5", "cohort.h5", "outcomes.h5", NULL};
    struct sources sources = {0};
    struct analyses analyses = {0};
    struct stage stage;
    const enum stage_state state =
        stage_begin(&stage, "compare", "results.h5", parents, published, study->sha256, study->seed, options);
    int status = EXIT_FAILED;

    if (state != STAGE_RUN)
        return stage_exit_status(state);
    if (read_sources(study, options->out, &sources) != 0)
        goto done;
    const struct analyses_input input = {study, sources.cohort, sources.records, sources.outcomes, options->n_threads};
    if (analyses_run(&input, &analyses) != 0 || conditional_mark(study, analyses.estimates) != 0 ||
        conditional_mark(study, analyses.verdicts) != 0 ||
        write_results(study, &sources, &analyses, published, stage.writer) != 0)
        goto done;
    note("compare: %zu estimates, %zu verdicts", analyses.estimates->n_rows, analyses.verdicts->n_rows);
    status = stage_end(&stage) == 0 ? EXIT_DONE : EXIT_FAILED;
done:
    stage_abandon(&stage);
    analyses_free(&analyses);
    sources_free(&sources);
    return status;
}

int main(int argc, char **argv)
{
    struct stage_options options;
    struct study *study;
    char *published = NULL;
    int status = EXIT_FAILED;

    program_start("stepdown compare");
    gsl_set_error_handler_off(); /* GSL would abort; kernels return codes */
    stage_parse(argc, argv, doc, &options);
    const struct study_options study_options = {.allow_absolute = options.allow_absolute};
    if ((study = study_read(options.study, &study_options)) == NULL)
        return EXIT_FAILED;
    if (study->published.text == NULL || (published = study_path(study, study->published.text)) != NULL)
        status = compare(study, published, &options);
    free(published);
    study_free(study);
    return status;
}
