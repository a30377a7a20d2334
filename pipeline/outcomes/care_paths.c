/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/care_paths.h"

#include <stdlib.h>

#include "base/memory.h"
#include "cohort/derived_values.h"

const char *const care_state_names[N_CARE_STATES] = {
    [LEVEL_DETOX] = "detox",           [LEVEL_INPATIENT] = "inpatient", [LEVEL_RESIDENTIAL] = "residential",
    [LEVEL_PHP] = "php",               [LEVEL_IOP] = "iop",             [LEVEL_OUTPATIENT] = "outpatient",
    [LEVEL_AFTERCARE] = "aftercare",   [LEVEL_UNKNOWN] = "unknown",     [CARE_OUT] = "out",
};

/* Days of one stay from time zero: from .. to - 1. */
struct span {
    int32_t from, to;
    int state;
};

struct writer {
    struct table *table;
    struct column *row, *from, *to, *state, *next;
    size_t n;
};

static int start_table(struct writer *w)
{
    w->table = table_alloc("care_paths", "Levels of care day by day");
    if (w->table == NULL || table_add_column(w->table, "row", COLUMN_INT32, 0, "Row of table cohort", "") == NULL ||
        table_add_column(w->table, "from", COLUMN_INT32, 0, "First day from time zero", "days") == NULL ||
        table_add_column(w->table, "to", COLUMN_INT32, 0, "Day after the last", "days") == NULL ||
        table_add_category(w->table, "state", care_state_names, N_CARE_STATES, "Level of care") == NULL ||
        table_add_category(w->table, "next", care_state_names, N_CARE_STATES, "What follows") == NULL)
        return -1;
    w->row = table_column(w->table, "row");
    w->from = table_column(w->table, "from");
    w->to = table_column(w->table, "to");
    w->state = table_column(w->table, "state");
    w->next = table_column(w->table, "next");
    return 0;
}

static int add_stretch(struct writer *w, size_t person, int32_t from, int32_t to, int state)
{
    if (w->n == w->table->n_rows && table_resize(w->table, 2 * w->n + 1024) != 0)
        return -1;
    const size_t k = w->n++;
    if (k > 0 && column_integer(w->row, k - 1) == (int64_t)person)
        column_set_code(w->next, k - 1, state);
    column_set_integer(w->row, k, (int64_t)person);
    column_set_integer(w->from, k, from);
    column_set_integer(w->to, k, to);
    column_set_code(w->state, k, state);
    column_set_code(w->next, k, MISSING_CODE);
    return 0;
}

/* The state on a day, and up to which day it lasts at least. */
static int state_on(const struct span *spans, size_t n, int32_t day, int32_t *until)
{
    int state = CARE_OUT;

    for (size_t i = 0; i < n; i++) {
        if (spans[i].from > day && spans[i].from < *until)
            *until = spans[i].from;
        if (spans[i].from <= day && spans[i].to > day) {
            state = spans[i].state < state ? spans[i].state : state;
            *until = spans[i].to < *until ? spans[i].to : *until;
        }
    }
    return state;
}

static int add_person(struct writer *w, size_t person, const struct span *spans, size_t n, int32_t end)
{
    int32_t from = 0;

    for (int32_t day = 0; day < end;) {
        int32_t until = end, later;
        const int state = state_on(spans, n, day, &until);

        while (until < end && (later = end, state_on(spans, n, until, &later)) == state)
            until = later;
        if (add_stretch(w, person, from, until, state) != 0)
            return -1;
        from = day = until;
    }
    return 0;
}

/* The person's stays from the index stay's person on, on days from time zero; those over before it aside. */
static size_t gather(const struct study *study, const struct history *h, size_t index, int32_t zero, struct span *spans)
{
    size_t first = index, n = 0;

    while (first > 0 && h->person[first - 1] == h->person[index])
        first--;
    for (size_t i = first; i < history_person_end(h, first); i++) {
        const int level = history_level(h, i);
        const bool inclusive = level != LEVEL_UNKNOWN && study->link.inclusive[level];
        const int32_t from = h->start[i] - zero, to = from + stay_days(h->start[i], h->end[i], inclusive);

        if (history_is_kept(h, i) && to > 0)
            spans[n++] = (struct span){from < 0 ? 0 : from, to, level};
    }
    return n;
}

static int write_people(const struct study *study, const struct history *history, const struct table *records,
                        const struct table *cohort, struct writer *w)
{
    const struct column *const stay = table_column(cohort, "stay"), *const zero = table_column(cohort, "time_zero");
    const struct study_number *const most = &study->cohort.follow_up_days;
    struct index_stay *const index = allocate(cohort->n_rows, sizeof *index);
    struct span *const spans = allocate(history_most_stays(history), sizeof *spans);
    int status = index == NULL || spans == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < cohort->n_rows; i++)
        index[i].stay = (uint32_t)column_integer(stay, i);
    const struct derivation derivation = {
        .study = study, .history = history, .records = records, .index = index, .n = cohort->n_rows};
    for (size_t i = 0; status == 0 && i < cohort->n_rows; i++) {
        const int32_t day = (int32_t)column_integer(zero, i);
        int32_t end = derived_last_day(&derivation, i) - day;

        if (most->given && end > (int32_t)most->value)
            end = (int32_t)most->value;
        status = add_person(w, i, spans, gather(study, history, index[i].stay, day, spans), end);
    }
    free(spans);
    free(index);
    return status;
}

struct table *care_paths_compute(const struct study *study, const struct history *history, const struct table *records,
                                 const struct table *cohort)
{
    struct writer w = {0};

    if (start_table(&w) == 0 && write_people(study, history, records, cohort, &w) == 0 &&
        table_resize(w.table, w.n) == 0)
        return w.table;
    table_free(w.table);
    return NULL;
}
