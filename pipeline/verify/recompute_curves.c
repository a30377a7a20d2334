/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "base/cells.h"
#include "base/memory.h"
#include "compare/curves.h"
#include "compare/results.h"
#include "verify/findings.h"
#include "verify/recompute.h"

static const char *const numbers[] = {"n_risk", "n_event", "n_censor", "estimate", "std_error", "conf_low", "conf_high"};
static const char *const curve_key[] = {"analysis", "outcome", "population", "adjustment", "stratum", "measure", "cause",
                                        "arm", NULL};
static const char *const step_key[] = {"measure", "cause", "arm", "time", NULL};

/* "main, relapse, itt, survival, iop": the curve of a row, without its day; caller frees. */
static char *curve_item(const struct table *curves, size_t row)
{
    char *item = copy_text("");

    for (size_t i = 0; item != NULL && curve_key[i] != NULL; i++) {
        char *cell = cell_copy(curves, curve_key[i], row), *longer = NULL;
        if (cell != NULL)
            longer = *cell == '\0' ? copy_text(item) : format_text("%s%s%s", item, *item == '\0' ? "" : ", ", cell);
        free(cell);
        free(item);
        item = longer;
    }
    return item;
}

static int add(const struct recompute *r, const struct table *curves, size_t row, enum finding finding, const char *why)
{
    char *item = curve_item(curves, row);
    const int status = item == NULL ? -1 : findings_add(r->findings, "curves", item, finding, why);

    free(item);
    return status;
}

/* The steps of one curve, from its first row on, beside those made again. */
static int compare_curve(const struct recompute *r, const struct table *curves, size_t first, const struct table *again)
{
    bool differs = false;
    size_t n = 0, n_again = 0;

    for (size_t i = 0; i < again->n_rows; i++)
        n_again += cells_agree(again, i, curves, first, (const char *const[]){"measure", "cause", "arm", NULL});
    for (size_t i = first; i < curves->n_rows; i++) {
        size_t k = 0;
        if (!cells_agree(curves, i, curves, first, curve_key))
            continue;
        n++;
        while (k < again->n_rows && !cells_agree(again, k, curves, i, step_key))
            k++;
        for (size_t j = 0; k < again->n_rows && j < sizeof numbers / sizeof numbers[0]; j++)
            if (recompute_number(r, "curves", curves, i, numbers[j], cell_real(again, numbers[j], k), true, &differs) != 0)
                return -1;
        if (k == again->n_rows) {
            differs = true;
            char *item = recompute_item(curves, i);
            const int status =
                item == NULL ? -1
                             : findings_add(r->findings, "curves", item, FINDING_DIFFERS, "the risk table has no such step");
            free(item);
            if (status != 0)
                return -1;
        }
    }
    if (n < n_again)
        return add(r, curves, first, FINDING_DIFFERS, "steps of the risk table are missing");
    return differs ? 0 : add(r, curves, first, FINDING_HOLDS, NULL);
}

static int check_curve(const struct recompute *r, const struct table *curves, size_t first)
{
    const struct stored_comparison *made = comparison_book_find(r->book, curves, first);
    const char *why = made == NULL ? NULL : r->rounded ? "counts are rounded in this release" : made->missing;

    if (made == NULL)
        return -1;
    if (why == NULL && made->comparison.table == NULL)
        why = "its outcome has no time";
    if (why != NULL)
        return add(r, curves, first, FINDING_DOES_NOT_FOLLOW, why);
    struct table *again = curves_alloc();
    const int status =
        again == NULL || curves_add(&made->comparison, again) != 0 ? -1 : compare_curve(r, curves, first, again);
    table_free(again);
    return status;
}

int recompute_curves(const struct recompute *r)
{
    const struct table *curves = stored_table(r->stored, "curves");

    for (size_t i = 0; i < cell_rows(curves); i++) {
        size_t before = i;
        while (before > 0 && !cells_agree(curves, before - 1, curves, i, curve_key))
            before--;
        if (before == 0 && check_curve(r, curves, i) != 0)
            return -1;
    }
    return 0;
}
