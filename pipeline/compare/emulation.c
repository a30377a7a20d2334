/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/emulation.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "base/fail.h"
#include "base/memory.h"
#include "cohort/cohort.h"
#include "compare/adjusted_gates.h"
#include "compare/arm_pairs.h"
#include "compare/estimates.h"
#include "compare/mark_cells.h"
#include "compare/numbers.h"
#include "compare/verdicts.h"
#include "compare/wanted.h"
#include "stats/clone_weights.h"
#include "study/condition.h"
#include "study/expression.h"

/* ---- table `strategies` -------------------------------------------------------------------------------------------- */

struct table *strategies_alloc(void)
{
    static const char *const columns[][2] = {{"analysis", "Analysis"},     {"outcome", "Outcome"}, {"population", "Population"},
                                             {"strategy", "Strategy"}, {"step", "Step"}};
    struct table *t = table_alloc("strategies", "Who follows which strategy");
    int status = t == NULL ? -1 : 0;

    for (size_t k = 0; status == 0 && k < sizeof columns / sizeof columns[0]; k++)
        status = table_add_column(t, columns[k][0], COLUMN_TEXT, 1, columns[k][1], "") == NULL ? -1 : 0;
    if (status == 0 && table_add_column(t, "n", COLUMN_INT64, 0, "People", "") != NULL)
        return t;
    table_free(t);
    return NULL;
}

static int add_step(const struct emulation *e, size_t outcome, size_t population, const char *strategy, const char *step,
                    int64_t n, struct table *table)
{
    struct row_builder row = table_new_row(table);

    row_text(&row, "analysis", e->analysis.name.text);
    row_text(&row, "outcome", e->study.outcomes[outcome].name.text);
    row_text(&row, "population", e->study.cohort.populations.items[population].name.text);
    row_text(&row, "strategy", strategy);
    row_text(&row, "step", step);
    row_integer(&row, "n", n);
    return row_end(&row);
}

/* ---- who is asked about -------------------------------------------------------------------------------------------- */

/* What becomes of people before they have a strategy, and in each. */
enum standing { ASKED, UNDECIDED, DONE_BEFORE, EVENT, LOST, NONE, DEPARTS, FOLLOWS, N_STANDINGS };

struct drawing {
    struct emulation *e;
    const struct table *cohort, *records, *computed; /* of the study */
    const struct column *member, *arm, *weight, *record, *cluster, *cause, *time, *entry;
    char *member_name;
    uint8_t *people;                       /* [records] truth of `people`; NULL: everybody */
    struct column *to_arm, *to_weight, *to_record, *to_member, *to_cluster, *to_cause, *to_time;
    const struct reducer *reducer;
    int64_t n_before;                      /* people of the places before this one */
    size_t n;                              /* rows made */
    int64_t of_all[N_STANDINGS], (*of)[N_STANDINGS]; /* [strategies] */
    int64_t late, counted;                 /* who enter late; rows that stand for several people */
};

double emulation_act(const struct table *records, const struct study_strategies *strategies, size_t record)
{
    const struct column *day = table_column(records, strategies->day.text);

    return column_is_missing(day, record) ? INFINITY : (double)column_integer(day, record);
}

static struct clone_rule rule_of(const struct study_strategy *s, double period)
{
    return (struct clone_rule){isfinite(s->by) ? s->from - 1 : s->not_by, s->by,
                               isfinite(s->by) ? fmin(period, s->by + 1) : 1};
}

/* The day on which it is known who follows it; 0 for what is never to be done. */
static double decided_on(const struct study_strategy *s)
{
    return isfinite(s->by) ? s->by : isfinite(s->not_by) ? s->not_by : 0;
}

static void put(struct drawing *d, size_t i, size_t strategy, double time, int32_t cause)
{
    const size_t row = d->n++;

    column_set_code(d->to_arm, row, (int32_t)strategy);
    column_set_integer(d->to_weight, row, column_integer(d->weight, i));
    column_set_integer(d->to_record, row, column_integer(d->record, i));
    column_set_integer(d->to_member, row, 1);
    if (d->to_cluster != NULL)
        column_set_integer(d->to_cluster, row, d->cluster != NULL ? column_integer(d->cluster, i) : d->n_before + (int64_t)i);
    column_set_integer(d->to_cause, row, cause);
    column_set_real(d->to_time, row, time);
}

static void put_clones(struct drawing *d, size_t i, double act)
{
    const struct study_strategies *s = d->e->strategies;
    const int64_t n = column_integer(d->weight, i);

    for (size_t k = 0; k < s->n; k++) {
        const struct clone_rule rule = rule_of(&s->items[k], d->e->analysis.strategies.period);
        const double decided = decided_on(&s->items[k]);
        double time = column_real(d->time, i);
        int32_t cause = (int32_t)column_integer(d->cause, i);
        const bool departs = clone_cut(&rule, act, &time, &cause);
        const bool before = time < decided || (time == decided && cause > 0);
        d->of[k][departs ? DEPARTS : !before ? FOLLOWS : cause > 0 ? EVENT : LOST] += n;
        put(d, i, k, time, cause);
    }
}

static bool allows(const struct study_strategy *s, double act, double landmark)
{
    const bool done = act <= landmark;

    return isfinite(s->by) ? done && act >= s->from && act <= s->by : !done || act > s->not_by;
}

static void put_at_landmark(struct drawing *d, size_t i, double act)
{
    const struct study_strategies *s = d->e->strategies;
    const double day = d->e->analysis.strategies.landmark, time = column_real(d->time, i);
    const int32_t cause = (int32_t)column_integer(d->cause, i);
    const int64_t n = column_integer(d->weight, i);
    size_t k = 0;

    if (time <= day || (d->entry != NULL && column_real(d->entry, i) > day)) {
        d->of_all[time <= day && cause > 0 ? EVENT : LOST] += n;
        return;
    }
    while (k < s->n && !allows(&s->items[k], act, day))
        k++;
    if (k == s->n) {
        d->of_all[NONE] += n;
        return;
    }
    d->of[k][FOLLOWS] += n;
    put(d, i, k, time - day, cause);
}

static void draw_person(struct drawing *d, size_t i)
{
    const size_t record = (size_t)column_integer(d->record, i);
    const int64_t n = column_integer(d->weight, i);
    const double act = emulation_act(d->records, d->e->strategies, record);

    if (column_integer(d->member, i) != 1 || column_is_missing(d->cause, i) || n == 0 ||
        (d->people != NULL && d->people[record] == TRUTH_FALSE))
        return;
    d->of_all[ASKED] += n;
    if (d->people != NULL && d->people[record] == TRUTH_UNKNOWN) {
        d->of_all[UNDECIDED] += n;
        return;
    }
    if (act < 0) {
        d->of_all[DONE_BEFORE] += n;
        return;
    }
    d->late += d->entry != NULL && column_real(d->entry, i) > 0;
    d->counted += n > 1;
    if (d->e->analysis.strategies.has_landmark)
        put_at_landmark(d, i, act);
    else
        put_clones(d, i, act);
}

/* Of all places; the people of each are numbered behind those of the places before it. */
static int number_people(struct drawing *d)
{
    const size_t n_places = d->reducer == NULL ? 0 : d->reducer->n_places;
    int64_t *const n = allocate(n_places + 1, sizeof *n);

    if (n == NULL)
        return -1;
    if (n_places > 0)
        n[d->reducer->place] = (int64_t)d->cohort->n_rows;
    reducer_sum(d->reducer, n, n_places);
    for (size_t k = 0; n_places > 0 && k < d->reducer->place; k++)
        d->n_before += n[k];
    free(n);
    return 0;
}

static void add_up(struct drawing *d)
{
    const struct reducer_piece pieces[] = {
        {d->of_all, N_STANDINGS}, {d->of[0], d->e->strategies->n * N_STANDINGS}, {&d->late, 1}, {&d->counted, 1}};

    reducer_sum_pieces(d->reducer, pieces, sizeof pieces / sizeof pieces[0]);
}

/* ---- the tables that are made ---------------------------------------------------------------------------------------- */

static int make_tables(struct drawing *d)
{
    struct emulation *e = d->e;
    const struct study_strategies *s = e->strategies;
    const bool clones = !e->analysis.strategies.has_landmark;
    const char *names[ARM_MAX];
    const size_t most = d->cohort->n_rows * (clones ? s->n : 1);

    for (size_t k = 0; k < s->n; k++)
        names[k] = s->items[k].name.text;
    if ((e->cohort = table_alloc("cohort", "")) == NULL || (e->outcome = table_alloc("outcome", "")) == NULL ||
        table_resize(e->cohort, most) != 0 || table_resize(e->outcome, most) != 0 ||
        table_add_category(e->cohort, "arm", names, s->n, "") == NULL ||
        table_add_column(e->cohort, "weight", COLUMN_INT64, 0, "", "") == NULL ||
        table_add_column(e->cohort, "record", COLUMN_INT64, 0, "", "") == NULL ||
        table_add_column(e->cohort, d->member_name, COLUMN_INT8, 0, "", "") == NULL ||
        ((clones || d->cluster != NULL) && table_add_column(e->cohort, "cluster", COLUMN_INT64, 0, "", "") == NULL) ||
        table_add_column(e->outcome, "cause", COLUMN_INT8, 0, "", "") == NULL ||
        table_add_column(e->outcome, "time", COLUMN_FLOAT64, 0, "", "") == NULL)
        return -1;
    d->to_arm = table_column(e->cohort, "arm");
    d->to_weight = table_column(e->cohort, "weight");
    d->to_record = table_column(e->cohort, "record");
    d->to_member = table_column(e->cohort, d->member_name);
    d->to_cluster = table_column(e->cohort, "cluster");
    d->to_cause = table_column(e->outcome, "cause");
    d->to_time = table_column(e->outcome, "time");
    for (size_t i = 0; i < d->cohort->n_rows; i++)
        draw_person(d, i);
    add_up(d);
    return table_resize(e->cohort, d->n) != 0 ? -1 : table_resize(e->outcome, d->n);
}

static int add_flow(const struct drawing *d, size_t outcome, size_t population, struct table *table)
{
    const struct emulation *e = d->e;
    const bool landmark = e->analysis.strategies.has_landmark;
    static const char *const all[N_STANDINGS] = {[ASKED] = "people", [UNDECIDED] = "undecided", [DONE_BEFORE] = "done before",
                                             [EVENT] = "event by the landmark", [LOST] = "lost by the landmark",
                                             [NONE] = "follows none"};
    static const char *const each[N_STANDINGS] = {[DEPARTS] = "departs", [EVENT] = "event before it was decided",
                                              [LOST] = "lost before it was decided", [FOLLOWS] = "follows"};
    int status = 0;

    for (size_t f = 0; status == 0 && f < N_STANDINGS; f++)
        if (all[f] != NULL && (landmark || f <= DONE_BEFORE))
            status = add_step(e, outcome, population, "", all[f], d->of_all[f], table);
    for (size_t k = 0; status == 0 && k < e->strategies->n; k++)
        for (size_t f = 0; status == 0 && f < N_STANDINGS; f++)
            if (each[f] != NULL && (!landmark || f == FOLLOWS))
                status = add_step(e, outcome, population, e->strategies->items[k].name.text, each[f], d->of[k][f], table);
    return status;
}

/* What cannot be told: nobody to tell it of. */
static void judge(const struct drawing *d)
{
    struct emulation *e = d->e;

    for (size_t k = 0; k < e->strategies->n && e->withheld[0] == '\0'; k++) {
        const char *name = e->strategies->items[k].name.text;
        const int64_t n = d->of[k][FOLLOWS];
        if (e->analysis.strategies.has_landmark && n < 2)
            snprintf(e->withheld, sizeof e->withheld, "fewer than two people are in strategy %.40s at the landmark, day %g", name, e->analysis.strategies.landmark);
        else if (n == 0)
            snprintf(e->withheld, sizeof e->withheld, "nobody follows strategy %.40s", name);
    }
    if (!e->analysis.strategies.has_landmark && d->late > 0)
        snprintf(e->withheld, sizeof e->withheld, "some are seen only from a later day on, so that it is not known whether they had departed");
    if (!e->analysis.strategies.has_landmark && d->counted > 0)
        snprintf(e->withheld, sizeof e->withheld, "rows stand for several people, and clones are made of single ones");
}

static void tell(const struct emulation *e, size_t outcome)
{
    warn("%s:%zu:%zu: strategies '%s', outcome '%s': withheld: %s; take other days for the strategies, or put them together",
         e->study.path, e->analysis.strategies.place.line, e->analysis.strategies.place.column, e->strategies->name.text,
         e->study.outcomes[outcome].name.text, e->withheld);
}

/* ---- a study of strategies -------------------------------------------------------------------------------------------- */

static int make_study(const struct analyses_input *input, const struct study_analysis *analysis, struct emulation *e)
{
    e->strategies = &input->study->strategies[analysis->strategies.of];
    e->study = *input->study;
    e->study.cohort.arms = e->strategies->arms;
    e->study.cohort.references = e->strategies->references;
    e->analysis = *analysis;
    if (!analysis->strategies.has_landmark) {
        static char name[] = CLONES_NAME;
        e->clones = (struct study_adjustment){.place = analysis->strategies.place,
                                              .name = {name, analysis->strategies.place},
                                              .method = ADJUST_CLONES,
                                              .estimand = ESTIMAND_ATE,
                                              .propensity = analysis->strategies.weights,
                                              .trim_high = 1,
                                              .truncate = analysis->strategies.truncate,
                                              .caliper = INFINITY};
        e->analysis.n_adjustments = 1;
        e->analysis.adjustments = &e->clones;
    }
    return (e->outcomes = allocate(e->study.n_outcomes, sizeof *e->outcomes)) == NULL ? -1 : 0;
}

int emulation_make(const struct analyses_input *input, const struct study_analysis *analysis, size_t outcome,
                   size_t population, struct emulation *e, struct table *strategies)
{
    const struct people_of who = input->people != NULL ? input->people[outcome] : (struct people_of){input->cohort, input->records};
    struct drawing d = {.e = e, .cohort = who.cohort, .records = who.records, .computed = input->outcomes[outcome],
                        .reducer = input->reducer};
    int status = -1;

    *e = (struct emulation){.cohort = NULL};
    if (make_study(input, analysis, e) == 0 && (d.member_name = cohort_population_column(input->study, population)) != NULL &&
        (d.of = allocate(e->strategies->n, sizeof *d.of)) != NULL) {
        d.member = table_column(who.cohort, d.member_name);
        d.weight = table_column(who.cohort, "weight");
        d.record = table_column(who.cohort, "record");
        d.cluster = table_column(who.cohort, "cluster");
        d.cause = table_column(d.computed, "cause");
        d.time = table_column(d.computed, "time");
        d.entry = table_column(d.computed, "entry");
        status = e->strategies->people.when.text == NULL ||
                         (d.people = condition_compute(input->study, &e->strategies->people.when, who.records, input->n_threads)) != NULL
                     ? 0
                     : -1;
    }
    if (status == 0)
        status = number_people(&d);
    if (status == 0)
        status = make_tables(&d);
    if (status == 0)
        status = add_flow(&d, outcome, population, strategies);
    if (status == 0)
        judge(&d);
    if (status == 0 && e->withheld[0] != '\0')
        tell(e, outcome);
    free(d.people);
    free(d.of);
    free(d.member_name);
    if (e->outcomes != NULL)
        e->outcomes[outcome] = e->outcome;
    e->input = *input;
    e->input.study = &e->study;
    e->input.cohort = e->cohort;
    e->input.records = who.records;
    e->input.outcomes = e->outcomes;
    e->input.people = NULL;
    return status;
}

void emulation_free(struct emulation *e)
{
    table_free(e->cohort);
    table_free(e->outcome);
    free(e->outcomes);
    *e = (struct emulation){.cohort = NULL};
}

/* ---- words and rows ------------------------------------------------------------------------------------------------------ */

static int mark_row(const struct emulation *e, struct table *table, size_t row)
{
    static const char *const naive = "clones without weights: nothing makes up for those who depart, and clones of one person "
                                     "are taken as independent";
    const char *const where = table_column(table, "gate") != NULL ? "gate" : "note";
    char words[120];

    if (!e->analysis.strategies.has_landmark)
        return e->withheld[0] == '\0' && cell_is(table, "adjustment", row, "unadjusted") ? cell_append(table, where, row, naive) : 0;
    snprintf(words, sizeof words, "conditional on no event and being seen to day %g; days count from it", e->analysis.strategies.landmark);
    if (cell_append(table, "estimand", row, words) != 0)
        return -1;
    return table_column(table, "gate") != NULL ? cell_append(table, "gate", row, words) : 0;
}

int emulation_mark(const struct emulation *e, struct table *table, size_t first)
{
    int status = 0;

    for (size_t i = first; status == 0 && i < table->n_rows; i++)
        status = mark_row(e, table, i);
    return status;
}

static int withhold_number(const struct comparison *c, const char *adjustment, const struct wanted *item, struct arm_pair pair,
                           const char *why, struct table *estimates)
{
    struct estimate row = ESTIMATE_NONE;

    row.analysis = c->analysis->name.text;
    row.outcome = c->outcome->name.text;
    row.population = c->population->name.text;
    row.adjustment = adjustment;
    row.measure = item->measure;
    row.arm = comparison_arm(c, pair.arm);
    row.reference = comparison_arm(c, pair.reference);
    row.time = item->horizon.time;
    row.term = item->horizon.at_least ? "at least" : NULL;
    row.status = "withheld";
    row.note = why;
    return estimates_add(estimates, &row);
}

static int withhold_margins(const struct comparison *c, const char *adjustment, struct arm_pair pair, const char *why,
                            struct analyses *a)
{
    struct verdict_numbers numbers = {.adjustment = adjustment, .at_95 = number_none(), .at_90 = number_none()};
    int status = 0;

    adjusted_gates_withhold(&numbers.at_95, why);
    adjusted_gates_withhold(&numbers.at_90, why);
    for (size_t m = 0; status == 0 && m < c->analysis->n_margins; m++)
        if (verdicts_asks(c, &c->analysis->margins[m]))
            status = verdicts_answer(c, &c->analysis->margins[m], pair, &numbers, a->verdicts, a->estimates);
    return status;
}

int emulation_withhold(const struct emulation *e, size_t outcome, size_t population, struct analyses *a)
{
    const struct comparison c = {.study = &e->study,
                                 .analysis = &e->analysis,
                                 .outcome = &e->study.outcomes[outcome],
                                 .population = &e->study.cohort.populations.items[population],
                                 .n_arm = e->strategies->n};
    struct wanted_list wanted = {0};
    struct arm_pairs pairs;
    int status = wanted_collect(&e->study, &e->analysis, outcome, &wanted);

    arm_pairs_list(&e->study, &e->analysis, &pairs);
    for (size_t k = 0; k <= e->analysis.n_adjustments; k++)
        for (size_t p = 0; p < pairs.n; p++) {
            const char *name = k == 0 ? "unadjusted" : e->analysis.adjustments[k - 1].name.text;
            for (size_t i = 0; status == 0 && i < wanted.n; i++)
                if (!wanted_is_test(wanted.items[i].measure) && measure_is_contrast(wanted.items[i].measure))
                    status = withhold_number(&c, name, &wanted.items[i], pairs.items[p], e->withheld, a->estimates);
            if (status == 0)
                status = withhold_margins(&c, name, pairs.items[p], e->withheld, a);
        }
    wanted_free(&wanted);
    return status;
}
