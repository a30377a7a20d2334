/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * process.h - process measures of one person: did care begin, go on, follow, last, or come again?  One file a rule.
 *
 * Each looks at the stays of a person (care.h) and gives one result.  None of them makes up for what was not
 * observed: whoever cannot be watched for as long as a yes-or-no rule looks does not count, whatever was seen, because
 * counting only those who got there early would favour them.
 */
#ifndef OUTCOMES_PROCESS_H
#define OUTCOMES_PROCESS_H

#include "outcomes/care.h"
#include "outcomes/outcome.h"

struct process_result {
    enum loss loss;
    int cause;     /* 0, 1; 2: death or completing, where days are counted */
    int32_t days;  /* where days are counted */
};

struct process_rule {
    struct care_levels services; /* what counts as treatment */
    struct care_levels after;    /* continuity: index stays at these levels */
    int32_t initiation_days;     /* last day, from time zero, on which care may begin (13) */
    int32_t engagement_days;     /* days after that within which it must go on (34) */
    int32_t engagement_services; /* services that must follow (2) */
    int32_t months;              /* of 30 days (3) */
    enum leaving_part part;      /* leaving: of what the end is taken */
    enum completed_rule completed;
};

/**
 * initiation - treatment on the episode date or the 13 days after (HEDIS IET, initiation).
 * Yes or no: a service day from time zero to initiation_days after it.
 */
struct process_result initiation_find(const struct care *care, const struct process_rule *rule);

/**
 * engagement - two more services within 34 days after initiation (HEDIS IET, engagement).
 * Yes or no: initiated, and on at least engagement_services further days, 1 to engagement_days after the day of
 * initiation a service was given; where care was initiated around the clock, after the end of that admission, transfers
 * to other care around the clock included.
 */
struct process_result engagement_find(const struct care *care, const struct process_rule *rule);

/**
 * continuity - the next service after an index stay at one of the levels `after` has ended, from the day after its end.
 * Days are counted from that end, so 7- and 14-day continuity are its risks at 7 and 14.
 */
struct process_result continuity_find(const struct care *care, const struct process_rule *rule);

/**
 * readmission - the first stay of a later episode at a level that counts.
 * Days are counted from the end of the index episode; a transfer or a step down lies within an episode and so never
 * counts.  Death competes.
 */
struct process_result readmission_find(const struct care *care, const struct process_rule *rule);

/**
 * active_months - 90-day retention (Washington State): in treatment in each of the first three months of 30 days, or
 * completed before they were over.  Yes or no.
 */
struct process_result active_months_find(const struct care *care, const struct process_rule *rule);

/**
 * leaving - retention: the end of the index stay, of care at its level or in its programme, or of its episode, in days
 * from time zero.  Care at a level (in a programme) goes on through the stays of the episode, in order of their start,
 * until one at another level (in another programme) begins after it has ended; what lies within it does not end it.
 * A stay that was not seen to end is censored on the last day of observation.  Completing counts as the rule says: it is
 * leaving like any other, or retained as long as the person is observed, or a competing event, or the end of observation.
 */
struct process_result leaving_find(const struct care *care, const struct process_rule *rule);

/** Adds the columns of the source that a process measure reads; -1 after telling. */
int process_columns(const struct study *study, const struct study_outcome *outcome, char ***names);

#endif
