/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/detection.h"

#include <math.h>
#include <stdlib.h>

#include "base/cells.h"
#include "base/fail.h"
#include "base/memory.h"
#include "compare/mark_cells.h"
#include "study/measure.h"

static const char TERM[] = "looked at, per 100 days";
static const char METHOD[] = "days with a test or a visit while at risk, per 100 days at risk";

/* A ratio beyond this, either way, is told. */
static const double UNEQUAL = 2;

struct looks {
    int64_t n, looked;
    double days;
};

static struct estimate row_of(const struct comparison *c, enum measure measure)
{
    struct estimate row = ESTIMATE_NONE;

    row.analysis = c->analysis->name.text;
    row.outcome = c->outcome->name.text;
    row.population = c->population->name.text;
    row.adjustment = "unadjusted";
    row.measure = measure;
    row.term = TERM;
    row.method = METHOD;
    return row;
}

static void count(const struct people *people, struct looks *looks)
{
    const struct comparison_input *input = people->input;

    for (size_t i = 0; i < input->n_rows; i++) {
        struct looks *arm = &looks[column_code(input->arm, i)];
        const int64_t weight = column_integer(input->weight, i);
        if (column_integer(input->member, i) != 1 || column_is_missing(input->cause, i) || column_is_missing(input->looked, i))
            continue;
        arm->n += weight;
        arm->looked += (input->looked_together ? 1 : weight) * column_integer(input->looked, i);
        arm->days += (double)weight * column_real(input->time, i);
    }
}

/* Days are whole where looks are counted. */
static void count_everywhere(const struct comparison *c, struct looks *looks)
{
    for (size_t arm = 0; arm < c->n_arm; arm++) {
        reducer_sum(c->reducer, &looks[arm].n, 1);
        reducer_sum(c->reducer, &looks[arm].looked, 1);
        reducer_sum_counts(c->reducer, &looks[arm].days, 1);
    }
}

static double rate_of(const struct looks *looks)
{
    return looks->days > 0 ? 100 * (double)looks->looked / looks->days : NAN;
}

static int add_arm(const struct comparison *c, const struct looks *looks, size_t arm, struct table *estimates)
{
    struct estimate row = row_of(c, MEASURE_rate);

    row.arm = comparison_arm(c, arm);
    row.estimate = rate_of(looks);
    row.n = looks->n;
    row.n_event = looks->looked;
    row.person_time = looks->days;
    if (isnan(row.estimate)) {
        row.status = "undefined";
        row.note = "no days at risk";
    }
    return estimates_add(estimates, &row);
}

static int add_pair(const struct comparison *c, const struct looks *looks, struct arm_pair pair, struct table *estimates)
{
    const double arm = rate_of(&looks[pair.arm]), reference = rate_of(&looks[pair.reference]);
    struct estimate row = row_of(c, MEASURE_rate_ratio);

    row.arm = comparison_arm(c, pair.arm);
    row.reference = comparison_arm(c, pair.reference);
    row.n = looks[pair.arm].n + looks[pair.reference].n;
    row.estimate = arm / reference;
    if (!isfinite(row.estimate)) {
        row.estimate = NAN;
        row.status = "undefined";
        row.note = "the reference was never looked at";
    } else if (row.estimate > UNEQUAL || row.estimate < 1 / UNEQUAL) {
        row.status = "flagged";
        row.note = "what is looked for more often is found more often";
        warn("outcome '%s', population '%s': people of arm '%s' were looked at %.2g times as often as those of '%s' (%.3g and %.3g "
             "days per 100 at risk); what is looked for more often is found more often",
             c->outcome->name.text, c->population->name.text, row.arm, row.estimate, row.reference, arm, reference);
    }
    return estimates_add(estimates, &row);
}

int detection_add(const struct comparison *c, const struct people *people, struct table *estimates)
{
    struct looks *looks;
    struct arm_pairs pairs;
    int status = 0;

    if (people->input->looked == NULL || people->input->time == NULL)
        return 0;
    if ((looks = allocate(c->n_arm, sizeof *looks)) == NULL)
        return -1;
    count(people, looks);
    count_everywhere(c, looks);
    arm_pairs_list(c->study, c->analysis, &pairs);
    for (size_t arm = 0; status == 0 && arm < c->n_arm; arm++)
        status = add_arm(c, &looks[arm], arm, estimates);
    for (size_t k = 0; status == 0 && k < pairs.n; k++)
        status = add_pair(c, looks, pairs.items[k], estimates);
    free(looks);
    return status;
}

/* ---- marks ---------------------------------------------------------------------------------------------------------- */

static bool is_contrast(const struct table *estimates, size_t row)
{
    enum measure measure;

    return measure_of_row(estimates, row, &measure) == 0 && measure_is_contrast(measure) && !cell_is(estimates, "term", row, TERM);
}

static int mark(const struct table *estimates, size_t from, struct table *table, const char *column, const char *words)
{
    static const char *const keys[] = {"analysis", "outcome", "population", "arm", "reference", NULL};
    const bool verdicts = table_column(table, "verdict") != NULL;
    int status = 0;

    for (size_t i = 0; status == 0 && i < table->n_rows; i++)
        if (cells_agree(estimates, from, table, i, keys) && (verdicts || is_contrast(table, i)))
            status = cell_append(table, column, i, words);
    return status;
}

int detection_mark(struct table *estimates, struct table *verdicts)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < estimates->n_rows; i++) {
        if (!cell_is(estimates, "measure", i, "rate_ratio") || !cell_is(estimates, "term", i, TERM) ||
            !cell_is(estimates, "status", i, "flagged"))
            continue;
        char *words = format_text("detection: looked at %.2g times as often as the reference",
                                  cell_real(estimates, "estimate", i));
        status = words == NULL || mark(estimates, i, estimates, "note", words) != 0 ||
                         mark(estimates, i, verdicts, "gate", words) != 0
                     ? -1
                     : 0;
        free(words);
    }
    return status;
}
