/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * expression_token.h - the words of the expression language, and where they stand.
 *
 * lexer_next() moves to the next word.  A label is quoted with ' or "; the other kind may stand inside.
 * A number is decimal, with an optional sign, point and exponent: no hexadecimal, no inf, no nan.
 */
#ifndef STUDY_EXPRESSION_TOKEN_H
#define STUDY_EXPRESSION_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "study/expression.h"

enum token_kind {
    TOKEN_END,
    TOKEN_NAME,
    TOKEN_NUMBER,
    TOKEN_LABEL, /* start and length are those between the quotes */
    TOKEN_COMPARISON,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_COMMA,
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_NOT,
    TOKEN_IN,
    TOKEN_TRUE,
    TOKEN_FALSE,
    TOKEN_MISSING,
};

enum comparison { COMPARE_EQ, COMPARE_NE, COMPARE_LT, COMPARE_LE, COMPARE_GT, COMPARE_GE };

/**
 * A decimal number, exact for integers of any size: 9007199254740993 is not 2^53.
 * Beyond int64 the floor stays at the end of the range with whole = false, so that every int64
 * compares with it as with the number itself.
 */
struct number {
    double real;   /* nearest double */
    int64_t floor; /* largest integer that is not above the number */
    bool whole;    /* is the number its floor? */
};

struct lexer {
    const char *text;
    size_t next; /* first byte that is not read yet */
    struct expression_source source;

    /* the word that was read last */
    enum token_kind kind;
    size_t start, length; /* bytes of text */
    enum comparison comparison;
    struct number number;
};

/** Reads the next word.  -1 after telling. */
int lexer_next(struct lexer *lexer);

/** Tells an error at the character that starts at byte `at` of the text; returns -1. */
int lexer_fail(const struct lexer *lexer, size_t at, const char *format, ...) __attribute__((format(printf, 3, 4)));

/** A number that fills all `length` bytes of text (its terminating byte is read).  0, or -1 in silence. */
int number_parse(const char *text, size_t length, struct number *number);

#endif
