/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells of a line add up to its total: none that is withheld may follow from those that are told. */
#include <stdlib.h>

#include "report/reading.h"
#include "report/share_telling.h"

/* Those who count, of a row. */
static int64_t told_of(const struct telling *telling, size_t row)
{
    const struct counted *const counted = &telling->counted[row];

    return telling->is_without ? counted->n - counted->events : counted->events;
}

/* Is a share of another day of this outcome told of the cell, or was this one told before, so near that it tells of it as well? */
static bool is_told_nearly(const struct telling *telling, size_t cell)
{
    const struct counted *const own = &telling->counted[telling->first_row + cell];

    for (size_t m = 1; m < telling->measure; m++) {
        const struct counted *const near = &telling->counted[m * telling->shape.n_cells + cell];

        if (telling->others[m].same_outcome && !column_is_missing(telling->columns.n, m * telling->shape.n_cells + cell) && llabs(near->n - own->n) < telling->threshold &&
            llabs(near->events - own->events) < telling->threshold)
            return true;
    }
    return share_was_told_nearly(telling, cell);
}

/* Cells of a line that are not told although there is somebody in them, without the total. */
struct hidden {
    size_t n;
    int64_t counted, others; /* people in them who count, who do not */
    double slack;            /* by so many people the cells that are told, the total included, may be others together */
    bool total_is_told;
    size_t smallest;         /* cell that is told, with the fewest people; n_cells: none */
};

/* Cells that were withheld for their change alone count as told, for whom they would protect; counts_near: so do those told by a near day. */
static struct hidden look_along(const struct telling *telling, const struct programme_line *line, bool counts_near)
{
    struct hidden hidden = {.smallest = telling->shape.n_cells};

    for (size_t k = 0; k < line->n; k++) {
        const size_t cell = line->first + k * line->step, row = telling->first_row + cell;
        const int64_t n = telling->counted[row].n, told = telling->cells[cell].n;
        const bool is_told_by_other = told == MISSING_INTEGER && (telling->is_change[cell] || (counts_near && is_told_nearly(telling, cell)));

        if (told > 0 || is_told_by_other) {
            hidden.slack += 0.005 * (double)(is_told_by_other ? n : told);
            hidden.total_is_told = hidden.total_is_told || k == 0;
            if (k > 0 && told > 0 && (hidden.smallest == telling->shape.n_cells || told < telling->cells[hidden.smallest].n))
                hidden.smallest = cell;
        } else if (k > 0 && told == MISSING_INTEGER) {
            hidden.n++;
            hidden.counted += told_of(telling, row);
            hidden.others += n - told_of(telling, row);
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

    if (!gives_away(telling, line, &hidden) && !gives_away(telling, line, &beside) && !share_line_tells_changes(telling, line))
        return false;
    const size_t cell = hidden.smallest < telling->shape.n_cells ? hidden.smallest : line->first;
    if (telling->cells[cell].n == MISSING_INTEGER) /* all are hidden */
        return false;
    telling->cells[cell].n = MISSING_INTEGER;
    return true;
}

void share_protect_lines(const struct telling *telling)
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
