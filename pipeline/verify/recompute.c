/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/recompute.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "base/memory.h"
#include "base/number.h"
#include "verify/findings.h"

void recompute_begin(const struct stored *stored, struct comparison_book *book, struct table *findings,
                     struct recompute *recompute)
{
    const struct table *release = stored_table(stored, "release");
    const size_t row = release == NULL ? 0 : cell_find(release, "key", "digits");
    const bool rounded = release != NULL && row < release->n_rows && !cell_is(release, "value", row, "all");
    char *multiple = stored_value(stored, "release", "rounded_to");

    /* Three significant digits: half a unit of the third is at most 0.5 % of the number. */
    *recompute = (struct recompute){stored, book, findings, rounded ? 0.005 : 1e-9,
                                    multiple != NULL && strcmp(multiple, "0") != 0 && strcmp(multiple, "") != 0};
    free(multiple);
}

bool recompute_agrees(const struct recompute *r, double stored, double recomputed)
{
    if (isnan(stored) || isnan(recomputed))
        return isnan(stored) && isnan(recomputed);
    return fabs(stored - recomputed) <= r->tolerance * fmax(fabs(stored), fabs(recomputed)) * (1 + 1e-9) ||
           fabs(stored - recomputed) < 1e-13;
}

static char *longer(char *text, const char *more)
{
    char *joined = text == NULL ? NULL : *more == '\0' ? copy_text(text) : format_text("%s%s%s", text, *text == '\0' ? "" : ", ", more);

    free(text);
    return joined;
}

char *recompute_item(const struct table *table, size_t row)
{
    static const char *const columns[] = {"analysis", "outcome", "population", "adjustment", "stratum", "measure", "term",
                                          "cause"};
    char *item = copy_text("");

    for (size_t i = 0; item != NULL && i < sizeof columns / sizeof columns[0]; i++) {
        char *cell = cell_copy(table, columns[i], row);
        item = cell == NULL ? longer(item, "") : longer(item, cell);
        free(cell);
    }
    char *arm = cell_copy(table, "arm", row), *reference = cell_copy(table, "reference", row);
    char *pair = arm == NULL || reference == NULL || *reference == '\0' ? copy_text(arm == NULL ? "" : arm)
                                                                        : format_text("%s v %s", arm, reference);
    item = longer(item, pair == NULL ? "" : pair);
    if (!isnan(cell_real(table, "time", row))) {
        char number[NUMBER_SIZE], *day = format_text("day %s", number_short(number, cell_real(table, "time", row)));
        item = longer(item, day == NULL ? "" : day);
        free(day);
    }
    free(pair);
    free(reference);
    free(arm);
    return item;
}

int recompute_number(const struct recompute *r, const char *check, const struct table *table, size_t row,
                     const char *column, double recomputed, bool quiet, bool *differs)
{
    const double stored = cell_real(table, column, row);
    const bool holds = recompute_agrees(r, stored, recomputed);

    *differs = *differs || !holds;
    if (holds && quiet)
        return 0;
    char *item = recompute_item(table, row);
    const int status = item == NULL ? -1 : findings_add_number(r->findings, check, item, column, stored, recomputed, holds);
    free(item);
    return status;
}
