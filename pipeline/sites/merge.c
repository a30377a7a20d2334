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
#include "compare/mark_cells.h"
#include "compare/marks.h"
#include "cohort/cohort.h"
#include "sites/bounds.h"
#include "sites/cells.h"
#include "sites/coarsen.h"
#include "sites/counted.h"
#include "sites/pooled.h"
#include "sites/same_counts.h"
#include "sites/site.h"
#include "sites/strata_lists.h"
#include "sites/study_texts.h"
#include "sites/tellable.h"
#include "store/chain.h"
#include "store/store.h"
#include "study/plan.h"

/* Arms of sites of which an outcome is told of nobody, and how many people they have; of how many in all. */
struct withheld {
    int64_t n_arm, n, n_all;
};

struct merging {
    const struct merge_options *options;
    struct study *study;        /* that of all sites */
    struct study counted;       /* the same without what needs rows of persons; borrows from `study` */
    struct study_analysis *analyses; /* [study->n_analyses] of it */
    struct same_counts counts;  /* of the sites read so far */
    struct table *texts;        /* of the first site */
    struct table *sites;        /* what each has hidden */
    struct table **outcomes[N_EVENTS_ON]; /* [study->n_outcomes] cells of all sites; without thresholds the first alone (bounds.h) */
    struct table **covariates;  /* [study->cohort.covariates.n] */
    struct pooled *people;      /* [study->n_outcomes] */
    struct strata_lists lists;  /* of the cohort's strata, and of adjustments by strata */
    struct table **by;          /* [lists.n] their cells */
    double *widest;             /* [study->n_outcomes] most days that a site has put together */
    struct tellable tellable;
    bool hides;                 /* some site has a threshold */
    struct withheld *withheld;  /* [study->n_outcomes] */
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
    m->hides = m->hides || (threshold != NULL && strtoll(threshold, NULL, 10) > 1);
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
    for (int days = 0; days < N_EVENTS_ON; days++)
        if ((m->outcomes[days] = allocate(m->study->n_outcomes, sizeof *m->outcomes[days])) == NULL)
            return -1;
    m->covariates = allocate(m->study->cohort.covariates.n, sizeof *m->covariates);
    m->people = allocate(m->study->n_outcomes, sizeof *m->people);
    m->widest = allocate(m->study->n_outcomes, sizeof *m->widest);
    m->withheld = allocate(m->study->n_outcomes, sizeof *m->withheld);
    if (strata_lists_make(m->study, &m->lists) != 0 || (m->by = allocate(m->lists.n, sizeof *m->by)) == NULL)
        return -1;
    return m->covariates == NULL || m->people == NULL || m->widest == NULL || m->withheld == NULL ? -1 : 0;
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

/* Takes `cells` over. */
static int add_cells(struct table *cells, struct table **all)
{
    if (cells == NULL)
        return -1;
    if (*all == NULL) {
        *all = cells;
        return 0;
    }
    const int status = table_append(*all, cells);
    table_free(cells);
    return status;
}

/* Takes `name` over. */
static struct table *read_cells(struct store *store, char *name)
{
    struct table *const cells = name == NULL ? NULL : store_read(store, name, NULL);

    free(name);
    return cells;
}

static int take_covariates(struct merging *m, struct store *store)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < m->study->cohort.covariates.n; i++)
        status = add_cells(read_cells(store, cells_covariate_table(m->study, i)), &m->covariates[i]);
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
             take_texts(m, store, path) == 0 && same_counts_add(&m->counts, store, path) == 0 &&
             (precision = store_read(store, "precision", NULL)) != NULL && take_covariates(m, store) == 0)
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

/* Rows of an arm follow each other. */
static void count_withheld(const struct table *cells, struct withheld *withheld)
{
    const struct column *const cause = table_column(cells, "cause");
    int64_t known = 0, unknown = 0;

    for (size_t i = 0; cause != NULL && i < cells->n_rows; i++) {
        *(column_is_missing(cause, i) ? &unknown : &known) += cell_integer(cells, "n", i);
        if (i + 1 < cells->n_rows && cells_equal(cells, "arm", i, i + 1))
            continue;
        withheld->n_all += known + unknown;
        withheld->n_arm += known == 0 && unknown > 0;
        withheld->n += known == 0 ? unknown : 0;
        known = unknown = 0;
    }
}

/* Cells of a site; of one with a threshold its events on these of their days. */
static int place_cells(struct merging *m, size_t site, struct table *cells, enum events_on days, struct table **all)
{
    return add_cells(cells == NULL || cell_integer(m->sites, "threshold", site) <= 1 ? cells : bounds_place(cells, days), all);
}

static int take_outcome(struct merging *m, size_t site, struct store *store, size_t outcome)
{
    int status = 0;

    for (enum events_on days = 0; status == 0 && days < (m->hides ? N_EVENTS_ON : 1); days++) {
        struct table *const cells = read_cells(store, cells_outcome_table(m->study, outcome));
        if (cells != NULL && days == 0)
            count_withheld(cells, &m->withheld[outcome]);
        status = place_cells(m, site, cells, days, &m->outcomes[days][outcome]);
    }
    return status;
}

/* When it is known whether some site has a threshold. */
static int read_outcomes(struct merging *m)
{
    int status = 0;

    for (size_t k = 0; status == 0 && k < m->options->n_sites; k++) {
        struct store *const store = store_open(m->options->sites[k]);
        status = store == NULL ? -1 : 0;
        for (size_t i = 0; status == 0 && i < m->study->n_outcomes; i++)
            status = take_outcome(m, k, store, i);
        for (size_t i = 0; status == 0 && i < m->lists.n; i++)
            status = place_cells(m, k, read_cells(store, cells_strata_table(m->study, m->lists.items[i].outcome, m->lists.items[i].columns)),
                                 EVENTS_SPREAD, &m->by[i]);
        store_close(store);
    }
    return status;
}

/* ---- from counts to people ---------------------------------------------------------------------------------------------- */

/* Cells of an outcome by the strata of the cohort; those of the outcome alone where it has none. */
static struct table *cells_by_strata(const struct merging *m, size_t outcome)
{
    const struct study_texts *const strata = &m->study->cohort.strata;

    return strata->n == 0 ? m->outcomes[EVENTS_SPREAD][outcome] : m->by[strata_lists_find(&m->lists, outcome, strata)];
}

/*
 * Without thresholds the cells by strata say all that those of the outcome say.  With them their steps are longer: they are for
 * subgroups.
 */
static int pool_people(const struct merging *m, size_t outcome)
{
    static const struct study_texts none = {0};

    return m->hides ? pooled_outcome(m->study, &none, m->outcomes[EVENTS_SPREAD][outcome], &m->people[outcome])
                    : pooled_outcome(m->study, &m->study->cohort.strata, cells_by_strata(m, outcome), &m->people[outcome]);
}

static int sum_cells(struct table **cells, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (cells[i] != NULL && (cells[i] = cells_sum(cells[i])) == NULL)
            return -1;
    return 0;
}

static int pool(struct merging *m)
{
    int status = sum_cells(m->covariates, m->study->cohort.covariates.n) != 0 || sum_cells(m->by, m->lists.n) != 0 ? -1 : 0;

    for (int days = 0; status == 0 && days < N_EVENTS_ON; days++)
        status = sum_cells(m->outcomes[days], m->study->n_outcomes);
    if (status == 0)
        status = tellable_find(m->study, m->outcomes[EVENTS_SPREAD], &m->tellable);

    for (size_t i = 0; status == 0 && i < m->study->n_outcomes; i++)
        status = pool_people(m, i);
    return status;
}

static int make_counted(struct merging *m)
{
    if ((m->analyses = allocate(m->study->n_analyses, sizeof *m->analyses)) == NULL)
        return -1;
    for (size_t i = 0; i < m->study->n_analyses; i++) {
        const int counted = counted_make(m->study, &m->study->analyses[i], &m->analyses[i]);
        if (tellable_keep(m->study, &m->tellable, &m->analyses[i]) != 0 || counted != 0)
            return -1;
    }
    if (m->study->cohort.cluster.text != NULL)
        warn("people of one '%s' are taken as independent: counts know no clusters, but models in rounds do", m->study->cohort.cluster.text);
    m->counted = *m->study;
    m->counted.analyses = m->analyses;
    m->counted.cohort.populations = m->tellable.populations;
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

/* Rows whose text in a column is this one; NULL: any but none. */
static int append_rows(const struct table *from, const char *column, const char *text, struct table *to)
{
    size_t *const rows = allocate(from->n_rows, sizeof *rows), n = 0;
    struct table *taken = NULL;

    for (size_t i = 0; rows != NULL && i < from->n_rows; i++)
        if (text != NULL ? cell_is(from, column, i, text) : !cell_is(from, column, i, ""))
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
        status = append_rows(made.estimates, "adjustment", how->name.text, into->estimates) != 0
                     ? -1
                     : append_rows(made.verdicts, "adjustment", how->name.text, into->verdicts);
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
            for (size_t o = 0; status == 0 && adjusts_by_strata(analysis->adjustments[k].method) && o < m->analyses[a].n_outcomes; o++)
                status = adjust_one(m, a, k, m->analyses[a].outcomes[o], into);
    }
    return status;
}

static int describe(const struct merging *m, struct analyses *analyses)
{
    int status = 0;

    for (size_t p = 0; status == 0 && p < m->study->cohort.populations.n; p++)
        for (size_t i = 0; status == 0 && m->tellable.population[p] && i < m->study->cohort.covariates.n; i++)
            status = describe_one(m, i, p, analyses);
    return status;
}

/* ---- what the thresholds cost, beside each number of an outcome ------------------------------------------------------------ */

/* Where so many people are withheld there is no verdict: who is left was chosen by what happened. */
static const double WITHHELD_MOST = 0.05;

static char *cost_of(const struct merging *m, size_t outcome)
{
    const struct withheld *const w = &m->withheld[outcome];
    char *const late = m->widest[outcome] > 0
                           ? format_text("sites have put up to %g days together", m->widest[outcome])
                           : copy_text("");
    char *const words = late == NULL || w->n_arm == 0
                            ? NULL
                            : format_text("%s%s%lld arms of sites, with %.3g %% of the people, tell nothing of this outcome: too few had "
                                          "the event, or had not",
                                          late, *late == '\0' ? "" : "; ", (long long)w->n_arm, 100 * (double)w->n / (double)w->n_all);

    if (late == NULL || w->n_arm == 0)
        return late;
    free(late);
    return words;
}

static int mark_rows(const char *outcome, const char *words, struct table *rows)
{
    int status = 0;

    for (size_t i = 0; status == 0 && *words != '\0' && i < rows->n_rows; i++)
        if (cell_is(rows, "outcome", i, outcome))
            status = cell_append(rows, "note", i, words);
    return status;
}

static int close_verdicts(const char *outcome, struct table *verdicts)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < verdicts->n_rows; i++)
        if (cell_is(verdicts, "outcome", i, outcome))
            status = bounds_close(verdicts, i, "sites with few events, or few others, tell nothing of this outcome");
    return status;
}

static int mark_costs(const struct merging *m, struct analyses *analyses)
{
    int status = 0;

    for (size_t k = 0; status == 0 && m->hides && k < m->study->n_outcomes; k++) {
        const char *const name = m->study->outcomes[k].name.text;
        char *const words = cost_of(m, k);
        status = words == NULL || mark_rows(name, words, analyses->estimates) != 0 ||
                         mark_rows(name, words, analyses->verdicts) != 0
                     ? -1
                     : 0;
        if (status == 0 && (double)m->withheld[k].n > WITHHELD_MOST * (double)m->withheld[k].n_all)
            status = close_verdicts(name, analyses->verdicts);
        free(words);
    }
    return status;
}

/* ---- all numbers ------------------------------------------------------------------------------------------------- */

/* all: with adjustments by strata, and tables of covariates. */
static int run_people(const struct merging *m, const struct study *study, const struct pooled *pooled, bool all,
                      struct analyses *analyses)
{
    struct people_of *const people = allocate(m->study->n_outcomes, sizeof *people);
    struct table **const outcomes = allocate(m->study->n_outcomes, sizeof *outcomes);
    int status = people == NULL || outcomes == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < m->study->n_outcomes; i++) {
        people[i] = (struct people_of){pooled[i].cohort, pooled[i].records};
        outcomes[i] = pooled[i].outcome;
    }
    if (status == 0) {
        const struct analyses_input input = {.study = study,
                                             .cohort = pooled[0].cohort,
                                             .records = pooled[0].records,
                                             .outcomes = outcomes,
                                             .people = people,
                                             .n_threads = m->options->n_threads};
        status = analyses_run(&input, analyses);
        if (status == 0 && all)
            status = adjust_by_strata(m, analyses) != 0 ? -1 : describe(m, analyses);
        if (status == 0)
            status = marks_add(&input, analyses);
    }
    free(outcomes);
    free(people);
    return status;
}

/* The same from other cells. */
static int run_cells(const struct merging *m, const struct study *study, struct table *const *cells, const struct study_texts *strata,
                     struct analyses *analyses)
{
    const size_t n = m->study->n_outcomes;
    struct pooled *const pooled = allocate(n, sizeof *pooled);
    int status = pooled == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < n; i++)
        status = pooled_outcome(m->study, strata, cells[i], &pooled[i]);
    if (status == 0)
        status = run_people(m, study, pooled, false, analyses);
    for (size_t i = 0; pooled != NULL && i < n; i++)
        pooled_free(&pooled[i]);
    free(pooled);
    return status;
}

/* Once more with events on the first and on the last days of their steps. */
static int add_bounds(const struct merging *m, const struct study *study, struct analyses *analyses)
{
    static const struct study_texts none = {0};
    struct analyses first = {0}, last = {0};
    const int status = run_cells(m, study, m->outcomes[EVENTS_FIRST], &none, &first) != 0 ||
                               run_cells(m, study, m->outcomes[EVENTS_LAST], &none, &last) != 0
                           ? -1
                           : bounds_mark(&first, &last, analyses);

    analyses_free(&first);
    analyses_free(&last);
    return status;
}

/* Subgroups, from cells by strata, whose steps are longer. */
static int add_subgroups(const struct merging *m, struct analyses *analyses)
{
    struct table **const cells = allocate(m->study->n_outcomes, sizeof *cells);
    struct analyses made = {0};
    int status = cells == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < m->study->n_outcomes; i++)
        cells[i] = cells_by_strata(m, i);
    if (status == 0 && (run_cells(m, &m->counted, cells, &m->study->cohort.strata, &made) != 0 ||
                        append_rows(made.estimates, "stratum", NULL, analyses->estimates) != 0))
        status = -1;
    analyses_free(&made);
    free(cells);
    return status;
}

static bool has_subgroups(const struct merging *m)
{
    for (size_t a = 0; a < m->study->n_analyses; a++)
        if (m->analyses[a].subgroups.n > 0)
            return true;
    return false;
}

/* With thresholds: numbers of everybody, what bounds them, then subgroups. */
static int compute_hidden(const struct merging *m, struct analyses *analyses)
{
    struct study_analysis *const plain = allocate(m->study->n_analyses, sizeof *plain);
    struct study study = m->counted;
    int status = plain == NULL ? -1 : 0;

    for (size_t a = 0; status == 0 && a < m->study->n_analyses; a++) {
        plain[a] = m->analyses[a];
        plain[a].subgroups.n = 0;
    }
    study.analyses = plain;
    study.cohort.strata.n = 0;
    if (status == 0 && (run_people(m, &study, m->people, true, analyses) != 0 || add_bounds(m, &study, analyses) != 0 ||
                        (has_subgroups(m) && add_subgroups(m, analyses) != 0)))
        status = -1;
    free(plain);
    return status;
}

static int compute(const struct merging *m, struct analyses *analyses)
{
    return (m->hides ? compute_hidden(m, analyses) : run_people(m, &m->counted, m->people, true, analyses)) != 0
               ? -1
               : mark_costs(m, analyses);
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
        for (int days = 0; days < N_EVENTS_ON; days++)
            if (m->outcomes[days] != NULL)
                table_free(m->outcomes[days][i]);
        if (m->people != NULL)
            pooled_free(&m->people[i]);
    }
    for (size_t i = 0; m->study != NULL && m->covariates != NULL && i < m->study->cohort.covariates.n; i++)
        table_free(m->covariates[i]);
    for (size_t i = 0; m->by != NULL && i < m->lists.n; i++)
        table_free(m->by[i]);
    for (size_t a = 0; m->study != NULL && m->analyses != NULL && a < m->study->n_analyses; a++) {
        free(m->analyses[a].outcomes);
        free(m->analyses[a].populations.items);
        counted_free(&m->analyses[a]);
    }
    tellable_free(&m->tellable);
    free(m->withheld);
    free(m->by);
    strata_lists_free(&m->lists);
    for (int days = 0; days < N_EVENTS_ON; days++)
        free(m->outcomes[days]);
    free(m->people);
    free(m->covariates);
    free(m->widest);
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

    if (writer != NULL && read_sites(&m) == 0 && read_outcomes(&m) == 0 && pool(&m) == 0 && make_counted(&m) == 0 &&
        compute(&m, &analyses) == 0 && write_results(&m, &analyses, writer) == 0) {
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
