/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests that an adjusted effect is the same in all parts: Cochran's Q of the numbers that are stored beside them. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "base/memory.h"
#include "stats/meta.h"
#include "study/measure.h"
#include "verify/findings.h"
#include "verify/recompute.h"

static const char *const question[] = {"analysis", "outcome", "population", "adjustment", "arm", "reference", "time", NULL};

/* The effects of one test, ratios as logarithms. */
struct effects {
    size_t n;
    double *estimate, *std_error;
    bool counted; /* plain counts, whose test adds 1/2 to empty cells */
};

/* "risk_difference, at least": the measure, and how its day is read. */
static bool is_about(const struct table *estimates, size_t row, const char *term)
{
    char measure[CELL_SHORT_SIZE];
    const size_t length = strlen(cell_short(estimates, "measure", row, measure));
    const bool at_least = cell_is(estimates, "term", row, "at least");

    return strncmp(term, measure, length) == 0 && strcmp(term + length, at_least ? ", at least" : "") == 0 &&
           (at_least || cell_is(estimates, "term", row, ""));
}

static bool is_part(const struct table *estimates, size_t row, size_t test, const char *column, const char *term)
{
    char stratum[CELL_SHORT_SIZE];
    const size_t length = strlen(column);

    cell_short(estimates, "stratum", row, stratum);
    return strncmp(stratum, column, length) == 0 && stratum[length] == '=' &&
           cells_agree(estimates, row, estimates, test, question) && is_about(estimates, row, term);
}

static int collect(const struct table *estimates, size_t test, const char *column, const char *term, bool ratio, struct effects *e)
{
    const size_t n = cell_rows(estimates);

    *e = (struct effects){0};
    if ((e->estimate = allocate(n + 1, sizeof *e->estimate)) == NULL || (e->std_error = allocate(n + 1, sizeof *e->std_error)) == NULL)
        return -1;
    for (size_t i = 0; i < n; i++) {
        const double estimate = cell_real(estimates, "estimate", i), error = cell_real(estimates, "std_error", i);
        if (!is_part(estimates, i, test, column, term))
            continue;
        e->counted |= cell_begins(estimates, "method", i, "events/n");
        if (!isfinite(estimate) || !(error > 0))
            continue;
        e->estimate[e->n] = ratio ? log(estimate) : estimate;
        e->std_error[e->n++] = error;
    }
    return 0;
}

static int add(const struct recompute *r, const struct table *estimates, size_t row, enum finding finding, const char *why)
{
    char *item = recompute_item(estimates, row);
    const int status = item == NULL ? -1 : findings_add(r->findings, "estimates", item, finding, why);

    free(item);
    return status;
}

static int compare(const struct recompute *r, const struct table *estimates, size_t row, const struct effects *e)
{
    struct meta_result pooled = {.heterogeneity = {.statistic = NAN}};
    const bool tested =
        e->n > 1 && meta_solve(e->estimate, e->std_error, e->n, META_FIXED, 0.95, &pooled) == GSL_SUCCESS;
    bool differs = false;

    if (recompute_number(r, "estimates", estimates, row, "statistic", tested ? pooled.heterogeneity.statistic : NAN, true, &differs) != 0 ||
        recompute_number(r, "estimates", estimates, row, "df", tested ? (double)pooled.heterogeneity.df : NAN, true, &differs) != 0)
        return -1;
    return differs ? 0 : add(r, estimates, row, FINDING_HOLDS, NULL);
}

int recompute_interaction(const struct recompute *r, size_t row)
{
    const struct table *estimates = stored_table(r->stored, "estimates");
    char *column = cell_copy(estimates, "stratum", row), *term = cell_copy(estimates, "term", row),
         *name = term == NULL ? NULL : copy_text(term);
    struct effects e = {0};
    enum measure measure;
    int status = column == NULL || term == NULL || name == NULL ? -1 : 0;

    if (status == 0) {
        name[strcspn(name, ",")] = '\0';
        const bool known = measure_from_name(name, &measure) == 0;
        status = known ? collect(estimates, row, column, term, measure_is_ratio(measure), &e) : 0;
        if (status == 0)
            status = !known         ? add(r, estimates, row, FINDING_DOES_NOT_FOLLOW, "it is of an unknown measure")
                     : r->tolerance > 1e-8 ? add(r, estimates, row, FINDING_DOES_NOT_FOLLOW, "its estimates are rounded in a release")
                     : e.counted    ? add(r, estimates, row, FINDING_DOES_NOT_FOLLOW, "its counts are not stored by part")
                                    : compare(r, estimates, row, &e);
    }
    free(e.estimate);
    free(e.std_error);
    free(name);
    free(term);
    free(column);
    return status;
}
