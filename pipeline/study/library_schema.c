/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A library of definitions, key by key; see library.h for an example. */
#include "study/library_file.h"

#define OPTIONAL SCHEMA_OPTIONAL
#define REQUIRED SCHEMA_REQUIRED
#define END {NULL, NULL, SCHEMA_OPTIONAL, 0, NULL}

/* ---- numbers and words ------------------------------------------------------------------------------- */

static const struct schema_type WEEK_FROM = {
    .kind = SCHEMA_NUMBER, .expected = "a week (whole, from 1; -1 is the last)", .low = -WORD_WEEKS_MAX,
    .high = WORD_WEEKS_MAX, .whole = true};
static const struct schema_type WEEK_LIST = {
    .kind = SCHEMA_NUMBERS, .expected = "a list of weeks (whole, from 1)", .low = 1, .high = WORD_WEEKS_MAX,
    .whole = true};
static const struct schema_type N_WEEKS_FROM_1 = {
    .kind = SCHEMA_NUMBER, .expected = "a number of weeks (whole, from 1)", .low = 1, .high = WORD_WEEKS_MAX,
    .whole = true};
static const struct schema_type POINTS = {.kind = SCHEMA_NUMBER, .expected = "points (from 0)", .high = 1e6};
static const struct schema_type ABOVE_0 = {
    .kind = SCHEMA_NUMBER, .expected = "a number above 0", .low = 1e-6, .high = 1e6};

static const struct schema_word KINDS[] = {{"negative", WEEK_NEGATIVE}, {"positive", WEEK_POSITIVE},
                                           {"missing", WEEK_MISSING},   {"seen", WEEK_MIXED}, {NULL, 0}};
static const struct schema_type KIND = {
    .kind = SCHEMA_WORD, .expected = "negative, positive, missing or seen", .words = KINDS};
static const struct schema_word SEEN_ONLY[] = {{"seen", 1}, {NULL, 0}};
static const struct schema_type SEEN = {.kind = SCHEMA_WORD, .expected = "seen", .words = SEEN_ONLY};

static const struct schema_word MISSING_RULES[] = {{"kept", MISSING_KEPT}, {"positive", MISSING_POSITIVE},
                                                   {"negative", MISSING_NEGATIVE}, {"deleted", MISSING_DELETED},
                                                   {NULL, 0}};
static const struct schema_type MISSING = {
    .kind = SCHEMA_WORD, .expected = "kept, positive, negative or deleted", .words = MISSING_RULES};
static const struct schema_word MIXED_RULES[] = {{"half", MIXED_HALF}, {"positive", MIXED_POSITIVE},
                                                 {"negative", MIXED_NEGATIVE}, {"apart", MIXED_APART}, {NULL, 0}};
static const struct schema_type MIXED = {
    .kind = SCHEMA_WORD, .expected = "half, positive, negative or apart", .words = MIXED_RULES};
static const struct schema_word FILLS[] = {{"mode", FILL_MODE}, {"neighbours", FILL_NEIGHBOURS}, {"last", FILL_LAST},
                                           {NULL, 0}};
static const struct schema_type FILL = {.kind = SCHEMA_WORD, .expected = "mode, neighbours or last", .words = FILLS};

/* ---- windows, quantities, conditions ------------------------------------------------------------------- */

static const struct schema_word UNTIL[] = {{"last_seen", 1}, {NULL, 0}};
static const struct schema_type UNTIL_WORD = {.kind = SCHEMA_WORD, .expected = "last_seen", .words = UNTIL};

static const struct schema_key WEEKS_KEYS[] = {
    {"from",  &WEEK_FROM,  OPTIONAL, INTO(file_weeks, from),  "the first week"},
    {"to",    &WEEK_FROM,  OPTIONAL, INTO(file_weeks, to),    "the last week"},
    {"until", &UNTIL_WORD, OPTIONAL, INTO(file_weeks, until), "last_seen, in place of 'to'"},
    {"only",  &WEEK_LIST,  OPTIONAL, INTO(file_weeks, only),  "these weeks alone"},
    END,
};
static const struct schema_type WEEKS = {
    .kind = SCHEMA_KEYS, .expected = "a week, {from: ..., to: ...} or {only: [...]}", .keys = WEEKS_KEYS,
    .short_key = "only", .place = PLACE(file_weeks, place)};

/* The struct that holds a struct file_quantity differs; the keys are the same. */
#define QUANTITY_KEYS(structure, field)                                                                           \
    {"count",         &KIND,  OPTIONAL, INTO(structure, field.count),         "how many weeks are so"},            \
    {"share",         &KIND,  OPTIONAL, INTO(structure, field.share),         "which share of the weeks is so"},   \
    {"share_free_of", &KIND,  OPTIONAL, INTO(structure, field.share_free_of), "1 less that share"},               \
    {"longest_run",   &KIND,  OPTIONAL, INTO(structure, field.longest_run),   "most weeks in a row that are so"},  \
    {"first",         &SEEN,  OPTIONAL, INTO(structure, field.first),         "number of the first week seen"},    \
    {"last",          &SEEN,  OPTIONAL, INTO(structure, field.last),          "number of the last week seen"},     \
    {"weeks",         &WEEKS, OPTIONAL, INTO(structure, field.weeks),         "which weeks; default: all"}

static const struct schema_key CONDITION_KEYS[] = {
    QUANTITY_KEYS(file_condition, quantity),
    {"at_least", &schema_text, OPTIONAL, INTO(file_condition, at_least), "not less than this"},
    {"at_most",  &schema_text, OPTIONAL, INTO(file_condition, at_most),  "not more than this"},
    END,
};
static const struct schema_type CONDITION = {
    .kind = SCHEMA_KEYS, .expected = "a condition such as {count: positive, at_most: 1}", .keys = CONDITION_KEYS,
    .place = PLACE(file_condition, place)};
static const struct schema_type CONDITIONS = {
    .kind = SCHEMA_LIST, .expected = "a list of conditions such as {count: positive, at_most: 1}", .each = &CONDITION,
    .size = sizeof(struct file_condition), .at_most = 16, .or_one = true};

/* ---- score, time to an event, columns -------------------------------------------------------------------- */

static const struct schema_word MULTIPLIES[] = {{"seen", 0}, {"all", 1}, {NULL, 0}};
static const struct schema_type MULTIPLIES_WORD = {
    .kind = SCHEMA_WORD, .expected = "seen or all", .words = MULTIPLIES};

static const struct schema_key POINTS_KEYS[] = {
    {"positive", &ABOVE_0, REQUIRED, INTO(file_score, positive), "points of a positive week"},
    {"mixed",    &POINTS,  REQUIRED, INTO(file_score, mixed),    "points of a mixed week"},
    {"missing",  &POINTS,  REQUIRED, INTO(file_score, missing),  "points of a missing week"},
    END,
};
static const struct schema_type POINTS_OF = {
    .kind = SCHEMA_KEYS, .expected = "{positive: ..., mixed: ..., missing: ...}", .keys = POINTS_KEYS};

static const struct schema_key MULTIPLIER_KEYS[] = {
    {"from", &ABOVE_0,         REQUIRED, INTO(file_score, from),       "multiplier of the first weeks"},
    {"to",   &ABOVE_0,         REQUIRED, INTO(file_score, to),         "multiplier of the last weeks"},
    {"each", &N_WEEKS_FROM_1,  OPTIONAL, INTO(file_score, each),       "weeks a step; default 1"},
    {"of",   &MULTIPLIES_WORD, OPTIONAL, INTO(file_score, multiplies), "seen weeks (default) or all"},
    END,
};
static const struct schema_type MULTIPLIER = {
    .kind = SCHEMA_KEYS, .expected = "{from: ..., to: ..., each: ...}", .keys = MULTIPLIER_KEYS};

static const struct schema_key SCORE_KEYS[] = {
    {"best",       &ABOVE_0,    REQUIRED, INTO(file_score, best), "the score of a word without points"},
    {"points",     &POINTS_OF,  REQUIRED, 0,                      "what a week costs"},
    {"multiplier", &MULTIPLIER, OPTIONAL, 0,                      "how much more later weeks cost"},
    END,
};
static const struct schema_type SCORE = {
    .kind = SCHEMA_KEYS, .expected = "{best: ..., points: ...}", .keys = SCORE_KEYS, .place = PLACE(file_score, place)};

static const struct schema_key EVENT_KEYS[] = {
    {"week",     &KIND,           REQUIRED, INTO(file_event, week),     "the kind of week that is the event"},
    {"at_least", &N_WEEKS_FROM_1, OPTIONAL, INTO(file_event, at_least), "how many of them; default: all of 'of'"},
    {"of",       &N_WEEKS_FROM_1, OPTIONAL, INTO(file_event, of),       "weeks in a row; default 1"},
    END,
};
static const struct schema_type EVENT = {
    .kind = SCHEMA_KEYS, .expected = "{week: positive, at_least: 2, of: 4}", .keys = EVENT_KEYS, .short_key = "week",
    .place = PLACE(file_event, place)};

static const struct schema_key PAIR_KEYS[] = {
    {"time",  &schema_column_name, REQUIRED, INTO(file_columns_pair, time),  "name of the column of weeks"},
    {"event", &schema_column_name, REQUIRED, INTO(file_columns_pair, event), "name of the column of events"},
    END,
};
static const struct schema_type PAIR = {
    .kind = SCHEMA_KEYS, .expected = "{time: NAME, event: NAME}", .keys = PAIR_KEYS,
    .place = PLACE(file_columns_pair, place)};

/* ---- a definition, a file ----------------------------------------------------------------------------------- */

static const struct schema_key DEFINITION_KEYS[] = {
    {"label",   &schema_text, OPTIONAL, INTO(file_definition, label),   "what a reader calls it"},
    {"source",  &schema_text, REQUIRED, INTO(file_definition, source),  "author and year"},
    {"doi",     &schema_text, OPTIONAL, INTO(file_definition, doi),     "where it was published"},
    {"rule",    &schema_text, REQUIRED, INTO(file_definition, rule),    "the rule in words"},
    {"missing", &MISSING,     OPTIONAL, INTO(file_definition, missing), "what a missing week counts as; default kept"},
    {"mixed",   &MIXED,       OPTIONAL, INTO(file_definition, mixed),   "what a mixed week counts as; default apart"},
    {"fill",    &FILL,        OPTIONAL, INTO(file_definition, fill),    "how missing weeks are filled from the others"},
    {"unseen",  &WEEK_LIST,   OPTIONAL, INTO(file_definition, unseen),  "weeks that take the value of the week before"},
    {"only_if", &CONDITIONS,  OPTIONAL, INTO(file_definition, only_if), "conditions without which the value is 0"},
    {"all",     &CONDITIONS,  OPTIONAL, INTO(file_definition, all),     "yes when all of these hold"},
    {"score",   &SCORE,       OPTIONAL, INTO(file_definition, score),   "a weighted share"},
    {"time_to", &EVENT,       OPTIONAL, INTO(file_definition, event),   "weeks to the first of these"},
    {"columns", &PAIR,        OPTIONAL, INTO(file_definition, columns), "names of the two columns of 'time_to'"},
    QUANTITY_KEYS(file_definition, quantity),
    END,
};
static const struct schema_type DEFINITION = {
    .kind = SCHEMA_KEYS, .expected = "a definition ({source: ..., rule: ..., ...})", .keys = DEFINITION_KEYS,
    .place = PLACE(file_definition, place)};
static const struct schema_type DEFINITIONS = {
    .kind = SCHEMA_NAMED, .expected = "a table of definitions by name", .each = &DEFINITION,
    .names = &schema_column_name, .size = sizeof(struct file_definition)};

static const struct schema_key LIBRARY_KEYS[] = {
    {"library",     &schema_name, REQUIRED, INTO(library_file, name),          "its name"},
    {"about",       &schema_text, OPTIONAL, INTO(library_file, about),         "what its definitions have in common"},
    {"definitions", &DEFINITIONS, REQUIRED, INTO(library_file, n_definitions), "the definitions by name"},
    END,
};
const struct schema_type LIBRARY_FILE = {
    .kind = SCHEMA_KEYS, .expected = "a library (keys such as 'library:' and 'definitions:')", .keys = LIBRARY_KEYS};

_Static_assert(offsetof(struct library_file, definitions) - offsetof(struct library_file, n_definitions) ==
                   offsetof(struct schema_items, items), "a count and its array");
