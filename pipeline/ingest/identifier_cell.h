/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * identifier_cell.h - inside identifier_value.h: a cell, and the detectors that look at one place of it.
 *
 * A detector is asked at a place where something may start and says whether it does, with the place of the match.
 * It reads at most some hundred bytes from there, so that a cell is read in linear time.  Reading outside of
 * the cell gives NUL bytes.  Letters and digits are those of ASCII; bytes from 0x80 on count as letters where
 * words are kept apart.
 */
#ifndef INGEST_IDENTIFIER_CELL_H
#define INGEST_IDENTIFIER_CELL_H

#include "ingest/identifier_value.h"

struct cell {
    const unsigned char *bytes;
    size_t n;
    unsigned hints;
    bool has_digits;  /* false saves the search for numbers in a sentence of words */
    bool only_digits; /* true saves the search for words */
    bool has_slash;   /* false saves the search for pages of the web */
};

static inline unsigned char cell_at(const struct cell *cell, size_t i)
{
    return i < cell->n ? cell->bytes[i] : 0;
}

/** The byte `back` places before i, NUL before the cell. */
static inline unsigned char cell_before(const struct cell *cell, size_t i, size_t back)
{
    return i >= back ? cell_at(cell, i - back) : 0;
}

static inline bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static inline unsigned char to_capital(unsigned char c)
{
    return c >= 'a' && c <= 'z' ? (unsigned char)(c - 'a' + 'A') : c;
}

static inline bool is_capital(unsigned char c)
{
    return c >= 'A' && c <= 'Z';
}

static inline bool is_letter(unsigned char c)
{
    return is_capital(to_capital(c));
}

static inline bool is_alnum(unsigned char c)
{
    return is_letter(c) || is_digit(c);
}

static inline bool is_hexadecimal(unsigned char c)
{
    return is_digit(c) || (to_capital(c) >= 'A' && to_capital(c) <= 'F');
}

/** Of a word, for boundaries: letters of any script and digits. */
static inline bool is_word(unsigned char c)
{
    return is_alnum(c) || c >= 0x80;
}

/** Digits from place i on, at most `most`. */
size_t cell_digits(const struct cell *cell, size_t i, size_t most);

/** Letters and digits from place i on, at most `most`. */
size_t cell_alnums(const struct cell *cell, size_t i, size_t most);

/** The first place from i on that is no space. */
size_t cell_skip_spaces(const struct cell *cell, size_t i);

/** The number written by n <= 9 digits at place i. */
unsigned cell_number(const struct cell *cell, size_t i, size_t n);

bool cell_reads_all(const struct cell *cell, size_t i, const char *text);
bool cell_reads_all_word(const struct cell *cell, size_t i, const char *text);

/** Do the bytes at place i read as text, capitals or not?  The first byte nearly always says no, at once. */
static inline bool cell_reads(const struct cell *cell, size_t i, const char *text)
{
    return to_capital(cell_at(cell, i)) == to_capital((unsigned char)text[0]) && cell_reads_all(cell, i, text);
}

/** As cell_reads(), and no letter follows. */
static inline bool cell_reads_word(const struct cell *cell, size_t i, const char *text)
{
    return to_capital(cell_at(cell, i)) == to_capital((unsigned char)text[0]) && cell_reads_all_word(cell, i, text);
}

/**
 * Does a number written in parts stand free: nothing before `start` or after `end` that would make it a part of
 * a longer one ("1-123-45-6789", "123-45-67890")?  A letter before it is fine ("SSN123-45-6789"), one after it not.
 */
bool cell_stands_free(const struct cell *cell, size_t start, size_t end);

/** Does one more number stand beside, apart by a space?  Then numbers apart by spaces are a list of numbers. */
bool cell_is_in_list(const struct cell *cell, size_t start, size_t end);

static inline bool cell_found(struct identifier_match *match, enum identifier_kind kind, bool strong, size_t start,
                              size_t end)
{
    *match = (struct identifier_match){kind, strong, start, end - start};
    return true;
}

/* Where a run of digits starts. */
bool detect_number(const struct cell *cell, size_t at, struct identifier_match *match);  /* identifier_number.c */
bool detect_date(const struct cell *cell, size_t at, struct identifier_match *match);    /* identifier_date.c */
bool detect_age(const struct cell *cell, size_t at, struct identifier_match *match);
bool detect_ipv4(const struct cell *cell, size_t at, struct identifier_match *match);    /* identifier_network.c */
bool detect_street(const struct cell *cell, size_t at, struct identifier_match *match);  /* identifier_place.c */
bool detect_degrees(const struct cell *cell, size_t at, struct identifier_match *match);

/* Where a run of digits starts, or '(' or '+' stands. */
bool detect_phone(const struct cell *cell, size_t at, struct identifier_match *match);   /* identifier_phone.c */

/* Where a run of letters and digits starts. */
bool detect_token(const struct cell *cell, size_t at, struct identifier_match *match);   /* identifier_token.c */
bool detect_month(const struct cell *cell, size_t at, struct identifier_match *match);   /* identifier_date.c */
bool detect_label(const struct cell *cell, size_t at, struct identifier_match *match);   /* identifier_label.c */
bool detect_place(const struct cell *cell, size_t at, struct identifier_match *match);   /* identifier_place.c */
bool detect_title(const struct cell *cell, size_t at, struct identifier_match *match);   /* identifier_person.c */
bool detect_url(const struct cell *cell, size_t at, struct identifier_match *match);     /* identifier_network.c */
bool detect_hardware(const struct cell *cell, size_t at, struct identifier_match *match);
bool detect_data_uri(const struct cell *cell, size_t at, struct identifier_match *match); /* identifier_media.c */
bool detect_base64(const struct cell *cell, size_t at, struct identifier_match *match);

/* Where '@' stands; the match starts before, though not before `from`. */
bool detect_email(const struct cell *cell, size_t at, size_t from, struct identifier_match *match);

/* Where '.' stands before the ending of a file name; as detect_email(). */
bool detect_file(const struct cell *cell, size_t at, size_t from, struct identifier_match *match);

/* Where '(' stands. */
bool detect_udi(const struct cell *cell, size_t at, struct identifier_match *match);     /* identifier_number.c */

/* At the first byte: the cell as a whole. */
bool detect_last_first(const struct cell *cell, struct identifier_match *match);         /* identifier_person.c */
bool detect_coordinates(const struct cell *cell, struct identifier_match *match);        /* identifier_place.c */

/** What counting its bytes tells about a cell. */
struct cell_shape {
    bool needs_look;    /* false only when identifier_next() would find nothing */
    bool is_code;       /* may be a code that tells one row from another (identifier_evidence.h) */
    bool long_text;     /* too long to be counted */
    uint8_t n_digits, n_letters, n_spaces, n_points, n_dashes, n_slashes, n_others; /* '_' is a letter here */
};

struct cell_shape cell_shape(const char *bytes, size_t n, unsigned hints);

static inline struct cell cell_make(const char *bytes, size_t n, unsigned hints, const struct cell_shape *shape)
{
    return (struct cell){(const unsigned char *)bytes, n, hints, shape->long_text || shape->n_digits > 0,
                         shape->n_digits == n, shape->long_text || shape->n_slashes > 0};
}

/** Neither needs_look nor is_code, told faster for the cells that most columns are made of. */
bool cell_is_plain(const char *bytes, size_t n, unsigned hints);

/** identifier_next() without asking for the shape first. */
bool cell_look(const struct cell *cell, size_t from, struct identifier_match *match);

#endif
