/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/site.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/output.h"
#include "base/program.h"
#include "base/spawn.h"
#include "base/table_fields.h"
#include "compare/sources.h"
#include "ingest/inputs_apart.h"
#include "sites/cells.h"
#include "sites/coarsen.h"
#include "sites/round.h"
#include "sites/site_people.h"
#include "sites/site_models.h"
#include "sites/strata_lists.h"
#include "sites/study_texts.h"
#include "store/chain.h"
#include "store/stage.h"
#include "store/store.h"

/* Everything up to the outcomes of each person; the exit status. */
static int run(const struct site_options *options)
{
    return spawn_run(&(struct spawn_run){.study = options->study,
                                         .out = options->work,
                                         .until = "outcomes",
                                         .n_threads = options->n_threads,
                                         .allow_absolute = options->allow_absolute,
                                         .some_arms = true});
}

/* ---- what is said beside the counts ---------------------------------------------------------------------------------- */

static int add_fact(struct table *facts, const char *key, const char *value)
{
    struct row_builder row = table_new_row(facts);

    row_text(&row, "key", key);
    row_text(&row, "value", value);
    return row_end(&row);
}

static struct table *facts_table(int64_t threshold)
{
    static const struct table_field fields[] = {{"key", "Key", COLUMN_TEXT}, {"value", "Value", COLUMN_TEXT}};
    struct table *facts = table_of_fields("site", "A site's counts", fields, 2);
    char number[32];

    snprintf(number, sizeof number, "%lld", (long long)threshold);
    if (facts != NULL && add_fact(facts, "format", SITE_FORMAT) == 0 && add_fact(facts, "threshold", number) == 0)
        return facts;
    table_free(facts);
    return NULL;
}

static struct table *precision_alloc(void)
{
    static const struct table_field fields[] = {
        {"table", "Table", COLUMN_TEXT},
        COARSENING_FIELDS,
    };
    return table_of_fields("precision", "What the threshold cost", fields, sizeof fields / sizeof *fields);
}

static int add_precision(struct table *precision, const char *name, const struct coarsening *lost)
{
    struct row_builder row = table_new_row(precision);

    row_text(&row, "table", name);
    row_integer(&row, "groups", lost->n_groups);
    row_integer(&row, "left_out", lost->n_left_out);
    row_integer(&row, "changed", lost->n_changed);
    row_integer(&row, "days_before", lost->n_days);
    row_integer(&row, "days_after", lost->n_steps);
    row_real(&row, "widest", lost->widest);
    return row_end(&row);
}

/* Who made it; the digests of data stay at home, because those of few rows could be guessed. */
static struct table *provenance_table(const struct study *study)
{
    struct table *const provenance = chain_start("site", study->sha256, study->seed);
    int status = provenance == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < study->n_tables; i++) {
        char *const key = format_text("codebook:%s", table_role_name(study->tables[i].role));
        status = key == NULL ? -1 : chain_add(provenance, key, study->tables[i].codebook->sha256);
        free(key);
    }
    if (status == 0)
        return provenance;
    table_free(provenance);
    return NULL;
}

/* ---- counts --------------------------------------------------------------------------------------------------------------- */

/* Writes and frees the cells. */
static int write_cells(struct store_writer *writer, struct table *cells, const struct coarsening *lost, struct table *precision)
{
    const int status =
        cells == NULL || store_writer_table(writer, cells) != 0 || add_precision(precision, cells->name, lost) != 0 ? -1 : 0;

    table_free(cells);
    return status;
}

static int write_counts(const struct study *study, const struct sources *sources, int64_t threshold, const struct coarsening *lost,
                        struct store_writer *writer, struct table *precision)
{
    const struct cells_input input = {study, sources->cohort, sources->records, sources->outcomes};
    struct strata_lists lists;
    struct coarsening of;
    int status = strata_lists_make(study, &lists);

    for (size_t i = 0; status == 0 && i < study->n_outcomes; i++)
        status = write_cells(writer, cells_of_outcome(&input, i), &lost[i], precision);
    for (size_t i = 0; status == 0 && i < lists.n; i++) {
        struct table *const cells = cells_of_strata(&input, lists.items[i].outcome, lists.items[i].columns);
        status = write_cells(writer, coarsen_strata(cells, threshold, &of), &of, precision);
    }
    strata_lists_free(&lists);
    for (size_t i = 0; status == 0 && i < study->cohort.covariates.n; i++)
        status = write_cells(writer, coarsen_values(cells_of_covariate(&input, i), threshold, &of), &of, precision);
    return status;
}

/* Nothing is counted but people as the threshold lets them be seen. */
static int write_people(const struct study *study, struct sources *sources, int64_t threshold, struct store_writer *writer,
                        struct table *precision)
{
    struct coarsening who, *const lost = allocate(study->n_outcomes + 1, sizeof *lost);
    int status = lost == NULL || site_people_hide(study, sources, threshold, &who, lost) != 0 ||
                         add_precision(precision, "people", &who) != 0 ||
                         write_counts(study, sources, threshold, lost, writer, precision) != 0
                     ? -1
                     : site_models_describe(study, sources, threshold, writer);

    free(lost);
    return status;
}

static int write_all(const struct study *study, const struct site_options *options, int64_t threshold,
                     struct store_writer *writer)
{
    struct sources sources = {0};
    struct table *facts = facts_table(threshold), *texts = study_texts_table(study), *precision = precision_alloc(),
                 *provenance = provenance_table(study);
    int status = facts == NULL || texts == NULL || precision == NULL || provenance == NULL ||
                         sources_read(study, options->work, &sources) != 0
                     ? -1
                     : write_people(study, &sources, threshold, writer, precision);
    const struct table *const tables[] = {facts, texts, precision, provenance};

    for (size_t i = 0; status == 0 && i < sizeof tables / sizeof tables[0]; i++)
        status = store_writer_table(writer, tables[i]);
    sources_free(&sources);
    table_free(provenance);
    table_free(precision);
    table_free(texts);
    table_free(facts);
    return status;
}

/* A site may hide more than the study asks for, not less. */
static int choose_threshold(const struct study *study, int64_t asked, int64_t *threshold)
{
    *threshold = asked < 0 ? study->disclosure_threshold : asked;
    if (*threshold >= study->disclosure_threshold)
        return 0;
    return fail("--threshold %lld: the study asks for %lld or more (disclosure: threshold)", (long long)asked,
                (long long)study->disclosure_threshold);
}

/* ---- an answer to a round ------------------------------------------------------------------------------------------------- */

/* The round, when it is of this study. */
static int read_round(const struct study *study, const char *path, const struct table *texts, struct round *round, char **sha256)
{
    struct store *const store = store_open(path);
    struct table *const others = store == NULL || !store_has(store, "round") ? NULL : store_read(store, "texts", NULL);
    int status = store == NULL ? -1 : round_read(store, path, study, round);

    if (status == 0 && (others == NULL || study_texts_agree(others, path, texts, study->path) != 0))
        status = -1;
    if (status == 0 && !round_asks(round))
        status = fail("'%s' asks for nothing more: its models are finished", path);
    if (status == 0 && (*sha256 = copy_text(store_content_sha256(store))) == NULL)
        status = -1;
    table_free(others);
    store_close(store);
    return status;
}

static int write_answer(const struct study *study, const struct site_options *options, int64_t threshold,
                        struct store_writer *writer)
{
    struct sources sources = {0};
    struct round round = {0};
    char *sha256 = NULL;
    struct table *const texts = study_texts_table(study), *const provenance = provenance_table(study);
    struct coarsening who, *const lost = allocate(study->n_outcomes + 1, sizeof *lost);
    int status = texts == NULL || provenance == NULL || lost == NULL ||
                         read_round(study, options->round, texts, &round, &sha256) != 0 ||
                         sources_read(study, options->work, &sources) != 0 ||
                         site_people_hide(study, &sources, threshold, &who, lost) != 0
                     ? -1
                     : site_models_answer(study, &sources, &round, sha256, threshold, writer);

    if (status == 0 && (round_write(&round, study, writer) != 0 || store_writer_table(writer, texts) != 0 ||
                        store_writer_table(writer, provenance) != 0))
        status = -1;
    free(lost);
    free(sha256);
    round_free(&round);
    sources_free(&sources);
    table_free(provenance);
    table_free(texts);
    return status;
}

/* ---- the command ------------------------------------------------------------------------------------------------------ */

static int check_work_apart(const struct study *study, const struct site_options *options)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i <= N_STUDY_STAGES; i++) {
        char *const file = stage_file(options->work, i < N_STUDY_STAGES ? study->files[i] : "records.h5");
        status = file == NULL ? -1 : output_check_apart(options->file, file);
        free(file);
    }
    return status;
}

static int check_apart(const struct study *study, const struct site_options *options)
{
    if (options->round != NULL && output_check_apart(options->file, options->round) != 0)
        return -1;
    return inputs_check_apart(study, options->file) != 0 ? -1 : check_work_apart(study, options);
}

static int count(const struct study *study, const struct site_options *options, int64_t threshold)
{
    struct store_writer *const writer = store_writer_open(options->file, options->n_threads);

    if (writer == NULL || (options->round != NULL ? write_answer : write_all)(study, options, threshold, writer) != 0) {
        store_writer_abandon(writer);
        return EXIT_FAILED;
    }
    if (store_writer_commit(writer) != 0)
        return EXIT_FAILED;
    note("site: %s of '%s' in cells of %lld or more: '%s'", options->round != NULL ? "sums" : "counts", study->name.text,
         (long long)threshold, options->file);
    return EXIT_DONE;
}

int site_write(const struct site_options *options)
{
    const struct study_options study_options = {.allow_absolute = options->allow_absolute};
    struct study *const study = study_read(options->study, &study_options);
    int64_t threshold;
    int status = EXIT_FAILED;

    if (study != NULL && choose_threshold(study, options->threshold, &threshold) == 0 && check_apart(study, options) == 0)
        status = run(options);
    /* The run has made files of its own. */
    if (status == EXIT_DONE)
        status = check_work_apart(study, options) != 0 ? EXIT_FAILED : count(study, options, threshold);
    study_free(study);
    return status;
}
