/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of conditions and of cells: a number that is taken has its floor, and is read back from its own text. */
#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "study/expression_token.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = malloc(size + 1), exact[NUMBER_SIZE];
    struct number number;

    if (text == NULL)
        return 0;
    memcpy(text, bytes, size);
    text[size] = '\0';
    if (number_parse(text, size, &number) == 0 && isfinite(number.real)) {
        if (fabs(number.real) < 9e15 && ((double)number.floor > number.real || (double)number.floor + 1 < number.real))
            fuzz_fail("the floor of a number is the largest integer that is not above it");
        if (strtod(number_exact(exact, number.real), NULL) != number.real)
            fuzz_fail("a number is read back from its own text");
    }
    free(text);
    return 0;
}
