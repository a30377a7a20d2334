/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * stat_head.h - what a SAS, Stata or SPSS file says of its columns, read by ReadStat.
 *
 *     .sas7bdat .xpt    SAS; the labels of values lie in a catalogue of its own, which is not read
 *     .dta              Stata
 *     .sav .zsav .por   SPSS
 */
#ifndef INGEST_STAT_HEAD_H
#define INGEST_STAT_HEAD_H

#include <stdbool.h>
#include <stddef.h>

enum stat_format { STAT_NONE, STAT_SAS7BDAT, STAT_XPORT, STAT_DTA, STAT_SAV, STAT_POR };

/** By the ending of a file's name, capital letters or not; STAT_NONE for anything else. */
enum stat_format stat_format_of(const char *name);

/** "a SAS file"; for messages. */
const char *stat_format_name(enum stat_format format);

/** How the numbers of a column are to be read. */
enum stat_kind { STAT_NUMBER, STAT_TEXT, STAT_DATE, STAT_DATE_TIME };

struct stat_value_label {
    char *code, *label; /* the code as its cell is written (stat_cell.h) */
};

struct stat_column {
    char *name, *label;
    enum stat_kind kind;
    double day_scale, day_origin; /* STAT_DATE: day = floor(value / day_scale) + day_origin, from 1970-01-01 */
    size_t n_labels;
    struct stat_value_label *labels;
    size_t n_missing;        /* values that the file itself declares missing */
    struct {
        double low, high;    /* equal: one value */
        char *text;          /* of a text column: that text, else NULL */
    } *missing;
};

struct stat_head {
    size_t n_columns;
    struct stat_column *columns;
};

/** latin1: the text of the file is ISO 8859-1, whatever it says.  -1 after telling; free in either case. */
int stat_head_read(const char *path, bool latin1, struct stat_head *head);
void stat_head_free(struct stat_head *head);

#endif
