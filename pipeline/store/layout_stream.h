/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * layout_stream.h - whole columns of a stored table, chunk by chunk.
 *
 * HDF5 hands out the packed chunks one after the other, as it wants to be asked; what costs time, inflating and
 * checking them, is done side by side, also while the next is handed out.
 */
#ifndef STORE_LAYOUT_STREAM_H
#define STORE_LAYOUT_STREAM_H

#include "store/layout.h"

struct layout_stream_task {
    const struct layout_table *table;
    const size_t *columns;     /* [n_columns] positions in the table's schema */
    size_t n_columns;
    int n_threads;
    size_t first_row, end_row; /* only the chunks that hold some of these rows; end_row 0: all */
    /** Is none of the n rows from row `first` on wanted?  Then their chunk is not read.  NULL: all are. */
    bool (*passes)(const void *context, size_t first, size_t n);
    /**
     * Takes n values of columns[i] from row `first` on; other columns and other rows of it may come at once on other
     * threads, in any order.  -1 after telling ends the reading.
     */
    int (*take)(void *context, size_t i, size_t first, size_t n, const void *values);
    /**
     * Where n values of columns[i] from row `first` on may be written, so that `take` is not called for them; NULL: nowhere.
     * place itself may be NULL.
     */
    void *(*place)(void *context, size_t i, size_t first, size_t n);
    void *context;
};

/**
 * Reads all rows of the columns; every checksum is checked, and a code without a label is refused.  At most one
 * chunk a thread is in memory.  -1 after telling.
 */
int layout_stream(const struct layout_stream_task *task);

/**
 * Hands over the packed chunks (chunk.h) first .. end - 1 of all columns, as far as there are, unlooked at: those of each in the
 * order of the rows, and columns by turns, which is about how they lie in a file.  -1 after telling.
 */
int layout_stream_packed(const struct layout_table *table, size_t first, size_t end,
                         void (*take)(void *context, size_t j, const unsigned char *packed, size_t n_packed), void *context);

#endif
