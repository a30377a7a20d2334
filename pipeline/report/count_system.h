/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * count_system.h - all counts of a release as unknowns, and the linear relations between them.
 *
 * What a reader may subtract is a relation: sum of coefficient * count = 0.  A count has a key that says what it counts,
 * whatever table it stands in; two cells with one key and one value are one count, so that hiding it hides it everywhere.
 * Counts without a cell of their own ("people of the arm whom an outcome leaves out") are in the system too: what no table
 * shows may still be worked out.
 *
 *     small      a count of 1 .. threshold - 1: no reader may narrow it down
 *     hidden     its cells are empty in the release
 *     unknown    hidden, or without a cell; every other count is known (rounded, when the policy rounds)
 *
 * A relation that the exact values do not satisfy is not taken: so a builder may propose what usually holds.  One that
 * holds by chance makes the audit stricter, never laxer.  Out of memory is told once and remembered.
 */
#ifndef REPORT_COUNT_SYSTEM_H
#define REPORT_COUNT_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NO_COUNT SIZE_MAX

/** What it costs to lose a cell: the cheapest one of a relation is hidden first. */
enum count_cost { COST_NONE = 0, COST_DETAIL = 1, COST_LEVEL = 2, COST_FLOW = 3, COST_PAIR = 4, COST_STEP = 6, COST_ARM = 8,
                  COST_TOTAL = 50 };

struct count {
    const char *key;      /* owned by the system */
    const char *lasting;  /* what other releases call it: the key, but for counts whose key depends on how curves were cut */
    int64_t value;        /* exact */
    int64_t at_least;     /* what a reader knows of it when it is not shown: steps of curves hold T people, ... */
    int cost;             /* COST_NONE: it has no cell */
    bool is_small, hidden;
    bool known_before;    /* an earlier release showed it: hiding it now would be in vain */
};

struct term {
    size_t count;
    int64_t coefficient;
};

struct relation {
    size_t first, n;      /* terms[first .. first + n - 1] */
};

struct count_system {
    int64_t threshold, round_to;
    size_t n_counts, n_relations, n_terms;
    struct count *counts;
    struct relation *relations;
    struct term *terms;
    size_t *slots;        /* hash of the keys; n_slots is a power of two */
    size_t n_slots, counts_capacity, relations_capacity, terms_capacity;
    bool failed;          /* told */
};

/** NULL after telling. */
struct count_system *count_system_alloc(int64_t threshold, int64_t round_to);
void count_system_free(struct count_system *system); /* NULL is fine */

/**
 * The count of this key and value; added when it is new.  cost: COST_NONE for a count without a cell; a count that gets a
 * cell later takes the higher cost.  NO_COUNT for a missing or negative value, or when memory ran out.
 */
size_t count_add(struct count_system *system, const char *key, int64_t value, int cost);

/** As count_add, never adding. */
size_t count_find(const struct count_system *system, const char *key, int64_t value);

/** Another release calls it so; the first name stays.  The text must live as long as the system. */
void count_last_as(struct count_system *system, size_t count, const char *name);

/** A reader knows that a count is so large, shown or not.  Not taken when it is smaller, and for NO_COUNT. */
void count_at_least(struct count_system *system, size_t count, int64_t low);

/** A relation is started, gets its terms, and ends.  A term NO_COUNT spoils it: it is then not taken. */
void relation_start(struct count_system *system);
void relation_term(struct count_system *system, size_t count, int64_t coefficient);

/** Is it taken? It is not when the exact values do not satisfy it, or it has fewer than two terms. */
bool relation_end(struct count_system *system);

bool count_is_small(const struct count_system *system, int64_t value);
bool count_is_unknown(const struct count_system *system, size_t count);
void count_hide(struct count_system *system, size_t count);

/** What a reader sees of a known count lies between these. */
int64_t count_low(const struct count_system *system, int64_t value);
int64_t count_high(const struct count_system *system, int64_t value);

#endif
