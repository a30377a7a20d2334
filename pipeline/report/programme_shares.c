/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/programme_shares.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/reading.h"
#include "report/release_table.h"
#include "report/share_range.h"
#include "report/share_telling.h"

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

/* ---- what is told of a cell ------------------------------------------------------------------------------------------------ */

static double percent_of(double part, double whole)
{
    return whole > 0 ? round(100 * part / whole) / 100 : NAN;
}

/* The cell as it is told, of the people of the first measure. */
static void tell_rate(const struct telling *telling, size_t row, struct programme_cell *told)
{
    const double n = (double)column_integer(telling->columns.n, row), time = column_real(telling->columns.person_time, row);
    const double events = (double)column_integer(telling->columns.n_event, row);

    told->time = (double)told->n * released_digits(time / n, 2);
    told->time_units = 1;
    told->n_event = llround(released_digits(events / time, 2) * told->time);
    told->expected = released_digits(column_real(telling->columns.expected, row) / time, 2) * told->time;
    told->variance = told->expected;
}

static void tell_share(const struct telling *telling, size_t row, struct programme_cell *told)
{
    const int64_t n = column_integer(telling->columns.n, row), percent = whole_percent(telling->counted[row].events, n);

    told->n_event = llround((double)((telling->is_without ? 100 - percent : percent) * told->n) / 100);
    told->expected = (double)told->n * percent_of(column_real(telling->columns.expected, row), (double)n);
    told->variance = (double)told->n * released_digits(column_real(telling->columns.variance, row) / (double)n, 2);
}

static void tell_cell(const struct telling *telling, size_t cell)
{
    const size_t row = telling->first_row + cell;
    struct programme_cell *const told = &telling->cells[cell];

    *told = (struct programme_cell){.n = column_integer(telling->columns.n, cell), .time = NAN};
    told->z = round(10 * column_real(telling->columns.z, row)) / 10;
    told->centre = told->low = told->high = told->factor = NAN;
    telling->is_change[cell] = false;
    telling->bounds[cell] = (struct share_bounds){{0, INT64_MAX}, {0, INT64_MAX}, {0, INT64_MAX}};
    if (!share_may_be_told(telling, cell))
        told->n = MISSING_INTEGER;
    else if (told->n > 0 && telling->is_rate)
        tell_rate(telling, row, told);
    else if (told->n > 0)
        tell_share(telling, row, told);
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
    share_look_at_others(telling);
    for (size_t cell = 0; cell < telling->shape.n_cells; cell++)
        tell_cell(telling, cell);
    if (!share_hides_beside_arms(telling) || (telling->what->counts != NULL && release_counts_hides_share(telling->what->counts, measure)))
        for (size_t cell = 0; cell < telling->shape.n_cells; cell++)
            telling->cells[cell].n = MISSING_INTEGER;
    share_keep_earlier(telling);
    share_protect_lines(telling);
    status = share_enter(telling) != 0 ? -1 : share_chart(telling);
    for (size_t cell = 0; status == 0 && cell < telling->shape.n_cells; cell++)
        status = put_cell(telling, cell);
    return status != 0 ? -1 : put_sums(telling);
}

int programme_shares_put(const struct programme_telling *what)
{
    const struct programme_shape shape = programme_shape_of(what->programmes);
    struct counted *counted = programme_counted(what->measures, what->programmes, &shape); /* before anything is put into their place */
    struct telling telling = {.what = what, .programmes = what->programmes, .measures = what->measures, .shape = shape,
                              .threshold = what->threshold, .counted = counted};
    int status = counted == NULL || (telling.cells = allocate(shape.n_cells + 1, sizeof *telling.cells)) == NULL ||
                         (telling.bounds = allocate(shape.n_cells + 1, sizeof *telling.bounds)) == NULL ||
                         (telling.others = allocate(shape.n_measures + 1, sizeof *telling.others)) == NULL ||
                         (telling.is_change = allocate(shape.n_cells + 1, sizeof *telling.is_change)) == NULL ||
                         (what->ledger != NULL && (telling.earlier = ledger_shares(what->ledger, what->programmes)) == NULL)
                     ? -1
                     : 0;

    if (shape.n_measures > 0)
        telling.columns = find_columns(what->programmes);
    for (size_t m = 1; status == 0 && m < shape.n_measures; m++)
        if (what->is_share[m])
            status = tell_measure(&telling, m);
    free(telling.cells);
    free(telling.bounds);
    free(telling.is_change);
    free(telling.others);
    free(counted);
    return status != 0 ? -1 : tell_how(what->measures, what->is_share);
}
