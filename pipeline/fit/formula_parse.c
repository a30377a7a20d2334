/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The grammar of formula.h by recursive descent: one function a rule. */
#include "fit/formula.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "fit/formula_node.h"

/* Parentheses and calls inside one another, and operators in a row: what is freed and walked by recursion. */
enum { DEPTH_MAX = 64, OPERATORS_MAX = 1000 };

struct parser {
    const char *text;
    size_t at;    /* next byte, after spaces */
    size_t end;   /* after the last byte that belonged to something */
    size_t depth, n_operators;
};

static struct formula_node *parse_sum(struct parser *parser);

/* ---- characters --------------------------------------------------------------------------------------- */

static void skip_spaces(struct parser *parser)
{
    parser->at += strspn(parser->text + parser->at, " \t\r\n");
}

static char peek(const struct parser *parser)
{
    return parser->text[parser->at];
}

static void advance(struct parser *parser, size_t bytes)
{
    parser->at += bytes;
    parser->end = parser->at;
    skip_spaces(parser);
}

static bool take(struct parser *parser, char c)
{
    if (peek(parser) != c)
        return false;
    advance(parser, 1);
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '.' ||
           (unsigned char)c >= 0x80;
}

static int fail_expected(const struct parser *parser, const char *expected)
{
    if (peek(parser) == '\0')
        return formula_fail(parser->text, parser->at, "the formula ends where %s is expected", expected);
    char escaped[ESCAPED_SIZE];
    size_t length = 0;
    while (is_name_byte(parser->text[parser->at + length]))
        length++;
    escape_value(escaped, parser->text + parser->at, length > 0 ? length : 1);
    return formula_fail(parser->text, parser->at, "%s is expected; found '%s'", expected, escaped);
}

/* ---- primaries ---------------------------------------------------------------------------------------- */

static struct formula_node *parse_number(struct parser *parser)
{
    const char *text = parser->text + parser->at;
    size_t length = strspn(text, "0123456789.");
    const bool has_sign = text[length] != '\0' && (text[length + 1] == '+' || text[length + 1] == '-');
    if ((text[length] == 'e' || text[length] == 'E') && is_digit(text[length + 1 + has_sign]))
        length += 2 + strspn(text + length + 2, "0123456789");
    char *end = NULL;
    const double value = strtod(text, &end); /* reads 0x10 as well: then the end is another one */
    if (end != text + length || is_name_byte(text[length]) || !isfinite(value)) {
        fail_expected(parser, "a number");
        return NULL;
    }
    struct formula_node *node = formula_node_new(FORMULA_NUMBER, parser->at);
    if (node == NULL || (node->text = copy_bytes(text, length)) == NULL) {
        formula_node_free(node);
        return NULL;
    }
    node->number = value;
    node->length = length;
    advance(parser, length);
    return node;
}

/* What stands between quotes or backticks; places the parser behind them. */
static char *take_quoted(struct parser *parser)
{
    const char *start = parser->text + parser->at + 1;
    const char *end = strchr(start, peek(parser));
    if (end == NULL || end == start) {
        formula_fail(parser->text, parser->at, end == NULL ? "the quote that opens here is not closed"
                                                           : "nothing stands between these quotes");
        return NULL;
    }
    char *text = copy_bytes(start, (size_t)(end - start));
    advance(parser, (size_t)(end - start) + 2);
    return text;
}

static char *take_name(struct parser *parser)
{
    if (peek(parser) == '`')
        return take_quoted(parser);
    size_t length = 0;
    while (is_name_byte(parser->text[parser->at + length]))
        length++;
    char *name = copy_bytes(parser->text + parser->at, length);
    advance(parser, length);
    return name;
}

static bool starts_name(const struct parser *parser)
{
    const char c = peek(parser);
    return c == '`' || (is_name_byte(c) && !is_digit(c) && !(c == '.' && is_digit(parser->text[parser->at + 1])));
}

static struct formula_node *parse_argument(struct parser *parser)
{
    char *argument = NULL;
    const struct parser before = *parser;
    if (starts_name(parser)) {
        if ((argument = take_name(parser)) == NULL)
            return NULL;
        if (peek(parser) != '=' || parser->text[parser->at + 1] == '=') { /* a column, not a named argument */
            free(argument);
            argument = NULL;
            *parser = before;
        } else {
            advance(parser, 1);
        }
    }
    struct formula_node *node;
    if (peek(parser) == '\'' || peek(parser) == '"') {
        node = formula_node_new(FORMULA_TEXT, parser->at);
        if (node != NULL && (node->text = take_quoted(parser)) == NULL) {
            formula_node_free(node);
            node = NULL;
        }
        if (node != NULL)
            node->length = parser->end - node->at;
    } else {
        node = parse_sum(parser);
    }
    if (node == NULL) {
        free(argument);
        return NULL;
    }
    node->argument = argument;
    return node;
}

/* The arguments of a call, after its "(". */
static int parse_arguments(struct parser *parser, struct formula_node *call)
{
    if (take(parser, ')'))
        return 0;
    for (;;) {
        if (formula_node_add(call, parse_argument(parser)) != 0)
            return -1;
        if (take(parser, ')'))
            return 0;
        if (peek(parser) == '\0')
            return formula_fail(parser->text, call->at, "the parenthesis of '%s(' is not closed", call->text);
        if (!take(parser, ','))
            return fail_expected(parser, "',' or ')'");
    }
}

static struct formula_node *parse_name_or_call(struct parser *parser)
{
    struct formula_node *node = formula_node_new(FORMULA_NAME, parser->at);
    if (node == NULL || (node->text = take_name(parser)) == NULL)
        goto failed;
    if (peek(parser) == '(') {
        node->kind = FORMULA_CALL;
        advance(parser, 1);
        if (parse_arguments(parser, node) != 0)
            goto failed;
    }
    node->length = parser->end - node->at;
    return node;
failed:
    formula_node_free(node);
    return NULL;
}

static struct formula_node *parse_parentheses(struct parser *parser)
{
    const size_t opened = parser->at;
    advance(parser, 1);
    struct formula_node *node = parse_sum(parser);
    if (node != NULL && !take(parser, ')')) {
        if (peek(parser) == '\0')
            formula_fail(parser->text, opened, "the parenthesis that opens here is not closed");
        else
            fail_expected(parser, "an operator or ')'");
        formula_node_free(node);
        return NULL;
    }
    return node;
}

static struct formula_node *parse_primary(struct parser *parser)
{
    struct formula_node *node = NULL;
    if (parser->depth == DEPTH_MAX) {
        formula_fail(parser->text, parser->at, "more than %d levels of parentheses", DEPTH_MAX);
        return NULL;
    }
    parser->depth++;
    if (peek(parser) == '(')
        node = parse_parentheses(parser);
    else if (starts_name(parser))
        node = parse_name_or_call(parser);
    else if (is_digit(peek(parser)) || peek(parser) == '.')
        node = parse_number(parser);
    else
        fail_expected(parser, "a column");
    parser->depth--;
    return node;
}

/* ---- operators ---------------------------------------------------------------------------------------- */

struct link {
    char sign;
    enum formula_kind kind;
};

/* operand { sign operand }, joined from the left; takes `node`, the first operand, over. */
static struct formula_node *parse_chain(struct parser *parser, struct formula_node *node, const struct link links[2],
                                        struct formula_node *(*parse_operand)(struct parser *))
{
    while (node != NULL && peek(parser) != '\0' && (peek(parser) == links[0].sign || peek(parser) == links[1].sign)) {
        const enum formula_kind kind = peek(parser) == links[0].sign ? links[0].kind : links[1].kind;
        advance(parser, 1);
        /* A chain is a tree as deep as it is long. */
        if (++parser->n_operators > OPERATORS_MAX) {
            formula_fail(parser->text, parser->at, "more than %d operators", OPERATORS_MAX);
            formula_node_free(node);
            return NULL;
        }
        node = formula_node_join(kind, node, parse_operand(parser));
    }
    return node;
}

static struct formula_node *parse_crossing(struct parser *parser)
{
    static const struct link links[2] = {{':', FORMULA_INTERACTION}, {':', FORMULA_INTERACTION}};
    return parse_chain(parser, parse_primary(parser), links, parse_primary);
}

static struct formula_node *parse_product(struct parser *parser)
{
    static const struct link links[2] = {{'*', FORMULA_CROSS}, {'/', FORMULA_RATIO}};
    return parse_chain(parser, parse_crossing(parser), links, parse_crossing);
}

static struct formula_node *parse_first_term(struct parser *parser)
{
    const size_t at = parser->at;
    if (!take(parser, '-'))
        return parse_product(parser);
    struct formula_node *node = formula_node_new(FORMULA_DIFFERENCE, at);
    if (node == NULL || formula_node_add(node, parse_product(parser)) != 0) {
        formula_node_free(node);
        return NULL;
    }
    node->length = parser->end - at;
    return node;
}

static struct formula_node *parse_sum(struct parser *parser)
{
    static const struct link links[2] = {{'+', FORMULA_SUM}, {'-', FORMULA_DIFFERENCE}};
    return parse_chain(parser, parse_first_term(parser), links, parse_product);
}

/* ---- the whole ---------------------------------------------------------------------------------------- */

static int parse_responses(struct parser *parser, struct formula *formula)
{
    if (peek(parser) == '~')
        return formula_fail(parser->text, parser->at, "the outcome is missing: write  outcome ~ terms");
    do {
        struct formula_node *node = parse_sum(parser);
        struct formula_node **grown = NULL;
        if (node != NULL)
            grown = reallocate(formula->responses, formula->n_responses + 1, sizeof *grown);
        if (grown == NULL) {
            formula_node_free(node);
            return -1;
        }
        formula->responses = grown;
        grown[formula->n_responses++] = node;
    } while (take(parser, ','));
    if (!take(parser, '~'))
        return fail_expected(parser, "'~'");
    return 0;
}

/* The parts of a sum from left to right. */
static int add_terms(struct formula *formula, const struct formula_node *node, bool removed)
{
    if (node->kind == FORMULA_SUM || node->kind == FORMULA_DIFFERENCE) {
        const bool minus = node->kind == FORMULA_DIFFERENCE;
        if (node->n_children == 1)
            return add_terms(formula, node->children[0], !removed);
        if (add_terms(formula, node->children[0], removed) != 0)
            return -1;
        return add_terms(formula, node->children[1], removed != minus);
    }
    struct formula_term *grown = reallocate(formula->terms, formula->n_terms + 1, sizeof *grown);
    if (grown == NULL)
        return -1;
    formula->terms = grown;
    grown[formula->n_terms++] = (struct formula_term){node, removed};
    return 0;
}

struct formula *formula_parse(const char *text)
{
    struct parser parser = {.text = text};
    struct formula *formula = allocate(1, sizeof *formula);
    if (formula == NULL || (formula->text = copy_text(text)) == NULL)
        goto failed;
    skip_spaces(&parser);
    if (parse_responses(&parser, formula) != 0 || (formula->right = parse_sum(&parser)) == NULL)
        goto failed;
    if (peek(&parser) != '\0') {
        fail_expected(&parser, "an operator or the end of the formula");
        goto failed;
    }
    if (add_terms(formula, formula->right, false) != 0)
        goto failed;
    return formula;
failed:
    formula_free(formula);
    return NULL;
}
