/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "episodes/tables.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "episodes/fates.h"
#include "episodes/moves.h"
#include "episodes/path.h"
#include "study/derived.h"

static const char *day_units(const struct study *study)
{
    const struct study_table *stays = study_find_table(study, ROLE_EPISODES);

    return codebook_find(stays->codebook, stays->admission.text)->type == VALUE_DATE ? "date" : "days";
}

static int add_integer(struct table *table, const char *name, enum column_type type, const char *label, const char *units)
{
    return table_add_column(table, name, type, 0, label, units) == NULL ? -1 : 0;
}

static int add_level(struct table *table, const char *name, const char *label)
{
    return table_add_category(table, name, level_names, N_LEVELS, label) == NULL ? -1 : 0;
}

/* Every cell will be written, so none is made missing first: that would touch all of the memory twice. */
static struct table *finish(struct table *table, int status, size_t n_rows)
{
    if (status == 0 && table_reserve(table, n_rows) == 0) {
        table->n_rows = n_rows;
        return table;
    }
    table_free(table);
    return NULL;
}

struct table *stays_alloc(const struct study *study, size_t n_rows)
{
    struct table *stays = table_alloc("stays", "What became of each record");
    const char *units = day_units(study);
    int status = stays == NULL || add_integer(stays, "record", COLUMN_INT32, "Row of the source", "") != 0 ||
                         add_integer(stays, "person", COLUMN_INT32, "Person", "") != 0 ||
                         add_integer(stays, "episode", COLUMN_INT32, "Row of table episodes", "") != 0 ||
                         table_add_category(stays, "fate", fate_names, N_FATES, "What became of it") == NULL ||
                         add_level(stays, "level", "Level of care") != 0 ||
                         add_integer(stays, "start", COLUMN_INT32, "First day", units) != 0 ||
                         add_integer(stays, "end", COLUMN_INT32, "Last day", units) != 0 ||
                         add_integer(stays, "open", COLUMN_INT8, "Not ended at the study's end", "") != 0
                     ? -1
                     : 0;

    return finish(stays, status, n_rows);
}

struct stay_columns stay_columns_of(const struct table *stays)
{
    return (struct stay_columns){.record = table_column(stays, "record")->values,
                                 .person = table_column(stays, "person")->values,
                                 .episode = table_column(stays, "episode")->values,
                                 .start = table_column(stays, "start")->values,
                                 .end = table_column(stays, "end")->values,
                                 .fate = table_column(stays, "fate")->values,
                                 .level = table_column(stays, "level")->values,
                                 .open = table_column(stays, "open")->values};
}

void stay_columns_fill(const struct stay_columns *columns, size_t row, const struct stay *stay, int32_t record)
{
    columns->record[row] = record;
    columns->fate[row] = (int8_t)stay->fate;
    columns->level[row] = stay->level == LEVEL_UNKNOWN ? (int8_t)MISSING_CODE : (int8_t)stay->level;
    columns->start[row] = stay->start;
    columns->end[row] = stay->end;
    columns->open[row] = stay->open;
}

char *level_column_name(const char *prefix, enum level level)
{
    return format_text("%s_%s", prefix, level_names[level]);
}

static int add_by_level(const struct study *study, struct table *table, const char *prefix, enum column_type type,
                        const char *units)
{
    for (int level = 0; level < N_LEVELS; level++) {
        char *name = derived_has_level(study, (enum level)level) ? level_column_name(prefix, (enum level)level) : NULL;
        const int status = name == NULL ? 0 : add_integer(table, name, type, name, units);
        free(name);
        if (status != 0)
            return -1;
    }
    return 0;
}

struct table *episodes_alloc(const struct study *study, const struct column *reason, size_t n_rows)
{
    const struct study_table *source = study_find_table(study, ROLE_EPISODES);
    struct table *episodes = table_alloc("episodes", "Episodes of care");
    const char *units = day_units(study);
    int status = episodes == NULL || add_integer(episodes, "person", COLUMN_INT32, "Person", "") != 0 ||
                         add_integer(episodes, "number", COLUMN_INT32, "Number of the person's episode", "") != 0 ||
                         add_integer(episodes, "start", COLUMN_INT32, "First day", units) != 0 ||
                         add_integer(episodes, "end", COLUMN_INT32, "Last day", units) != 0 ||
                         add_integer(episodes, "open", COLUMN_INT8, "Not ended at the study's end", "") != 0 ||
                         add_integer(episodes, "n_stays", COLUMN_INT32, "Stays", "") != 0 ||
                         add_integer(episodes, "path", COLUMN_INT32, "Row of table paths", "") != 0 ||
                         add_integer(episodes, "gap", COLUMN_INT32, "Days since the episode before", "days") != 0 ||
                         add_integer(episodes, "stepdown_days", COLUMN_INT32, "Days to a less intensive level", "days") != 0
                     ? -1
                     : 0;

    if (status == 0 && reason != NULL &&
        table_add_category(episodes, "reason", (const char *const *)reason->labels, reason->n_labels, reason->label) == NULL)
        status = -1;
    if (status == 0)
        status = add_by_level(study, episodes, "days", COLUMN_INT32, "days");
    if (status == 0 && source->weekly_hours.text != NULL)
        status = add_by_level(study, episodes, "hours", COLUMN_FLOAT64, "hours");
    if (status == 0 && source->weekly_sessions.text != NULL)
        status = add_by_level(study, episodes, "sessions", COLUMN_FLOAT64, "");
    return finish(episodes, status, n_rows);
}

char *path_text(const uint8_t *levels, size_t length)
{
    static const char more[] = ">...";
    const size_t whole = length;
    size_t size = sizeof more;
    char *text, *at;

    if (length > PATH_SHOWN)
        length = PATH_SHOWN;
    for (size_t i = 0; i < length; i++)
        size += strlen(move_end_name(levels[i])) + 1;
    if ((text = at = allocate(size, 1)) == NULL)
        return NULL;
    for (size_t i = 0; i < length; i++) {
        if (i > 0)
            *at++ = '>';
        at = stpcpy(at, move_end_name(levels[i]));
    }
    if (whole > length)
        stpcpy(at, more);
    return text;
}

static int32_t level_code(uint8_t level)
{
    return level < N_LEVELS ? level : MISSING_CODE;
}

struct table *paths_table(const struct path_set *paths)
{
    struct table *table = table_alloc("paths", "Ways through the levels of care");
    int status = table == NULL || table_add_column(table, "path", COLUMN_TEXT, 1, "Path", "") == NULL ||
                         add_level(table, "first_level", "First level of care") != 0 ||
                         add_level(table, "last_level", "Last level of care") != 0 ||
                         add_integer(table, "step_up", COLUMN_INT8, "Moves to a more intensive level", "") != 0 ||
                         add_integer(table, "n", COLUMN_INT64, "Episodes", "") != 0 ||
                         add_integer(table, "n_open", COLUMN_INT64, "Open at the study's end", "") != 0
                     ? -1
                     : 0;

    for (size_t i = 0; status == 0 && i < paths->n; i++) {
        const uint8_t *levels = paths->items[i].levels;
        const size_t length = paths->items[i].length;
        char *text = path_text(levels, length);
        struct row_builder row = table_new_row(table);
        row_text(&row, "path", text == NULL ? "" : text);
        column_set_code(table_column(table, "first_level"), row.row, level_code(levels[0]));
        column_set_code(table_column(table, "last_level"), row.row, level_code(levels[length - 1]));
        row_integer(&row, "step_up", path_steps_up(levels, length));
        row_integer(&row, "n", paths->items[i].n_episodes);
        row_integer(&row, "n_open", paths->items[i].n_open);
        status = row_end(&row) != 0 || text == NULL ? -1 : 0;
        free(text);
    }
    return finish(table, status, paths->n);
}

struct table *fates_table(const int64_t *counts)
{
    struct table *table = table_alloc("fates", "What became of the records");
    int status = table == NULL || table_add_column(table, "fate", COLUMN_TEXT, 1, "What became of it", "") == NULL ||
                         add_integer(table, "n", COLUMN_INT64, "Records", "") != 0
                     ? -1
                     : 0;

    for (int fate = 0; status == 0 && fate < N_FATES; fate++) {
        struct row_builder row = table_new_row(table);
        row_text(&row, "fate", fate_names[fate]);
        row_integer(&row, "n", counts[fate]);
        status = row_end(&row);
    }
    return finish(table, status, N_FATES);
}
