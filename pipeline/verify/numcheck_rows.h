/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * numcheck_rows.h - a table of printed results, typed as CSV.
 *
 * Columns, in any order, each of which may be left out; others are refused:
 *
 *     item       what the row is called
 *     printed    a whole printed cell: "0.91 (0.45-1.85)", "184/283 (65%)" - or its parts:
 *     estimate low high level p std_error
 *     events n percent            events and n of the other arm: events_reference n_reference
 *     measure    which scale the estimate is on: a measure of the manual, or HR OR RR IRR RD MD
 *     median median_reference     median times of the two arms
 *     group      percentages of one group add up to 100
 *     part_of    the item of which this row is a part: counts of the parts add up to it
 *     curve time at_risk          numbers at risk below a curve
 */
#ifndef VERIFY_NUMCHECK_ROWS_H
#define VERIFY_NUMCHECK_ROWS_H

#include "study/measure.h"
#include "verify/printed_text.h"

enum numcheck_column {
    NUMCHECK_ITEM,
    NUMCHECK_PRINTED,
    NUMCHECK_MEASURE,
    NUMCHECK_GROUP,
    NUMCHECK_PART_OF,
    NUMCHECK_CURVE,
    NUMCHECK_N_TEXTS, /* numbers from here on */
    NUMCHECK_ESTIMATE = NUMCHECK_N_TEXTS,
    NUMCHECK_LOW,
    NUMCHECK_HIGH,
    NUMCHECK_LEVEL,
    NUMCHECK_P,
    NUMCHECK_STD_ERROR,
    NUMCHECK_EVENTS,
    NUMCHECK_N,
    NUMCHECK_PERCENT,
    NUMCHECK_EVENTS_REFERENCE,
    NUMCHECK_N_REFERENCE,
    NUMCHECK_MEDIAN,
    NUMCHECK_MEDIAN_REFERENCE,
    NUMCHECK_TIME,
    NUMCHECK_AT_RISK,
    NUMCHECK_N_COLUMNS,
};

/** The name of a column as it stands in a header. */
const char *numcheck_column_name(enum numcheck_column column);

enum numcheck_scale { SCALE_UNKNOWN, SCALE_RATIO, SCALE_DIFFERENCE, SCALE_SHARE };

struct numcheck_row {
    size_t line;
    char *text[NUMCHECK_N_TEXTS];                      /* "" when empty */
    struct printed_number number[NUMCHECK_N_COLUMNS];  /* from NUMCHECK_ESTIMATE on */
    enum numcheck_scale scale;
    enum measure measure;                              /* N_MEASURES: none */
    double level;                                      /* of the interval; 0.95 unless stated */
};

struct numcheck_rows {
    const char *path;
    size_t n;
    struct numcheck_row *items;
    size_t place[NUMCHECK_N_COLUMNS]; /* number of the column in the file, from 1; 0: it is not there */
};

/** -1 after telling with line and column.  Free in any case. */
int numcheck_rows_read(const char *path, struct numcheck_rows *rows);
void numcheck_rows_free(struct numcheck_rows *rows);

#endif
