/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of persons, as far as their form gives them away. */
#include <string.h>

#include "ingest/identifier_cell.h"

enum { WORD_MAX = 24 };

/* A word with a capital first: letters, then also ' and -; at least `least` bytes; the place after it, or 0. */
static size_t read_capital_word(const struct cell *cell, size_t at, size_t least)
{
    size_t end = at;
    const unsigned char first = cell_at(cell, at);
    if (!is_capital(first) && first < 0xC3) /* capitals with accents start with 0xC3 and on */
        return 0;
    while (end - at < WORD_MAX && (is_letter(cell_at(cell, end)) || cell_at(cell, end) >= 0x80 ||
                                   ((cell_at(cell, end) == '\'' || cell_at(cell, end) == '-') &&
                                    is_word(cell_at(cell, end + 1)) && !is_digit(cell_at(cell, end + 1)))))
        end++;
    return end - at >= least && !is_digit(cell_at(cell, end)) ? end : 0;
}

/* "de", "la", "van": small words inside of a family's name. */
static size_t read_particle(const struct cell *cell, size_t at)
{
    static const char *const particles[] = {"de", "la",  "le",  "del", "da",  "di",
                                            "du", "van", "von", "der", "den", "ter"};
    for (size_t i = 0; i < sizeof particles / sizeof particles[0]; i++)
        if (cell_reads_word(cell, at, particles[i]) && cell_at(cell, at + strlen(particles[i])) == ' ')
            return at + strlen(particles[i]);
    return 0;
}

/* "Smith, John", "De la Cruz, Maria J." and nothing else; labels with a comma look the same, hence weak. */
bool detect_last_first(const struct cell *cell, struct identifier_match *match)
{
    enum { LONGEST = 64 };
    size_t i = 0;
    if (cell->n > LONGEST || memchr(cell->bytes, ',', cell->n) == NULL) /* most codes have none */
        return false;
    for (size_t words = 0; words < 4; words++) {
        const size_t particle = read_particle(cell, i);
        i = particle > 0 ? particle : read_capital_word(cell, i, 2);
        if (i == 0 || cell_at(cell, i) != ' ')
            break;
        i++;
    }
    if (i == 0 || cell_at(cell, i) != ',')
        return false;
    i = read_capital_word(cell, cell_skip_spaces(cell, i + 1), 2);
    if (i > 0 && cell_at(cell, i) == ' ')
        i = read_capital_word(cell, i + 1, 1);
    if (i > 0 && cell_at(cell, i) == '.')
        i++;
    return i > 0 && i == cell->n && cell_found(match, IDENTIFIER_PERSON_NAME, false, 0, i);
}

/* "Mr. Smith" and "patient name: Jane Doe".  Doctors are left out: "Dr. Martin Luther King Blvd", and they sign. */
bool detect_title(const struct cell *cell, size_t at, struct identifier_match *match)
{
    static const char *const titles[] = {"mr.", "mrs.", "ms."};
    static const char *const labels[] = {"patient name:", "client name:", "patient's name:", "client's name:",
                                         "full name:",    "first name:",  "last name:",      "maiden name:",
                                         "surname:"};
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
        if (!cell_reads(cell, at, titles[i]) || !is_capital(cell_at(cell, at)))
            continue;
        const size_t end = read_capital_word(cell, cell_skip_spaces(cell, at + strlen(titles[i])), 2);
        if (end > 0)
            return cell_found(match, IDENTIFIER_PERSON_NAME, true, at, end);
    }
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        if (!cell_reads(cell, at, labels[i]))
            continue;
        const size_t start = cell_skip_spaces(cell, at + strlen(labels[i])), end = read_capital_word(cell, start, 2);
        if (end > 0)
            return cell_found(match, IDENTIFIER_PERSON_NAME, true, start, end);
    }
    return false;
}
