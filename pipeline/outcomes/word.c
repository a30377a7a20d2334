/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/word.h"

static const char SYMBOLS[N_WEEKS] = {[WEEK_NEGATIVE] = '-', [WEEK_POSITIVE] = '+', [WEEK_MIXED] = '*',
                                      [WEEK_MISSING] = 'o', [WEEK_NOT_DUE] = '_'};

char week_symbol(uint8_t week)
{
    return SYMBOLS[week];
}

static uint8_t week_of(char symbol)
{
    switch (symbol) {
    case '-': return WEEK_NEGATIVE;
    case '+': return WEEK_POSITIVE;
    case '*': return WEEK_MIXED;
    case 'o': return WEEK_MISSING;
    case '_': return WEEK_NOT_DUE;
    default: return N_WEEKS;
    }
}

enum word_fault word_parse(const char *text, size_t length, struct word *word, size_t *at)
{
    word->n = word->first_seen = word->last_seen = 0;
    if (length > WORD_WEEKS_MAX)
        return WORD_TOO_LONG;
    for (size_t i = 0; i < length; i++) {
        const uint8_t week = week_of(text[i]);
        if (week == N_WEEKS) {
            *at = i;
            return WORD_NO_SYMBOL;
        }
        word->week[i] = week;
        if (week < WEEK_MISSING) {
            word->last_seen = i + 1;
            word->first_seen = word->first_seen == 0 ? i + 1 : word->first_seen;
        }
    }
    word->n = length;
    return WORD_GOOD;
}

void word_recode(struct word *word, const uint8_t recode[N_WEEKS])
{
    for (size_t i = 0; i < word->n; i++)
        word->week[i] = recode[word->week[i]];
}

/* Four counts side by side, 16 bits each: negative, positive, mixed, and missing with not due. */
void word_tally(struct word *word)
{
    static const uint64_t one[N_WEEKS] = {[WEEK_NEGATIVE] = 1, [WEEK_POSITIVE] = UINT64_C(1) << 16,
                                          [WEEK_MIXED] = UINT64_C(1) << 32, [WEEK_MISSING] = UINT64_C(1) << 48,
                                          [WEEK_NOT_DUE] = UINT64_C(1) << 48};

    word->before[0] = 0;
    for (size_t i = 0; i < word->n; i++)
        word->before[i + 1] = word->before[i] + one[word->week[i]];
}
_Static_assert(WORD_WEEKS_MAX <= UINT16_MAX, "a count fits its 16 bits");

void word_delete_missing(struct word *word)
{
    size_t kept = 0;

    for (size_t i = 0; i < word->n; i++)
        if (word->week[i] < WEEK_MISSING)
            word->week[kept++] = word->week[i];
    word->n = kept;
}
