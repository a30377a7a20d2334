/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * linked_study.h - a small study of linked stays and records for it.
 *
 * Columns: client (whole number), admitted, discharged, contact (whole numbers: days), care (DET, INP, RES, PHP, IOP, OP,
 * AFT, NON), reason (done, moved, left), sex (f, m), hours (real), plan (whole number), site (whole number).
 */
#ifndef TESTS_PIPELINE_EPISODES_LINKED_STUDY_H
#define TESTS_PIPELINE_EPISODES_LINKED_STUDY_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "episodes/link.h"
#include "study/study.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

struct linked_study {
    char *folder;
    struct study *study;
    struct table *records;
};

enum { STUDY_END = 400 };

static const char linked_codebook[] =
    "codebook: linked\ncolumns:\n"
    "  client: {type: integer, range: [0, 1000000000]}\n"
    "  admitted: {type: integer, range: [-100, 10000]}\n"
    "  discharged: {type: integer, range: [-100, 10000]}\n"
    "  contact: {type: integer, range: [-100, 10000]}\n"
    "  care: {type: category, codes: {DET: detoxification, INP: hospital, RES: house, PHP: day, IOP: intensive, OP: office, "
    "AFT: after, NON: screening}}\n"
    "  reason: {type: category, codes: {1: done, 2: moved, 3: left}}\n"
    "  sex: {type: category, codes: {f: f, m: m}}\n"
    "  hours: {type: real}\n"
    "  plan: {type: integer, range: [0, 1000]}\n"
    "  site: {type: integer, range: [0, 1000]}\n";

static const char linked_head[] =
    "study: linked\nprivacy: {basis: public}\n"
    "tables:\n  episodes: {file: data.csv, codebook: codebook.yaml, person: client, admission: admitted, "
    "discharge: discharged, last_contact: contact, reason: reason, transfer: \"reason == 'moved'\", constant: [sex], "
    "weekly_hours: hours, planned_days: plan, programme: site}\n"
    "levels: {care: {DET: detox, INP: inpatient, RES: residential, PHP: php, IOP: iop, OP: outpatient, AFT: aftercare, "
    "NON: none}}\n"
    "disclosure: {threshold: 0, because: a test}\n";

static const char linked_tail[] = "outcomes: {stay: {days_until: {column: stay_days}, completed: left, event_is: bad}}\n"
                                  "compare: [{outcomes: [stay], measures: [risk_difference], at: [30]}]\n";

static const char linked_cohort[] =
    "cohort:\n  index: {first_stay_in: [iop, inpatient, residential]}\n"
    "  arms: {iop: \"level == 'iop'\", inpatient: \"level in ('inpatient', 'residential')\"}\n"
    "  reference: inpatient\n"
    "  follow_up: {until: 400}\n";

/* link: "" or "link: {...}\n"; cohort: linked_cohort or another. */
static inline struct linked_study linked_study_open(const char *link, const char *cohort)
{
    struct linked_study small = {.folder = scratch_folder()};
    char text[8192];

    scratch_write(scratch_path(small.folder, "codebook.yaml"), linked_codebook);
    snprintf(text, sizeof text, "%s%s%s%s", linked_head, link, cohort, linked_tail);
    scratch_write(scratch_path(small.folder, "study.yaml"), text);
    small.study = study_read(scratch_path(small.folder, "study.yaml"), NULL);
    assert_non_null(small.study);
    small.records = codebook_schema(small.study->tables[0].codebook, "episodes");
    assert_non_null(small.records);
    return small;
}

static inline void linked_study_close(struct linked_study *small)
{
    table_free(small->records);
    study_free(small->study);
    scratch_remove(small->folder);
}

#define NO_DAY INT64_MIN

struct made_record {
    int64_t client, admitted, discharged, contact;
    int care;   /* code of column care, -1 missing */
    int reason; /* code, -1 missing */
    int sex;    /* code, -1 missing */
    double hours;
    int64_t plan, site;
};

static inline void add_record(struct table *records, const struct made_record *made)
{
    const size_t row = records->n_rows;

    assert_int_equal(table_resize(records, row + 1), 0);
    column_set_integer(table_column(records, "client"), row, made->client);
    column_set_integer(table_column(records, "admitted"), row, made->admitted);
    column_set_integer(table_column(records, "discharged"), row, made->discharged);
    column_set_integer(table_column(records, "contact"), row, made->contact);
    column_set_code(table_column(records, "care"), row, made->care);
    column_set_code(table_column(records, "reason"), row, made->reason);
    column_set_code(table_column(records, "sex"), row, made->sex);
    column_set_real(table_column(records, "hours"), row, made->hours);
    column_set_integer(table_column(records, "plan"), row, made->plan);
    column_set_integer(table_column(records, "site"), row, made->site);
}

/* One line a record: client,admitted,discharged,care,reason; an empty cell is missing, care is a level. */
static inline void add_lines(struct linked_study *small, const char *lines)
{
    char *text = strdup(lines), *rest = text, *line;

    while ((line = strsep(&rest, "\n")) != NULL) {
        struct made_record made = {.contact = NO_DAY, .care = -1, .reason = -1, .sex = -1, .hours = (double)NAN,
                                   .plan = NO_DAY, .site = NO_DAY};
        char *cell;
        if (*line == '\0')
            continue;
        cell = strsep(&line, ",");
        made.client = *cell == '\0' ? NO_DAY : atoll(cell);
        cell = strsep(&line, ",");
        made.admitted = *cell == '\0' ? NO_DAY : atoll(cell);
        cell = strsep(&line, ",");
        made.discharged = *cell == '\0' ? NO_DAY : atoll(cell);
        cell = strsep(&line, ",");
        for (int level = 0; level < N_LEVELS; level++)
            if (strcmp(cell, level_names[level]) == 0)
                made.care = level;
        if (strcmp(cell, "none") == 0)
            made.care = N_LEVELS;
        if (line != NULL && *line != '\0')
            made.reason = column_find_label(table_column(small->records, "reason"), line, strlen(line));
        add_record(small->records, &made);
    }
    free(text);
}

static inline uint8_t *transfers_of(const struct table *records)
{
    uint8_t *transfer = calloc(records->n_rows + 1, 1);

    for (size_t i = 0; i < records->n_rows; i++) {
        const int32_t code = column_code(table_column(records, "reason"), i);
        transfer[i] = code < 0 ? 2 : code == 1;
    }
    return transfer;
}

static inline struct linked link_small(const struct linked_study *small, int n_threads)
{
    uint8_t *transfer = transfers_of(small->records);
    struct linked linked;

    assert_int_equal(link_stays(small->study, small->records, transfer, n_threads, &linked), 0);
    if (linked.counts[FATE_DUPLICATE] > 0) {
        size_t n, *rows = link_duplicates(linked.stays, &n);
        struct table *records = table_take_rows(small->records, rows, n);
        const struct column *columns[64];
        assert_true(records->n_columns <= 64);
        for (size_t i = 0; i < records->n_columns; i++)
            columns[i] = &records->columns[i];
        link_settle_duplicates(linked.stays, columns, records->n_columns, rows, n);
        table_free(records);
        free(rows);
    }
    free(transfer);
    return linked;
}

static inline int64_t whole(const struct table *table, const char *column, size_t row)
{
    const struct column *c = table_column(table, column);

    return c->type == COLUMN_CATEGORY ? column_code(c, row) : column_integer(c, row);
}

static inline const char *words(const struct table *table, const char *column, size_t row)
{
    static char text[4][1024];
    static int next;
    size_t length;
    const char *bytes = column_text(table_column(table, column), row, &length);

    next = (next + 1) % 4;
    snprintf(text[next], sizeof text[next], "%.*s", (int)length, bytes);
    return text[next];
}

#endif
