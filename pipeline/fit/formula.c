/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fit/formula.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "fit/formula_node.h"

int formula_fail(const char *formula, size_t at, const char *format, ...)
{
    char message[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    size_t column = 1;
    for (size_t i = 0; i < at; i++)
        column += ((unsigned char)formula[i] & 0xC0) != 0x80; /* not the later bytes of a character */
    return fail_at("formula", 1, column, "%s", message);
}

void formula_free(struct formula *formula)
{
    if (formula == NULL)
        return;
    for (size_t i = 0; i < formula->n_responses; i++)
        formula_node_free(formula->responses[i]);
    formula_node_free(formula->right);
    free(formula->responses);
    free(formula->terms);
    free(formula->text);
    free(formula);
}
