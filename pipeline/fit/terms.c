/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fit/terms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"

/* A list of terms while a sum is multiplied out. */
struct term_list {
    size_t n;
    struct term *items;
};

struct reader {
    struct terms *terms;
    struct design *design;
    const char *model;
};

static int fail_node(const struct reader *reader, const struct formula_node *node, const char *what)
{
    char escaped[ESCAPED_SIZE];
    const char *text = reader->design->formula->text;
    return formula_fail(text, node->at, "%s; found '%s'", what, escape_value(escaped, text + node->at, node->length));
}

/* ---- lists of terms ------------------------------------------------------------------------------------ */

static bool same_term(const struct term *a, const struct term *b)
{
    return a->degree == b->degree && memcmp(a->variable, b->variable, a->degree * sizeof a->variable[0]) == 0;
}

static int list_add(struct term_list *list, const struct term *term)
{
    for (size_t i = 0; i < list->n; i++)
        if (same_term(&list->items[i], term))
            return 0;
    struct term *grown = reallocate(list->items, list->n + 1, sizeof *grown);
    if (grown == NULL)
        return -1;
    list->items = grown;
    grown[list->n++] = *term;
    return 0;
}

static int list_add_all(struct term_list *list, const struct term_list *more)
{
    for (size_t i = 0; i < more->n; i++)
        if (list_add(list, &more->items[i]) != 0)
            return -1;
    return 0;
}

static void list_remove(struct term_list *list, const struct term_list *less)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->n; i++) {
        bool removed = false;
        for (size_t k = 0; k < less->n; k++)
            removed |= same_term(&list->items[i], &less->items[k]);
        if (!removed)
            list->items[kept++] = list->items[i];
    }
    list->n = kept;
}

/* The variables of both, ascending; a:a is a. */
static int join(const struct reader *reader, const struct formula_node *node, const struct term *a,
                const struct term *b, struct term *joined)
{
    size_t i = 0, k = 0;
    *joined = (struct term){0};
    while (i < a->degree || k < b->degree) {
        size_t next;
        if (k == b->degree || (i < a->degree && a->variable[i] <= b->variable[k])) {
            k += k < b->degree && a->variable[i] == b->variable[k];
            next = a->variable[i++];
        } else {
            next = b->variable[k++];
        }
        if (joined->degree == TERM_DEGREE_MAX)
            return formula_fail(reader->design->formula->text, node->at, "more than %d columns in one interaction",
                                TERM_DEGREE_MAX);
        joined->variable[joined->degree++] = next;
    }
    return 0;
}

static int list_add_products(const struct reader *reader, const struct formula_node *node, struct term_list *list,
                             const struct term_list *left, const struct term_list *right)
{
    for (size_t i = 0; i < left->n; i++)
        for (size_t k = 0; k < right->n; k++) {
            struct term joined;
            if (join(reader, node, &left->items[i], &right->items[k], &joined) != 0 || list_add(list, &joined) != 0)
                return -1;
        }
    return 0;
}

/* All variables of a list in one term: the left side of a/b. */
static int join_all(const struct reader *reader, const struct formula_node *node, const struct term_list *list,
                    struct term *all)
{
    *all = (struct term){0};
    for (size_t i = 0; i < list->n; i++) {
        const struct term before = *all;
        if (join(reader, node, &before, &list->items[i], all) != 0)
            return -1;
    }
    return 0;
}

/* ---- variables ----------------------------------------------------------------------------------------- */

static int read_factor_arguments(const struct reader *reader, const struct formula_node *node,
                                 struct variable *variable)
{
    const struct formula_node *reference = node->n_children == 2 ? node->children[1] : NULL;
    const bool good = node->n_children >= 1 && node->n_children <= 2 && node->children[0]->kind == FORMULA_NAME &&
                      node->children[0]->argument == NULL;
    const bool good_reference =
        reference == NULL || (reference->argument != NULL && strcmp(reference->argument, "ref") == 0 &&
                              (reference->kind == FORMULA_TEXT || reference->kind == FORMULA_NUMBER));
    if (!good || !good_reference)
        return fail_node(reader, node, "factor() takes a column and, if wanted, ref='level'");
    variable->kind = VARIABLE_FACTOR;
    variable->factor.column = node->children[0]->text;
    variable->factor.reference = reference != NULL ? reference->text : NULL;
    return 0;
}

static int read_spline_arguments(const struct reader *reader, const struct formula_node *node,
                                 struct variable *variable)
{
    const bool good = node->n_children == 2 && node->children[0]->kind == FORMULA_NAME &&
                      node->children[1]->kind == FORMULA_NUMBER;
    const double knots = good ? node->children[1]->number : 0;
    if (!(knots >= SPLINE_KNOTS_MIN && knots <= SPLINE_KNOTS_MAX && knots == (double)(size_t)knots))
        return fail_node(reader, node, "rcs() takes a column and 3 to 7 knots, as rcs(age, 4)");
    variable->kind = VARIABLE_SPLINE;
    variable->factor.column = node->children[0]->text;
    variable->n_knots = (size_t)knots;
    return 0;
}

/* The number of a variable, added when it is new. */
static int find_variable(const struct reader *reader, const struct variable *variable, size_t *index)
{
    struct terms *terms = reader->terms;
    for (size_t i = 0; i < terms->n_variables; i++) {
        const struct variable *known = &terms->variables[i];
        const char *a = known->factor.reference, *b = variable->factor.reference;
        *index = i;
        if (strcmp(known->factor.column, variable->factor.column) != 0 || known->kind != variable->kind)
            continue;
        if (known->n_knots == variable->n_knots && (a == NULL) == (b == NULL) && (a == NULL || strcmp(a, b) == 0))
            return 0;
    }
    struct variable *grown = reallocate(terms->variables, terms->n_variables + 1, sizeof *grown);
    if (grown == NULL)
        return -1;
    terms->variables = grown;
    *index = terms->n_variables;
    grown[terms->n_variables++] = *variable;
    return 0;
}

static int expand_variable(const struct reader *reader, const struct formula_node *node, struct term_list *list)
{
    struct variable variable = {.kind = VARIABLE_COLUMN, .factor = {.column = node->text, .at = node->at}};
    struct term term = {.degree = 1};
    if (node->kind == FORMULA_CALL && strcmp(node->text, "factor") == 0) {
        if (read_factor_arguments(reader, node, &variable) != 0)
            return -1;
    } else if (node->kind == FORMULA_CALL && strcmp(node->text, "rcs") == 0) {
        if (read_spline_arguments(reader, node, &variable) != 0)
            return -1;
    } else if (node->kind != FORMULA_NAME) {
        char what[160];
        snprintf(what, sizeof what, "'%s' takes columns, factor(), rcs(), their sums, ':' and '*', and "
                 "strata() and offset() as terms of their own", reader->model);
        return fail_node(reader, node, what);
    }
    if (find_variable(reader, &variable, &term.variable[0]) != 0)
        return -1;
    return list_add(list, &term);
}

/* ---- sums and products ----------------------------------------------------------------------------------- */

static int expand(const struct reader *reader, const struct formula_node *node, struct term_list *list);

static int expand_pair(const struct reader *reader, const struct formula_node *node, struct term_list *list)
{
    struct term_list left = {0}, right = {0};
    struct term all;
    int result = -1;
    if (expand(reader, node->children[0], &left) != 0 || expand(reader, node->children[1], &right) != 0)
        goto done;
    switch (node->kind) {
    case FORMULA_SUM:
        result = list_add_all(list, &left) != 0 || list_add_all(list, &right) != 0 ? -1 : 0;
        break;
    case FORMULA_DIFFERENCE:
        list_remove(&left, &right);
        result = list_add_all(list, &left);
        break;
    case FORMULA_CROSS:
        result = list_add_all(list, &left) != 0 || list_add_all(list, &right) != 0 ||
                         list_add_products(reader, node, list, &left, &right) != 0
                     ? -1
                     : 0;
        break;
    case FORMULA_RATIO:
        if (list_add_all(list, &left) == 0 && join_all(reader, node, &left, &all) == 0)
            result = list_add_products(reader, node, list, &(struct term_list){1, &all}, &right);
        break;
    default:
        result = list_add_products(reader, node, list, &left, &right);
    }
done:
    free(left.items);
    free(right.items);
    return result;
}

static int expand(const struct reader *reader, const struct formula_node *node, struct term_list *list)
{
    if (node->kind == FORMULA_NUMBER && node->number == 1)
        return 0;
    if (node->n_children == 2 && node->kind != FORMULA_CALL)
        return expand_pair(reader, node, list);
    return expand_variable(reader, node, list);
}

static int read_offset(const struct reader *reader, const struct formula_node *node)
{
    struct terms *terms = reader->terms;
    if (node->n_children != 1 || node->children[0]->kind != FORMULA_NAME)
        return fail_node(reader, node, "offset() takes one column");
    const char **grown = reallocate(terms->offsets, terms->n_offsets + 1, sizeof *grown);
    if (grown == NULL)
        return -1;
    terms->offsets = grown;
    grown[terms->n_offsets++] = node->children[0]->text;
    return 0;
}

static int read_strata(const struct reader *reader, const struct formula_node *node)
{
    struct design *design = reader->design;
    if (node->n_children == 0)
        return fail_node(reader, node, "strata() takes one or more columns");
    for (size_t i = 0; i < node->n_children; i++) {
        const struct formula_node *child = node->children[i];
        struct variable variable = {.factor = {.column = child->text, .at = child->at}};
        if (child->kind == FORMULA_CALL && strcmp(child->text, "factor") == 0) {
            if (read_factor_arguments(reader, child, &variable) != 0)
                return -1;
        } else if (child->kind != FORMULA_NAME || child->argument != NULL) {
            return fail_node(reader, child, "strata() takes columns");
        }
        for (size_t k = 0; k < design->n_strata; k++)
            if (strcmp(design->strata[k].column, variable.factor.column) == 0)
                return fail_node(reader, child, "a column stands twice in strata()");
        struct design_factor *grown = reallocate(design->strata, design->n_strata + 1, sizeof *grown);
        if (grown == NULL)
            return -1;
        design->strata = grown;
        grown[design->n_strata++] = variable.factor;
    }
    return 0;
}

static int read_part(const struct reader *reader, const struct formula_term *part, struct term_list *all)
{
    const struct formula_node *node = part->node;
    const bool call = node->kind == FORMULA_CALL;
    struct term_list list = {0};
    if (call && (strcmp(node->text, "strata") == 0 || strcmp(node->text, "offset") == 0)) {
        if (part->removed)
            return fail_node(reader, node, "'-' cannot stand before this");
        return strcmp(node->text, "strata") == 0 ? read_strata(reader, node) : read_offset(reader, node);
    }
    int result = expand(reader, node, &list);
    if (result == 0 && part->removed)
        list_remove(all, &list);
    else if (result == 0)
        result = list_add_all(all, &list);
    free(list.items);
    return result;
}

/* Stable: by degree, then as written. */
static void sort_by_degree(struct term_list *list)
{
    for (size_t i = 1; i < list->n; i++) {
        const struct term term = list->items[i];
        size_t k = i;
        for (; k > 0 && list->items[k - 1].degree > term.degree; k--)
            list->items[k] = list->items[k - 1];
        list->items[k] = term;
    }
}

int terms_read(struct terms *terms, struct design *design, const char *model)
{
    const struct reader reader = {terms, design, model};
    struct term_list list = {0};
    *terms = (struct terms){0};
    for (size_t i = 0; i < design->formula->n_terms; i++)
        if (read_part(&reader, &design->formula->terms[i], &list) != 0) {
            free(list.items);
            return -1;
        }
    sort_by_degree(&list);
    terms->terms = list.items;
    terms->n_terms = list.n;
    return 0;
}

void terms_clear(struct terms *terms)
{
    free(terms->variables);
    free(terms->terms);
    free(terms->offsets);
    *terms = (struct terms){0};
}
