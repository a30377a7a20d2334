/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/findings.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cells.h"
#include "base/fail.h"
#include "base/number.h"
#include "base/program.h"
#include "verify/talk.h"

static const char *const names[] = {"holds", "differs", "does_not_follow"};

struct table *findings_alloc(void)
{
    static const struct {
        const char *name, *label;
        enum column_type type;
    } columns[] = {
        {"check", "Check", COLUMN_TEXT},       {"item", "Item", COLUMN_TEXT},
        {"quantity", "Quantity", COLUMN_TEXT}, {"finding", "Finding", COLUMN_TEXT},
        {"stored", "Stored", COLUMN_FLOAT64},  {"recomputed", "Recomputed", COLUMN_FLOAT64},
        {"why", "Why", COLUMN_TEXT},
    };
    struct table *table = table_alloc("findings", "What was found");

    for (size_t i = 0; table != NULL && i < sizeof columns / sizeof columns[0]; i++)
        if (table_add_column(table, columns[i].name, columns[i].type, 1, columns[i].label, "") == NULL) {
            table_free(table);
            return NULL;
        }
    return table;
}

int findings_add(struct table *findings, const char *check, const char *item, enum finding finding, const char *why)
{
    struct row_builder row = table_new_row(findings);

    row_text(&row, "check", check);
    row_text(&row, "item", item);
    row_text(&row, "finding", names[finding]);
    row_text(&row, "why", why == NULL ? "" : why);
    return row_end(&row);
}

int findings_add_number(struct table *findings, const char *check, const char *item, const char *quantity, double stored,
                        double recomputed, bool holds)
{
    struct row_builder row = table_new_row(findings);

    row_text(&row, "check", check);
    row_text(&row, "item", item);
    row_text(&row, "quantity", quantity);
    row_text(&row, "finding", names[holds ? FINDING_HOLDS : FINDING_DIFFERS]);
    row_real(&row, "stored", isfinite(stored) ? stored : NAN);
    row_real(&row, "recomputed", isfinite(recomputed) ? recomputed : NAN);
    return row_end(&row);
}

size_t findings_count(const struct table *findings, const char *check, enum finding finding)
{
    size_t n = 0;

    for (size_t i = 0; i < findings->n_rows; i++)
        n += (check == NULL || cell_is(findings, "check", i, check)) && cell_is(findings, "finding", i, names[finding]);
    return n;
}

/* Is this the first row whose text in `column` is what it is, among rows with this finding (NULL: any)? */
static bool is_first(const struct table *findings, size_t row, const char *column, const char *finding)
{
    const char *const same[] = {column, NULL};

    for (size_t i = 0; i < row; i++)
        if ((finding == NULL || cell_is(findings, "finding", i, finding)) &&
            cells_agree(findings, i, findings, row, same))
            return false;
    return true;
}

static void print_counts(const struct table *findings)
{
    for (size_t i = 0; i < findings->n_rows; i++) {
        if (!is_first(findings, i, "check", NULL))
            continue;
        size_t n;
        const char *text = column_text(table_column(findings, "check"), i, &n);
        char check[64];
        snprintf(check, sizeof check, "%.*s", (int)n, text);
        printf("%-12s %6zu hold, %zu differ", check, findings_count(findings, check, FINDING_HOLDS),
               findings_count(findings, check, FINDING_DIFFERS));
        const size_t open = findings_count(findings, check, FINDING_DOES_NOT_FOLLOW);
        if (open > 0)
            printf(", %zu do not follow", open);
        printf("\n");
    }
}

static void print_difference(const struct table *findings, size_t row, enum findings_talk talk)
{
    char stored[NUMBER_SIZE], recomputed[NUMBER_SIZE];

    printf("  ");
    talk_cell(findings, "check", row);
    printf(": ");
    talk_cell(findings, "item", row);
    if (!cell_is(findings, "quantity", row, "")) {
        number_exact(stored, cell_real(findings, "stored", row));
        number_exact(recomputed, cell_real(findings, "recomputed", row));
        printf(": ");
        talk_cell(findings, "quantity", row);
        printf(" %s %s, %s %s", talk == FINDINGS_CHANGED ? "was" : "is", *stored == '\0' ? "missing" : stored,
               talk == FINDINGS_CHANGED ? "now" : "recomputed", *recomputed == '\0' ? "missing" : recomputed);
    }
    if (!cell_is(findings, "why", row, "")) {
        printf(": ");
        talk_cell(findings, "why", row);
    }
    printf("\n");
}

/* Everything that does not follow for one reason, named. */
static void print_open(const struct table *findings, size_t first)
{
    static const char *const same[] = {"why", NULL};

    printf("  ");
    talk_cell(findings, "why", first);
    printf(":\n");
    for (size_t i = first; i < findings->n_rows; i++)
        if (cell_is(findings, "finding", i, names[FINDING_DOES_NOT_FOLLOW]) && cells_agree(findings, i, findings, first, same)) {
            printf("    ");
            talk_cell(findings, "check", i);
            printf(": ");
            talk_cell(findings, "item", i);
            printf("\n");
        }
}

static void print_text(const struct table *findings, enum findings_talk talk)
{
    print_counts(findings);
    if (findings_count(findings, NULL, FINDING_DIFFERS) > 0)
        printf("\nDiffers\n");
    for (size_t i = 0; i < findings->n_rows; i++)
        if (cell_is(findings, "finding", i, names[FINDING_DIFFERS]))
            print_difference(findings, i, talk);
    if (findings_count(findings, NULL, FINDING_DOES_NOT_FOLLOW) > 0)
        printf("\nDoes not follow from what is stored\n");
    for (size_t i = 0; i < findings->n_rows; i++)
        if (cell_is(findings, "finding", i, names[FINDING_DOES_NOT_FOLLOW]) &&
            is_first(findings, i, "why", names[FINDING_DOES_NOT_FOLLOW]))
            print_open(findings, i);
}

int findings_print(const struct table *findings, enum table_format format, enum findings_talk talk)
{
    if (format != TABLE_TEXT)
        return table_print(STDOUT_FILENO, findings, format);
    print_text(findings, talk);
    return fflush(stdout) == 0 && ferror(stdout) == 0 ? 0 : fail_errno("cannot write to standard output");
}

int findings_exit_status(const struct table *findings)
{
    return findings_count(findings, NULL, FINDING_DIFFERS) > 0 ? EXIT_CHECK_SAID_NO : EXIT_DONE;
}
