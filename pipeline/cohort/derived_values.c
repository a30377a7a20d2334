/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/derived_values.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/names.h"
#include "base/threads.h"
#include "cohort/stepdown.h"
#include "episodes/stay_read.h"
#include "study/derived.h"
#include "study/joined.h"

/* ---- numbers of one index stay ------------------------------------------------------------------------------- */

typedef int64_t (*whole_number)(const struct derivation *from, size_t i);

static size_t stay_of(const struct derivation *from, size_t i)
{
    return from->index[i].stay;
}

static size_t episode_of(const struct derivation *from, size_t i)
{
    return (size_t)from->history->episode[stay_of(from, i)];
}

static int64_t since_zero(const struct derivation *from, size_t i, int32_t day)
{
    return day == DAY_UNKNOWN || from->time_zero[i] == DAY_UNKNOWN ? MISSING_INTEGER : (int64_t)day - from->time_zero[i];
}

static int64_t admission_day(const struct derivation *from, size_t i)
{
    return from->history->start[stay_of(from, i)];
}

static int64_t discharge_day(const struct derivation *from, size_t i)
{
    return from->history->end[stay_of(from, i)];
}

static int64_t prior_episodes(const struct derivation *from, size_t i)
{
    return column_integer(from->history->episode_number, episode_of(from, i)) - 1;
}

static int64_t prior_stays(const struct derivation *from, size_t i)
{
    return from->index[i].prior_stays;
}

static int64_t index_number(const struct derivation *from, size_t i)
{
    return from->index[i].number;
}

static int64_t days_since_treatment(const struct derivation *from, size_t i)
{
    return column_integer(from->history->episode_gap, episode_of(from, i));
}

static int64_t stay_length(const struct derivation *from, size_t i)
{
    const struct history *h = from->history;
    const size_t stay = stay_of(from, i);
    const int level = history_level(h, stay);

    return stay_days(h->start[stay], h->end[stay], level != LEVEL_UNKNOWN && from->study->link.inclusive[level]);
}

static int64_t stay_open(const struct derivation *from, size_t i)
{
    return from->history->open[stay_of(from, i)];
}

static double planned_share_of(const struct derivation *from, size_t i)
{
    const struct study_text *name = &study_find_table(from->study, ROLE_EPISODES)->planned_days;
    const double planned =
        column_real(table_column(from->records, name->text), derived_record(from, i));

    return planned > 0 ? (double)stay_length(from, i) / planned : NAN;
}

/* A stay that goes on when the study ends may still reach its plan. */
static int64_t reached_plan(const struct derivation *from, size_t i)
{
    const double share = planned_share_of(from, i);

    return isnan(share) ? MISSING_INTEGER : share >= 1 ? 1 : stay_open(from, i) ? MISSING_INTEGER : 0;
}

static int64_t end_days(const struct derivation *from, size_t i)
{
    return since_zero(from, i, from->history->end[stay_of(from, i)]);
}

static int64_t episode_days(const struct derivation *from, size_t i)
{
    return since_zero(from, i, (int32_t)column_integer(from->history->episode_end, episode_of(from, i)));
}

static int64_t episode_open(const struct derivation *from, size_t i)
{
    return column_integer(from->history->episode_open, episode_of(from, i));
}

static int64_t episode_stays(const struct derivation *from, size_t i)
{
    return column_integer(from->history->episode_n_stays, episode_of(from, i));
}

static int64_t new_episode_days(const struct derivation *from, size_t i)
{
    const struct history *h = from->history;
    const size_t next = episode_of(from, i) + 1;

    return next < h->episodes->n_rows && column_integer(h->episode_person, next) == column_integer(h->episode_person, next - 1)
               ? since_zero(from, i, (int32_t)column_integer(h->episode_start, next))
               : MISSING_INTEGER;
}

int32_t derived_last_day(const struct derivation *from, size_t i)
{
    const struct study_texts *ends = &from->study->cohort.follow_up_end;
    const size_t record = derived_record(from, i);
    int64_t last = from->study->cohort.follow_up_until;

    for (size_t k = 0; k < ends->n; k++) {
        const int64_t day = column_integer(table_column(from->records, ends->items[k].text), record);
        if (day != MISSING_INTEGER && day < last)
            last = day < INT32_MIN + 1 ? INT32_MIN + 1 : day;
    }
    return (int32_t)last;
}

static int64_t observed_days(const struct derivation *from, size_t i)
{
    const int64_t days = since_zero(from, i, derived_last_day(from, i));

    return days == MISSING_INTEGER || days < 0 ? MISSING_INTEGER : days;
}

/* ---- step-down and step-up from the index stay ------------------------------------------------------------------ */

static int64_t stepdown_days(const struct derivation *from, size_t i)
{
    const int64_t days = stepdown_find(from->history, stay_of(from, i));

    return days < 0 ? MISSING_INTEGER : days;
}

static int64_t days_to_stepdown(const struct derivation *from, size_t i)
{
    const int64_t days = stepdown_find(from->history, stay_of(from, i));

    return days < 0 ? MISSING_INTEGER : days + end_days(from, i);
}

static int64_t seen_within(const struct derivation *from, size_t i, int32_t limit)
{
    return stepdown_within(from->history, stay_of(from, i), limit, derived_last_day(from, i));
}

static int64_t stepdown_7(const struct derivation *from, size_t i)
{
    return seen_within(from, i, 7);
}

static int64_t stepdown_14(const struct derivation *from, size_t i)
{
    return seen_within(from, i, 14);
}

static int64_t stepdown_30(const struct derivation *from, size_t i)
{
    return seen_within(from, i, 30);
}

static int64_t step_up(const struct derivation *from, size_t i)
{
    const struct history *h = from->history;
    const size_t index = stay_of(from, i);

    for (size_t k = index + 1; k < h->n_stays && h->episode[k] == h->episode[index]; k++)
        if (history_is_kept(h, k) && history_level(h, k) < history_level(h, index))
            return 1;
    return 0;
}

/* ---- codes and texts ----------------------------------------------------------------------------------------------- */

static int64_t level_code(const struct derivation *from, size_t i)
{
    const int8_t level = from->history->level[stay_of(from, i)];

    return level < 0 ? MISSING_CODE : level;
}

/* 0: direct; 1 + level of the stay before it in the episode. */
static int64_t entered_from(const struct derivation *from, size_t i)
{
    const struct history *h = from->history;
    const size_t index = stay_of(from, i);

    for (size_t k = index; k > 0 && h->episode[k - 1] == h->episode[index]; k--)
        if (history_is_kept(h, k - 1))
            return h->level[k - 1] < 0 ? MISSING_CODE : h->level[k - 1] + 1;
    return 0;
}

static int64_t last_level(const struct derivation *from, size_t i)
{
    const struct history *h = from->history;

    return column_code(h->path_last_level, (size_t)column_integer(h->episode_path, episode_of(from, i)));
}

static const struct {
    const char *name;
    whole_number of;
    const char *needs; /* columns of table episodes, with blanks between; NULL: none */
} WHOLE[] = {
    {"level", level_code, NULL},
    {"admission_day", admission_day, NULL},
    {"entered_from", entered_from, NULL},
    {"prior_episodes", prior_episodes, "number"},
    {"prior_stays", prior_stays, NULL},
    {"days_since_treatment", days_since_treatment, "gap"},
    {"index_number", index_number, NULL},
    {"discharge_day", discharge_day, NULL},
    {"stay_days", stay_length, NULL},
    {"stay_open", stay_open, NULL},
    {"reached_plan", reached_plan, NULL},
    {"end_days", end_days, NULL},
    {"episode_days", episode_days, "end"},
    {"episode_open", episode_open, "open"},
    {"episode_stays", episode_stays, "n_stays"},
    {"last_level", last_level, "path"},
    {"stepdown_days", stepdown_days, NULL},
    {"days_to_stepdown", days_to_stepdown, NULL},
    {"stepdown_7", stepdown_7, NULL},
    {"stepdown_14", stepdown_14, NULL},
    {"stepdown_30", stepdown_30, NULL},
    {"step_up", step_up, NULL},
    {"new_episode_days", new_episode_days, "person start"},
    {"observed_days", observed_days, NULL},
};

static whole_number find_whole(const char *name)
{
    for (size_t k = 0; k < sizeof WHOLE / sizeof WHOLE[0]; k++)
        if (strcmp(WHOLE[k].name, name) == 0)
            return WHOLE[k].of;
    return NULL;
}

/* ---- columns ----------------------------------------------------------------------------------------------------------- */

static void fill_path(const struct derivation *from, struct column *column, size_t first, size_t end)
{
    const struct column *path = table_column(from->history->paths, "path");
    const struct column *number = from->history->episode_path;

    for (size_t i = first; i < end; i++) {
        size_t length;
        const char *text = column_text(path, (size_t)column_integer(number, episode_of(from, i)), &length);
        column_set_text(column, i, text, length);
    }
}

/* Columns of table episodes that are taken as they are: days_iop, hours_iop, ... */
static void copy_from_episodes(const struct derivation *from, struct column *column, size_t first, size_t end)
{
    const struct column *of = table_column(from->history->episodes, column->name);

    for (size_t i = first; i < end; i++)
        if (column->type == COLUMN_FLOAT64)
            column_set_real(column, i, column_real(of, episode_of(from, i)));
        else
            column_set_integer(column, i, column_integer(of, episode_of(from, i)));
}

/* Of the person's row in `clients`, where there is one; the others stay missing. */
static void copy_joined(const struct derivation *from, const struct column *joined, struct column *column, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++)
        if (from->client[i] != JOINED_NONE)
            memcpy((char *)column->values + i * column->width, (const char *)joined->values + from->client[i] * joined->width,
                   column->width);
}

static const struct column *joined_values(const struct derivation *from, const char *name)
{
    return from->clients == NULL || joined_column(from->study, name) == NULL ? NULL : table_column(from->clients, name);
}

static const char TO_LEVEL[] = "days_to_";

static bool is_to_level(const char *name)
{
    return strncmp(name, TO_LEVEL, sizeof TO_LEVEL - 1) == 0 && find_whole(name) == NULL;
}

/* The first later stay at that level, in this episode or another. */
static void fill_days_to(const struct derivation *from, struct column *column, size_t first, size_t end)
{
    const struct history *h = from->history;
    int level = 0;

    while (strcmp(level_names[level], column->name + sizeof TO_LEVEL - 1) != 0)
        level++;
    for (size_t i = first; i < end; i++) {
        const size_t index = stay_of(from, i);
        int64_t days = MISSING_INTEGER;
        for (size_t k = index + 1; days == MISSING_INTEGER && k < h->n_stays && h->person[k] == h->person[index]; k++)
            if (history_is_kept(h, k) && history_level(h, k) == level)
                days = since_zero(from, i, h->start[k]);
        column_set_integer(column, i, days);
    }
}

static void fill(const struct derivation *from, struct column *column, size_t first, size_t end)
{
    const whole_number of = find_whole(column->name);
    const struct column *const joined = joined_values(from, column->name);

    if (joined != NULL)
        copy_joined(from, joined, column, first, end);
    else if (of != NULL && column->type == COLUMN_CATEGORY)
        for (size_t i = first; i < end; i++)
            column_set_code(column, i, (int32_t)of(from, i));
    else if (of != NULL)
        for (size_t i = first; i < end; i++)
            column_set_integer(column, i, of(from, i));
    else if (strcmp(column->name, "planned_share") == 0)
        for (size_t i = first; i < end; i++)
            column_set_real(column, i, planned_share_of(from, i));
    else if (column->type == COLUMN_TEXT)
        fill_path(from, column, first, end);
    else if (is_to_level(column->name))
        fill_days_to(from, column, first, end);
    else
        copy_from_episodes(from, column, first, end);
}

static int add_like(struct table *table, const struct column *column, size_t text_width)
{
    if (column->type == COLUMN_CATEGORY)
        return table_add_category(table, column->name, (const char *const *)column->labels, column->n_labels,
                                  column->label) == NULL
                   ? -1
                   : 0;
    return table_add_column(table, column->name, column->type, column->type == COLUMN_TEXT ? text_width : column->width,
                            column->label, column->units) == NULL
               ? -1
               : 0;
}

enum { PIECE = 65536 }; /* index stays */

struct filling {
    const struct derivation *from;
    struct table *table;
};

/* A piece of one column. */
static int fill_piece(void *context, size_t k)
{
    const struct filling *const filling = context;
    const size_t first = k / filling->table->n_columns * PIECE, n = filling->from->n;

    fill(filling->from, &filling->table->columns[k % filling->table->n_columns], first, n - first < PIECE ? n : first + PIECE);
    return 0;
}

struct table *derived_compute(const struct derivation *from, const char *const *names, int n_threads)
{
    struct table *all = table_alloc("derived", ""), *table = table_alloc("derived", "What linking tells of index stays");
    int status = all == NULL || table == NULL ? -1 : derived_add_columns(from->study, all);

    for (size_t k = 0; status == 0 && names != NULL && names[k] != NULL; k++) {
        const struct column *column = table_column(all, names[k]), *joined = joined_values(from, names[k]);
        if (joined != NULL)
            status = add_like(table, joined, joined->width);
        else if (column != NULL)
            status = add_like(table, column, table_column(from->history->paths, "path")->width);
    }
    if (status == 0)
        status = table_resize(table, from->n);
    if (status == 0)
        status = threads_run((from->n + PIECE - 1) / PIECE * table->n_columns, n_threads, fill_piece,
                             &(struct filling){from, table});
    table_free(all);
    if (status == 0)
        return table;
    table_free(table);
    return NULL;
}

int derived_source_columns(const struct study *study, const char *const *derived, char ***names)
{
    int status = names_add(names, study_find_table(study, ROLE_EPISODES)->planned_days.text);

    if (status == 0)
        status = joined_source_columns(study, derived, names);

    for (size_t i = 0; status == 0 && i < study->cohort.follow_up_end.n; i++)
        status = names_add(names, study->cohort.follow_up_end.items[i].text);
    return status;
}

static int add_words(char ***names, const char *words)
{
    char *copy = copy_text(words), *rest = copy, *word;
    int status = copy == NULL ? -1 : 0;

    while (status == 0 && (word = strsep(&rest, " ")) != NULL)
        status = names_add(names, word);
    free(copy);
    return status;
}

int derived_episode_columns(const struct study *study, const char *const *derived, char ***names)
{
    for (size_t i = 0; derived[i] != NULL; i++) {
        const char *needs = strcmp(derived[i], "episode_path") == 0 ? "path" : NULL;
        bool whole = false;
        for (size_t k = 0; k < sizeof WHOLE / sizeof WHOLE[0]; k++)
            if (strcmp(WHOLE[k].name, derived[i]) == 0) {
                whole = true;
                needs = WHOLE[k].needs;
            }
        if (joined_column(study, derived[i]) != NULL)
            continue;
        /* What is no number of an index stay is copied from the episode: days_iop, hours_iop, ... */
        if (!whole && needs == NULL && strcmp(derived[i], "planned_share") != 0 && !is_to_level(derived[i]))
            needs = derived[i];
        if (needs != NULL && add_words(names, needs) != 0)
            return -1;
    }
    return 0;
}
