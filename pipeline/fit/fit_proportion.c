/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Risks by arm; differences, ratios and tests against the first arm.  With strata: proportion_stratified.c. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "fit/proportion_rows.h"
#include "stats/fisher.h"
#include "stats/mantel_haenszel.h"

/* ---- counts ------------------------------------------------------------------------------------------------ */

static int count(const struct frame *frame, struct event_counts *counts)
{
    counts->n_arm = frame->arms.n;
    counts->n_stratum = frame->strata.n;
    const size_t n_cell = counts->n_arm * counts->n_stratum;
    counts->event = allocate(n_cell, sizeof *counts->event);
    counts->n = allocate(n_cell, sizeof *counts->n);
    counts->arm_event = allocate(counts->n_arm, sizeof *counts->arm_event);
    counts->arm_n = allocate(counts->n_arm, sizeof *counts->arm_n);
    if (counts->event == NULL || counts->n == NULL || counts->arm_event == NULL || counts->arm_n == NULL)
        return -1;
    for (size_t i = 0; i < frame->n; i++) {
        const int64_t frequency = frame->frequency != NULL ? frame->frequency[i] : 1;
        const size_t arm = (size_t)frame->arms.code[i];
        const size_t cell = (size_t)frame->strata.code[i] * counts->n_arm + arm;
        counts->n[cell] += frequency;
        counts->arm_n[arm] += frequency;
        if (frame->event[i]) {
            counts->event[cell] += frequency;
            counts->arm_event[arm] += frequency;
        }
    }
    return 0;
}

static void counts_clear(struct event_counts *counts)
{
    free(counts->event);
    free(counts->n);
    free(counts->arm_event);
    free(counts->arm_n);
}

/* ---- rows that both forms share -------------------------------------------------------------------------------- */

struct estimate proportion_row(const struct proportion_work *work, enum measure measure, size_t arm)
{
    const struct event_counts *counts = &work->counts;
    struct estimate row = ESTIMATE_NONE;
    row.measure = measure;
    row.arm = work->frame->arms.labels[arm];
    row.reference = work->frame->arms.labels[0];
    row.n = counts->arm_n[arm] + counts->arm_n[0];
    row.n_event = counts->arm_event[arm] + counts->arm_event[0];
    return row;
}

int proportion_add_undefined(const struct proportion_work *work, struct estimate *row, const char *why)
{
    row->status = "undefined";
    row->note = why;
    row->conf_level = NAN;
    return estimates_add(work->estimates, row);
}

int proportion_add_difference(const struct proportion_work *work, size_t arm, const char *method,
                              const struct risk_difference *difference)
{
    struct estimate row = proportion_row(work, MEASURE_risk_difference, arm);
    row.method = method;
    if (isnan(difference->estimate))
        return proportion_add_undefined(work, &row, "no stratum holds both arms");
    row.estimate = difference->estimate;
    row.std_error = difference->std_error;
    row.conf_low = difference->conf_low;
    row.conf_high = difference->conf_high;
    row.conf_level = work->request->level;
    return estimates_add(work->estimates, &row);
}

/* Which cell is empty, by the names of the arms. */
static void name_empty_cell(const struct proportion_work *work, size_t arm, enum two_by_two_cell empty,
                            char note[static CELL_NOTE_SIZE])
{
    static const struct {
        enum two_by_two_cell cell;
        const char *what;
        bool reference;
    } cells[] = {
        {TWO_BY_TWO_NO_ARM, "nobody", false},
        {TWO_BY_TWO_NO_REFERENCE, "nobody", true},
        {TWO_BY_TWO_ARM_NO_EVENT, "no events", false},
        {TWO_BY_TWO_REFERENCE_NO_EVENT, "no events", true},
        {TWO_BY_TWO_ARM_ALL_EVENT, "events only", false},
        {TWO_BY_TWO_REFERENCE_ALL_EVENT, "events only", true},
    };
    char *const *labels = work->frame->arms.labels;
    snprintf(note, CELL_NOTE_SIZE, "the cells of a product are never both filled in one stratum");
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        if (cells[i].cell == empty)
            snprintf(note, CELL_NOTE_SIZE, "%s in arm %.*s", cells[i].what, ARM_NAME_SHOWN,
                     labels[cells[i].reference ? 0 : arm]);
}

int proportion_add_ratio(const struct proportion_work *work, enum measure measure, size_t arm, const char *method,
                         const struct ratio_estimate *ratio)
{
    struct estimate row = proportion_row(work, measure, arm);
    char note[CELL_NOTE_SIZE];
    row.method = method;
    if (ratio->empty != TWO_BY_TWO_FULL || isnan(ratio->estimate)) {
        name_empty_cell(work, arm, ratio->empty, note);
        return proportion_add_undefined(work, &row, note);
    }
    row.estimate = ratio->estimate;
    row.std_error = ratio->std_error;
    row.conf_low = ratio->conf_low;
    row.conf_high = ratio->conf_high;
    row.conf_level = work->request->level;
    row.statistic = ratio->statistic;
    row.p_value = ratio->p_value;
    return estimates_add(work->estimates, &row);
}

int proportion_add_test(const struct proportion_work *work, struct estimate *row, int status,
                        const struct chi_square_test *test, const char *why_undefined)
{
    char p_note[P_NOTE_SIZE];
    if (status == GSL_EDOM)
        return proportion_add_undefined(work, row, why_undefined);
    if (status != GSL_SUCCESS)
        return fail_kernel(row->method, status);
    row->statistic = test->statistic;
    row->df = (double)test->df;
    estimate_set_p(row, test->p_value, test->log_p, p_note);
    return estimates_add(work->estimates, row);
}

int proportion_add_margin(const struct proportion_work *work, size_t arm, const char *method,
                          const struct risk_difference *difference, const struct margin_test *test)
{
    struct estimate row = proportion_row(work, MEASURE_noninferiority_test, arm);
    const struct fit_request *request = work->request;
    struct verdict verdict;
    char note[128];
    const struct verdict_question question = {
        .estimate = difference->estimate, .std_error = difference->std_error, .conf_low = difference->conf_low,
        .conf_high = difference->conf_high, .level = request->level, .worse = request->worse,
        .margin = request->margin, .n = (double)row.n,
    };
    row.method = method;
    if (isnan(difference->estimate))
        return proportion_add_undefined(work, &row, "there is no risk difference");
    if (verdict_decide(&question, &verdict) != GSL_SUCCESS)
        return fail("the margin cannot be judged");
    snprintf(note, sizeof note, "%s: margin %g, worse is %s%s", verdict_answer_name(verdict.answer), request->margin,
             request->worse == WORSE_IS_HIGHER ? "higher" : "lower",
             isnan(test->statistic) ? "; standard error 0: no test" : "");
    row.estimate = difference->estimate;
    row.std_error = difference->std_error;
    row.conf_low = difference->conf_low;
    row.conf_high = difference->conf_high;
    row.conf_level = request->level;
    row.statistic = test->statistic;
    row.p_value = test->p_value;
    row.note = note;
    return estimates_add(work->estimates, &row);
}

/* ---- without strata ---------------------------------------------------------------------------------------------- */

static int add_risk(const struct proportion_work *work, size_t arm)
{
    static const char *const methods[] = {"Wilson", "Clopper-Pearson", "Wald"};
    const struct fit_request *request = work->request;
    struct estimate row = ESTIMATE_NONE;
    struct proportion risk;
    row.measure = MEASURE_risk;
    row.arm = work->frame->arms.labels[arm];
    row.n = work->counts.arm_n[arm];
    row.n_event = work->counts.arm_event[arm];
    row.method = methods[request->conf];
    const int status = proportion_interval(row.n_event, row.n, request->conf, request->level, &risk);
    if (status != GSL_SUCCESS)
        return fail_kernel("proportion", status);
    row.estimate = risk.estimate;
    row.std_error = risk.std_error;
    row.conf_low = risk.conf_low;
    row.conf_high = risk.conf_high;
    row.conf_level = request->level;
    return estimates_add(work->estimates, &row);
}

static struct two_by_two crude_table(const struct proportion_work *work, size_t arm)
{
    const struct event_counts *counts = &work->counts;
    return (struct two_by_two){counts->arm_event[arm], counts->arm_n[arm], counts->arm_event[0], counts->arm_n[0]};
}

static int add_contrasts(const struct proportion_work *work, size_t arm)
{
    static const char *const methods[] = {"Newcombe, from Wilson limits", "Miettinen-Nurminen", "Wald"};
    const struct fit_request *request = work->request;
    const struct two_by_two table = crude_table(work, arm);
    struct risk_difference difference;
    struct ratio_estimate risk_ratio, odds_ratio;
    const int status = risk_difference_interval(&table, request->rd, request->level, &difference);
    if (status != GSL_SUCCESS)
        return fail_kernel("risk difference", status);
    two_by_two_risk_ratio(&table, request->level, &risk_ratio); /* say themselves what is empty */
    two_by_two_odds_ratio(&table, request->level, &odds_ratio);
    return proportion_add_difference(work, arm, methods[request->rd], &difference) != 0 ||
                   proportion_add_ratio(work, MEASURE_risk_ratio, arm, "log limits (Katz)", &risk_ratio) != 0 ||
                   proportion_add_ratio(work, MEASURE_odds_ratio, arm, "log limits (Woolf)", &odds_ratio) != 0
               ? -1
               : 0;
}

static int add_chi_square(const struct proportion_work *work)
{
    const struct event_counts *counts = &work->counts;
    struct estimate row = ESTIMATE_NONE;
    struct chi_square_test test;
    row.measure = MEASURE_chi_square_test;
    row.method = "Pearson, without continuity correction";
    row.n = work->frame->n_person;
    row.n_event = 0;
    for (size_t arm = 0; arm < counts->n_arm; arm++)
        row.n_event += counts->arm_event[arm];
    const double smallest_share = fmin((double)row.n_event, (double)(row.n - row.n_event)) / (double)row.n;
    for (size_t arm = 0; arm < counts->n_arm; arm++)
        if ((double)counts->arm_n[arm] * smallest_share < 5)
            row.note = "an expected count is below 5: see fisher_test";
    const int status = two_by_two_chi_square(counts->arm_event, counts->arm_n, counts->n_arm, &test);
    return proportion_add_test(work, &row, status, &test, row.n_event == 0 ? "no events" : "events only");
}

static int add_fisher(const struct proportion_work *work, size_t arm)
{
    const struct two_by_two table = crude_table(work, arm);
    struct estimate row = proportion_row(work, MEASURE_fisher_test, arm);
    char p_note[P_NOTE_SIZE];
    double p_value, log_p;
    const int status = fisher_exact(&table, &p_value, &log_p);
    if (status != GSL_SUCCESS)
        return fail_kernel("Fisher's test", status);
    row.method = "Fisher exact, two-sided";
    estimate_set_p(&row, p_value, log_p, p_note);
    return estimates_add(work->estimates, &row);
}

static int add_margin(const struct proportion_work *work, size_t arm)
{
    const struct fit_request *request = work->request;
    const struct two_by_two table = crude_table(work, arm);
    struct risk_difference difference;
    struct margin_test test;
    if (risk_difference_interval(&table, request->rd, request->level, &difference) != GSL_SUCCESS)
        return fail("there is no risk difference to compare with the margin");
    const int status = risk_difference_margin_tests(&table, request->rd, request->margin, request->worse, &test);
    if (status != GSL_SUCCESS && status != GSL_EDOM)
        return fail_kernel("non-inferiority test", status);
    return proportion_add_margin(work, arm,
                                 request->rd == RISK_DIFFERENCE_MN ? "score test (Miettinen-Nurminen), one-sided"
                                                                   : "z test, Wald variance, one-sided",
                                 &difference, &test);
}

static int add_crude(const struct proportion_work *work)
{
    const size_t n_arm = work->counts.n_arm;
    for (size_t arm = 1; arm < n_arm; arm++)
        if (add_contrasts(work, arm) != 0)
            return -1;
    if (n_arm > 1 && add_chi_square(work) != 0)
        return -1;
    for (size_t arm = 1; arm < n_arm; arm++)
        if (add_fisher(work, arm) != 0)
            return -1;
    for (size_t arm = 1; arm < n_arm && !isnan(work->request->margin); arm++)
        if (add_margin(work, arm) != 0)
            return -1;
    return 0;
}

static int fit_proportion(const struct fit_request *request, const struct frame *frame, struct table *estimates)
{
    struct proportion_work work = {.request = request, .frame = frame, .estimates = estimates};
    int result = count(frame, &work.counts);
    if (result == 0 && !isnan(request->margin) && frame->arms.n < 2)
        result = fail("--margin compares arms, and there is only one; name the column that divides the rows after '~'");
    for (size_t arm = 0; arm < frame->arms.n && result == 0; arm++)
        result = add_risk(&work, arm);
    if (result == 0)
        result = frame->strata.n > 1 ? proportion_add_stratified(&work) : add_crude(&work);
    counts_clear(&work.counts);
    return result;
}

const struct model model_proportion = {
    .name = "proportion", .outcome = OUTCOME_EVENT, .fit = fit_proportion,
    .options = "conf rd margin worse weights",
    .examples = {"'relapse ~ arm' people.csv --margin 0.1 --worse higher"},
};
