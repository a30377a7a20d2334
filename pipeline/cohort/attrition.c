/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/attrition.h"

#include "base/fail.h"

int attrition_start(struct attrition *attrition)
{
    struct table *table = table_alloc("attrition", "From the last input line to the arms");

    *attrition = (struct attrition){.table = table, .unit = ""};
    if (table == NULL || table_add_column(table, "step", COLUMN_INT32, 0, "Step", "") == NULL ||
        table_add_column(table, "label", COLUMN_TEXT, 1, "What was asked", "") == NULL ||
        table_add_column(table, "unit", COLUMN_TEXT, 1, "Counted in", "") == NULL ||
        table_add_column(table, "dropped", COLUMN_INT64, 0, "Dropped", "") == NULL ||
        table_add_column(table, "left", COLUMN_INT64, 0, "Left", "") == NULL ||
        table_add_column(table, "reason", COLUMN_TEXT, 1, "Reason", "") == NULL)
        return -1;
    return 0;
}

static int add_row(struct attrition *attrition, const char *label, const char *reason, int64_t dropped, int64_t left)
{
    struct row_builder row = table_new_row(attrition->table);

    row_integer(&row, "step", attrition->step);
    row_text(&row, "label", label);
    row_text(&row, "unit", attrition->unit);
    row_integer(&row, "dropped", dropped);
    row_integer(&row, "left", left);
    row_text(&row, "reason", reason);
    return row_end(&row);
}

int attrition_unit(struct attrition *attrition, const char *unit, const char *label, int64_t left)
{
    attrition->step++;
    attrition->unit = unit;
    attrition->left = left;
    return add_row(attrition, label, "", 0, left);
}

void attrition_step(struct attrition *attrition)
{
    attrition->step++;
}

int attrition_drop(struct attrition *attrition, const char *label, const char *reason, int64_t dropped)
{
    if (dropped < 0 || dropped > attrition->left)
        return fail("attrition does not add up at '%s': %lld dropped of %lld", label, (long long)dropped,
                    (long long)attrition->left);
    attrition->left -= dropped;
    return add_row(attrition, label, reason, dropped, attrition->left);
}

int attrition_part(struct attrition *attrition, const char *label, const char *reason, int64_t whole, int64_t outside)
{
    if (outside < 0 || outside > whole || whole > attrition->left)
        return fail("attrition does not add up at '%s': %lld outside of %lld", label, (long long)outside,
                    (long long)whole);
    return add_row(attrition, label, reason, outside, whole - outside);
}
