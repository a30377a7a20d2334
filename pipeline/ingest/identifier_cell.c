/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/identifier_cell.h"

size_t cell_digits(const struct cell *cell, size_t i, size_t most)
{
    size_t n = 0;
    while (n < most && is_digit(cell_at(cell, i + n)))
        n++;
    return n;
}

size_t cell_alnums(const struct cell *cell, size_t i, size_t most)
{
    size_t n = 0;
    while (n < most && is_alnum(cell_at(cell, i + n)))
        n++;
    return n;
}

size_t cell_skip_spaces(const struct cell *cell, size_t i)
{
    enum { SPACES_MAX = 8 }; /* more are a gap between columns of a text */
    for (size_t n = 0; n < SPACES_MAX && cell_at(cell, i) == ' '; n++)
        i++;
    return i;
}

unsigned cell_number(const struct cell *cell, size_t i, size_t n)
{
    unsigned number = 0;
    for (size_t j = 0; j < n; j++)
        number = number * 10 + (cell_at(cell, i + j) - (unsigned)'0');
    return number;
}

bool cell_reads_all(const struct cell *cell, size_t i, const char *text)
{
    for (; *text != '\0'; text++, i++)
        if (to_capital(cell_at(cell, i)) != to_capital((unsigned char)*text))
            return false;
    return true;
}

bool cell_reads_all_word(const struct cell *cell, size_t i, const char *text)
{
    size_t n = 0;
    while (text[n] != '\0')
        n++;
    const unsigned char after = cell_at(cell, i + n);
    return cell_reads_all(cell, i, text) && !is_letter(after) && after < 0x80;
}

static bool joins(unsigned char c)
{
    return c == '-' || c == '.' || c == '/';
}

bool cell_stands_free(const struct cell *cell, size_t start, size_t end)
{
    const unsigned char before = cell_before(cell, start, 1), after = cell_at(cell, end);
    return !is_digit(before) && !(joins(before) && is_digit(cell_before(cell, start, 2))) && !is_word(after) &&
           !(joins(after) && is_digit(cell_at(cell, end + 1)));
}

bool cell_is_in_list(const struct cell *cell, size_t start, size_t end)
{
    return (cell_before(cell, start, 1) == ' ' && is_digit(cell_before(cell, start, 2))) ||
           (cell_at(cell, end) == ' ' && is_digit(cell_at(cell, end + 1)));
}
