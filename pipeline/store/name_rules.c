/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/name_rules.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "store/hidden_labels.h"

#include <stdlib.h>
#include <string.h>

enum { PARTS_MAX = 8 };

const char *name_rules_table(const char *name)
{
    const size_t length = strlen(name);
    if (length == 0 || length > STORE_NAME_MAX)
        return length == 0 ? "is empty" : "is longer than 255 bytes";
    size_t n_parts = 1;
    for (size_t i = 0; i < length; i++) {
        const char c = name[i];
        if (c == '/') {
            if (i == 0 || i + 1 == length || name[i - 1] == '/')
                return "has an empty part";
            n_parts++;
        } else if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')) {
            return "may only consist of a-z, 0-9, '_', '-' and '/'";
        }
    }
    return n_parts <= PARTS_MAX ? NULL : "has more than 8 parts";
}

const char *name_rules_value(const char *text)
{
    const size_t length = strlen(text);
    for (size_t i = 0; i < length;) {
        const size_t n = utf8_character(text + i, length - i, NULL);
        if (n == 0)
            return "is not valid UTF-8";
        i += n;
    }
    return NULL;
}

const char *name_rules_text(const char *text)
{
    return strlen(text) <= STORE_TEXT_MAX ? name_rules_value(text) : "is longer than 60000 bytes";
}

const char *name_rules_column(const char *name)
{
    const size_t length = strlen(name);
    if (length == 0 || length > STORE_NAME_MAX)
        return length == 0 ? "is empty" : "is longer than 255 bytes";
    if (name[0] == '.')
        return "starts with '.'";
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)name[i] < 0x20 || name[i] == 0x7f || name[i] == '/')
            return "has a control character or '/'";
    return name_rules_value(name);
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int check_labels(const struct table *table, const struct column *column)
{
    for (size_t i = 0; i < column->n_labels; i++) {
        const char *const fault = name_rules_value(column->labels[i]);
        if (fault != NULL)
            return fail("table '%s': label %zu of column '%s' %s", table->name, i, column->name, fault);
    }
    char **const sorted = allocate(column->n_labels, sizeof *sorted);
    if (sorted == NULL)
        return -1;
    for (size_t i = 0; i < column->n_labels; i++)
        sorted[i] = column->labels[i];
    qsort(sorted, column->n_labels, sizeof *sorted, compare_texts);
    int status = 0;
    for (size_t i = 1; i < column->n_labels && status == 0; i++) {
        char shown[ESCAPED_SIZE];
        if (strcmp(sorted[i - 1], sorted[i]) == 0)
            status = fail("table '%s': column '%s' has the label '%s' twice", table->name, column->name,
                          escape_value(shown, sorted[i], strlen(sorted[i])));
    }
    free(sorted);
    return status;
}

static int check_column(const struct table *table, const struct column *column)
{
    char shown[ESCAPED_SIZE], hidden[HIDDEN_LABELS_NAME_SIZE];
    const char *fault = name_rules_column(column->name);
    if (fault != NULL)
        return fail("table '%s': the column name '%s' %s", table->name,
                    escape_value(shown, column->name, strlen(column->name)), fault);
    if ((fault = name_rules_text(column->label)) != NULL)
        return fail("table '%s': the label of column '%s' %s", table->name, column->name, fault);
    if ((fault = name_rules_text(column->units)) != NULL)
        return fail("table '%s': the units of column '%s' %s", table->name, column->name, fault);
    hidden_labels_name(column->name, hidden);
    if (column->type == COLUMN_CATEGORY && table_column(table, hidden) != NULL)
        return fail("table '%s': the column name '%s' is kept for the labels of '%s'", table->name, hidden,
                    column->name);
    return column->type == COLUMN_CATEGORY ? check_labels(table, column) : 0;
}

int name_rules_check(const struct table *table)
{
    char shown[ESCAPED_SIZE];
    const char *fault = name_rules_table(table->name);
    if (fault != NULL)
        return fail("the table name '%s' %s", escape_value(shown, table->name, strlen(table->name)), fault);
    if ((fault = name_rules_text(table->label)) != NULL)
        return fail("the label of table '%s' %s", table->name, fault);
    for (size_t i = 0; i < table->n_columns; i++)
        if (check_column(table, &table->columns[i]) != 0)
            return -1;
    return 0;
}
