/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * formula.h - R's formula language, read into a small tree.
 *
 *     formula   = list "~" sum                        Surv(time, status) ~ arm + strata(site)
 *     list      = sum { "," sum }                     estimate, std_error ~ 1
 *     sum       = [ "-" ] product { ("+" | "-") product }
 *     product   = crossing { ("*" | "/") crossing }
 *     crossing  = primary { ":" primary }             a:b binds before a*b, as in R
 *     primary   = number | name | function "(" [ argument { "," argument } ] ")" | "(" sum ")"
 *     argument  = [ name "=" ] ( sum | 'text' | "text" )
 *     name      = letters, digits, "." and "_", not a digit first; or anything between `backticks`
 *
 * What a function or a sum means is the model's affair (design.h); here all that is written is kept, with its
 * place.  Errors are told as "formula:1:COLUMN: ...", COLUMN counted in characters.
 */
#ifndef FIT_FORMULA_H
#define FIT_FORMULA_H

#include <stdbool.h>
#include <stddef.h>

enum formula_kind {
    FORMULA_NUMBER,
    FORMULA_TEXT,       /* in quotes; only as an argument */
    FORMULA_NAME,       /* a column */
    FORMULA_CALL,       /* text is the function's name, children its arguments */
    FORMULA_SUM,        /* two children from here on */
    FORMULA_DIFFERENCE, /* one child: the sign before the first term */
    FORMULA_CROSS,      /* a * b */
    FORMULA_RATIO,      /* a / b */
    FORMULA_INTERACTION /* a : b */
};

struct formula_node {
    enum formula_kind kind;
    size_t at;             /* byte of the formula where it starts */
    size_t length;         /* bytes it takes up there */
    char *text;            /* name, function, quoted text, or a number as written; else NULL */
    double number;
    char *argument;        /* the name before "=" in a call, or NULL */
    size_t n_children;
    struct formula_node **children;
};

/** One of the parts that + and - join on the right. */
struct formula_term {
    const struct formula_node *node;
    bool removed; /* after a minus sign */
};

struct formula {
    char *text;
    size_t n_responses;
    struct formula_node **responses; /* what stands left of "~" */
    struct formula_node *right;
    size_t n_terms;
    struct formula_term *terms;      /* the parts of right, in order */
};

/** NULL after telling. */
struct formula *formula_parse(const char *text);
void formula_free(struct formula *formula); /* NULL is fine */

/** Tells "error: formula:1:COLUMN: ..." for the character at byte `at`; returns -1. */
int formula_fail(const char *formula, size_t at, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
