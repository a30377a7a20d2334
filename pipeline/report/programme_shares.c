/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/programme_shares.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "compare/programme_chart.h"
#include "report/programme_shape.h"
#include "report/reading.h"
#include "report/release_table.h"
#include "report/share_range.h"

/* ---- which measures ------------------------------------------------------------------------------------------------------ */

static bool counts_the_same(const struct table *programmes, size_t n_cells, size_t measure)
{
    const struct column *const n = table_column(programmes, "n");

    for (size_t cell = 0; cell < n_cells; cell++)
        if (column_integer(n, cell) != column_integer(n, measure * n_cells + cell))
            return false;
    return true;
}

bool *programme_shares_find(const struct table *measures, const struct table *programmes, int64_t threshold)
{
    const struct programme_shape shape = programme_shape_of(programmes);
    bool *is_share = allocate(shape.n_measures + 1, sizeof *is_share);

    for (size_t m = 1; is_share != NULL && threshold > 0 && m < shape.n_measures; m++) {
        is_share[m] = !counts_the_same(programmes, shape.n_cells, m);
        for (size_t k = 0; k < m && !is_share[m]; k++)
            is_share[m] = !is_share[k] && cells_equal(measures, "outcome", k, m);
    }
    return is_share;
}

/* ---- the cells of a measure ---------------------------------------------------------------------------------------------- */

struct columns {
    struct column *n, *n_event, *n_unknown, *expected, *variance, *ratio, *conf_low, *conf_high, *z, *centre, *low, *high, *signal,
        *person_time, *phase, *baseline, *factor;
};

/* What was counted of a measure in a cell. */
struct counted {
    int64_t n, events, unknown;
};

/* A measure that is told as a share, beside the first one. */
struct telling {
    const struct programme_telling *what;
    struct table *programmes, *measures;
    struct programme_shape shape;
    struct columns columns;
    size_t measure, first_row;    /* row of its first cell */
    bool is_rate, is_without;     /* share of people without the event */
    int64_t threshold;
    const struct counted *counted; /* [n_measures * n_cells] */
    struct programme_cell *cells; /* [n_cells] as they are told; n = MISSING_INTEGER: not at all */
};

static int64_t number(const struct column *column, size_t row)
{
    return column_integer(column, row);
}

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

/* Is it told by counts, or of this cell as a share before? */
static bool is_told(const struct telling *telling, size_t measure, size_t cell)
{
    if (!telling->what->is_share[measure])
        return true;
    return measure < telling->measure && !column_is_missing(telling->columns.n, measure * telling->shape.n_cells + cell);
}

/*
 * Known, or not, of any measure: more in no cell than the first one counts there and does not know anywhere.  How many it is, is told by the
 * arms, and of a programme by Table 1.
 */
static bool hides_enough(const struct telling *telling, size_t cell, size_t other)
{
    const struct counted *const own = &telling->counted[telling->first_row + cell], *const first = &telling->counted[cell];
    const struct counted *const beside = &telling->counted[other * telling->shape.n_cells + cell];
    const int64_t due = own->n + own->unknown, due_there = beside->n + beside->unknown;
    const int64_t everybody = larger(larger(due, due_there), first->n + first->unknown);
    const bool is_known = cell % telling->shape.width == 0;
    const struct share_cell about = {
        .n = own->n,
        .events = own->events,
        .everybody = everybody,
        .everybody_is_known = is_known,
        .most = is_known ? everybody : larger(everybody, first->n + telling->counted[0].unknown),
        .other_n = beside->n,
        .other_events = beside->events,
        .same_due = due == due_there,
        .other_is_hidden = !telling->what->is_share[other] && telling->what->is_hidden[other * telling->shape.n_cells + cell],
        .days = cells_equal(telling->measures, "outcome", other, telling->measure)
                    ? days_apart(cell_real(telling->measures, "time", telling->measure), cell_real(telling->measures, "time", other))
                    : DAYS_UNRELATED};

    return share_hides_enough(&about, telling->threshold);
}

/*
 * May the share of a cell be told, as far as the cell alone says?  Beside the first measure, and beside each day of the same outcome that is
 * told before.
 */
static bool may_be_told(const struct telling *telling, size_t cell)
{
    const struct counted *const own = &telling->counted[telling->first_row + cell], *const first = &telling->counted[cell];

    if (first->n == 0 && own->n == 0)
        return true;
    if (first->n < telling->threshold || own->n < telling->threshold || is_few(telling, own->events) || is_few(telling, own->n - own->events) ||
        !hides_enough(telling, cell, 0))
        return false;
    for (size_t m = 1; m < telling->shape.n_measures; m++)
        if (m != telling->measure && cells_equal(telling->measures, "outcome", m, telling->measure) && is_told(telling, m, cell) &&
            !hides_enough(telling, cell, m))
            return false;
    return true;
}

/* ---- beside the arms ----------------------------------------------------------------------------------------------------- */

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
static bool hides_beside_arms(const struct telling *telling)
{
    const struct table *const estimates = telling->what->estimates;
    const struct counted *const own = &telling->counted[telling->first_row];
    const int64_t due = own->n + own->unknown;

    for (size_t row = 0; estimates != NULL && row < estimates->n_rows; row++) {
        if (!is_of_arm(estimates, telling, row))
            continue;
        const struct counted arms = sum_over_arms(estimates, telling, row);
        const struct share_cell about = {.n = own->n,
                                         .events = own->events,
                                         .everybody = larger(due, arms.n),
                                         .everybody_is_known = true,
                                         .most = larger(due, arms.n),
                                         .other_n = arms.n,
                                         .other_events = arms.events,
                                         /* Estimates count who was lost as well: they are the same people only where nobody was. */
                                         .days = arms.n != own->n ? DAYS_UNRELATED
                                                                  : days_apart(cell_real(telling->measures, "time", telling->measure),
                                                                               cell_real(estimates, "time", row))};

        if (arms.n >= own->n && !share_hides_enough(&about, telling->threshold))
            return false;
    }
    return true;
}

static double percent_of(double part, double whole)
{
    return whole > 0 ? round(100 * part / whole) / 100 : NAN;
}

/* The cell as it is told, of the people of the first measure. */
static void tell_rate(const struct telling *telling, size_t row, struct programme_cell *told)
{
    const double n = (double)number(telling->columns.n, row), time = column_real(telling->columns.person_time, row);
    const double events = (double)number(telling->columns.n_event, row);

    told->time = (double)told->n * released_digits(time / n, 2);
    told->time_units = 1;
    told->n_event = llround(released_digits(events / time, 2) * told->time);
    told->expected = released_digits(column_real(telling->columns.expected, row) / time, 2) * told->time;
    told->variance = told->expected;
}

static void tell_share(const struct telling *telling, size_t row, struct programme_cell *told)
{
    const int64_t n = number(telling->columns.n, row), percent = whole_percent(telling->counted[row].events, n);

    told->n_event = llround((double)((telling->is_without ? 100 - percent : percent) * told->n) / 100);
    told->expected = (double)told->n * percent_of(column_real(telling->columns.expected, row), (double)n);
    told->variance = (double)told->n * released_digits(column_real(telling->columns.variance, row) / (double)n, 2);
}

static void tell_cell(const struct telling *telling, size_t cell)
{
    const size_t row = telling->first_row + cell;
    struct programme_cell *const told = &telling->cells[cell];

    *told = (struct programme_cell){.n = number(telling->columns.n, cell), .time = NAN};
    told->z = round(10 * column_real(telling->columns.z, row)) / 10;
    told->centre = told->low = told->high = told->factor = NAN;
    if (!may_be_told(telling, cell))
        told->n = MISSING_INTEGER;
    else if (told->n > 0 && telling->is_rate)
        tell_rate(telling, row, told);
    else if (told->n > 0)
        tell_share(telling, row, told);
}

/* ---- lines --------------------------------------------------------------------------------------------------------------- */

/* Is a share of another day of this outcome told of the cell, so near that it tells of this day as well? */
static bool is_told_nearly(const struct telling *telling, size_t cell)
{
    const struct counted *const own = &telling->counted[telling->first_row + cell];

    for (size_t m = 1; m < telling->measure; m++) {
        const struct counted *const near = &telling->counted[m * telling->shape.n_cells + cell];

        if (cells_equal(telling->measures, "outcome", m, telling->measure) &&
            !column_is_missing(telling->columns.n, m * telling->shape.n_cells + cell) && llabs(near->n - own->n) < telling->threshold &&
            llabs(near->events - own->events) < telling->threshold)
            return true;
    }
    return false;
}

/* Cells of a line that are not told although there is somebody in them, without the total. */
struct hidden {
    size_t n;
    int64_t counted, others; /* people in them who count, who do not */
    double slack;            /* by so many people the cells that are told, the total included, may be others together */
    bool total_is_told;
    size_t smallest;         /* cell that is told, with the fewest people; n_cells: none */
};

/* counts_near: cells of which a near day is told count as told. */
static struct hidden look_along(const struct telling *telling, const struct programme_line *line, bool counts_near)
{
    struct hidden hidden = {.smallest = telling->shape.n_cells};

    for (size_t k = 0; k < line->n; k++) {
        const size_t cell = line->first + k * line->step, row = telling->first_row + cell;
        const int64_t n = number(telling->columns.n, row), told = telling->cells[cell].n;
        const bool is_told_by_other = counts_near && told == MISSING_INTEGER && is_told_nearly(telling, cell);

        if (told > 0 || is_told_by_other) {
            hidden.slack += 0.005 * (double)(is_told_by_other ? n : told);
            hidden.total_is_told = hidden.total_is_told || k == 0;
            if (k > 0 && told > 0 && (hidden.smallest == telling->shape.n_cells || told < telling->cells[hidden.smallest].n))
                hidden.smallest = cell;
        } else if (k > 0 && told == MISSING_INTEGER) {
            hidden.n++;
            hidden.counted += number(telling->columns.n_event, row);
            hidden.others += n - number(telling->columns.n_event, row);
        }
    }
    return hidden;
}

/* Can whoever adds up the line find less than T people? */
static bool gives_away(const struct telling *telling, const struct programme_line *line, const struct hidden *hidden)
{
    const double T = (double)telling->threshold;

    if (hidden->slack >= T)
        return false;
    if (!hidden->total_is_told)
        return hidden->n == 0 && telling->cells[line->first].n == MISSING_INTEGER;
    if (hidden->n == 0)
        return false;
    return hidden->n == 1 || (hidden->counted > 0 && (double)hidden->counted + hidden->slack < T) ||
           (hidden->others > 0 && (double)hidden->others + hidden->slack < T);
}

/* Was a cell hidden? */
static bool protect_line(const struct telling *telling, const struct programme_line *line)
{
    const struct hidden hidden = look_along(telling, line, false), beside = look_along(telling, line, true);

    if (!gives_away(telling, line, &hidden) && !gives_away(telling, line, &beside))
        return false;
    const size_t cell = hidden.smallest < telling->shape.n_cells ? hidden.smallest : line->first;
    if (telling->cells[cell].n == MISSING_INTEGER) /* all are hidden */
        return false;
    telling->cells[cell].n = MISSING_INTEGER;
    return true;
}

static void protect(const struct telling *telling)
{
    bool again = true;

    while (again) {
        again = false;
        for (size_t i = 0; i < telling->shape.height + telling->shape.width; i++) {
            const struct programme_line line = programme_line_of(&telling->shape, i);

            while (protect_line(telling, &line))
                again = true;
        }
    }
}

/* ---- charts -------------------------------------------------------------------------------------------------------------- */

static bool has_rule(const struct telling *telling, const char *rule)
{
    size_t length = 0;
    const char *const rules = column_text(table_column(telling->measures, "rules"), telling->measure, &length);

    return memmem(rules, length, rule, strlen(rule)) != NULL;
}

static struct control_options options_of(const struct telling *telling)
{
    const struct table *const measures = telling->measures;
    const size_t m = telling->measure;

    return (struct control_options){
        .kind = cell_is(measures, "chart", m, "run") ? CONTROL_RUN_CHART : telling->is_rate ? CONTROL_U : CONTROL_P,
        .laney = cell_is(measures, "chart", m, "laney_p") || cell_is(measures, "chart", m, "laney_u"),
        .run = has_rule(telling, "run") ? (size_t)cell_integer(measures, "run", m) : 0,
        .trend = has_rule(telling, "trend") ? (size_t)cell_integer(measures, "trend", m) : 0,
        .near_limit = has_rule(telling, "near")};
}

/* The phases of a programme's periods, which begin at this row; how many. */
static size_t find_phases(const struct telling *telling, size_t row, struct programme_phase phases[static PHASES_MAX])
{
    const size_t n_periods = telling->shape.width - 1;
    size_t n = 0;

    for (size_t q = 0; q < n_periods && n < PHASES_MAX; q++) {
        if (q == 0 || number(telling->columns.phase, row + q) != number(telling->columns.phase, row + q - 1))
            phases[n++] = (struct programme_phase){.first = q, .baseline_end = q};
        phases[n - 1].end = q + 1;
        if (number(telling->columns.baseline, row + q) == 1)
            phases[n - 1].baseline_end = q + 1;
    }
    return n;
}

/* Only a point that lies beyond the limits however its share was rounded stands out: of many people chance is less than a per cent. */
static void keep_signals(struct programme_cell *cell, double rounding)
{
    const double value = (double)cell->n_event / (cell->time_units > 0 ? cell->time : (double)cell->n);
    const bool is_beyond = value - rounding > cell->high || value + rounding < cell->low;

    cell->signals = is_beyond ? cell->signals & CONTROL_BEYOND : 0;
}

/* Of what is told alone: a hidden period is no point. */
static int chart(const struct telling *telling)
{
    const struct control_options options = options_of(telling);
    const size_t width = telling->shape.width;
    struct programme_cell *periods = allocate(width, sizeof *periods);
    struct programme_phase phases[PHASES_MAX];
    int status = periods == NULL ? -1 : 0;

    for (size_t p = 0; status == 0 && p < telling->shape.height; p++) {
        struct programme_cell *const cells = telling->cells + p * width + 1;
        const size_t n = find_phases(telling, telling->first_row + p * width + 1, phases);

        for (size_t q = 0; q + 1 < width; q++)
            periods[q] = cells[q].n == MISSING_INTEGER ? (struct programme_cell){.n = 0, .centre = NAN, .low = NAN, .high = NAN, .factor = NAN}
                                                       : cells[q];
        status = programme_chart(&options, has_rule(telling, "beyond"), phases, n, periods, width - 1);
        for (size_t q = 0; status == 0 && q + 1 < width; q++)
            if (cells[q].n != MISSING_INTEGER) {
                cells[q] = periods[q];
                keep_signals(&cells[q], telling->is_rate ? 0.05 * periods[q].centre : 0.005);
            }
    }
    free(periods);
    return status;
}

/* ---- writing ------------------------------------------------------------------------------------------------------------- */

static int put_signal(const struct telling *telling, size_t row, const struct programme_cell *told)
{
    struct column *const column = telling->columns.signal;
    char text[SIGNAL_SIZE] = "";
    int32_t code = MISSING_CODE;

    if (told->n != MISSING_INTEGER && told->n > 0)
        (void)programme_signal_words(told, text);
    if (text[0] != '\0' && (code = column_find_label(column, text, strlen(text))) == MISSING_CODE &&
        (code = column_add_label(telling->programmes, column, text, strlen(text))) == MISSING_CODE)
        return -1;
    return column_set_code(column, row, code);
}

static int put_cell(const struct telling *telling, size_t cell)
{
    const struct columns *const columns = &telling->columns;
    const struct programme_cell *const told = &telling->cells[cell];
    const size_t row = telling->first_row + cell;
    const bool is_told = told->n != MISSING_INTEGER;
    const struct programme_ratio ratio = is_told ? programme_ratio(told->n_event, told->expected) : (struct programme_ratio){NAN, NAN, NAN};
    int status = 0;

    status |= column_set_integer(columns->n, row, told->n);
    status |= column_set_integer(columns->n_event, row, is_told ? told->n_event : MISSING_INTEGER);
    status |= column_set_integer(columns->n_unknown, row, MISSING_INTEGER);
    status |= column_set_real(columns->expected, row, is_told ? told->expected : NAN);
    status |= column_set_real(columns->variance, row, is_told ? told->variance : NAN);
    status |= column_set_real(columns->ratio, row, ratio.ratio);
    status |= column_set_real(columns->conf_low, row, ratio.conf_low);
    status |= column_set_real(columns->conf_high, row, ratio.conf_high);
    status |= column_set_real(columns->z, row, is_told ? told->z : NAN);
    status |= column_set_real(columns->centre, row, told->centre);
    status |= column_set_real(columns->low, row, told->low);
    status |= column_set_real(columns->high, row, told->high);
    status |= column_set_real(columns->factor, row, told->factor);
    status |= column_set_real(columns->person_time, row, is_told ? told->time : NAN);
    return status | put_signal(telling, row, told);
}

static int put_sums(const struct telling *telling)
{
    const struct programme_cell *const all = &telling->cells[0];
    const bool is_told = all->n != MISSING_INTEGER;
    const size_t m = telling->measure;

    return column_set_integer(table_column(telling->measures, "n"), m, all->n) |
           column_set_integer(table_column(telling->measures, "n_event"), m, is_told ? all->n_event : MISSING_INTEGER) |
           column_set_real(table_column(telling->measures, "person_time"), m, is_told ? all->time : NAN);
}

static struct columns find_columns(const struct table *table)
{
    return (struct columns){table_column(table, "n"),           table_column(table, "n_event"), table_column(table, "n_unknown"),
                            table_column(table, "expected"),    table_column(table, "variance"), table_column(table, "ratio"),
                            table_column(table, "conf_low"),    table_column(table, "conf_high"), table_column(table, "z"),
                            table_column(table, "centre"),      table_column(table, "low"),      table_column(table, "high"),
                            table_column(table, "signal"),      table_column(table, "person_time"), table_column(table, "phase"),
                            table_column(table, "baseline"),    table_column(table, "factor")};
}

/* All that is asked of them later, before anything is put into their place. */
static struct counted *count(const struct table *measures, const struct table *programmes, const struct programme_shape *shape)
{
    struct counted *counted = allocate(shape->n_measures * shape->n_cells + 1, sizeof *counted);
    const struct column *const n = table_column(programmes, "n"), *const event = table_column(programmes, "n_event"),
                              *const unknown = table_column(programmes, "n_unknown");

    for (size_t row = 0; counted != NULL && row < shape->n_measures * shape->n_cells; row++) {
        const int64_t people = number(n, row), told = number(event, row);

        counted[row] = (struct counted){people, cell_is(measures, "share", row / shape->n_cells, "no_event") ? people - told : told,
                                        number(unknown, row)};
    }
    return counted;
}

static int tell_how(struct table *measures, const bool *is_share)
{
    struct column *const column = table_add_column(measures, "told_as", COLUMN_TEXT, sizeof "counts" - 1, "Told as counts or as shares", "");

    for (size_t m = 0; column != NULL && m < measures->n_rows; m++)
        column_set_text(column, m, is_share[m] ? "shares" : "counts", strlen("counts"));
    return column == NULL ? -1 : 0;
}

static int tell_measure(struct telling *telling, size_t measure)
{
    int status;

    telling->measure = measure;
    telling->first_row = measure * telling->shape.n_cells;
    telling->is_rate = cell_is(telling->measures, "share", measure, "rate");
    telling->is_without = cell_is(telling->measures, "share", measure, "no_event");
    for (size_t cell = 0; cell < telling->shape.n_cells; cell++)
        tell_cell(telling, cell);
    if (!hides_beside_arms(telling))
        for (size_t cell = 0; cell < telling->shape.n_cells; cell++)
            telling->cells[cell].n = MISSING_INTEGER;
    protect(telling);
    status = chart(telling);
    for (size_t cell = 0; status == 0 && cell < telling->shape.n_cells; cell++)
        status = put_cell(telling, cell);
    return status != 0 ? -1 : put_sums(telling);
}

int programme_shares_put(const struct programme_telling *what)
{
    const struct programme_shape shape = programme_shape_of(what->programmes);
    struct counted *counted = count(what->measures, what->programmes, &shape);
    struct telling telling = {.what = what, .programmes = what->programmes, .measures = what->measures, .shape = shape,
                              .threshold = what->threshold, .counted = counted};
    int status = counted == NULL || (telling.cells = allocate(shape.n_cells + 1, sizeof *telling.cells)) == NULL ? -1 : 0;

    if (shape.n_measures > 0)
        telling.columns = find_columns(what->programmes);
    for (size_t m = 1; status == 0 && m < shape.n_measures; m++)
        if (what->is_share[m])
            status = tell_measure(&telling, m);
    free(telling.cells);
    free(counted);
    return status != 0 ? -1 : tell_how(what->measures, what->is_share);
}
