/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of options. */
#include "fit/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "study/expression_token.h"

void option_refuse(struct option_parse *parse, const char *option, const char *expected, const char *value)
{
    char escaped[ESCAPED_SIZE];
    argp_error(parse->state, "%s: %s was expected; value '%s'", option, expected,
               escape_value(escaped, value, strlen(value)));
}

double option_real(struct option_parse *parse, const char *option, const char *expected, const char *text, double low,
                   double high, bool open)
{
    struct number number;
    if (number_parse(text, strlen(text), &number) != 0 || number.real < low || number.real > high ||
        (open && (number.real == low || number.real == high)))
        option_refuse(parse, option, expected, text);
    return number.real;
}

void option_numbers(struct option_parse *parse, const char *option, const char *expected, const char *text, double high,
                    bool open, struct numbers *numbers)
{
    numbers->n = 0;
    for (const char *start = text;;) {
        const size_t length = strcspn(start, ",");
        char *one = copy_bytes(start, length);
        double *grown = reallocate(numbers->values, numbers->n + 1, sizeof *grown);
        if (grown != NULL)
            numbers->values = grown;
        if (one == NULL || grown == NULL) {
            free(one);
            parse->failed = true;
            return;
        }
        grown[numbers->n++] = option_real(parse, option, expected, one, 0, high, open);
        free(one);
        if (start[length] == '\0')
            return;
        start += length + 1;
    }
}

int option_word(struct option_parse *parse, const char *option, const char *const *words, const char *text)
{
    char expected[112] = "one of ";
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], text) == 0)
            return i;
        strncat(expected, i > 0 ? ", " : "", sizeof expected - strlen(expected) - 1);
        strncat(expected, words[i], sizeof expected - strlen(expected) - 1);
    }
    option_refuse(parse, option, expected, text);
    return 0;
}
