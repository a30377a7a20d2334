/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/differences.h"

#include <math.h>

#include "base/cells.h"
#include "compare/contrast.h"
#include "stats/rmst.h"

struct table *differences_alloc(void)
{
    static const char *const texts[][2] = {{"analysis", "Analysis"},     {"outcome", "Outcome"}, {"population", "Population"},
                                           {"adjustment", "Adjustment"}, {"measure", "Measure"}, {"arm", "Arm"},
                                           {"reference", "Reference arm"}};
    static const char *const numbers[][2] = {{"time", "Tau"},
                                             {"estimate", "Estimate"},
                                             {"std_error", "Standard error"},
                                             {"conf_low", "Lower limit"},
                                             {"conf_high", "Upper limit"}};
    struct table *table = table_alloc("differences", "Differences over the day they are read at");
    int status = table == NULL ? -1 : 0;

    for (size_t k = 0; status == 0 && k < sizeof texts / sizeof texts[0]; k++)
        status = table_add_column(table, texts[k][0], COLUMN_TEXT, 1, texts[k][1], "") == NULL ? -1 : 0;
    for (size_t k = 0; status == 0 && k < sizeof numbers / sizeof numbers[0]; k++)
        status = table_add_column(table, numbers[k][0], COLUMN_FLOAT64, 0, numbers[k][1], "") == NULL ? -1 : 0;
    if (status == 0)
        return table;
    table_free(table);
    return NULL;
}

static bool asks_for_means(const struct study_analysis *analysis)
{
    for (size_t i = 0; i < analysis->n_measures; i++)
        if (contrast_part(analysis->measures[i]) == MEASURE_rmst)
            return true;
    return false;
}

static int add_day(const struct comparison *c, struct arm_pair pair, double day, struct table *differences)
{
    struct row_builder row;
    struct number number;

    contrast_of_pair(c, MEASURE_rmst_difference, pair, (struct horizon){day, false}, CONF_LEVEL, &number);
    if (!number.defined)
        return 0;
    row = table_new_row(differences);
    row_text(&row, "analysis", c->analysis->name.text);
    row_text(&row, "outcome", c->outcome->name.text);
    row_text(&row, "population", c->population->name.text);
    row_text(&row, "adjustment", "unadjusted");
    row_text(&row, "measure", measure_name(MEASURE_rmst_difference));
    row_text(&row, "arm", comparison_arm(c, pair.arm));
    row_text(&row, "reference", comparison_arm(c, pair.reference));
    row_real(&row, "time", day);
    row_real(&row, "estimate", number.estimate);
    row_real(&row, "std_error", number.std_error);
    row_real(&row, "conf_low", number.conf_low);
    row_real(&row, "conf_high", number.conf_high);
    return row_end(&row);
}

/* Beyond the last day of an arm nothing is defined, so that days there add no row; the last one itself does. */
static double last_day(const struct comparison *c, struct arm_pair pair)
{
    const double tau = c->analysis->tau.value;
    const double last = fmin(rmst_max_tau(c->event_free[pair.arm]), rmst_max_tau(c->event_free[pair.reference]));
    const double wanted = tau > 0 ? tau : INFINITY;

    return fmin(last, wanted);
}

static int add_pair(const struct comparison *c, struct arm_pair pair, struct table *differences)
{
    const double last = last_day(c, pair), step = fmax(1, ceil(last / DIFFERENCES_MAX));
    int status = 0;

    if (!(last > 0) || !isfinite(last))
        return 0;
    for (double day = step; status == 0 && day < last; day += step)
        status = add_day(c, pair, day, differences);
    return status == 0 ? add_day(c, pair, last, differences) : status;
}

int differences_add(const struct comparison *c, struct table *differences)
{
    struct arm_pairs pairs;
    int status = 0;

    if (c->event_free == NULL || c->analysis->range || !asks_for_means(c->analysis))
        return 0;
    arm_pairs_list(c->study, c->analysis, &pairs);
    for (size_t k = 0; status == 0 && k < pairs.n; k++)
        if (c->event_free[pairs.items[k].arm] != NULL && c->event_free[pairs.items[k].reference] != NULL)
            status = add_pair(c, pairs.items[k], differences);
    return status;
}

static bool is_withheld(const struct table *estimates, const struct table *differences, size_t row)
{
    static const char *const keys[] = {"analysis", "outcome", "population", "adjustment", "measure", "arm", "reference", NULL};

    for (size_t i = 0; i < estimates->n_rows; i++)
        if (cell_is(estimates, "status", i, "withheld") && cell_is(estimates, "stratum", i, "") &&
            cells_agree(estimates, i, differences, row, keys))
            return true;
    return false;
}

void differences_withhold(const struct table *estimates, struct table *differences)
{
    static const char *const numbers[] = {"estimate", "std_error", "conf_low", "conf_high"};

    for (size_t i = 0; i < differences->n_rows; i++) {
        const bool withheld = is_withheld(estimates, differences, i);

        for (size_t k = 0; withheld && k < sizeof numbers / sizeof numbers[0]; k++)
            column_set_real(table_column(differences, numbers[k]), i, NAN);
    }
}
