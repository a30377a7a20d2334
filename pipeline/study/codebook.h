/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * codebook.h - what the columns of a source are: types, codes, labels, missing codes, aliases.
 *
 *     codebook: uis
 *     delimiter: ","                 # one byte; "tab" for a tabulator.  Default ","
 *     encoding: utf-8                # or latin-1
 *     missing: ["", "NA"]            # cells that mean missing in every column; default [""]
 *     columns:
 *       age:   {type: integer, label: Age at admission, units: years, range: [0, 120]}
 *       treat: {type: category, label: Planned stay, codes: {0: short, 1: long}}
 *       los:   {type: integer, label: Days in treatment, units: days, range: [0, 9999], known: after}
 *       plan:  {type: integer, label: Days planned, known: before}   # a condition of an outcome may use it
 *       seen:  {type: date, required: yes}
 *       sex:   {type: category, codes: {1: male, 2: female}, missing: ["-9"], aliases: [gender, SEX]}
 *       caseid: {role: row_id}       # dropped unread
 *       client: {type: text, role: id}  # names a person or thing; messages do not show it
 *       left:   {type: date, not_before: seen}         # a row where it lies before is set aside
 *       next:   {type: date, ahead: yes}               # planned: may lie after the day of the data
 *       stay:   {type: integer, range: [1, 32], intervals: {31: [31, 60], 32: [61, open]}}
 *       age:    {type: integer, age_on: seen}          # ages of a person on several rows must fit together
 *       ward:   {type: category, optional: yes}        # a file may be without it
 *     unique: [client, seen]         # no two rows agree in all of these
 *
 * A category with codes has the labels in the order of the codebook; without codes its cells are its
 * labels and the levels are sorted by bytes.  Nothing is guessed: a column of the file that is not
 * declared here, or a cell that is neither a value of its type nor a missing code, is refused.
 */
#ifndef STUDY_CODEBOOK_H
#define STUDY_CODEBOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/sha256.h"
#include "base/table.h"

struct arena;

enum value_type { VALUE_INTEGER, VALUE_REAL, VALUE_CATEGORY, VALUE_DATE, VALUE_TEXT };

/** A column whose cells are intervals is two columns: the least and the largest value that a cell can mean. */
enum interval_part { INTERVAL_NONE, INTERVAL_LOW, INTERVAL_HIGH };

struct codebook_interval {
    char *text;               /* the cell, where it is no whole number; else NULL */
    int64_t code;             /* the whole number; of a text some number that no cell has */
    int64_t low, high;        /* high INT64_MAX: open */
};

struct codebook_column {
    char *name;
    char *label;              /* default: the name */
    char *units;              /* "" when none; "date" for dates */
    size_t line, column;      /* place in the codebook */
    enum value_type type;
    bool dropped;             /* role: row_id or role: drop; never read */
    bool is_id;               /* role: id; names a person or thing */
    bool required;            /* a missing value sets the row aside */
    bool optional;            /* a file may lack the column: missing in all its rows */
    bool ahead;               /* VALUE_DATE: may lie after the day of the data */
    bool known_after;         /* known: after - dated after time zero */
    bool known_before;        /* known: before - known at time zero, even where an outcome uses it */
    bool has_range;
    double low, high;         /* inclusive; for dates day numbers */
    size_t n_codes;           /* VALUE_CATEGORY; 0: the cells are the labels */
    char **codes;             /* [n_codes] as they stand in the file */
    char **labels;            /* [n_codes] may repeat: several codes, one label */
    size_t n_missing;
    char **missing;           /* [n_missing] cells that mean missing: the column's own and the codebook's */
    size_t n_aliases;
    char **aliases;           /* other names of the column in the file */
    size_t n_not_before;
    size_t *not_before;       /* [n_not_before] columns (of the codebook) whose value this one is not below */
    size_t age_on;            /* column (of the codebook) of the day on which this age holds; SIZE_MAX: not given */
    enum interval_part part;  /* INTERVAL_HIGH stands right behind its INTERVAL_LOW and is in no file */
    size_t n_intervals;
    struct codebook_interval *intervals; /* [n_intervals] of both parts; other cells mean themselves */
};

struct codebook {
    char *path;
    char sha256[SHA256_HEX_SIZE];
    char *name;
    char delimiter;
    bool latin1;
    size_t n_columns;
    struct codebook_column *columns;
    size_t n_unique;
    size_t *unique;           /* [n_unique] columns that together tell rows apart */
    struct arena *memory;     /* every text and array above; codebook_free gives it back */
};

/**
 * Reads and checks: names of columns (letters, digits, "_" and ".", at most 64, no digit first, no word of the
 * condition language); codes that stand twice or are also declared missing; names that two columns share; ranges
 * with low <= high of the column's type; at most 32767 labels a category; columns that not_before and unique name.
 * A column `stay` with intervals becomes `stay_low`, with `stay` as an alias, and `stay_high`.  NULL after telling
 * every mistake found.
 */
struct codebook *codebook_read(const char *path);
void codebook_free(struct codebook *codebook);    /* NULL is fine */

/** By name or alias; NULL when there is none. */
const struct codebook_column *codebook_find(const struct codebook *codebook, const char *name);

/**
 * An empty table with the kept columns as ingest will make them: integers as the smallest of int8..int64 that
 * holds the range (int64 without one), reals and dates (int32, units "date"), categories with their distinct
 * labels in the order of the codebook, text of width 1 (it grows).  NULL after telling.
 */
struct table *codebook_schema(const struct codebook *codebook, const char *table_name);

/** Adds one kept column to such a table.  -1 after telling. */
int codebook_add_column(struct table *table, const struct codebook_column *column);

#endif
