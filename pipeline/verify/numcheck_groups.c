/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "verify/numcheck.h"

static bool same_text(const struct numcheck_rows *rows, size_t i, size_t k, enum numcheck_column column)
{
    return strcmp(rows->items[i].text[column], rows->items[k].text[column]) == 0;
}

/* Is this the last row of those with the same text in the column? */
static bool is_last(const struct numcheck_rows *rows, size_t i, enum numcheck_column column)
{
    for (size_t k = i + 1; k < rows->n; k++)
        if (same_text(rows, i, k, column))
            return false;
    return rows->items[i].text[column][0] != '\0';
}

/* ---- percentages that should add up to 100 -------------------------------------------------------------------- */

static int check_group(const struct numcheck_rows *rows, size_t last, struct table *findings)
{
    double sum = 0, slack = 0;
    size_t n = 0;

    for (size_t i = 0; i <= last; i++) {
        const struct printed_number *percent = &rows->items[i].number[NUMCHECK_PERCENT];
        if (!same_text(rows, i, last, NUMCHECK_GROUP) || !percent->given)
            continue;
        if (percent->relation != '=')
            return 0;
        sum += percent->value;
        slack += 0.5 * pow(10, -percent->digits);
        n++;
    }
    if (n < 2 || fabs(sum - 100) <= slack + 1e-9)
        return 0;
    return numcheck_add(findings, &rows->items[last], NUMCHECK_GROUP, "sum", SEVERITY_WRONG, NULL,
                        "the %zu percentages of '%.40s' add up to %g; rounding explains no more than %g", n,
                        rows->items[last].text[NUMCHECK_GROUP], sum, slack);
}

/* ---- counts that should add up to another row's ------------------------------------------------------------------ */

/* What a row counts: n, or where it has none its events. */
static const struct printed_number *count_of(const struct numcheck_row *row, enum numcheck_column *column)
{
    *column = row->number[NUMCHECK_N].given ? NUMCHECK_N : NUMCHECK_EVENTS;
    return &row->number[*column];
}

static size_t find_item(const struct numcheck_rows *rows, const char *item)
{
    size_t k = 0;

    while (k < rows->n && strcmp(rows->items[k].text[NUMCHECK_ITEM], item) != 0)
        k++;
    return k;
}

static int check_parts(const struct numcheck_rows *rows, size_t last, struct table *findings)
{
    const char *whole = rows->items[last].text[NUMCHECK_PART_OF];
    const size_t parent = find_item(rows, whole);
    enum numcheck_column column;
    double sum = 0;

    if (parent == rows->n)
        return numcheck_add(findings, &rows->items[last], NUMCHECK_PART_OF, "sum", SEVERITY_WRONG, NULL,
                            "no row is called '%.60s'", whole);
    for (size_t i = 0; i <= last; i++)
        if (same_text(rows, i, last, NUMCHECK_PART_OF)) {
            const struct printed_number *count = count_of(&rows->items[i], &column);
            if (!count->given)
                return 0;
            sum += count->value;
        }
    const struct printed_number *count = count_of(&rows->items[parent], &column);
    if (!count->given || sum == count->value)
        return 0;
    return numcheck_add(findings, &rows->items[parent], column, "sum", SEVERITY_WRONG, NULL,
                        "the parts of '%.60s' add up to %.0f, not to %.0f", whole, sum, count->value);
}

/* ---- numbers at risk ------------------------------------------------------------------------------------------------ */

/* Of the rows of the same curve before this one in time, the latest; n when there is none. */
static size_t earlier_on_curve(const struct numcheck_rows *rows, size_t i)
{
    size_t found = rows->n;

    for (size_t k = 0; k < rows->n; k++)
        if (k != i && same_text(rows, i, k, NUMCHECK_CURVE) && rows->items[k].number[NUMCHECK_AT_RISK].given &&
            rows->items[k].number[NUMCHECK_TIME].given &&
            rows->items[k].number[NUMCHECK_TIME].value < rows->items[i].number[NUMCHECK_TIME].value &&
            (found == rows->n ||
             rows->items[k].number[NUMCHECK_TIME].value > rows->items[found].number[NUMCHECK_TIME].value))
            found = k;
    return found;
}

static int check_at_risk(const struct numcheck_rows *rows, size_t i, struct table *findings)
{
    const struct numcheck_row *row = &rows->items[i];

    if (!row->number[NUMCHECK_AT_RISK].given || !row->number[NUMCHECK_TIME].given)
        return 0;
    const size_t before = earlier_on_curve(rows, i);
    if (before == rows->n || row->number[NUMCHECK_AT_RISK].value <= rows->items[before].number[NUMCHECK_AT_RISK].value)
        return 0;
    return numcheck_add(findings, row, NUMCHECK_AT_RISK, "at_risk", SEVERITY_WRONG, NULL,
                        "%.0f are at risk at %g, more than the %.0f at %g", row->number[NUMCHECK_AT_RISK].value,
                        row->number[NUMCHECK_TIME].value, rows->items[before].number[NUMCHECK_AT_RISK].value,
                        rows->items[before].number[NUMCHECK_TIME].value);
}

int numcheck_groups(const struct numcheck_rows *rows, struct table *findings)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < rows->n; i++) {
        if (is_last(rows, i, NUMCHECK_GROUP))
            status = check_group(rows, i, findings);
        if (status == 0 && is_last(rows, i, NUMCHECK_PART_OF))
            status = check_parts(rows, i, findings);
        if (status == 0)
            status = check_at_risk(rows, i, findings);
    }
    return status;
}
