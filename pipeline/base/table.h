/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * table.h - tables of typed columns in memory: what stages hand to each other.
 *
 * A table is a name, a number of rows and columns in order; a column is one array.  Every type has
 * its own missing value, so a column needs no mask:
 *
 *     COLUMN_INT8 .. COLUMN_INT64   the smallest value of the type (INT8_MIN, ...)
 *     COLUMN_FLOAT64                NaN
 *     COLUMN_CATEGORY               code -1; codes 0 .. n_labels - 1 name labels; stored as int8, int16
 *                                   or int32, the smallest that holds n_labels
 *     COLUMN_TEXT                   the empty text; `width` bytes a row, UTF-8, padded with NULs, not
 *                                   terminated when full
 *
 * Readers use column_integer(), column_real(), column_code(), column_text(), which widen and map
 * every type's missing value to one; writers of hot loops may use `values` directly.
 * Nothing here is thread-safe for writers of one column; readers may share.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum column_type {
    COLUMN_INT8,
    COLUMN_INT16,
    COLUMN_INT32,
    COLUMN_INT64,
    COLUMN_FLOAT64,
    COLUMN_CATEGORY,
    COLUMN_TEXT,
};

#define MISSING_INTEGER INT64_MIN /* what column_integer() returns for a missing value */
#define MISSING_CODE (-1)

struct column {
    char *name;           /* unique in its table */
    char *label;          /* what a reader would call it; "" when there is none */
    char *units;          /* "days", "years", ... ; "" when there are none; "date" marks day numbers */
    enum column_type type;
    size_t width;         /* bytes a value */
    void *values;         /* [capacity * width] */
    size_t n_labels;      /* COLUMN_CATEGORY */
    char **labels;        /* [n_labels] UTF-8 */
};

struct table {
    char *name;           /* [a-z0-9_/-]; the HDF5 group it is stored under */
    char *label;
    size_t n_rows;
    size_t capacity;      /* rows allocated in every column */
    size_t n_columns;
    struct column *columns;
};

/* All functions that allocate return NULL or -1 after telling "out of memory". */

struct table *table_alloc(const char *name, const char *label);
void table_free(struct table *table);

/**
 * Adds a column of missing values (n_rows of them) and returns it; the pointer is good until the
 * next column is added.  width counts only for COLUMN_TEXT.
 */
struct column *table_add_column(struct table *table, const char *name, enum column_type type, size_t width,
                                const char *label, const char *units);

/**
 * Makes the whole-number columns of the table as narrow as their values allow (int8, int16 or int32); columns with units
 * "date" stay as they are.  The type then follows from the values, whatever their order.  -1 after telling.
 */
int table_shrink(struct table *table, int n_threads);

/**
 * The same for a table that comes in parts: as table_shrink(), but with n_kept columns, which are to be filled anew, left as
 * they are; the type that it would choose for values low .. high (0 among them); and columns of the types chosen for all parts
 * together, the widest of each (column_type_width()), which must hold the values.
 */
int table_shrink_but(struct table *table, const size_t *kept, size_t n_kept, int n_threads);
enum column_type column_type_for(int64_t low, int64_t high);
int table_retype(struct table *table, const enum column_type *types, int n_threads);

/** Adds a category column with these labels (copied). */
struct column *table_add_category(struct table *table, const char *name, const char *const *labels, size_t n_labels,
                                  const char *label);

/** Adds a copy of a column of a table with n_rows rows: with its values when both have as many, else with missing ones. */
struct column *table_copy_column(struct table *table, const struct column *column, size_t n_rows);

/** Gives every column room for n rows; new cells of rows beyond n_rows are undefined until table_resize. */
int table_reserve(struct table *table, size_t n_rows);

/** Sets n_rows; added rows are missing in every column. */
int table_resize(struct table *table, size_t n_rows);

struct column *table_column(const struct table *table, const char *name); /* NULL when there is none */
size_t table_column_index(const struct table *table, const char *name);   /* n_columns when there is none */

/** A new table with the chosen rows, in the order given; same columns. */
struct table *table_take_rows(const struct table *table, const size_t *rows, size_t n);

/**
 * Appends the rows of `from`; columns must agree in name, order, type and labels, else -1 after telling.
 * A text column of `into` is widened when the one of `from` is wider.
 */
int table_append(struct table *into, const struct table *from);

/* One value; row < n_rows is the caller's promise. */
static inline int64_t column_integer(const struct column *column, size_t row); /* integers, codes; else or missing: MISSING_INTEGER */
static inline double column_real(const struct column *column, size_t row);     /* any numeric type or code; missing: NaN */
static inline int32_t column_code(const struct column *column, size_t row);    /* COLUMN_CATEGORY; missing: MISSING_CODE */
/* COLUMN_TEXT or a label, not always NUL-terminated; missing: length 0 */
const char *column_text(const struct column *column, size_t row, size_t *length);
static inline bool column_is_missing(const struct column *column, size_t row);
bool column_any_missing(const struct column *column, size_t n); /* in rows 0 .. n - 1, which are read as they lie */
bool column_is_numeric(const struct column *column); /* integer or real, not a category */

/*
 * The value must fit: one that does not becomes missing and -1 is returned; text is cut at a character
 * boundary or before a NUL and -1 is returned.  MISSING_INTEGER, NaN, MISSING_CODE and "" store missing.
 * A real fits an integer column when it is a whole number of its range, an integer fits a float64 column
 * up to 2^53, a text fits a category column when it is one of its labels.  The smallest value of an
 * integer type means missing and so does not fit.
 */
int column_set_integer(struct column *column, size_t row, int64_t value);
int column_set_real(struct column *column, size_t row, double value);
int column_set_code(struct column *column, size_t row, int32_t code);
int column_set_text(struct column *column, size_t row, const char *text, size_t length);

/** The code of a label, MISSING_CODE when the column has no such label.  O(n_labels). */
int32_t column_find_label(const struct column *column, const char *text, size_t length);

/**
 * Adds a label, which must be new, to a category column of this table and returns its code; stored codes
 * are widened when they must be.  MISSING_CODE after telling.
 */
int32_t column_add_label(const struct table *table, struct column *column, const char *text, size_t length);

/** Width in bytes of one value: 1, 2, 4, 8, or the text width. */
size_t column_type_width(enum column_type type, size_t text_width, size_t n_labels);

const char *column_type_name(enum column_type type); /* "int8" ... "float64" "category" "text" */

/**
 * Rows put together one value at a time: for small tables such as estimates.  Columns are looked up by
 * name; a name that the table does not have, or a value that does not fit (text that is too long
 * widens its column instead), is a programming error and is told by fail().
 *
 *     struct row_builder row = table_new_row(table);
 *     row_text(&row, "arm", "iop");
 *     row_real(&row, "estimate", 0.25);
 *     if (row_end(&row) != 0) ...            first error of the row
 */
struct row_builder {
    struct table *table;
    size_t row;
    int error;
};
struct row_builder table_new_row(struct table *table);
void row_text(struct row_builder *row, const char *column, const char *text);
void row_integer(struct row_builder *row, const char *column, int64_t value);
void row_real(struct row_builder *row, const char *column, double value);
int row_end(struct row_builder *row);

#include "base/column_values.h"

#endif
