/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is made of parts of the people: trials pooled, risks adjusted by strata, tests that an effect is the same in all. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "base/memory.h"
#include "base/names.h"
#include "compare/meta_trials.h"
#include "compare/results.h"
#include "compare/stratified.h"
#include "compare/subgroups.h"
#include "verify/findings.h"
#include "verify/recompute.h"

static const char *const question[] = {"analysis", "outcome", "population", NULL};

static const struct {
    const char *adjustment;
    enum meta_rule rule;
} rules[] = {{"meta_fixed", META_RULE_FIXED}, {"meta_dl", META_RULE_DL}, {"meta_reml", META_RULE_REML},
             {"meta_pm", META_RULE_PM},       {"meta_mh", META_RULE_MH}};

/* One question whose parts are put together again. */
struct parts {
    const struct recompute *r;
    const struct table *estimates; /* stored */
    size_t first;                  /* a row of the question */
    char *by;                      /* the column that divides people */
    struct study_text by_text;     /* the same, as the analysis takes it */
    char **strata;                 /* "trial=A", ... */
    struct stored_comparison made;
    struct table *records;         /* the column, row by row of the people */
    struct column record;          /* which row of the records each of the people is: its own */
    struct wanted_list wanted;
    struct table *again, *verdicts, *risk_tables;
    int adjustment;                /* which entry of `adjust`, from 1; 0: trials that are pooled, or tests */
    struct study_adjustment how;
    const char *missing;
};

static bool is_pooled(const struct table *table, size_t row)
{
    return cell_begins(table, "adjustment", row, "meta_");
}

static bool is_interaction(const struct table *table, size_t row)
{
    return cell_is(table, "measure", row, "interaction_test");
}

/* Weights of persons are not stored, the numbers of the parts are: recompute_interactions.c. */
static bool is_adjusted_interaction(const struct table *table, size_t row)
{
    return is_interaction(table, row) && !cell_is(table, "adjustment", row, "unadjusted");
}

/* "adjust.2.method" of the analysis of a row; caller frees; NULL, untold, when the study says nothing. */
static char *adjust_value(const struct stored *stored, const struct table *table, size_t row, int k, const char *key)
{
    char *analysis = cell_copy(table, "analysis", row), path[64], *value = NULL;

    snprintf(path, sizeof path, "adjust.%d.%s", k, key);
    if (analysis != NULL)
        value = stored_analysis_value(stored, analysis, path);
    free(analysis);
    return value;
}

/* Which entry of `adjust` a row is adjusted by, from 1, if that one goes by strata of columns; else 0. */
static int stratified_by(const struct stored *stored, const struct table *table, size_t row)
{
    static const char *const methods[] = {"mantel_haenszel", "direct", "indirect"};
    enum { MOST = 64 };
    int found = 0;

    /* Strata within a subgroup are not stored. */
    if (cell_is(table, "adjustment", row, "unadjusted") || is_pooled(table, row) || !cell_is(table, "stratum", row, ""))
        return 0;
    for (int k = 1; found == 0 && k <= MOST; k++) {
        char *method = adjust_value(stored, table, row, k, "method"), *name = adjust_value(stored, table, row, k, "name");
        const char *called = name != NULL ? name : method;
        for (size_t m = 0; called != NULL && m < sizeof methods / sizeof methods[0]; m++)
            if (strcmp(method == NULL ? called : method, methods[m]) == 0 && cell_is(table, "adjustment", row, called))
                found = k;
        const bool last = method == NULL && name == NULL;
        free(name);
        free(method);
        if (last)
            break;
    }
    return found;
}

bool recompute_is_of_parts(const struct stored *stored, const struct table *table, size_t row)
{
    return !cell_is(table, "measure", row, "e_value") &&
           (is_pooled(table, row) || is_interaction(table, row) || stratified_by(stored, table, row) > 0);
}

/* ---- the parts ------------------------------------------------------------------------------------------------- */

/* The rows that are told by one question: all that pools its trials, one adjustment by strata, or one column's tests. */
static bool same_parts(const struct stored *stored, const struct table *table, size_t a, size_t b)
{
    static const char *const adjustment[] = {"adjustment", "estimand", NULL};

    if (is_adjusted_interaction(table, a) || is_adjusted_interaction(table, b) || !recompute_is_of_parts(stored, table, a) ||
        !recompute_is_of_parts(stored, table, b) ||
        !cells_agree(table, a, table, b, question) || is_interaction(table, a) != is_interaction(table, b) ||
        is_pooled(table, a) != is_pooled(table, b))
        return false;
    return is_interaction(table, a) ? cells_equal(table, "stratum", a, b)
                                    : is_pooled(table, a) || cells_agree(table, a, table, b, adjustment);
}

/* The tests of one contrast over several columns have p-values that are adjusted together. */
static bool is_adjusted(const struct parts *p)
{
    for (size_t i = 0; i < p->estimates->n_rows; i++)
        if (cell_is(p->estimates, "measure", i, "interaction_test") &&
            cells_agree(p->estimates, i, p->estimates, p->first, question) &&
            !cells_equal(p->estimates, "stratum", i, p->first))
            return true;
    return false;
}

/* All parts of the question, and the one column that they are levels of. */
static int list_strata(struct parts *p)
{
    const int k = p->adjustment;

    if (is_interaction(p->estimates, p->first) && (p->by = cell_copy(p->estimates, "stratum", p->first)) == NULL)
        return -1;
    if (k > 0) {
        char *second = adjust_value(p->r->stored, p->estimates, p->first, k, "by.2");
        if (second != NULL)
            p->missing = "it is taken over combinations of columns, whose people are not stored together";
        free(second);
        if ((p->by = adjust_value(p->r->stored, p->estimates, p->first, k, "by.1")) == NULL &&
            (p->by = adjust_value(p->r->stored, p->estimates, p->first, k, "by")) == NULL)
            p->missing = "the study does not say by which column";
        if (p->missing != NULL)
            return 0;
    }
    for (size_t i = 0; i < p->estimates->n_rows; i++) {
        if (!cells_agree(p->estimates, i, p->estimates, p->first, question) || !cell_contains(p->estimates, "stratum", i, "="))
            continue;
        char *stratum = cell_copy(p->estimates, "stratum", i);
        const size_t length = stratum == NULL ? 0 : strcspn(stratum, "=");
        int status = stratum == NULL ? -1 : 0;
        if (status == 0 && p->by == NULL)
            status = (p->by = copy_bytes(stratum, length)) == NULL ? -1 : 0;
        if (status == 0 && strlen(p->by) == length && memcmp(p->by, stratum, length) == 0)
            status = names_add(&p->strata, stratum);
        free(stratum);
        if (status != 0)
            return -1;
    }
    if (p->strata == NULL)
        p->missing = "the parts it is made of are not stored";
    return 0;
}

static int add_records(struct parts *p, int32_t code)
{
    const size_t before = p->records->n_rows, n = p->made.people->n_rows;

    if (table_resize(p->records, n) != 0)
        return -1;
    for (size_t i = before; i < n; i++) {
        column_set_code(&p->records->columns[0], i, code);
        column_set_integer(&p->records->columns[1], i, (int64_t)i);
    }
    return 0;
}

static int put_together(struct parts *p)
{
    size_t n = 0;

    while (p->strata[n] != NULL)
        n++;
    const char **labels = allocate(n, sizeof *labels);
    int status = labels == NULL || (p->records = table_alloc("records", "")) == NULL ? -1 : 0;
    for (size_t i = 0; status == 0 && i < n; i++)
        labels[i] = p->strata[i] + strlen(p->by) + 1;
    if (status == 0 && (table_add_category(p->records, p->by, labels, n, "") == NULL ||
                        table_add_column(p->records, "record of person", COLUMN_INT64, 0, "", "") == NULL))
        status = -1;
    free(labels);
    if (status == 0)
        status = stored_comparison_begin(p->r->stored, p->estimates, p->first, &p->made);
    for (size_t i = 0; status == 0 && p->made.missing == NULL && i < n; i++) {
        status = stored_comparison_add(&p->made, p->r->stored, p->estimates, p->first, p->strata[i]);
        if (status == 0 && p->made.missing == NULL)
            status = add_records(p, (int32_t)i);
    }
    if (status == 0 && p->made.missing == NULL)
        status = stored_comparison_solve(&p->made, true, 1);
    p->missing = p->made.missing;
    return status;
}

/* ---- what was asked ---------------------------------------------------------------------------------------------- */

static int add_wanted(struct parts *p, enum measure measure, struct horizon horizon)
{
    struct wanted *longer;

    for (size_t i = 0; i < p->wanted.n; i++) {
        const struct wanted *w = &p->wanted.items[i];
        if (w->measure == measure && w->horizon.at_least == horizon.at_least &&
            (w->horizon.time == horizon.time || (isnan(w->horizon.time) && isnan(horizon.time))))
            return 0;
    }
    if ((longer = reallocate(p->wanted.items, p->wanted.n + 1, sizeof *longer)) == NULL)
        return -1;
    p->wanted.items = longer;
    longer[p->wanted.n++] = (struct wanted){measure, horizon};
    return 0;
}

static int list_wanted(struct parts *p)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < p->estimates->n_rows; i++) {
        enum measure measure;
        if (!cells_agree(p->estimates, i, p->estimates, p->first, question) || !cell_contains(p->estimates, "stratum", i, "="))
            continue;
        if (measure_of_row(p->estimates, i, &measure) == 0 &&
            (measure_is_contrast(measure) || (p->adjustment > 0 && measure == MEASURE_risk)))
            status = add_wanted(p, measure, (struct horizon){cell_real(p->estimates, "time", i),
                                                             cell_is(p->estimates, "term", i, "at least")});
    }
    return status;
}

static int list_rules(struct parts *p)
{
    struct study_meta *meta = &p->made.analysis.meta;
    char *knapp = stored_analysis_value(p->r->stored, p->made.analysis.name.text, "meta.hartung_knapp");

    meta->by.text = p->by;
    meta->hartung_knapp = knapp == NULL || (strcmp(knapp, "no") != 0 && strcmp(knapp, "false") != 0);
    free(knapp);
    if ((meta->rules = allocate(sizeof rules / sizeof rules[0], sizeof *meta->rules)) == NULL)
        return -1;
    for (size_t k = 0; k < sizeof rules / sizeof rules[0]; k++)
        for (size_t i = 0; i < p->estimates->n_rows; i++)
            if (cells_agree(p->estimates, i, p->estimates, p->first, question) &&
                cell_is(p->estimates, "adjustment", i, rules[k].adjustment)) {
                meta->rules[meta->n_rules++] = rules[k].rule;
                break;
            }
    return 0;
}

static bool is_ours(const struct parts *p, const struct table *verdicts, size_t row)
{
    static const char *const adjustment[] = {"adjustment", NULL};

    return p->adjustment > 0 ? cells_agree(verdicts, row, p->estimates, p->first, adjustment) : is_pooled(verdicts, row);
}

/* One entry of `adjust`, as the study has it. */
static int take_adjustment(struct parts *p)
{
    static const struct {
        const char *name;
        enum adjust_method method;
    } methods[] = {{"mantel_haenszel", ADJUST_MANTEL_HAENSZEL}, {"direct", ADJUST_DIRECT}, {"indirect", ADJUST_INDIRECT}};
    char *method = adjust_value(p->r->stored, p->estimates, p->first, p->adjustment, "method");

    p->how.name.text = cell_copy(p->estimates, "adjustment", p->first);
    for (size_t i = 0; p->how.name.text != NULL && i < sizeof methods / sizeof methods[0]; i++)
        if (strcmp(method == NULL ? p->how.name.text : method, methods[i].name) == 0)
            p->how.method = methods[i].method;
    free(method);
    p->how.estimand = cell_is(p->estimates, "estimand", p->first, "att")   ? ESTIMAND_ATT
                      : cell_is(p->estimates, "estimand", p->first, "atc") ? ESTIMAND_ATC
                                                                           : ESTIMAND_ATE;
    p->made.analysis.n_adjustments = 1;
    p->made.analysis.adjustments = &p->how;
    return p->how.name.text == NULL ? -1 : 0;
}

/* Margins as the stored verdicts have them, each once. */
static int list_margins(struct parts *p)
{
    const struct table *verdicts = stored_table(p->r->stored, "verdicts");
    struct study_analysis *analysis = &p->made.analysis;

    p->made.study.n_outcomes = 1;
    p->made.study.outcomes = &p->made.outcome;
    if ((analysis->margins = allocate(cell_rows(verdicts) + 1, sizeof *analysis->margins)) == NULL)
        return -1;
    for (size_t i = 0; i < cell_rows(verdicts); i++) {
        static const char *const margin[] = {"analysis", "outcome", "population", "measure", "time", "margin", "note", NULL};
        size_t before = 0;
        enum measure measure;
        if (!cells_agree(verdicts, i, p->estimates, p->first, question) || !is_ours(p, verdicts, i))
            continue;
        while (before < i && !(is_ours(p, verdicts, before) && cells_agree(verdicts, before, verdicts, i, margin)))
            before++;
        char *name = cell_copy(verdicts, "measure", i);
        if (name == NULL)
            return -1;
        if (before == i && measure_from_name(name, &measure) == 0) {
            const double day = cell_real(verdicts, "time", i);
            analysis->margins[analysis->n_margins++] = (struct study_margin){
                .measure = measure, .at = {.given = !isnan(day), .value = day},
                .at_least = cell_contains(verdicts, "note", i, "P(T >= day)"), .margin = cell_real(verdicts, "margin", i),
                .because = {.text = (char *)""}, .role = {.text = (char *)"secondary"}};
            if (measure == MEASURE_rmst_difference || measure == MEASURE_rmst_ratio)
                analysis->tau = (struct study_number){.given = true, .value = day};
        }
        free(name);
    }
    return 0;
}

/* ---- computing and comparing ----------------------------------------------------------------------------------------- */

static int compute(struct parts *p)
{
    const struct comparison_input input = stored_comparison_input(&p->made, true);
    const struct people people = {&input, p->records, &p->records->columns[1]};

    p->by_text = (struct study_text){.text = p->by};
    if (p->adjustment > 0) {
        if (take_adjustment(p) != 0)
            return -1;
        p->how.by = (struct study_texts){.n = 1, .items = &p->by_text};
    } else
        p->made.analysis.subgroups = (struct study_texts){.n = 1, .items = &p->by_text};
    if ((p->again = estimates_alloc()) == NULL || (p->verdicts = verdicts_alloc()) == NULL ||
        (p->risk_tables = risk_tables_alloc(p->made.outcome.competing_if.n + 1)) == NULL || list_wanted(p) != 0 ||
        list_rules(p) != 0 || list_margins(p) != 0)
        return -1;
    if (p->adjustment > 0)
        return stratified_add(&p->made.comparison, &people, &p->wanted, p->again, p->verdicts);
    if (is_pooled(p->estimates, p->first))
        return meta_trials_add(&p->made.comparison, &people, &p->wanted, p->again, p->verdicts, p->risk_tables);
    return subgroups_add(&p->made.comparison, &people, &p->wanted, p->again, p->risk_tables);
}

static int add(const struct parts *p, const char *check, const struct table *table, size_t row, enum finding finding,
               const char *why)
{
    char *item = recompute_item(table, row);
    const int status = item == NULL ? -1 : findings_add(p->r->findings, check, item, finding, why);

    free(item);
    return status;
}

static int compare_row(const struct parts *p, const char *check, const struct table *stored, size_t row,
                       const struct table *again, const char *const *key, const char *const *numbers)
{
    bool differs = false;
    size_t k = 0;

    while (k < again->n_rows && !cells_agree(again, k, stored, row, key))
        k++;
    if (k == again->n_rows)
        return add(p, check, stored, row, FINDING_DOES_NOT_FOLLOW,
                   cell_is(stored, "adjustment", row, "unadjusted") || cell_is(stored, "stratum", row, "")
                       ? "nothing stored tells it"
                       : "it is adjusted: strata within a part are not stored");
    for (size_t i = 0; numbers[i] != NULL; i++)
        if (recompute_number(p->r, check, stored, row, numbers[i], cell_real(again, numbers[i], k), true, &differs) != 0)
            return -1;
    return differs ? 0 : add(p, check, stored, row, FINDING_HOLDS, NULL);
}

static int compare_estimates(const struct parts *p)
{
    static const char *const key[] = {"analysis", "outcome", "population", "adjustment", "stratum", "measure",
                                      "term",     "arm",     "reference",  "time",       NULL};
    static const char *const of_pooled[] = {"estimate", "std_error", "conf_low", "conf_high", "statistic",
                                            "df",       "p_value",   "n",        "n_event",   NULL};
    /* A test of interaction counts people without a level, too, who are in no part. */
    const char *const of_test[] = {"statistic", "df", is_adjusted(p) ? NULL : "p_value", NULL};
    const char *const *numbers = is_interaction(p->estimates, p->first) ? of_test : of_pooled;
    int status = 0;

    for (size_t i = 0; status == 0 && i < p->estimates->n_rows; i++) {
        if (!same_parts(p->r->stored, p->estimates, i, p->first))
            continue;
        status = p->missing != NULL ? add(p, "estimates", p->estimates, i, FINDING_DOES_NOT_FOLLOW, p->missing)
                                    : compare_row(p, "estimates", p->estimates, i, p->again, key, numbers);
    }
    return status;
}

static int compare_verdicts(const struct parts *p)
{
    static const char *const key[] = {"analysis", "outcome",   "population", "adjustment", "measure",
                                      "arm",      "reference", "time",       NULL};
    static const char *const numbers[] = {"margin", "estimate", "conf_low", "conf_high", "power", NULL};
    static const char *const words[] = {"verdict", "statistically", NULL};
    const struct table *verdicts = stored_table(p->r->stored, "verdicts");
    int status = 0;

    for (size_t i = 0; status == 0 && i < cell_rows(verdicts); i++) {
        size_t k = 0;
        if (!cells_agree(verdicts, i, p->estimates, p->first, question) || !is_pooled(verdicts, i))
            continue;
        if (p->missing != NULL) {
            status = add(p, "verdicts", verdicts, i, FINDING_DOES_NOT_FOLLOW, p->missing);
            continue;
        }
        while (k < p->verdicts->n_rows && !cells_agree(p->verdicts, k, verdicts, i, key))
            k++;
        status = k < p->verdicts->n_rows && !cells_agree(p->verdicts, k, verdicts, i, words)
                     ? add(p, "verdicts", verdicts, i, FINDING_DIFFERS, "the trials and the margin give another one")
                     : compare_row(p, "verdicts", verdicts, i, p->verdicts, key, numbers);
    }
    return status;
}

static void clear(struct parts *p)
{
    free(p->made.analysis.meta.rules);
    free(p->made.analysis.margins);
    stored_comparison_free(&p->made);
    table_free(p->records);
    table_free(p->again);
    table_free(p->verdicts);
    table_free(p->risk_tables);
    wanted_free(&p->wanted);
    names_free(p->strata);
    free(p->how.name.text);
    free(p->by);
}

static int check_question(const struct recompute *r, const struct table *estimates, size_t first)
{
    struct parts p = {.r = r, .estimates = estimates, .first = first,
                      .adjustment = is_interaction(estimates, first) ? 0 : stratified_by(r->stored, estimates, first),
                      .missing = r->rounded ? "counts are rounded in this release" : NULL};
    int status = p.missing != NULL ? 0 : list_strata(&p);

    if (status == 0 && p.missing == NULL)
        status = put_together(&p);
    if (status == 0 && p.missing == NULL)
        status = compute(&p);
    if (status == 0)
        status = compare_estimates(&p);
    if (status == 0 && is_pooled(estimates, first))
        status = compare_verdicts(&p);
    clear(&p);
    return status;
}

int recompute_parts(const struct recompute *r)
{
    const struct table *estimates = stored_table(r->stored, "estimates");

    for (size_t i = 0; i < cell_rows(estimates); i++) {
        size_t before = i;
        if (!recompute_is_of_parts(r->stored, estimates, i))
            continue;
        if (is_adjusted_interaction(estimates, i)) {
            if (recompute_interaction(r, i) != 0)
                return -1;
            continue;
        }
        while (before > 0 && !same_parts(r->stored, estimates, before - 1, i))
            before--;
        if (before == 0 && check_question(r, estimates, i) != 0)
            return -1;
    }
    return 0;
}
