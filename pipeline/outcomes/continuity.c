/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/process.h"

struct process_result continuity_find(const struct care *care, const struct process_rule *rule)
{
    const struct care_stay *stay = &care->stays[care->index];
    int32_t next;

    if (!rule->after.counts[stay->level])
        return (struct process_result){.loss = LOSS_EXCLUDED};
    if (stay->open || stay->end > care->last_day)
        return (struct process_result){.loss = LOSS_NOT_ENDED};
    if (care->death <= stay->end)
        return (struct process_result){.cause = 2};
    next = care_service_from(care, &rule->services, stay->end + 1, NULL);
    if (next != NO_DAY)
        return (struct process_result){.cause = 1, .days = next - stay->end};
    if (care->death <= care->last_day)
        return (struct process_result){.cause = 2, .days = care->death - stay->end};
    return (struct process_result){.cause = 0, .days = care->last_day - stay->end};
}
