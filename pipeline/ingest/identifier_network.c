/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses of the internet: e-mail, web, IP, hardware. */
#include <string.h>

#include "ingest/identifier_cell.h"

enum { LOCAL_MAX = 64, DOMAIN_MAX = 253 };

/* The place after the letters, digits, dashes and points of a domain, cut back to end with a letter or digit. */
static size_t read_domain(const struct cell *cell, size_t at)
{
    size_t end = at;
    for (size_t i = at; i < at + DOMAIN_MAX; i++) {
        const unsigned char c = cell_at(cell, i);
        if (is_alnum(c))
            end = i + 1;
        else if ((c != '-' && c != '.') || (c == '.' && !is_alnum(cell_at(cell, i + 1))))
            break;
    }
    return end;
}

/* Letters after the last point of a domain; 0 when there is no point, or something else than letters. */
static size_t top_length(const struct cell *cell, size_t at, size_t end)
{
    size_t n = 0;
    while (end - n > at && is_letter(cell_at(cell, end - n - 1)))
        n++;
    return end - n > at + 1 && cell_at(cell, end - n - 1) == '.' ? n : 0;
}

static bool is_local(unsigned char c)
{
    return is_word(c) || (c != 0 && strchr("._%+-'", c) != NULL);
}

bool detect_email(const struct cell *cell, size_t at, size_t from, struct identifier_match *match)
{
    size_t start = at;
    while (start > 0 && at - start < LOCAL_MAX && is_local(cell_before(cell, start, 1)))
        start--;
    const size_t end = read_domain(cell, at + 1);
    return start < at && top_length(cell, at + 1, end) >= 2 &&
           cell_found(match, IDENTIFIER_EMAIL, true, start > from ? start : from, end);
}

/* ---- web ------------------------------------------------------------------------------------------------ */

static size_t read_link(const struct cell *cell, size_t at)
{
    enum { LINK_MAX = 2048 };
    size_t end = at;
    while (end < at + LINK_MAX) {
        const unsigned char c = cell_at(cell, end);
        if (c <= ' ' || strchr("<>\"'`{}|\\^", c) != NULL)
            break;
        end++;
    }
    return end;
}

/* The length of a scheme with its "://", or of "www.", at place `at`; 0 when there is none. */
static size_t scheme_length(const struct cell *cell, size_t at)
{
    static const char *const schemes[] = {"http://", "https://", "ftp://", "ftps://", "sftp://", "file://", "www."};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (cell_reads(cell, at, schemes[i]))
            return strlen(schemes[i]);
    return 0;
}

/* After a scheme of n bytes: a host with a point in its name ("http://x" leads nowhere), or the path of a file. */
static bool names_host(const struct cell *cell, size_t at, size_t n)
{
    const size_t start = at + n, end = start + DOMAIN_MAX;
    if (cell_reads(cell, at, "file://"))
        return is_word(cell_at(cell, start)) || cell_at(cell, start) == '/';
    for (size_t i = start; i < end && cell_at(cell, i) > ' ' && cell_at(cell, i) != '/'; i++)
        if (cell_at(cell, i) == '.' && i > start && is_word(cell_at(cell, i + 1)))
            return true;
    return false;
}

/* "example.org/page": without a path it may be the name of a company or a file. */
static size_t read_page(const struct cell *cell, size_t at)
{
    static const char *const tops[] = {"com", "org", "net", "edu", "gov", "mil", "io", "me", "info", "us", "uk", "de"};
    enum { HOST_MAX = 80 };
    size_t slash = at;
    while (slash < at + HOST_MAX && (is_alnum(cell_at(cell, slash)) || cell_at(cell, slash) == '-' ||
                                     cell_at(cell, slash) == '.'))
        slash++;
    const size_t n = cell_at(cell, slash) == '/' && is_word(cell_at(cell, slash + 1)) ? top_length(cell, at, slash) : 0;
    for (size_t i = 0; n > 0 && i < sizeof tops / sizeof tops[0]; i++)
        if (strlen(tops[i]) == n && cell_reads(cell, slash - n, tops[i]))
            return read_link(cell, slash);
    return 0;
}

bool detect_url(const struct cell *cell, size_t at, struct identifier_match *match)
{
    const size_t n = scheme_length(cell, at);
    if (n > 0 && names_host(cell, at, n))
        return cell_found(match, IDENTIFIER_URL, true, at, read_link(cell, at));
    const size_t end = cell->has_slash ? read_page(cell, at) : 0;
    return end > 0 && cell_before(cell, at, 1) != '@' && cell_before(cell, at, 1) != '.' &&
           cell_found(match, IDENTIFIER_URL, true, at, end);
}

/* ---- IP ------------------------------------------------------------------------------------------------- */

static bool is_after_version(const struct cell *cell, size_t at)
{
    const size_t back = cell_before(cell, at, 1) == ' ' ? 2 : 1;
    const unsigned char c = to_capital(cell_before(cell, at, back));
    return c == 'V' || (at >= back + 6 && cell_reads(cell, at - back - 6, "version")) ||
           (at >= back + 2 && cell_reads(cell, at - back - 2, "ver")) ||
           (at >= back + 6 && cell_reads(cell, at - back - 6, "release"));
}

bool detect_ipv4(const struct cell *cell, size_t at, struct identifier_match *match)
{
    size_t end = at;
    unsigned largest = 0;
    for (size_t i = 0; i < 4; i++) {
        if (i > 0 && cell_at(cell, end++) != '.')
            return false;
        const size_t n = cell_digits(cell, end, 4);
        const unsigned octet = n >= 1 && n <= 3 ? cell_number(cell, end, n) : 256;
        if (octet > 255 || (n > 1 && cell_at(cell, end) == '0') || (i == 0 && octet == 0))
            return false;
        largest = octet > largest ? octet : largest;
        end += n;
    }
    const unsigned char before = cell_before(cell, at, 1), after = cell_at(cell, end);
    if (is_word(before) || before == '.' || is_word(after) || (after == '.' && is_digit(cell_at(cell, end + 1))) ||
        is_after_version(cell, at))
        return false;
    return cell_found(match, IDENTIFIER_IP, largest >= 32, at, end);
}

/* Groups of hexadecimal digits with colons between. */
struct groups {
    size_t n, n_gaps, n_pairs, n_colons, end; /* gaps are "::"; pairs have two digits */
    bool has_letter, has_digit, long_first;
};

static struct groups read_groups(const struct cell *cell, size_t at, unsigned char colon)
{
    struct groups groups = {.end = at};
    size_t i = at;
    while (groups.n < 9) {
        size_t n = 0;
        for (; n < 5 && is_hexadecimal(cell_at(cell, i + n)); n++) {
            groups.has_letter = groups.has_letter || is_letter(cell_at(cell, i + n));
            groups.has_digit = groups.has_digit || is_digit(cell_at(cell, i + n));
        }
        if (n == 0 || n > 4)
            break;
        groups.n++;
        groups.n_pairs += n == 2;
        groups.long_first = groups.n == 1 ? n == 4 : groups.long_first;
        groups.end = i += n;
        if (cell_at(cell, i) != colon)
            break;
        i++;
        groups.n_colons++;
        if (cell_at(cell, i) == colon) {
            groups.n_gaps++;
            groups.end = ++i;
        }
    }
    return groups;
}

static bool is_ipv6(const struct groups *groups)
{
    if (groups->n_gaps == 0)
        return groups->n == 8 && groups->n_colons == 7;
    return groups->n_gaps == 1 && groups->n <= 7 && groups->has_digit &&
           (groups->n >= 3 || (groups->n >= 1 && groups->long_first));
}

/* IPv6, and hardware addresses of six pairs; digits alone may be times of day. */
bool detect_hardware(const struct cell *cell, size_t at, struct identifier_match *match)
{
    if (!is_hexadecimal(cell_at(cell, at)))
        return false;
    const struct groups groups = read_groups(cell, at, ':'), dashes = read_groups(cell, at, '-');
    const unsigned char before = cell_before(cell, at, 1);
    if (before == ':' || before == '-')
        return false;
    if (!is_word(cell_at(cell, groups.end)) && cell_at(cell, groups.end) != ':') {
        if (is_ipv6(&groups))
            return cell_found(match, IDENTIFIER_IP, true, at, groups.end);
        if (groups.n == 6 && groups.n_pairs == 6 && groups.n_gaps == 0)
            return cell_found(match, IDENTIFIER_DEVICE, groups.has_letter, at, groups.end);
    }
    return dashes.n == 6 && dashes.n_pairs == 6 && dashes.n_gaps == 0 && dashes.has_letter && dashes.has_digit &&
           !is_word(cell_at(cell, dashes.end)) && cell_at(cell, dashes.end) != '-' &&
           cell_found(match, IDENTIFIER_DEVICE, true, at, dashes.end);
}
