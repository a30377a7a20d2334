/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * library_file.h - a file of definitions as it is written, and the check that makes a struct definition of each.
 */
#ifndef STUDY_LIBRARY_FILE_H
#define STUDY_LIBRARY_FILE_H

#include "study/library.h"
#include "study/schema.h"

struct file_weeks {
    struct study_place place; /* line 0: not given */
    struct study_number from, to;
    struct study_choice until;
    struct study_numbers only;
};

struct file_quantity {
    struct study_choice count, share, share_free_of, longest_run, first, last; /* one of them */
    struct file_weeks weeks;
};

struct file_condition {
    struct file_quantity quantity;
    struct study_place place;
    struct study_text at_least, at_most;
};

struct file_conditions {
    size_t n;
    struct file_condition *items;
};

struct file_score {
    struct study_place place;
    struct study_number best, positive, mixed, missing, from, to, each;
    struct study_choice multiplies;
};

struct file_event {
    struct study_place place;
    struct study_choice week;
    struct study_number at_least, of;
};

struct file_columns_pair {
    struct study_place place;
    struct study_text time, event;
};

struct file_definition {
    struct study_text name;
    struct study_place place;
    struct study_text label, source, doi, rule;
    struct study_choice missing, mixed, fill;
    struct study_numbers unseen;
    struct file_conditions only_if, all;
    struct file_quantity quantity; /* its weeks hold for score and time_to as well */
    struct file_score score;
    struct file_event event;
    struct file_columns_pair columns;
};

struct library_file {
    struct study_text name, about;
    size_t n_definitions;
    struct file_definition *definitions;
};

/** The schema of a library: fills a struct library_file. */
extern const struct schema_type LIBRARY_FILE;

/** What checking needs. */
struct library_checker {
    const struct library_file *file;
    struct arena *arena;
    struct mistakes *mistakes;
};

/** Judges what the schema cannot see and fills the definition.  -1 only without memory. */
int library_check(const struct library_checker *checker, const struct file_definition *written,
                  struct definition *definition);

#endif
