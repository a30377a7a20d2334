/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What do earlier releases tell of a share, together with this one? */
#include <math.h>
#include <stdlib.h>

#include "report/ledger.h"
#include "report/reading.h"
#include "report/share_range.h"
#include "report/share_telling.h"

static bool is_told(const struct telling *telling, size_t cell)
{
    return telling->cells[cell].n != MISSING_INTEGER;
}

/* Where the people of the first measure are withheld nothing is told, whatever the share would be. */
static bool leaves(const struct telling *telling, size_t cell)
{
    return is_told(telling, cell) && !telling->what->is_hidden[telling->first_row + cell];
}

static bool has_people(const struct telling *telling, size_t cell)
{
    return telling->counted[cell].n > 0 && telling->counted[telling->first_row + cell].n > 0;
}

/* ---- rates ------------------------------------------------------------------------------------------------------------------ */

/* Half a unit of the second digit. */
static double half_unit(double value)
{
    return value > 0 ? 0.5 * pow(10, floor(log10(value)) - 1) : 0;
}

/* A rate and a mean time of two digits each tell how many events a person has. */
static void narrow_by_rate(const struct telling *telling, size_t cell, struct share_bounds *bounds)
{
    const struct counted *const own = &telling->counted[telling->first_row + cell];
    const double time = column_real(telling->columns.person_time, telling->first_row + cell);
    const double rate = (double)own->events / time, mean = time / (double)own->n, each = rate * mean;
    const double wide = (1 + half_unit(rate) / rate) * (1 + half_unit(mean) / mean);
    struct share_bound events = bounds->events;

    if (!(time > 0) || own->events == 0)
        return;
    events.low = llround(fmax((double)events.low, floor((double)bounds->people.low * each / wide)));
    events.high = llround(fmin((double)events.high, ceil((double)bounds->people.high * each * wide)));
    if (events.low <= events.high)
        bounds->events = events;
}

/* ---- one cell ----------------------------------------------------------------------------------------------------------------- */

static struct share_record record_of(const struct telling *telling, size_t cell)
{
    const struct counted *const own = &telling->counted[telling->first_row + cell];
    const struct programme_cell *const told = &telling->cells[cell];
    struct share_record record = {.told = is_told(telling, cell), .people = own->n, .events = own->events, .time = NAN,
                                  .n = MISSING_INTEGER, .n_event = MISSING_INTEGER};

    if (!record.told) {
        record.bounds = (struct share_bounds){{own->n, own->n}, {own->events, own->events}, {own->n - own->events, own->n - own->events}};
        return record;
    }
    record.n = told->n;
    record.n_event = told->n_event;
    record.time = told->time;
    record.bounds = telling->bounds[cell];
    if (telling->is_rate)
        narrow_by_rate(telling, cell, &record.bounds);
    return record;
}

/* Was it told, or withheld, when it was nearly the same? */
static bool was_nearly(const struct ledger_shares *earlier, size_t row, bool told, const struct share_record *now, int64_t threshold)
{
    for (const struct share_record *then = ledger_shares_last(earlier, row); then != NULL; then = ledger_shares_before(earlier, then))
        if (then->told == told && share_records_are_near(then, now, threshold))
            return true;
    return false;
}

/* What it protected then could be worked out from it now. */
static bool was_withheld_nearly(const struct ledger_shares *earlier, size_t row, const struct share_record *now, int64_t threshold)
{
    return was_nearly(earlier, row, false, now, threshold);
}

/* Beside what was told as a share: of nobody who has changed nothing is told, and of what is told as it was nothing new. */
static bool tells_a_change(const struct ledger_shares *earlier, size_t row, const struct share_record *now, int64_t threshold)
{
    for (const struct share_record *then = ledger_shares_last(earlier, row); then != NULL; then = ledger_shares_before(earlier, then))
        if (then->told && !(then->people == now->people && then->events == now->events) && !share_records_tell_the_same(then, now) &&
            !share_change_is_hidden(&then->bounds, &now->bounds, threshold))
            return true;
    return false;
}

/* Beside what was told by its count: those who count are it. */
static bool tells_a_change_of_counts(const struct telling *telling, size_t cell, const struct share_record *now)
{
    const struct programme_telling *const what = telling->what;
    const char *const key = release_counts_key(what->counts, what->programmes, telling->first_row + cell, "n_event");
    const int64_t truth = telling->is_without ? now->people - now->events : now->events;

    return key != NULL && !ledger_hides_change(what->ledger, key, truth, telling->is_without ? now->bounds.no_events : now->bounds.events,
                                               telling->threshold);
}

void share_keep_earlier(const struct telling *telling)
{
    for (size_t cell = 0; telling->earlier != NULL && cell < telling->shape.n_cells; cell++) {
        const size_t row = telling->first_row + cell;

        if (!is_told(telling, cell) || !has_people(telling, cell))
            continue;
        const struct share_record now = record_of(telling, cell);
        const bool stays = was_withheld_nearly(telling->earlier, row, &now, telling->threshold);
        telling->is_change[cell] = !stays && (tells_a_change(telling->earlier, row, &now, telling->threshold) ||
                                              tells_a_change_of_counts(telling, cell, &now));
        if (stays || telling->is_change[cell])
            telling->cells[cell].n = MISSING_INTEGER;
    }
}

int share_enter(const struct telling *telling)
{
    int status = 0;

    for (size_t cell = 0; telling->earlier != NULL && status == 0 && cell < telling->shape.n_cells; cell++) {
        const struct share_record now = record_of(telling, cell);

        if (has_people(telling, cell) && !telling->what->is_hidden[telling->first_row + cell])
            status = ledger_shares_enter(telling->earlier, telling->first_row + cell, &now, telling->threshold);
    }
    return status;
}

/* ---- lines ---------------------------------------------------------------------------------------------------------------------- */

static const struct share_record *last_told(const struct telling *telling, size_t cell)
{
    const struct share_record *then = ledger_shares_last(telling->earlier, telling->first_row + cell);

    while (then != NULL && !then->told)
        then = ledger_shares_before(telling->earlier, then);
    return then;
}

bool share_was_told_nearly(const struct telling *telling, size_t cell)
{
    const struct share_record now = record_of(telling, cell);

    return was_nearly(telling->earlier, telling->first_row + cell, true, &now, telling->threshold);
}

/* What a line's changes come to: of the total, less those of the cells that are told and were, so of all others together. */
struct changes {
    struct share_bound of[3]; /* people, events, people without the event */
    int64_t truth[3];
    bool has_hidden;
};

static void add_change(struct changes *changes, const struct share_record *then, const struct share_record *now, bool is_total)
{
    const struct share_bound before[] = {then->bounds.people, then->bounds.events, then->bounds.no_events};
    const struct share_bound after[] = {now->bounds.people, now->bounds.events, now->bounds.no_events};
    const int64_t people = now->people - then->people, events = now->events - then->events, truth[] = {people, events, people - events};

    for (size_t k = 0; k < 3; k++) {
        const struct share_bound change = share_bound_change(before[k], after[k]);

        changes->of[k].low += is_total ? change.low : -change.high;
        changes->of[k].high += is_total ? change.high : -change.low;
        changes->truth[k] += is_total ? truth[k] : -truth[k];
    }
}

bool share_line_tells_changes(const struct telling *telling, const struct programme_line *line)
{
    struct changes changes = {.has_hidden = false};

    if (telling->earlier == NULL || !leaves(telling, line->first) || last_told(telling, line->first) == NULL)
        return false;
    for (size_t k = 0; k < line->n; k++) {
        const size_t cell = line->first + k * line->step;
        const struct share_record now = record_of(telling, cell), *const then = last_told(telling, cell);

        if (then != NULL && leaves(telling, cell) && has_people(telling, cell))
            add_change(&changes, then, &now, k == 0);
        else
            changes.has_hidden = changes.has_hidden || then != NULL || telling->counted[telling->first_row + cell].n > 0;
    }
    for (size_t k = 0; changes.has_hidden && k < 3; k++)
        if (changes.truth[k] != 0 && !share_bound_is_hidden(changes.of[k], telling->threshold))
            return true;
    return false;
}

/* ---- counts ---------------------------------------------------------------------------------------------------------------------- */

int programme_shares_hide_counts(const struct table *measures, const struct table *programmes, const bool *is_share, struct ledger *ledger,
                                 const struct release_counts *counts)
{
    struct ledger_shares *const earlier = ledger_shares(ledger, programmes);
    const struct programme_shape shape = programme_shape_of(programmes);

    if (earlier == NULL)
        return -1;
    for (size_t row = 0; row < programmes->n_rows; row++) {
        const size_t m = row / shape.n_cells;

        if (is_share[m] || ledger_shares_last(earlier, row) == NULL)
            continue;
        const int64_t n = cell_integer(programmes, "n", row), counted = cell_integer(programmes, "n_event", row);
        const int64_t events = cell_is(measures, "share", m, "no_event") ? n - counted : counted;
        const struct share_record now = {.told = true, .n = MISSING_INTEGER, .people = n, .events = events, .bounds = {{n, n}, {events, events}, {n - events, n - events}}};
        const int64_t threshold = counts->system->threshold;
        if (was_withheld_nearly(earlier, row, &now, threshold) || tells_a_change(earlier, row, &now, threshold))
            count_hide(counts->system, release_counts_cell(counts, programmes, row, "n_event"));
    }
    return 0;
}
