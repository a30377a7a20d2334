/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of stays: their columns, `levels`, `level_hours`, `link`. */
#include <string.h>

#include "study/derived.h"
#include "study/joined.h"
#include "study/study_file.h"

enum { USUAL_GAP = 30, USUAL_TRANSFER = 1, ANY_OVERLAP = -1 };

bool study_is_linked(const struct study *study)
{
    const struct study_table *stays = study_find_table(study, ROLE_EPISODES);

    return stays != NULL && stays->person.text != NULL && study_main_table(study) == stays;
}

struct table *study_columns(const struct study *study, const char *table_name)
{
    struct table *columns = study_table_schema(study, study_main_table(study), table_name);

    if (columns == NULL || !study_is_linked(study) || derived_add_columns(study, columns) == 0)
        return columns;
    table_free(columns);
    return NULL;
}

/* ---- columns of the stays ------------------------------------------------------------------------------- */

static void need(const struct study_checker *checker, const struct study_table *stays, const struct study_text *given,
                 const char *what)
{
    if (given->text == NULL)
        mistake(checker->mistakes, stays->place, "tables: episodes: missing key %s", what);
}

/* Day columns must be of one kind, or gaps between them mean nothing. */
void check_same_kind(const struct study_checker *checker, const struct study_table *stays, const char *key,
                            const struct study_text *other)
{
    const struct codebook_column *admission = NULL, *column = NULL;

    if (stays->admission.text == NULL || other->text == NULL || stays->codebook == NULL)
        return;
    admission = codebook_find(stays->codebook, stays->admission.text);
    column = codebook_find(stays->codebook, other->text);
    if (admission != NULL && column != NULL && (admission->type == VALUE_DATE) != (column->type == VALUE_DATE))
        mistake(checker->mistakes, other->place, "%s: column '%s' holds %s, but 'admission' holds %s", key, column->name,
                column->type == VALUE_DATE ? "dates" : "numbers", admission->type == VALUE_DATE ? "dates" : "numbers");
}

static void check_stays(const struct study_checker *checker, const struct study_table *stays)
{
    need(checker, stays, &stays->admission, "'admission': the column of the first day of a stay");
    need(checker, stays, &stays->discharge, "'discharge': the column of the last day of a stay");
    check_column(checker, "admission", &stays->admission, KIND_DAY);
    check_column(checker, "discharge", &stays->discharge, KIND_DAY);
    check_column(checker, "last_contact", &stays->last_contact, KIND_DAY);
    check_same_kind(checker, stays, "discharge", &stays->discharge);
    check_same_kind(checker, stays, "last_contact", &stays->last_contact);
    check_column(checker, "reason", &stays->reason, KIND_CATEGORY);
    check_column(checker, "planned_days", &stays->planned_days, KIND_NUMBER);
    check_column(checker, "weekly_hours", &stays->weekly_hours, KIND_NUMBER);
    check_column(checker, "weekly_sessions", &stays->weekly_sessions, KIND_NUMBER);
    for (size_t i = 0; i < stays->constant.n; i++)
        check_column(checker, "constant", &stays->constant.items[i], KIND_INTEGER | KIND_CATEGORY | KIND_TEXT | KIND_DATE);
    check_doubled(checker, "constant", &stays->constant);
    if (stays->weight.text != NULL)
        mistake(checker->mistakes, stays->weight.place,
                "weight: a row of linked stays is one stay; counted rows belong under 'tables: clients:'");
}

/* A key or a derived name that stands for a source without persons. */
static void refuse_linkage(const struct study_checker *checker, struct study_place place, const char *key)
{
    mistake(checker->mistakes, place,
            "%s: needs the stays of a person together: 'tables: episodes:' with a 'person' column; without one 'tables: "
            "clients:' gives completion, length of stay and retention of single discharges, but no episodes, step-down, "
            "prior treatment or readmission",
            key);
}

/* ---- levels ------------------------------------------------------------------------------------------------ */

static const struct column *level_column(const struct study_checker *checker, const struct study_text *name)
{
    const size_t before = mistakes_count(checker->mistakes);

    check_column(checker, "levels", name, KIND_CATEGORY | KIND_INTEGER);
    return checker->columns == NULL || mistakes_count(checker->mistakes) != before
               ? NULL
               : table_column(checker->columns, name->text);
}

/* The label that records hold: the text itself, or the label of this code in the codebook. */
static const char *label_of(const struct codebook_column *declared, const struct column *column, const char *code)
{
    for (size_t i = 0; i < column->n_labels; i++)
        if (strcmp(column->labels[i], code) == 0)
            return code;
    for (size_t i = 0; i < declared->n_codes; i++)
        if (strcmp(declared->codes[i], code) == 0)
            return declared->labels[i];
    return column->n_labels == 0 ? code : NULL;
}

static void check_all_mapped(const struct study_checker *checker, const struct study_levels *levels,
                             const struct column *column)
{
    for (size_t i = 0; i < column->n_labels; i++) {
        bool mapped = false;
        for (size_t k = 0; k < levels->n; k++)
            mapped |= strcmp(levels->codes[k].code.text, column->labels[i]) == 0;
        if (!mapped)
            mistake(checker->mistakes, levels->column.place,
                    "levels: label '%s' of column '%s' has no level; write 'none' for what is no treatment",
                    shown(checker->mistakes, column->labels[i]), column->name);
    }
}

/* A label may be named by itself and by its code: not by both. */
static bool is_mapped_before(const struct study_checker *checker, const struct study_levels *levels,
                             const struct study_text *written, const char *label)
{
    for (size_t i = 0; i < levels->n; i++)
        if (strcmp(levels->codes[i].code.text, label) == 0) {
            mistake(checker->mistakes, written->place, "levels: '%s' has a level already, at %zu:%zu",
                    shown(checker->mistakes, written->text), levels->codes[i].code.place.line,
                    levels->codes[i].code.place.column);
            return true;
        }
    return false;
}

static int check_levels(const struct study_checker *checker)
{
    struct study_levels *levels = &checker->study->levels;
    const struct file_level_map *map = &checker->file->level_maps[0];
    const struct codebook *codebook = study_main_table(checker->study)->codebook;
    const struct column *column;

    levels->column = map->column;
    if ((levels->codes = arena_take(checker->arena, map->n, sizeof *levels->codes)) == NULL)
        return -1;
    column = level_column(checker, &map->column);
    for (size_t i = 0; i < map->n; i++) {
        const struct file_level_code *written = &map->codes[i];
        struct study_level_code *code = &levels->codes[levels->n];
        const char *label = written->code.text;
        if (written->level.word.text == NULL)
            continue; /* noted */
        if (column != NULL && column->type == COLUMN_CATEGORY &&
            (label = label_of(codebook_find(codebook, column->name), column, label)) == NULL) {
            mistake(checker->mistakes, written->code.place, "levels: column '%s' has no label or code '%s'%s",
                    column->name, shown(checker->mistakes, written->code.text),
                    did_you_mean(checker->mistakes, written->code.text, (const char *const *)column->labels,
                                 column->n_labels));
            continue;
        }
        if (is_mapped_before(checker, levels, &written->code, label))
            continue;
        *code = (struct study_level_code){written->code, (enum level)written->level.value};
        if ((code->code.text = arena_text(checker->arena, label, strlen(label))) == NULL)
            return -1;
        levels->n++;
    }
    if (column != NULL && levels->n == map->n)
        check_all_mapped(checker, levels, column);
    return 0;
}

static void check_hours(const struct study_checker *checker)
{
    struct study_levels *levels = &checker->study->levels;
    const struct study_table *stays = study_find_table(checker->study, ROLE_EPISODES);

    for (size_t i = 0; i < checker->file->n_level_hours; i++) {
        const struct file_level_hours *written = &checker->file->level_hours[i];
        int level = 0;
        while (level < N_LEVELS && strcmp(level_names[level], written->level.text) != 0)
            level++;
        if (level == N_LEVELS) {
            mistake(checker->mistakes, written->level.place, "level_hours: there is no level of care '%s'%s",
                    shown(checker->mistakes, written->level.text),
                    did_you_mean(checker->mistakes, written->level.text, level_names, N_LEVELS));
            continue;
        }
        if (written->bounds.n != 2 || written->bounds.values[0] >= written->bounds.values[1]) {
            if (written->bounds.place.line != 0)
                mistake(checker->mistakes, written->bounds.place,
                        "level_hours: %s: [LOW, HIGH] with LOW < HIGH was expected", written->level.text);
            continue;
        }
        levels->hours[level] = (struct study_hours){true, written->bounds.values[0], written->bounds.values[1]};
        levels->hours_given = true;
        for (int other = 0; other < N_LEVELS; other++)
            if (other != level && levels->hours[other].given && levels->hours[other].low < levels->hours[level].high &&
                levels->hours[level].low < levels->hours[other].high)
                mistake(checker->mistakes, written->bounds.place, "level_hours: the hours of %s and %s overlap",
                        level_names[other], level_names[level]);
    }
    if (checker->file->n_level_hours > 0 && (stays == NULL || stays->weekly_hours.text == NULL))
        mistake(checker->mistakes, checker->file->level_hours[0].level.place,
                "level_hours: needs 'weekly_hours', the column of hours a week, under 'tables: episodes:'");
}

/* ---- link ------------------------------------------------------------------- */

void mark_levels(bool marked[N_LEVELS], const struct file_choices *choices)
{
    for (size_t i = 0; i < choices->n; i++)
        marked[choices->items[i].value] = true;
}

int64_t whole_or(const struct study_number *number, int64_t otherwise)
{
    return number->given ? (int64_t)number->value : otherwise;
}

static void check_link(const struct study_checker *checker)
{
    const struct file_link *written = &checker->file->link;
    struct study_link *link = &checker->study->link;

    link->place = written->place;
    link->gap_days = whole_or(&written->gap_days, USUAL_GAP);
    link->transfer_days = whole_or(&written->transfer_days, USUAL_TRANSFER);
    link->overlap_days = whole_or(&written->overlap_days, ANY_OVERLAP);
    mark_levels(link->inclusive, &written->inclusive_days);
}

/* ---- all of it ----------------------------------------------------------------------------------------------- */

/* What only linked stays can answer is refused for any other source, each key at its place. */
static void refuse_keys(const struct study_checker *checker)
{
    const struct study_file *file = checker->file;
    const struct study *study = checker->study;

    if (study->n_tables > 0 && study->tables[0].role == ROLE_EPISODES)
        refuse_linkage(checker, study->tables[0].place, "tables: episodes");
    if (file->n_level_maps > 0)
        refuse_linkage(checker, file->level_maps[0].column.place, "levels");
    if (file->link.place.line != 0)
        refuse_linkage(checker, file->link.place, "link");
    if (file->index.place.line != 0)
        refuse_linkage(checker, file->index.place, "index");
    if (file->time_zero.place.line != 0 && file->time_zero.column.text == NULL)
        refuse_linkage(checker, file->time_zero.place, "time_zero");
    study_check_time_zero(checker);
    if (study->cohort.follow_up_until_text.text != NULL)
        refuse_linkage(checker, study->cohort.follow_up_until_text.place, "until");
    if (study->cohort.follow_up_end.n > 0)
        refuse_linkage(checker, study->cohort.follow_up_end.items[0].place, "end");
}

static void refuse_derived_names(const struct study_checker *checker, const struct study_table *table)
{
    const struct codebook *codebook = table->codebook;

    for (size_t i = 0; i < codebook->n_columns; i++) {
        enum derived_known known;
        if (codebook->columns[i].dropped || !derived_find(checker->study, codebook->columns[i].name, &known))
            continue;
        mistake(checker->mistakes, table->codebook_file.place,
                "codebook: its column '%s' has the name of a column that linking computes; declare it under another "
                "name, with this one as an alias",
                codebook->columns[i].name);
    }
}

int study_check_link(const struct study_checker *checker)
{
    struct study *study = checker->study;
    const struct study_table *stays;

    study->cohort.follow_up_until = study->cohort.index.from = study->cohort.index.to = MISSING_INTEGER;
    check_link(checker);
    if (study->n_tables == 0)
        return 0;
    check_column(checker, "cluster", &study->cohort.cluster, KIND_INTEGER | KIND_CATEGORY | KIND_TEXT);
    if (!study_is_linked(study)) {
        refuse_keys(checker);
        return 0;
    }
    stays = study_find_table(study, ROLE_EPISODES);
    check_stays(checker, stays);
    if (checker->file->n_level_maps == 0)
        mistake(checker->mistakes, stays->place,
                "levels: which code is which level of care was expected: {COLUMN: {code: level, ...}}");
    else if (check_levels(checker) != 0)
        return -1;
    check_hours(checker);
    if (checker->file->index.place.line == 0)
        mistake(checker->mistakes, checker->file->cohort,
                "cohort: missing key 'index': which stay brings a person into the cohort, {first_stay_in: [level, ...]}");
    study_check_index(checker);
    study_check_time_zero(checker);
    study_check_follow_up(checker);
    if (stays->codebook != NULL)
        refuse_derived_names(checker, stays);
    if (joined_table(study) != NULL)
        refuse_derived_names(checker, joined_table(study));
    return checker->columns == NULL ? 0 : derived_add_columns(study, checker->columns);
}
