/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/process.h"

enum { MONTH = 30 };

struct process_result active_months_find(const struct care *care, const struct process_rule *rule)
{
    const struct care_stay *stay = &care->stays[care->index];
    const int32_t last = care->zero + rule->months * MONTH - 1;

    if (care->last_day < last)
        return (struct process_result){.loss = LOSS_UNOBSERVED};
    if (care->completed && !stay->open && stay->end <= last)
        return (struct process_result){.cause = 1};
    for (int32_t month = 0; month < rule->months; month++) {
        const int32_t low = care->zero + month * MONTH;
        if (!care_active_within(care, &rule->services, low, low + MONTH - 1))
            return (struct process_result){.cause = 0};
    }
    return (struct process_result){.cause = 1};
}
