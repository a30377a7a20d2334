/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * digitised.h - people behind a printed curve: the command.
 *
 * Prints a table with one row a person: trial (where it is named), arm (where there are several), time, status 1 or 0.  Events
 * stand at the points where the curve falls, censorings midway between two points.
 */
#ifndef VERIFY_DIGITISED_H
#define VERIFY_DIGITISED_H

#include "base/table_print.h"
#include "verify/digitised_rows.h"

struct digitised_command {
    const char *curve, *at_risk;
    const char *trial;                 /* a column with this name in every row; NULL: none */
    bool whole;                        /* times are rounded up to whole units */
    struct digitised_options options;
    enum table_format format;
};

/** The exit status. */
int digitised_run(const struct digitised_command *command);

#endif
