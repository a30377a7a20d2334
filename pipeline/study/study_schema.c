/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The study file, key by key.  Read from the bottom: STUDY_KEYS are the keys of the file.  A key of type
 * schema_later is part of the language and told as "not available in this version".
 */
#include "study/study_file.h"

enum { DAY_NUMBER_MAX = 1000000, SEED_BITS = 53 };

#define OPTIONAL SCHEMA_OPTIONAL
#define REQUIRED SCHEMA_REQUIRED
#define LATER &schema_later, SCHEMA_OPTIONAL, 0, ""
#define END {NULL, NULL, SCHEMA_OPTIONAL, 0, NULL}

static const struct schema_type COLUMN = {.kind = SCHEMA_TEXT, .expected = "the name of a column"};
static const struct schema_type COLUMN_LIST = {.kind = SCHEMA_LIST, .expected = "a list of columns", .each = &COLUMN,
                                         .size = sizeof(struct study_text), .or_one = true};
static const struct schema_type DAY = {
    .kind = SCHEMA_NUMBER, .expected = "a day number (whole, from 0)", .high = DAY_NUMBER_MAX, .whole = true};
static const struct schema_type DAYS = {
    .kind = SCHEMA_NUMBERS, .expected = "a list of day numbers", .high = DAY_NUMBER_MAX, .whole = true};
static const struct schema_type DAY_FROM_ZERO = {.kind = SCHEMA_NUMBER, .expected = "a day from time zero (whole)",
                                                .low = -DAY_NUMBER_MAX, .high = DAY_NUMBER_MAX, .whole = true};
static const struct schema_type DAYS_FROM_1 = {.kind = SCHEMA_NUMBER, .expected = "a number of days (whole, from 1)",
                                               .low = 1, .high = DAY_NUMBER_MAX, .whole = true};
static const struct schema_type SEED = {.kind = SCHEMA_NUMBER, .expected = "a whole number from 0 to 9007199254740991",
                                        .high = (double)((INT64_C(1) << SEED_BITS) - 1), .whole = true};
static const struct schema_type COUNT = {
    .kind = SCHEMA_NUMBER, .expected = "a count (whole, from 0)", .high = DAY_NUMBER_MAX, .whole = true};
static const struct schema_type ANY_NUMBER = {
    .kind = SCHEMA_NUMBER, .expected = "a number", .low = -1e9, .high = 1e9};
static const struct schema_type QUANTILES = {
    .kind = SCHEMA_NUMBERS, .expected = "a list of probabilities between 0 and 1", .low = 1e-6, .high = 1 - 1e-6};

/* ---- registered, privacy, disclosure --------------------------------------------------------------- */

static const struct schema_key REGISTERED_KEYS[] = {
    {"where", &schema_text, REQUIRED, INTO(study_file, study.registered_where), "where the plan can be read"},
    {"date",  &schema_date, OPTIONAL, INTO(study_file, study.registered_date),  "when it was registered"},
    END,
};
static const struct schema_type REGISTERED = {
    .kind = SCHEMA_KEYS, .expected = "{where: ..., date: ...}", .keys = REGISTERED_KEYS};

static const struct schema_word BASES[] = {
    {"public", BASIS_PUBLIC}, {"limited_data_set", BASIS_LIMITED_DATA_SET}, {"expert", BASIS_EXPERT}, {NULL, 0}};
static const struct schema_type BASIS = {
    .kind = SCHEMA_WORD, .expected = "public, limited_data_set or expert", .words = BASES};

static const struct schema_key PRIVACY_KEYS[] = {
    {"basis",    &BASIS, REQUIRED, INTO(study_file, basis), "public, limited_data_set or expert"},
    {"key_file", &schema_path, OPTIONAL, INTO(study_file, study.key_file), "the key of the person keys"},
    END,
};
static const struct schema_type PRIVACY = {.kind = SCHEMA_KEYS, .expected = "{basis: ...}", .keys = PRIVACY_KEYS};

static const struct schema_key DISCLOSURE_KEYS[] = {
    {"threshold", &COUNT,       REQUIRED, INTO(study_file, threshold),                "smallest count shown"},
    {"because",   &schema_text, OPTIONAL, INTO(study_file, study.disclosure_because), "why nothing is hidden"},
    {"round_to",  &COUNT,       OPTIONAL, INTO(study_file, round_to),                 "counts shown are rounded to its multiples"},
    {"ledger",    &schema_path, OPTIONAL, INTO(study_file, study.disclosure_ledger),  "what earlier releases showed"},
    END,
};
static const struct schema_type DISCLOSURE = {
    .kind = SCHEMA_KEYS, .expected = "{threshold: N}", .keys = DISCLOSURE_KEYS};

/* ---- tables ---------------------------------------------------------------------------------------- */

#define FILE_KEY {"file", &schema_paths, REQUIRED, INTO(file_table, table.files), "the file or files with the rows"}
#define CODEBOOK_KEY \
    {"codebook", &schema_path, REQUIRED, INTO(file_table, table.codebook_file), "the codebook of the columns"}
#define AS_OF_KEY {"as_of", &schema_date, OPTIONAL, INTO(file_table, table.as_of), "day on which the data were drawn"}

/* Who there is. */
static const struct schema_key TABLE_KEYS[] = {
    FILE_KEY, CODEBOOK_KEY,
    {"person",    &COLUMN, OPTIONAL, INTO(file_table, table.person),    "column that tells persons apart"},
    {"weight",    &COLUMN, OPTIONAL, INTO(file_table, table.weight),    "column: how many a row stands for"},
    {"programme", &COLUMN, OPTIONAL, INTO(file_table, table.programme), "column of the programme or facility"},
    AS_OF_KEY,
    END,
};
static const struct schema_type TABLE = {.kind = SCHEMA_KEYS, .expected = "{file: ..., codebook: ...}",
                                         .keys = TABLE_KEYS, .place = PLACE(file_table, table.place)};

/* What was seen of a person on a day. */
static const struct schema_key WINDOW_KEYS[] = {
    {"from", &DAY_FROM_ZERO, OPTIONAL, INTO(file_table, table.from), "first day from time zero that is looked at"},
    {"to",   &DAY_FROM_ZERO, OPTIONAL, INTO(file_table, table.to),   "last day from time zero that is looked at"},
    END,
};
static const struct schema_type WINDOW = {
    .kind = SCHEMA_KEYS, .expected = "{from: DAY, to: DAY}", .keys = WINDOW_KEYS};

#define DATED_KEYS                                                                                                    \
    FILE_KEY, CODEBOOK_KEY, AS_OF_KEY,                                                                                \
    {"person", &COLUMN, REQUIRED, INTO(file_table, table.person), "column that tells persons apart"},                 \
    {"day",    &COLUMN, REQUIRED, INTO(file_table, table.day),    "column of the day on which it was"},               \
    {"window", &WINDOW, OPTIONAL, 0,                              "days from time zero; other rows are set aside"}

static const struct schema_key DATED_TABLE_KEYS[] = {DATED_KEYS, END};
static const struct schema_type DATED_TABLE = {
    .kind = SCHEMA_KEYS, .expected = "{file: ..., codebook: ..., person: COLUMN, day: COLUMN}", .keys = DATED_TABLE_KEYS,
    .place = PLACE(file_table, table.place)};

static const struct schema_word ONLY_WORDS[] = {{"positives", 1}, {NULL, 0}};
static const struct schema_type ONLY = {.kind = SCHEMA_WORD, .expected = "positives", .words = ONLY_WORDS};
static const struct schema_key TESTS_KEYS[] = {
    DATED_KEYS,
    {"only", &ONLY, OPTIONAL, INTO(file_table, only), "positives: a negative test has no row"},
    END,
};
static const struct schema_type TESTS = {
    .kind = SCHEMA_KEYS, .expected = "{file: ..., codebook: ..., person: COLUMN, day: COLUMN}", .keys = TESTS_KEYS,
    .place = PLACE(file_table, table.place)};

static const struct schema_key STAYS_KEYS[] = {
    FILE_KEY, CODEBOOK_KEY,
    {"person",          &COLUMN,       OPTIONAL, INTO(file_table, table.person),        "column that tells persons apart"},
    {"weight",          &COLUMN,       OPTIONAL, INTO(file_table, table.weight),        "column: how many a row stands for"},
    {"programme",       &COLUMN,       OPTIONAL, INTO(file_table, table.programme),     "column of the programme or facility"},
    AS_OF_KEY,
    {"admission",       &COLUMN,       OPTIONAL, INTO(file_table, table.admission),     "column of the first day"},
    {"discharge",       &COLUMN,       OPTIONAL, INTO(file_table, table.discharge),     "column of the last day"},
    {"last_contact",    &COLUMN,       OPTIONAL, INTO(file_table, table.last_contact),  "column of the last contact"},
    {"reason",          &COLUMN,       OPTIONAL, INTO(file_table, table.reason),        "column: why the stay ended"},
    {"transfer",        &schema_expression, OPTIONAL, INTO(file_table, table.transfer), "did the stay end by a transfer?"},
    {"planned_days",    &COLUMN,       OPTIONAL, INTO(file_table, table.planned_days),  "column of the planned length"},
    {"weekly_hours",    &COLUMN,       OPTIONAL, INTO(file_table, table.weekly_hours),  "column of hours a week"},
    {"weekly_sessions", &COLUMN,       OPTIONAL, INTO(file_table, table.weekly_sessions), "column of sessions a week"},
    {"constant",        &COLUMN_LIST,        OPTIONAL, INTO(file_table, table.constant),      "columns that never change in a person"},
    END,
};
static const struct schema_type STAYS = {.kind = SCHEMA_KEYS, .expected = "{file: ..., codebook: ..., person: ...}",
                                         .keys = STAYS_KEYS, .place = PLACE(file_table, table.place)};

static const struct schema_key TABLES_KEYS[] = {
    {"clients",   &TABLE,       OPTIONAL, INTO(study_file, of_role[ROLE_CLIENTS]),   "one row a person, or a counted row"},
    {"episodes",  &STAYS,       OPTIONAL, INTO(study_file, of_role[ROLE_EPISODES]),  "one row a stay at one level"},
    {"tests",     &TESTS,       OPTIONAL, INTO(study_file, of_role[ROLE_TESTS]),     "one row a test, or a positive one"},
    {"visits",    &DATED_TABLE, OPTIONAL, INTO(study_file, of_role[ROLE_VISITS]),    "one row a visit, held or due"},
    {"specimens", &DATED_TABLE, OPTIONAL, INTO(study_file, of_role[ROLE_SPECIMENS]), "one row a specimen that was given"},
    {"use_days",  &DATED_TABLE, OPTIONAL, INTO(study_file, of_role[ROLE_USE_DAYS]),  "one row a day of use that was told"},
    {"doses",     &DATED_TABLE, OPTIONAL, INTO(study_file, of_role[ROLE_DOSES]),     "one row a dose that was given"},
    END,
};
static const struct schema_type TABLES = {
    .kind = SCHEMA_KEYS, .expected = "a table by its role: {clients: {file: ..., codebook: ...}}",
    .keys = TABLES_KEYS, .place = PLACE(study_file, tables)};

/* ---- levels and link -------------------------------------------------------------------------------- */

static const struct schema_word LEVELS[] = {
    {"detox", LEVEL_DETOX}, {"inpatient", LEVEL_INPATIENT},   {"residential", LEVEL_RESIDENTIAL}, {"php", LEVEL_PHP},
    {"iop", LEVEL_IOP},     {"outpatient", LEVEL_OUTPATIENT}, {"aftercare", LEVEL_AFTERCARE},     {"none", LEVEL_NONE},
    {NULL, 0}};
#define A_LEVEL "a level of care (detox, inpatient, residential, php, iop, outpatient, aftercare"
static const struct schema_type LEVEL_OR_NONE = {
    .kind = SCHEMA_WORD, .expected = A_LEVEL ", or none)", .words = LEVELS};
static const struct schema_type LEVEL = {.kind = SCHEMA_WORD, .expected = A_LEVEL ")", .words = LEVELS};
static const struct schema_type LEVEL_LIST = {.kind = SCHEMA_LIST, .expected = "a list of levels of care", .each = &LEVEL,
                                              .size = sizeof(struct study_choice), .or_one = true};

static const struct schema_type LEVEL_CODES = {
    .kind = SCHEMA_NAMED, .expected = "a table of codes and levels", .each = &LEVEL_OR_NONE, .names = &schema_text,
    .size = sizeof(struct file_level_code), .value = INTO(file_level_code, level)};
static const struct schema_type LEVEL_MAPS = {
    .kind = SCHEMA_NAMED, .expected = "{COLUMN: {code: level, ...}}", .each = &LEVEL_CODES, .names = &COLUMN,
    .size = sizeof(struct file_level_map), .value = INTO(file_level_map, n), .at_most = 1};

static const struct schema_type HOURS = {.kind = SCHEMA_NUMBERS, .expected = "[LOW, HIGH], hours a week (0 to 168)",
                                         .high = 168};
static const struct schema_type LEVEL_HOURS = {
    .kind = SCHEMA_NAMED, .expected = "{level: [LOW, HIGH], ...}", .each = &HOURS, .names = &schema_name,
    .size = sizeof(struct file_level_hours), .value = INTO(file_level_hours, bounds)};

static const struct schema_key LINK_KEYS[] = {
    {"gap_days",       &DAY,        OPTIONAL, INTO(file_link, gap_days),       "the longest gap within an episode"},
    {"transfer_days",  &DAY,        OPTIONAL, INTO(file_link, transfer_days),  "the longest gap after a transfer"},
    {"overlap_days",   &DAY,        OPTIONAL, INTO(file_link, overlap_days),   "the longest overlap that is no fault"},
    {"inclusive_days", &LEVEL_LIST, OPTIONAL, INTO(file_link, inclusive_days), "levels that count both end days"},
    END,
};
static const struct schema_type LINK = {
    .kind = SCHEMA_KEYS, .expected = "{gap_days: N, ...}", .keys = LINK_KEYS, .place = PLACE(file_link, place)};
/* ---- cohort ------------------------------------------------------------------------------------------ */

/* An arm, a population, a competing event, a step of eligibility: a condition, or a condition and a reason. */
static const struct schema_key RULE_KEYS[] = {
    {"when",          &schema_expression, REQUIRED, INTO(study_rule, when),          "the condition"},
    {"post_baseline", &schema_text,       OPTIONAL, INTO(study_rule, post_baseline), "why later dates may be used"},
    END,
};
static const struct schema_type RULE = {
    .kind = SCHEMA_KEYS, .expected = "a condition, or {when: ..., post_baseline: ...}", .keys = RULE_KEYS,
    .short_key = "when"};
static const struct schema_type RULES = {
    .kind = SCHEMA_LIST, .expected = "a list of conditions", .each = &RULE, .size = sizeof(struct study_rule),
    .or_one = true};
static const struct schema_type NAMED_RULES = {
    .kind = SCHEMA_NAMED, .expected = "a table of names and conditions", .each = &RULE, .names = &schema_name,
    .size = sizeof(struct study_rule), .at_most = 64};
static const struct schema_type ARMS = {
    .kind = SCHEMA_NAMED, .expected = "a table of arms and conditions", .each = &RULE, .names = &schema_name,
    .size = sizeof(struct study_rule), .at_least = 1, .at_most = 64};

static const struct schema_key COLUMN_KEYS[] = {
    {"column",        &COLUMN,      REQUIRED, INTO(file_column, name),          "the column"},
    {"post_baseline", &schema_text, OPTIONAL, INTO(file_column, post_baseline), "why later dates may be used"},
    END,
};
static const struct schema_type COLUMN_OR_REASON = {
    .kind = SCHEMA_KEYS, .expected = "the name of a column, or {column: ..., post_baseline: ...}", .keys = COLUMN_KEYS,
    .short_key = "column"};

/* A covariate says, too, what becomes of people whose value is missing. */
static const struct schema_word MISSING_RULES[] = {{"keep", COVARIATE_KEPT}, {"level", COVARIATE_LEVEL}, {"drop", COVARIATE_DROPS},
                                                   {NULL, 0}};
static const struct schema_type MISSING_RULE = {
    .kind = SCHEMA_WORD, .expected = "keep, level or drop", .words = MISSING_RULES};
static const struct schema_key COVARIATE_KEYS[] = {
    {"column",        &COLUMN,       REQUIRED, INTO(file_column, name),          "the column"},
    {"post_baseline", &schema_text,  OPTIONAL, INTO(file_column, post_baseline), "why later dates may be used"},
    {"missing",       &MISSING_RULE, OPTIONAL, INTO(file_column, missing),       "what a missing value means"},
    END,
};
static const struct schema_type COVARIATE = {
    .kind = SCHEMA_KEYS, .expected = "the name of a column, or {column: ..., missing: ...}", .keys = COVARIATE_KEYS,
    .short_key = "column"};
static const struct schema_type COVARIATES = {
    .kind = SCHEMA_LIST, .expected = "a list of columns", .each = &COVARIATE, .size = sizeof(struct file_column),
    .or_one = true};
static const struct schema_type COLUMNS = {
    .kind = SCHEMA_LIST, .expected = "a list of columns", .each = &COLUMN_OR_REASON,
    .size = sizeof(struct file_column), .or_one = true};

static const struct schema_key FOLLOW_UP_KEYS[] = {
    {"days",  &DAYS_FROM_1, OPTIONAL, INTO(study_file, study.cohort.follow_up_days), "days from time zero"},
    {"until", &schema_text, OPTIONAL, INTO(study_file, study.cohort.follow_up_until_text), "the last day of the study"},
    {"end",   &COLUMN_LIST,       OPTIONAL, INTO(study_file, study.cohort.follow_up_end), "columns: days that end observation"},
    END,
};
static const struct schema_type FOLLOW_UP = {.kind = SCHEMA_KEYS, .expected = "{days: N}", .keys = FOLLOW_UP_KEYS};

static const struct schema_key INDEX_KEYS[] = {
    {"first_stay_in",   &LEVEL_LIST,    REQUIRED, INTO(file_index, first_stay_in),   "levels that bring people in"},
    {"washout_days",    &DAY,           OPTIONAL, INTO(file_index, washout_days),    "days without treatment before"},
    {"washout_ignores", &LEVEL_LIST,    OPTIONAL, INTO(file_index, washout_ignores), "levels that do not count as treatment"},
    {"look_back_days",  &DAY,           OPTIONAL, INTO(file_index, look_back_days),  "days that must be seen before"},
    {"from",            &schema_text,   OPTIONAL, INTO(file_index, from),            "first day of index stays"},
    {"to",              &schema_text,   OPTIONAL, INTO(file_index, to),              "last day of index stays"},
    {"every",           &schema_yes_no, OPTIONAL, INTO(file_index, every),           "several index stays a person?"},
    END,
};
static const struct schema_type INDEX = {
    .kind = SCHEMA_KEYS, .expected = "{first_stay_in: [...], ...}", .keys = INDEX_KEYS, .place = PLACE(file_index, place)};

static const struct schema_word MOMENTS[] = {
    {"admission", TIME_ZERO_ADMISSION}, {"discharge", TIME_ZERO_DISCHARGE}, {NULL, 0}};
static const struct schema_type MOMENT = {
    .kind = SCHEMA_WORD, .expected = "admission, discharge, {column: NAME} or {landmark: N}", .words = MOMENTS};
static const struct schema_key TIME_ZERO_KEYS[] = {
    {"at",       &MOMENT,      OPTIONAL, INTO(file_time_zero, moment),   "admission or discharge"},
    {"column",   &COLUMN,      OPTIONAL, INTO(file_time_zero, column),   "column of the day"},
    {"landmark", &DAYS_FROM_1, OPTIONAL, INTO(file_time_zero, landmark), "days after admission"},
    END,
};
static const struct schema_type TIME_ZERO = {
    .kind = SCHEMA_KEYS, .expected = "admission, discharge, {column: NAME} or {landmark: N}", .keys = TIME_ZERO_KEYS,
    .short_key = "at", .place = PLACE(file_time_zero, place)};

static const struct schema_key COHORT_KEYS[] = {
    {"unit",        &schema_name,  OPTIONAL, INTO(study_file, study.cohort.unit), "what a row counts"},
    {"eligible",    &RULES,        OPTIONAL, INTO(study_file, eligible), "conditions, in order"},
    {"arms",        &ARMS,         REQUIRED, INTO(study_file, study.cohort.arms), "the groups that are compared"},
    {"reference",   &schema_names, OPTIONAL, INTO(study_file, study.cohort.references),
     "the arm, or arms, that the others are compared with"}, /* owed where there are several arms */
    {"populations", &NAMED_RULES,  OPTIONAL, INTO(study_file, study.cohort.populations), "sets of people to analyse"},
    {"covariates",  &COVARIATES,      OPTIONAL, INTO(study_file, covariates), "what describes people at time zero"},
    {"strata",      &COLUMNS,      OPTIONAL, INTO(study_file, strata), "columns within which arms are compared"},
    {"follow_up",   &FOLLOW_UP,    OPTIONAL, 0, "how long people are followed"},
    {"index",       &INDEX,        OPTIONAL, INTO(study_file, index), "which stay brings a person in"},
    {"time_zero",   &TIME_ZERO,    OPTIONAL, INTO(study_file, time_zero), "the day on which follow-up starts"},
    {"cluster",     &COLUMN,       OPTIONAL, INTO(study_file, study.cohort.cluster), "column within which people are alike"},
    END,
};
static const struct schema_type COHORT = {.kind = SCHEMA_KEYS, .expected = "{arms: ..., reference: ..., ...}",
                                          .keys = COHORT_KEYS, .place = PLACE(study_file, cohort)};

/* ---- outcomes ---------------------------------------------------------------------------------------- */

static const struct schema_word DIRECTIONS[] = {{"bad", 1}, {"good", 2}, {NULL, 0}};
static const struct schema_type EVENT_IS = {.kind = SCHEMA_WORD, .expected = "bad or good", .words = DIRECTIONS};

#define LABEL_KEY {"label", &schema_text, OPTIONAL, INTO(file_outcome, outcome.label), "what a reader calls it"}
#define EVENT_IS_KEY {"event_is", &EVENT_IS, REQUIRED, INTO(file_outcome, event_is), "is the event bad or good?"}

static const struct schema_key DAYS_UNTIL_KEYS[] = {
    {"column", &COLUMN, REQUIRED, INTO(file_outcome, outcome.time), "column of days"},
    END,
};
static const struct schema_type DAYS_UNTIL = {
    .kind = SCHEMA_KEYS, .keys = DAYS_UNTIL_KEYS, .expected = "{column: NAME}, days that the source has counted"};

/* Computed in the source: days and a condition, or a condition alone. */
static const struct schema_key GIVEN_KEYS[] = {
    {"time",      &COLUMN,            OPTIONAL, INTO(file_outcome, outcome.time),  "column of days; none: yes or no"},
    {"event",     &schema_expression, REQUIRED, INTO(file_outcome, outcome.event), "when did the event happen?"},
    {"entry",     &COLUMN,            OPTIONAL, INTO(file_outcome, outcome.entry), "column of the first day observed"},
    {"competing", &NAMED_RULES,       OPTIONAL, INTO(file_outcome, outcome.competing_if),
     "events after which this one cannot happen"},
    EVENT_IS_KEY, LABEL_KEY, END,
};
static const struct schema_type GIVEN = {.kind = SCHEMA_KEYS, .expected = "an outcome", .keys = GIVEN_KEYS};

static const struct schema_word COMPLETED_RULES[] = {{"retained", COMPLETED_RETAINED}, {"left", COMPLETED_LEFT},
                                                     {"competing", COMPLETED_COMPETING}, {"censor", COMPLETED_CENSOR},
                                                     {NULL, 0}};
static const struct schema_type COMPLETED = {
    .kind = SCHEMA_WORD, .expected = "retained, left, competing or censor", .words = COMPLETED_RULES};
static const struct schema_word LENGTHS[] = {{"equal", 1}, {"differ", 0}, {NULL, 0}};
static const struct schema_type PLANNED_LENGTHS = {
    .kind = SCHEMA_WORD, .expected = "equal or differ", .words = LENGTHS};

/* Days until treatment is left. */
static const struct schema_key RETENTION_KEYS[] = {
    {"days_until",      &STUDY_DAYS_UNTIL,  REQUIRED, 0, "{column: NAME}, {last: ...} or {gap: ..., of: ...}"},
    {"completed",       &COMPLETED,         REQUIRED, INTO(file_outcome, completed), "what completing counts as"},
    {"completed_if",    &schema_expression, OPTIONAL, INTO(file_outcome, outcome.completed_if), "who has completed"},
    {"completed_at",    &DAYS_FROM_1,       OPTIONAL, INTO(file_outcome, outcome.completed_at), "days that complete"},
    {"planned_lengths", &PLANNED_LENGTHS,   OPTIONAL, INTO(file_outcome, planned_lengths), "equal in all arms?"},
    EVENT_IS_KEY, LABEL_KEY, END,
};
static const struct schema_type RETENTION = {.kind = SCHEMA_KEYS, .expected = "an outcome", .keys = RETENTION_KEYS};

/* How treatment ended: every label of the reason's column stands in one list. */
static const struct schema_key REASON_KEYS[] = {
    {"reason",     &COLUMN,       REQUIRED, INTO(file_outcome, outcome.reason),            "column of the reasons"},
    {"event",      &schema_texts, REQUIRED, INTO(file_outcome, outcome.event_reasons),     "the event"},
    {"no_event",   &schema_texts, OPTIONAL, INTO(file_outcome, outcome.no_event_reasons),  "not the event"},
    {"competing",  &schema_texts, OPTIONAL, INTO(file_outcome, outcome.competing_reasons), "what competes with it"},
    {"censor",     &schema_texts, OPTIONAL, INTO(file_outcome, outcome.censor_reasons),    "what ends observation"},
    {"exclude",    &schema_texts, OPTIONAL, INTO(file_outcome, outcome.exclude_reasons),   "rows that are left out"},
    {"days_until", &DAYS_UNTIL,   OPTIONAL, 0, "{column: NAME}, the days until treatment ended"},
    {"because",    &schema_text,  OPTIONAL, INTO(file_outcome, outcome.because),           "why death is censored"},
    EVENT_IS_KEY, LABEL_KEY, END,
};
static const struct schema_type REASON = {.kind = SCHEMA_KEYS, .expected = "an outcome", .keys = REASON_KEYS};

static const struct schema_form OUTCOME_FORMS[] = {
    {{"first_of", NULL},        &STUDY_FIRST_OF,   OUTCOME_FIRST_OF},
    {{"completion", NULL},      &STUDY_COMPLETION, OUTCOME_REASON},
    {{"any", NULL},             &STUDY_ANY,        OUTCOME_ANY},
    {{"good_weeks", NULL},      &STUDY_GOOD_WEEKS, OUTCOME_WEEKS},
    {{"library", NULL},         &LIBRARY_OUTCOME, OUTCOME_LIBRARY},
    {{"process", NULL},         &STUDY_PROCESS,   OUTCOME_PROCESS},
    {{"reason", NULL},          &REASON,       OUTCOME_REASON},
    {{"completed", NULL},       &RETENTION,    OUTCOME_RETENTION},
    {{"completed_if", NULL},    &RETENTION,    OUTCOME_RETENTION},
    {{"time", NULL},            &GIVEN,        OUTCOME_GIVEN},
    {{"days_until", "event"},   &REASON,       OUTCOME_REASON},
    {{"days_until", NULL},      &RETENTION,    OUTCOME_RETENTION},
    {{"event", NULL},           &GIVEN,        OUTCOME_GIVEN},
    {{NULL, NULL},              NULL,          0},
};
static const struct schema_type OUTCOME = {
    .kind = SCHEMA_ONE_OF, .forms = OUTCOME_FORMS, .value = INTO(file_outcome, form),
    .doubtful = INTO(file_outcome, doubtful),
    .expected = "{event: ...}, {time: ..., event: ...}, {days_until: ..., completed: ...}, {reason: ..., event: ...}, "
                "{first_of: [...], missing: ...}, {any: ...}, {good_weeks: ..., of: ...}, {library: ..., word: ...} or "
                "{process: ...}"};
static const struct schema_type OUTCOMES = {.kind = SCHEMA_NAMED, .expected = "a table of outcomes by name", .each = &OUTCOME,
                                            .names = &schema_name, .size = sizeof(struct file_outcome)};

/* ---- primary and compare --------------------------------------------------------------------------- */

static const struct schema_key PRIMARY_KEYS[] = {
    {"outcome",    &schema_name, REQUIRED, INTO(file_primary, outcome),    "which outcome"},
    {"measure",    &schema_name, REQUIRED, INTO(file_primary, measure),    "which measure"},
    {"at",         &DAY,         OPTIONAL, INTO(file_primary, at),         "on which day: P(T > day)"},
    {"at_least",   &DAY,         OPTIONAL, INTO(file_primary, at_least),   "on which day: P(T >= day)"},
    {"population", &schema_name, OPTIONAL, INTO(file_primary, population), "in which population"},
    {"arm",        &schema_name, OPTIONAL, INTO(file_primary, arm),        "of which arm"},
    {"reference",  &schema_name, OPTIONAL, INTO(file_primary, reference),  "against which reference"},
    {"analysis",   &schema_name, OPTIONAL, INTO(file_primary, analysis),   "of which analysis"},
    {"adjust",     &schema_name, OPTIONAL, INTO(file_primary, adjust),     "which adjustment"},
    END,
};
static const struct schema_type PRIMARY = {.kind = SCHEMA_KEYS, .expected = "{outcome: ..., measure: ..., at: ...}",
                                           .keys = PRIMARY_KEYS, .place = PLACE(file_primary, place)};

static const struct schema_word ROLES[] = {
    {"primary", 1}, {"secondary", 2}, {"sensitivity", 3}, {"exploratory", 4}, {NULL, 0}};
static const struct schema_type ROLE = {
    .kind = SCHEMA_WORD, .expected = "primary, secondary, sensitivity or exploratory", .words = ROLES};

static const struct schema_key MARGIN_KEYS[] = {
    {"outcome",    &schema_name, REQUIRED, INTO(file_margin, outcome),    "which outcome"},
    {"measure",    &schema_name, REQUIRED, INTO(file_margin, measure),    "which measure"},
    {"at",         &DAY,         OPTIONAL, INTO(file_margin, at),         "on which day: P(T > day)"},
    {"at_least",   &DAY,         OPTIONAL, INTO(file_margin, at_least),   "on which day: P(T >= day)"},
    {"margin",     &ANY_NUMBER,  REQUIRED, INTO(file_margin, margin),     "the largest loss that is still not worse"},
    {"because",    &schema_text, REQUIRED, INTO(file_margin, because),    "why this margin, declared beforehand"},
    {"role",       &ROLE,        OPTIONAL, INTO(file_margin, role),       "primary, secondary, sensitivity or exploratory"},
    {"population", &schema_name, OPTIONAL, INTO(file_margin, population), "in which population"},
    END,
};
static const struct schema_type MARGIN = {
    .kind = SCHEMA_KEYS, .expected = "{outcome: ..., measure: ..., margin: ..., because: ...}", .keys = MARGIN_KEYS,
    .place = PLACE(file_margin, place)};
static const struct schema_type MARGINS = {.kind = SCHEMA_LIST, .expected = "a list of margins", .each = &MARGIN,
                                           .size = sizeof(struct file_margin)};

static const struct schema_word CONF_TYPES[] = {{"log-log", 1}, {"log", 2}, {"plain", 3}, {"arcsin", 4}, {NULL, 0}};
static const struct schema_type CONF_TYPE = {
    .kind = SCHEMA_WORD, .expected = "log-log, log, plain or arcsin", .words = CONF_TYPES};

static const struct schema_type REPLICATES = {.kind = SCHEMA_NUMBER, .expected = "a whole number from 100 to 100000",
                                              .low = 100, .high = 100000, .whole = true};
static const struct schema_key BOOTSTRAP_KEYS[] = {
    {"n", &REPLICATES, REQUIRED, INTO(file_analysis, bootstrap), "replicates"},
    END,
};
static const struct schema_type BOOTSTRAP = {.kind = SCHEMA_KEYS, .expected = "{n: 2000}", .keys = BOOTSTRAP_KEYS};

static const struct schema_word TIES[] = {{"efron", 1}, {"breslow", 2}, {"exact", 3}, {NULL, 0}};
static const struct schema_type MODEL_TIES = {
    .kind = SCHEMA_WORD, .expected = "efron, breslow or exact", .words = TIES};
static const struct schema_type MODEL_CAUSE = {
    .kind = SCHEMA_NUMBER, .expected = "the number of a cause (1: the event, 2, 3, ...: competing)", .low = 1, .high = 100,
    .whole = true};
/* In the order of enum recurrent_arrangement. */
static const struct schema_word ARRANGEMENTS[] = {{"andersen_gill", 0}, {"pwp_total", 1}, {"pwp_gap", 2}, {NULL, 0}};
static const struct schema_type ARRANGEMENT = {
    .kind = SCHEMA_WORD, .expected = "andersen_gill, pwp_total or pwp_gap", .words = ARRANGEMENTS};
static const struct schema_word MODEL_LEVELS[] = {
    {"detox", LEVEL_DETOX}, {"inpatient", LEVEL_INPATIENT},   {"residential", LEVEL_RESIDENTIAL}, {"php", LEVEL_PHP},
    {"iop", LEVEL_IOP},     {"outpatient", LEVEL_OUTPATIENT}, {"aftercare", LEVEL_AFTERCARE},     {NULL, 0}};
static const struct schema_type MODEL_LEVEL = {.kind = SCHEMA_WORD, .expected = "a level of care", .words = MODEL_LEVELS};
static const struct schema_type INTO_LEVELS = {.kind = SCHEMA_LIST, .expected = "a list of levels of care", .each = &MODEL_LEVEL,
                                               .size = sizeof(struct study_choice), .or_one = true};
/* In the order of enum aft_distribution. */
static const struct schema_word DISTRIBUTIONS[] = {{"weibull", 0}, {"exponential", 1}, {"lognormal", 2}, {"loglogistic", 3}, {NULL, 0}};
static const struct schema_type DISTRIBUTION = {
    .kind = SCHEMA_WORD, .expected = "weibull, exponential, lognormal or loglogistic", .words = DISTRIBUTIONS};
static const struct schema_key MODEL_KEYS[] = {
    {"cox",      &schema_text, OPTIONAL, INTO(file_model, cox),      "terms: arm + age + strata(site)"},
    {"finegray", &schema_text, OPTIONAL, INTO(file_model, finegray), "terms: arm + age"},
    {"aft",      &schema_text, OPTIONAL, INTO(file_model, aft),      "terms: arm + age"},
    {"logistic", &schema_text, OPTIONAL, INTO(file_model, logistic), "terms: arm + age"},
    {"distribution", &DISTRIBUTION, OPTIONAL, INTO(file_model, distribution), "aft: of the days"},
    {"frailty",  &schema_text, OPTIONAL, INTO(file_model, frailty),  "cox: a column whose groups have a hazard in common"},
    {"firth",    &schema_yes_no, OPTIONAL, INTO(file_model, firth),  "cox: Firth's penalty, where a level has no event"},
    {"ties",     &MODEL_TIES,  OPTIONAL, INTO(file_model, ties),     "cox: likelihood of tied events"},
    {"cause",    &MODEL_CAUSE, OPTIONAL, INTO(file_model, cause),    "finegray: the cause that is modelled"},
    {"recurrent", &ARRANGEMENT, OPTIONAL, INTO(file_model, recurrent), "cox: events that recur, and how their days are arranged"},
    {"into",     &INTO_LEVELS, OPTIONAL, INTO(file_model, into),     "recurrent: moves into these levels of care are the events"},
    END,
};
static const struct schema_type MODEL = {.kind = SCHEMA_KEYS, .expected = "{cox: \"arm + ...\"}", .keys = MODEL_KEYS,
                                         .place = PLACE(file_model, place)};
static const struct schema_type MODELS = {.kind = SCHEMA_LIST, .expected = "a list of models", .each = &MODEL,
                                          .size = sizeof(struct file_model)};

static const struct schema_word META_RULES[] = {{"fixed", META_RULE_FIXED}, {"dl", META_RULE_DL},
                                                {"reml", META_RULE_REML}, {"pm", META_RULE_PM},
                                                {"mh", META_RULE_MH},     {NULL, 0}};
static const struct schema_type META_RULE = {
    .kind = SCHEMA_WORD, .expected = "fixed, dl, reml, pm or mh", .words = META_RULES};
static const struct schema_type META_METHODS = {.kind = SCHEMA_LIST, .expected = "a list of methods", .each = &META_RULE,
                                                .size = sizeof(struct study_choice), .at_least = 1, .or_one = true};
static const struct schema_key META_KEYS[] = {
    {"by",            &COLUMN,        REQUIRED, INTO(file_analysis, analysis.meta.by), "column of the trials"},
    {"method",        &META_METHODS,  OPTIONAL, INTO(file_analysis, meta_rules),       "how they are pooled"},
    {"hartung_knapp", &schema_yes_no, OPTIONAL, INTO(file_analysis, hartung_knapp),    "limits that are honest for few trials"},
    END,
};
static const struct schema_type META = {.kind = SCHEMA_KEYS, .expected = "{by: COLUMN, method: reml}", .keys = META_KEYS};

static const struct schema_type IMPUTATIONS = {.kind = SCHEMA_NUMBER, .expected = "a whole number from 2 to 1000",
                                               .low = 2, .high = 1000, .whole = true};
static const struct schema_type ITERATIONS = {.kind = SCHEMA_NUMBER, .expected = "a whole number from 1 to 1000",
                                              .low = 1, .high = 1000, .whole = true};
static const struct schema_key IMPUTATION_KEYS[] = {
    {"n",          &IMPUTATIONS, REQUIRED, INTO(file_analysis, imputations), "completed data sets"},
    {"iterations", &ITERATIONS,  OPTIONAL, INTO(file_analysis, iterations),  "turns through the covariates for each"},
    END,
};
static const struct schema_type IMPUTATION = {.kind = SCHEMA_KEYS, .expected = "{n: 20, iterations: 10}",
                                              .keys = IMPUTATION_KEYS, .place = PLACE(file_analysis, analysis.imputation.place)};

static const struct schema_key ANALYSIS_KEYS[] = {
    {"analysis",        &schema_name,  OPTIONAL, INTO(file_analysis, analysis.name),        "what it is called"},
    {"strategies",      &STUDY_EMULATION, OPTIONAL, INTO(file_analysis, emulation),         "strategies in the place of arms"},
    {"outcomes",        &schema_names, REQUIRED, INTO(file_analysis, outcomes),             "what is compared"},
    {"measures",        &schema_names, REQUIRED, INTO(file_analysis, measures),             "what is computed"},
    {"at",              &DAYS,         OPTIONAL, INTO(file_analysis, analysis.at),          "days: P(T > day)"},
    {"at_least",        &DAYS,         OPTIONAL, INTO(file_analysis, analysis.at_least),    "days: P(T >= day)"},
    {"tau",             &DAYS_FROM_1,  OPTIONAL, INTO(file_analysis, analysis.tau),         "end of restricted means"},
    {"quantiles",       &QUANTILES,    OPTIONAL, INTO(file_analysis, analysis.quantiles),   "0.5 is the median"},
    {"populations",     &schema_names, OPTIONAL, INTO(file_analysis, analysis.populations), "default: all"},
    {"reference",       &schema_names, OPTIONAL, INTO(file_analysis, analysis.references),  "default: the cohort's"},
    {"range",           &schema_yes_no, OPTIONAL, INTO(file_analysis, range),               "outcomes are definitions of one thing"},
    {"conf_type",       &CONF_TYPE,    OPTIONAL, INTO(file_analysis, conf_type),            "kind of intervals"},
    {"non_inferiority", &MARGINS,      OPTIONAL, INTO(file_analysis, n_margins),            "margins with reasons"},
    {"adjust",          &STUDY_ADJUST, OPTIONAL, INTO(file_analysis, n_adjustments),        "adjusted for covariates"},
    {"models",          &MODELS,       OPTIONAL, INTO(file_analysis, n_models),             "regressions"},
    {"subgroups",       &COLUMN_LIST,  OPTIONAL, INTO(file_analysis, analysis.subgroups),   "columns: estimates by level"},
    {"imputation",      &IMPUTATION,   OPTIONAL, 0,                                         "missing covariates are drawn"},
    {"meta",            &META,         OPTIONAL, 0,                                         "trials that are pooled"},
    {"negative_controls", &schema_names, OPTIONAL, INTO(file_analysis, negative_controls),  "outcomes that the arm cannot change"},
    {"tipping_points",  &schema_yes_no, OPTIONAL, INTO(file_analysis, tipping),             "what would turn a verdict"},
    {"bootstrap",       &BOOTSTRAP,    OPTIONAL, 0,                                         "limits by resampling"},
    END,
};
static const struct schema_type ANALYSIS = {.kind = SCHEMA_KEYS, .expected = "{outcomes: ..., measures: ..., ...}",
                                            .keys = ANALYSIS_KEYS, .place = PLACE(file_analysis, place)};
static const struct schema_type COMPARE = {.kind = SCHEMA_LIST, .expected = "a list of analyses", .each = &ANALYSIS,
                                           .size = sizeof(struct file_analysis)};

/* Each is read as a study of its own, laid over this one (profile.h). */
static const struct schema_type PROFILE_KEYS = {.kind = SCHEMA_ANY, .expected = "keys of a study"};
static const struct schema_type PROFILES = {
    .kind = SCHEMA_NAMED, .expected = "a table of names and the keys that change", .each = &PROFILE_KEYS,
    .names = &schema_name, .size = sizeof(struct study_text), .value = 0, .at_most = 64};

/* ---- the file ----------------------------------------------------------------------------------------- */

static const struct schema_key STUDY_KEYS[] = {
    {"study",      &schema_name,  REQUIRED, INTO(study_file, study.name),      "its name"},
    {"title",      &schema_text,  OPTIONAL, INTO(study_file, study.title),     "title of the report"},
    {"seed",       &SEED,         OPTIONAL, INTO(study_file, seed),            "starts every random stream"},
    {"registered", &REGISTERED,   OPTIONAL, 0,                                 "where the plan was registered"},
    {"privacy",    &PRIVACY,      OPTIONAL, 0,                                 "why the data may be used"},
    {"tables",     &TABLES,       REQUIRED, 0,                                 "the source tables"},
    {"levels",     &LEVEL_MAPS,   OPTIONAL, INTO(study_file, n_level_maps),    "which code is which level of care"},
    {"level_hours", &LEVEL_HOURS, OPTIONAL, INTO(study_file, n_level_hours),   "hours a week of a level"},
    {"link",       &LINK,         OPTIONAL, INTO(study_file, link),            "how stays become episodes"},
    {"evidence",   &STUDY_EVIDENCE, OPTIONAL, INTO(study_file, n_evidence),      "named kinds of dated rows"},
    {"weeks",      &STUDY_WEEKS,  OPTIONAL, INTO(study_file, n_weeks),         "named ways to judge weeks"},
    {"words",      &STUDY_WORDS,  OPTIONAL, INTO(study_file, n_words),         "weekly words from dated rows"},
    {"definitions", &schema_path, OPTIONAL, INTO(study_file, study.definitions), "definitions of your own"},
    {"cohort",     &COHORT,       REQUIRED, 0,                                 "who is compared"},
    {"outcomes",   &OUTCOMES,     REQUIRED, INTO(study_file, n_outcomes),      "what is compared"},
    {"primary",    &PRIMARY,      OPTIONAL, INTO(study_file, primary),         "the report's headline"},
    {"strategies", &STUDY_STRATEGIES, OPTIONAL, INTO(study_file, n_strategies),  "what is done after time zero"},
    {"compare",    &COMPARE,      REQUIRED, INTO(study_file, n_analyses),      "how it is compared"},
    {"dashboard",  &STUDY_DASHBOARD, OPTIONAL, INTO(study_file, dashboard),    "programmes by month"},
    {"profiles",   &PROFILES,     OPTIONAL, INTO(study_file, study.n_profiles), "the study again under named changes"},
    {"disclosure", &DISCLOSURE,   OPTIONAL, 0,                                 "what may be shown"},
    {"caveats",    &schema_texts, OPTIONAL, INTO(study_file, study.caveats),   "sentences that every verdict carries"},
    {"published",  &schema_path,  OPTIONAL, INTO(study_file, study.published), "what others printed"},
    END,
};
const struct schema_type STUDY_FILE = {
    .kind = SCHEMA_KEYS, .expected = "a study (keys such as 'study:' and 'tables:')", .keys = STUDY_KEYS};

/* A count and its array lie side by side, as struct schema_items has them. */
#define SIDE_BY_SIDE(structure, count, array)                                                             \
    _Static_assert(offsetof(struct structure, array) - offsetof(struct structure, count) ==               \
                       offsetof(struct schema_items, items), "a count and its array")
SIDE_BY_SIDE(study_texts, n, items);
SIDE_BY_SIDE(study_rules, n, items);
SIDE_BY_SIDE(file_columns, n, items);
SIDE_BY_SIDE(study_file, n_outcomes, outcomes);
SIDE_BY_SIDE(study_file, n_evidence, evidence);
SIDE_BY_SIDE(study_file, n_words, words);
SIDE_BY_SIDE(study_file, n_weeks, weeks);
SIDE_BY_SIDE(study_file, n_strategies, strategies);
SIDE_BY_SIDE(study_file, n_analyses, analyses);
SIDE_BY_SIDE(file_analysis, n_margins, margins);
SIDE_BY_SIDE(study, n_profiles, profiles);
SIDE_BY_SIDE(study_file, n_level_maps, level_maps);
SIDE_BY_SIDE(study_file, n_level_hours, level_hours);
SIDE_BY_SIDE(file_level_map, n, codes);
SIDE_BY_SIDE(file_choices, n, items);
