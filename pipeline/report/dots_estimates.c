/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of estimates as rows of dots. */
#include "report/dots.h"

#include <math.h>
#include <string.h>

#include "report/figures.h"
#include "report/reading.h"

static double on_axis(enum scale scale, double x)
{
    return scale == SCALE_POINTS || scale == SCALE_PERCENT ? 100 * x : x;
}

int dots_add_estimate(struct bundle *bundle, struct dots *dots, size_t row, const char *label)
{
    const struct table *estimates = bundle->estimates;
    struct pool *pool = bundle->pool;
    const enum scale scale = words_scale(cell_text(pool, estimates, "measure", row));
    struct dot *dot = dots_add(dots);

    if (dot == NULL)
        return -1;
    dot->label = label;
    dot->estimate = on_axis(scale, cell_real(estimates, "estimate", row));
    dot->conf_low = on_axis(scale, cell_real(estimates, "conf_low", row));
    dot->conf_high = on_axis(scale, cell_real(estimates, "conf_high", row));
    dot->value = reading_has_value(estimates, row)
                     ? pool_format(pool, "%s (%s)", words_bare(pool, scale, cell_real(estimates, "estimate", row)),
                                   reading_interval(bundle, estimates, row))
                     : reading_value(bundle, estimates, row);
    return 0;
}

int dots_add_heading(struct dots *dots, const char *heading)
{
    struct dot *dot = dots_add(dots);

    if (dot == NULL)
        return -1;
    dot->heading = heading;
    return 0;
}

void dots_scale(struct bundle *bundle, struct dots *dots, size_t row)
{
    struct pool *pool = bundle->pool;
    const enum scale scale = words_scale(cell_text(pool, bundle->estimates, "measure", row));
    const char *outcome = cell_text(pool, bundle->estimates, "outcome", row);

    dots->zero = scale == SCALE_RATIO ? 1 : 0;
    dots->log_x = scale == SCALE_RATIO;
    dots->low = dots->high = NAN;
    dots->value_title = scale == SCALE_RATIO ? "Ratio (95 % interval)" : "Difference (95 % interval)";
    dots->extra_title = dots->footnote = "";
    dots->axis_title = scale == SCALE_RATIO    ? "Ratio of the first arm to the second, log scale"
                       : scale == SCALE_POINTS ? "Percentage points, first arm minus second"
                                               : pool_format(pool, "%s, first arm minus second",
                                                             words_capital(pool, bundle_outcome_units(bundle, outcome)));
}

int dots_alternative(const struct dots *dots, struct figure *figure, const char *label_title, const char *value_title,
                     const char *extra_title)
{
    struct text_table *table = &figure->alternative;

    table->caption = figure->title;
    if (text_table_column(table, label_title, false) != 0 || text_table_column(table, value_title, true) != 0 ||
        (extra_title[0] != '\0' && text_table_column(table, extra_title, false) != 0))
        return -1;
    for (size_t i = 0; i < dots->n; i++) {
        const struct dot *dot = &dots->items[i];
        const char **cells;

        if (dot->heading != NULL) {
            if (text_table_heading(table, dot->heading) != 0)
                return -1;
            continue;
        }
        if ((cells = text_table_row(table)) == NULL)
            return -1;
        cells[0] = dot->label;
        cells[1] = dot->value;
        if (extra_title[0] != '\0')
            cells[2] = dot->extra;
    }
    return 0;
}
