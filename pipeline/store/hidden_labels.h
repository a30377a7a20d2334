/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * hidden_labels.h - where the labels of a category stand in a file.
 *
 * As a rule they are the members of the column's HDF5 enum, in the order of their codes.  But an enum is
 * one message of an object header, which ends at 64 kB; it knows neither an empty member name nor an enum
 * without members; and the library compares two enums in time quadratic in their members at every read
 * (0.2 s a read for 4000 members).  So a category
 *
 *     with more than STORE_ENUM_MAX labels, with more than 60000 bytes of them, with an empty label, or
 *     without labels
 *
 * is stored as plain integers, and its labels, in the order of their codes, in a dataset "<column>.labels"
 * of fixed-length text beside it.  That dataset has the attribute `labels_of` (the column's name) and is
 * not a column; the column's attribute `labels` names it.
 */
#ifndef STORE_HIDDEN_LABELS_H
#define STORE_HIDDEN_LABELS_H

#include <stdbool.h>

#include "base/table.h"
#include "store/name_rules.h"

enum {
    STORE_ENUM_MAX = 256,
    HIDDEN_LABELS_NAME_SIZE = STORE_NAME_MAX + sizeof ".labels",
};

/** Must the labels of this category stand in a dataset of their own? */
bool hidden_labels_needed(const struct column *column);

/** "<column>.labels"; column has at most STORE_NAME_MAX bytes. */
void hidden_labels_name(const char *column, char out[static HIDDEN_LABELS_NAME_SIZE]);

#endif
