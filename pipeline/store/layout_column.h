/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * layout_column.h - a dataset of a file as a column without values.
 */
#ifndef STORE_LAYOUT_COLUMN_H
#define STORE_LAYOUT_COLUMN_H

#include <hdf5.h>
#include <stdint.h>

#include "base/table.h"

/**
 * Adds the column that this dataset describes to a table; NULL, or what is wrong with it ("has no
 * units").  `group` holds the dataset and the one of its hidden labels.
 */
const char *layout_column_add(struct table *table, hid_t group, hid_t dataset, const char *name, uint64_t n_rows);

#endif
