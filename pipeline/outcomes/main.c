/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stepdown-outcomes: records.h5 and cohort.h5 to outcomes.h5. */
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/program.h"
#include "base/ranks.h"
#include "cohort/source.h"
#include "cohort/derived_values.h"
#include "outcomes/again.h"
#include "outcomes/care_paths.h"
#include "outcomes/outcome.h"
#include "outcomes/share.h"
#include "outcomes/study_words.h"
#include "outcomes/summary.h"
#include "outcomes/words_command.h"
#include "store/ranked_rows.h"
#include "store/stage.h"

static const char doc[] =
    "Computes the outcomes of a study: OUT/work/records.h5 and cohort.h5 to OUT/work/outcomes.h5.  With --words: "
    "published definitions on weekly words; `stepdown outcomes --words --help` tells more.\v"
    "Examples:\n  stepdown outcomes study.yaml -o out\n  stepdown outcomes --words words.csv --library all";

struct sources {
    const struct study_table *source;
    struct table *records, *cohort;
    struct evidence *evidence;
    struct table **words; /* [study->n_words] */
    struct table *stays, *episodes, *paths; /* of linked stays */
    struct history history;
    bool shared; /* each rank has other persons */
    size_t first;    /* where they stand in the cohort */
    int64_t *record; /* and in the source */
};

static struct table *read_records(const struct study *study, const char *out, const struct source_rows *rows)
{
    struct table *schema = study_columns(study, "source"), *records = NULL;
    char **columns = NULL;
    int status = schema == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < study->n_outcomes; i++)
        status = outcome_columns(study, &study->outcomes[i], schema, &columns);
    if (status == 0)
        status = study_word_columns(study, schema, &columns);
    if (status == 0 && study_reads_paths(study))
        status = derived_source_columns(study, (const char *const[]){NULL}, &columns);
    if (status == 0 && columns == NULL) /* rules that read dated rows alone must still know how many records there are */
        status = names_add(&columns, schema->columns[0].name);
    if (status == 0)
        records = source_read_rows(study, out, (const char *const *)columns, rows);
    names_free(columns);
    table_free(schema);
    return records;
}

/* What a history looks at; days and hours by level are most of an episode. */
static const char *const episode_columns[] = {"person", "number", "start", "end", "open", "n_stays", "path", "gap", NULL};

static int read_history(const struct study *study, const char *out, struct sources *sources)
{
    char *path = stage_file(out, study->files[STUDY_EPISODES]);
    struct store *const store = path == NULL ? NULL : store_open(path);

    if (store != NULL && (sources->stays = store_read(store, "stays", NULL)) != NULL &&
        (sources->episodes = store_read(store, "episodes", episode_columns)) != NULL)
        sources->paths = store_read(store, "paths", NULL);
    store_close(store);
    free(path);
    if (sources->paths == NULL)
        return -1;
    sources->history = history_of(sources->stays, sources->episodes, sources->paths);
    return 0;
}

/* Does any rule look at stays other than those that the cohort tells of? */
static bool reads_history(const struct study *study)
{
    bool reads = study_reads_paths(study);

    for (size_t i = 0; i < study->n_outcomes; i++)
        reads = reads || study->outcomes[i].rule == OUTCOME_FIRST_OF || study->outcomes[i].rule == OUTCOME_PROCESS;
    return reads && study_is_linked(study);
}

/* What the rules look at. */
static struct table *read_cohort(const struct study *study, const char *path, bool history)
{
    const bool has_days = study->cohort.time_zero_column.text != NULL || study_is_linked(study);
    const char *const columns[] = {"record", "weight", has_days ? "time_zero" : NULL, history ? "stay" : NULL, NULL};
    struct store *const store = store_open(path);
    struct table *const cohort = store == NULL ? NULL : store_read(store, "cohort", columns);

    store_close(store);
    return cohort;
}

static int read_sources(const struct study *study, const char *out, int n_threads, struct sources *sources)
{
    const bool history = reads_history(study);
    char *records = stage_file(out, "records.h5"), *cohort = stage_file(out, study->files[STUDY_COHORT]);

    if (records != NULL && cohort != NULL)
        sources->records = read_records(study, out, NULL);
    if (sources->records != NULL)
        sources->cohort = read_cohort(study, cohort, history);
    if (sources->cohort != NULL)
        sources->evidence = evidence_read(study, records, sources->cohort, n_threads);
    free(cohort);
    free(records);
    if (sources->evidence == NULL)
        return -1;
    return history ? read_history(study, out, sources) : 0;
}

static int keep_places(const struct share *share, struct sources *sources)
{
    const struct column *const record = table_column(share->cohort, "record");

    sources->first = share->first;
    if ((sources->record = allocate(share->cohort->n_rows + 1, sizeof *sources->record)) == NULL)
        return -1;
    for (size_t i = 0; i < share->cohort->n_rows; i++)
        sources->record[i] = column_integer(record, i);
    return 0;
}

/* The persons of this rank. */
static int read_share(const struct study *study, const char *out, int n_threads, struct sources *sources)
{
    char *records = stage_file(out, "records.h5"), *cohort = stage_file(out, study->files[STUDY_COHORT]),
         *episodes = stage_file(out, study->files[STUDY_EPISODES]);
    struct share share = {0};
    int status = records == NULL || cohort == NULL || episodes == NULL ||
                         share_read(study, cohort, episodes, episode_columns, &share) != 0
                     ? -1
                     : 0;
    const struct source_rows rows = {&share.records, share.first, share.end};

    if (status == 0 && ((sources->records = read_records(study, out, &rows)) == NULL ||
                        (sources->evidence = evidence_read(study, records, share.cohort, n_threads)) == NULL))
        status = -1;
    if (status == 0)
        status = keep_places(&share, sources);
    if (status == 0) {
        share_settle(&share);
        sources->cohort = share.cohort;
        sources->stays = share.stays;
        sources->episodes = share.episodes;
        sources->paths = share.paths;
        share.cohort = share.stays = share.episodes = share.paths = NULL;
        if (sources->stays != NULL)
            sources->history = history_of(sources->stays, sources->episodes, sources->paths);
    }
    share_free(&share);
    free(episodes);
    free(cohort);
    free(records);
    return status;
}

/* A table with the rows of this rank's persons; takes it. */
static int write_rows(struct store_writer *writer, const struct table *rows, bool shared)
{
    struct table *const schema = shared ? table_take_rows(rows, NULL, 0) : NULL;
    struct ranked_rows ranked = {0};
    int status = shared && schema == NULL ? -1 : 0;

    if (!shared)
        return store_writer_table(writer, rows);
    if (status == 0 && (ranked_rows_add(&ranked, rows) != 0 || store_writer_ranked(writer, schema, &ranked) != 0))
        status = -1;
    ranked_rows_free(&ranked);
    table_free(schema);
    return status;
}

/* The same of one that counts rows of other tables. */
static int write_counting(struct store_writer *writer, const struct sources *sources, const struct table *rows)
{
    const struct share_places places = {sources->first, sources->record};
    struct table *const global = sources->shared ? share_globally(&places, rows) : NULL;
    const int status = sources->shared && global == NULL ? -1 : write_rows(writer, sources->shared ? global : rows, sources->shared);

    table_free(global);
    return status;
}

static int make_words(const struct study *study, struct sources *sources, int n_threads, struct store_writer *writer)
{
    const struct words_input input = {study, sources->records, sources->cohort, sources->evidence, n_threads};

    if ((sources->words = allocate(study->n_words, sizeof *sources->words)) == NULL)
        return -1;
    for (size_t i = 0; i < study->n_words; i++)
        if ((sources->words[i] = study_word_table(&input, i)) == NULL ||
            write_counting(writer, sources, sources->words[i]) != 0)
            return -1;
    return 0;
}

static int write_paths(const struct study *study, const struct sources *sources, struct store_writer *writer)
{
    struct table *const paths = care_paths_compute(study, &sources->history, sources->records, sources->cohort);
    const int status = paths == NULL ? -1 : write_counting(writer, sources, paths);

    table_free(paths);
    return status;
}

static int write_again(const struct outcome_input *input, const struct sources *sources, struct store_writer *writer)
{
    struct table *const again = outcome_again(input);
    const int status = again == NULL ? -1 : write_counting(writer, sources, again);

    table_free(again);
    return status;
}

static int write_outcomes(const struct study *study, const struct sources *sources, int n_threads,
                          struct store_writer *writer)
{
    struct table *losses = losses_alloc(), *summary = outcomes_summary(study, sources->source->codebook);
    int status = losses == NULL || summary == NULL ? -1 : store_writer_table(writer, summary);

    for (size_t i = 0; status == 0 && i < study->n_outcomes; i++) {
        const struct outcome_input input = {study,
                                            &study->outcomes[i],
                                            sources->records,
                                            table_column(sources->cohort, "record"),
                                            sources->cohort->n_rows,
                                            n_threads,
                                            sources->evidence,
                                            sources->words,
                                            sources->stays == NULL ? NULL : &sources->history,
                                            sources->cohort,
                                            sources->shared};
        struct table *computed = outcome_compute(&input);
        status = computed == NULL ? -1 : write_rows(writer, computed, sources->shared);
        if (status == 0 && input.outcome->again_after > 0)
            status = write_again(&input, sources, writer);
        if (status == 0)
            status = losses_add(losses, input.outcome, computed, table_column(sources->cohort, "weight"), sources->shared);
        table_free(computed);
    }
    if (status == 0)
        status = store_writer_table(writer, losses);
    if (status == 0)
        status = store_writer_table(writer, evidence_counts(sources->evidence));
    if (status == 0 && study_reads_paths(study))
        status = write_paths(study, sources, writer);
    table_free(summary);
    table_free(losses);
    return status;
}

/* Definitions of the study's own are read besides its text: a change in them is a reason to work again. */
static enum stage_state begin(const struct study *study, const struct stage_options *options, struct stage *stage)
{
    const char *const parents[] = {"records.h5", study->files[STUDY_EPISODES], study->files[STUDY_COHORT], NULL};
    char *definitions = study->definitions.text == NULL ? NULL : study_path(study, study->definitions.text);
    const enum stage_state state = study->definitions.text != NULL && definitions == NULL
                                       ? STAGE_FAILED
                                       : stage_begin(stage, "outcomes", study->files[STUDY_OUTCOMES], parents, definitions,
                                                     study->sha256, study->seed, options);

    free(definitions);
    return state;
}

/* Returns the exit status. */
static int compute(const struct study *study, const struct stage_options *options)
{
    struct sources sources = {.source = study_main_table(study)};
    struct stage stage;
    const enum stage_state state = begin(study, options, &stage);
    int status = EXIT_FAILED;

    if (state != STAGE_RUN)
        return stage_exit_status(state);
    sources.shared = ranks_n() > 1;
    if ((sources.shared ? read_share : read_sources)(study, options->out, options->n_threads, &sources) != 0 ||
        make_words(study, &sources, options->n_threads, stage.writer) != 0 ||
        write_outcomes(study, &sources, options->n_threads, stage.writer) != 0)
        goto done;
    int64_t n_rows = (int64_t)sources.cohort->n_rows;
    if (sources.shared)
        ranks_sum(&n_rows, 1);
    note("outcomes: %zu computed for %lld rows of the cohort", study->n_outcomes, (long long)n_rows);
    status = stage_end(&stage) == 0 ? EXIT_DONE : EXIT_FAILED;
done:
    stage_abandon(&stage);
    for (size_t i = 0; sources.words != NULL && i < study->n_words; i++)
        table_free(sources.words[i]);
    free(sources.words);
    free(sources.record);
    evidence_free(sources.evidence);
    table_free(sources.stays);
    table_free(sources.episodes);
    table_free(sources.paths);
    table_free(sources.cohort);
    table_free(sources.records);
    return status;
}

static int refuse_ranks(void)
{
    fail("`stepdown outcomes --words` and --list share no work among ranks: start them once, without mpirun or srun");
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    struct stage_options options;
    struct study *study;
    int status;

    program_start("stepdown outcomes");
    if (words_command_is_meant(argc, argv))
        return ranks_n() > 1 ? refuse_ranks() : words_command(argc, argv);
    stage_parse(argc, argv, doc, &options);
    const struct study_options study_options = {options.allow_absolute, options.profile};
    if ((study = study_read(options.study, &study_options)) == NULL)
        return EXIT_FAILED;
    /* A profile that changes nothing here uses the file of the study, or of another profile. */
    status = study->shares[STUDY_OUTCOMES] ? EXIT_DONE : compute(study, &options);
    study_free(study);
    return status;
}
