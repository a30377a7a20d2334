/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/printed_text.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TEXT_MAX = 200, DIGITS_MAX = 15 };

/* ---- characters that journals use, as ASCII ------------------------------------------------------------------- */

static bool is_thousands_comma(const char *text, size_t i, size_t length)
{
    size_t digits = 0;

    for (size_t k = i + 1; k < length && isdigit((unsigned char)text[k]); k++)
        digits++;
    return text[i] == ',' && i > 0 && isdigit((unsigned char)text[i - 1]) && digits == 3;
}

/* -1 when the text is too long, or holds bytes that no number has. */
static int to_ascii(const char *text, size_t length, char out[static TEXT_MAX])
{
    static const struct {
        const char *bytes;
        char ascii; /* 0: nothing */
    } known[] = {
        {"\xe2\x88\x92", '-'}, {"\xe2\x80\x90", '-'}, {"\xe2\x80\x91", '-'}, {"\xe2\x80\x92", '-'}, {"\xe2\x80\x93", '-'},
        {"\xe2\x80\x94", '-'}, {"\xc2\xb7", '.'},     {"\xe2\x8b\x85", '.'}, {"\xc2\xa0", ' '},     {"\xe2\x80\x89", 0},
        {"\xe2\x80\xaf", 0},   {"\xe2\x80\x8a", 0},   {"\xe2\x89\xa4", '<'}, {"\xe2\x89\xa5", '>'},
        {"\xe2\x80\xa0", 0},   {"\xe2\x80\xa1", 0},   {"\xc2\xa7", 0},      {"*", 0}, /* marks of footnotes */
    };
    size_t n = 0;

    for (size_t i = 0; i < length;) {
        size_t k = 0;
        while (k < sizeof known / sizeof known[0] &&
               !(length - i >= strlen(known[k].bytes) && memcmp(text + i, known[k].bytes, strlen(known[k].bytes)) == 0))
            k++;
        if (n + 1 >= TEXT_MAX)
            return -1;
        if (k < sizeof known / sizeof known[0]) {
            if (known[k].ascii != 0)
                out[n++] = known[k].ascii;
            i += strlen(known[k].bytes);
        } else if ((unsigned char)text[i] >= 0x80 || text[i] == '\0')
            return -1;
        else if (is_thousands_comma(text, i, length))
            i++;
        else
            out[n++] = text[i++];
    }
    out[n] = '\0';
    return 0;
}

/* ---- one number ---------------------------------------------------------------------------------------------------- */

static const char *after_spaces(const char *text)
{
    return text + strspn(text, " \t");
}

/* Reads a number and moves behind it; the text stays where it is when there is none. */
static bool take_number(const char **text, struct printed_number *number)
{
    const char *start = after_spaces(*text), *p = start;
    char relation = '=';

    if (*p == '<' || *p == '>' || *p == '=') {
        relation = *p;
        p = after_spaces(p + 1 + (p[1] == '='));
    }
    const char *digits = p;
    p += *p == '-' || *p == '+';
    const size_t whole = strspn(p, "0123456789");
    size_t fraction = 0;
    p += whole;
    if (*p == '.') {
        fraction = strspn(p + 1, "0123456789");
        p += fraction > 0 ? 1 + fraction : 0;
    }
    if (whole + fraction == 0 || whole + fraction > DIGITS_MAX)
        return false;
    *number = (struct printed_number){.given = true, .value = strtod(digits, NULL), .digits = (int)fraction, .relation = relation};
    if (*after_spaces(p) == '%') {
        number->percent = true;
        p = after_spaces(p) + 1;
    }
    *text = p;
    return true;
}

/* What tables print where there is no number. */
static bool is_nothing(const char *text)
{
    static const char *const nothing[] = {"", "NA", "N/A", "NR", ".", "-", "--"};
    const char *start = after_spaces(text);
    size_t n = strlen(start);

    while (n > 0 && start[n - 1] == ' ')
        n--;
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++)
        if (strlen(nothing[i]) == n && strncasecmp(start, nothing[i], n) == 0)
            return true;
    return false;
}

int printed_number_read(const char *text, size_t length, struct printed_number *number)
{
    char ascii[TEXT_MAX];
    const char *rest = ascii;

    *number = (struct printed_number){.given = false};
    if (to_ascii(text, length, ascii) != 0)
        return -1;
    if (is_nothing(rest))
        return 0;
    return take_number(&rest, number) && *after_spaces(rest) == '\0' ? 0 : -1;
}

struct span printed_number_span(const struct printed_number *number)
{
    const double half = 0.5 * pow(10, -number->digits);

    return (struct span){number->value - half, number->value + half};
}

/* ---- a whole cell ------------------------------------------------------------------------------------------------------ */

static bool take_word(const char **text, const char *word)
{
    const char *p = after_spaces(*text);

    if (strncasecmp(p, word, strlen(word)) != 0)
        return false;
    *text = p + strlen(word);
    return true;
}

/* "95% CI", "95 % CI:", "CI" before an interval. */
static void skip_level(const char **text)
{
    const char *p = *text;
    struct printed_number level;

    if (take_number(&p, &level) && level.percent && take_word(&p, "CI"))
        *text = p;
    else if (!take_word(text, "CI"))
        return;
    if (*after_spaces(*text) == ':' || *after_spaces(*text) == ',')
        *text = after_spaces(*text) + 1;
}

static bool take_separator(const char **text)
{
    const char *p = after_spaces(*text);

    if (take_word(&p, "to")) {
        *text = p;
        return true;
    }
    if (*p != '-' && *p != ',' && *p != ';')
        return false;
    *text = p + 1;
    return true;
}

/* "0.45-1.85", "-0.4 to 0.1": a dash between numbers separates, one before a number is its sign. */
static bool take_interval(const char **text, struct printed_number *low, struct printed_number *high)
{
    const char *p = *text;

    skip_level(&p);
    if (!take_number(&p, low) || !take_separator(&p) || !take_number(&p, high))
        return false;
    *text = p;
    return true;
}

static int take_brackets(const char **text, struct printed_text *printed)
{
    const char *p = after_spaces(*text);
    const char close = *p == '(' ? ')' : *p == '[' ? ']' : '\0';
    struct printed_number one;

    if (close == '\0')
        return *p == '\0' || (*p == ',' && *after_spaces(p + 1) != '\0') || *p == ';' ? 1 : -1;
    p++;
    if (take_interval(&p, &printed->low, &printed->high))
        ;
    else if (take_number(&p, &one) && one.percent)
        printed->percent = one;
    else
        return -1;
    p = after_spaces(p);
    if (*p != close)
        return -1;
    *text = p + 1;
    return 0;
}

int printed_text_read(const char *text, size_t length, struct printed_text *printed)
{
    char ascii[TEXT_MAX];
    const char *rest = ascii;
    struct printed_number first;

    *printed = (struct printed_text){.estimate = {.given = false}};
    if (to_ascii(text, length, ascii) != 0)
        return -1;
    if (is_nothing(rest))
        return 0;
    if (!take_number(&rest, &first))
        return -1;
    if (*after_spaces(rest) == '/') {
        rest = after_spaces(rest) + 1;
        printed->events = first;
        if (!take_number(&rest, &printed->n))
            return -1;
    }
    switch (take_brackets(&rest, printed)) {
    case 0: break;
    case 1: /* "0.91, 95% CI 0.45-1.85" */
        if (*after_spaces(rest) != '\0') {
            rest = after_spaces(rest) + 1;
            if (!take_interval(&rest, &printed->low, &printed->high))
                return -1;
        }
        break;
    default: return -1;
    }
    if (*after_spaces(rest) != '\0')
        return -1;
    if (!printed->events.given && printed->percent.given && !first.percent)
        printed->events = first;
    else if (!printed->events.given && first.percent && !printed->low.given)
        printed->percent = first;
    else if (!printed->events.given)
        printed->estimate = first;
    return 0;
}
