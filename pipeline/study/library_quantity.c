/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quantities of a definition, and conditions on them with exact bounds. */
#include <string.h>

#include "study/library_file.h"

void library_set_halves(uint8_t halves[N_WEEKS], int kind, enum mixed_rule mixed)
{
    memset(halves, 0, N_WEEKS);
    switch (kind) {
    case WEEK_NEGATIVE:
    case WEEK_POSITIVE:
        halves[kind] = 2;
        halves[WEEK_MIXED] = mixed == MIXED_HALF ? 1 : 0;
        break;
    case WEEK_MISSING:
        halves[WEEK_MISSING] = halves[WEEK_NOT_DUE] = 2;
        break;
    default: /* seen */
        halves[WEEK_NEGATIVE] = halves[WEEK_POSITIVE] = halves[WEEK_MIXED] = 2;
        break;
    }
}

/* ---- bounds ------------------------------------------------------------------------------------------------- */

/* Reads at most `digits` decimal digits; false when there is none or there are more. */
static bool read_digits(const char **text, int digits, int64_t *value)
{
    const char *start = *text;

    for (*value = 0; **text >= '0' && **text <= '9'; (*text)++) {
        if (*text - start == digits)
            return false;
        *value = *value * 10 + (**text - '0');
    }
    return *text > start;
}

/* "3", "0.7", "2/3": exactly, so that a share on the bound is on the bound. */
static bool parse_fraction(const char *text, struct fraction *fraction)
{
    enum { DIGITS = 6 };

    fraction->under = 1;
    if (!read_digits(&text, DIGITS, &fraction->over))
        return false;
    if (*text == '/') {
        text++;
        return read_digits(&text, DIGITS, &fraction->under) && *text == '\0' && fraction->under > 0;
    }
    if (*text == '.') {
        const char *decimals = ++text;
        int64_t value;
        if (!read_digits(&text, DIGITS, &value))
            return false;
        for (; decimals < text; decimals++)
            fraction->under *= 10;
        fraction->over = fraction->over * fraction->under + value;
    }
    return *text == '\0';
}

static bool set_bound(const struct library_checker *checker, const char *key, const struct study_text *text, bool share,
                      struct fraction *bound)
{
    if (text->text == NULL)
        return false;
    if (!parse_fraction(text->text, bound) || (share && bound->over > bound->under)) {
        mistake(checker->mistakes, text->place, "%s: %s was expected; value '%s'", key,
                share ? "a share from 0 to 1, such as 0.7 or 2/3," : "a number from 0, such as 4,",
                shown(checker->mistakes, text->text));
        return false;
    }
    return true;
}

/* ---- quantities and conditions ------------------------------------------------------------------------------- */

/* The quantity keys of a struct file_quantity, and what they mean. */
static const struct quantity_key QUANTITIES[] = {
    {"count",         INTO(file_quantity, count),         QUANTITY_COUNT},
    {"share",         INTO(file_quantity, share),         QUANTITY_SHARE},
    {"share_free_of", INTO(file_quantity, share_free_of), QUANTITY_SHARE_FREE_OF},
    {"longest_run",   INTO(file_quantity, longest_run),   QUANTITY_LONGEST_RUN},
    {"first",         INTO(file_quantity, first),         QUANTITY_FIRST_SEEN},
    {"last",          INTO(file_quantity, last),          QUANTITY_LAST_SEEN},
};
enum { N_QUANTITIES = sizeof QUANTITIES / sizeof QUANTITIES[0] };

static const struct study_choice *choice_of(const struct file_quantity *written, size_t i)
{
    return (const struct study_choice *)((const char *)written + QUANTITIES[i].offset);
}

const struct quantity_key *library_find_quantity(const struct library_checker *checker,
                                                 const struct file_quantity *written)
{
    const struct quantity_key *found = NULL;

    for (size_t i = 0; i < N_QUANTITIES; i++) {
        if (!was_tried(choice_of(written, i)))
            continue;
        if (found != NULL)
            mistake(checker->mistakes, choice_of(written, i)->word.place, "%s: '%s' is read already; one at a time",
                    QUANTITIES[i].key, found->key);
        else
            found = &QUANTITIES[i];
    }
    return found;
}

int library_set_quantity(const struct library_checker *checker, const struct file_quantity *written,
                         const struct quantity_key *key, const struct definition *definition, struct quantity *quantity)
{
    const struct study_choice *choice = choice_of(written, (size_t)(key - QUANTITIES));

    quantity->kind = key->kind;
    library_set_halves(quantity->halves, choice->value, definition->mixed);
    if (written->weeks.place.line != 0 && (key->kind == QUANTITY_FIRST_SEEN || key->kind == QUANTITY_LAST_SEEN))
        mistake(checker->mistakes, written->weeks.place, "weeks: '%s: seen' is read in the whole word", key->key);
    return library_set_window(checker, &written->weeks, &quantity->weeks);
}

static int set_condition(const struct library_checker *checker, const struct file_condition *written,
                         const struct definition *definition, struct word_condition *condition)
{
    const struct quantity_key *key = library_find_quantity(checker, &written->quantity);
    const bool share = key != NULL && (key->kind == QUANTITY_SHARE || key->kind == QUANTITY_SHARE_FREE_OF);

    if (key == NULL) {
        mistake(checker->mistakes, written->place,
                "a condition speaks of count, share, share_free_of, longest_run, first or last");
        return 0;
    }
    if (written->at_least.text == NULL && written->at_most.text == NULL)
        mistake(checker->mistakes, written->place, "%s: a condition needs 'at_least' or 'at_most'", key->key);
    condition->has_least = set_bound(checker, "at_least", &written->at_least, share, &condition->least);
    condition->has_most = set_bound(checker, "at_most", &written->at_most, share, &condition->most);
    return library_set_quantity(checker, &written->quantity, key, definition, &condition->quantity);
}

int library_set_conditions(const struct library_checker *checker, const struct file_conditions *written,
                           const struct definition *definition, struct word_condition **conditions, size_t *n)
{
    if ((*conditions = arena_take(checker->arena, written->n, sizeof **conditions)) == NULL)
        return -1;
    *n = written->n;
    for (size_t i = 0; i < *n; i++)
        if (set_condition(checker, &written->items[i], definition, &(*conditions)[i]) != 0)
            return -1;
    return 0;
}

size_t library_condition_needs(const struct word_condition *condition)
{
    const struct quantity *quantity = &condition->quantity;
    size_t run = 1;

    if (quantity->kind == QUANTITY_FIRST_SEEN || quantity->kind == QUANTITY_LAST_SEEN)
        return 1;
    if (quantity->kind == QUANTITY_LONGEST_RUN && condition->has_least && condition->least.over > condition->least.under)
        run = (size_t)((condition->least.over + condition->least.under - 1) / condition->least.under);
    return library_window_needs(&quantity->weeks, run);
}

