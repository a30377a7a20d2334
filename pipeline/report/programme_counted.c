/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/programme_counted.h"

#include "base/memory.h"
#include "report/reading.h"

struct counted *programme_counted(const struct table *measures, const struct table *programmes, const struct programme_shape *shape)
{
    struct counted *counted = allocate(shape->n_measures * shape->n_cells + 1, sizeof *counted);
    const struct column *const n = table_column(programmes, "n"), *const event = table_column(programmes, "n_event"),
                              *const unknown = table_column(programmes, "n_unknown");

    for (size_t row = 0; counted != NULL && row < shape->n_measures * shape->n_cells; row++) {
        const int64_t people = column_integer(n, row), told = column_integer(event, row);

        counted[row] = (struct counted){people, cell_is(measures, "share", row / shape->n_cells, "no_event") ? people - told : told,
                                        column_integer(unknown, row)};
    }
    return counted;
}

static int64_t due(const struct counted *counted)
{
    return counted->n + counted->unknown;
}

/* Due for any of three measures. */
static int64_t most_due(const struct counted *const *of, size_t cell)
{
    int64_t most = 0;

    for (size_t k = 0; k < 3; k++)
        most = due(&of[k][cell]) > most ? due(&of[k][cell]) : most;
    return most;
}

int64_t counted_everybody(const struct counted *counted, const struct programme_shape *shape, size_t measure, size_t other, size_t cell)
{
    const struct counted *const of[] = {counted, counted + measure * shape->n_cells, counted + other * shape->n_cells};
    int64_t everybody = most_due(of, cell);

    if (cell % shape->width != 0)
        return everybody;
    for (size_t q = 1; q < shape->width; q++)
        if (due(&of[1][cell + q]) == 0)
            everybody -= most_due(of, cell + q);
    /* Of one day nobody may be due where somebody is on another one: what is left is no less than who is due. */
    return everybody > due(&of[1][cell]) ? everybody : due(&of[1][cell]);
}

bool counted_is_known(const struct counted *counted, const struct programme_shape *shape, size_t measure, size_t cell)
{
    const struct counted *const first = &counted[cell], *const own = &counted[measure * shape->n_cells + cell];
    int64_t undated = own->n - first->n;

    if (cell % shape->width != 0)
        return false;
    for (size_t q = 1; q < shape->width; q++) {
        if (due(&own[q]) > 0 && own[q].n != first[q].n)
            return false;
        undated -= own[q].n - first[q].n;
    }
    return undated == 0;
}
