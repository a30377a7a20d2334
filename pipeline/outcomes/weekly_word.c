/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/weekly_word.h"

#include <string.h>

enum { DAYS_A_WEEK = 7, SAW_NEGATIVE = 1, SAW_POSITIVE = 2 };

int32_t week_of_day(int32_t day, int32_t start)
{
    const int64_t days = (int64_t)day - start - 1;
    const int64_t weeks = days >= 0 ? days / DAYS_A_WEEK : -((-days + DAYS_A_WEEK - 1) / DAYS_A_WEEK);

    return (int32_t)weeks + 1;
}

static void mark(const struct word_span *span, struct weekly_word *word, int32_t day, char saw)
{
    if (day >= span->first && day <= span->end)
        word->symbol[week_of_day(day, span->start) - word->first_week] |= saw;
}

int weekly_word_make(const struct word_span *span, const int32_t *positive, size_t n_positive, const int32_t *seen,
                     size_t n_seen, struct weekly_word *word)
{
    static const char symbols[] = {'o', '-', '+', '*'};
    size_t k = 0;

    word->first_week = week_of_day(span->first, span->start);
    word->end_week = week_of_day(span->end, span->start);
    word->n = 0;
    if (span->end < span->first)
        return 0;
    if ((int64_t)word->end_week - word->first_week >= WORD_WEEKS_MAX)
        return -1;
    word->n = (size_t)(word->end_week - word->first_week) + 1;
    memset(word->symbol, 0, word->n);
    for (size_t i = 0; i < n_positive; i++)
        mark(span, word, positive[i], SAW_POSITIVE);
    for (size_t i = 0; i < n_seen; i++) {
        while (k < n_positive && positive[k] < seen[i])
            k++;
        if (k == n_positive || positive[k] != seen[i])
            mark(span, word, seen[i], SAW_NEGATIVE);
    }
    for (size_t w = 0; w < word->n; w++)
        word->symbol[w] = word->symbol[w] == 0 && word->first_week + (int32_t)w < 1 ? '_' : symbols[(int)word->symbol[w]];
    return 0;
}

const char *weekly_word_part(const struct weekly_word *word, int32_t from, int32_t to, size_t *n)
{
    from = from < word->first_week ? word->first_week : from;
    to = to > word->end_week ? word->end_week : to;
    *n = word->n == 0 || to < from ? 0 : (size_t)(to - from) + 1;
    return word->symbol + (*n == 0 ? 0 : from - word->first_week);
}
