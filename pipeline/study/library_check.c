/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of a definition: it reads one thing, with what that thing needs; and how long a word it needs. */
#include "study/library_file.h"

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* ---- kinds of weeks --------------------------------------------------------------------------------------- */

/* A week that was not due is a missing one, also where missing weeks are kept. */
static void set_recode(struct definition *definition)
{
    static const uint8_t of_missing[] = {[MISSING_KEPT] = WEEK_MISSING, [MISSING_POSITIVE] = WEEK_POSITIVE,
                                         [MISSING_NEGATIVE] = WEEK_NEGATIVE, [MISSING_DELETED] = WEEK_MISSING};
    uint8_t *recode = definition->recode;

    for (size_t week = 0; week < N_WEEKS; week++)
        recode[week] = (uint8_t)week;
    recode[WEEK_MISSING] = recode[WEEK_NOT_DUE] = of_missing[definition->missing];
    if (definition->mixed == MIXED_POSITIVE)
        recode[WEEK_MIXED] = WEEK_POSITIVE;
    else if (definition->mixed == MIXED_NEGATIVE)
        recode[WEEK_MIXED] = WEEK_NEGATIVE;
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
    return library_set_window(checker, &written->quantity.weeks, &score->weeks);
}

static int set_event(const struct library_checker *checker, const struct file_definition *written,
                     const struct definition *definition, struct word_event *event)
{
    const struct file_event *file = &written->event;

    library_set_halves(event->halves, file->week.value, definition->mixed);
    event->of = file->of.given ? (size_t)file->of.value : 1;
    event->at_least = file->at_least.given ? (size_t)file->at_least.value : event->of;
    if (event->at_least > event->of)
        mistake(checker->mistakes, file->at_least.place, "at_least: %zu of %zu weeks cannot be", event->at_least,
                event->of);
    if (written->quantity.weeks.only.place.line != 0)
        mistake(checker->mistakes, written->quantity.weeks.place, "weeks: an event is looked for in a range of weeks");
    if (definition->missing == MISSING_DELETED)
        mistake(checker->mistakes, file->place, "time_to: without its missing weeks a word no longer tells the time");
    return library_set_window(checker, &written->quantity.weeks, &event->weeks);
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

    if ((*quantity = library_find_quantity(checker, &written->quantity)) != NULL)
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
        return library_set_conditions(checker, &written->all, definition, &definition->all, &definition->n_all);
    case DEFINITION_SCORE:
        return set_score(checker, written, &definition->score);
    case DEFINITION_TIME:
        if (written->only_if.n > 0)
            mistake(checker->mistakes, written->only_if.items[0].place, "only_if: a time to an event has no value 0");
        return set_event(checker, written, definition, &definition->event);
    case DEFINITION_QUANTITY:
        break;
    }
    return quantity == NULL ? 0
                            : library_set_quantity(checker, &written->quantity, quantity, definition,
                                                   &definition->quantity);
}

/* After deletion windows end with the word, so that any word can be judged. */
static size_t definition_needs(const struct definition *definition)
{
    size_t needed = definition->n_unseen > 0 ? definition->unseen[definition->n_unseen - 1] : 1;

    if (definition->missing == MISSING_DELETED)
        return needed;
    for (size_t i = 0; i < definition->n_only_if; i++)
        needed = larger(needed, library_condition_needs(&definition->only_if[i]));
    for (size_t i = 0; i < definition->n_all; i++)
        needed = larger(needed, library_condition_needs(&definition->all[i]));
    switch (definition->kind) {
    case DEFINITION_QUANTITY:
        return larger(needed, library_window_needs(&definition->quantity.weeks, 1));
    case DEFINITION_SCORE:
        return larger(needed, library_window_needs(&definition->score.weeks, 1));
    case DEFINITION_TIME:
        return larger(needed, library_window_needs(&definition->event.weeks, definition->event.of));
    case DEFINITION_YES_NO:
        break;
    }
    return needed;
}

int library_check(const struct library_checker *checker, const struct file_definition *written,
                  struct definition *definition)
{
    const enum mixed_rule mixed = was_tried(&written->mixed) ? (enum mixed_rule)written->mixed.value : MIXED_APART;
    const struct quantity_key *quantity;

    *definition = (struct definition){.name = written->name,
                                      .label = written->label.text != NULL ? written->label : written->rule,
                                      .source = written->source,
                                      .doi = written->doi,
                                      .rule = written->rule,
                                      .library = checker->file->name.text,
                                      .missing = (enum missing_rule)written->missing.value,
                                      .mixed = mixed,
                                      .fill = (enum fill_rule)written->fill.value};
    definition->kind = find_form(checker, written, &quantity);
    set_recode(definition);
    if (library_copy_weeks(checker, "unseen", &written->unseen, &definition->unseen, &definition->n_unseen) != 0 ||
        library_set_conditions(checker, &written->only_if, definition, &definition->only_if,
                               &definition->n_only_if) != 0 ||
        set_form(checker, written, quantity, definition) != 0 || set_columns(checker, written, definition) != 0)
        return -1;
    if (definition->n_unseen > 0 && definition->unseen[0] == 1)
        mistake(checker->mistakes, written->unseen.place, "unseen: there is no week before week 1");
    definition->weeks_needed = definition_needs(definition);
    return 0;
}
