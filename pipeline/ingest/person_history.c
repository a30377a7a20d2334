/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/person_history.h"

#include "base/days.h"
#include "base/hash.h"
#include "base/ranks.h"
#include "ingest/identifier.h"
#include "ingest/together.h"

struct history_row {
    uint64_t key[2];
    int32_t start, end;             /* of the stay; both INT32_MIN: not known */
    int32_t born_first, born_last;  /* INT32_MIN and INT32_MAX: not known */
};

static int compare_rows(const void *left, const void *right)
{
    const struct history_row *const a = left, *const b = right;
    for (size_t i = 0; i < 2; i++)
        if (a->key[i] != b->key[i])
            return a->key[i] < b->key[i] ? -1 : 1;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return (a->end > b->end) - (a->end < b->end);
}

static size_t n_held(void)
{
    return ranks_n() == 1 ? PERSON_HISTORY_HELD : PERSON_HISTORY_HELD_TOGETHER;
}

int person_history_start(struct person_history *history, const struct plan *plan, const char *folder)
{
    *history = (struct person_history){.plan = plan, .folder = folder};
    if (!plan->history.has_stays && !plan->history.has_age)
        return 0;
    history->sort = together_sort_start(sizeof(struct history_row), compare_rows, n_held(), folder);
    return history->sort != NULL ? 0 : -1;
}

void person_history_free(struct person_history *history)
{
    record_sort_free(history->sort);
    history->sort = NULL;
}

/* ---- adding ------------------------------------------------------------------------------------------ */

/* The bytes of a value are its own: a person is one text or one number, or two numbers that are a hash already (person_key.h). */
static bool hash_person(const struct plan *plan, const struct table *rows, size_t row, uint64_t key[2])
{
    const struct column *const column = &rows->columns[plan->history.person];
    if (column_is_missing(column, row))
        return false;
    for (size_t half = 0; half < 2; half++)
        key[half] = plan->history.n_person == 2
                        ? (uint64_t)column_integer(column + half, row)
                        : hash_bytes(half + 1, (const char *)column->values + row * column->width, column->width);
    return true;
}

static int32_t day_of(const struct column *column, size_t row)
{
    const int64_t day = column_integer(column, row);
    return day > INT32_MIN && day < INT32_MAX ? (int32_t)day : INT32_MIN;
}

/* The same day of a year that lies `years` back; 29 February becomes 28 where it must. */
static int32_t years_before(int32_t day, int64_t years)
{
    int year, month, day_of_month;
    int32_t before = INT32_MIN;
    day_to_civil(day, &year, &month, &day_of_month);
    if (years < 0 || years >= year)
        return INT32_MIN;
    while (day_from_civil(year - (int)years, month, day_of_month, &before) != 0)
        day_of_month--;
    return before;
}

/* Who is a years old on a day was born after the day a + 1 years before and at the latest a years before. */
static void bound_birth(const struct plan *plan, const struct table *rows, size_t row, struct history_row *made)
{
    const size_t i = plan->history.age;
    const int32_t day = day_of(&rows->columns[plan->history.age_day], row);
    const int64_t age = column_integer(&rows->columns[i], row);
    if (day == INT32_MIN || age == MISSING_INTEGER)
        return;
    const int32_t last = years_before(day, age), before = years_before(day, age + 1);
    const bool top = plan->columns[i].is_top_coded && age >= IDENTIFIER_TOP_AGE;
    if (last == INT32_MIN || before == INT32_MIN)
        return;
    made->born_last = last;
    made->born_first = top ? INT32_MIN : before + 1;
}

int person_history_add(struct person_history *history, const struct table *rows)
{
    const struct plan *const plan = history->plan;
    for (size_t row = 0; history->sort != NULL && row < rows->n_rows; row++) {
        struct history_row made = {
            .start = INT32_MIN, .end = INT32_MIN, .born_first = INT32_MIN, .born_last = INT32_MAX};
        if (!hash_person(plan, rows, row, made.key))
            continue;
        if (plan->history.has_stays) {
            made.start = day_of(&rows->columns[plan->history.admission], row);
            made.end = day_of(&rows->columns[plan->history.discharge], row);
        }
        if (plan->history.has_age)
            bound_birth(plan, rows, row, &made);
        if (record_sort_add(history->sort, &made) != 0)
            return -1;
    }
    return 0;
}

/* ---- judging ----------------------------------------------------------------------------------------- */

struct person {
    uint64_t key[2];
    bool any, overlapping;
    int32_t latest_end, born_first, born_last;
};

static void end_person(struct person_history *history, const struct person *person)
{
    history->n_overlapping += person->any && person->overlapping;
    history->n_age_changes +=
        person->any && (int64_t)person->born_first - person->born_last > (int64_t)PERSON_AGE_SLACK;
}

static void add_row(struct person *person, const struct history_row *row)
{
    if (row->start != INT32_MIN) {
        person->overlapping |= row->start < person->latest_end;
        person->latest_end = row->end > person->latest_end ? row->end : person->latest_end;
    }
    person->born_first = row->born_first > person->born_first ? row->born_first : person->born_first;
    person->born_last = row->born_last < person->born_last ? row->born_last : person->born_last;
}

/* Rows of a person come one after the other. */
static void meet_row(struct person_history *history, struct person *person, const struct history_row *row)
{
    if (!person->any || person->key[0] != row->key[0] || person->key[1] != row->key[1]) {
        end_person(history, person);
        *person = (struct person){.key = {row->key[0], row->key[1]}, .any = true, .latest_end = INT32_MIN,
                                  .born_first = INT32_MIN, .born_last = INT32_MAX};
    }
    add_row(person, row);
}

int person_history_finish(struct person_history *history)
{
    struct person person = {0};
    const void *rows;
    long n;
    if (history->sort == NULL)
        return 0;
    if (together_sort(&history->sort, sizeof(struct history_row), compare_rows, n_held(), history->folder) != 0 ||
        record_sort_finish(history->sort) != 0)
        return -1;
    while ((n = record_sort_some(history->sort, &rows)) > 0)
        for (long i = 0; i < n; i++)
            meet_row(history, &person, (const struct history_row *)rows + i);
    end_person(history, &person);
    ranks_sum(&history->n_overlapping, 1);
    ranks_sum(&history->n_age_changes, 1);
    return n < 0 ? -1 : 0;
}
