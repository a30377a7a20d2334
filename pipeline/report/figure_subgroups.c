/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forest of subgroups: an effect in all people, then by level of each column, with the test whether it differs. */
#include "report/figures.h"

#include <math.h>
#include <string.h>

#include "report/dots.h"
#include "report/reading.h"

enum { FIGURES_MAX = 12 };

/* What the rows of one picture share; the stratum is what they differ in. */
static bool same_question(const struct table *estimates, size_t row, size_t other)
{
    return rows_agree(estimates, "analysis outcome population adjustment measure term cause arm reference", row, other) &&
           rows_agree(estimates, "time", row, other);
}

/* "sex" of "sex=F"; NULL for a row of no subgroup. */
static const char *column_of(struct bundle *bundle, size_t row)
{
    const char *stratum = cell_text(bundle->pool, bundle->estimates, "stratum", row), *equals = strchr(stratum, '=');

    return equals == NULL ? NULL : pool_copy(bundle->pool, stratum, (size_t)(equals - stratum));
}

static bool is_level(struct bundle *bundle, size_t row)
{
    return column_of(bundle, row) != NULL && reading_is_contrast(bundle, bundle->estimates, row) &&
           !reading_is_of_profile(bundle->estimates, row) && !cell_contains(bundle->estimates, "term", row, "bootstrap") &&
           words_scale(cell_text(bundle->pool, bundle->estimates, "measure", row)) != SCALE_PLAIN;
}

/* The test of this column for the question of a row; NO_ROW: there is none, so that the levels are no subgroups. */
static long test_of(struct bundle *bundle, size_t row, const char *column)
{
    const struct table *estimates = bundle->estimates;
    const char *measure = cell_text(bundle->pool, estimates, "measure", row);
    const size_t length = strlen(measure);

    for (size_t i = 0; i < cell_rows(estimates); i++)
        if (cell_is(estimates, "measure", i, "interaction_test") && cell_is(estimates, "stratum", i, column) &&
            rows_agree(estimates, "analysis outcome population adjustment arm reference", i, row) &&
            rows_agree(estimates, "time", i, row)) {
            const char *term = cell_text(bundle->pool, estimates, "term", i);

            if (strncmp(term, measure, length) == 0 && (term[length] == '\0' || term[length] == ','))
                return (long)i;
        }
    return NO_ROW;
}

static const char *heading_of(struct bundle *bundle, const char *column, long test)
{
    const double p = cell_real(bundle->estimates, "p_value", (size_t)test);

    return isfinite(p) ? pool_format(bundle->pool, "%s: p %s for interaction",
                                     words_capital(bundle->pool, words_spoken(bundle->pool, column)),
                                     p < 0.001 || p > 0.99 ? words_p(bundle->pool, p)
                                                           : pool_format(bundle->pool, "= %s", words_p(bundle->pool, p)))
                       : words_capital(bundle->pool, words_spoken(bundle->pool, column));
}

/* first: a row of a level.  All people come first, where the same number stands in a row of no stratum. */
static int collect(struct bundle *bundle, size_t first, struct dots *dots)
{
    const struct table *estimates = bundle->estimates;
    const char *heading = "";

    for (size_t i = 0; i < cell_rows(estimates); i++)
        if (cell_is(estimates, "stratum", i, "") && same_question(estimates, first, i))
            if (dots_add_estimate(bundle, dots, i, "All people") != 0)
                return -1;
    for (size_t i = first; i < cell_rows(estimates); i++) {
        if (!is_level(bundle, i) || !same_question(estimates, first, i))
            continue;
        const char *const column = column_of(bundle, i), *const stratum = cell_text(bundle->pool, estimates, "stratum", i);
        if (column == NULL || column[0] == '\0' || stratum[0] == '\0') /* there was no memory for them */
            return -1;
        if (strcmp(column, heading) != 0) {
            const long test = test_of(bundle, i, column);

            if (test == NO_ROW)
                continue;
            heading = column;
            if (dots_add_heading(dots, heading_of(bundle, column, test)) != 0)
                return -1;
        }
        if (dots_add_estimate(bundle, dots, i, stratum + strlen(column) + 1) != 0)
            return -1;
    }
    return 0;
}

static int subgroups_draw(struct bundle *bundle, const struct figure *figure, struct drawing *drawing)
{
    struct dots dots = {.n = 0};
    int status = collect(bundle, figure->row, &dots);

    dots_scale(bundle, &dots, figure->row);
    dots.title = figure->title;
    if (status == 0)
        status = dots_draw(&dots, drawing);
    dots_free(&dots);
    return status;
}

static int plan_one(struct bundle *bundle, struct figures *figures, size_t row)
{
    const struct table *estimates = bundle->estimates;
    struct pool *pool = bundle->pool;
    const char *measure = cell_text(pool, estimates, "measure", row);
    const char *adjustment = cell_is(estimates, "adjustment", row, "unadjusted") ? "" : cell_text(pool, estimates, "adjustment", row);
    struct dots dots = {.n = 0};
    struct figure *figure;
    int status = collect(bundle, row, &dots);

    if (status == 0 && dots.n > 1) {
        figure = figures_add(figures, bundle, &figure_subgroups,
                             pool_format(pool, "subgroups-%s-%s%s%s", cell_text(pool, estimates, "outcome", row), measure,
                                         adjustment[0] != '\0' ? "-" : "", adjustment));
        status = -1;
        if (figure != NULL) {
            figure->row = row;
            figure->title = pool_format(pool, "%s by subgroup%s%s: %s, %s", reading_what(bundle, estimates, row),
                                        adjustment[0] != '\0' ? ", " : "",
                                        adjustment[0] != '\0' ? words_adjustment(pool, adjustment) : "", words_lower(pool, words_measure(pool, measure)), reading_whom(bundle, estimates, row));
            figure->caption = "The same effect in groups of people, with 95 % intervals. Whether it differs between the groups is what the "
                              "test of interaction says, not which intervals hold no difference.";
            figure->description = pool_format(pool, "%s: a dot and an interval a group; the same numbers are in the table below.",
                                              figure->title);
            status = dots_alternative(&dots, figure, "Group", "Value (95 % interval)", "");
        }
    }
    dots_free(&dots);
    return status;
}

/* The first row of a question, unless it is one of the adjusted ones and those are not wanted yet. */
static bool is_first(struct bundle *bundle, size_t row, bool adjusted)
{
    bool first = cell_is(bundle->estimates, "adjustment", row, "unadjusted") != adjusted && is_level(bundle, row) &&
                 test_of(bundle, row, column_of(bundle, row)) != NO_ROW && reading_is_headline_day(bundle, row);

    for (size_t k = 0; first && k < row; k++)
        first = !(is_level(bundle, k) && same_question(bundle->estimates, row, k));
    return first;
}

static int subgroups_plan(struct bundle *bundle, struct figures *figures)
{
    const size_t before = figures->n;

    for (int adjusted = 0; adjusted < 2; adjusted++)
        for (size_t i = 0; i < cell_rows(bundle->estimates) && figures->n - before < FIGURES_MAX; i++)
            if (is_first(bundle, i, adjusted) && plan_one(bundle, figures, i) != 0)
                return -1;
    return 0;
}

const struct figure_kind figure_subgroups = {"forest", subgroups_plan, subgroups_draw};
