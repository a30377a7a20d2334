/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The grammar of expression.h, one function a rule; each leaves the postfix program of what it read. */
#include "study/expression.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "study/expression_program.h"
#include "study/expression_value.h"

/* Parentheses and `not` inside one another; a condition that a person wrote stays far below. */
enum { DEPTH_MAX = 64 };

struct parser {
    struct lexer lexer;
    const struct table *schema;
    struct expression *expression;
    size_t depth;  /* nesting at this place of the text */
    size_t height; /* operands that the program so far leaves */
};

static int parse_condition(struct parser *parser);

static int fail_here(const struct parser *parser, const char *expected)
{
    const struct lexer *lexer = &parser->lexer;
    if (lexer->kind == TOKEN_END)
        return lexer_fail(lexer, lexer->start, "the condition ends where %s is expected", expected);
    char escaped[ESCAPED_SIZE];
    return lexer_fail(lexer, lexer->start, "%s is expected; found '%s'", expected,
                      escape_value(escaped, lexer->text + lexer->start, lexer->length));
}

static int expect(struct parser *parser, enum token_kind kind, const char *what)
{
    return parser->lexer.kind == kind ? lexer_next(&parser->lexer) : fail_here(parser, what);
}

/* ---- emitting ------------------------------------------------------------------------------------- */

static int emit(struct parser *parser, struct operation operation)
{
    struct expression *expression = parser->expression;
    if (expression->n_operations == expression->operation_capacity) {
        const size_t capacity = 2 * expression->operation_capacity + 8;
        struct operation *grown = reallocate(expression->operations, capacity, sizeof *grown);
        if (grown == NULL)
            return -1;
        expression->operations = grown;
        expression->operation_capacity = capacity;
    }
    expression->operations[expression->n_operations++] = operation;
    if (operation.code == OPERATION_TEST || operation.code == OPERATION_CONSTANT)
        parser->height++;
    else if (operation.code != OPERATION_NOT)
        parser->height--;
    if (parser->height > expression->depth)
        expression->depth = parser->height;
    return 0;
}

/* A new test on a column, with the operation that runs it; NULL after telling. */
static struct test *emit_test(struct parser *parser, enum test_kind kind, size_t column)
{
    struct expression *expression = parser->expression;
    if (expression->n_tests == expression->test_capacity) {
        const size_t capacity = 2 * expression->test_capacity + 4;
        struct test *grown = reallocate(expression->tests, capacity, sizeof *grown);
        if (grown == NULL)
            return NULL;
        expression->tests = grown;
        expression->test_capacity = capacity;
    }
    const size_t index = expression->n_tests;
    if (emit(parser, (struct operation){.code = OPERATION_TEST, .test = index}) != 0)
        return NULL;
    expression->n_tests++;
    expression->tests[index] = (struct test){.kind = kind, .column = column};
    return &expression->tests[index];
}

static int remember_column(struct expression *expression, const char *name)
{
    for (size_t i = 0; i < expression->n_columns; i++)
        if (strcmp(expression->columns[i], name) == 0)
            return 0;
    char **grown = reallocate(expression->columns, expression->n_columns + 1, sizeof *grown);
    if (grown == NULL)
        return -1;
    expression->columns = grown;
    if ((grown[expression->n_columns] = copy_text(name)) == NULL)
        return -1;
    expression->n_columns++;
    return 0;
}

/* ---- columns ---------------------------------------------------------------------------------------- */

static int fail_unknown_column(const struct parser *parser, const char *name)
{
    const struct table *schema = parser->schema;
    const char **names = allocate(schema->n_columns, sizeof *names);
    if (names == NULL)
        return -1;
    for (size_t i = 0; i < schema->n_columns; i++)
        names[i] = schema->columns[i].name;
    const char *near = nearest_name(name, names, schema->n_columns);
    free(names);
    char escaped[ESCAPED_SIZE];
    escape_value(escaped, name, strlen(name));
    if (near != NULL)
        return lexer_fail(&parser->lexer, parser->lexer.start, "there is no column '%s'; did you mean '%s'?", escaped,
                          near);
    return lexer_fail(&parser->lexer, parser->lexer.start, "there is no column '%s'", escaped);
}

/* The column that the current word names; the word stays. */
static int find_column(struct parser *parser, size_t *column)
{
    const struct lexer *lexer = &parser->lexer;
    char *name = copy_bytes(lexer->text + lexer->start, lexer->length);
    if (name == NULL)
        return -1;
    *column = table_column_index(parser->schema, name);
    const int result = *column < parser->schema->n_columns ? remember_column(parser->expression, name)
                                                           : fail_unknown_column(parser, name);
    free(name);
    return result;
}

/* ---- the grammar -------------------------------------------------------------------------------------- */

/* "(" value { "," value } ")" after `in`. */
static int parse_list(struct parser *parser, struct test *test, const struct column *column)
{
    struct lexer *lexer = &parser->lexer;
    if (expect(parser, TOKEN_OPEN, "'(' after 'in'") != 0)
        return -1;
    for (;;) {
        if (test_add_value(test, lexer, column, COMPARE_EQ) != 0 || lexer_next(lexer) != 0)
            return -1;
        if (lexer->kind != TOKEN_COMMA)
            break;
        if (lexer_next(lexer) != 0)
            return -1;
    }
    return expect(parser, TOKEN_CLOSE, "',' or ')' in a list of values");
}

static int parse_comparison(struct parser *parser)
{
    struct lexer *lexer = &parser->lexer;
    size_t index;
    if (find_column(parser, &index) != 0 || lexer_next(lexer) != 0)
        return -1;
    const struct column *column = &parser->schema->columns[index];
    struct test *test = emit_test(parser, test_kind_of(column), index);
    if (test == NULL)
        return -1;
    if (lexer->kind == TOKEN_COMPARISON) {
        const enum comparison comparison = lexer->comparison;
        test->negated = comparison == COMPARE_NE;
        if (lexer_next(lexer) != 0 || test_add_value(test, lexer, column, comparison) != 0)
            return -1;
        return lexer_next(lexer);
    }
    if (lexer->kind == TOKEN_NOT) {
        test->negated = true;
        if (lexer_next(lexer) != 0)
            return -1;
        if (lexer->kind != TOKEN_IN)
            return fail_here(parser, "'in' after a column and 'not'");
    }
    if (lexer->kind != TOKEN_IN) {
        char expected[ESCAPED_SIZE + 64];
        char escaped[ESCAPED_SIZE];
        snprintf(expected, sizeof expected, "a comparison (==, !=, <, <=, >, >=, in) after column '%s'",
                 escape_value(escaped, column->name, strlen(column->name)));
        return fail_here(parser, expected);
    }
    return lexer_next(lexer) != 0 ? -1 : parse_list(parser, test, column);
}

static int parse_missing(struct parser *parser)
{
    size_t index;
    if (lexer_next(&parser->lexer) != 0 || expect(parser, TOKEN_OPEN, "'(' after 'missing'") != 0)
        return -1;
    if (parser->lexer.kind != TOKEN_NAME)
        return fail_here(parser, "a column in missing()");
    if (find_column(parser, &index) != 0 || emit_test(parser, TEST_MISSING, index) == NULL ||
        lexer_next(&parser->lexer) != 0)
        return -1;
    return expect(parser, TOKEN_CLOSE, "')'");
}

static int parse_constant(struct parser *parser, uint8_t value)
{
    return emit(parser, (struct operation){.code = OPERATION_CONSTANT, .constant = value}) != 0
               ? -1
               : lexer_next(&parser->lexer);
}

static int parse_factor(struct parser *parser);

/* What stands inside `not` or parentheses, one level deeper. */
static int parse_nested(struct parser *parser, int (*rule)(struct parser *))
{
    if (parser->depth == DEPTH_MAX)
        return lexer_fail(&parser->lexer, parser->lexer.start, "more than %d levels of parentheses and 'not'",
                          DEPTH_MAX);
    if (lexer_next(&parser->lexer) != 0)
        return -1;
    parser->depth++;
    const int result = rule(parser);
    parser->depth--;
    return result;
}

static int parse_factor(struct parser *parser)
{
    struct lexer *lexer = &parser->lexer;
    switch (lexer->kind) {
    case TOKEN_NOT:
        return parse_nested(parser, parse_factor) != 0 ? -1 : emit(parser, (struct operation){.code = OPERATION_NOT});
    case TOKEN_OPEN: {
        const size_t opened = lexer->start;
        if (parse_nested(parser, parse_condition) != 0)
            return -1;
        if (lexer->kind == TOKEN_END)
            return lexer_fail(lexer, opened, "the parenthesis that opens here is not closed");
        return expect(parser, TOKEN_CLOSE, "'and', 'or' or ')'");
    }
    case TOKEN_TRUE:
        return parse_constant(parser, ORDERED_TRUE);
    case TOKEN_FALSE:
        return parse_constant(parser, ORDERED_FALSE);
    case TOKEN_MISSING:
        return parse_missing(parser);
    case TOKEN_NAME:
        return parse_comparison(parser);
    case TOKEN_NUMBER:
    case TOKEN_LABEL:
        return lexer_fail(lexer, lexer->start, "a comparison begins with its column: write column, sign, value");
    default:
        return fail_here(parser, "a condition");
    }
}

static int parse_term(struct parser *parser)
{
    if (parse_factor(parser) != 0)
        return -1;
    while (parser->lexer.kind == TOKEN_AND)
        if (lexer_next(&parser->lexer) != 0 || parse_factor(parser) != 0 ||
            emit(parser, (struct operation){.code = OPERATION_AND}) != 0)
            return -1;
    return 0;
}

static int parse_condition(struct parser *parser)
{
    if (parse_term(parser) != 0)
        return -1;
    while (parser->lexer.kind == TOKEN_OR)
        if (lexer_next(&parser->lexer) != 0 || parse_term(parser) != 0 ||
            emit(parser, (struct operation){.code = OPERATION_OR}) != 0)
            return -1;
    return 0;
}

struct expression *expression_compile(const char *text, const struct table *schema, struct expression_source source)
{
    struct parser parser = {.lexer = {.text = text, .source = source}, .schema = schema};
    if ((parser.expression = allocate(1, sizeof *parser.expression)) == NULL)
        return NULL;
    if (lexer_next(&parser.lexer) != 0 || parse_condition(&parser) != 0)
        goto failed;
    if (parser.lexer.kind == TOKEN_CLOSE) {
        lexer_fail(&parser.lexer, parser.lexer.start, "no parenthesis is open here");
        goto failed;
    }
    if (parser.lexer.kind != TOKEN_END) {
        fail_here(&parser, "'and', 'or' or the end of the condition");
        goto failed;
    }
    return parser.expression;
failed:
    expression_free(parser.expression);
    return NULL;
}
