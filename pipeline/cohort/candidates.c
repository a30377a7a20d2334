/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/candidates.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/names.h"
#include "cohort/time_zero.h"

size_t candidates_record(const struct candidates *candidates, size_t i)
{
    return candidates->linked ? (size_t)candidates->history->record[candidates->index->items[i].stay] : i;
}

/* Hands the columns of `from` over to `into`; both have as many rows. */
static int move_columns(struct table *into, struct table *from)
{
    for (size_t k = 0; k < from->n_columns; k++) {
        struct column *column = &from->columns[k], *added;
        if ((added = column->type == COLUMN_CATEGORY
                         ? table_add_category(into, column->name, (const char *const *)column->labels, column->n_labels,
                                              column->label)
                         : table_add_column(into, column->name, column->type, column->width, column->label,
                                            column->units)) == NULL)
            return -1;
        memcpy(added->values, column->values, from->n_rows * column->width);
    }
    return 0;
}

static int make_rows(const struct study *study, const struct cohort_input *input, int n_threads, struct candidates *c)
{
    char **names = cohort_columns(study);
    struct table *derived = names == NULL ? NULL : derived_compute(&c->derivation, (const char *const *)names, n_threads);
    int status = derived == NULL || (c->own_rows = table_take_rows(input->records, c->row, c->n)) == NULL ? -1 : 0;

    if (status == 0)
        status = move_columns(c->own_rows, derived);
    c->rows = c->own_rows;
    table_free(derived);
    names_free(names);
    return status;
}

int candidates_find(const struct study *study, const struct cohort_input *input, int n_threads, struct candidates *c)
{
    *c = (struct candidates){.n = input->records->n_rows, .rows = input->records, .linked = study_is_linked(study),
                             .history = input->history, .index = input->index};
    if (!c->linked)
        return 0;
    if ((c->time_zero = allocate(c->n, sizeof *c->time_zero)) == NULL || (c->row = allocate(c->n, sizeof *c->row)) == NULL)
        return -1;
    for (size_t i = 0; i < c->n; i++)
        c->row[i] = i;
    c->derivation = (struct derivation){.study = study,
                                        .history = input->history,
                                        .records = input->records,
                                        .row = c->row,
                                        .clients = input->clients,
                                        .client = input->client,
                                        .index = input->index->items,
                                        .time_zero = c->time_zero,
                                        .n = c->n};
    time_zero_set(&c->derivation, c->time_zero);
    return make_rows(study, input, n_threads, c);
}

void candidates_free(struct candidates *c)
{
    table_free(c->own_rows);
    free(c->time_zero);
    free(c->row);
    *c = (struct candidates){0};
}
