/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/imputed_pool.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "compare/adjusted.h"
#include "compare/rows.h"
#include "compare/slice_rows.h"
#include "stats/rubin.h"

int pooled_make(struct pooled *item, size_t adjustment, struct arm_pair pair, const struct wanted *wanted, size_t m)
{
    *item = (struct pooled){.adjustment = adjustment, .pair = pair, .wanted = *wanted, .m = m, .last = number_none()};
    return (item->estimate = allocate(m, sizeof *item->estimate)) == NULL ||
                   (item->std_error = allocate(m, sizeof *item->std_error)) == NULL
               ? -1
               : 0;
}

void pooled_clear(struct pooled *item)
{
    free(item->estimate);
    free(item->std_error);
}

void pooled_take(struct pooled *item, const struct number *number)
{
    item->last = *number;
    if (number->flagged && !item->flagged) {
        item->flagged = true;
        snprintf(item->note, sizeof item->note, "%s", number->note);
    }
    if (!number->defined || !(number->std_error > 0)) {
        snprintf(item->note, sizeof item->note, "%s", *number->note == '\0' ? "no standard error" : number->note);
        return;
    }
    item->estimate[item->n_defined] = measure_is_ratio(item->wanted.measure) ? log(number->estimate) : number->estimate;
    item->std_error[item->n_defined++] = number->std_error;
}

void pooled_number(const struct pooled *item, double people, double level, struct number *number, double *missing)
{
    const bool ratio = measure_is_ratio(item->wanted.measure);
    struct rubin r;

    *number = number_none();
    number->n = item->last.n;
    number->n_event = item->last.n_event;
    *missing = NAN;
    if (item->n_defined < item->m ||
        rubin_pool(item->estimate, item->std_error, item->m, fmax(people - 2, 1), level, &r) != GSL_SUCCESS) {
        number_undefined(number, "exists in %zu of %zu completed data sets%s%.160s", item->n_defined, item->m,
                         *item->note == '\0' ? "" : ": ", item->note);
        number->withheld = item->last.withheld;
        return;
    }
    number_set(number, ratio ? exp(r.estimate) : r.estimate, r.std_error, ratio ? exp(r.conf_low) : r.conf_low,
               ratio ? exp(r.conf_high) : r.conf_high);
    if (item->wanted.measure == MEASURE_risk_difference || item->wanted.measure == MEASURE_survival_difference)
        number_cut(number, -1, 1);
    number->statistic = r.statistic;
    number->p_value = r.p_value;
    number->df = r.df;
    number->flagged = item->flagged;
    *missing = r.missing;
    if (item->flagged)
        snprintf(number->note, sizeof number->note, "%s", item->note);
}

bool pooled_speaks(const struct pooled *item)
{
    return *item->last.method != '\0' || item->n_defined > 0 || *item->note != '\0';
}

char *pooled_name(const struct comparison *c, const struct pooled *item)
{
    return format_text("%s_imputed", c->analysis->adjustments[item->adjustment].name.text);
}

int pooled_add_row(const struct comparison *c, const struct pooled *item, double people, const char *stratum, struct table *estimates)
{
    struct estimate row = rows_keys(c, &item->wanted);
    struct number number;
    char method[NOTE_SIZE], note[2 * NOTE_SIZE], *name = pooled_name(c, item);
    double missing;

    if (name == NULL)
        return -1;
    pooled_number(item, people, CONF_LEVEL, &number, &missing);
    snprintf(method, sizeof method, "%.120s; %zu imputations by chained equations, pooled after Rubin", item->last.method, item->m);
    row.adjustment = name;
    row.estimand = adjustment_estimand_name(c->analysis->adjustments[item->adjustment].estimand);
    row.stratum = stratum;
    row.arm = comparison_arm(c, item->pair.arm);
    row.reference = comparison_arm(c, item->pair.reference);
    number_put(&number, &row);
    row.method = method;
    if (number.defined) {
        snprintf(note, sizeof note, "%s%s%.1f %% of the information is missing", number.note, *number.note == '\0' ? "" : "; ",
                 100 * missing);
        row.note = note;
    }
    const int status = estimates_add(estimates, &row);
    free(name);
    return status;
}
