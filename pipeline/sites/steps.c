/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/steps.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "sites/site_groups.h"

struct steps {
    struct step_place *places;
    size_t n, n_class;
    int64_t threshold;
    int64_t *of;  /* [n_class] people of the step that is being made */
    size_t *ends; /* [n] of steps */
};

static size_t day_end(const struct steps *s, size_t from)
{
    size_t end = from + 1;

    while (end < s->n && s->places[end].at == s->places[from].at)
        end++;
    return end;
}

/* Does every class of places[from .. to - 1] that occurs have enough people? */
static bool holds_enough(const struct steps *s, size_t from, size_t to)
{
    bool enough = true;

    memset(s->of, 0, s->n_class * sizeof *s->of);
    for (size_t i = from; i < to; i++)
        s->of[s->places[i].class] += s->places[i].n;
    for (size_t k = 0; k < s->n_class; k++)
        enough &= !is_few(s->of[k], s->threshold);
    return enough;
}

/* Ends of steps; returns how many. */
static size_t find_steps(const struct steps *s)
{
    size_t n_steps = 0, from = 0;

    for (size_t at = 0, end; at < s->n; at = end) {
        end = day_end(s, at);
        if (holds_enough(s, from, end)) {
            s->ends[n_steps++] = end;
            from = end;
        }
    }
    if (from == s->n)
        return n_steps;
    /* What is left over belongs to the step before, with as many others as it takes: a class may occur in it that they have not. */
    while (n_steps > 0 && !holds_enough(s, from, s->n))
        from = --n_steps == 0 ? 0 : s->ends[n_steps - 1];
    s->ends[n_steps++] = s->n;
    return n_steps;
}

static double step_value(const struct steps *s, size_t from, size_t to, bool by_mean)
{
    double sum = 0, n = 0;

    if (!by_mean || s->places[from].at == s->places[to - 1].at)
        return s->places[to - 1].at;
    for (size_t i = from; i < to; i++) {
        sum += s->places[i].at * (double)s->places[i].n;
        n += (double)s->places[i].n;
    }
    return sum / n;
}

static void set_step(const struct steps *s, size_t from, size_t to, bool by_mean, struct coarsening *lost)
{
    const double value = step_value(s, from, to, by_mean), width = s->places[to - 1].at - s->places[from].at;

    for (size_t i = from; i < to; i++)
        s->places[i].at = value;
    if (width > lost->widest)
        lost->widest = width;
    lost->n_steps++;
}

int steps_make(struct step_place *places, size_t n, size_t n_class, int64_t threshold, bool by_mean, struct coarsening *lost)
{
    const struct steps s = {places, n, n_class, threshold, allocate(n_class, sizeof *s.of), allocate(n + 1, sizeof *s.ends)};
    const int status = s.of == NULL || s.ends == NULL ? -1 : 0;

    for (size_t at = 0; status == 0 && at < n; at = day_end(&s, at))
        lost->n_days++;
    const size_t n_steps = status != 0 || n == 0 ? 0 : find_steps(&s);
    for (size_t k = 0; k < n_steps; k++)
        set_step(&s, k == 0 ? 0 : s.ends[k - 1], s.ends[k], by_mean, lost);
    free(s.of);
    free(s.ends);
    return status;
}

static int compare_rows(const void *a, const void *b)
{
    const struct step_row *x = a, *y = b;

    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    if (x->place.at != y->place.at)
        return x->place.at < y->place.at ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

int steps_put_together(struct step_row *rows, size_t n, size_t n_class, int64_t threshold, bool by_mean, struct column *column,
                       struct coarsening *lost)
{
    struct step_place *const places = allocate(n + 1, sizeof *places);
    int status = places == NULL ? -1 : 0;

    if (n > 0)
        qsort(rows, n, sizeof *rows, compare_rows);
    for (size_t i = 0; status == 0 && i < n; i++)
        places[i] = rows[i].place;
    for (size_t from = 0, to; status == 0 && from < n; from = to) {
        for (to = from + 1; to < n && rows[to].group == rows[from].group; to++)
            ;
        status = steps_make(places + from, to - from, n_class, threshold, by_mean, lost);
    }
    for (size_t i = 0; status == 0 && i < n; i++)
        column_set_real(column, rows[i].row, places[i].at);
    free(places);
    return status;
}
