/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/identifier_name.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "ingest/identifier_phrases.h"

enum { NAME_BYTES = 256, NAME_WORDS = 128, PHRASE_BYTES = 64 };

struct name_words {
    size_t n;
    char text[2 * NAME_BYTES];       /* the words in small letters, each with a NUL */
    const char *words[NAME_WORDS];
};

/* ---- cutting a name into words ------------------------------------------------------------------------ */

/* Bytes of letters beyond ASCII are letters. */
enum sort { SORT_OTHER, SORT_DIGIT, SORT_SMALL, SORT_CAPITAL };

static enum sort sort_of(char c)
{
    if (c >= '0' && c <= '9')
        return SORT_DIGIT;
    if (c >= 'A' && c <= 'Z')
        return SORT_CAPITAL;
    return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80 ? SORT_SMALL : SORT_OTHER;
}

/* Does a new word start at name[i]?  "patientSSN", "IPAddress", "zip5". */
static bool is_cut(const char *name, size_t i)
{
    const enum sort before = i == 0 ? SORT_OTHER : sort_of(name[i - 1]), now = sort_of(name[i]);
    if (before == SORT_OTHER || (before == SORT_DIGIT) != (now == SORT_DIGIT))
        return true;
    if (now != SORT_CAPITAL)
        return false;
    return before == SORT_SMALL || sort_of(name[i + 1]) == SORT_SMALL;
}

static char small(char c)
{
    return sort_of(c) == SORT_CAPITAL ? (char)(c + ('a' - 'A')) : c;
}

static void cut(const char *name, struct name_words *words)
{
    char *to = words->text;
    words->n = 0;
    for (size_t i = 0; i < NAME_BYTES && name[i] != '\0'; i++) {
        if (sort_of(name[i]) == SORT_OTHER)
            continue;
        if (is_cut(name, i)) {
            if (words->n == NAME_WORDS)
                break;
            if (words->n > 0)
                *to++ = '\0';
            words->words[words->n++] = to;
        }
        *to++ = small(name[i]);
    }
    *to = '\0';
}

static bool is_one_of(const char *word, const char *const *list)
{
    while (*list != NULL && strcmp(word, *list) != 0)
        list++;
    return *list != NULL;
}

static bool is_number(const char *word)
{
    return sort_of(word[0]) == SORT_DIGIT;
}

/* ---- comparing words with phrases ---------------------------------------------------------------------- */

/* How many words from words[at] on are the phrase, a word being one or more of its words; 0: they are not. */
static size_t match_plain(const struct name_words *words, size_t at, const char *phrase)
{
    for (size_t i = at; i < words->n; i++) {
        const char *word = words->words[i];
        for (; *word != '\0'; word++, phrase++) {
            if (*phrase == ' ')
                phrase++;
            if (*phrase != *word)
                return 0;
        }
        if (*phrase == '\0')
            return i + 1 - at;
        if (*phrase++ != ' ')
            return 0;
    }
    return 0;
}

static size_t match_at(const struct name_words *words, size_t at, const char *phrase)
{
    const char *const mark = strchr(phrase, '#');
    if (mark == NULL)
        return match_plain(words, at, phrase);
    for (const char *const *number = identifier_number_words; *number != NULL; number++) {
        char filled[PHRASE_BYTES];
        const size_t before = (size_t)(mark - phrase);
        memcpy(filled, phrase, before);
        memcpy(filled + before, *number, strlen(*number) + 1); /* '#' is always the last word */
        const size_t n = match_plain(words, at, filled);
        if (n > 0)
            return n;
    }
    return 0;
}

/* Is the column about the identifier that words[at..at+n) name, rather than the identifier? */
static bool is_about(const struct name_words *words, size_t at, size_t n)
{
    if (at > 0 && is_one_of(words->words[0], identifier_count_words))
        return true;
    for (size_t i = 0; i < words->n; i++)
        if ((i < at || i >= at + n) && is_one_of(words->words[i], identifier_about_words))
            return true;
    return false;
}

static bool matches(const struct name_words *words, const struct name_words *bare,
                    const struct identifier_phrase *phrase)
{
    if (phrase->place == PHRASE_WHOLE)
        return bare->n > 0 && match_at(bare, 0, phrase->words) == bare->n;
    for (size_t at = 0; at < words->n; at++) {
        const size_t n = match_at(words, at, phrase->words);
        if (n > 0 && !is_about(words, at, n))
            return true;
    }
    return false;
}

enum identifier_kind identifier_of_name(const char *column_name)
{
    struct name_words words, bare = {0}; /* bare: without numbers and without words that say whose it is */
    cut(column_name, &words);
    for (size_t i = 0; i < words.n; i++)
        if (!is_number(words.words[i]) && !is_one_of(words.words[i], identifier_owner_words))
            bare.words[bare.n++] = words.words[i];
    for (const struct identifier_phrase *phrase = identifier_phrases; phrase->words != NULL; phrase++)
        if (matches(&words, &bare, phrase))
            return phrase->kind;
    return IDENTIFIER_NONE;
}

/* ---- hints ------------------------------------------------------------------------------------------- */

unsigned identifier_hints_of_name(const char *column_name)
{
    static const char *const numbers[] = {"ss", "key", "ref", "reference", "social", "code", "tax", NULL};
    static const char *const phones[] = {"contact", "call", "tel", "mobile", "cell", "callback", "reach", NULL};
    static const char *const ages[] = {"age", "ages", NULL};
    static const char *const no_years[] = {"day", "days", "week", "weeks", "month", "months", "mo", "group", "grp",
                                           "cat", "category", "band", "bin", "class", "flag", "score", NULL};
    struct name_words words;
    unsigned hints = 0;
    bool in_years = true;
    cut(column_name, &words);
    for (size_t i = 0; i < words.n; i++) {
        const char *const word = words.words[i];
        if (is_one_of(word, identifier_number_words) || is_one_of(word, numbers))
            hints |= IDENTIFIER_HINT_NUMBER;
        if (is_one_of(word, phones))
            hints |= IDENTIFIER_HINT_PHONE;
        if (is_one_of(word, ages))
            hints |= IDENTIFIER_HINT_AGE;
        in_years = in_years && !is_one_of(word, no_years);
    }
    return in_years ? hints : hints & ~(unsigned)IDENTIFIER_HINT_AGE;
}
