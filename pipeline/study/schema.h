/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * schema.h - the declared shape of a YAML file, and the one walk that reads a file by it.
 *
 * A file's keys are a table of data (study_schema.c, codebook_schema.c) that reads like its documentation:
 *
 *     static const struct schema_key DISCLOSURE_KEYS[] = {
 *         {"threshold", &COUNT,       REQUIRED, INTO(study_file, threshold), "the smallest count that is shown"},
 *         {"because",   &schema_text, OPTIONAL, INTO(study_file, because),   "why nothing is hidden"},
 *         {NULL},
 *     };
 *
 * A type says what may stand behind a key and what the value becomes in memory:
 *
 *     SCHEMA_TEXT        any words on one line; line ends become spaces        struct study_text
 *     SCHEMA_CELL        a cell of the source: may be empty or a tabulator     struct study_text
 *     SCHEMA_NAME        1 to 40 of A-Z a-z 0-9 _ -                            struct study_text
 *     SCHEMA_COLUMN      a column that is declared here (codebook.h)           struct study_text
 *     SCHEMA_EXPRESSION  a condition (expression.h); its place is the first
 *                        character behind the quote                            struct study_text
 *     SCHEMA_PATH        a path that path_fault() lets pass                    struct study_text
 *     SCHEMA_DATE        YYYY-MM-DD, a day that exists                         struct study_text
 *     SCHEMA_WORD        one of `words`                                        struct study_choice
 *     SCHEMA_NUMBER      from `low` to `high`; `whole`: without a fraction     struct study_number
 *     SCHEMA_NUMBERS     a list of such numbers, or one                        struct study_numbers
 *     SCHEMA_KEYS        fixed keys; with `short_key`, a bare value is
 *                        the value of that key                                 what the keys say
 *     SCHEMA_ONE_OF      fixed keys in one of several forms, told apart
 *                        by the keys that are there                            what the keys say; the form: int
 *     SCHEMA_NAMED       free keys, in the order of the file                   struct schema_items
 *     SCHEMA_LIST        a list; with `or_one`, a bare value is a list of one  struct schema_items
 *     SCHEMA_ANY         whatever stands there; it is read elsewhere            nothing
 *     SCHEMA_LATER       a key that is known but not available in this version nothing
 *
 * Offsets of keys count from the struct that the enclosing SCHEMA_KEYS fills, so nested keys may fill
 * the same struct (offset 0) or a struct within it.  An item of SCHEMA_NAMED begins with a
 * struct study_text, its name.
 *
 * Told as mistakes, all of them: unknown keys ("did you mean"), missing and doubled keys (both places),
 * wrong types, values out of range, control characters, texts longer than SCHEMA_TEXT_MAX bytes.
 */
#ifndef STUDY_SCHEMA_H
#define STUDY_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "study/arena.h"
#include "study/document.h"
#include "study/mistakes.h"
#include "study/values.h"

enum {
    SCHEMA_TEXT_MAX = 4096,
    SCHEMA_NAME_MAX = 40,
    SCHEMA_COLUMN_MAX = 64,
    SCHEMA_KEYS_MAX = 64, /* rows of one table of keys */
};

enum schema_kind {
    SCHEMA_TEXT,
    SCHEMA_CELL,
    SCHEMA_NAME,
    SCHEMA_COLUMN,
    SCHEMA_EXPRESSION,
    SCHEMA_PATH,
    SCHEMA_DATE,
    SCHEMA_WORD,
    SCHEMA_NUMBER,
    SCHEMA_NUMBERS,
    SCHEMA_KEYS,
    SCHEMA_ONE_OF,
    SCHEMA_NAMED,
    SCHEMA_LIST,
    SCHEMA_ANY,
    SCHEMA_LATER,
};

enum schema_need { SCHEMA_OPTIONAL, SCHEMA_REQUIRED };

/** Layout of every pair of a count and an array that SCHEMA_LIST and SCHEMA_NAMED fill. */
struct schema_items {
    size_t n;
    void *items;
};

struct schema_type;

struct schema_key {
    const char *key; /* NULL ends the table */
    const struct schema_type *type;
    enum schema_need need;
    size_t offset;
    const char *what; /* what it says, in a few words: told where the key is missing */
};

struct schema_word {
    const char *word; /* NULL ends the list */
    int value;
};

/** A form of SCHEMA_ONE_OF: it is meant when all of `with` are there (NULL: no more); the first that fits is taken. */
struct schema_form {
    const char *with[2]; /* with[0] NULL ends the list */
    const struct schema_type *type;
    int value;
};

struct schema_type {
    enum schema_kind kind;
    const char *expected;            /* goes before "was expected": "a list of day numbers" */
    const struct schema_word *words; /* SCHEMA_WORD */
    double low, high;                /* SCHEMA_NUMBER, SCHEMA_NUMBERS; inclusive */
    bool whole;
    const struct schema_key *keys;   /* SCHEMA_KEYS */
    const char *short_key;           /* SCHEMA_KEYS */
    size_t place;                    /* SCHEMA_KEYS: PLACE() of the struct study_place to fill; 0: none */
    const struct schema_form *forms; /* SCHEMA_ONE_OF */
    size_t doubtful;                 /* SCHEMA_ONE_OF: where a bool goes: were mistakes noted within? */
    const struct schema_type *each;  /* SCHEMA_LIST, SCHEMA_NAMED: an item */
    const struct schema_type *names; /* SCHEMA_NAMED: what a key may be */
    size_t size;                     /* SCHEMA_LIST, SCHEMA_NAMED: bytes of an item */
    size_t value;                    /* SCHEMA_NAMED: where in an item its value goes; SCHEMA_ONE_OF: the form's */
    size_t at_least, at_most;        /* SCHEMA_LIST, SCHEMA_NAMED: items; at_most 0: any number */
    bool or_one;                     /* SCHEMA_LIST */
};

#define INTO(structure, field) offsetof(struct structure, field)
#define PLACE(structure, field) (offsetof(struct structure, field) + 1)

extern const struct schema_type schema_text, schema_texts, schema_cell, schema_cells, schema_name, schema_names,
    schema_column_name, schema_expression, schema_path, schema_paths, schema_date, schema_yes_no, schema_later;

/** What reading needs and leaves behind. */
struct schema_reader {
    const struct document *document;
    struct arena *arena;       /* holds what is read */
    struct mistakes *mistakes;
    bool allow_absolute;       /* for SCHEMA_PATH */
};

/**
 * Reads the document into the zeroed struct that `type` (SCHEMA_KEYS) describes.  What is mistaken stays as
 * it was: not given.  0, or -1 only when memory is short, which was told.
 */
int schema_read(const struct schema_reader *reader, const struct schema_type *type, void *into);

/* Between schema.c and schema_value.c. */

/** Reads a scalar node of one of the kinds above SCHEMA_KEYS.  -1 only without memory. */
int schema_read_scalar(const struct schema_reader *reader, const yaml_node_t *node, const struct schema_type *type,
                       const char *key, void *into);
int schema_read_numbers(const struct schema_reader *reader, const yaml_node_t *node, const struct schema_type *type,
                        const char *key, void *into);

/** Notes "key: WHAT was expected; ..." with what stands there instead. */
void schema_wrong_type(const struct schema_reader *reader, const yaml_node_t *node, const struct schema_type *type,
                       const char *key);

#endif
