/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of a definition: one form, windows that exist, bounds that are numbers; and how long a word it needs. */
#include <stdlib.h>
#include <string.h>

#include "study/library_file.h"

static bool tried(const struct study_choice *choice)
{
    return choice->word.place.line != 0;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* ---- kinds of weeks --------------------------------------------------------------------------------------- */

/* What each kind of week adds to a count of `kind`, in halves. */
static void set_halves(uint8_t halves[N_WEEKS], int kind, enum mixed_rule mixed)
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

/* A week that was not due is a missing one, also where missing weeks are kept. */
static void set_recode(struct definition *definition)
{
    static const uint8_t of_missing[] = {[MISSING_KEPT] = WEEK_MISSING, [MISSING_POSITIVE] = WEEK_POSITIVE,
                                         [MISSING_NEGATIVE] = WEEK_NEGATIVE, [MISSING_DELETED] = WEEK_MISSING};
    uint8_t *recode = definition->recode;

    for (uint8_t week = 0; week < N_WEEKS; week++)
        recode[week] = week;
    recode[WEEK_MISSING] = recode[WEEK_NOT_DUE] = of_missing[definition->missing];
    if (definition->mixed == MIXED_POSITIVE)
        recode[WEEK_MIXED] = WEEK_POSITIVE;
    else if (definition->mixed == MIXED_NEGATIVE)
        recode[WEEK_MIXED] = WEEK_NEGATIVE;
}

/* ---- weeks -------------------------------------------------------------------------------------------------- */

static int week_compare(const void *left, const void *right)
{
    const uint16_t a = *(const uint16_t *)left, b = *(const uint16_t *)right;

    return (a > b) - (a < b);
}

/* Copies a list of weeks, ascending; a week that stands twice is a mistake. */
static int copy_weeks(const struct library_checker *checker, const char *key, const struct study_numbers *numbers,
                      uint16_t **weeks, size_t *n)
{
    if (numbers->n == 0)
        return 0;
    if ((*weeks = arena_take(checker->arena, numbers->n, sizeof **weeks)) == NULL)
        return -1;
    *n = numbers->n;
    for (size_t i = 0; i < *n; i++)
        (*weeks)[i] = (uint16_t)numbers->values[i];
    qsort(*weeks, *n, sizeof **weeks, week_compare);
    for (size_t i = 1; i < *n; i++)
        if ((*weeks)[i] == (*weeks)[i - 1])
            mistake(checker->mistakes, numbers->place, "%s: week %u stands twice", key, (unsigned)(*weeks)[i]);
    return 0;
}

static void check_edge(const struct library_checker *checker, const struct study_number *week)
{
    if (week->given && week->value == 0)
        mistake(checker->mistakes, week->place, "weeks: the first week is 1 and the last is -1; there is no week 0");
}

static int set_window(const struct library_checker *checker, const struct file_weeks *written,
                      struct week_window *window)
{
    const bool range = written->from.place.line != 0 || written->to.place.line != 0 || tried(&written->until);

    *window = (struct week_window){.from = written->from.given ? (int32_t)written->from.value : 1,
                                   .to = written->to.given ? (int32_t)written->to.value : -1,
                                   .until_last_seen = written->until.value == 1};
    check_edge(checker, &written->from);
    check_edge(checker, &written->to);
    if (range && written->only.place.line != 0)
        mistake(checker->mistakes, written->only.place, "only: these weeks alone, or a range of weeks, not both");
    if (tried(&written->until) && written->to.place.line != 0)
        mistake(checker->mistakes, written->until.word.place, "until: 'to' says already where the weeks end");
    if ((window->from > 0) == (window->to > 0) && window->from > window->to)
        mistake(checker->mistakes, written->place, "weeks: from %d to %d there is no week", (int)window->from,
                (int)window->to);
    return copy_weeks(checker, "only", &written->only, &window->only, &window->n_only);
}

/* The length of the shortest word in which the window is whole, with `run` weeks in it. */
static size_t window_needs(const struct week_window *window, size_t run)
{
    const size_t first = window->from > 0 ? (size_t)window->from + run - 1 : larger((size_t)-window->from, run);

    if (window->n_only > 0)
        return window->only[window->n_only - 1];
    if (window->until_last_seen)
        return first;
    return larger(first, window->to > 0 ? (size_t)window->to : (size_t)-window->to + run - 1);
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
static const struct quantity_key {
    const char *key;
    size_t offset;
    enum quantity_kind kind;
} QUANTITIES[] = {
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

/* The one key that is there, or NULL; a second one is a mistake. */
static const struct quantity_key *find_quantity(const struct library_checker *checker,
                                                const struct file_quantity *written)
{
    const struct quantity_key *found = NULL;

    for (size_t i = 0; i < N_QUANTITIES; i++) {
        if (!tried(choice_of(written, i)))
            continue;
        if (found != NULL)
            mistake(checker->mistakes, choice_of(written, i)->word.place, "%s: '%s' is read already; one at a time",
                    QUANTITIES[i].key, found->key);
        else
            found = &QUANTITIES[i];
    }
    return found;
}

static int set_quantity(const struct library_checker *checker, const struct file_quantity *written,
                        const struct quantity_key *key, const struct definition *definition, struct quantity *quantity)
{
    const struct study_choice *choice = choice_of(written, (size_t)(key - QUANTITIES));

    quantity->kind = key->kind;
    set_halves(quantity->halves, choice->value, definition->mixed);
    if (written->weeks.place.line != 0 && (key->kind == QUANTITY_FIRST_SEEN || key->kind == QUANTITY_LAST_SEEN))
        mistake(checker->mistakes, written->weeks.place, "weeks: '%s: seen' is read in the whole word", key->key);
    return set_window(checker, &written->weeks, &quantity->weeks);
}

static int set_condition(const struct library_checker *checker, const struct file_condition *written,
                         const struct definition *definition, struct word_condition *condition)
{
    const struct quantity_key *key = find_quantity(checker, &written->quantity);
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
    return set_quantity(checker, &written->quantity, key, definition, &condition->quantity);
}

static int set_conditions(const struct library_checker *checker, const struct file_conditions *written,
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

static size_t condition_needs(const struct word_condition *condition)
{
    const struct quantity *quantity = &condition->quantity;
    size_t run = 1;

    if (quantity->kind == QUANTITY_FIRST_SEEN || quantity->kind == QUANTITY_LAST_SEEN)
        return 1;
    if (quantity->kind == QUANTITY_LONGEST_RUN && condition->has_least && condition->least.over > condition->least.under)
        run = (size_t)((condition->least.over + condition->least.under - 1) / condition->least.under);
    return window_needs(&quantity->weeks, run);
}

/* ---- score and time to an event --------------------------------------------------------------------------------- */

static int set_score(const struct library_checker *checker, const struct file_definition *written,
                     struct word_score *score)
{
    const struct file_score *file = &written->score;

    *score = (struct word_score){.best = file->best.value,
                                 .low = file->from.given ? file->from.value : 1,
                                 .high = file->to.given ? file->to.value : 1,
                                 .each = file->each.given ? (size_t)file->each.value : 1,
                                 .multiplies_missing = file->multiplies.value == 1};
    score->points[WEEK_POSITIVE] = file->positive.value;
    score->points[WEEK_MIXED] = file->mixed.value;
    score->points[WEEK_MISSING] = score->points[WEEK_NOT_DUE] = file->missing.value;
    if (written->quantity.weeks.only.place.line != 0)
        mistake(checker->mistakes, written->quantity.weeks.place, "weeks: a score is read from a range of weeks");
    return set_window(checker, &written->quantity.weeks, &score->weeks);
}

static int set_event(const struct library_checker *checker, const struct file_definition *written,
                     const struct definition *definition, struct word_event *event)
{
    const struct file_event *file = &written->event;

    set_halves(event->halves, file->week.value, definition->mixed);
    event->of = file->of.given ? (size_t)file->of.value : 1;
    event->at_least = file->at_least.given ? (size_t)file->at_least.value : event->of;
    if (event->at_least > event->of)
        mistake(checker->mistakes, file->at_least.place, "at_least: %zu of %zu weeks cannot be", event->at_least,
                event->of);
    if (written->quantity.weeks.only.place.line != 0)
        mistake(checker->mistakes, written->quantity.weeks.place, "weeks: an event is looked for in a range of weeks");
    if (definition->missing == MISSING_DELETED)
        mistake(checker->mistakes, file->place, "time_to: without its missing weeks a word no longer tells the time");
    return set_window(checker, &written->quantity.weeks, &event->weeks);
}

static int set_columns(const struct library_checker *checker, const struct file_definition *written,
                       struct definition *definition)
{
    const bool pair = definition->kind == DEFINITION_TIME;

    definition->n_columns = pair ? 2 : 1;
    definition->columns[0] = definition->name.text;
    if (!pair && written->columns.place.line != 0)
        mistake(checker->mistakes, written->columns.place, "columns: only 'time_to' has two columns");
    if (!pair)
        return 0;
    definition->columns[0] = written->columns.time.text;
    definition->columns[1] = written->columns.event.text;
    if (written->columns.place.line == 0) {
        definition->columns[0] = arena_format(checker->arena, "%s_time", definition->name.text);
        definition->columns[1] = arena_format(checker->arena, "%s_event", definition->name.text);
        return definition->columns[0] == NULL || definition->columns[1] == NULL ? -1 : 0;
    }
    return 0;
}

/* ---- a definition ------------------------------------------------------------------------------------------------ */

/* The form that is written: its key in *key; a second one is a mistake. */
static enum definition_kind find_form(const struct library_checker *checker, const struct file_definition *written,
                                      const struct quantity_key **quantity)
{
    const struct {
        const char *key;
        struct study_place place;
        enum definition_kind kind;
    } forms[] = {
        {"all", written->all.n > 0 ? written->all.items[0].place : (struct study_place){0, 0}, DEFINITION_YES_NO},
        {"score", written->score.place, DEFINITION_SCORE},
        {"time_to", written->event.place, DEFINITION_TIME},
    };
    enum definition_kind kind = DEFINITION_QUANTITY;
    const char *found = NULL;

    if ((*quantity = find_quantity(checker, &written->quantity)) != NULL)
        found = (*quantity)->key;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (forms[i].place.line == 0)
            continue;
        if (found != NULL)
            mistake(checker->mistakes, forms[i].place, "%s: the definition says '%s' already; one at a time",
                    forms[i].key, found);
        else
            kind = forms[i].kind;
        found = found == NULL ? forms[i].key : found;
    }
    if (found == NULL)
        mistake(checker->mistakes, written->place,
                "a definition says what it reads: count, share, share_free_of, longest_run, first, last, all, score or "
                "time_to");
    return kind;
}

static int set_form(const struct library_checker *checker, const struct file_definition *written,
                    const struct quantity_key *quantity, struct definition *definition)
{
    switch (definition->kind) {
    case DEFINITION_YES_NO:
        if (written->quantity.weeks.place.line != 0)
            mistake(checker->mistakes, written->quantity.weeks.place, "weeks: write them into each condition of 'all'");
        return set_conditions(checker, &written->all, definition, &definition->all, &definition->n_all);
    case DEFINITION_SCORE:
        return set_score(checker, written, &definition->score);
    case DEFINITION_TIME:
        if (written->only_if.n > 0)
            mistake(checker->mistakes, written->only_if.items[0].place, "only_if: a time to an event has no value 0");
        return set_event(checker, written, definition, &definition->event);
    case DEFINITION_QUANTITY:
        break;
    }
    return quantity == NULL ? 0 : set_quantity(checker, &written->quantity, quantity, definition, &definition->quantity);
}

/* After deletion windows end with the word, so that any word can be judged. */
static size_t definition_needs(const struct definition *definition)
{
    size_t needed = definition->n_unseen > 0 ? definition->unseen[definition->n_unseen - 1] : 1;

    if (definition->missing == MISSING_DELETED)
        return needed;
    for (size_t i = 0; i < definition->n_only_if; i++)
        needed = larger(needed, condition_needs(&definition->only_if[i]));
    for (size_t i = 0; i < definition->n_all; i++)
        needed = larger(needed, condition_needs(&definition->all[i]));
    switch (definition->kind) {
    case DEFINITION_QUANTITY:
        return larger(needed, window_needs(&definition->quantity.weeks, 1));
    case DEFINITION_SCORE:
        return larger(needed, window_needs(&definition->score.weeks, 1));
    case DEFINITION_TIME:
        return larger(needed, window_needs(&definition->event.weeks, definition->event.of));
    case DEFINITION_YES_NO:
        break;
    }
    return needed;
}

int library_check(const struct library_checker *checker, const struct file_definition *written,
                  struct definition *definition)
{
    const struct quantity_key *quantity;

    *definition = (struct definition){.name = written->name,
                                      .label = written->label.text != NULL ? written->label : written->rule,
                                      .source = written->source,
                                      .doi = written->doi,
                                      .rule = written->rule,
                                      .library = checker->file->name.text,
                                      .missing = (enum missing_rule)written->missing.value,
                                      .mixed = tried(&written->mixed) ? (enum mixed_rule)written->mixed.value : MIXED_APART,
                                      .fill = (enum fill_rule)written->fill.value};
    definition->kind = find_form(checker, written, &quantity);
    set_recode(definition);
    if (copy_weeks(checker, "unseen", &written->unseen, &definition->unseen, &definition->n_unseen) != 0 ||
        set_conditions(checker, &written->only_if, definition, &definition->only_if, &definition->n_only_if) != 0 ||
        set_form(checker, written, quantity, definition) != 0 || set_columns(checker, written, definition) != 0)
        return -1;
    if (definition->n_unseen > 0 && definition->unseen[0] == 1)
        mistake(checker->mistakes, written->unseen.place, "unseen: there is no week before week 1");
    definition->weeks_needed = definition_needs(definition);
    return 0;
}
