/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * plan.h - how the cells of one table become values: its codebook and its keys, made ready for many rows.
 */
#ifndef INGEST_PLAN_H
#define INGEST_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/person_key.h"
#include "base/table.h"
#include "ingest/text_index.h"
#include "study/study.h"

enum { PLAN_LENGTHS = 64 }; /* bits of plan_column.missing_lengths */

union plan_number {
    int64_t integer;                  /* VALUE_INTEGER */
    double real;                      /* VALUE_REAL */
};

struct plan_column {
    const struct codebook_column *declared;
    bool is_weight;                   /* the frequency column: whole, not negative, never missing */
    bool is_masked;                   /* its cells may name a person: messages do not show them */
    bool is_open;                     /* a category without codes: its cells are its labels */
    bool is_person_key;               /* its cell becomes two numbers, for this column and the next */
    bool is_second;                   /* takes its value from the cell of the column before it; not in any file:
                                         the second half of a person key, the upper end of an interval */
    bool is_person;                   /* the person column, as it is: its ids are public */
    bool is_id;                       /* names a person or thing: id_rules.h */
    bool is_past;                     /* a date that cannot lie after plan->as_of */
    size_t n_not_before;
    size_t *not_before;               /* [n_not_before] columns of the plan whose value this one is not below */
    struct text_index missing;        /* cells that mean missing */
    uint64_t missing_lengths;         /* bit n: one of them has n bytes; the last bit: so many or more */
    size_t n_missing_numbers;
    union plan_number *missing_numbers; /* the same as numbers: where -9 is missing, so is -9.0 */
    bool looks;                       /* its cells are looked at: may they be identifiers? (identifier.h) */
    unsigned hints;                   /* for that: of its names (identifier_name.h) */
    bool is_top_coded;                /* ages: those over 89 become IDENTIFIER_TOP_AGE */
    struct text_index codes;          /* code to position of its label in the schema's column; of a column with
                                         intervals, text to its place among them */
};

struct plan {
    const char *role;                 /* "clients": also the table's name in records.h5 */
    const struct codebook *codebook;
    struct table *schema;             /* the columns as they are stored, without rows */
    size_t n_columns;                 /* kept columns, in the order of the codebook */
    struct plan_column *columns;      /* [n_columns], column i is schema->columns[i]; a keyed person has two */
    bool needs_survey;                /* labels or widths are known only after all rows were seen */
    size_t n_unique;
    size_t *unique;                   /* [n_unique] columns of the plan that together tell rows apart */
    struct plan_history {             /* person_history.h; positions in the plan */
        bool has_stays, has_age;
        size_t person, n_person;      /* n_person columns from `person` on */
        size_t admission, discharge;
        size_t age, age_day;
    } history;
    bool has_rules;                   /* any column is_past or has not_before */
    int32_t as_of;                    /* day the data were drawn, where any column is_past */
    uint64_t accepted;                /* kinds of identifiers that the basis of the study allows (safeguard.h) */
    struct person_key *key;           /* makes person keys unreadable; NULL: the table has none, or keeps them */
};

/**
 * Makes the plan of a table.  NULL after telling, with the line of the study: a person, weight or programme
 * column that the codebook does not have, or drops; a frequency that is not an integer; a key file that
 * person_key_read() refuses, or none where person keys must be made unreadable; columns that hold identifiers by
 * their names or types (safeguard.h).
 */
struct plan *plan_make(const struct study *study, const struct study_table *table);
void plan_free(struct plan *plan); /* NULL is fine */

/** Position of a kept column by its codebook name; n_columns when there is none. */
size_t plan_find(const struct plan *plan, const char *name);

#endif
