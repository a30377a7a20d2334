/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/numcheck.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cells.h"
#include "base/fail.h"
#include "base/program.h"
#include "verify/talk.h"

static const char *const severities[] = {"wrong", "doubtful", "hint"};

struct table *numcheck_findings_alloc(void)
{
    static const struct {
        const char *name, *label;
        enum column_type type;
    } columns[] = {
        {"line", "Line", COLUMN_INT64},        {"column", "Column", COLUMN_TEXT},   {"item", "Item", COLUMN_TEXT},
        {"check", "Check", COLUMN_TEXT},       {"severity", "Severity", COLUMN_TEXT}, {"finding", "Finding", COLUMN_TEXT},
        {"reading", "Likely reading", COLUMN_TEXT},
    };
    struct table *table = table_alloc("numcheck", "What does not fit together");

    for (size_t i = 0; table != NULL && i < sizeof columns / sizeof columns[0]; i++)
        if (table_add_column(table, columns[i].name, columns[i].type, 1, columns[i].label, "") == NULL) {
            table_free(table);
            return NULL;
        }
    return table;
}

int numcheck_add(struct table *findings, const struct numcheck_row *row, enum numcheck_column column, const char *check,
                 enum severity severity, const char *reading, const char *format, ...)
{
    struct row_builder builder = table_new_row(findings);
    char text[300];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    row_integer(&builder, "line", (int64_t)row->line);
    row_text(&builder, "column", numcheck_column_name(column));
    row_text(&builder, "item", row->text[NUMCHECK_ITEM]);
    row_text(&builder, "check", check);
    row_text(&builder, "severity", severities[severity]);
    row_text(&builder, "finding", text);
    row_text(&builder, "reading", reading == NULL ? "" : reading);
    return row_end(&builder);
}

static int check_rows(const struct numcheck_rows *rows, struct table *findings)
{
    for (size_t i = 0; i < rows->n; i++)
        if (numcheck_interval(&rows->items[i], findings) != 0 || numcheck_counts(&rows->items[i], findings) != 0)
            return -1;
    return numcheck_groups(rows, findings);
}

static size_t count(const struct table *findings, enum severity severity)
{
    size_t n = 0;

    for (size_t i = 0; i < findings->n_rows; i++)
        n += cell_is(findings, "severity", i, severities[severity]);
    return n;
}

static int print_text(const struct numcheck_rows *rows, const struct table *findings)
{
    for (size_t i = 0; i < findings->n_rows; i++) {
        printf("line %lld (", (long long)cell_integer(findings, "line", i));
        talk_cell(findings, "column", i);
        printf(")");
        if (!cell_is(findings, "item", i, "")) {
            printf(" ");
            talk_cell(findings, "item", i);
        }
        printf(": ");
        talk_cell(findings, "severity", i);
        printf(": ");
        talk_cell(findings, "finding", i);
        if (!cell_is(findings, "reading", i, "")) {
            printf("; likely reading: ");
            talk_cell(findings, "reading", i);
        }
        printf("\n");
    }
    printf("%zu rows: %zu wrong, %zu doubtful, %zu hints\n", rows->n, count(findings, SEVERITY_WRONG),
           count(findings, SEVERITY_DOUBTFUL), count(findings, SEVERITY_HINT));
    return fflush(stdout) == 0 && ferror(stdout) == 0 ? 0 : fail_errno("cannot write to standard output");
}

int numcheck(const char *path, enum table_format format)
{
    struct table *findings = numcheck_findings_alloc();
    struct numcheck_rows rows = {0};
    int status = EXIT_FAILED;

    if (findings != NULL && numcheck_rows_read(path, &rows) == 0 && check_rows(&rows, findings) == 0 &&
        (format == TABLE_TEXT ? print_text(&rows, findings) : table_print(STDOUT_FILENO, findings, format)) == 0)
        status = count(findings, SEVERITY_WRONG) + count(findings, SEVERITY_DOUBTFUL) > 0 ? EXIT_CHECK_SAID_NO : EXIT_DONE;
    numcheck_rows_free(&rows);
    table_free(findings);
    return status;
}
