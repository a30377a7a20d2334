/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * table_message.h - the messages (message.h) that begin a table and its columns.
 */
#ifndef STORE_TABLE_MESSAGE_H
#define STORE_TABLE_MESSAGE_H

#include <stdint.h>

#include "base/sha256.h"
#include "base/table.h"
#include "store/message.h"

/** MESSAGE_TABLE; n_rows may be MESSAGE_GROWS. */
void table_message_begin(struct message *message, const struct table *schema, uint64_t chunk_rows, uint64_t n_rows);

/** MESSAGE_COLUMN: column j. */
void table_message_column(struct message *message, size_t j, const struct column *column);

/** MESSAGE_END; hex: of the table; values: [n_columns] of the columns. */
void table_message_end(struct message *message, uint64_t n_rows, const char *hex, const char (*values)[SHA256_HEX_SIZE],
                       size_t n_columns);

#endif
