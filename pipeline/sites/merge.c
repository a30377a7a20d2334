/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"
#include "base/program.h"
#include "base/table_fields.h"
#include "compare/analyses.h"
#include "compare/baseline.h"
#include "compare/marks.h"
#include "cohort/cohort.h"
#include "sites/cells.h"
#include "sites/coarsen.h"
#include "sites/counted.h"
#include "sites/pooled.h"
#include "sites/same_counts.h"
#include "sites/site.h"
#include "sites/strata_lists.h"
#include "sites/study_texts.h"
#include "store/chain.h"
#include "store/store.h"
#include "study/plan.h"

struct merging {
    const struct merge_options *options;
    struct study *study;        /* that of all sites */
    struct study counted;       /* the same without what needs rows of persons; borrows from `study` */
    struct study_analysis *analyses; /* [study->n_analyses] of it */
    struct same_counts counts;  /* of the sites read so far */
    struct table *texts;        /* of the first site */
    struct table *sites;        /* what each has hidden */
    struct table **outcomes;    /* [study->n_outcomes] cells of all sites */
    struct table **covariates;  /* [study->cohort.covariates.n] */
    struct pooled *people;      /* [study->n_outcomes] */
    struct strata_lists lists;  /* of adjustments by strata */
    struct table **by;          /* [lists.n] their cells */
    double *widest;             /* [study->n_outcomes] most days that a site has put together */
};

/* ---- reading sites ------------------------------------------------------------------------------------------------------ */

static struct table *sites_alloc(void)
{
    static const struct table_field fields[] = {
        {"site", "Site", COLUMN_TEXT},
        {"threshold", "Fewest people in a cell", COLUMN_INT64},
        COARSENING_FIELDS,
    };
    return table_of_fields("sites", "The sites, and what their thresholds cost", fields, sizeof fields / sizeof *fields);
}

static int64_t sum_of(const struct table *precision, const char *column)
{
    int64_t sum = 0;

    for (size_t i = 0; i < precision->n_rows; i++)
        sum += cell_integer(precision, column, i);
    return sum;
}

/* How far the days of an outcome were put together. */
static int note_widest(struct merging *m, const struct table *precision)
{
    for (size_t i = 0; i < m->study->n_outcomes; i++) {
        char *const name = cells_outcome_table(m->study, i);
        if (name == NULL)
            return -1;
        const size_t at = cell_find(precision, "table", name);
        const double widest = at < cell_rows(precision) ? cell_real(precision, "widest", at) : 0;
        m->widest[i] = widest > m->widest[i] ? widest : m->widest[i];
        free(name);
    }
    return 0;
}

static int add_site(struct merging *m, const char *path, const struct table *facts, const struct table *precision)
{
    static const char *const sums[] = {"groups", "left_out", "changed", "days_before", "days_after"};
    const size_t at = cell_find(facts, "key", "threshold");
    char *const threshold = cell_copy(facts, "value", at);
    struct row_builder row = table_new_row(m->sites);
    double widest = 0;

    for (size_t i = 0; i < precision->n_rows; i++)
        widest = cell_real(precision, "widest", i) > widest ? cell_real(precision, "widest", i) : widest;
    row_text(&row, "site", path_name(path));
    row_integer(&row, "threshold", threshold == NULL ? MISSING_INTEGER : strtoll(threshold, NULL, 10));
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++)
        row_integer(&row, sums[i], sum_of(precision, sums[i]));
    row_real(&row, "widest", widest);
    const int status = row_end(&row) != 0 || threshold == NULL ? -1 : 0;
    free(threshold);
    return status;
}

/* Is the file one of a site, of this format? */
static int check_format(const struct table *facts, const char *path)
{
    const size_t at = cell_find(facts, "key", "format");

    if (at < cell_rows(facts) && cell_is(facts, "value", at, SITE_FORMAT))
        return 0;
    return fail("'%s' is no file that `stepdown site` of this version has made", path);
}

static int begin_study(struct merging *m, const char *path)
{
    (void)path;
    if ((m->study = study_texts_read(m->texts, m->options->file)) == NULL)
        return -1;
    m->outcomes = allocate(m->study->n_outcomes, sizeof *m->outcomes);
    m->covariates = allocate(m->study->cohort.covariates.n, sizeof *m->covariates);
    m->people = allocate(m->study->n_outcomes, sizeof *m->people);
    m->widest = allocate(m->study->n_outcomes, sizeof *m->widest);
    if (strata_lists_make(m->study, &m->lists) != 0 || (m->by = allocate(m->lists.n, sizeof *m->by)) == NULL)
        return -1;
    return m->outcomes == NULL || m->covariates == NULL || m->people == NULL || m->widest == NULL ? -1 : 0;
}

/* The first site says which study; the others must have the same. */
static int take_texts(struct merging *m, struct store *store, const char *path)
{
    struct table *const texts = store_read(store, "texts", NULL);
    int status = -1;

    if (texts != NULL && m->texts == NULL) {
        m->texts = texts;
        return begin_study(m, path);
    }
    if (texts != NULL)
        status = study_texts_agree(texts, path, m->texts, m->options->sites[0]);
    table_free(texts);
    return status;
}

/* Takes `name` over. */
static int add_cells(struct store *store, char *name, struct table **all)
{
    struct table *const cells = name == NULL ? NULL : store_read(store, name, NULL);
    int status = cells == NULL ? -1 : 0;

    free(name);
    if (status == 0 && *all == NULL) {
        *all = cells;
        return 0;
    }
    if (status == 0)
        status = table_append(*all, cells);
    table_free(cells);
    return status;
}

static int take_counts(struct merging *m, struct store *store)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < m->study->n_outcomes; i++)
        status = add_cells(store, cells_outcome_table(m->study, i), &m->outcomes[i]);
    for (size_t i = 0; status == 0 && i < m->study->cohort.covariates.n; i++)
        status = add_cells(store, cells_covariate_table(m->study, i), &m->covariates[i]);
    for (size_t i = 0; status == 0 && i < m->lists.n; i++)
        status = add_cells(store, cells_strata_table(m->study, m->lists.items[i].outcome, m->lists.items[i].columns), &m->by[i]);
    return status;
}

static int read_site(struct merging *m, const char *path)
{
    struct store *const store = store_open(path);
    struct table *facts = NULL, *precision = NULL;
    int status = -1;

    if (store != NULL && !store_has(store, "site"))
        fail("'%s' is no file that `stepdown site` has made", path);
    else if (store != NULL && (facts = store_read(store, "site", NULL)) != NULL && check_format(facts, path) == 0 &&
             take_texts(m, store, path) == 0 && same_counts_add(&m->counts, store, path) == 0 && (precision = store_read(store, "precision", NULL)) != NULL &&
             take_counts(m, store) == 0)
        status = note_widest(m, precision) != 0 ? -1 : add_site(m, path, facts, precision);
    table_free(precision);
    table_free(facts);
    store_close(store);
    return status;
}

static int read_sites(struct merging *m)
{
    int status = (m->sites = sites_alloc()) == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < m->options->n_sites; i++) {
        for (size_t k = 0; k < i; k++)
            if (strcmp(m->options->sites[i], m->options->sites[k]) == 0)
                return fail("'%s' is named twice; its people would count twice", m->options->sites[i]);
        status = read_site(m, m->options->sites[i]);
    }
    return status;
}

/* ---- from counts to people ---------------------------------------------------------------------------------------------- */

static int pool(struct merging *m)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < m->study->n_outcomes; i++)
        if ((m->outcomes[i] = cells_sum(m->outcomes[i])) == NULL ||
            pooled_outcome(m->study, &m->study->cohort.strata, m->outcomes[i], &m->people[i]) != 0)
            status = -1;
    for (size_t i = 0; status == 0 && i < m->study->cohort.covariates.n; i++)
        if ((m->covariates[i] = cells_sum(m->covariates[i])) == NULL)
            status = -1;
    for (size_t i = 0; status == 0 && i < m->lists.n; i++)
        if ((m->by[i] = cells_sum(m->by[i])) == NULL)
            status = -1;
    return status;
}

static int make_counted(struct merging *m)
{
    if ((m->analyses = allocate(m->study->n_analyses, sizeof *m->analyses)) == NULL)
        return -1;
    for (size_t i = 0; i < m->study->n_analyses; i++)
        if (counted_make(m->study, &m->study->analyses[i], &m->analyses[i]) != 0)
            return -1;
    if (m->study->cohort.cluster.text != NULL)
        warn("people of one '%s' are taken as independent: counts know no clusters, but models in rounds do", m->study->cohort.cluster.text);
    m->counted = *m->study;
    m->counted.analyses = m->analyses;
    return 0;
}

static int describe_one(const struct merging *m, size_t covariate, size_t population, struct analyses *analyses)
{
    struct study one = m->counted;
    struct pooled people;
    char *const member = cohort_population_column(m->study, population);
    int status = member == NULL ? -1 : pooled_covariate(m->study, covariate, m->covariates[covariate], &people);

    one.cohort.covariates = (struct study_texts){.n = 1, .items = &m->study->cohort.covariates.items[covariate]};
    if (status == 0) {
        const struct baseline_input input = {.study = &one,
                                             .population = &m->study->cohort.populations.items[population],
                                             .records = people.records,
                                             .n = people.cohort->n_rows,
                                             .record = table_column(people.cohort, "record"),
                                             .arm = table_column(people.cohort, "arm"),
                                             .weight = table_column(people.cohort, "weight"),
                                             .member = table_column(people.cohort, member)};
        status = baseline_add(&input, analyses->baseline, analyses->balance);
    }
    if (member != NULL)
        pooled_free(&people);
    free(member);
    return status;
}

/* ---- adjustments by strata, each from cells of its own -------------------------------------------------------------------- */

static int append_adjusted(const struct table *from, const char *adjustment, struct table *to)
{
    size_t *const rows = allocate(from->n_rows, sizeof *rows), n = 0;
    struct table *taken = NULL;

    for (size_t i = 0; rows != NULL && i < from->n_rows; i++)
        if (cell_is(from, "adjustment", i, adjustment))
            rows[n++] = i;
    if (rows != NULL)
        taken = table_take_rows(from, rows, n);
    const int status = taken == NULL ? -1 : table_append(to, taken);
    table_free(taken);
    free(rows);
    return status;
}

static int adjust_one(const struct merging *m, size_t analysis, size_t adjustment, size_t outcome, struct analyses *into)
{
    const struct study_analysis *const asked = &m->study->analyses[analysis];
    struct study_adjustment *const how = &asked->adjustments[adjustment];
    struct study_analysis one = m->analyses[analysis];
    struct study study = m->counted;
    struct people_of *const people = allocate(m->study->n_outcomes, sizeof *people);
    struct table **const outcomes = allocate(m->study->n_outcomes, sizeof *outcomes);
    struct pooled pooled = {0};
    struct analyses made = {0};
    int status = people == NULL || outcomes == NULL ||
                         pooled_outcome(m->study, &how->by, m->by[strata_lists_find(&m->lists, outcome, &how->by)], &pooled) != 0
                     ? -1
                     : 0;

    one.n_outcomes = one.n_adjustments = 1;
    one.outcomes = &outcome;
    one.adjustments = how;
    one.subgroups.n = 0;
    one.bootstrap_n = 0;
    study.n_analyses = 1;
    study.analyses = &one;
    if (status == 0) {
        people[outcome] = (struct people_of){pooled.cohort, pooled.records};
        outcomes[outcome] = pooled.outcome;
        const struct analyses_input input = {.study = &study, .cohort = pooled.cohort, .records = pooled.records,
                                             .outcomes = outcomes, .people = people, .n_threads = m->options->n_threads};
        status = analyses_run(&input, &made);
    }
    if (status == 0)
        status = append_adjusted(made.estimates, how->name.text, into->estimates) != 0
                     ? -1
                     : append_adjusted(made.verdicts, how->name.text, into->verdicts);
    analyses_free(&made);
    pooled_free(&pooled);
    free(people);
    free(outcomes);
    return status;
}

static int adjust_by_strata(const struct merging *m, struct analyses *into)
{
    int status = 0;

    for (size_t a = 0; a < m->study->n_analyses; a++) {
        const struct study_analysis *const analysis = &m->study->analyses[a];
        for (size_t k = 0; k < analysis->n_adjustments; k++)
            for (size_t o = 0; status == 0 && adjusts_by_strata(analysis->adjustments[k].method) && o < analysis->n_outcomes; o++)
                status = adjust_one(m, a, k, analysis->outcomes[o], into);
    }
    return status;
}

static int describe(const struct merging *m, struct analyses *analyses)
{
    int status = 0;

    for (size_t p = 0; status == 0 && p < m->study->cohort.populations.n; p++)
        for (size_t i = 0; status == 0 && i < m->study->cohort.covariates.n; i++)
            status = describe_one(m, i, p, analyses);
    return status;
}

/* ---- what the thresholds cost, beside each number of an outcome with days ------------------------------------------------ */

static int add_note(struct table *rows, size_t row, double widest)
{
    struct row_builder builder = {rows, row, 0};
    char *const before = cell_copy(rows, "note", row);
    char *const note = before == NULL ? NULL
                                      : format_text("%s%sdays of sites were put together: events may stand up to %g days late",
                                                    before, *before == '\0' ? "" : "; ", widest);

    if (note != NULL)
        row_text(&builder, "note", note);
    const int status = note == NULL || builder.error != 0 ? -1 : 0;
    free(note);
    free(before);
    return status;
}

static int mark_precision(const struct merging *m, struct table *rows)
{
    int status = 0;

    for (size_t k = 0; k < m->study->n_outcomes; k++)
        for (size_t i = 0; status == 0 && m->widest[k] > 0 && i < rows->n_rows; i++)
            if (cell_is(rows, "outcome", i, m->study->outcomes[k].name.text))
                status = add_note(rows, i, m->widest[k]);
    return status;
}

/* ---- all numbers ------------------------------------------------------------------------------------------------- */

static int compute(const struct merging *m, struct analyses *analyses)
{
    struct people_of *const people = allocate(m->study->n_outcomes, sizeof *people);
    struct table **const outcomes = allocate(m->study->n_outcomes, sizeof *outcomes);
    int status = people == NULL || outcomes == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < m->study->n_outcomes; i++) {
        people[i] = (struct people_of){m->people[i].cohort, m->people[i].records};
        outcomes[i] = m->people[i].outcome;
    }
    if (status == 0) {
        const struct analyses_input input = {.study = &m->counted,
                                             .cohort = m->people[0].cohort,
                                             .records = m->people[0].records,
                                             .outcomes = outcomes,
                                             .people = people,
                                             .n_threads = m->options->n_threads};
        status = analyses_run(&input, analyses);
        if (status == 0)
            status = adjust_by_strata(m, analyses);
        if (status == 0)
            status = describe(m, analyses);
        if (status == 0)
            status = marks_add(&input, analyses);
        if (status == 0)
            status = mark_precision(m, analyses->estimates) != 0 ? -1 : mark_precision(m, analyses->verdicts);
    }
    free(outcomes);
    free(people);
    return status;
}

/* ---- writing ------------------------------------------------------------------------------------------------------------- */

static struct table *provenance_of(const struct merging *m)
{
    struct table *const provenance = chain_start("merge", m->study->sha256, m->study->seed);
    int status = provenance == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < m->options->n_sites; i++)
        status = chain_add_parent(provenance, m->options->sites[i]);
    if (status == 0)
        return provenance;
    table_free(provenance);
    return NULL;
}

static int write_results(const struct merging *m, const struct analyses *a, struct store_writer *writer)
{
    struct table *const text = study_flatten(m->study), *const provenance = provenance_of(m);
    const struct table *const tables[] = {text,      m->sites,  a->arms,      a->baseline, a->balance,
                                          a->risk_tables, a->curves, a->estimates, a->verdicts, a->tipping, provenance};
    int status = text == NULL || provenance == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < sizeof tables / sizeof tables[0]; i++)
        status = store_writer_table(writer, tables[i]);
    table_free(provenance);
    table_free(text);
    return status;
}

static void tell_thresholds(const struct merging *m)
{
    int64_t most = 0;

    for (size_t i = 0; i < m->sites->n_rows; i++)
        most = cell_integer(m->sites, "threshold", i) > most ? cell_integer(m->sites, "threshold", i) : most;
    if (most > 1)
        note("merge: sites count in cells of up to %lld people; table 'sites' says what that cost", (long long)most);
}

static void merging_free(struct merging *m)
{
    for (size_t i = 0; m->study != NULL && i < m->study->n_outcomes; i++) {
        if (m->outcomes != NULL)
            table_free(m->outcomes[i]);
        if (m->people != NULL)
            pooled_free(&m->people[i]);
    }
    for (size_t i = 0; m->study != NULL && m->covariates != NULL && i < m->study->cohort.covariates.n; i++)
        table_free(m->covariates[i]);
    for (size_t i = 0; m->by != NULL && i < m->lists.n; i++)
        table_free(m->by[i]);
    free(m->by);
    strata_lists_free(&m->lists);
    free(m->outcomes);
    free(m->people);
    free(m->covariates);
    free(m->widest);
    for (size_t i = 0; m->analyses != NULL && i < m->study->n_analyses; i++)
        counted_free(&m->analyses[i]);
    free(m->analyses);
    same_counts_free(&m->counts);
    table_free(m->texts);
    table_free(m->sites);
    study_free(m->study);
}

int merge_sites(const struct merge_options *options)
{
    struct merging m = {.options = options};
    struct analyses analyses = {0};
    /* The writer's child is forked before the first OpenMP region. */
    struct store_writer *const writer = store_writer_open(options->file, options->n_threads);
    int status = EXIT_FAILED;

    if (writer != NULL && read_sites(&m) == 0 && pool(&m) == 0 && make_counted(&m) == 0 && compute(&m, &analyses) == 0 &&
        write_results(&m, &analyses, writer) == 0) {
        tell_thresholds(&m);
        note("merge: %zu sites, %zu estimates: '%s'", options->n_sites, analyses.estimates->n_rows, options->file);
        status = store_writer_commit(writer) == 0 ? EXIT_DONE : EXIT_FAILED;
    } else {
        store_writer_abandon(writer);
    }
    analyses_free(&analyses);
    merging_free(&m);
    return status;
}
