/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of `words`, and of an outcome by a published definition on them. */
#include "study/study_file.h"

enum { DAY_NUMBER_MAX = 1000000 };

#define OPTIONAL SCHEMA_OPTIONAL
#define REQUIRED SCHEMA_REQUIRED
#define END {NULL, NULL, SCHEMA_OPTIONAL, 0, NULL}

static const struct schema_type COLUMN = {.kind = SCHEMA_TEXT, .expected = "the name of a column"};
static const struct schema_type COLUMNS = {
    .kind = SCHEMA_LIST, .expected = "a list of columns", .each = &COLUMN, .size = sizeof(struct study_text),
    .at_most = 8, .or_one = true};
static const struct schema_type SIGNED_DAY = {
    .kind = SCHEMA_NUMBER, .expected = "a day (whole, may be negative)", .low = -DAY_NUMBER_MAX, .high = DAY_NUMBER_MAX,
    .whole = true};
static const struct schema_type PHASE = {
    .kind = SCHEMA_NUMBER, .expected = "the number of a phase (from 1)", .low = 1, .high = 9, .whole = true};
static const struct schema_type VALUE = {.kind = SCHEMA_NUMBER, .expected = "a number", .low = -1e9, .high = 1e9};

static const struct schema_word ONLY_WORDS[] = {{"positives", 1}, {NULL, 0}};
static const struct schema_type ONLY = {.kind = SCHEMA_WORD, .expected = "positives", .words = ONLY_WORDS};

static const struct schema_key START_KEYS[] = {
    {"column",    &COLUMN,     REQUIRED, INTO(file_word, start),     "column of the day before week 1"},
    {"otherwise", &SIGNED_DAY, OPTIONAL, INTO(file_word, otherwise), "the day for who has none; default: no word"},
    {"only",      &ONLY,       OPTIONAL, INTO(file_word, only),      "positives: who has none has no negatives"},
    END,
};
static const struct schema_type START = {
    .kind = SCHEMA_KEYS, .expected = "a column, or {column: ..., otherwise: ...}", .keys = START_KEYS,
    .short_key = "column"};

static const struct schema_key END_KEYS[] = {
    {"when",   &schema_expression, OPTIONAL, INTO(file_word_end, when),   "for whom"},
    {"column", &COLUMN,            OPTIONAL, INTO(file_word_end, column), "column of a day; default: time zero"},
    {"days",   &SIGNED_DAY,        REQUIRED, INTO(file_word_end, days),   "days from there to the last day of the word"},
    END,
};
static const struct schema_type AN_END = {
    .kind = SCHEMA_KEYS, .expected = "a day, or {when: ..., column: ..., days: ...}", .keys = END_KEYS,
    .short_key = "days", .place = PLACE(file_word_end, place)};
static const struct schema_type ENDS = {
    .kind = SCHEMA_LIST, .expected = "a day, or a list of {when: ..., column: ..., days: ...}", .each = &AN_END,
    .size = sizeof(struct file_word_end), .at_most = 16, .or_one = true};

static const struct schema_key WORD_KEYS[] = {
    {"positive", &schema_name,  REQUIRED, INTO(file_word, positive), "the kind of evidence that is a positive"},
    {"seen",     &schema_names, OPTIONAL, INTO(file_word, seen),     "kinds of evidence that somebody was seen"},
    {"start",    &START,        OPTIONAL, 0,                         "the day before week 1; default: time zero"},
    {"from",     &SIGNED_DAY,   OPTIONAL, INTO(file_word, from),     "first day looked at; default: that of week 1"},
    {"end",      &ENDS,         REQUIRED, INTO(file_word, n_ends),   "last day looked at"},
    {"phases",   &COLUMNS,      OPTIONAL, INTO(file_word, phases),   "columns of the days on which phases begin"},
    END,
};
static const struct schema_type A_WORD = {
    .kind = SCHEMA_KEYS, .expected = "{positive: KIND, seen: KIND, end: DAY, ...}", .keys = WORD_KEYS,
    .place = PLACE(file_word, place)};
const struct schema_type STUDY_WORDS = {
    .kind = SCHEMA_NAMED, .expected = "a table of words by name", .each = &A_WORD, .names = &schema_name,
    .size = sizeof(struct file_word), .at_most = 16};

static const struct schema_word DIRECTIONS[] = {{"bad", 1}, {"good", 2}, {NULL, 0}};
static const struct schema_type EVENT_IS = {.kind = SCHEMA_WORD, .expected = "bad or good", .words = DIRECTIONS};

static const struct schema_key LIBRARY_OUTCOME_KEYS[] = {
    {"library",  &schema_column_name, REQUIRED, INTO(file_outcome, outcome.library), "name of a definition"},
    {"word",     &schema_name, OPTIONAL, INTO(file_outcome, word),          "on which words; default: the only ones"},
    {"phase",    &PHASE,       OPTIONAL, INTO(file_outcome, phase),         "in which phase; default: all weeks from 1"},
    {"at_least", &VALUE,       OPTIONAL, INTO(file_outcome, at_least),      "the event is a value not less than this"},
    {"at_most",  &VALUE,       OPTIONAL, INTO(file_outcome, at_most),       "the event is a value not more than this"},
    {"event_is", &EVENT_IS,    REQUIRED, INTO(file_outcome, event_is),      "is the event bad or good?"},
    {"label",    &schema_text, OPTIONAL, INTO(file_outcome, outcome.label), "what a reader calls it"},
    END,
};
const struct schema_type LIBRARY_OUTCOME = {
    .kind = SCHEMA_KEYS, .expected = "an outcome", .keys = LIBRARY_OUTCOME_KEYS};

_Static_assert(offsetof(struct file_word, ends) - offsetof(struct file_word, n_ends) ==
                   offsetof(struct schema_items, items), "a count and its array");
