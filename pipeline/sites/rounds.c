/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/rounds.h"

#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"
#include "base/program.h"
#include "base/table_fields.h"
#include "sites/round_rows.h"
#include "sites/round_start.h"
#include "sites/round_take.h"
#include "sites/same_counts.h"
#include "sites/site.h"
#include "sites/site_models.h"
#include "sites/study_texts.h"
#include "store/chain.h"

struct merging {
    const struct rounds_options *options;
    struct study *study;
    struct table *texts;  /* of the first file */
    struct table *sites;  /* what each has told */
    struct table *people, *terms, *sums, *days; /* of all files, one below the other */
    struct round round;
    struct same_counts counts; /* of the files read so far */
    char *asked;          /* content_sha256 of the round that is answered; NULL: these are no answers */
};

/* ---- reading -------------------------------------------------------------------------------------------------------------- */

static struct table *sites_alloc(void)
{
    static const struct table_field fields[] = {
        {"site", "Site", COLUMN_TEXT},      {"threshold", "Fewest people in a cell", COLUMN_INT64},
        {"fit", "Regression", COLUMN_INT32}, {"n", "People", COLUMN_INT64},
        {"n_event", "With the event", COLUMN_INT64},
        {"changed", "Cells of too few people, counted under other labels", COLUMN_INT64},
        {"left_out", "Arms with too few people, left out", COLUMN_INT64},
        {"refused", "Why nothing was told", COLUMN_TEXT},
    };
    return table_of_fields("sites", "The sites, and what their thresholds cost", fields, sizeof fields / sizeof *fields);
}

static int append(struct store *store, const char *name, struct table **all)
{
    struct table *const more = store_read(store, name, NULL);

    if (more == NULL || *all == NULL) {
        *all = *all == NULL ? more : *all;
        return more == NULL ? -1 : 0;
    }
    const int status = table_append(*all, more);
    table_free(more);
    return status;
}

/* The first file says which study, and which round is answered; the others must have the same. */
static int agree(struct merging *m, struct store *store, const char *path)
{
    struct table *const texts = store_read(store, "texts", NULL);
    int status = texts == NULL ? -1 : 0;

    if (status == 0 && m->texts == NULL) {
        m->texts = texts;
        return (m->study = study_texts_read(texts, m->options->file)) == NULL ? -1 : 0;
    }
    if (status == 0)
        status = study_texts_agree(texts, path, m->texts, m->options->files[0]);
    table_free(texts);
    return status;
}

static int64_t threshold_of(const struct table *facts)
{
    char text[CELL_SHORT_SIZE];

    return strtoll(cell_short(facts, "value", cell_find(facts, "key", "threshold"), text), NULL, 10);
}

static int list_site(struct merging *m, struct store *store, const char *path, int64_t threshold)
{
    static const char *const numbers[] = {"fit", "n", "n_event", "changed", "left_out"};
    struct table *const people = store_read(store, "people", NULL);
    int status = people == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < people->n_rows; i++) {
        struct row_builder row = table_new_row(m->sites);
        char *const refused = cell_copy(people, "refused", i);
        row_text(&row, "site", path_name(path));
        row_integer(&row, "threshold", threshold);
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
            row_integer(&row, numbers[k], cell_integer(people, numbers[k], i));
        row_text(&row, "refused", refused == NULL ? "" : refused);
        status = row_end(&row) != 0 || refused == NULL ? -1 : 0;
        free(refused);
    }
    table_free(people);
    return status;
}

static int read_counts(struct merging *m, struct store *store, const char *path, const struct table *facts)
{
    if (!cell_is(facts, "value", cell_find(facts, "key", "format"), SITE_FORMAT))
        return fail("'%s' is no file that `stepdown site` of this version has made", path);
    if (m->asked != NULL)
        return fail("'%s' holds a site's counts, and '%s' an answer to a round; one kind at a time", path, m->options->files[0]);
    return agree(m, store, path) != 0 || append(store, "people", &m->people) != 0 || append(store, "terms", &m->terms) != 0 ? -1
                                                                                                                            : 0;
}

static int read_answer(struct merging *m, size_t file, struct store *store, const char *path, const struct table *facts)
{
    char *const round = cell_copy(facts, "value", cell_find(facts, "key", "round"));
    int status = round == NULL ? -1 : 0;

    if (status == 0 && !cell_is(facts, "value", cell_find(facts, "key", "format"), ANSWER_FORMAT))
        status = fail("'%s' is of another version", path);
    if (status == 0 && file > 0 && m->asked == NULL)
        status = fail("'%s' answers a round, and '%s' holds a site's counts; one kind at a time", path, m->options->files[0]);
    if (status == 0)
        status = agree(m, store, path);
    if (status == 0 && m->asked != NULL && strcmp(m->asked, round) != 0)
        status = fail("'%s' answers another round than '%s'", path, m->options->files[0]);
    if (status == 0 && m->asked == NULL) {
        m->asked = copy_text(round);
        status = m->asked == NULL ? -1 : round_read(store, path, m->study, &m->round);
    }
    free(round);
    return status != 0 || append(store, "people", &m->people) != 0 || append(store, "sums", &m->sums) != 0 ||
                   append(store, "days", &m->days) != 0
               ? -1
               : 0;
}

static int read_file(struct merging *m, size_t file)
{
    const char *const path = m->options->files[file];
    struct store *const store = store_open(path);
    const bool answers = store != NULL && store_has(store, "answer");
    struct table *facts = NULL;
    int status = store == NULL ? -1 : 0;

    if (status == 0 && !answers && !store_has(store, "site"))
        status = fail("'%s' is neither a site's counts nor its answer to a round", path);
    if (status == 0 && (same_counts_add(&m->counts, store, path) != 0 ||
                        (facts = store_read(store, answers ? "answer" : "site", NULL)) == NULL))
        status = -1;
    if (status == 0)
        status = answers ? read_answer(m, file, store, path, facts) : read_counts(m, store, path, facts);
    if (status == 0) {
        const int64_t threshold = threshold_of(facts);
        m->round.threshold = threshold > m->round.threshold ? threshold : m->round.threshold;
        status = list_site(m, store, path, threshold);
    }
    table_free(facts);
    store_close(store);
    return status;
}

static int read_files(struct merging *m)
{
    int status = (m->sites = sites_alloc()) == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < m->options->n_files; i++)
        status = read_file(m, i);
    return status;
}

/* ---- working ----------------------------------------------------------------------------------------------------------------- */

static int work(struct merging *m)
{
    if (m->asked == NULL) {
        m->round.one_baseline = m->options->one_baseline;
        m->round.n_sites = m->options->n_files;
        if (round_start(m->study, m->people, m->terms, &m->round) != 0)
            return -1;
        return m->round.n > 0 ? 0 : fail("the study has no model that can be fitted in rounds");
    }
    if (m->options->one_baseline)
        return fail("--one-baseline is said with the first round, and holds for all that follow");
    if (m->options->n_files != m->round.n_sites)
        return fail("round %d was asked of %zu sites, and there are answers of %zu", m->round.number, m->round.n_sites,
                    m->options->n_files);
    return round_take(m->people, m->sums, m->days, &m->round);
}

static void tell(const struct merging *m)
{
    size_t n_asking = 0;

    for (size_t i = 0; i < m->round.n; i++)
        n_asking += m->round.fits[i].phase == ROUND_ASKS || m->round.fits[i].phase == ROUND_VARIANCE;
    if (n_asking > 0)
        note("merge: %zu of %zu models go on; next: `stepdown site STUDY.yaml --round %s -o ANSWER.h5` at each site", n_asking,
             m->round.n, m->options->file);
    else
        note("merge: all %zu models are finished after %d rounds; nothing more is asked of sites: '%s'", m->round.n,
             m->round.number - 1, m->options->file);
    for (size_t i = 0; i < m->round.n; i++) {
        const struct round_fit *const fit = &m->round.fits[i];
        if (fit->phase == ROUND_FINISHED && fit->newton.status == ROUND_ENDLESS)
            warn("the model '%s' of outcome '%s' did not converge in %d rounds", fit->fit.model->formula.text,
                 m->study->outcomes[fit->fit.outcome].name.text, fit->newton.n_round);
        else if (fit->phase == ROUND_STOPPED)
            warn("the model '%s' of outcome '%s' has no result: %s", fit->fit.model->formula.text,
                 m->study->outcomes[fit->fit.outcome].name.text, fit->note);
    }
}

static int write(const struct merging *m, struct store_writer *writer)
{
    struct table *const estimates = round_estimates(m->study, &m->round);
    struct table *const provenance = chain_start("merge", m->study->sha256, m->study->seed);
    int status = estimates == NULL || provenance == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < m->options->n_files; i++)
        status = chain_add_parent(provenance, m->options->files[i]);
    if (status == 0 && (round_write(&m->round, m->study, writer) != 0 || store_writer_table(writer, m->texts) != 0 ||
                        store_writer_table(writer, m->sites) != 0 || store_writer_table(writer, estimates) != 0 ||
                        store_writer_table(writer, provenance) != 0))
        status = -1;
    table_free(estimates);
    table_free(provenance);
    return status;
}

static void merging_free(struct merging *m)
{
    same_counts_free(&m->counts);
    free(m->asked);
    round_free(&m->round);
    table_free(m->people);
    table_free(m->terms);
    table_free(m->sums);
    table_free(m->days);
    table_free(m->sites);
    table_free(m->texts);
    study_free(m->study);
}

int rounds_merge(const struct rounds_options *options)
{
    struct merging m = {.options = options};
    struct store_writer *const writer = store_writer_open(options->file, options->n_threads);
    int status = EXIT_FAILED;

    if (writer != NULL && read_files(&m) == 0 && work(&m) == 0 && write(&m, writer) == 0) {
        status = store_writer_commit(writer) == 0 ? EXIT_DONE : EXIT_FAILED;
        if (status == EXIT_DONE)
            tell(&m);
    } else {
        store_writer_abandon(writer);
    }
    merging_free(&m);
    return status;
}
