/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/describe.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"

/* A line that grows; text NULL once memory was short. */
struct line {
    const struct study *study;
    char *text;
};

static void add(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct line *line, const char *format, ...)
{
    va_list arguments;
    char *more, *longer = NULL;

    if (line->text == NULL)
        return;
    va_start(arguments, format);
    if (vasprintf(&more, format, arguments) >= 0) {
        longer = format_text("%s%s", line->text, more);
        free(more);
    } else {
        fail_memory();
    }
    va_end(arguments);
    free(line->text);
    line->text = longer;
}

static void add_texts(struct line *line, const char *before, const struct study_texts *list)
{
    for (size_t i = 0; i < list->n; i++)
        add(line, "%s%s", i == 0 ? before : ", ", list->items[i].text);
}

static void add_kinds(struct line *line, const char *before, const size_t *kinds, size_t n)
{
    for (size_t i = 0; i < n; i++)
        add(line, "%s%s", i == 0 ? before : " or ", line->study->evidence[kinds[i]].name.text);
}

/* ---- found in dated rows ------------------------------------------------------------------------------------------ */

static void add_weeks(struct line *line, const struct study_weeks *weeks)
{
    static const char *const missing[] = {"counts as bad", "counts as good", "is ignored"};

    if (weeks->visits != NO_EVIDENCE)
        add(line, "weeks %d to %d by the label %s", weeks->from, weeks->to, weeks->pattern.text);
    else
        add(line, "weeks %d to %d of %d days, the first from day %d", weeks->from, weeks->to, weeks->length,
            weeks->first_day);
    add_kinds(line, ", bad with ", weeks->bad, weeks->n_bad);
    if (weeks->n_back > 0) {
        add_kinds(line, ", bad with ", weeks->back, weeks->n_back);
        add(line, " %d to %d days before", weeks->back_from, weeks->back_to);
    }
    add_kinds(line, ", missing without ", weeks->needs, weeks->n_needs);
    add(line, "; a missing week %s", missing[weeks->missing]);
}

static void add_span(struct line *line, int32_t from, int32_t to)
{
    if (from > -NO_DAY_LIMIT)
        add(line, " from day %d", from);
    if (to < NO_DAY_LIMIT)
        add(line, " to day %d", to);
}

static void add_count(struct line *line, const struct study_trigger *trigger, const char *what)
{
    if (trigger->n == 1)
        add(line, "%s", what);
    else if (trigger->within == trigger->n)
        add(line, "%d %ss in a row", trigger->n, what);
    else
        add(line, "%d %ss within %d", trigger->n, what, trigger->within);
}

static void add_trigger(struct line *line, const struct study_trigger *trigger)
{
    switch (trigger->kind) {
    case TRIGGER_DAYS:
        add_count(line, trigger, "day");
        add(line, " of %s", line->study->evidence[trigger->of].name.text);
        add_span(line, trigger->from, trigger->to);
        break;
    case TRIGGER_WEEKS:
        add_count(line, trigger, trigger->missing_only ? "missed week" : "bad week");
        add(line, " (");
        add_weeks(line, &line->study->weeks[trigger->of]);
        add(line, ")");
        break;
    case TRIGGER_REASON:
        add(line, "%s is", trigger->column.text);
        add_texts(line, " ", &trigger->reasons);
        add(line, ", on the day in %s", trigger->day.text);
        break;
    case TRIGGER_NEW_EPISODE:
        break;
    }
    if (trigger->kind == TRIGGER_NEW_EPISODE) {
        add(line, "a new episode of");
        for (int level = 0; level < N_LEVELS; level++)
            if (trigger->levels[level])
                add(line, " %s", level_names[level]);
        if (trigger->gap_days > 0)
            add(line, " after %d days without care", trigger->gap_days);
    }
    if (trigger->dated_last)
        add(line, ", dated by the last");
}

static void add_first_of(struct line *line, const struct study_outcome *outcome)
{
    static const char *const unseen[] = {
        [UNSEEN_UNDECLARED] = "",
        [UNSEEN_RELAPSE] = "who is not seen to the end has the event on the day after the last one seen",
        [UNSEEN_CENSOR] = "who has no event is followed to the end",
        [UNSEEN_LAST_SEEN] = "who has no event is followed to the last day seen",
    };

    add(line, "the first of: ");
    for (size_t k = 0; k < outcome->n_triggers; k++) {
        add(line, "%s", k == 0 ? "" : ", or ");
        add_trigger(line, &outcome->triggers[k]);
    }
    if (outcome->grace > 0)
        add(line, "; nothing before day %d counts", outcome->grace);
    if (outcome->again_after > 0)
        add(line, "; again after %d day%s without", outcome->again_after, outcome->again_after == 1 ? "" : "s");
    if (outcome->between_looks)
        add(line, "; what a look finds has happened since the look before");
    add_texts(line, "; competing: ", &outcome->competing_reasons);
    add_kinds(line, "; censored at ", outcome->censor, outcome->n_censor);
    add(line, "; %s", unseen[outcome->unseen]);
    add_kinds(line, " by ", outcome->seen, outcome->n_seen);
}

static void add_counts(struct line *line, const struct study_outcome *outcome)
{
    for (size_t k = 0; k < outcome->n_counts; k++) {
        const struct study_week_count *count = &outcome->counts[k];
        add(line, "%sat least %d good of week%s", k == 0 ? "" : " and ", count->at_least, count->weeks.n == 1 ? "" : "s");
        for (size_t i = 0; i < count->weeks.n; i++)
            add(line, "%s%.0f", i == 0 ? " " : ", ", count->weeks.values[i]);
    }
    add(line, " (");
    add_weeks(line, &line->study->weeks[outcome->of_weeks]);
    add(line, ")");
}

/* ---- of the source -------------------------------------------------------------------------------------------------- */

static void add_retention(struct line *line, const struct study_outcome *outcome)
{
    static const char *const names[] = {"", "retained", "left", "competing", "censored"};
    const char *kind = outcome->time.text != NULL ? "" : line->study->evidence[outcome->days_of].name.text;

    if (outcome->days == DAYS_LAST)
        add(line, "days to the last %s; ", kind);
    else if (outcome->days == DAYS_GAP)
        add(line, "days to the first gap of more than %d days without %s; ", outcome->gap_days, kind);
    add(line, "event: leaving treatment; completing counts as %s", names[outcome->completed]);
    if (outcome->completed_if.text != NULL)
        add(line, " when %s", outcome->completed_if.text);
    if (outcome->completed_at.given)
        add(line, " from %.0f days on", outcome->completed_at.value);
}

static void add_reasons(struct line *line, const struct study_outcome *outcome)
{
    if (outcome->completion.text != NULL)
        add(line, "completion by the rule %s; ", outcome->completion.text);
    add_texts(line, "event: ", &outcome->event_reasons);
    add_texts(line, "; no event: ", &outcome->no_event_reasons);
    add_texts(line, "; competing: ", &outcome->competing_reasons);
    add_texts(line, "; censored: ", &outcome->censor_reasons);
    add_texts(line, "; left out: ", &outcome->exclude_reasons);
}

/* "definition Rs_lee_2016 (Lee 2016) on words weekly, phase 1: RULE; event: a value of at least 0.5" */
static void add_library(struct line *line, const struct study_outcome *outcome)
{
    const struct definition *definition = outcome->definition;
    char number[NUMBER_SIZE];

    add(line, "definition %s (%s) on words %s", definition->name.text, definition->source.text,
        line->study->words[outcome->word].name.text);
    if (outcome->phase != 0)
        add(line, ", phase %zu", outcome->phase);
    add(line, ": %s", definition->rule.text);
    if (outcome->has_least || outcome->has_most)
        add(line, "; event: a value");
    if (outcome->has_least)
        add(line, " of at least %s", number_short(number, outcome->least));
    if (outcome->has_most)
        add(line, " of at most %s", number_short(number, outcome->most));
}

/* ---- process measures ------------------------------------------------------------------------------------------------ */

static void add_levels(struct line *line, const char *before, const bool levels[N_LEVELS])
{
    size_t n = 0;

    for (int level = 0; level < N_LEVELS; level++)
        if (levels[level])
            add(line, "%s%s", n++ == 0 ? before : ", ", level_names[level]);
}

static void add_process(struct line *line, const struct study_outcome *outcome)
{
    const struct study_process *p = &outcome->process;

    switch (p->kind) {
    case PROCESS_INITIATION:
        add(line, "treatment from time zero to %d days after it", p->initiation_days);
        break;
    case PROCESS_ENGAGEMENT:
        add(line, "treatment from time zero to %d days after it, and services on %d more days within %d days after that",
            p->initiation_days, p->more_services, p->engagement_days);
        break;
    case PROCESS_CONTINUITY:
        add(line, "the next service, from the day after the index stay has ended; days from that end");
        add_levels(line, "; after ", p->after);
        break;
    case PROCESS_READMISSION:
        add(line, "the first stay of a later episode; days from the end of the index episode");
        break;
    case PROCESS_ACTIVE_MONTHS:
        add(line, "in treatment in each of the first %d months of 30 days", p->months);
        if (outcome->completed_if.text != NULL)
            add(line, ", or completed before they were over, when %s", outcome->completed_if.text);
        break;
    case PROCESS_LEAVING:
        add(line, "the end of the index %s", p->part == LEAVING_STAY ? "stay" : "episode");
        if (outcome->completed_if.text != NULL)
            add(line, "; completed when %s", outcome->completed_if.text);
        break;
    }
    if (p->kind != PROCESS_LEAVING)
        add_levels(line, "; counted: ", p->services);
    if (p->died_on.text != NULL)
        add(line, "; death in %s competes", p->died_on.text);
}

char *outcome_describe(const struct study *study, const struct study_outcome *outcome)
{
    struct line line = {study, copy_text("")};

    if (outcome->time_high.text != NULL)
        add(&line, "days from %s to %s, read at the edges of intervals; ", outcome->time.text, outcome->time_high.text);
    else if (outcome->time.text != NULL)
        add(&line, "days in %s; ", outcome->time.text);
    switch (outcome->rule) {
    case OUTCOME_GIVEN:
        add(&line, "event when %s", outcome->event.text);
        break;
    case OUTCOME_RETENTION:
        add_retention(&line, outcome);
        break;
    case OUTCOME_REASON:
        add_reasons(&line, outcome);
        break;
    case OUTCOME_LIBRARY:
        add_library(&line, outcome);
        break;
    case OUTCOME_FIRST_OF:
        add_first_of(&line, outcome);
        break;
    case OUTCOME_ANY:
        add(&line, "%s on at least %d day%s", study->evidence[outcome->days_of].name.text, outcome->at_least,
            outcome->at_least == 1 ? "" : "s");
        add_span(&line, outcome->from, outcome->to);
        break;
    case OUTCOME_WEEKS:
        add_counts(&line, outcome);
        break;
    case OUTCOME_PROCESS:
        add_process(&line, outcome);
        break;
    }
    return line.text;
}
