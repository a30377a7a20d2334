/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A condition compiles or is refused; one that compiles is false, true or unknown. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "study/expression.h"

static struct table *people(void)
{
    static const char *const labels[] = {"iop", "inpatient", "it's"};
    struct table *table = table_alloc("people", "");

    if (table == NULL || table_add_column(table, "age", COLUMN_INT16, 0, "", "") == NULL ||
        table_add_column(table, "score", COLUMN_FLOAT64, 0, "", "") == NULL ||
        table_add_category(table, "level", labels, 3, "") == NULL ||
        table_add_column(table, "name", COLUMN_TEXT, 8, "", "") == NULL ||
        table_add_column(table, "seen", COLUMN_INT32, 0, "", "date") == NULL || table_resize(table, 3) != 0)
        fuzz_fail("no table");
    column_set_integer(table_column(table, "age"), 0, 40);
    column_set_real(table_column(table, "score"), 1, 2.385);
    column_set_code(table_column(table, "level"), 0, 1);
    return table;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct table *table;
    char *text = malloc(size + 1);
    struct expression *expression;
    uint8_t truth[3] = {9, 9, 9};

    if (table == NULL)
        table = people();
    if (text == NULL)
        return 0;
    memcpy(text, bytes, size);
    text[size] = '\0';
    expression = expression_compile(text, table, (struct expression_source){"study.yaml", 1, 1});
    if (expression != NULL && expression_compute(expression, table, 0, 3, truth) == 0)
        for (size_t i = 0; i < 3; i++)
            if (truth[i] > TRUTH_UNKNOWN)
                fuzz_fail("a condition is false, true or unknown");
    expression_free(expression);
    free(text);
    return 0;
}
