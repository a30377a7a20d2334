/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/tipping.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "cohort/arms.h"
#include "compare/sample.h"
#include "compare/verdicts.h"
#include "compare/wanted.h"
#include "stats/risk_difference.h"
#include "stats/two_by_two.h"
#include "stats/verdict.h"

struct table *tipping_alloc(void)
{
    static const char *const texts[][2] = {
        {"analysis", "Analysis"}, {"outcome", "Outcome"}, {"population", "Population"}, {"measure", "Measure"},
        {"term", "Term"},         {"arm", "Arm"},         {"reference", "Reference arm"}};
    static const char *const after[][2] = {{"verdict_same", "Lost like the others"},
                                           {"verdict_worst", "Lost as bad as can be"},
                                           {"verdict_best", "Lost as good as can be"}};
    static const char *const counts[][2] = {{"n_arm", "People in the arm"},
                                            {"lost_arm", "Not seen in the arm"},
                                            {"n_reference", "People in the reference"},
                                            {"lost_reference", "Not seen in the reference"}};
    struct table *t = table_alloc("tipping", "What would turn a verdict");
    int status = t == NULL ? -1 : 0;

    for (size_t k = 0; status == 0 && k < sizeof texts / sizeof texts[0]; k++)
        status = table_add_column(t, texts[k][0], COLUMN_TEXT, 1, texts[k][1], "") == NULL ? -1 : 0;
    if (status == 0 && table_add_column(t, "time", COLUMN_FLOAT64, 0, "Day", "") == NULL)
        status = -1;
    for (size_t k = 0; status == 0 && k < sizeof counts / sizeof counts[0]; k++)
        status = table_add_column(t, counts[k][0], COLUMN_INT64, 0, counts[k][1], "") == NULL ? -1 : 0;
    for (size_t k = 0; status == 0 && k < sizeof after / sizeof after[0]; k++)
        status = table_add_column(t, after[k][0], COLUMN_TEXT, 1, after[k][1], "") == NULL ? -1 : 0;
    if (status == 0 && table_add_column(t, "observed_risk", COLUMN_FLOAT64, 0, "Risk of those seen in the arm", "") != NULL &&
        table_add_column(t, "tipping_events", COLUMN_INT64, 0, "Events among the arm's lost that turn it", "") != NULL &&
        table_add_column(t, "tipping_risk", COLUMN_FLOAT64, 0, "Risk of the arm's lost that turns it", "") != NULL &&
        table_add_column(t, "turns_to", COLUMN_TEXT, 1, "It becomes", "") != NULL &&
        table_add_column(t, "note", COLUMN_TEXT, 1, "Note", "") != NULL)
        return t;
    table_free(t);
    return NULL;
}

/* One arm: people, those not seen, and events among those seen. */
struct seen {
    int64_t n, lost, event;
};

struct question {
    const struct comparison *c;
    const struct study_margin *margin;
    struct arm_pair pair;
    struct horizon horizon;
    struct seen arm, reference;
};

static int64_t like_the_others(const struct seen *seen)
{
    const int64_t n = seen->n - seen->lost;

    return n == 0 ? 0 : llround((double)seen->lost * (double)seen->event / (double)n);
}

/* The word for x events among the arm's lost and y among the reference's; "undefined" where there is no interval. */
static const char *verdict_at(const struct question *q, int64_t x, int64_t y)
{
    const struct two_by_two t = {q->arm.event + x, q->arm.n, q->reference.event + y, q->reference.n};
    const bool ratio = q->margin->measure != MEASURE_risk_difference;
    struct verdict_question ask = {.level = CONF_LEVEL,
                                   .ratio = ratio,
                                   .worse = verdict_worse_is(q->c->outcome->event_is_bad ? EVENT_IS_BAD : EVENT_IS_GOOD, true),
                                   .margin = q->margin->margin,
                                   .n = (double)(q->arm.n + q->reference.n)};
    struct risk_difference difference;
    struct ratio_estimate estimate;
    struct verdict verdict;
    int code;

    if (ratio) {
        code = q->margin->measure == MEASURE_risk_ratio ? two_by_two_risk_ratio(&t, CONF_LEVEL, &estimate)
                                                        : two_by_two_odds_ratio(&t, CONF_LEVEL, &estimate);
        ask.estimate = estimate.estimate;
        ask.std_error = estimate.std_error;
        ask.conf_low = estimate.conf_low;
        ask.conf_high = estimate.conf_high;
    } else {
        code = risk_difference_interval(&t, RISK_DIFFERENCE_NEWCOMBE, CONF_LEVEL, &difference);
        ask.estimate = difference.estimate;
        ask.std_error = difference.std_error;
        ask.conf_low = difference.conf_low;
        ask.conf_high = difference.conf_high;
    }
    if (code != GSL_SUCCESS || verdict_decide(&ask, &verdict) != GSL_SUCCESS)
        return "undefined";
    return verdict_answer_name(verdict.answer);
}

/* The nearest number of events with another verdict; -1: there is none.  Of two as near the smaller. */
static int64_t find_tipping(const struct question *q, const char *same, int64_t from, int64_t y, const char **turns_to)
{
    for (int64_t step = 1; step <= q->arm.lost; step++)
        for (int side = -1; side <= 1; side += 2) {
            const int64_t x = from + side * step;
            if (x < 0 || x > q->arm.lost)
                continue;
            const char *word = verdict_at(q, x, y);
            if (word != same && word[0] != 'u') {
                *turns_to = word;
                return x;
            }
        }
    return -1;
}

static int add_row(const struct question *q, struct table *tipping)
{
    const struct comparison *c = q->c;
    const bool bad = c->outcome->event_is_bad;
    const int64_t x = like_the_others(&q->arm), y = like_the_others(&q->reference);
    const char *same = verdict_at(q, x, y), *turns_to = "";
    const int64_t found = find_tipping(q, same, x, y, &turns_to), seen = q->arm.n - q->arm.lost;
    struct row_builder row = table_new_row(tipping);

    row_text(&row, "analysis", c->analysis->name.text);
    row_text(&row, "outcome", c->outcome->name.text);
    row_text(&row, "population", c->population->name.text);
    row_text(&row, "measure", measure_name(q->margin->measure));
    row_text(&row, "term", q->horizon.at_least ? "at least" : "");
    row_text(&row, "arm", comparison_arm(c, q->pair.arm));
    row_text(&row, "reference", comparison_arm(c, q->pair.reference));
    row_real(&row, "time", q->horizon.time);
    row_integer(&row, "n_arm", q->arm.n);
    row_integer(&row, "lost_arm", q->arm.lost);
    row_integer(&row, "n_reference", q->reference.n);
    row_integer(&row, "lost_reference", q->reference.lost);
    row_text(&row, "verdict_same", same);
    row_text(&row, "verdict_worst", verdict_at(q, bad ? q->arm.lost : 0, bad ? 0 : q->reference.lost));
    row_text(&row, "verdict_best", verdict_at(q, bad ? 0 : q->arm.lost, bad ? q->reference.lost : 0));
    row_real(&row, "observed_risk", seen == 0 ? NAN : (double)q->arm.event / (double)seen);
    row_integer(&row, "tipping_events", found < 0 ? MISSING_INTEGER : found);
    row_real(&row, "tipping_risk", found < 0 ? NAN : (double)found / (double)q->arm.lost);
    row_text(&row, "turns_to", turns_to);
    row_text(&row, "note", q->arm.lost == 0   ? "everybody in the arm was seen"
                           : found < 0 ? "whatever the arm's lost did, the verdict stays"
                                       : "");
    return row_end(&row);
}

/* ---- who was seen --------------------------------------------------------------------------------------------------- */

/* In all places. */
static void add_up(const struct comparison *c, struct seen *seen)
{
    int64_t n[3 * ARM_MAX];

    for (size_t arm = 0; arm < c->n_arm; arm++) {
        n[3 * arm] = seen[arm].n;
        n[3 * arm + 1] = seen[arm].lost;
        n[3 * arm + 2] = seen[arm].event;
    }
    reducer_sum(c->reducer, n, 3 * c->n_arm);
    for (size_t arm = 0; arm < c->n_arm; arm++)
        seen[arm] = (struct seen){n[3 * arm], n[3 * arm + 1], n[3 * arm + 2]};
}

static void count_timed(const struct comparison *c, struct horizon horizon, struct seen *seen)
{
    const struct sample *s = c->people;

    for (size_t i = 0; i < s->n; i++) {
        struct seen *arm = &seen[s->arm[i]];
        const bool by = s->time[i] < horizon.time || (!horizon.at_least && s->time[i] == horizon.time);
        arm->n += s->frequency[i];
        if (s->cause[i] == 0 && s->time[i] < horizon.time)
            arm->lost += s->frequency[i];
        if (s->cause[i] == 1 && by)
            arm->event += s->frequency[i];
    }
    add_up(c, seen);
}

static void count_yes_no(const struct comparison *c, const struct people *people, struct seen *seen)
{
    const struct comparison_input *input = people->input;

    for (size_t i = 0; i < input->n_rows; i++)
        if (column_integer(input->member, i) == 1 && column_is_missing(input->cause, i)) {
            seen[column_code(input->arm, i)].n += column_integer(input->weight, i);
            seen[column_code(input->arm, i)].lost += column_integer(input->weight, i);
        }
    add_up(c, seen);
    for (size_t arm = 0; arm < c->n_arm; arm++) { /* those of all places already */
        seen[arm].n += c->n[arm];
        seen[arm].event += c->n_event[arm];
    }
}

int tipping_add(const struct comparison *c, const struct people *people, struct table *tipping)
{
    struct seen *seen = allocate(c->n_arm, sizeof *seen);
    struct arm_pairs pairs;
    int status = seen == NULL ? -1 : 0;

    arm_pairs_list(c->study, c->analysis, &pairs);
    for (size_t i = 0; c->analysis->tipping && status == 0 && i < c->analysis->n_margins; i++) {
        const struct study_margin *margin = &c->analysis->margins[i];
        const struct horizon horizon = margin_horizon(c->analysis, margin);
        if (!verdicts_asks(c, margin) || contrast_part(margin->measure) != MEASURE_risk || c->delayed_entry)
            continue;
        for (size_t arm = 0; arm < c->n_arm; arm++)
            seen[arm] = (struct seen){0};
        if (c->table != NULL)
            count_timed(c, horizon, seen);
        else
            count_yes_no(c, people, seen);
        for (size_t k = 0; status == 0 && k < pairs.n; k++) {
            const struct question q = {c, margin, pairs.items[k], horizon, seen[pairs.items[k].arm],
                                       seen[pairs.items[k].reference]};
            status = add_row(&q, tipping);
        }
    }
    free(seen);
    return status;
}
