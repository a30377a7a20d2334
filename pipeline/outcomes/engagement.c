/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/process.h"

/* The end of care around the clock that goes on from this stay without a day between; NO_DAY: not seen to end. */
static int32_t end_of_admission(const struct care *care, size_t stay)
{
    int32_t end = care->stays[stay].end;
    bool open = care->stays[stay].open;

    for (size_t i = 0; i < care->n; i++) { /* in order of start, so one pass follows every transfer */
        const struct care_stay *next = &care->stays[i];
        if (care_is_around_the_clock(next->level) && next->start >= care->stays[stay].start && next->start <= end + 1 &&
            next->end > end) {
            end = next->end;
            open = next->open;
        }
    }
    return open ? NO_DAY : end;
}

struct process_result engagement_find(const struct care *care, const struct process_rule *rule)
{
    size_t stay = 0;
    const int32_t initiated = care_service_from(care, &rule->services, care->zero, &stay);
    const int32_t last = care->zero + rule->initiation_days;
    int32_t from;

    if (care->last_day < last + rule->engagement_days)
        return (struct process_result){.loss = LOSS_UNOBSERVED};
    if (initiated > last)
        return (struct process_result){.cause = 0};
    /* Day 1 is the day after: after the visit, or after the discharge from care around the clock. */
    from = initiated;
    if (care_is_around_the_clock(care->stays[stay].level)) {
        from = end_of_admission(care, stay);
        if (from == NO_DAY || care->last_day < from + rule->engagement_days)
            return (struct process_result){.loss = LOSS_UNOBSERVED};
    }
    int32_t day = from;
    for (int32_t n = 0; n < rule->engagement_services; n++) {
        day = care_service_from(care, &rule->services, day + 1, NULL);
        if (day > from + rule->engagement_days) /* NO_DAY is later than any */
            return (struct process_result){.cause = 0};
    }
    return (struct process_result){.cause = 1};
}
