/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/negative_controls.h"

#include <math.h>
#include <stdlib.h>

#include "base/cells.h"
#include "base/fail.h"
#include "base/memory.h"
#include "compare/mark_cells.h"
#include "study/measure.h"

static const char *const same_pair[] = {"analysis", "population", "adjustment", "arm", "reference", NULL};

static bool is_control(const struct study *study, const struct study_analysis *analysis, const struct table *table, size_t row)
{
    for (size_t i = 0; i < analysis->n_controls; i++)
        if (cell_is(table, "outcome", row, study->outcomes[analysis->controls[i]].name.text))
            return true;
    return false;
}

/* Does the interval leave out "no difference"? */
static bool differs(const struct table *estimates, size_t row)
{
    const double low = column_real(table_column(estimates, "conf_low"), row),
                 high = column_real(table_column(estimates, "conf_high"), row);
    enum measure measure;
    /* An E-value is of a ratio, has no value of no difference, and would always differ. */
    bool contrast = measure_of_row(estimates, row, &measure) == 0 && measure_is_contrast(measure) && measure != MEASURE_e_value;
    const double null = contrast && measure_is_ratio(measure) ? 1 : 0;

    return contrast && !cell_is(estimates, "reference", row, "") && cell_is(estimates, "stratum", row, "") &&
           (low > null || high < null);
}

/* Of each control, population, adjustment and pair the first contrast that differs speaks. */
static bool spoke_before(const struct table *estimates, size_t row)
{
    for (size_t i = 0; i < row; i++)
        if (cells_agree(estimates, i, estimates, row, same_pair) && cells_equal(estimates, "outcome", i, row) &&
            differs(estimates, i))
            return true;
    return false;
}

static int mark_others(const struct study *study, const struct study_analysis *analysis, const struct table *estimates,
                       size_t row, struct table *table, const char *column, const char *words)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < table->n_rows; i++)
        if (cells_agree(estimates, row, table, i, same_pair) && !is_control(study, analysis, table, i))
            status = cell_append(table, column, i, words);
    return status;
}

static int mark(const struct study *study, const struct study_analysis *analysis, size_t row, struct table *estimates,
                struct table *verdicts)
{
    char *outcome = cell_copy(estimates, "outcome", row), *arm = cell_copy(estimates, "arm", row),
         *reference = cell_copy(estimates, "reference", row), *adjustment = cell_copy(estimates, "adjustment", row);
    char *words = outcome == NULL ? NULL
                                  : format_text("negative control '%s' differs between these arms: they differ in more than the "
                                                "treatment",
                                                outcome);
    int status = -1;

    if (words != NULL && arm != NULL && reference != NULL && adjustment != NULL) {
        warn("analysis '%s', %s: negative control '%s' differs between arms '%s' and '%s'; they differ in more than the "
             "treatment",
             analysis->name.text, adjustment, outcome, arm, reference);
        status = mark_others(study, analysis, estimates, row, estimates, "note", words) != 0
                     ? -1
                     : mark_others(study, analysis, estimates, row, verdicts, "gate", words);
    }
    free(outcome);
    free(arm);
    free(reference);
    free(adjustment);
    free(words);
    return status;
}

int negative_controls_mark(const struct study *study, struct table *estimates, struct table *verdicts)
{
    int status = 0;

    for (size_t a = 0; a < study->n_analyses; a++) {
        const struct study_analysis *analysis = &study->analyses[a];
        for (size_t i = 0; status == 0 && analysis->n_controls > 0 && i < estimates->n_rows; i++)
            if (cell_is(estimates, "analysis", i, analysis->name.text) && is_control(study, analysis, estimates, i) &&
                differs(estimates, i) && !spoke_before(estimates, i))
                status = mark(study, analysis, i, estimates, verdicts);
    }
    return status;
}
