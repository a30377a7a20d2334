/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * formula_node.h - making and freeing the tree of a formula.
 */
#ifndef FIT_FORMULA_NODE_H
#define FIT_FORMULA_NODE_H

#include "fit/formula.h"

struct formula_node *formula_node_new(enum formula_kind kind, size_t at); /* NULL after telling */
void formula_node_free(struct formula_node *node);                        /* NULL is fine */

/** Adds a child and takes it over, also on failure; a NULL child is one.  -1 on failure. */
int formula_node_add(struct formula_node *node, struct formula_node *child);

/** left and right under one operator; frees both when it fails, which a NULL on the right is, too. */
struct formula_node *formula_node_join(enum formula_kind kind, struct formula_node *left, struct formula_node *right);

#endif
