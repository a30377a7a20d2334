/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * release_table.h - the only door through which a count or a number leaves for a release file.
 *
 * A count of people becomes a `struct releasable` by releasable_count(), which applies the threshold; a release
 * table takes counts only in that form, and a release file takes only release tables.  So the threshold cannot be
 * forgotten anywhere else: nothing outside release_table.c can write to released.h5.
 *
 *     threshold 0   everything passes as it is (public-use data, with the reason of the study)
 *     threshold T   counts 1 .. T-1 are hidden, 0 and T and above pass; numbers computed from people keep three
 *                   significant digits
 *     rounded to R  as threshold T; counts that pass are rounded to the nearest multiple of R, computed numbers keep two
 *                   significant digits
 *
 * Which further counts are hidden, so that none can be worked out, is decided before (suppress.h).
 */
#ifndef REPORT_RELEASE_TABLE_H
#define REPORT_RELEASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/table.h"

struct release_policy {
    int64_t threshold; /* 0: nothing is hidden */
    int64_t round_to;  /* 0: counts are not rounded */
};

/** A count that has met the policy. Made by releasable_count() alone; the members are for release_table.c. */
struct releasable {
    int64_t shown; /* MISSING_INTEGER when hidden or not there */
    bool hidden;
};

struct releasable releasable_count(const struct release_policy *policy, int64_t exact);

/** A count that is hidden whatever its size. */
struct releasable releasable_hidden(void);

/** The nearest multiple of round_to, ties upwards; 0: the count itself. */
int64_t releasable_rounded(int64_t exact, int64_t round_to);

/** A number by way of decimal text, so that the digits that were cut cannot live on in the binary number; NaN when not finite. */
double released_digits(double value, int digits);     /* significant ones */
double released_decimals(double value, int decimals);

/** Of curves (decimals) and of other computed numbers (significant digits), under a threshold. */
int release_policy_decimals(const struct release_policy *policy);
int release_policy_digits(const struct release_policy *policy);

/** Would this count be hidden: 1 .. threshold - 1? */
bool releasable_is_small(const struct release_policy *policy, int64_t exact);

/** What a column holds decides how it may be filled. */
enum release_kind {
    RELEASE_PLAIN,  /* not computed from people: names, days, margins, levels of intervals */
    RELEASE_COUNT,  /* people, events, rows */
    RELEASE_NUMBER, /* computed from people: estimates, percentages, limits */
};

struct release_table;

/** An empty table for released.h5.  NULL after telling. */
struct release_table *release_table_alloc(const struct release_policy *policy, const char *name, const char *label);
void release_table_free(struct release_table *table); /* NULL is fine */

/** Adds a column; type counts for RELEASE_PLAIN only.  -1 after telling. */
int release_table_column(struct release_table *table, enum release_kind kind, const char *name, enum column_type type,
                         const char *label, const char *units);

/** Starts the next row; the cells not filled stay missing. */
void release_row(struct release_table *table);
void release_text(struct release_table *table, const char *column, const char *text); /* RELEASE_PLAIN, text */
void release_plain(struct release_table *table, const char *column, double value);    /* RELEASE_PLAIN, numeric */
void release_count(struct release_table *table, const char *column, struct releasable count);
void release_number(struct release_table *table, const char *column, double value); /* with the digits of the policy */
void release_coarse(struct release_table *table, const char *column, double value); /* two significant digits at most */
void release_point(struct release_table *table, const char *column, double value);  /* of a curve: decimals of the policy */

/** 0, or -1 when a cell of the row did not fit its column (told). */
int release_row_end(struct release_table *table);

struct release_file;

/** Starts released.h5; call before the first OpenMP region (store/store.h).  NULL after telling. */
struct release_file *release_file_open(const char *path);
int release_file_table(struct release_file *file, const struct release_table *table);

/** Writes the provenance of the release: keys and hashes, no count. */
int release_file_provenance(struct release_file *file, const struct table *provenance);
int release_file_commit(struct release_file *file);
void release_file_abandon(struct release_file *file); /* NULL is fine */

#endif
