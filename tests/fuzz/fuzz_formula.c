/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A formula of a model is parsed or refused. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "fit/formula.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = malloc(size + 1);

    if (text == NULL)
        return 0;
    memcpy(text, bytes, size);
    text[size] = '\0';
    formula_free(formula_parse(text));
    free(text);
    return 0;
}
