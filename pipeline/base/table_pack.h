/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * table_pack.h - a table on its way to another rank: its columns with their labels, and all values.
 */
#ifndef BASE_TABLE_PACK_H
#define BASE_TABLE_PACK_H

#include "base/pack.h"
#include "base/table.h"

void table_pack(struct pack *pack, const struct table *table);

/** The table as it was; NULL after telling. */
struct table *table_unpack(struct unpack *from);

#endif
