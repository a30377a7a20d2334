/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/process.h"

/* The end of what is left, and whether it was still going on when the person was last seen. */
struct span {
    int32_t end;
    bool open;
};

static void extend(struct span *span, const struct care_stay *stay)
{
    span->end = stay->end > span->end ? stay->end : span->end;
    span->open |= stay->open;
}

static bool goes_on(const struct care_stay *index, const struct care_stay *stay, enum leaving_part part)
{
    return part == LEAVING_LEVEL ? stay->level == index->level
                                 : index->programme != 0 && stay->programme == index->programme;
}

static struct span span_of(const struct care *care, enum leaving_part part)
{
    const struct care_stay *const index = &care->stays[care->index];
    struct span span = {index->end, index->open};

    for (size_t i = 0; part == LEAVING_EPISODE && i < care->n; i++)
        if (care->stays[i].episode == index->episode)
            extend(&span, &care->stays[i]);
    for (size_t i = care->index + 1; (part == LEAVING_LEVEL || part == LEAVING_PROGRAMME) && i < care->n; i++) {
        const struct care_stay *const stay = &care->stays[i];

        if (stay->episode != index->episode)
            continue;
        if (goes_on(index, stay, part))
            extend(&span, stay);
        else if (stay->start >= span.end && !span.open)
            break;
    }
    return span;
}

struct process_result leaving_find(const struct care *care, const struct process_rule *rule)
{
    const struct span span = span_of(care, rule->part);

    if (span.open || span.end > care->last_day)
        return (struct process_result){.cause = 0, .days = care->last_day - care->zero};
    if (!care->completed || rule->completed == COMPLETED_LEFT)
        return (struct process_result){.cause = 1, .days = span.end - care->zero};
    /* Whoever completed is watched no longer than the others: else the completers would pile up among those at risk. */
    if (rule->completed == COMPLETED_RETAINED)
        return (struct process_result){.cause = 0, .days = care->last_day - care->zero};
    return (struct process_result){.cause = rule->completed == COMPLETED_COMPETING ? 2 : 0, .days = span.end - care->zero};
}
