/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * stat_parse.h - ReadStat run over one file: the one place that starts it and tells what it finds wrong.
 */
#ifndef INGEST_STAT_PARSE_H
#define INGEST_STAT_PARSE_H

#include <readstat.h>
#include <stdbool.h>

#include "ingest/stat_head.h"

/** Each may be NULL; one that returns READSTAT_HANDLER_ABORT has told why. */
struct stat_handlers {
    readstat_variable_handler column;
    readstat_value_label_handler label;
    readstat_value_handler value; /* NULL: rows are not read */
};

/** -1 after telling. */
int stat_parse(const char *path, enum stat_format format, bool latin1, const struct stat_handlers *handlers,
               void *context);

/** The kind of a column, and where its days begin, from the format that the file gives it. */
void stat_read_format(enum stat_format format, readstat_variable_t *variable, struct stat_column *column);

#endif
