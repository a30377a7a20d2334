/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * codebook_file.h - a codebook as it is written, and the check that makes a struct codebook of it.
 */
#ifndef STUDY_CODEBOOK_FILE_H
#define STUDY_CODEBOOK_FILE_H

#include "study/codebook.h"
#include "study/schema.h"

struct file_code {
    struct study_text code, label;
};

struct file_interval {
    struct study_text code;
    struct study_texts bounds;
};

struct file_variable {
    struct study_text name;
    struct study_text label, units, age_on;
    struct study_choice type, role, known, required, optional, ahead;
    struct study_texts range, missing, aliases, not_before;
    struct {
        size_t n;
        struct file_interval *items;
    } intervals;
    struct {
        size_t n;
        struct file_code *items;
    } codes;
};

struct codebook_file {
    struct codebook *codebook;
    struct study_text name, delimiter;
    struct study_choice encoding;
    struct study_texts missing, unique;
    size_t n_columns;
    struct file_variable *columns;
};

/** The schema of a codebook: fills a struct codebook_file. */
extern const struct schema_type CODEBOOK_FILE;

enum { ROLE_DROPPED = 1, ROLE_ID = 2 };

/** Judges what the schema cannot see and fills file->codebook.  -1 only without memory. */
int codebook_check(struct codebook_file *file, struct mistakes *mistakes);

/** Is the written column two columns of the codebook? */
bool codebook_is_interval(const struct file_variable *written);

/** Makes the two parts of a column with intervals out of column[0], which is filled.  -1 only without memory. */
int codebook_split_interval(const struct codebook_file *file, struct mistakes *mistakes,
                            const struct file_variable *written, struct codebook_column *column);

/** Looks up what `not_before` and `unique` name.  -1 only without memory. */
int codebook_check_links(const struct codebook_file *file, struct mistakes *mistakes);

/** Marks in first[n_codes] the first code of each label and counts them.  -1 only without memory. */
int codebook_distinct_labels(const struct codebook_column *column, bool *first, size_t *n_labels);

#endif
