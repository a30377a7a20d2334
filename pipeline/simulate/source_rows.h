/* SPDX-License-Identifier: GPL-3.0-or-later */
/** source_rows.h - one made-up person as rows of the source files. */
#ifndef SIMULATE_SOURCE_ROWS_H
#define SIMULATE_SOURCE_ROWS_H

#include "base/days.h"
#include "simulate/source.h"
#include "simulate/text.h"

enum source_file { FILE_EPISODES, FILE_CLIENTS, FILE_PEOPLE, FILE_TESTS, FILE_VISITS, N_SOURCE_FILES };

struct source_file_words {
    const char *name, *header;
};
extern const struct source_file_words source_files[N_SOURCE_FILES];

struct source_rows {
    const struct model *model;
    int width;                                   /* digits of a person's number */
    char dates[WINDOW_LAST + 1][ISO_DATE_SIZE];  /* of the days of the window */
};

void source_rows_init(struct source_rows *rows, const struct model *model);

/** Adds the rows of person `number` to the texts and counts them; -1 after telling. */
int source_rows_add(const struct source_rows *rows, uint64_t number, struct text files[static N_SOURCE_FILES],
                    struct margins *margins, struct source_counts *counts);

#endif
