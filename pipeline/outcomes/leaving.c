/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/process.h"

struct process_result leaving_find(const struct care *care, const struct process_rule *rule)
{
    const struct care_stay *index = &care->stays[care->index];
    int32_t end = index->end;
    bool open = index->open;

    for (size_t i = 0; rule->whole_episode && i < care->n; i++)
        if (care->stays[i].episode == index->episode) {
            end = care->stays[i].end > end ? care->stays[i].end : end;
            open |= care->stays[i].open;
        }
    if (open || end > care->last_day)
        return (struct process_result){.cause = 0, .days = care->last_day - care->zero};
    if (!care->completed || rule->completed == COMPLETED_LEFT)
        return (struct process_result){.cause = 1, .days = end - care->zero};
    /* Whoever completed is watched no longer than the others: else the completers would pile up among those at risk. */
    if (rule->completed == COMPLETED_RETAINED)
        return (struct process_result){.cause = 0, .days = care->last_day - care->zero};
    return (struct process_result){.cause = rule->completed == COMPLETED_COMPETING ? 2 : 0, .days = end - care->zero};
}
