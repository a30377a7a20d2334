/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * view.h - what a reader of releases sees: counts, shown or not, and equations between them.
 *
 * The truth is kept beside each count, to make equations (one that does not hold is not taken) and to judge an attack.
 */
#ifndef TESTS_ATTACK_VIEW_H
#define TESTS_ATTACK_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define NONE SIZE_MAX

/* A cell of a grid that has totals in its first line and column. */
struct view_place {
    bool is_somewhere;
    size_t line, column;
};

struct view_count {
    char *key;
    bool shown;
    int64_t truth, low, high; /* between which a reader knows it; of one that is not shown, low alone */
    struct view_place place;
};

/* What a count is in its bundle: another bundle has the same under this name, whatever it comes to there. */
struct view_name {
    char *name;
    size_t count;
};

struct view_term {
    size_t count;
    int sign;
};

struct view {
    int64_t threshold, round_to;
    size_t n_counts, n_names, n_relations, n_terms;
    struct view_count *counts;
    struct view_name *names;
    size_t *slots, *name_slots; /* hashes of the keys and of the names */
    size_t *first; /* [n_relations + 1] */
    struct view_term *terms;
    bool is_careless; /* what small counts alone hidden would have been worth: shows that the attacker is able */
    bool knows_no_rules; /* it does not count in that steps and estimates that are shown stand on enough */
    bool knows_nobodies; /* of cells of a dashboard that are hidden as well: where all had the event, or none, and whom no measure misses */
    bool is_quiet;    /* what is found is only counted */
    struct view_place place; /* of the counts that come now */
    bool spoilt;   /* the relation that is being made has a term NONE */
    size_t n_small_shown, n_wrong; /* counts that should not be shown, or are not what they should be */
};

struct view *view_alloc(int64_t threshold, int64_t round_to);
void view_free(struct view *view);

/** A count; seen: as it is released, MISSING_INTEGER when hidden.  NONE when the truth is missing.  Of one key there may be several
 *  truths: they are several counts. */
size_t view_count(struct view *view, int64_t seen, int64_t truth, const char *format, ...) __attribute__((format(printf, 4, 5)));
/** Names a count (NONE: nothing is named); the first of one name stays. */
void view_name(struct view *view, size_t count, const char *format, ...) __attribute__((format(printf, 3, 4)));
/** NONE: there is none of this name. */
size_t view_named(const struct view *view, const char *name);

/** A reader knows that a count that is not shown is so large. */
void view_at_least(struct view *view, size_t count, int64_t low);

size_t view_find(const struct view *view, int64_t truth, const char *key);

void view_term(struct view *view, size_t count, int sign);
bool view_end(struct view *view); /* is the relation taken? */

void view_equal(struct view *view, size_t a, size_t b);
void view_rest(struct view *view, size_t a, size_t b); /* a = b + somebody who has no cell; nothing when a < b */

/** For solvers from elsewhere: a line `release WHERE`, one `count TRUTH LOW HIGH KEY` for each count (HIGH `-`: no end; numbered from 0), one
 *  `equation NUMBER SIGN ...` for each equation, whose terms add up to 0. */
void view_write(const struct view *view, const char *where, FILE *file);

/** What an attack came to. */
struct found {
    size_t n_hidden, n_small, n_exact, n_proved, n_programs, n_failed, n_unasked; /* unasked: in parts that are too large to ask of all */
};

/** Between which a reader knows a count, all equations together; INFINITY: there is no upper end. */
struct view_range {
    double low, high;
};

/** The ranges of the counts that are wanted [n_counts], by linear programmes (GLPK); of all others what is known of each by itself. */
struct found view_find_ranges(const struct view *view, const bool *wanted, struct view_range *ranges);

/**
 * Asks of every count that is not shown and small how large and how small it can be (GLPK).  Prints what it finds.  In parts of more than 2,000
 * counts that are not shown 150 are asked of, or as many as STEPDOWN_ATTACK_ASKED says (0: all), and only how large.
 */
struct found view_attack(const struct view *view, const char *where);

#endif
