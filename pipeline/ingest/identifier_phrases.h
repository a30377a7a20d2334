/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * identifier_phrases.h - the words in names of columns that tell identifiers: data, no rules.
 *
 * Words are in small letters; '#' stands for any one of identifier_number_words.
 */
#ifndef INGEST_IDENTIFIER_PHRASES_H
#define INGEST_IDENTIFIER_PHRASES_H

#include "ingest/identifier.h"

enum phrase_place {
    PHRASE_ANYWHERE, /* the words stand in a row somewhere in the name */
    PHRASE_WHOLE,    /* nothing but these words, numbers and words that say whose it is ("patient_name_2") */
};

struct identifier_phrase {
    const char *words;
    enum identifier_kind kind;
    enum phrase_place place;
};

/** In the order in which they are tried; ends with words == NULL. */
extern const struct identifier_phrase identifier_phrases[];

/** NULL-terminated lists of words. */
extern const char *const identifier_number_words[]; /* "number", "no", "id", ... */
extern const char *const identifier_owner_words[];  /* "patient", "home", ...: say whose it is, not what */
extern const char *const identifier_about_words[];  /* "flag", "visits", ...: the column is about it, not it */
extern const char *const identifier_count_words[];  /* "n", "total", ...: the same, as the first word only */

#endif
