/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/process.h"

struct process_result readmission_find(const struct care *care, const struct process_rule *rule)
{
    const int32_t episode = care->stays[care->index].episode;
    int32_t end = care->stays[care->index].end, next = NO_DAY;
    bool open = false;

    for (size_t i = 0; i < care->n; i++)
        if (care->stays[i].episode == episode) {
            end = care->stays[i].end > end ? care->stays[i].end : end;
            open |= care->stays[i].open;
        }
    if (open || end > care->last_day)
        return (struct process_result){.loss = LOSS_NOT_ENDED};
    if (care->death <= end)
        return (struct process_result){.cause = 2};
    for (size_t i = 0; i < care->n; i++) {
        const struct care_stay *stay = &care->stays[i];
        if (stay->episode != episode && stay->start > end && rule->services.counts[stay->level] && stay->start < next)
            next = stay->start;
    }
    if (next <= care->last_day)
        return (struct process_result){.cause = 1, .days = next - end};
    if (care->death <= care->last_day)
        return (struct process_result){.cause = 2, .days = care->death - end};
    return (struct process_result){.cause = 0, .days = care->last_day - end};
}
