/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/process.h"

struct process_result initiation_find(const struct care *care, const struct process_rule *rule)
{
    const int32_t last = care->zero + rule->initiation_days;

    if (care->last_day < last)
        return (struct process_result){.loss = LOSS_UNOBSERVED};
    return (struct process_result){.cause = care_service_from(care, &rule->services, care->zero, NULL) <= last};
}
