/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * document.h - one YAML document, read with suspicion.
 *
 * What comes out is a tree of plain values: UTF-8, one document, no anchors and aliases (a few lines of them
 * can stand for billions of nodes), no tags, at most DOCUMENT_DEPTH levels and max_nodes nodes.  Mistakes of
 * YAML are told in plain words at the place where the reader would look: an open quote where it opens.
 */
#ifndef STUDY_DOCUMENT_H
#define STUDY_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

#include "study/mistakes.h"
#include "study/values.h"

enum {
    DOCUMENT_BYTES = 1 << 20, /* callers read at most this much */
    DOCUMENT_DEPTH = 16,
};

struct document {
    yaml_document_t yaml; /* has a root node */
};

/** NULL after noting what is wrong. */
struct document *document_parse(const char *text, size_t length, size_t max_nodes, struct mistakes *mistakes);
void document_free(struct document *document); /* NULL is fine */

/** The node of an index in a list or a pair of the tree. */
yaml_node_t *document_node(const struct document *document, int index);

/** Where a node begins; a quoted text begins with its quote. */
struct study_place node_place(const yaml_node_t *node);

/** A value that is left empty, or written as ~ or null. */
bool node_is_empty(const yaml_node_t *node);

#endif
