/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * values.h - what a study file or a codebook says, with the place where it says it.
 *
 * Every value keeps its line and column, so that whoever finds a fault later, even in the data, can point
 * at the line that asked for it.  All memory belongs to the arena (arena.h) of the struct that holds them.
 */
#ifndef STUDY_VALUES_H
#define STUDY_VALUES_H

#include <stdbool.h>
#include <stddef.h>

struct study_place {
    size_t line, column; /* both from 1, in characters; 0 when nothing was written */
};

struct study_text {
    char *text; /* UTF-8, one line; NULL: not given */
    struct study_place place;
};

struct study_texts {
    size_t n;
    struct study_text *items;
};

/* The place of numbers and choices is known also where a mistaken value stands, so that it is not told as missing. */
struct study_number {
    bool given;
    double value;
    struct study_place place;
};

struct study_numbers {
    size_t n;
    double *values;
    struct study_place place;
};

/** One word out of a few: the word as written and what it stands for; word.text NULL: not given. */
struct study_choice {
    struct study_text word;
    int value;
};

#endif
