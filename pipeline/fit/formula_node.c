/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fit/formula_node.h"

#include <stdlib.h>

#include "base/memory.h"

struct formula_node *formula_node_new(enum formula_kind kind, size_t at)
{
    struct formula_node *node = allocate(1, sizeof *node);
    if (node != NULL) {
        node->kind = kind;
        node->at = at;
    }
    return node;
}

int formula_node_add(struct formula_node *node, struct formula_node *child)
{
    struct formula_node **grown = NULL;
    if (child != NULL)
        grown = reallocate(node->children, node->n_children + 1, sizeof *grown);
    if (grown == NULL) {
        formula_node_free(child);
        return -1;
    }
    node->children = grown;
    grown[node->n_children++] = child;
    return 0;
}

struct formula_node *formula_node_join(enum formula_kind kind, struct formula_node *left, struct formula_node *right)
{
    struct formula_node *node = right != NULL ? formula_node_new(kind, left->at) : NULL;
    if (node == NULL) {
        formula_node_free(left);
        formula_node_free(right);
        return NULL;
    }
    node->length = right->at + right->length - left->at;
    if (formula_node_add(node, left) != 0) {
        formula_node_free(right);
        formula_node_free(node);
        return NULL;
    }
    if (formula_node_add(node, right) != 0) {
        formula_node_free(node);
        return NULL;
    }
    return node;
}

void formula_node_free(struct formula_node *node)
{
    if (node == NULL)
        return;
    for (size_t i = 0; i < node->n_children; i++)
        formula_node_free(node->children[i]);
    free(node->children);
    free(node->argument);
    free(node->text);
    free(node);
}
