/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What became of the source: its rows by file, and its columns. */
#include "report/page.h"

#include <math.h>

#include "base/days.h"
#include "report/reading.h"

int quality_table(struct bundle *bundle, struct text_table *table)
{
    static const char *const headers[] = {"Source", "What was counted", "Reason", "Number"};
    static const bool numeric[] = {false, false, false, true};
    const struct table *quality = bundle->quality;
    struct pool *pool = bundle->pool;

    *table = (struct text_table){.pool = pool, .name = "quality", .caption = "What was read, and what was set aside"};
    for (size_t j = 0; j < 4; j++)
        if (text_table_column(table, headers[j], numeric[j]) != 0)
            return -1;
    for (size_t i = 0; i < cell_rows(quality); i++) {
        const char **cells;

        if (!cell_is(quality, "column", i, ""))
            continue;
        if ((cells = text_table_row(table)) == NULL)
            return -1;
        cells[0] = cell_text(pool, quality, "file", i);
        if (cells[0][0] == '\0')
            cells[0] = cell_text(pool, quality, "table", i);
        cells[1] = words_spoken(pool, cell_text(pool, quality, "quantity", i));
        cells[2] = cell_text(pool, quality, "reason", i);
        cells[3] = words_count(pool, cell_integer(quality, "n", i));
    }
    return 0;
}

/* The row of a quantity of the column that row i is about, or -1. */
static ptrdiff_t quality_row(const struct table *quality, size_t i, const char *quantity)
{
    for (size_t k = 0; k < quality->n_rows; k++)
        if (cells_equal(quality, "table", k, i) && cells_equal(quality, "column", k, i) &&
            cell_is(quality, "quantity", k, quantity))
            return (ptrdiff_t)k;
    return -1;
}

static double quality_value(const struct table *quality, size_t i, const char *quantity)
{
    const ptrdiff_t row = table_column(quality, "value") != NULL ? quality_row(quality, i, quantity) : -1;

    return row >= 0 ? cell_real(quality, "value", (size_t)row) : (double)NAN;
}

static const char *quality_count(struct pool *pool, const struct table *quality, size_t i, const char *quantity)
{
    const ptrdiff_t row = quality_row(quality, i, quantity);

    return row >= 0 ? words_count(pool, cell_integer(quality, "n", (size_t)row)) : WORDS_NOTHING;
}

static const char *quality_range(struct pool *pool, const struct table *quality, size_t i)
{
    const double low = quality_value(quality, i, "lowest"), high = quality_value(quality, i, "highest");
    const double first = quality_value(quality, i, "first_day"), last = quality_value(quality, i, "last_day");
    char of_first[ISO_DATE_SIZE], of_last[ISO_DATE_SIZE];

    if (isfinite(low) && isfinite(high))
        return pool_format(pool, "%s to %s", words_plain(pool, low), words_plain(pool, high));
    if (!isfinite(first) || !isfinite(last))
        return quality_row(quality, i, "lowest") >= 0 || quality_row(quality, i, "first_day") >= 0 ? "withheld" : "";
    day_to_iso((int32_t)first, of_first);
    day_to_iso((int32_t)last, of_last);
    return pool_format(pool, "%s to %s", of_first, of_last);
}

/* "not in the codes 12, out of range 3". */
static const char *quality_reasons(struct pool *pool, const struct table *quality, size_t i)
{
    const char *text = "";

    for (size_t k = 0; k < quality->n_rows; k++)
        if (cells_equal(quality, "table", k, i) && cells_equal(quality, "column", k, i) &&
            cell_is(quality, "quantity", k, "rows_rejected"))
            text = pool_format(pool, "%s%s%s %s", text, text[0] != '\0' ? ", " : "",
                               cell_text(pool, quality, "reason", k), words_count(pool, cell_integer(quality, "n", k)));
    return text;
}

int quality_columns_table(struct bundle *bundle, struct text_table *table)
{
    static const char *const headers[] = {"Source", "Column", "Kept", "Missing", "Codes that occur", "Range",
                                          "Rows set aside for it"};
    static const bool numeric[] = {false, false, true, true, true, false, false};
    const struct table *quality = bundle->quality;
    struct pool *pool = bundle->pool;

    *table = (struct text_table){.pool = pool, .name = "quality", .caption = "The columns of the source"};
    for (size_t j = 0; j < 7; j++)
        if (text_table_column(table, headers[j], numeric[j]) != 0)
            return -1;
    for (size_t i = 0; i < cell_rows(quality); i++) {
        const char **cells;
        double codes;

        if (cell_is(quality, "column", i, "") || !cell_is(quality, "quantity", i, "kept"))
            continue;
        if ((cells = text_table_row(table)) == NULL)
            return -1;
        codes = quality_value(quality, i, "distinct_codes");
        cells[0] = cell_text(pool, quality, "table", i);
        cells[1] = cell_text(pool, quality, "column", i);
        cells[2] = words_count(pool, cell_integer(quality, "n", i));
        cells[3] = quality_count(pool, quality, i, "missing");
        cells[4] = isfinite(codes) ? words_count(pool, (int64_t)codes) : "";
        cells[5] = quality_range(pool, quality, i);
        cells[6] = quality_reasons(pool, quality, i);
    }
    return 0;
}
