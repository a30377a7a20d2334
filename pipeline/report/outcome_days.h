/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * outcome_days.h - inside counts_days: the days by which a dashboard asks about one outcome, and where the counts of each lie.
 *
 * Days are in rising order.  A day has measures of up to three kinds; counts that several of them show have a slot of the box for
 * each, and those that none shows have one slot.  An outcome has shares, rates or both on any of its days, and then the counts of
 * these on all of them, as programme_grid.h ties them.
 */
#ifndef REPORT_OUTCOME_DAYS_H
#define REPORT_OUTCOME_DAYS_H

#include "report/programme_grid.h"

#define NO_MEASURE SIZE_MAX

enum kind { SHARE_EVENT, SHARE_NO_EVENT, RATE, N_KINDS };

/** Where counts lie in the box: one slot, or one for each measure that shows them. */
struct slots {
    size_t n, slot[N_KINDS];
};

/** A day by which the dashboard asks about an outcome, the measures that do (or NO_MEASURE), and its counts. */
struct day {
    double time;
    size_t measure[N_KINDS];
    struct slots event;
    struct slots known, free;                    /* of shares: all whose state is known, and those without the event */
    struct slots due, other;                     /* of rates: all who are due, and those without the event */
    struct slots lost;                           /* due, but not known */
    struct slots fresh, still, past, gone, undue; /* from here to the next day */
};

/** The counts of one day, all cells of each. */
struct counted {
    struct node *event, *known, *free, *due, *other;
};

struct outcome_days {
    const struct programme_grid *grid;
    const char *outcome;
    size_t n;
    struct day *days;
    bool has_shares, has_rates;
    struct counted now, later; /* of two days, one after the other */
    struct node *fresh;        /* [n_cells] with the event between them */
    struct count_box *box; /* of the system */
};

/** A measure of the day. */
static inline size_t days_any_measure(const struct day *day)
{
    for (size_t kind = 0; kind < N_KINDS; kind++)
        if (day->measure[kind] != NO_MEASURE)
            return day->measure[kind];
    return NO_MEASURE;
}

/* ---- days_box.c ---- */

/** Slots for a day, those of its measures filled with their counts.  -1 after telling. */
int days_add_slots(const struct outcome_days *days, struct day *day);

/** The count of a cell in the last of these slots; nobody is NOBODY.  Nothing without a slot. */
void days_set_slot(const struct outcome_days *days, const struct slots *slots, size_t cell, struct node node);

/** All kinds of people: by the days of their event, until when they are known and until when they are due.  -1 after telling. */
int days_add_kinds(const struct outcome_days *days);

/* ---- days_near.c ---- */

/**
 * Of the days of a cell one hides what is few, or is few when it is taken from what the last day shows that shows it.  So what
 * lies between days that are shown is nobody, or many.  Needs the counts of all days.  -1 after telling.
 */
int days_thin(const struct outcome_days *days);

/** A cell that is whole is hidden on all days or on none. */
void days_close(const struct outcome_days *days);

#endif
