/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/table_message.h"

void table_message_begin(struct message *message, const struct table *schema, uint64_t chunk_rows, uint64_t n_rows)
{
    message_start(message, MESSAGE_TABLE);
    message_put_text(message, schema->name);
    message_put_text(message, schema->label);
    message_put_number(message, schema->n_columns);
    message_put_number(message, chunk_rows);
    message_put_number(message, n_rows);
}

void table_message_column(struct message *message, size_t j, const struct column *column)
{
    message_start(message, MESSAGE_COLUMN);
    message_put_number(message, j);
    message_put_text(message, column->name);
    message_put_text(message, column->label);
    message_put_text(message, column->units);
    message_put_number(message, (uint64_t)column->type);
    message_put_number(message, column->width);
    message_put_number(message, column->n_labels);
    for (size_t i = 0; i < column->n_labels; i++)
        message_put_text(message, column->labels[i]);
}

void table_message_end(struct message *message, uint64_t n_rows, const char *hex, const char (*values)[SHA256_HEX_SIZE],
                       size_t n_columns)
{
    message_start(message, MESSAGE_END);
    message_put_number(message, n_rows);
    message_put_text(message, hex);
    for (size_t j = 0; j < n_columns; j++)
        message_put_text(message, values[j]);
}
