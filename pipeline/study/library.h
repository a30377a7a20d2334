/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * library.h - published definitions of an outcome on weekly words, as data.
 *
 * A weekly word says of each week after time zero, one symbol a week, what the urine tests showed:
 *
 *     -  negative      +  positive      *  both      o  due but missing      _  not due (treated as missing)
 *
 * A definition is a few lines of YAML over a handful of primitives (docs/outcome-library.md):
 *
 *     library: relapse
 *     definitions:
 *       Rs_lee_2016:
 *         source: Lee 2016
 *         doi: 10.1056/nejmoa1505409
 *         rule: relapse is the first four weeks with two or more positives
 *         missing: positive                            # what a missing week counts as
 *         mixed: positive                              # what a week with both counts as
 *         time_to: {week: positive, at_least: 2, of: 4}
 *         columns: {time: RsT_lee_2016, event: RsE_lee_2016}
 *
 * The word is worked on in a fixed order: unseen weeks take the week before, missing weeks are filled, symbols
 * are recoded, deleted weeks drop out (the others then are numbered anew), the weeks of a window are chosen, and
 * one quantity is read off.  `seen` always speaks of the word as it was recorded.
 */
#ifndef STUDY_LIBRARY_H
#define STUDY_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "study/values.h"

struct arena;

enum { WORD_WEEKS_MAX = 520, LIBRARY_COLUMN_MAX = 64 };

enum week { WEEK_NEGATIVE, WEEK_POSITIVE, WEEK_MIXED, WEEK_MISSING, WEEK_NOT_DUE, N_WEEKS };

enum missing_rule { MISSING_KEPT, MISSING_POSITIVE, MISSING_NEGATIVE, MISSING_DELETED };
enum mixed_rule { MIXED_HALF, MIXED_POSITIVE, MIXED_NEGATIVE, MIXED_APART };
enum fill_rule { FILL_NONE, FILL_MODE, FILL_NEIGHBOURS, FILL_LAST };

/** Weeks of a word: from .. to, both included and from 1; negative ones count from the end (-1 is the last). */
struct week_window {
    int32_t from, to;
    bool until_last_seen; /* to is the last week that was seen */
    size_t n_only;        /* 0: all from .. to; else these weeks alone */
    uint16_t *only;       /* [n_only] ascending, from 1 */
};

enum quantity_kind {
    QUANTITY_COUNT,         /* weeks of a kind; a mixed week counts half where the definition says so */
    QUANTITY_SHARE,         /* the same over all weeks of the window; 0 of no weeks is 0 */
    QUANTITY_SHARE_FREE_OF, /* 1 less that */
    QUANTITY_LONGEST_RUN,   /* weeks of a kind in a row */
    QUANTITY_FIRST_SEEN,    /* number of the first, of the last week that was seen; 0: none was */
    QUANTITY_LAST_SEEN,
};

struct quantity {
    enum quantity_kind kind;
    uint8_t halves[N_WEEKS]; /* what a week adds, in halves: 2, 1 or 0 */
    struct week_window weeks;
};

/** An exact bound: 2/3 is 2 over 3, 0.7 is 7 over 10. */
struct fraction {
    int64_t over, under; /* under > 0 */
};

struct word_condition {
    struct quantity quantity;
    bool has_least, has_most;
    struct fraction least, most; /* both included */
};

/** best - best * (sum of points) / (sum of a word that is positive in every week). */
struct word_score {
    double best;
    double points[N_WEEKS];
    double low, high;   /* multiplier of the first and of the last step */
    size_t each;        /* weeks a step */
    bool multiplies_missing; /* else only weeks that were seen */
    struct week_window weeks;
};

/** The first window of `of` weeks that holds at least `at_least` of a kind. */
struct word_event {
    uint8_t halves[N_WEEKS];
    size_t at_least, of;
    struct week_window weeks;
};

enum definition_kind { DEFINITION_YES_NO, DEFINITION_QUANTITY, DEFINITION_SCORE, DEFINITION_TIME };

struct definition {
    struct study_text name;
    struct study_text label;      /* default: the rule */
    struct study_text source, doi;
    struct study_text rule;       /* in words */
    const char *library;          /* the file's name of the library */
    enum definition_kind kind;
    enum missing_rule missing;
    enum mixed_rule mixed;
    enum fill_rule fill;
    size_t n_unseen;
    uint16_t *unseen;             /* [n_unseen] ascending, from 2 */
    size_t n_only_if, n_all;
    struct word_condition *only_if; /* [n_only_if] else the value is 0 */
    struct word_condition *all;   /* [n_all] DEFINITION_YES_NO */
    struct quantity quantity;     /* DEFINITION_QUANTITY */
    struct word_score score;      /* DEFINITION_SCORE */
    struct word_event event;      /* DEFINITION_TIME */
    uint8_t recode[N_WEEKS];
    size_t weeks_needed;          /* a shorter word cannot be judged by this definition */
    size_t n_columns;             /* 1; 2 for DEFINITION_TIME: time, event */
    const char *columns[2];
};

struct library {
    size_t n;
    const struct definition **definitions; /* [n] in the order of files and lines */
    struct arena *memory;                  /* every text and array above; library_free gives it back */
};

/** An empty library; files are added to it.  NULL after telling. */
struct library *library_alloc(void);
void library_free(struct library *library); /* NULL is fine */

/**
 * Adds the definitions of a file; a name or a column that is there already is a mistake.  -1 after telling all
 * mistakes with line and column; the library is then good for library_free alone.
 */
int library_add_file(struct library *library, const char *path);

/** The library that comes with the program: outcome-library/NAME.yaml below its data sets, in byte order of names. */
struct library *library_shipped(void); /* NULL after telling */

/** By its name or by the name of one of its columns; NULL when there is none. */
const struct definition *library_find(const struct library *library, const char *name);

/** The nearest name, for "did you mean"; NULL when none is near. */
const char *library_nearest(const struct library *library, const char *name);

/** Are its values whole numbers (yes or no, counts, weeks)? */
bool definition_is_whole(const struct definition *definition);

/** "yes or no", "count", "share", "score" or "time". */
const char *definition_kind_name(const struct definition *definition);

#endif
