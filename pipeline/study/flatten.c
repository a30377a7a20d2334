/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The study as rows of key, value and line: what a results file keeps of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "study/document.h"
#include "study/mistakes.h"
#include "study/study.h"

enum { FLAT_NODES = 1 << 20, NUMBER_DIGITS = 20 };

struct flattener {
    const struct document *document;
    struct table *table;
};

static int flatten_node(const struct flattener *flattener, const yaml_node_t *node, const char *key);

/* "cohort" and "arms" give "cohort.arms"; the root has no name of its own. */
static int flatten_child(const struct flattener *flattener, int index, const char *parent, const char *name)
{
    char *key = format_text("%s%s%s", parent, *parent != '\0' ? "." : "", name);
    int result = -1;

    if (key != NULL)
        result = flatten_node(flattener, document_node(flattener->document, index), key);
    free(key);
    return result;
}

static int flatten_mapping(const struct flattener *flattener, const yaml_node_t *node, const char *key)
{
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *name = document_node(flattener->document, pair->key);
        const char *text = name->type == YAML_SCALAR_NODE ? (const char *)name->data.scalar.value : "?";
        if (flatten_child(flattener, pair->value, key, text) != 0)
            return -1;
    }
    return 0;
}

static int flatten_sequence(const struct flattener *flattener, const yaml_node_t *node, const char *key)
{
    size_t n = (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
    char number[NUMBER_DIGITS + 1];

    for (size_t i = 0; i < n; i++) {
        snprintf(number, sizeof number, "%zu", i + 1);
        if (flatten_child(flattener, node->data.sequence.items.start[i], key, number) != 0)
            return -1;
    }
    return 0;
}

static int flatten_scalar(const struct flattener *flattener, const yaml_node_t *node, const char *key)
{
    struct row_builder row = table_new_row(flattener->table);
    const char *text = (const char *)node->data.scalar.value;
    size_t length = strlen(text);

    while (length > 0 && text[length - 1] == '\n') /* the end of a block of text means nothing */
        length--;
    char *value = copy_bytes(text, length);
    if (value == NULL)
        return -1;
    for (char *c = value; *c != '\0'; c++)
        if (*c == '\n')
            *c = ' ';
    row_text(&row, "key", key);
    row_text(&row, "value", value);
    row_integer(&row, "line", (int64_t)node_place(node).line);
    free(value);
    return row_end(&row);
}

static int flatten_node(const struct flattener *flattener, const yaml_node_t *node, const char *key)
{
    switch (node->type) {
    case YAML_MAPPING_NODE:
        return flatten_mapping(flattener, node, key);
    case YAML_SEQUENCE_NODE:
        return flatten_sequence(flattener, node, key);
    case YAML_SCALAR_NODE:
        return flatten_scalar(flattener, node, key);
    default:
        return 0;
    }
}

static struct table *flat_table(void)
{
    struct table *table = table_alloc("study", "The study file");

    if (table != NULL && (table_add_column(table, "key", COLUMN_TEXT, 1, "Key", "") == NULL ||
                          table_add_column(table, "value", COLUMN_TEXT, 1, "Value", "") == NULL ||
                          table_add_column(table, "line", COLUMN_INT32, 0, "Line of the study file", "") == NULL)) {
        table_free(table);
        return NULL;
    }
    return table;
}

struct table *study_flatten(const struct study *study)
{
    struct mistakes *mistakes = mistakes_alloc(study->path);
    struct flattener flattener = {NULL, flat_table()};
    struct document *document = NULL;
    int result = -1;

    if (mistakes != NULL && flattener.table != NULL) {
        document = document_parse(study->text, study->text_length, FLAT_NODES, mistakes);
        if (document != NULL) {
            flattener.document = document;
            result = flatten_node(&flattener, document_node(document, 1), "");
        }
        (void)mistakes_tell(mistakes);
    }
    document_free(document);
    mistakes_free(mistakes);
    if (result == 0)
        return flattener.table;
    table_free(flattener.table);
    return NULL;
}
