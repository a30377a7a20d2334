/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of `dashboard`. */
#include "study/study_file.h"

enum { DAY_NUMBER_MAX = 1000000 };

#define OPTIONAL SCHEMA_OPTIONAL
#define REQUIRED SCHEMA_REQUIRED
#define END {NULL, NULL, SCHEMA_OPTIONAL, 0, NULL}

static const struct schema_type COLUMN = {.kind = SCHEMA_COLUMN, .expected = "the name of a column"};
static const struct schema_type DAY = {
    .kind = SCHEMA_NUMBER, .expected = "a day (whole, from 0)", .high = DAY_NUMBER_MAX, .whole = true};

static const struct schema_word SHARES[] = {{"event", 1}, {"no_event", 2}, {NULL, 0}};
static const struct schema_type SHARE = {.kind = SCHEMA_WORD, .expected = "event or no_event", .words = SHARES};

static const struct schema_word CHARTS[] = {{"p", CHART_P}, {"laney_p", CHART_LANEY_P}, {"u", CHART_U}, {"laney_u", CHART_LANEY_U},
                                            {"run", CHART_RUN}, {NULL, 0}};
static const struct schema_type CHART = {.kind = SCHEMA_WORD, .expected = "p, laney_p, u, laney_u or run", .words = CHARTS};

static const struct schema_key MEASURE_KEYS[] = {
    {"outcome", &schema_name, REQUIRED, INTO(file_dashboard_measure, outcome), "which outcome"},
    {"at",      &DAY,         OPTIONAL, INTO(file_dashboard_measure, at),      "by which day"},
    {"share",   &SHARE,       OPTIONAL, INTO(file_dashboard_measure, share),   "of whom: event or no_event"},
    {"label",   &schema_text, OPTIONAL, INTO(file_dashboard_measure, label),   "what a reader calls it"},
    {"chart",   &CHART,       OPTIONAL, INTO(file_dashboard_measure, chart),   "its chart over periods"},
    END,
};
static const struct schema_type MEASURE = {.kind = SCHEMA_KEYS, .expected = "{outcome: ..., at: ...}", .keys = MEASURE_KEYS,
                                           .place = PLACE(file_dashboard_measure, place)};
static const struct schema_type MEASURES = {.kind = SCHEMA_LIST, .expected = "a list of measures", .each = &MEASURE,
                                            .size = sizeof(struct file_dashboard_measure), .at_least = 1, .at_most = 32};

static const struct schema_word RULES[] = {
    {"beyond", RULE_BEYOND}, {"run", RULE_RUN}, {"trend", RULE_TREND}, {"near", RULE_NEAR}, {NULL, 0}};
static const struct schema_type RULE = {.kind = SCHEMA_WORD, .expected = "beyond, run, trend or near", .words = RULES};
static const struct schema_type RULE_LIST = {.kind = SCHEMA_LIST, .expected = "a list of rules", .each = &RULE, .or_one = true,
                                             .size = sizeof(struct study_choice), .at_least = 1, .at_most = 4};
static const struct schema_type POINTS = {
    .kind = SCHEMA_NUMBER, .expected = "a number of points (whole, from 3 to 30)", .low = 3, .high = 30, .whole = true};

static const struct schema_key REBASE_KEYS[] = {
    {"from",       &schema_date,  REQUIRED, INTO(file_rebase, from),       "a day in the first period of the new phase"},
    {"because",    &schema_text,  REQUIRED, INTO(file_rebase, because),    "what was changed"},
    {"freeze",     &schema_date,  OPTIONAL, INTO(file_rebase, freeze),     "a day in the last period that its limits are taken from"},
    {"outcome",    &schema_name,  OPTIONAL, INTO(file_rebase, outcome),    "of which outcome alone"},
    {"programmes", &schema_texts, OPTIONAL, INTO(file_rebase, programmes), "of which programmes alone"},
    END,
};
static const struct schema_type REBASE = {.kind = SCHEMA_KEYS, .expected = "{from: DATE, because: ...}", .keys = REBASE_KEYS,
                                          .place = PLACE(file_rebase, place)};
static const struct schema_type REBASES = {.kind = SCHEMA_LIST, .expected = "a list of phases", .each = &REBASE, .or_one = true,
                                           .size = sizeof(struct file_rebase), .at_least = 1, .at_most = 64};

static const struct schema_key CHARTS_KEYS[] = {
    {"freeze", &schema_date, OPTIONAL, INTO(file_charts, freeze),    "a day in the last period that limits are taken from"},
    {"rebase", &REBASES,     OPTIONAL, INTO(file_charts, n_rebases), "where a new phase begins"},
    {"rules",  &RULE_LIST,   OPTIONAL, INTO(file_charts, n_rules),   "which signals are told"},
    {"run",    &POINTS,      OPTIONAL, INTO(file_charts, run),       "points on one side of the centre that are a signal"},
    {"trend",  &POINTS,      OPTIONAL, INTO(file_charts, trend),     "rising or falling points that are a signal"},
    END,
};
static const struct schema_type CHARTS_TYPE = {.kind = SCHEMA_KEYS, .expected = "{freeze: DATE, rebase: [...], ...}",
                                               .keys = CHARTS_KEYS, .place = PLACE(file_charts, place)};

static const struct schema_word PERIODS[] = {
    {"month", PERIOD_MONTH}, {"quarter", PERIOD_QUARTER}, {"year", PERIOD_YEAR}, {NULL, 0}};
static const struct schema_type PERIOD = {.kind = SCHEMA_WORD, .expected = "month, quarter or year", .words = PERIODS};

static const struct schema_word SPREADS[] = {{"none", SPREAD_NONE}, {"multiplicative", SPREAD_MULTIPLICATIVE},
                                             {"additive", SPREAD_ADDITIVE}, {NULL, 0}};
static const struct schema_type SPREAD = {
    .kind = SCHEMA_WORD, .expected = "none, multiplicative or additive", .words = SPREADS};

static const struct schema_key DASHBOARD_KEYS[] = {
    {"by",             &COLUMN,       OPTIONAL, INTO(file_dashboard, by),         "column of the programme"},
    {"period",         &PERIOD,       OPTIONAL, INTO(file_dashboard, period),     "month, quarter or year"},
    {"date",           &COLUMN,       OPTIONAL, INTO(file_dashboard, date),       "column of the date that periods are of"},
    {"population",     &schema_name,  OPTIONAL, INTO(file_dashboard, population), "whose numbers"},
    {"adjust",         &schema_texts, OPTIONAL, INTO(file_dashboard, adjust),     "covariates of what is expected"},
    {"overdispersion", &SPREAD,       OPTIONAL, INTO(file_dashboard, spread),     "more than chance between programmes"},
    {"charts",         &CHARTS_TYPE,  OPTIONAL, INTO(file_dashboard, charts),     "control charts over periods"},
    {"measures",       &MEASURES,     REQUIRED, INTO(file_dashboard, n_measures), "what is shown"},
    END,
};
const struct schema_type STUDY_DASHBOARD = {.kind = SCHEMA_KEYS, .expected = "{measures: [...], ...}", .keys = DASHBOARD_KEYS,
                                            .place = PLACE(file_dashboard, place)};

_Static_assert(offsetof(struct file_dashboard, measures) - offsetof(struct file_dashboard, n_measures) ==
                   offsetof(struct schema_items, items), "a count and its array");
_Static_assert(offsetof(struct file_charts, rules) - offsetof(struct file_charts, n_rules) ==
                   offsetof(struct schema_items, items), "a count and its array");
_Static_assert(offsetof(struct file_charts, rebases) - offsetof(struct file_charts, n_rebases) ==
                   offsetof(struct schema_items, items), "a count and its array");
