/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/joined.h"

#include <string.h>

const struct study_table *joined_table(const struct study *study)
{
    const struct study_table *clients = study_find_table(study, ROLE_CLIENTS);

    return study_is_linked(study) && clients != NULL && clients->codebook != NULL ? clients : NULL;
}

static bool is_joined(const struct study_table *clients, const struct codebook_column *column)
{
    return !column->dropped && (clients->person.text == NULL || strcmp(column->name, clients->person.text) != 0);
}

const struct codebook_column *joined_column(const struct study *study, const char *name)
{
    const struct study_table *clients = joined_table(study);
    const struct codebook_column *column = clients == NULL ? NULL : codebook_find(clients->codebook, name);

    return column != NULL && strcmp(column->name, name) == 0 && is_joined(clients, column) ? column : NULL;
}

int joined_add_columns(const struct study *study, struct table *columns)
{
    const struct study_table *clients = joined_table(study);

    for (size_t i = 0; clients != NULL && i < clients->codebook->n_columns; i++) {
        const struct codebook_column *column = &clients->codebook->columns[i];
        if (is_joined(clients, column) && table_column(columns, column->name) == NULL &&
            codebook_add_column(columns, column) != 0)
            return -1;
    }
    return 0;
}
