/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/release.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/lock.h"
#include "base/memory.h"
#include "report/ledger.h"
#include "report/model_rules.h"
#include "report/pool.h"
#include "report/programme_shares.h"
#include "report/release_curves.h"
#include "report/release_log.h"
#include "report/release_rules.h"
#include "report/release_table.h"
#include "report/suppress.h"
#include "store/store.h"

enum { LEDGER_SECONDS = 60 }; /* a release takes a few; many may wait in line */

/* A key and its value as a row of table `release`. */
static int add_fact(struct release_table *table, const char *key, const char *value)
{
    release_row(table);
    release_text(table, "key", key);
    release_text(table, "value", value);
    return release_row_end(table);
}

static struct release_table *facts(const struct release_policy *policy, const struct release_request *request,
                                   struct pool *pool)
{
    struct release_table *table = release_table_alloc(policy, "release", "What was hidden, and why");
    bool hides = policy->threshold > 0;

    if (table == NULL)
        return NULL;
    if (release_table_column(table, RELEASE_PLAIN, "key", COLUMN_TEXT, "Key", "") != 0 ||
        release_table_column(table, RELEASE_PLAIN, "value", COLUMN_TEXT, "Value", "") != 0 ||
        add_fact(table, "threshold", pool_format(pool, "%" PRId64, policy->threshold)) != 0 ||
        add_fact(table, "because", request->because == NULL ? "" : request->because) != 0 ||
        add_fact(table, "audited", hides ? "yes" : "not needed") != 0 ||
        add_fact(table, "rounded_to", pool_format(pool, "%" PRId64, policy->round_to)) != 0 ||
        add_fact(table, "digits", hides ? pool_format(pool, "%d", release_policy_digits(policy)) : "all") != 0) {
        release_table_free(table);
        return NULL;
    }
    return table;
}

/* Hashes of private tables stay inside under a threshold: the exact tables are few numbers, all can be tried. */
static struct table *released_provenance(const struct release_policy *policy, const struct table *provenance,
                                         struct pool *pool)
{
    struct table *table = table_alloc("provenance", provenance->label);
    int status = table == NULL || table_add_column(table, "key", COLUMN_TEXT, 1, "Key", "") == NULL ||
                         table_add_column(table, "value", COLUMN_TEXT, 1, "Value", "") == NULL
                     ? -1
                     : 0;

    for (size_t i = 0; status == 0 && i < provenance->n_rows; i++) {
        const char *key = cell_text(pool, provenance, "key", i);
        bool is_private = strncmp(key, "input:", 6) == 0 || strncmp(key, "parent:", 7) == 0 ||
                          strncmp(key, "ancestor:", 9) == 0;
        struct row_builder row;

        if (is_private && policy->threshold > 0)
            continue;
        row = table_new_row(table);
        row_text(&row, "key", key);
        row_text(&row, "value", cell_text(pool, provenance, "value", i));
        status = row_end(&row);
    }
    if (status != 0) {
        table_free(table);
        return NULL;
    }
    return table;
}

/* What is told of a dashboard stands beside the source: it may be shares (programme_shares.h). */
static const struct table *told_instead(const struct release_source *source, const char *name)
{
    if (strcmp(name, "programmes") == 0)
        return source->programmes;
    return strcmp(name, "programme_measures") == 0 ? source->programme_measures : NULL;
}

static int write_table(struct release_file *file, const struct release_source *source, struct store *results,
                       const char *name)
{
    const struct table *const told = told_instead(source, name);
    struct table *exact = told == NULL ? store_read(results, name, NULL) : NULL;
    struct release_table *table = NULL;
    int status;

    if (told != NULL || exact != NULL)
        table = source->policy.threshold > 0 && strcmp(name, "curves") == 0 ? release_curves(source)
                                                                            : release_by_rules(source, told != NULL ? told : exact);
    status = table == NULL ? -1 : release_file_table(file, table);
    release_table_free(table);
    table_free(exact);
    return status;
}

/* All tables that may leave; the rest stays without a word. */
static int write_tables(struct release_file *file, const struct release_source *source, struct store *results,
                        const struct release_request *request, const struct table *provenance, struct pool *pool)
{
    struct release_table *about = facts(&source->policy, request, pool);
    struct table *history = released_provenance(&source->policy, provenance, pool);
    int status = about == NULL || history == NULL || pool_failed(pool) ? -1 : 0;

    if (status == 0)
        status = release_file_table(file, about);
    if (status == 0)
        status = release_file_provenance(file, history);
    for (size_t i = 0; status == 0 && i < store_n_tables(results); i++) {
        const char *name = store_table_name(results, i);

        if (release_rules_know(&source->policy, name) || strcmp(name, "curves") == 0)
            status = write_table(file, source, results, name);
    }
    release_table_free(about);
    table_free(history);
    return status;
}

/* The exact tables that the rules and the audit look at. */
struct exact {
    struct table *quality, *attrition, *arms, *baseline, *losses, *evidence, *flow, *estimates, *curves, *risk_tables;
    struct table *overlap, *programmes, *programme_measures;
    bool *level_is_small; /* [rows of baseline] */
    bool *is_share;       /* [rows of programme_measures] */
};

static int read_if_there(struct store *store, const char *name, struct table **table)
{
    if (!store_has(store, name))
        return 0;
    *table = store_read(store, name, NULL);
    return *table == NULL ? -1 : 0;
}

static int exact_read(struct store *results, struct exact *exact)
{
    const struct {
        const char *name;
        struct table **table;
    } wanted[] = {{"quality", &exact->quality},     {"attrition", &exact->attrition}, {"arms", &exact->arms},
                  {"baseline", &exact->baseline},   {"losses", &exact->losses},       {"evidence", &exact->evidence},
                  {"flow", &exact->flow},           {"estimates", &exact->estimates}, {"curves", &exact->curves},
                  {"risk_tables", &exact->risk_tables},
                  {"overlap", &exact->overlap},     {"programmes", &exact->programmes},
                  {"programme_measures", &exact->programme_measures}};

    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        if (read_if_there(results, wanted[i].name, wanted[i].table) != 0)
            return -1;
    return 0;
}

static void exact_free(struct exact *exact)
{
    table_free(exact->quality);
    table_free(exact->attrition);
    table_free(exact->arms);
    table_free(exact->baseline);
    table_free(exact->losses);
    table_free(exact->evidence);
    table_free(exact->flow);
    table_free(exact->estimates);
    table_free(exact->curves);
    table_free(exact->risk_tables);
    table_free(exact->overlap);
    table_free(exact->programmes);
    table_free(exact->programme_measures);
    free(exact->level_is_small);
    free(exact->is_share);
}

static int find_shares(struct exact *exact, int64_t threshold)
{
    if (exact->programmes == NULL || exact->programme_measures == NULL)
        return 0;
    exact->is_share = programme_shares_find(exact->programme_measures, exact->programmes, threshold);
    return exact->is_share == NULL ? -1 : 0;
}

static bool is_hidden_in(const struct release_counts *counts, const struct table *programmes, size_t row)
{
    const size_t count = release_counts_cell(counts, programmes, row, "n_event");

    return count != NO_COUNT && counts->system->counts[count].hidden;
}

/* Measures that are told as shares are put into the place of their counts, when it is known what else is hidden. */
static int put_shares(const struct exact *exact, const struct release_counts *counts, int64_t threshold, struct ledger *ledger)
{
    if (exact->is_share == NULL)
        return 0;
    bool *const is_hidden = allocate(exact->programmes->n_rows + 1, sizeof *is_hidden);
    const struct programme_telling what = {exact->programme_measures, exact->programmes, exact->estimates, exact->is_share, is_hidden, threshold, ledger,
                                           threshold == 0 ? NULL : counts};

    for (size_t row = 0; is_hidden != NULL && threshold > 0 && row < exact->programmes->n_rows; row++)
        is_hidden[row] = is_hidden_in(counts, exact->programmes, row);
    const int status = is_hidden == NULL ? -1 : programme_shares_put(&what);
    free(is_hidden);
    return status;
}

/* Measures that are told by counts, beside the shares of earlier releases. */
static int hide_beside_shares(const struct exact *exact, const struct release_counts *counts, struct ledger *ledger)
{
    return exact->is_share == NULL ? 0
                                   : programme_shares_hide_counts(exact->programme_measures, exact->programmes, exact->is_share, ledger, counts);
}

/* Decides what is hidden and what is told as shares, and enters it where the next release will look, before anything is written. */
static int audit_with(struct ledger *ledger, const struct exact *exact, struct release_counts *counts, const struct release_request *request)
{
    struct audit told;
    int status = ledger == NULL ? 0 : ledger_apply(ledger, counts->system);

    if (status == 0 && ledger != NULL)
        status = hide_beside_shares(exact, counts, ledger);
    if (status == 0)
        status = suppress_counts(counts->system, request->n_threads, &told);
    if (status == 0) {
        detail("release: %zu hidden counts audited by %zu linear programmes", told.n_audited, told.n_programs);
        if (request->log != NULL)
            status = release_log_write(request->log, counts->system);
    }
    if (status == 0)
        status = put_shares(exact, counts, request->threshold, ledger);
    return status != 0 || ledger == NULL ? status : ledger_enter(ledger, counts->system);
}

static int audit(const struct exact *exact, struct release_counts *counts, const struct release_request *request, const struct table *provenance)
{
    struct lock *lock = NULL;
    struct ledger *ledger = NULL;
    int status = -1;

    if (request->ledger == NULL)
        return audit_with(NULL, exact, counts, request);
    const char *const sources = ledger_sources(counts->pool, provenance);
    if (pool_failed(counts->pool)) /* entries without their sources would be another release */
        return -1;
    if (request->ledger_is_shared && (lock = lock_wait(request->ledger, LEDGER_SECONDS)) == NULL)
        return -1;
    if ((ledger = ledger_open(request->ledger, request->study, sources)) != NULL)
        status = audit_with(ledger, exact, counts, request);
    ledger_close(ledger);
    lock_release(lock);
    return status;
}

/* What the rules look at; under a threshold, the audited counts as well. */
static int prepare(struct release_source *source, struct exact *exact, const struct release_request *request,
                   const struct table *provenance, struct coarse_curves *curves, struct release_counts *counts,
                   struct pool *pool)
{
    const struct exact_tables tables = {exact->quality, exact->attrition, exact->arms, exact->baseline,
                                        exact->losses,  exact->evidence,  exact->flow, exact->estimates,
                                        exact->overlap, exact->programmes, exact->programme_measures, exact->is_share};

    if (exposure_start(&source->exposure, &source->policy, exact->risk_tables, exact->estimates) != 0)
        return -1;
    source->baseline = exact->baseline;
    source->programmes = exact->programmes;
    source->programme_measures = exact->programme_measures;
    source->is_share = exact->is_share;
    source->curves = curves;
    source->counts = counts;
    if (request->threshold == 0)
        return put_shares(exact, counts, 0, NULL);
    if (model_levels_find(&source->policy, exact->baseline, &exact->level_is_small) != 0)
        return -1;
    source->level_is_small = exact->level_is_small;
    if (coarse_curves_make(curves, exact->curves, exact->estimates, request->threshold,
                           release_policy_decimals(&source->policy)) != 0 ||
        release_counts_make(counts, &tables, curves, request->threshold, request->round_to, pool) != 0)
        return -1;
    return audit(exact, counts, request, provenance);
}

int release_write(const char *results_path, const char *released_path, const struct release_request *request,
                  const struct table *provenance)
{
    struct release_file *file = release_file_open(released_path);
    struct store *results = file == NULL ? NULL : store_open(results_path);
    struct pool *pool = pool_alloc();
    struct release_source source = {.policy = {.threshold = request->threshold, .round_to = request->round_to}};
    struct exact exact = {.quality = NULL};
    struct coarse_curves curves = {.n = 0};
    struct release_counts counts = {.system = NULL};
    int status = -1;

    if (results != NULL && pool != NULL && exact_read(results, &exact) == 0 && find_shares(&exact, request->threshold) == 0 &&
        prepare(&source, &exact, request, provenance, &curves, &counts, pool) == 0)
        status = write_tables(file, &source, results, request, provenance, pool);
    if (status == 0 && pool_failed(pool)) /* a text that could not be made is not to be published as an empty one */
        status = -1;
    if (status == 0) {
        status = release_file_commit(file);
        file = NULL;
    }
    release_file_abandon(file);
    store_close(results);
    exposure_free(&source.exposure);
    release_counts_free(&counts);
    coarse_curves_free(&curves);
    exact_free(&exact);
    pool_free(pool);
    return status;
}
