/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/gates.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "base/memory.h"
#include "compare/mark_cells.h"
#include "compare/hazards.h"
#include "compare/tests.h"
#include "compare/verdicts.h"

int gates_flag_hazards(const struct comparison *c, struct arm_pair pair, struct estimate *row, char *note, size_t size)
{
    struct arm_test test;

    if (strcmp(row->status, "shown") != 0)
        return 0;
    if (test_proportional(c, (const size_t[]){pair.arm, pair.reference}, 2, &test) != 0)
        return -1;
    if (!test.defined || !(test.p_value < GATE_PH_LEVEL))
        return 0;
    snprintf(note, size, "hazards are not proportional (p = %.2g): one ratio does not hold at all times%s%s", test.p_value,
             *row->note == '\0' ? "" : "; ", row->note);
    row->note = note;
    row->status = "flagged";
    return 0;
}

static bool is_answered(const struct table *verdicts, size_t row)
{
    return cell_is(verdicts, "verdict", row, "non-inferior") || cell_is(verdicts, "verdict", row, "inferior") ||
           cell_is(verdicts, "verdict", row, "inconclusive");
}

/* The estimate that the verdict was given on. */
static bool is_ground(const struct table *estimates, size_t i, const struct table *verdicts, size_t j)
{
    static const char *const keys[] = {"analysis", "outcome", "population", "adjustment", "measure",
                                       "arm",      "reference", "time",     "estimate", NULL};

    return cell_is(estimates, "stratum", i, "") && cells_agree(estimates, i, verdicts, j, keys);
}

static int close_verdict(const struct table *estimates, size_t ground, struct table *verdicts, size_t row)
{
    char *note = cell_copy(estimates, "note", ground), *gate = cell_copy(verdicts, "gate", row);
    char *words = note == NULL || gate == NULL ? NULL : format_text("%s%s%s", note, *note == '\0' ? "" : "; ", gate);
    const int status = words == NULL || cell_set(verdicts, "gate", row, words) != 0 ||
                               cell_set(verdicts, "verdict", row, VERDICT_GATED) != 0
                           ? -1
                           : 0;

    free(note);
    free(gate);
    free(words);
    return status;
}

int gates_close_verdicts(const struct table *estimates, struct table *verdicts)
{
    int status = 0;

    for (size_t j = 0; status == 0 && j < verdicts->n_rows; j++)
        for (size_t i = 0; status == 0 && is_answered(verdicts, j) && i < estimates->n_rows; i++)
            if (cell_is(estimates, "status", i, "flagged") && is_ground(estimates, i, verdicts, j))
                status = close_verdict(estimates, i, verdicts, j);
    return status;
}
