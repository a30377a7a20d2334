/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/site_outcomes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "sites/site_people.h"
#include "sites/steps.h"

enum { EVENT = 1, CENSORED = 0, KINDS_MAX = 128 };

struct hiding {
    const struct site_groups *groups;
    const struct column *weight;
    struct table *table;
    struct column *cause, *time, *value;
    int64_t threshold;
    struct coarsening *lost;
};

static bool is_known(const struct hiding *h, size_t i)
{
    return !column_is_missing(h->cause, i);
}

static int kind_of(const struct hiding *h, size_t i)
{
    return (int)column_integer(h->cause, i);
}

/* ---- kinds -------------------------------------------------------------------------------------------------------------- */

/* People of one group. */
struct count {
    int64_t unknown, kind[KINDS_MAX];
    double first_day;
    bool forget, add_unknown, all_censored; /* what becomes of them */
};

static int count_people(const struct hiding *h, struct count *counts)
{
    for (size_t g = 0; g < h->groups->n; g++)
        counts[g].first_day = INFINITY;
    for (size_t i = 0; i < h->table->n_rows; i++) {
        struct count *const c = &counts[h->groups->of[i]];
        const int64_t n = column_integer(h->weight, i);
        if (!is_known(h, i)) {
            c->unknown += n;
            continue;
        }
        if (kind_of(h, i) < 0 || kind_of(h, i) >= KINDS_MAX)
            return fail("an outcome has more than %d kinds of end", KINDS_MAX - 1);
        c->kind[kind_of(h, i)] += n;
        if (h->time != NULL && !column_is_missing(h->time, i))
            c->first_day = fmin(c->first_day, column_real(h->time, i));
    }
    return 0;
}

static void decide(const struct hiding *h, struct count *c)
{
    int64_t others = 0;
    bool few = false;

    c->add_unknown = is_few(c->unknown, h->threshold) && (h->time == NULL || isfinite(c->first_day));
    c->kind[CENSORED] += c->add_unknown ? c->unknown : 0;
    for (size_t kind = 0; kind < KINDS_MAX; kind++)
        if (kind != EVENT) {
            others += c->kind[kind];
            few |= is_few(c->kind[kind], h->threshold);
        }
    c->forget = is_few(c->kind[EVENT], h->threshold) || is_few(others, h->threshold);
    c->all_censored = few && !c->forget;
    h->lost->n_changed += c->add_unknown + c->forget + c->all_censored;
}

static void hide_kinds(const struct hiding *h, const struct count *counts)
{
    for (size_t i = 0; i < h->table->n_rows; i++) {
        const struct count *const c = &counts[h->groups->of[i]];
        if (c->forget) {
            column_set_integer(h->cause, i, MISSING_INTEGER);
            if (h->time != NULL)
                column_set_real(h->time, i, NAN);
            if (h->value != NULL)
                column_set_real(h->value, i, NAN);
            continue;
        }
        if (!is_known(h, i) && c->add_unknown) {
            column_set_integer(h->cause, i, CENSORED);
            if (h->time != NULL)
                column_set_real(h->time, i, c->first_day);
        }
        if (is_known(h, i) && c->all_censored && kind_of(h, i) != EVENT)
            column_set_integer(h->cause, i, CENSORED);
    }
}

/* ---- days and values, by group and kind ---------------------------------------------------------------------------------- */

static int hide_numbers(const struct hiding *h, struct column *column, bool by_mean)
{
    struct step_row *const rows = allocate(h->table->n_rows + 1, sizeof *rows);
    size_t n = 0;
    int status = rows == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < h->table->n_rows; i++)
        if (is_known(h, i) && !column_is_missing(column, i))
            rows[n++] = (struct step_row){h->groups->of[i] * KINDS_MAX + (size_t)kind_of(h, i),
                                          {column_real(column, i), 0, column_integer(h->weight, i)}, i};
    if (status == 0)
        status = steps_put_together(rows, n, 1, h->threshold, by_mean, column, h->lost);
    free(rows);
    return status;
}

/* ---- all ---------------------------------------------------------------------------------------------------------------- */

static int keep_exact(struct table *table)
{
    struct column *const exact = table_add_column(table, EXACT_TIME, COLUMN_FLOAT64, 0, "Time before days were put together", "days");
    const struct column *const time = table_column(table, "time");

    for (size_t i = 0; exact != NULL && i < table->n_rows; i++)
        column_set_real(exact, i, column_real(time, i));
    return exact == NULL ? -1 : 0;
}

static int refuse_late(const struct study_outcome *outcome, const struct table *table, int64_t threshold)
{
    if (table_column(table, "entry") == NULL)
        return 0;
    return fail("outcome '%s': people who come under observation late cannot be counted in cells of %lld or more; "
                "a threshold of 0 needs a reason in the study (disclosure: because)",
                outcome->name.text, (long long)threshold);
}

int site_outcome_hide(const struct study_outcome *outcome, const struct site_groups *groups, const struct column *weight,
                      struct table *table, int64_t threshold, struct coarsening *lost)
{
    int status = refuse_late(outcome, table, threshold);

    *lost = (struct coarsening){.n_groups = (int64_t)groups->n};
    if (status == 0 && table_column(table, "time") != NULL)
        status = keep_exact(table);
    if (status != 0)
        return -1;
    const struct hiding h = {groups, weight, table, table_column(table, "cause"), table_column(table, "time"),
                             table_column(table, "value"), threshold, lost};
    struct count *const counts = allocate(groups->n + 1, sizeof *counts);
    status = counts == NULL ? -1 : count_people(&h, counts);
    for (size_t g = 0; status == 0 && g < groups->n; g++)
        decide(&h, &counts[g]);
    if (status == 0)
        hide_kinds(&h, counts);
    free(counts);
    if (status == 0 && h.time != NULL)
        status = hide_numbers(&h, h.time, false);
    return status == 0 && h.value != NULL ? hide_numbers(&h, h.value, true) : status;
}
