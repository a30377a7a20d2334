/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "episodes/stay_read.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "study/expression.h"

enum { NO_TREATMENT = 254 };

static const struct column *find(const struct table *records, const struct study_text *name)
{
    return name->text == NULL ? NULL : table_column(records, name->text);
}

static int map_labels(const struct study *study, const struct column *codes, uint8_t *level_of)
{
    for (size_t i = 0; i < codes->n_labels; i++) {
        size_t k = 0;
        while (k < study->levels.n && strcmp(study->levels.codes[k].code.text, codes->labels[i]) != 0)
            k++;
        if (k == study->levels.n)
            return study_fail(study, study->levels.column.place,
                              "levels: label '%s' of column '%s' has no level; write 'none' for what is no treatment",
                              codes->labels[i], codes->name);
        level_of[i] = study->levels.codes[k].level == LEVEL_NONE ? NO_TREATMENT : (uint8_t)study->levels.codes[k].level;
    }
    return 0;
}

int stay_reader_start(const struct study *study, const struct table *records, const uint8_t *transfer,
                      struct stay_reader *reader)
{
    const struct study_table *source = study_find_table(study, ROLE_EPISODES);

    *reader = (struct stay_reader){
        .admission = find(records, &source->admission),
        .discharge = find(records, &source->discharge),
        .last_contact = find(records, &source->last_contact),
        .level_code = find(records, &study->levels.column),
        .hours = study->levels.hours_given ? find(records, &source->weekly_hours) : NULL,
        .transfer = transfer,
        .levels = &study->levels,
        .until = (int32_t)study->cohort.follow_up_until,
    };
    const char *persons[2];
    const size_t n_persons = study_person_columns(study, source, persons);
    reader->key = person_reader_of(table_column(records, persons[0]),
                                   n_persons < 2 ? NULL : table_column(records, persons[1]));
    if ((reader->level_of = allocate(reader->level_code->n_labels, 1)) == NULL)
        return -1;
    return map_labels(study, reader->level_code, reader->level_of);
}

void stay_reader_free(struct stay_reader *reader)
{
    free(reader->level_of);
    reader->level_of = NULL;
}

/* Level of a code that is a whole number. */
static uint8_t level_of_number(const struct stay_reader *reader, int64_t number)
{
    char text[32];

    if (number == MISSING_INTEGER)
        return LEVEL_UNKNOWN;
    snprintf(text, sizeof text, "%lld", (long long)number);
    for (size_t k = 0; k < reader->levels->n; k++)
        if (strcmp(reader->levels->codes[k].code.text, text) == 0)
            return reader->levels->codes[k].level == LEVEL_NONE ? NO_TREATMENT : (uint8_t)reader->levels->codes[k].level;
    return LEVEL_UNKNOWN;
}

static uint8_t level_by_hours(const struct stay_reader *reader, size_t record, uint8_t level)
{
    const double hours = column_real(reader->hours, record);

    if (level >= N_LEVELS || !reader->levels->hours[level].given || isnan(hours))
        return level;
    for (size_t other = 0; other < N_LEVELS; other++)
        if (reader->levels->hours[other].given && hours >= reader->levels->hours[other].low &&
            hours < reader->levels->hours[other].high)
            return (uint8_t)other;
    return LEVEL_UNKNOWN;
}

static uint8_t read_level(const struct stay_reader *reader, size_t record)
{
    const struct column *codes = reader->level_code;
    uint8_t level;

    if (codes->type != COLUMN_CATEGORY)
        level = level_of_number(reader, column_integer(codes, record));
    else {
        const int32_t code = codes->width == 1 ? ((const int8_t *)codes->values)[record] : column_code(codes, record);
        level = code == MISSING_CODE ? LEVEL_UNKNOWN : reader->level_of[code];
    }
    return reader->hours == NULL ? level : level_by_hours(reader, record, level);
}

static int32_t read_day(const struct column *column, size_t record)
{
    if (column != NULL && column->type == COLUMN_INT32) { /* dates, of which there are very many */
        const int32_t date = ((const int32_t *)column->values)[record];
        return date < -1000000000 || date > 1000000000 ? DAY_UNKNOWN : date;
    }
    const int64_t day = column == NULL ? MISSING_INTEGER : column_integer(column, record);

    /* Beyond these bounds differences of days would not fit; no calendar reaches them. */
    return day < -1000000000 || day > 1000000000 ? DAY_UNKNOWN : (int32_t)day;
}

enum fate stay_read(const struct stay_reader *reader, size_t record, struct stay *stay)
{
    const int32_t contact = read_day(reader->last_contact, record);
    struct person_words words = {0, 0};
    int32_t discharge = read_day(reader->discharge, record);
    const bool has_person = person_words_read(&reader->key, record, &words);

    *stay = (struct stay){.hash = words.hash,
                          .rest = words.rest,
                          .start = read_day(reader->admission, record),
                          .end = discharge,
                          .record = (uint32_t)record,
                          .level = read_level(reader, record),
                          .transfer = reader->transfer != NULL && reader->transfer[record] == TRUTH_TRUE};
    if (!has_person)
        return FATE_NO_PERSON;
    if (stay->start == DAY_UNKNOWN)
        return FATE_NO_ADMISSION;
    if (stay->level == NO_TREATMENT) {
        stay->level = LEVEL_UNKNOWN;
        return FATE_NO_TREATMENT;
    }
    if (discharge != DAY_UNKNOWN && discharge < stay->start)
        return FATE_BACKWARDS;
    if (contact != DAY_UNKNOWN && contact < stay->start)
        return FATE_EARLY_CONTACT;
    if (stay->start > reader->until)
        return FATE_LATE;
    if (discharge != DAY_UNKNOWN && contact != DAY_UNKNOWN && contact < discharge)
        discharge = contact;
    stay->open = discharge == DAY_UNKNOWN || discharge > reader->until;
    stay->end = stay->open ? reader->until : discharge;
    stay->transfer = stay->transfer && !stay->open;
    return FATE_BEGINS;
}
