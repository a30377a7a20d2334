/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/page.h"

#include <math.h>
#include <string.h>

#include "report/reading.h"

static const char *value_with_interval(struct bundle *bundle, size_t row)
{
    const char *value = reading_value(bundle, bundle->verdicts, row);

    if (!reading_has_value(bundle->verdicts, row))
        return value;
    return pool_format(bundle->pool, "%s (%s)", value, reading_interval(bundle, bundle->verdicts, row));
}

static const char *needed(struct bundle *bundle, size_t row)
{
    int64_t n80 = cell_integer(bundle->verdicts, "n_needed_80", row),
            n90 = cell_integer(bundle->verdicts, "n_needed_90", row);

    if (n80 == MISSING_INTEGER || n90 == MISSING_INTEGER)
        return WORDS_NOTHING;
    return pool_format(bundle->pool, "%s / %s", words_count(bundle->pool, n80), words_count(bundle->pool, n90));
}

static const char *power(struct bundle *bundle, size_t row)
{
    double power = cell_real(bundle->verdicts, "power", row);

    if (power > 0.999)
        return "> 99.9 %";
    return words_value(bundle->pool, SCALE_PERCENT, power, "");
}

int verdict_table(struct bundle *bundle, struct text_table *table)
{
    static const struct {
        const char *header;
        bool numeric;
    } columns[] = {{"Question", false},
                   {"Arms", false},
                   {"Estimate (95 % interval)", true},
                   {"Margin", true},
                   {"Verdict", false},
                   {"Against no difference", false},
                   {"Power", true},
                   {"Needed for 80 / 90 %", true},
                   {"Role", false},
                   {"Reason for the margin", false}};
    const struct table *verdicts = bundle->verdicts;
    struct pool *pool = bundle->pool;

    *table = (struct text_table){.pool = pool, .name = "verdicts", .caption = "Declared margins and what the data say"};
    for (size_t j = 0; j < sizeof columns / sizeof columns[0]; j++)
        if (text_table_column(table, columns[j].header, columns[j].numeric) != 0)
            return -1;
    for (size_t i = 0; i < cell_rows(verdicts); i++) {
        const char **cells = text_table_row(table);

        if (cells == NULL)
            return -1;
        cells[0] = pool_format(pool, "%s%s", reading_what(bundle, verdicts, i), reading_where(bundle, verdicts, i));
        cells[1] = reading_whom(bundle, verdicts, i);
        cells[2] = value_with_interval(bundle, i);
        cells[3] = reading_margin(bundle, i);
        cells[4] = cell_text(pool, verdicts, "verdict", i);
        cells[5] = cell_text(pool, verdicts, "statistically", i);
        cells[6] = power(bundle, i);
        cells[7] = needed(bundle, i);
        cells[8] = cell_text(pool, verdicts, "role", i);
        cells[9] = cell_text(pool, verdicts, "because", i);
        if (strcmp(cells[4], "undefined") == 0)
            cells[4] = pool_format(pool, "none: %s", cell_text(pool, verdicts, "note", i));
    }
    return 0;
}

void page_verdicts(struct html *html, struct bundle *bundle)
{
    struct text_table table;

    html_start(html, "section", "id", "verdicts", "aria-labelledby", "verdicts-heading", NULL);
    html_start(html, "h2", "id", "verdicts-heading", NULL);
    html_text(html, "Verdicts");
    html_end(html);
    if (cell_rows(bundle->verdicts) == 0) {
        html_line(html, "p",
                  "The study declares no margin, so there is no verdict: a difference that is not significant is "
                  "no sign that the arms do equally well.");
    } else {
        html_line(html, "p",
                  "Non-inferior: the whole interval lies on the good side of the margin. Inferior: the whole "
                  "interval lies beyond it. Inconclusive: anything else. Power is that of declaring "
                  "non-inferiority if there were no difference at all.");
        if (verdict_table(bundle, &table) == 0)
            page_table(html, &table);
        text_table_free(&table);
    }
    html_end(html);
}
