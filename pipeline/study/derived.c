/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/derived.h"

#include "study/joined.h"

#include <stdio.h>
#include <string.h>

enum kind { DAY, COUNT, YES_NO, REAL, LEVELS, ENTRY, PATH };
enum needs { NOTHING, PLAN };

static const struct derived {
    const char *name, *label, *units;
    enum kind kind;
    enum derived_known known;
    enum needs needs;
} DERIVED[] = {
    {"level", "Level of care", "", LEVELS, DERIVED_AT_ADMISSION, NOTHING},
    {"admission_day", "Admission", "", DAY, DERIVED_AT_ADMISSION, NOTHING},
    {"entered_from", "Level of care before, in the episode", "", ENTRY, DERIVED_AT_ADMISSION, NOTHING},
    {"prior_episodes", "Episodes before", "", COUNT, DERIVED_AT_ADMISSION, NOTHING},
    {"prior_stays", "Stays before", "", COUNT, DERIVED_AT_ADMISSION, NOTHING},
    {"days_since_treatment", "Days since the last episode", "days", COUNT, DERIVED_AT_ADMISSION, NOTHING},
    {"index_number", "Number of the index stay", "", COUNT, DERIVED_AT_ADMISSION, NOTHING},
    {"discharge_day", "Discharge", "", DAY, DERIVED_AT_DISCHARGE, NOTHING},
    {"stay_days", "Length of stay", "days", COUNT, DERIVED_AT_DISCHARGE, NOTHING},
    {"stay_open", "Still in the index stay at the study's end", "", YES_NO, DERIVED_AT_DISCHARGE, NOTHING},
    {"planned_share", "Length of stay, share of the planned", "", REAL, DERIVED_AT_DISCHARGE, PLAN},
    {"reached_plan", "Stayed as long as planned", "", YES_NO, DERIVED_AT_DISCHARGE, PLAN},
    {"end_days", "Days to the end of the index stay", "days", COUNT, DERIVED_LATER, NOTHING},
    {"episode_days", "Days to the end of the episode", "days", COUNT, DERIVED_LATER, NOTHING},
    {"episode_open", "Episode open at the study's end", "", YES_NO, DERIVED_LATER, NOTHING},
    {"episode_stays", "Stays of the episode", "", COUNT, DERIVED_LATER, NOTHING},
    {"episode_path", "Levels of the episode", "", PATH, DERIVED_LATER, NOTHING},
    {"last_level", "Last level of the episode", "", LEVELS, DERIVED_LATER, NOTHING},
    {"stepdown_days", "Days to a less intensive level", "days", COUNT, DERIVED_LATER, NOTHING},
    {"days_to_stepdown", "Days from time zero to a less intensive level", "days", COUNT, DERIVED_LATER, NOTHING},
    {"stepdown_7", "Step-down within 7 days", "", YES_NO, DERIVED_LATER, NOTHING},
    {"stepdown_14", "Step-down within 14 days", "", YES_NO, DERIVED_LATER, NOTHING},
    {"stepdown_30", "Step-down within 30 days", "", YES_NO, DERIVED_LATER, NOTHING},
    {"step_up", "Moved to a more intensive level", "", YES_NO, DERIVED_LATER, NOTHING},
    {"new_episode_days", "Days to a new episode", "days", COUNT, DERIVED_LATER, NOTHING},
    {"observed_days", "Days observed", "days", COUNT, DERIVED_LATER, NOTHING},
};
enum { N_DERIVED = sizeof DERIVED / sizeof DERIVED[0] };

/* Columns of which there is one a level. */
static const struct by_level {
    const char *prefix, *label, *units;
} BY_LEVEL[] = {{"days", "Days", "days"}, {"hours", "Hours", "hours"}, {"sessions", "Sessions", ""},
              {"days_to", "Days to the first later stay", "days"}};
enum { N_BY_LEVEL = sizeof BY_LEVEL / sizeof BY_LEVEL[0] };

static bool counts_days(size_t what)
{
    return BY_LEVEL[what].prefix[0] == 'd';
}

static const struct study_table *stays_of(const struct study *study)
{
    return study_find_table(study, ROLE_EPISODES);
}

static bool has_by_level(const struct study *study, size_t what)
{
    return counts_days(what) || (what == 1 ? stays_of(study)->weekly_hours.text : stays_of(study)->weekly_sessions.text) != NULL;
}

static bool is_there(const struct study *study, const struct derived *derived)
{
    return derived->needs == NOTHING || stays_of(study)->planned_days.text != NULL;
}

bool derived_has_level(const struct study *study, enum level level)
{
    for (size_t i = 0; i < study->levels.n; i++)
        if (study->levels.codes[i].level == level)
            return true;
    return study->levels.hours_given && study->levels.hours[level].given;
}

static bool days_are_dates(const struct study_table *stays)
{
    const struct codebook_column *admission =
        stays->admission.text == NULL ? NULL : codebook_find(stays->codebook, stays->admission.text);

    return admission != NULL && admission->type == VALUE_DATE;
}

static int add_column(const struct study *study, struct table *columns, const struct derived *derived)
{
    const char *entries[N_LEVELS + 1] = {"direct"};

    memcpy(entries + 1, level_names, sizeof level_names);
    switch (derived->kind) {
    case DAY:
        return table_add_column(columns, derived->name, COLUMN_INT32, 0, derived->label,
                                days_are_dates(stays_of(study)) ? "date" : "days") == NULL
                   ? -1
                   : 0;
    case COUNT:
        return table_add_column(columns, derived->name, COLUMN_INT32, 0, derived->label, derived->units) == NULL ? -1 : 0;
    case YES_NO:
        return table_add_column(columns, derived->name, COLUMN_INT8, 0, derived->label, "") == NULL ? -1 : 0;
    case REAL:
        return table_add_column(columns, derived->name, COLUMN_FLOAT64, 0, derived->label, "") == NULL ? -1 : 0;
    case LEVELS:
        return table_add_category(columns, derived->name, level_names, N_LEVELS, derived->label) == NULL ? -1 : 0;
    case ENTRY:
        return table_add_category(columns, derived->name, entries, N_LEVELS + 1, derived->label) == NULL ? -1 : 0;
    case PATH:
        return table_add_column(columns, derived->name, COLUMN_TEXT, 1, derived->label, "") == NULL ? -1 : 0;
    }
    return -1;
}

int derived_add_columns(const struct study *study, struct table *columns)
{
    for (size_t i = 0; i < N_DERIVED; i++)
        if (is_there(study, &DERIVED[i]) && table_column(columns, DERIVED[i].name) == NULL &&
            add_column(study, columns, &DERIVED[i]) != 0)
            return -1;
    for (size_t what = 0; what < N_BY_LEVEL; what++)
        for (int level = 0; has_by_level(study, what) && level < N_LEVELS; level++) {
            char name[64], label[64];
            if (!derived_has_level(study, (enum level)level))
                continue;
            snprintf(name, sizeof name, "%s_%s", BY_LEVEL[what].prefix, level_names[level]);
            snprintf(label, sizeof label, "%s at level %s", BY_LEVEL[what].label, level_names[level]);
            if (table_column(columns, name) == NULL && table_add_column(columns, name, counts_days(what) ? COLUMN_INT32 : COLUMN_FLOAT64, 0, label,
                                 BY_LEVEL[what].units) == NULL)
                return -1;
        }
    return joined_add_columns(study, columns);
}

bool derived_find(const struct study *study, const char *column, enum derived_known *known)
{
    for (size_t i = 0; i < N_DERIVED; i++)
        if (strcmp(DERIVED[i].name, column) == 0 && is_there(study, &DERIVED[i])) {
            *known = DERIVED[i].known;
            return true;
        }
    for (size_t what = 0; what < N_BY_LEVEL; what++)
        for (int level = 0; level < N_LEVELS; level++) {
            const size_t prefix = strlen(BY_LEVEL[what].prefix);
            if (strncmp(column, BY_LEVEL[what].prefix, prefix) != 0 || column[prefix] != '_' ||
                strcmp(column + prefix + 1, level_names[level]) != 0)
                continue;
            *known = DERIVED_LATER;
            return has_by_level(study, what) && derived_has_level(study, (enum level)level);
        }
    return false;
}
