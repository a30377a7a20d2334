/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/reject.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "ingest/expected.h"
#include "ingest/identifier_value.h"

void reject_list_clear(struct reject_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->items[i].words);
    list->n = 0;
    memset(list->n_words, 0, sizeof list->n_words);
}

void reject_list_free(struct reject_list *list)
{
    reject_list_clear(list);
    free(list->items);
    *list = (struct reject_list){0};
}

/* A day may be shown where days were declared; elsewhere it may be somebody's birthday. */
static bool names_a_person(const struct plan_column *column, const struct csv_field *field)
{
    struct identifier_match match;
    const unsigned hints = identifier_hints_of_name(column->declared->name);
    return column->is_masked || (identifier_of_value(field->text, field->length, hints, &match) &&
                                 !(column->declared->type == VALUE_DATE && match.kind == IDENTIFIER_DATE));
}

/*
 * A strong match alone, as for kept cells.  An age over 89 or a date where one is expected is a wrong number or day; and
 * what an id looks like says nothing, because it becomes unreadable.
 */
static enum identifier_kind identifier_in(const struct plan *plan, const struct csv_field *field,
                                          const struct verdict *verdict)
{
    struct identifier_match match;
    if (field == NULL || verdict->column < 0 || !identifier_of_value(field->text, field->length, 0, &match) || !match.strong)
        return IDENTIFIER_NONE;
    const struct plan_column *const column = &plan->columns[verdict->column];
    const bool expected = match.kind == IDENTIFIER_AGE ||
                          (match.kind == IDENTIFIER_DATE && column->declared->type == VALUE_DATE);
    return expected || column->is_person || column->is_person_key || (plan->accepted & identifier_bit(match.kind)) != 0
               ? IDENTIFIER_NONE
               : match.kind;
}

static char *make_words(const struct plan *plan, const struct header *header, const struct csv_record *record,
                        const struct csv_field *field, const struct verdict *verdict)
{
    char expected[EXPECTED_SIZE], shown[ESCAPED_SIZE];
    expected_text(plan, header, record->n_fields, field, verdict, expected);
    if (field == NULL || field->length == 0 || verdict->column < 0 ||
        names_a_person(&plan->columns[verdict->column], field))
        return copy_text(expected);
    return format_text("%s; value '%s'", expected, escape_value(shown, field->text, field->length));
}

static int make_room(struct reject_list *list)
{
    if (list->n < list->capacity)
        return 0;
    const size_t capacity = 2 * list->capacity + 16;
    struct reject *const items = reallocate(list->items, capacity, sizeof *items);
    if (items == NULL)
        return -1;
    list->items = items;
    list->capacity = capacity;
    return 0;
}

int reject_list_add(struct reject_list *list, const struct plan *plan, const struct header *header,
                    const struct csv_record *record, const struct csv_field *field, const struct verdict *verdict)
{
    if (make_room(list) != 0)
        return -1;
    struct reject *const reject = &list->items[list->n];
    *reject = (struct reject){.verdict = *verdict, .line = record->line, .byte = record->byte,
                              .identifier = identifier_in(plan, field, verdict)};
    if (list->n_words[verdict->reason] < REJECTS_TOLD) {
        if ((reject->words = make_words(plan, header, record, field, verdict)) == NULL)
            return -1;
        list->n_words[verdict->reason]++;
    }
    list->n++;
    return 0;
}
