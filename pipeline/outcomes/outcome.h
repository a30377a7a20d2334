/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * outcome.h - what happened to each person of the cohort, under one named definition.
 *
 * Every rule (given.h, retention.h, completion.h) fills one table `outcome/NAME`, one row a person of table
 * `cohort`, in the same order:
 *
 *     cause   0 censored (with a time) or no event (without); 1 the outcome's event; 2, 3, ... competing events;
 *             missing: the person does not count for this outcome
 *     time    days from time zero to the event or the end of observation; only outcomes with a time
 *     time_low, time_high   days known in an interval: the least and the largest they can be, time_high missing where it is
 *             open; only outcomes with such days.  Of `interval` days `time` is the end of the interval, of an open one its beginning,
 *             censored: P(T > t) is right at the edges of intervals, where alone study/ lets it be read
 *     entry   day on which the person came under observation; only outcomes with an entry column
 *     n_looked  days on which a test or a visit could have found it while the person was at risk; only outcomes of such rows
 *     value   of an outcome that is no event but a number; its cause is 0
 *     loss    why the person does not count ("counts" for all others)
 */
#ifndef OUTCOMES_OUTCOME_H
#define OUTCOMES_OUTCOME_H

#include "base/table.h"
#include "cohort/history.h"
#include "outcomes/evidence.h"
#include "study/study.h"

enum loss { /* why somebody does not count; a reason is never dropped in silence */
    LOSS_NONE,
    LOSS_TIME_MISSING,
    LOSS_TIME_NEGATIVE,
    LOSS_ENTRY_MISSING,
    LOSS_ENTRY_LATE,        /* entry at or after the end of observation: at risk never */
    LOSS_EVENT_UNDECIDED,   /* a value the event's condition needs is missing */
    LOSS_TWO_EVENTS,        /* the event and a competing one, or two competing ones, at once */
    LOSS_COMPLETED_UNDECIDED,
    LOSS_REASON_MISSING,
    LOSS_EXCLUDED,          /* by the definition (a reason it leaves out) */
    LOSS_NO_WORD,           /* the weeks of the person begin nowhere, or there are too many */
    LOSS_WORD_SHORT,        /* fewer weeks than the definition needs */
    LOSS_UNOBSERVED,        /* not as long as the rule looks */
    LOSS_NOT_ENDED,         /* the stay or episode from whose end days are counted was not seen to end */
    N_LOSSES,
};
const char *loss_name(enum loss loss);

/** What a rule reads: the source's rows, and which of them each person is. */
struct outcome_input {
    const struct study *study;
    const struct study_outcome *outcome;
    const struct table *records; /* columns that the rule needs */
    const struct column *record; /* of table cohort: row in records of person i */
    size_t n;                    /* persons */
    int n_threads;
    const struct evidence *evidence; /* dated rows (evidence.h) */
    struct table *const *words;      /* [study->n_words] weekly words (study_words.h) */
    const struct history *history;   /* linked stays (cohort/history.h); NULL where stays are not linked */
    const struct table *cohort;
    bool shared;                     /* other ranks have other persons (share.h): all of them ask alike */
};

/** Where a rule writes, and where the days come from; columns found once. */
struct outcome_writer {
    const struct outcome_input *input;
    const struct column *days, *start;          /* of the source; NULL where the outcome has none */
    struct column *cause, *time, *entry, *loss; /* of the table; time and entry NULL where it has none */
    struct column *value;                       /* likewise */
    const struct column *high;                  /* of the source: DAYS_INTERVAL */
    struct column *time_low, *time_high;        /* of the table: DAYS_INTERVAL */
};

/** Can the data tell this outcome at all?  -1 after telling which table has no row for it (support.c). */
int outcome_is_supported(const struct outcome_input *input);

/** Can a test or a visit find this outcome, so that who is looked at more often has it found more often (looked.c)? */
bool outcome_is_looked_for(const struct study *study, const struct study_outcome *outcome);
int outcome_count_looks(const struct outcome_input *input, struct table *table); /* -1 after telling */

/** Computes one outcome by its rule; NULL after telling. */
struct table *outcome_compute(const struct outcome_input *input);

/** Adds the columns of the source that a rule needs (conditions.h); -1 after telling. */
int outcome_columns(const struct study *study, const struct study_outcome *outcome, const struct table *schema,
                    char ***names);

/** Number of causes: 1 and the competing ones. */
size_t outcome_n_causes(const struct study_outcome *outcome);

/** Name of cause 2, 3, ...; "event" for 1. */
const char *outcome_cause(const struct study_outcome *outcome, size_t cause);

/**
 * Sets person i: the checks of time and entry that all rules share, and the end of follow-up: what happens after
 * follow_up.days was not observed, so the person is censored on that day.
 */
void outcome_set(const struct outcome_writer *writer, size_t i, enum loss loss, int cause);

/** The same for a rule that finds the days from time zero itself. */
void outcome_set_time(const struct outcome_writer *writer, size_t i, enum loss loss, int cause, double time);

/** Calls judge for every person, on n_threads: what it makes of one must not depend on the others. */
void outcome_of_each(const struct outcome_writer *writer,
                     void (*judge)(const struct outcome_writer *writer, const void *context, size_t i), const void *context);

/* One file a rule. */
int given_compute(const struct outcome_writer *writer);
int retention_compute(const struct outcome_writer *writer);
int completion_compute(const struct outcome_writer *writer);
int library_compute(const struct outcome_writer *writer);
int first_of_compute(const struct outcome_writer *writer);
int any_compute(const struct outcome_writer *writer);
int good_weeks_compute(const struct outcome_writer *writer);
int process_compute(const struct outcome_writer *writer);

#endif
