/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/again.h"

#include <stdlib.h>

#include "base/memory.h"
#include "outcomes/first_of.h"
#include "outcomes/trigger.h"

/* Days of one person, with room for all that any person can have. */
struct days {
    size_t n;
    int32_t *day;
};

static int by_day(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return (x > y) - (x < y);
}

/* Room for the days of the person who has most, over all triggers. */
static size_t most_days(const struct outcome_input *input)
{
    size_t most = 0;

    for (size_t i = 0; i < input->n; i++) {
        size_t n = 0;
        for (size_t k = 0; k < input->outcome->n_triggers; k++) {
            const struct evidence_days *days = evidence_days(input->evidence, input->outcome->triggers[k].of);
            n += days->first[i + 1] - days->first[i];
        }
        most = n > most ? n : most;
    }
    return most;
}

/* The days of all triggers up to the last one, ascending. */
static void take_days(const struct outcome_input *input, size_t i, int32_t last, struct days *found)
{
    const struct study_outcome *outcome = input->outcome;

    found->n = 0;
    for (size_t k = 0; k < outcome->n_triggers; k++) {
        const struct study_trigger *trigger = &outcome->triggers[k];
        const struct evidence_days *days = evidence_days(input->evidence, trigger->of);
        const int32_t from = trigger->from > outcome->grace ? trigger->from : outcome->grace;
        for (size_t j = evidence_from(days, i, from); j < days->first[i + 1]; j++)
            if (days->day[j] <= last && days->day[j] <= trigger->to)
                found->day[found->n++] = days->day[j];
    }
    qsort(found->day, found->n, sizeof *found->day, by_day);
}

/* Keeps the days on which it happened again. */
static void keep_events(struct days *found, int32_t apart)
{
    size_t n = 0;
    int32_t before = INT32_MIN / 2;

    for (size_t j = 0; j < found->n; j++) {
        const int32_t day = found->day[j];
        if (day - before >= apart)
            found->day[n++] = day;
        before = day;
    }
    found->n = n;
}

static int add_stretch(struct table *again, size_t i, int32_t from, int32_t to, bool event)
{
    struct row_builder row = table_new_row(again);

    row_integer(&row, "row", (int64_t)i);
    row_integer(&row, "from", from);
    row_integer(&row, "to", to);
    row_integer(&row, "event", event);
    return row_end(&row);
}

static int add_person(struct table *again, size_t i, const struct days *events, int32_t end)
{
    int32_t from = 0;
    int status = 0;

    for (size_t j = 0; status == 0 && j < events->n; j++) {
        status = add_stretch(again, i, from, events->day[j], true);
        from = events->day[j];
    }
    return status != 0 || end <= from ? status : add_stretch(again, i, from, end, false);
}

static struct table *start_table(const struct study_outcome *outcome)
{
    char *name = format_text("again/%s", outcome->name.text);
    struct table *table = name == NULL ? NULL : table_alloc(name, outcome->label.text);

    free(name);
    if (table != NULL && table_add_column(table, "row", COLUMN_INT64, 0, "Row of the cohort", "") != NULL &&
        table_add_column(table, "from", COLUMN_INT32, 0, "Day after which the stretch begins", "days") != NULL &&
        table_add_column(table, "to", COLUMN_INT32, 0, "Day with which it ends", "days") != NULL &&
        table_add_column(table, "event", COLUMN_INT8, 0, "Ends with the event", "") != NULL)
        return table;
    table_free(table);
    return NULL;
}

/* Who is followed to the day on which he was last seen is seen on the days of events, too. */
static int add_person_of(const struct outcome_input *input, size_t i, int32_t end, struct days *events, struct table *again)
{
    int cause;
    const int32_t first = first_of_days(input, i, NEVER, &cause), last = first <= end ? first : end;
    int32_t leaves = first <= end ? first : first_of_unseen(input, i, end, &cause);

    take_days(input, i, last, events);
    keep_events(events, input->outcome->again_after);
    if (events->n > 0 && events->day[events->n - 1] > leaves)
        leaves = events->day[events->n - 1];
    return add_person(again, i, events, leaves);
}

struct table *outcome_again(const struct outcome_input *input)
{
    struct table *again = start_table(input->outcome);
    int32_t *end = allocate(input->n + 1, sizeof *end);
    struct days events = {.day = allocate(most_days(input) + 1, sizeof *events.day)};
    int status = again == NULL || end == NULL || events.day == NULL || first_of_last_days(input, end) != 0 ? -1 : 0;

    for (size_t i = 0; status == 0 && i < input->n; i++)
        status = add_person_of(input, i, end[i], &events, again);
    free(events.day);
    free(end);
    if (status == 0)
        return again;
    table_free(again);
    return NULL;
}
