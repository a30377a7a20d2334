/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of a study file that are about dated rows, key by key: evidence, weeks, and the outcomes found in them. */
#include "study/study_file.h"

enum { DAY_NUMBER_MAX = 1000000, WEEK_MAX = 10000 };

#define OPTIONAL SCHEMA_OPTIONAL
#define REQUIRED SCHEMA_REQUIRED
#define END {NULL, NULL, SCHEMA_OPTIONAL, 0, NULL}

static const struct schema_type COLUMN = {.kind = SCHEMA_TEXT, .expected = "the name of a column"};
static const struct schema_type DAY = {.kind = SCHEMA_NUMBER, .expected = "a day from time zero (whole)",
                                       .low = -DAY_NUMBER_MAX, .high = DAY_NUMBER_MAX, .whole = true};
static const struct schema_type DAYS = {
    .kind = SCHEMA_NUMBER, .expected = "a number of days (whole, from 0)", .high = DAY_NUMBER_MAX, .whole = true};
static const struct schema_type FROM_1 = {
    .kind = SCHEMA_NUMBER, .expected = "a whole number from 1", .low = 1, .high = WEEK_MAX, .whole = true};
static const struct schema_type WEEK_NUMBERS = {
    .kind = SCHEMA_NUMBERS, .expected = "a list of numbers of weeks", .high = WEEK_MAX, .whole = true};
static const struct schema_type WEEK = {
    .kind = SCHEMA_NUMBER, .expected = "the number of a week", .high = WEEK_MAX, .whole = true};

/* ---- evidence ------------------------------------------------------------------------------------------ */

#define EVIDENCE_OF(role, key) \
    {key, &schema_expression, OPTIONAL, INTO(file_evidence, when[role]), "which rows of this table; true: all of them"}
static const struct schema_key EVIDENCE_KEYS[] = {
    EVIDENCE_OF(ROLE_TESTS, "tests"), EVIDENCE_OF(ROLE_VISITS, "visits"), EVIDENCE_OF(ROLE_SPECIMENS, "specimens"),
    EVIDENCE_OF(ROLE_USE_DAYS, "use_days"), EVIDENCE_OF(ROLE_DOSES, "doses"),
    {"with",    &schema_names, OPTIONAL, INTO(file_evidence, with),    "kinds that are seen on the same day"},
    {"without", &schema_names, OPTIONAL, INTO(file_evidence, without), "kinds that are not seen on the same day"},
    END,
};
static const struct schema_type AN_EVIDENCE = {
    .kind = SCHEMA_KEYS, .expected = "{TABLE: CONDITION}, such as {tests: \"result == 'positive'\"}",
    .keys = EVIDENCE_KEYS, .place = PLACE(file_evidence, place)};
const struct schema_type STUDY_EVIDENCE = {
    .kind = SCHEMA_NAMED, .expected = "a table of kinds of evidence by name", .each = &AN_EVIDENCE, .names = &schema_name,
    .size = sizeof(struct file_evidence), .at_most = 64};

/* ---- weeks ----------------------------------------------------------------------------------------------- */

static const struct schema_key BACK_KEYS[] = {
    {"of",   &schema_names, REQUIRED, INTO(file_weeks, back),      "kinds of evidence"},
    {"from", &DAYS,         REQUIRED, INTO(file_weeks, back_from), "so many days before the visit"},
    {"to",   &DAYS,         OPTIONAL, INTO(file_weeks, back_to),   "to so many days before; 0: the day of the visit"},
    END,
};
static const struct schema_type BACK = {
    .kind = SCHEMA_KEYS, .expected = "{of: [...], from: DAYS, to: DAYS}", .keys = BACK_KEYS};

static const struct schema_word MISSING_WORDS[] = {
    {"bad", WEEK_MISSING_BAD}, {"good", WEEK_MISSING_GOOD}, {"ignored", WEEK_MISSING_IGNORED}, {NULL, 0}};
static const struct schema_type MISSING_WEEK = {
    .kind = SCHEMA_WORD, .expected = "bad, good or ignored", .words = MISSING_WORDS};

static const struct schema_key WEEKS_KEYS[] = {
    {"visits",    &schema_name,  OPTIONAL, INTO(file_weeks, visits),        "kind of evidence whose label names the week"},
    {"label",     &COLUMN,       OPTIONAL, INTO(file_weeks, weeks.label),   "column of the label"},
    {"pattern",   &schema_text,  OPTIONAL, INTO(file_weeks, weeks.pattern), "WK*: the star is the number of the week"},
    {"from",      &WEEK,         REQUIRED, INTO(file_weeks, from),          "the first week that is judged"},
    {"to",        &WEEK,         REQUIRED, INTO(file_weeks, to),            "the last week that is judged"},
    {"first_day", &DAY,          OPTIONAL, INTO(file_weeks, first_day),     "the day on which week 1 begins"},
    {"length",    &FROM_1,       OPTIONAL, INTO(file_weeks, length),        "days of a week"},
    {"needs",     &schema_names, OPTIONAL, INTO(file_weeks, needs),         "kinds without which it is missing"},
    {"bad",       &schema_names, OPTIONAL, INTO(file_weeks, bad),           "kinds that make it bad"},
    {"look_back", &BACK,         OPTIONAL, 0,                               "kinds that make it bad in the days before"},
    {"missing",   &MISSING_WEEK, REQUIRED, INTO(file_weeks, missing),       "what a missing week counts as"},
    END,
};
static const struct schema_type A_WEEKS = {.kind = SCHEMA_KEYS, .expected = "{from: WEEK, to: WEEK, missing: ...}",
                                           .keys = WEEKS_KEYS, .place = PLACE(file_weeks, weeks.place)};
const struct schema_type STUDY_WEEKS = {
    .kind = SCHEMA_NAMED, .expected = "a table of ways to judge weeks by name", .each = &A_WEEKS, .names = &schema_name,
    .size = sizeof(struct file_weeks), .at_most = 256};

/* ---- days until ------------------------------------------------------------------------------------------ */

static const struct schema_key COLUMN_KEYS[] = {
    {"column", &COLUMN, REQUIRED, INTO(file_outcome, outcome.time), "column of days"}, END};
static const struct schema_key LAST_KEYS[] = {
    {"last", &schema_name, REQUIRED, INTO(file_outcome, days_of), "kind of evidence whose last day counts"}, END};
static const struct schema_key INTERVAL_KEYS[] = {
    {"interval", &COLUMN, REQUIRED, INTO(file_outcome, interval), "column whose codes mean intervals of days"}, END};
static const struct schema_type INTERVAL_FORM = {
    .kind = SCHEMA_KEYS, .expected = "{interval: NAME}", .keys = INTERVAL_KEYS};
static const struct schema_key GAP_KEYS[] = {
    {"gap", &DAYS,        REQUIRED, INTO(file_outcome, gap_days), "the longest gap that is no leaving"},
    {"of",  &schema_name, REQUIRED, INTO(file_outcome, days_of),  "kind of evidence between whose days the gaps lie"},
    END,
};
static const struct schema_type COLUMN_FORM = {.kind = SCHEMA_KEYS, .expected = "{column: NAME}", .keys = COLUMN_KEYS};
static const struct schema_type LAST_FORM = {.kind = SCHEMA_KEYS, .expected = "{last: EVIDENCE}", .keys = LAST_KEYS};
static const struct schema_type GAP_FORM = {.kind = SCHEMA_KEYS, .expected = "{gap: DAYS, of: EVIDENCE}", .keys = GAP_KEYS};
static const struct schema_form DAYS_FORMS[] = {
    {{"column", NULL}, &COLUMN_FORM, DAYS_COLUMN},
    {{"interval", NULL}, &INTERVAL_FORM, DAYS_INTERVAL},
    {{"last", NULL}, &LAST_FORM, DAYS_LAST},
    {{"gap", NULL}, &GAP_FORM, DAYS_GAP},          {{NULL, NULL}, NULL, 0},
};
const struct schema_type STUDY_DAYS_UNTIL = {
    .kind = SCHEMA_ONE_OF, .forms = DAYS_FORMS, .value = INTO(file_outcome, days_form),
    .doubtful = INTO(file_outcome, days_doubtful),
    .expected = "{column: NAME}, {interval: NAME}, {last: EVIDENCE} or {gap: DAYS, of: EVIDENCE}"};

/* ---- first of ---------------------------------------------------------------------------------------------- */

static const struct schema_word DATED_WORDS[] = {{"first", 0}, {"last", 1}, {NULL, 0}};
static const struct schema_type DATED = {.kind = SCHEMA_WORD, .expected = "first or last", .words = DATED_WORDS};

#define DAYS_TRIGGER(key, text)                                                                                       \
    {key,        &schema_name,   REQUIRED, INTO(file_trigger, evidence), text},                                       \
    {"days",     &FROM_1,        OPTIONAL, INTO(file_trigger, days),     "so many days of it"},                       \
    {"in_a_row", &schema_yes_no, OPTIONAL, INTO(file_trigger, in_a_row), "one after the other?"},                     \
    {"within",   &FROM_1,        OPTIONAL, INTO(file_trigger, within),   "of so many days in a row"},                 \
    {"from",     &DAY,           OPTIONAL, INTO(file_trigger, from),     "the first day that is looked at"},          \
    {"to",       &DAY,           OPTIONAL, INTO(file_trigger, to),       "the last day that is looked at"},           \
    {"dated",    &DATED,         OPTIONAL, INTO(file_trigger, dated),    "by the first of them or by the last?"},     \
    END
#define DAYS_TYPE(keys_table, text)                                                                                   \
    {.kind = SCHEMA_KEYS, .expected = text, .keys = keys_table, .place = PLACE(file_trigger, trigger.place)}

static const struct schema_key ON_KEYS[] = {DAYS_TRIGGER("on", "kind of evidence")};
static const struct schema_key TEST_KEYS[] = {DAYS_TRIGGER("test", "kind of evidence of tests")};
static const struct schema_key VISIT_KEYS[] = {DAYS_TRIGGER("visit", "kind of evidence of visits")};
static const struct schema_key SPECIMEN_KEYS[] = {DAYS_TRIGGER("specimen", "kind of evidence of specimens")};
static const struct schema_key USE_DAY_KEYS[] = {DAYS_TRIGGER("use_day", "kind of evidence of use_days")};
static const struct schema_key DOSE_KEYS[] = {DAYS_TRIGGER("dose", "kind of evidence of doses")};
static const struct schema_type ON = DAYS_TYPE(ON_KEYS, "{on: EVIDENCE}");
static const struct schema_type TEST = DAYS_TYPE(TEST_KEYS, "{test: EVIDENCE}");
static const struct schema_type VISIT = DAYS_TYPE(VISIT_KEYS, "{visit: EVIDENCE}");
static const struct schema_type SPECIMEN = DAYS_TYPE(SPECIMEN_KEYS, "{specimen: EVIDENCE}");
static const struct schema_type USE_DAY = DAYS_TYPE(USE_DAY_KEYS, "{use_day: EVIDENCE}");
static const struct schema_type DOSE = DAYS_TYPE(DOSE_KEYS, "{dose: EVIDENCE}");

#define WEEKS_TRIGGER(key, field, text)                                                                               \
    {key,      &FROM_1,      REQUIRED, INTO(file_trigger, field),  text},                                             \
    {"of",     &schema_name, REQUIRED, INTO(file_trigger, weeks),  "the weeks, as named under 'weeks'"},              \
    {"within", &FROM_1,      OPTIONAL, INTO(file_trigger, within), "of so many weeks in a row"},                      \
    {"dated",  &DATED,       OPTIONAL, INTO(file_trigger, dated),  "by the first of them or by the last?"},           \
    END
static const struct schema_key BAD_WEEKS_KEYS[] = {WEEKS_TRIGGER("bad_weeks", bad_weeks, "so many bad weeks")};
static const struct schema_key MISSED_KEYS[] = {WEEKS_TRIGGER("missed_visits", missed_visits, "so many missing weeks")};
static const struct schema_type BAD_WEEKS = DAYS_TYPE(BAD_WEEKS_KEYS, "{bad_weeks: N, of: WEEKS}");
static const struct schema_type MISSED_VISITS = DAYS_TYPE(MISSED_KEYS, "{missed_visits: N, of: WEEKS}");

static const struct schema_key REASON_KEYS[] = {
    {"reason", &schema_texts, REQUIRED, INTO(file_trigger, trigger.reasons), "labels of the reason"},
    {"column", &COLUMN,       REQUIRED, INTO(file_trigger, trigger.column),  "column of the reason"},
    {"day",    &COLUMN,       REQUIRED, INTO(file_trigger, trigger.day),     "column of days from time zero"},
    END,
};
static const struct schema_type REASON = DAYS_TYPE(REASON_KEYS, "{reason: [...], column: NAME, day: NAME}");

static const struct schema_word LEVELS[] = {
    {"detox", LEVEL_DETOX}, {"inpatient", LEVEL_INPATIENT},   {"residential", LEVEL_RESIDENTIAL}, {"php", LEVEL_PHP},
    {"iop", LEVEL_IOP},     {"outpatient", LEVEL_OUTPATIENT}, {"aftercare", LEVEL_AFTERCARE},     {NULL, 0}};
static const struct schema_type LEVEL = {
    .kind = SCHEMA_WORD, .words = LEVELS,
    .expected = "a level of care (detox, inpatient, residential, php, iop, outpatient, aftercare)"};
static const struct schema_type LEVEL_LIST = {.kind = SCHEMA_LIST, .expected = "a list of levels of care", .each = &LEVEL,
                                              .size = sizeof(struct study_choice), .or_one = true};
static const struct schema_key NEW_EPISODE_KEYS[] = {
    {"new_episode", &LEVEL_LIST, REQUIRED, INTO(file_trigger, levels),   "levels of care that count"},
    {"gap_days",    &DAYS,       OPTIONAL, INTO(file_trigger, gap_days), "least days since the end of all care before"},
    END,
};
static const struct schema_type NEW_EPISODE = DAYS_TYPE(NEW_EPISODE_KEYS, "{new_episode: [LEVELS], gap_days: N}");

static const struct schema_form TRIGGER_FORMS[] = {
    {{"on", NULL}, &ON, FORM_ON},
    {{"test", NULL}, &TEST, FORM_TEST},
    {{"visit", NULL}, &VISIT, FORM_VISIT},
    {{"specimen", NULL}, &SPECIMEN, FORM_SPECIMEN},
    {{"use_day", NULL}, &USE_DAY, FORM_USE_DAY},
    {{"dose", NULL}, &DOSE, FORM_DOSE},
    {{"bad_weeks", NULL}, &BAD_WEEKS, FORM_BAD_WEEKS},
    {{"missed_visits", NULL}, &MISSED_VISITS, FORM_MISSED_VISITS},
    {{"reason", NULL}, &REASON, FORM_REASON},
    {{"new_episode", NULL}, &NEW_EPISODE, FORM_NEW_EPISODE},
    {{NULL, NULL}, NULL, 0},
};
static const struct schema_type TRIGGER = {
    .kind = SCHEMA_ONE_OF, .forms = TRIGGER_FORMS, .value = INTO(file_trigger, form),
    .doubtful = INTO(file_trigger, doubtful),
    .expected = "{test: ...}, {use_day: ...}, {visit: ...}, {dose: ...}, {specimen: ...}, {on: ...}, {bad_weeks: N, of: ...}, "
                "{missed_visits: N, of: ...}, {new_episode: [...]} or {reason: [...], column: ..., day: ...}"};
static const struct schema_type TRIGGERS = {.kind = SCHEMA_LIST, .expected = "a list of triggers", .each = &TRIGGER,
                                            .size = sizeof(struct file_trigger), .at_least = 1, .or_one = true};

static const struct schema_word DIRECTIONS[] = {{"bad", 1}, {"good", 2}, {NULL, 0}};
static const struct schema_type EVENT_IS = {.kind = SCHEMA_WORD, .expected = "bad or good", .words = DIRECTIONS};
#define LABEL_KEY {"label", &schema_text, OPTIONAL, INTO(file_outcome, outcome.label), "what a reader calls it"}
#define EVENT_IS_KEY {"event_is", &EVENT_IS, REQUIRED, INTO(file_outcome, event_is), "is the event bad or good?"}

static const struct schema_word UNSEEN_WORDS[] = {
    {"relapse", UNSEEN_RELAPSE}, {"censor", UNSEEN_CENSOR}, {"last_seen", UNSEEN_LAST_SEEN}, {NULL, 0}};
static const struct schema_type UNSEEN = {
    .kind = SCHEMA_WORD, .expected = "relapse, censor or last_seen", .words = UNSEEN_WORDS};
static const struct schema_word END_WORDS[] = {{"competing", 1}, {"censor", 2}, {NULL, 0}};
static const struct schema_type AN_END = {.kind = SCHEMA_WORD, .expected = "competing or censor", .words = END_WORDS};

static const struct schema_key FIRST_OF_KEYS[] = {
    {"first_of",      &TRIGGERS,     REQUIRED, INTO(file_outcome, n_triggers), "what the event is the first of"},
    {"missing",       &UNSEEN,       REQUIRED, INTO(file_outcome, unseen),
     "what counts when somebody is not seen to the end: relapse, censor or last_seen"},
    {"seen_by",       &schema_names, OPTIONAL, INTO(file_outcome, seen_by),    "kinds by which somebody is seen"},
    {"grace",         &DAYS,         OPTIONAL, INTO(file_outcome, grace),      "nothing counts before this day"},
    {"again_after",   &FROM_1,       OPTIONAL, INTO(file_outcome, again_after), "it happens again after so many days without"},
    {"between_looks", &schema_yes_no, OPTIONAL, INTO(file_outcome, between_looks), "a look finds what happened since the one before"},
    {"competing",     &schema_names, OPTIONAL, INTO(file_outcome, competing),  "kinds that make the event impossible"},
    {"censor",        &schema_names, OPTIONAL, INTO(file_outcome, censor),     "kinds that end observation"},
    {"death",         &AN_END,       OPTIONAL, INTO(file_outcome, ends[0]),    "competing or censor: the kind 'death'"},
    {"incarceration", &AN_END,       OPTIONAL, INTO(file_outcome, ends[1]),    "the same of the kind 'incarceration'"},
    {"transfer",      &AN_END,       OPTIONAL, INTO(file_outcome, ends[2]),    "the same of the kind 'transfer'"},
    {"because",       &schema_text,  OPTIONAL, INTO(file_outcome, outcome.because), "why death is censored"},
    EVENT_IS_KEY, LABEL_KEY, END,
};
const struct schema_type STUDY_FIRST_OF = {.kind = SCHEMA_KEYS, .expected = "an outcome", .keys = FIRST_OF_KEYS};

/* ---- yes or no --------------------------------------------------------------------------------------------- */

static const struct schema_key ANY_KEYS[] = {
    {"any",      &schema_name, REQUIRED, INTO(file_outcome, any),      "kind of evidence"},
    {"at_least", &FROM_1,      OPTIONAL, INTO(file_outcome, at_least), "on so many days"},
    {"from",     &DAY,         OPTIONAL, INTO(file_outcome, from),     "the first day that is looked at"},
    {"to",       &DAY,         OPTIONAL, INTO(file_outcome, to),       "the last day that is looked at"},
    EVENT_IS_KEY, LABEL_KEY, END,
};
const struct schema_type STUDY_ANY = {.kind = SCHEMA_KEYS, .expected = "an outcome", .keys = ANY_KEYS};

static const struct schema_key COUNT_KEYS[] = {
    {"weeks",    &WEEK_NUMBERS, REQUIRED, INTO(file_week_count, weeks),    "numbers of weeks"},
    {"at_least", &FROM_1,       OPTIONAL, INTO(file_week_count, at_least), "so many of them; default: all"},
    END,
};
static const struct schema_type WEEK_COUNT = {
    .kind = SCHEMA_KEYS, .expected = "{weeks: [...], at_least: N}", .keys = COUNT_KEYS, .short_key = "weeks"};
static const struct schema_type WEEK_COUNTS = {
    .kind = SCHEMA_LIST, .expected = "a list of {weeks: [...], at_least: N}", .each = &WEEK_COUNT,
    .size = sizeof(struct file_week_count), .at_least = 1, .or_one = true};
static const struct schema_key GOOD_WEEKS_KEYS[] = {
    {"good_weeks", &WEEK_COUNTS, REQUIRED, INTO(file_outcome, n_counts), "which weeks are good"},
    {"of",         &schema_name, REQUIRED, INTO(file_outcome, of_weeks), "the weeks, as named under 'weeks'"},
    EVENT_IS_KEY, LABEL_KEY, END,
};
const struct schema_type STUDY_GOOD_WEEKS = {.kind = SCHEMA_KEYS, .expected = "an outcome", .keys = GOOD_WEEKS_KEYS};

/* ---- completion by a named rule ------------------------------------------------------------------------------ */

static const struct schema_word COMPLETION_WORDS[] = {{"completed", COMPLETION_ALL},
                                                      {"completed_or_transferred", COMPLETION_WITH_TRANSFERS},
                                                      {"completed_v_dropout", COMPLETION_V_DROPOUT},
                                                      {"completed_v_dropout_or_terminated", COMPLETION_V_ENDED},
                                                      {NULL, 0}};
static const struct schema_type COMPLETION_RULE = {
    .kind = SCHEMA_WORD, .words = COMPLETION_WORDS,
    .expected = "completed, completed_or_transferred, completed_v_dropout or completed_v_dropout_or_terminated"};
static const struct schema_key COMPLETION_KEYS[] = {
    {"completion",  &COMPLETION_RULE, REQUIRED, INTO(file_outcome, completion),                "which rule"},
    {"reason",      &COLUMN,          REQUIRED, INTO(file_outcome, outcome.reason),            "column of the reasons"},
    {"completed",   &schema_texts,    REQUIRED, INTO(file_outcome, ended[ENDED_COMPLETED]),    "labels: completed"},
    {"transferred", &schema_texts,    OPTIONAL, INTO(file_outcome, ended[ENDED_TRANSFERRED]),  "labels: transferred"},
    {"dropped_out", &schema_texts,    REQUIRED, INTO(file_outcome, ended[ENDED_DROPPED_OUT]),  "labels: dropped out"},
    {"terminated",  &schema_texts,    OPTIONAL, INTO(file_outcome, ended[ENDED_TERMINATED]),   "labels: by the facility"},
    {"other",       &schema_texts,    OPTIONAL, INTO(file_outcome, ended[ENDED_OTHER]),        "all other labels"},
    EVENT_IS_KEY, LABEL_KEY, END,
};
const struct schema_type STUDY_COMPLETION = {.kind = SCHEMA_KEYS, .expected = "an outcome", .keys = COMPLETION_KEYS};

/* A count and its array lie side by side, as struct schema_items has them. */
#define SIDE_BY_SIDE(structure, count, array)                                                             \
    _Static_assert(offsetof(struct structure, array) - offsetof(struct structure, count) ==               \
                       offsetof(struct schema_items, items), "a count and its array")
SIDE_BY_SIDE(file_outcome, n_triggers, triggers);
SIDE_BY_SIDE(file_outcome, n_counts, counts);
