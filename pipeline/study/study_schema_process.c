/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of an outcome that is a process measure of linked stays. */
#include "study/study_file.h"

enum { DAYS_MAX = 10000, COUNT_MAX = 1000, MONTHS_MAX = 120 };

#define OPTIONAL SCHEMA_OPTIONAL
#define REQUIRED SCHEMA_REQUIRED
#define END {NULL, NULL, SCHEMA_OPTIONAL, 0, NULL}

static const struct schema_word PROCESSES[] = {
    {"initiation", PROCESS_INITIATION}, {"engagement", PROCESS_ENGAGEMENT},       {"continuity", PROCESS_CONTINUITY},
    {"readmission", PROCESS_READMISSION}, {"active_months", PROCESS_ACTIVE_MONTHS}, {"leaving", PROCESS_LEAVING},
    {NULL, 0}};
static const struct schema_type PROCESS = {
    .kind = SCHEMA_WORD, .expected = "initiation, engagement, continuity, readmission, active_months or leaving",
    .words = PROCESSES};

static const struct schema_word LEVELS[] = {
    {"detox", LEVEL_DETOX}, {"inpatient", LEVEL_INPATIENT},   {"residential", LEVEL_RESIDENTIAL}, {"php", LEVEL_PHP},
    {"iop", LEVEL_IOP},     {"outpatient", LEVEL_OUTPATIENT}, {"aftercare", LEVEL_AFTERCARE},     {NULL, 0}};
static const struct schema_type LEVEL = {
    .kind = SCHEMA_WORD, .expected = "a level of care (detox, inpatient, residential, php, iop, outpatient, aftercare)",
    .words = LEVELS};
static const struct schema_type LEVEL_LIST = {.kind = SCHEMA_LIST, .expected = "a list of levels of care", .each = &LEVEL,
                                              .size = sizeof(struct study_choice), .or_one = true};

static const struct schema_type DAYS = {
    .kind = SCHEMA_NUMBER, .expected = "a number of days (whole, from 0)", .high = DAYS_MAX, .whole = true};
static const struct schema_type COUNT = {
    .kind = SCHEMA_NUMBER, .expected = "a whole number from 1", .low = 1, .high = COUNT_MAX, .whole = true};
static const struct schema_type MONTHS = {
    .kind = SCHEMA_NUMBER, .expected = "a number of months (whole, from 1)", .low = 1, .high = MONTHS_MAX, .whole = true};
static const struct schema_type COLUMN = {.kind = SCHEMA_TEXT, .expected = "the name of a column"};

static const struct schema_word PARTS[] = {{"stay", LEAVING_STAY}, {"level", LEAVING_LEVEL}, {"programme", LEAVING_PROGRAMME},
                                           {"episode", LEAVING_EPISODE}, {NULL, 0}};
static const struct schema_type PART = {.kind = SCHEMA_WORD, .expected = "stay, level, programme or episode", .words = PARTS};
static const struct schema_word COMPLETED_RULES[] = {{"retained", COMPLETED_RETAINED}, {"left", COMPLETED_LEFT},
                                                     {"competing", COMPLETED_COMPETING}, {"censor", COMPLETED_CENSOR},
                                                     {NULL, 0}};
static const struct schema_type COMPLETED = {
    .kind = SCHEMA_WORD, .expected = "retained, left, competing or censor", .words = COMPLETED_RULES};
static const struct schema_word LENGTHS[] = {{"equal", 1}, {"differ", 0}, {NULL, 0}};
static const struct schema_type PLANNED_LENGTHS = {.kind = SCHEMA_WORD, .expected = "equal or differ", .words = LENGTHS};
static const struct schema_word DIRECTIONS[] = {{"bad", 1}, {"good", 2}, {NULL, 0}};
static const struct schema_type EVENT_IS = {.kind = SCHEMA_WORD, .expected = "bad or good", .words = DIRECTIONS};

static const struct schema_key KEYS[] = {
    {"process",         &PROCESS,           REQUIRED, INTO(file_outcome, process.kind),        "which measure"},
    {"services",        &LEVEL_LIST,        OPTIONAL, INTO(file_outcome, process.services),    "levels that count as treatment"},
    {"after",           &LEVEL_LIST,        OPTIONAL, INTO(file_outcome, process.after),       "levels that care should follow"},
    {"initiation_days", &DAYS,              OPTIONAL, INTO(file_outcome, process.initiation),  "last day on which care may begin"},
    {"engagement_days", &DAYS,              OPTIONAL, INTO(file_outcome, process.engagement),  "days within which it goes on"},
    {"more_services",   &COUNT,             OPTIONAL, INTO(file_outcome, process.more),        "services that must follow"},
    {"months",          &MONTHS,            OPTIONAL, INTO(file_outcome, process.months),      "months of 30 days"},
    {"until_end_of",    &PART,              OPTIONAL, INTO(file_outcome, process.part),        "what is left: stay, level, programme or episode"},
    {"completed",       &COMPLETED,         OPTIONAL, INTO(file_outcome, completed),           "what completing counts as"},
    {"planned_lengths", &PLANNED_LENGTHS,   OPTIONAL, INTO(file_outcome, planned_lengths),     "equal in all arms?"},
    {"completed_if",    &schema_expression, OPTIONAL, INTO(file_outcome, outcome.completed_if), "who has completed"},
    {"died_on",         &COLUMN,            OPTIONAL, INTO(file_outcome, outcome.process.died_on), "column: day of death"},
    {"event_is",        &EVENT_IS,          REQUIRED, INTO(file_outcome, event_is), "is the event bad or good?"},
    {"label",           &schema_text,       OPTIONAL, INTO(file_outcome, outcome.label), "what a reader calls it"},
    END,
};
const struct schema_type STUDY_PROCESS = {.kind = SCHEMA_KEYS, .expected = "an outcome", .keys = KEYS};

_Static_assert(offsetof(struct file_choices, items) - offsetof(struct file_choices, n) ==
                   offsetof(struct schema_items, items), "a count and its array");
