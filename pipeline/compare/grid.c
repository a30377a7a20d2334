/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/grid.h"

#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "base/memory.h"

static const char *const texts[][2] = {
    {"arm", "Arm"},           {"reference", "Comparator"},   {"outcome", "Outcome"},       {"label", "What it is called"},
    {"definition", "Definition"}, {"profile", "Profile"},    {"analysis", "Analysis"},     {"population", "Population"},
    {"adjustment", "Adjustment"}, {"stratum", "Stratum"},    {"measure", "Measure"},       {"term", "Term"},
    {"verdict", "Verdict"},   {"statistically", "Statistically"}, {"role", "Role"}};
static const char *const reals[][2] = {{"time", "Day"},
                                       {"estimate", "Estimate"},
                                       {"conf_low", "Lower limit"},
                                       {"conf_high", "Upper limit"},
                                       {"margin", "Margin"}};

static struct table *grid_alloc(void)
{
    struct table *t = table_alloc("grid", "How the answer turns with comparator, outcome and definition");
    int status = t == NULL ? -1 : 0;

    for (size_t k = 0; status == 0 && k < sizeof texts / sizeof texts[0]; k++)
        status = table_add_column(t, texts[k][0], COLUMN_TEXT, 1, texts[k][1], "") == NULL ? -1 : 0;
    for (size_t k = 0; status == 0 && k < sizeof reals / sizeof reals[0]; k++)
        status = table_add_column(t, reals[k][0], COLUMN_FLOAT64, 0, reals[k][1], "") == NULL ? -1 : 0;
    if (status == 0)
        return t;
    table_free(t);
    return NULL;
}

static bool is_asked(const struct study *study, enum measure measure)
{
    bool any = false;

    for (size_t a = 0; a < study->n_analyses; a++)
        for (size_t i = 0; i < study->analyses[a].n_margins; i++) {
            any = true;
            if (study->analyses[a].margins[i].measure == measure)
                return true;
        }
    return !any && study->primary.given && study->primary.measure == measure;
}

static bool belongs(const struct study *study, const struct table *estimates, size_t row)
{
    enum measure measure;

    return measure_of_row(estimates, row, &measure) == 0 && measure_is_contrast(measure) && is_asked(study, measure) &&
           !cell_is(estimates, "reference", row, "") && cell_is(estimates, "stratum", row, "") &&
           (cell_is(estimates, "term", row, "") || cell_is(estimates, "term", row, "at least"));
}

static size_t verdict_of(const struct table *estimates, size_t row, const struct table *verdicts)
{
    static const char *const keys[] = {"analysis", "outcome", "population", "adjustment", "measure",
                                       "arm",      "reference", "time",     "estimate", NULL};
    size_t i = 0;

    while (i < verdicts->n_rows && !cells_agree(verdicts, i, estimates, row, keys))
        i++;
    return i;
}

/* A copied cell; the row remembers when memory is short. */
static void copy_text_cell(struct row_builder *to, const char *column, const struct table *from, const char *name, size_t row)
{
    char *text = cell_copy(from, name, row);

    if (text == NULL)
        to->error = -1;
    else
        row_text(to, column, text);
    free(text);
}

/* "main@gap14": the analysis, and the profile behind it. */
static void set_analysis(struct row_builder *to, const struct table *estimates, size_t row)
{
    char *name = cell_copy(estimates, "analysis", row), *at = name == NULL ? NULL : strchr(name, '@');

    if (name == NULL) {
        to->error = -1;
        return;
    }
    if (at != NULL)
        *at++ = '\0';
    row_text(to, "analysis", name);
    row_text(to, "profile", at == NULL ? "" : at);
    free(name);
}

static int add_row(const struct table *outcomes, const struct table *estimates, size_t from, const struct table *verdicts,
                   struct table *grid)
{
    static const char *const same[] = {"arm", "reference", "outcome", "population", "adjustment", "measure", "term"};
    struct row_builder row = table_new_row(grid);
    char *name = cell_copy(estimates, "outcome", from);
    const size_t outcome = name == NULL ? cell_rows(outcomes) : cell_find(outcomes, "outcome", name), verdict = verdict_of(estimates, from, verdicts);

    for (size_t k = 0; k < sizeof same / sizeof same[0]; k++)
        copy_text_cell(&row, same[k], estimates, same[k], from);
    set_analysis(&row, estimates, from);
    if (outcome < cell_rows(outcomes)) {
        copy_text_cell(&row, "label", outcomes, "label", outcome);
        copy_text_cell(&row, "definition", outcomes, "definition", outcome);
    }
    for (size_t k = 0; k < 4; k++)
        row_real(&row, reals[k][0], cell_real(estimates, reals[k][0], from));
    if (verdict < verdicts->n_rows) {
        copy_text_cell(&row, "verdict", verdicts, "verdict", verdict);
        copy_text_cell(&row, "statistically", verdicts, "statistically", verdict);
        copy_text_cell(&row, "role", verdicts, "role", verdict);
        row_real(&row, "margin", cell_real(verdicts, "margin", verdict));
    } else
        row_text(&row, "verdict", outcome < cell_rows(outcomes) && cell_integer(outcomes, "descriptive", outcome) == 1
                                      ? "describes"
                                      : "no margin");
    if (name == NULL)
        row.error = -1;
    free(name);
    return row_end(&row);
}

struct table *grid_table(const struct study *study, const struct table *outcomes, const struct table *estimates,
                         const struct table *verdicts)
{
    struct table *grid = grid_alloc();
    int status = grid == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < estimates->n_rows; i++)
        if (belongs(study, estimates, i))
            status = add_row(outcomes, estimates, i, verdicts, grid);
    if (status == 0)
        return grid;
    table_free(grid);
    return NULL;
}
