/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fit/design.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "fit/terms.h"

/* The part of the formula a node was read from, for messages. */
static const char *written(const struct design *design, const struct formula_node *node, char out[static ESCAPED_SIZE])
{
    return escape_value(out, design->formula->text + node->at, node->length);
}

static int fail_term(const struct design *design, const struct formula_node *node, const char *model)
{
    char escaped[ESCAPED_SIZE];
    return formula_fail(design->formula->text, node->at,
                        "'%s' takes columns to group by, factor(column), strata(column) and 1; '%s' is none of these",
                        model, written(design, node, escaped));
}

/* ---- the outcome ------------------------------------------------------------------------------------- */

/* Surv(left, right, type='interval2'): is this the last argument? */
static bool is_interval_type(const struct formula_node *argument)
{
    return argument->argument != NULL && strcmp(argument->argument, "type") == 0 && argument->kind == FORMULA_TEXT &&
           strcmp(argument->text, "interval2") == 0;
}

static int read_interval(struct design *design, const struct formula_node *call, const char *model)
{
    const char *const text = design->formula->text;
    const bool good = call->n_children == 3 && call->children[0]->kind == FORMULA_NAME &&
                      call->children[1]->kind == FORMULA_NAME && is_interval_type(call->children[2]);
    if (!good)
        return formula_fail(text, call->at, "'%s' takes Surv(left, right, type='interval2'); an empty left or right end is open",
                            model);
    design->time = call->children[0]->text;
    design->upper = call->children[1]->text;
    return 0;
}

static int read_surv(struct design *design, const struct formula_node *call, const char *model)
{
    const char *const text = design->formula->text;
    if (design->outcome == OUTCOME_INTERVAL ||
        (design->outcome == OUTCOME_LIFETIME && call->n_children == 3 && call->children[2]->argument != NULL))
        return read_interval(design, call, model);
    if (call->n_children < 2 || call->n_children > 3)
        return formula_fail(text, call->at, "Surv(time, status) or Surv(start, stop, status) was expected; found %zu "
                            "arguments", call->n_children);
    const char *columns[3];
    for (size_t i = 0; i < call->n_children; i++) {
        const struct formula_node *argument = call->children[i];
        if (argument->kind != FORMULA_NAME || argument->argument != NULL) {
            char escaped[ESCAPED_SIZE];
            return formula_fail(text, argument->at, "'%s' takes columns in Surv(); '%s' is none", model,
                                written(design, argument, escaped));
        }
        columns[i] = argument->text;
    }
    design->entry = call->n_children == 3 ? columns[0] : NULL;
    design->time = columns[call->n_children - 2];
    design->status = columns[call->n_children - 1];
    return 0;
}

/* estimate, std_error; or events/n */
static int read_studies(struct design *design, const char *model)
{
    const struct formula *const formula = design->formula;
    const struct formula_node *const first = formula->responses[0];
    const struct formula_node *pair[2] = {first, formula->n_responses == 2 ? formula->responses[1] : NULL};
    const bool share = formula->n_responses == 1 && first->kind == FORMULA_RATIO;

    if (share)
        memcpy(pair, first->children, sizeof pair);
    if (pair[1] == NULL || formula->n_responses > 2 || pair[0]->kind != FORMULA_NAME || pair[1]->kind != FORMULA_NAME)
        return formula_fail(formula->text, first->at, "'%s' takes 'estimate, std_error ~ 1' or 'events/n ~ arm + study'",
                            model);
    design->status = pair[0]->text;
    *(share ? &design->trials : &design->std_error) = pair[1]->text;
    return 0;
}

/* Of events/n ~ arm + study the second column says which study a row is of. */
static int split_studies(struct design *design, const char *model)
{
    const size_t wanted = design->trials != NULL ? 2 : 0;

    if (design->n_groups != wanted || design->n_strata > 0)
        return formula_fail(design->formula->text, 0, "'%s' takes 'estimate, std_error ~ 1' or 'events/n ~ arm + study'",
                            model);
    if (wanted == 0)
        return 0;
    design->n_groups = 1;
    if ((design->strata = allocate(1, sizeof *design->strata)) == NULL)
        return -1;
    design->strata[design->n_strata++] = design->groups[1];
    return 0;
}

static int read_arm(struct design *design, const struct formula_node *node, const char *model);

static int read_outcome(struct design *design, const char *model)
{
    const struct formula *formula = design->formula;
    const struct formula_node *node = formula->responses[0];
    if (design->outcome == OUTCOME_STUDIES)
        return read_studies(design, model);
    if (formula->n_responses > 1)
        return formula_fail(formula->text, formula->responses[1]->at, "'%s' takes one outcome", model);
    if (design->outcome == OUTCOME_ARM)
        return read_arm(design, node, model);
    if (design->outcome != OUTCOME_EVENT && design->outcome != OUTCOME_COUNT && design->outcome != OUTCOME_NUMBER) {
        if (node->kind != FORMULA_CALL || strcmp(node->text, "Surv") != 0)
            return formula_fail(formula->text, node->at,
                                "'%s' takes Surv(time, status) or Surv(start, stop, status) as the outcome", model);
        return read_surv(design, node, model);
    }
    if (node->kind != FORMULA_NAME)
        return formula_fail(formula->text, node->at, "'%s' takes a column of %s as the outcome", model,
                            design->outcome == OUTCOME_COUNT    ? "counts"
                            : design->outcome == OUTCOME_NUMBER ? "numbers"
                                                                : "0 and 1");
    design->status = node->text;
    return 0;
}

/* ---- groups and strata --------------------------------------------------------------------------------- */

static int add_factor(struct design_factor **factors, size_t *n, struct design_factor factor)
{
    struct design_factor *grown = reallocate(*factors, *n + 1, sizeof *grown);
    if (grown == NULL)
        return -1;
    *factors = grown;
    grown[(*n)++] = factor;
    return 0;
}

/* column, factor(column), factor(column, ref='level') */
static int read_factor(const struct design *design, const struct formula_node *node, const char *model,
                       struct design_factor *factor)
{
    factor->at = node->at;
    factor->reference = NULL;
    factor->column = node->text;
    if (node->kind == FORMULA_NAME)
        return 0;
    if (node->kind != FORMULA_CALL || strcmp(node->text, "factor") != 0)
        return fail_term(design, node, model);
    const bool good = (node->n_children == 1 || node->n_children == 2) && node->children[0]->kind == FORMULA_NAME &&
                      node->children[0]->argument == NULL;
    const struct formula_node *reference = good && node->n_children == 2 ? node->children[1] : NULL;
    const bool good_reference =
        reference == NULL || (reference->argument != NULL && strcmp(reference->argument, "ref") == 0 &&
                              (reference->kind == FORMULA_TEXT || reference->kind == FORMULA_NUMBER));
    if (!good || !good_reference)
        return formula_fail(design->formula->text, node->at,
                            "factor() takes a column and, if wanted, ref='level': factor(x, ref='b')");
    factor->column = node->children[0]->text;
    if (reference != NULL)
        factor->reference = reference->text;
    return 0;
}

/* The arm stands where other models have their outcome: a column, or factor(column, ref='level'). */
static int read_arm(struct design *design, const struct formula_node *node, const char *model)
{
    struct design_factor factor;
    const bool call = node->kind == FORMULA_CALL && strcmp(node->text, "factor") == 0;
    if (node->kind != FORMULA_NAME && !call)
        return formula_fail(design->formula->text, node->at,
                            "'%s' takes the column of the two arms before '~', as arm or factor(arm, ref='level')", model);
    return read_factor(design, node, model, &factor) != 0 ? -1 : add_factor(&design->groups, &design->n_groups, factor);
}

static bool is_named(const struct design *design, const char *column)
{
    for (size_t i = 0; i < design->n_groups; i++)
        if (strcmp(design->groups[i].column, column) == 0)
            return true;
    for (size_t i = 0; i < design->n_strata; i++)
        if (strcmp(design->strata[i].column, column) == 0)
            return true;
    return false;
}

static int read_term(struct design *design, const struct formula_term *term, const char *model)
{
    const struct formula_node *node = term->node;
    struct design_factor factor;
    if (term->removed)
        return formula_fail(design->formula->text, node->at, "'%s' leaves no term out: '-' was not expected", model);
    if (node->kind == FORMULA_NUMBER && node->number == 1)
        return 0;
    const bool strata = node->kind == FORMULA_CALL && strcmp(node->text, "strata") == 0;
    if (strata && node->n_children == 0)
        return formula_fail(design->formula->text, node->at, "strata() takes one or more columns");
    for (size_t i = 0; i < (strata ? node->n_children : 1); i++) {
        if (read_factor(design, strata ? node->children[i] : node, model, &factor) != 0)
            return -1;
        if (is_named(design, factor.column))
            return formula_fail(design->formula->text, factor.at, "column '%s' stands twice", factor.column);
        if (strata ? add_factor(&design->strata, &design->n_strata, factor) != 0
                   : add_factor(&design->groups, &design->n_groups, factor) != 0)
            return -1;
    }
    return 0;
}

struct design *design_read(const struct formula *formula, const char *model, enum design_outcome outcome,
                           bool regression)
{
    struct design *design = allocate(1, sizeof *design);
    if (design == NULL)
        return NULL;
    design->formula = formula;
    design->outcome = outcome;
    if (read_outcome(design, model) != 0)
        goto failed;
    if (regression) {
        if ((design->terms = allocate(1, sizeof *design->terms)) == NULL ||
            terms_read(design->terms, design, model) != 0)
            goto failed;
        return design;
    }
    for (size_t i = 0; i < formula->n_terms; i++)
        if (read_term(design, &formula->terms[i], model) != 0)
            goto failed;
    if (outcome == OUTCOME_STUDIES && split_studies(design, model) != 0)
        goto failed;
    return design;
failed:
    design_free(design);
    return NULL;
}

void design_free(struct design *design)
{
    if (design == NULL)
        return;
    free(design->groups);
    free(design->strata);
    if (design->terms != NULL)
        terms_clear(design->terms);
    free(design->terms);
    free(design);
}
