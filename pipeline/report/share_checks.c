/* SPDX-License-Identifier: GPL-3.0-or-later */
/* May a share be told: for itself, beside the first measure, beside other days, beside the arms? */
#include <math.h>

#include "report/reading.h"
#include "report/share_range.h"
#include "report/share_telling.h"

static bool is_few(const struct telling *telling, int64_t value)
{
    return value > 0 && value < telling->threshold;
}

static int days_apart(double day, double other)
{
    if (isnan(day) || isnan(other))
        return DAYS_UNRELATED;
    return day < other ? DAY_EARLIER : day > other ? DAY_LATER : DAY_SAME;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

void share_look_at_others(const struct telling *telling)
{
    const double day = cell_real(telling->measures, "time", telling->measure);

    for (size_t m = 0; m < telling->shape.n_measures; m++) {
        const bool is_same = cells_equal(telling->measures, "outcome", m, telling->measure);

        telling->others[m] = (struct other_measure){is_same, is_same ? days_apart(day, cell_real(telling->measures, "time", m)) : DAYS_UNRELATED};
    }
}

/* Is it told by counts, or of this cell as a share before? */
static bool is_told(const struct telling *telling, size_t measure, size_t cell)
{
    if (!telling->what->is_share[measure])
        return true;
    return measure < telling->measure && !column_is_missing(telling->columns.n, measure * telling->shape.n_cells + cell);
}

/*
 * Known, or not, of any measure: more in no cell than the first one counts there and does not know anywhere.  How many it is of all periods
 * is told by the arms, and of a programme by Table 1.
 */
static bool hides_enough(const struct telling *telling, size_t cell, size_t other)
{
    const struct counted *const own = &telling->counted[telling->first_row + cell], *const first = &telling->counted[cell];
    const struct counted *const beside = &telling->counted[other * telling->shape.n_cells + cell];
    const int64_t due = own->n + own->unknown, due_there = beside->n + beside->unknown;
    const int64_t everybody = counted_everybody(telling->counted, &telling->shape, telling->measure, other, cell);
    const bool is_known = cell % telling->shape.width == 0;
    const struct share_cell about = {
        .n = own->n,
        .events = own->events,
        .everybody = everybody,
        .everybody_is_known = is_known,
        .n_is_known = counted_is_known(telling->counted, &telling->shape, telling->measure, cell),
        .most = is_known ? everybody : larger(everybody, first->n + telling->counted[0].unknown),
        .other_n = beside->n,
        .other_events = beside->events,
        .same_due = due == due_there,
        .other_is_hidden = !telling->what->is_share[other] && telling->what->is_hidden[other * telling->shape.n_cells + cell],
        .days = telling->others[other].days};

    return share_hides_enough(&about, telling->threshold, &telling->bounds[cell]);
}

/*
 * May the share of a cell be told, as far as the cell alone says?  Beside the first measure, and beside each day of the same outcome that is
 * told before.
 */
bool share_may_be_told(const struct telling *telling, size_t cell)
{
    const struct counted *const own = &telling->counted[telling->first_row + cell], *const first = &telling->counted[cell];

    if (first->n == 0 && own->n == 0)
        return true;
    if (first->n < telling->threshold || own->n < telling->threshold || is_few(telling, own->events) || is_few(telling, own->n - own->events) ||
        !hides_enough(telling, cell, 0))
        return false;
    for (size_t m = 1; m < telling->shape.n_measures; m++)
        if (m != telling->measure && telling->others[m].same_outcome && is_told(telling, m, cell) && !hides_enough(telling, cell, m))
            return false;
    return true;
}

/* Of all arms, without strata: is it a count of events by a day, unadjusted, of the measure's outcome? */
static bool is_of_arm(const struct table *estimates, const struct telling *telling, size_t row)
{
    return cells_agree(estimates, row, telling->measures, telling->measure, (const char *const[]){"outcome", NULL}) &&
           cell_is(estimates, "reference", row, "") && cell_is(estimates, "stratum", row, "") && !cell_is(estimates, "arm", row, "") &&
           cell_integer(estimates, "n", row) != MISSING_INTEGER && cell_integer(estimates, "n_event", row) != MISSING_INTEGER &&
           (cell_is(estimates, "cause", row, "") || cell_is(estimates, "cause", row, "event")) &&
           (cell_is(estimates, "measure", row, "risk") || cell_is(estimates, "measure", row, "cumulative_incidence"));
}

/* People and events of all arms by the day of this row, each arm once; rows of an arm stand in the order of the arms. */
static struct counted sum_over_arms(const struct table *estimates, const struct telling *telling, size_t row)
{
    static const char *const same[] = {"analysis", "outcome", "population", "adjustment", "measure", NULL};
    struct counted sum = {.n = 0};

    for (size_t i = row; i < estimates->n_rows; i++) {
        bool is_seen = !is_of_arm(estimates, telling, i) || !cells_agree(estimates, i, estimates, row, same) ||
                       cell_real(estimates, "time", i) != cell_real(estimates, "time", row);

        for (size_t k = row; !is_seen && k < i; k++)
            is_seen = is_of_arm(estimates, telling, k) && cells_agree(estimates, k, estimates, row, same) &&
                      cell_real(estimates, "time", k) == cell_real(estimates, "time", row) && cells_equal(estimates, "arm", k, i);
        if (is_seen)
            continue;
        sum.n += cell_integer(estimates, "n", i);
        sum.events += cell_integer(estimates, "n_event", i);
    }
    return sum;
}

/*
 * The arms tell their events by the days of the report: beside each of these all programmes in all periods must hide enough as well, or nothing
 * of the measure is told, because its cells add up to them.
 */
bool share_hides_beside_arms(const struct telling *telling)
{
    const struct table *const estimates = telling->what->estimates;
    const struct counted *const own = &telling->counted[telling->first_row];
    const int64_t due = own->n + own->unknown;
    const bool is_known = counted_is_known(telling->counted, &telling->shape, telling->measure, 0);

    for (size_t row = 0; estimates != NULL && row < estimates->n_rows; row++) {
        if (!is_of_arm(estimates, telling, row))
            continue;
        const struct counted arms = sum_over_arms(estimates, telling, row);
        const struct share_cell about = {.n = own->n,
                                         .events = own->events,
                                         .everybody = larger(due, arms.n),
                                         .everybody_is_known = true,
                                         .n_is_known = is_known,
                                         .most = larger(due, arms.n),
                                         .other_n = arms.n,
                                         .other_events = arms.events,
                                         /* Estimates count who was lost as well: they are the same people only where nobody was. */
                                         .days = arms.n != own->n ? DAYS_UNRELATED
                                                                  : days_apart(cell_real(telling->measures, "time", telling->measure),
                                                                               cell_real(estimates, "time", row))};

        if (arms.n >= own->n && !share_hides_enough(&about, telling->threshold, &telling->bounds[0]))
            return false;
    }
    return true;
}
