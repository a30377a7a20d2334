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

/** Was a word written here, also a mistaken one? */
static inline bool was_tried(const struct study_choice *choice)
{
    return choice->word.place.line != 0;
}

/* ---- weeks (library_weeks.c) ---------------------------------------------------------------------------------- */

/** Copies a list of weeks, ascending; a week that stands twice is a mistake.  -1 only without memory. */
int library_copy_weeks(const struct library_checker *checker, const char *key, const struct study_numbers *numbers,
                       uint16_t **weeks, size_t *n);
int library_set_window(const struct library_checker *checker, const struct file_weeks *written,
                       struct week_window *window); /* -1 only without memory */

/** The length of the shortest word in which the window is whole, with `run` weeks in it. */
size_t library_window_needs(const struct week_window *window, size_t run);

/* ---- quantities and conditions (library_quantity.c) ------------------------------------------------------------ */

struct quantity_key { /* a key that reads a quantity */
    const char *key;
    size_t offset;    /* of its choice in a struct file_quantity */
    enum quantity_kind kind;
};

/** What each kind of week adds to a count of `kind`, in halves. */
void library_set_halves(uint8_t halves[N_WEEKS], int kind, enum mixed_rule mixed);

/** The one key that is there, or NULL; a second one is a mistake. */
const struct quantity_key *library_find_quantity(const struct library_checker *checker,
                                                 const struct file_quantity *written);

/* -1 only without memory. */
int library_set_quantity(const struct library_checker *checker, const struct file_quantity *written,
                         const struct quantity_key *key, const struct definition *definition, struct quantity *quantity);
int library_set_conditions(const struct library_checker *checker, const struct file_conditions *written,
                           const struct definition *definition, struct word_condition **conditions, size_t *n);

/** Weeks of the shortest word in which the condition can be judged. */
size_t library_condition_needs(const struct word_condition *condition);

/** Judges what the schema cannot see and fills the definition.  -1 only without memory. */
int library_check(const struct library_checker *checker, const struct file_definition *written,
                  struct definition *definition);

#endif
