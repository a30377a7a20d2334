/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/days_until.h"

static double days_until_last(const struct evidence_days *days, size_t i)
{
    const size_t end = days->first[i + 1];

    return end > days->first[i] && days->day[end - 1] > 0 ? days->day[end - 1] : 0;
}

static double days_until_gap(const struct evidence_days *days, size_t i, int32_t gap, int32_t end, bool *has_left)
{
    int32_t last = 0;

    for (size_t j = evidence_from(days, i, 0); j < days->first[i + 1] && days->day[j] <= end; j++) {
        if (days->day[j] - last > gap)
            return last;
        last = days->day[j];
    }
    *has_left = end - last > gap;
    return *has_left ? last : end;
}

double days_until(const struct outcome_input *input, size_t i, bool *has_left)
{
    const struct study_outcome *outcome = input->outcome;
    const struct evidence_days *days = evidence_days(input->evidence, outcome->days_of);

    *has_left = true;
    if (outcome->days == DAYS_LAST)
        return days_until_last(days, i);
    return days_until_gap(days, i, outcome->gap_days, (int32_t)input->study->cohort.follow_up_days.value, has_left);
}
