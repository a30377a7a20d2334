/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/expression_token.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"

int lexer_fail(const struct lexer *lexer, size_t at, const char *format, ...)
{
    char message[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);

    size_t line = lexer->source.line;
    size_t column = lexer->source.column;
    for (size_t i = 0; i < at; i++) {
        const unsigned char byte = (unsigned char)lexer->text[i];
        if (byte == '\n') {
            line++;
            column = 1;
        } else if ((byte & 0xC0) != 0x80) { /* continuation bytes of UTF-8 are no characters of their own */
            column++;
        }
    }
    return fail_at(lexer->source.file, line, column, "%s", message);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Bytes above 0x7F are parts of letters that ASCII does not have. */
static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '.' ||
           (unsigned char)c >= 0x80;
}

/* ---- numbers ---------------------------------------------------------------------------------- */

static size_t count_digits(const char *text)
{
    size_t n = 0;
    while (is_digit(text[n]))
        n++;
    return n;
}

/* The parts of "-12.50e3": digits before and after the point, and the exponent. */
struct decimal {
    bool negative;
    const char *digits;
    size_t n_before, n_after;
    long exponent;
    size_t length; /* bytes read; 0: no number starts here */
};

static struct decimal decimal_scan(const char *text)
{
    struct decimal decimal = {.negative = text[0] == '-'};
    size_t at = text[0] == '-' || text[0] == '+';
    decimal.digits = text + at;
    decimal.n_before = count_digits(text + at);
    at += decimal.n_before;
    if (text[at] == '.') {
        decimal.n_after = count_digits(text + at + 1);
        if (decimal.n_after == 0)
            return (struct decimal){0};
        at += 1 + decimal.n_after;
    }
    if (decimal.n_before + decimal.n_after == 0)
        return (struct decimal){0};
    if (text[at] == 'e' || text[at] == 'E') {
        const char *exponent = text + at + 1;
        const size_t sign = exponent[0] == '-' || exponent[0] == '+';
        const size_t n = count_digits(exponent + sign);
        if (n == 0)
            return (struct decimal){0};
        for (size_t i = 0; i < n; i++)
            if (decimal.exponent < 1000000)
                decimal.exponent = decimal.exponent * 10 + (exponent[sign + i] - '0');
        if (exponent[0] == '-')
            decimal.exponent = -decimal.exponent;
        at += 1 + sign + n;
    }
    decimal.length = at;
    return decimal;
}

static char decimal_digit(const struct decimal *decimal, size_t i)
{
    return i < decimal->n_before ? decimal->digits[i] : decimal->digits[i + 1]; /* + 1: the point */
}

/* Floor of the exact decimal value, which a double may not hold. */
static void decimal_floor(const struct decimal *decimal, struct number *number)
{
    const size_t n = decimal->n_before + decimal->n_after;
    const long point = (long)decimal->n_before + decimal->exponent; /* digits before the point once shifted */
    int64_t magnitude = 0;
    bool fraction = false;
    bool beyond = false;
    for (size_t i = 0; i < n; i++) {
        const int digit = decimal_digit(decimal, i) - '0';
        if ((long)i >= point)
            fraction |= digit != 0;
        else if (magnitude > (INT64_MAX - digit) / 10)
            beyond = true;
        else
            magnitude = magnitude * 10 + digit;
    }
    for (long i = (long)n; i < point && magnitude != 0 && !beyond; i++) {
        if (magnitude > INT64_MAX / 10)
            beyond = true;
        else
            magnitude *= 10;
    }
    if (beyond) {
        number->floor = decimal->negative ? INT64_MIN : INT64_MAX;
        number->whole = false;
        return;
    }
    number->whole = !fraction;
    number->floor = decimal->negative ? -magnitude - fraction : magnitude;
}

int number_parse(const char *text, size_t length, struct number *number)
{
    const struct decimal decimal = decimal_scan(text);
    if (decimal.length == 0 || decimal.length != length)
        return -1;
    number->real = strtod(text, NULL);
    if (!isfinite(number->real))
        return -1;
    decimal_floor(&decimal, number);
    return 0;
}

static int read_number(struct lexer *lexer)
{
    const char *text = lexer->text + lexer->start;
    size_t length = decimal_scan(text).length;
    const bool good = length > 0 && !is_name_byte(text[length]);
    if (!good) { /* show the whole word that was meant as a number */
        length = text[0] == '-' || text[0] == '+';
        while (is_name_byte(text[length]) && length < 40)
            length++;
    }
    if (!good || number_parse(text, length, &lexer->number) != 0) {
        char escaped[ESCAPED_SIZE];
        return lexer_fail(lexer, lexer->start, "'%s' is not a number; a decimal number was expected",
                          escape_value(escaped, text, length));
    }
    lexer->kind = TOKEN_NUMBER;
    lexer->length = length;
    lexer->next = lexer->start + length;
    return 0;
}

/* ---- labels, names, signs ------------------------------------------------------------------------ */

static int read_label(struct lexer *lexer)
{
    const char quote = lexer->text[lexer->start];
    const char *end = strchr(lexer->text + lexer->start + 1, quote);
    if (end == NULL)
        return lexer_fail(lexer, lexer->start, "the quote that opens here is not closed");
    lexer->kind = TOKEN_LABEL;
    lexer->length = (size_t)(end - (lexer->text + lexer->start)) - 1;
    lexer->next = lexer->start + lexer->length + 2;
    lexer->start++;
    return 0;
}

static void read_name(struct lexer *lexer)
{
    static const struct {
        const char *word;
        enum token_kind kind;
    } words[] = {
        {"and", TOKEN_AND},   {"or", TOKEN_OR},       {"not", TOKEN_NOT},         {"in", TOKEN_IN},
        {"true", TOKEN_TRUE}, {"false", TOKEN_FALSE}, {"missing", TOKEN_MISSING},
    };
    const char *text = lexer->text + lexer->start;
    size_t length = 0;
    while (is_name_byte(text[length]))
        length++;
    lexer->length = length;
    lexer->next = lexer->start + length;
    lexer->kind = TOKEN_NAME;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i].word) == length && memcmp(words[i].word, text, length) == 0)
            lexer->kind = words[i].kind;
}

/* Signs of other languages come last and say what is written here instead. */
static int read_sign(struct lexer *lexer)
{
    static const struct {
        const char *sign;
        enum token_kind kind;
        enum comparison comparison;
        const char *instead;
    } signs[] = {
        {"===", TOKEN_END, COMPARE_EQ, "'===' is not a comparison; use '=='"},
        {"==", TOKEN_COMPARISON, COMPARE_EQ, NULL},
        {"!=", TOKEN_COMPARISON, COMPARE_NE, NULL},
        {"<=", TOKEN_COMPARISON, COMPARE_LE, NULL},
        {">=", TOKEN_COMPARISON, COMPARE_GE, NULL},
        {"<>", TOKEN_END, COMPARE_EQ, "'<>' is not a comparison; use '!='"},
        {"=<", TOKEN_END, COMPARE_EQ, "'=<' is not a comparison; use '<='"},
        {"=>", TOKEN_END, COMPARE_EQ, "'=>' is not a comparison; use '>='"},
        {"<", TOKEN_COMPARISON, COMPARE_LT, NULL},
        {">", TOKEN_COMPARISON, COMPARE_GT, NULL},
        {"(", TOKEN_OPEN, COMPARE_EQ, NULL},
        {")", TOKEN_CLOSE, COMPARE_EQ, NULL},
        {",", TOKEN_COMMA, COMPARE_EQ, NULL},
        {"=", TOKEN_END, COMPARE_EQ, "'=' is not a comparison; use '=='"},
        {"&&", TOKEN_END, COMPARE_EQ, "'&&' is not a word of the language; use 'and'"},
        {"&", TOKEN_END, COMPARE_EQ, "'&' is not a word of the language; use 'and'"},
        {"||", TOKEN_END, COMPARE_EQ, "'||' is not a word of the language; use 'or'"},
        {"|", TOKEN_END, COMPARE_EQ, "'|' is not a word of the language; use 'or'"},
        {"!", TOKEN_END, COMPARE_EQ, "'!' is not a word of the language; use 'not'"},
    };
    const char *text = lexer->text + lexer->start;
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        const size_t length = strlen(signs[i].sign);
        if (strncmp(signs[i].sign, text, length) != 0)
            continue;
        if (signs[i].instead != NULL)
            return lexer_fail(lexer, lexer->start, "%s", signs[i].instead);
        lexer->kind = signs[i].kind;
        lexer->comparison = signs[i].comparison;
        lexer->length = length;
        lexer->next = lexer->start + length;
        return 0;
    }
    char escaped[ESCAPED_SIZE];
    return lexer_fail(lexer, lexer->start, "unexpected character '%s'", escape_value(escaped, text, 1));
}

int lexer_next(struct lexer *lexer)
{
    lexer->start = lexer->next + strspn(lexer->text + lexer->next, " \t\r\n");
    const char *text = lexer->text + lexer->start;
    lexer->length = 0;
    if (text[0] == '\0') {
        lexer->kind = TOKEN_END;
        lexer->next = lexer->start;
        return 0;
    }
    if (text[0] == '\'' || text[0] == '"')
        return read_label(lexer);
    if (is_digit(text[0]) || text[0] == '-' || text[0] == '+' || (text[0] == '.' && is_digit(text[1])))
        return read_number(lexer);
    if (is_name_byte(text[0])) {
        read_name(lexer);
        return 0;
    }
    return read_sign(lexer);
}
