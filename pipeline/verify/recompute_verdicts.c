/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "base/memory.h"
#include "stats/verdict.h"
#include "study/measure.h"
#include "verify/findings.h"
#include "verify/recompute.h"

static int add(const struct recompute *r, size_t row, enum finding finding, const char *why)
{
    char *item = recompute_item(stored_table(r->stored, "verdicts"), row);
    const int status = item == NULL ? -1 : findings_add(r->findings, "verdicts", item, finding, why);

    free(item);
    return status;
}

static bool is_ratio(const struct table *verdicts, size_t row)
{
    enum measure measure;

    return measure_of_row(verdicts, row, &measure) == 0 && measure_is_ratio(measure);
}

/* The estimate that the verdict is about; n_rows when it is not stored. */
static size_t estimate_of(const struct table *estimates, const struct table *verdicts, size_t row)
{
    static const char *const key[] = {"analysis", "outcome", "population", "adjustment", "estimand", "measure",
                                      "arm",      "reference", "time",      NULL};
    const bool at_least = cell_contains(verdicts, "note", row, "P(T >= day)");
    size_t i = 0;

    while (i < cell_rows(estimates) && !(cells_agree(estimates, i, verdicts, row, key) &&
                                         cell_is(estimates, "stratum", i, "") &&
                                         cell_is(estimates, "term", i, at_least ? "at least" : "")))
        i++;
    return i;
}

/* The numbers of the verdict are those of its estimate. */
static int compare_with_estimate(const struct recompute *r, const struct table *verdicts, size_t row, bool *differs)
{
    static const char *const numbers[] = {"estimate", "conf_low", "conf_high"};
    const struct table *estimates = stored_table(r->stored, "estimates");
    const size_t found = estimate_of(estimates, verdicts, row);

    for (size_t i = 0; found < cell_rows(estimates) && i < sizeof numbers / sizeof numbers[0]; i++)
        if (recompute_number(r, "verdicts", verdicts, row, numbers[i], cell_real(estimates, numbers[i], found), true,
                             differs) != 0)
            return -1;
    return 0;
}

static int check_verdict(const struct recompute *r, const struct table *verdicts, size_t row)
{
    const struct verdict_question question = {.estimate = cell_real(verdicts, "estimate", row),
                                              .std_error = NAN,
                                              .conf_low = cell_real(verdicts, "conf_low", row),
                                              .conf_high = cell_real(verdicts, "conf_high", row),
                                              .level = cell_real(verdicts, "conf_level", row),
                                              .ratio = is_ratio(verdicts, row),
                                              .worse = cell_is(verdicts, "worse_is", row, "higher") ? WORSE_IS_HIGHER
                                                                                                      : WORSE_IS_LOWER,
                                              .margin = cell_real(verdicts, "margin", row),
                                              .n = NAN};
    struct verdict verdict;
    bool differs = false;

    if (cell_begins(verdicts, "verdict", row, "inconclusive (gate)"))
        return cell_is(verdicts, "gate", row, "") ? add(r, row, FINDING_DIFFERS, "a gate closed it that is not named")
                                                  : add(r, row, FINDING_HOLDS, NULL);
    if (cell_is(verdicts, "status", row, "withheld"))
        return add(r, row, FINDING_DOES_NOT_FOLLOW, "it is withheld");
    if (compare_with_estimate(r, verdicts, row, &differs) != 0)
        return -1;
    if (verdict_decide(&question, &verdict) != GSL_SUCCESS)
        return cell_is(verdicts, "verdict", row, "undefined") || cell_is(verdicts, "verdict", row, "")
                   ? differs ? 0 : add(r, row, FINDING_HOLDS, NULL)
                   : add(r, row, FINDING_DIFFERS, "there is no verdict without an interval and a margin");
    if (!cell_is(verdicts, "verdict", row, verdict_answer_name(verdict.answer)))
        return add(r, row, FINDING_DIFFERS, verdict_answer_name(verdict.answer));
    if (!cell_is(verdicts, "statistically", row, verdict_statistically_name(verdict.statistically)))
        return add(r, row, FINDING_DIFFERS, verdict_statistically_name(verdict.statistically));
    return differs ? 0 : add(r, row, FINDING_HOLDS, NULL);
}

int recompute_verdicts(const struct recompute *r)
{
    const struct table *verdicts = stored_table(r->stored, "verdicts");

    for (size_t i = 0; i < cell_rows(verdicts); i++)
        if (!cell_begins(verdicts, "adjustment", i, "meta_") && check_verdict(r, verdicts, i) != 0)
            return -1;
    return 0;
}
