/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/time_zero.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/ranks.h"
#include "cohort/arms.h"
#include "episodes/stay_read.h"

enum lost { LOST_NOT, LOST_UNKNOWN, LOST_LEFT, LOST_UNSEEN, N_LOST };

static int32_t day_in_column(const struct derivation *from, size_t i)
{
    const struct column *column = table_column(from->records, from->study->cohort.time_zero_column.text);
    const int64_t day = column_integer(column, derived_record(from, i));

    return day == MISSING_INTEGER || day <= INT32_MIN || day > INT32_MAX ? DAY_UNKNOWN : (int32_t)day;
}

void time_zero_set(const struct derivation *from, int32_t *day)
{
    const struct history *h = from->history;

    for (size_t i = 0; i < from->n; i++) {
        const size_t stay = from->index[i].stay;
        switch (from->study->cohort.time_zero) {
        case TIME_ZERO_ADMISSION: day[i] = h->start[stay]; break;
        case TIME_ZERO_DISCHARGE: day[i] = h->open[stay] ? DAY_UNKNOWN : h->end[stay]; break;
        case TIME_ZERO_COLUMN: day[i] = day_in_column(from, i); break;
        case TIME_ZERO_LANDMARK: day[i] = h->start[stay] + (int32_t)from->study->cohort.landmark_days; break;
        }
    }
}

static enum lost find_lost(const struct derivation *from, size_t i)
{
    const struct history *h = from->history;
    const size_t episode = (size_t)h->episode[from->index[i].stay];
    const int32_t zero = from->time_zero[i];

    if (zero == DAY_UNKNOWN)
        return LOST_UNKNOWN;
    if (derived_last_day(from, i) < zero)
        return LOST_UNSEEN;
    return from->study->cohort.time_zero == TIME_ZERO_LANDMARK && column_integer(h->episode_end, episode) < zero ? LOST_LEFT : LOST_NOT;
}

static const char *reason_of(const struct study *study, enum lost lost)
{
    if (lost == LOST_LEFT)
        return "treatment ended before";
    if (lost == LOST_UNSEEN)
        return "observation ended before";
    return study->cohort.time_zero == TIME_ZERO_DISCHARGE ? "still in the stay at the study's end" : "time zero missing";
}

static char *label_of(const struct study *study)
{
    switch (study->cohort.time_zero) {
    case TIME_ZERO_DISCHARGE: return copy_text("observed at discharge (time zero)");
    case TIME_ZERO_COLUMN: return format_text("observed at time zero (%s)", study->cohort.time_zero_column.text);
    case TIME_ZERO_LANDMARK:
        return format_text("in treatment and observed %lld days after admission (time zero)",
                           (long long)study->cohort.landmark_days);
    default: return copy_text("observed at admission (time zero)");
    }
}

static int tell(const struct study *study, const int64_t n[][N_LOST], struct attrition *attrition)
{
    char *label = label_of(study);
    int status = label == NULL ? -1 : 0;
    bool nobody = true;

    attrition_step(attrition);
    for (enum lost lost = LOST_UNKNOWN; lost < N_LOST; lost++)
        for (size_t arm = 0; status == 0 && arm < study->cohort.arms.n; arm++) {
            char *reason;
            if (n[arm][lost] == 0)
                continue;
            nobody = false;
            reason = format_text("%s: %s", reason_of(study, lost), study->cohort.arms.items[arm].name.text);
            status = reason == NULL ? -1 : attrition_drop(attrition, label, reason, n[arm][lost]);
            free(reason);
        }
    if (status == 0 && nobody)
        status = attrition_drop(attrition, label, "not observed", 0);
    free(label);
    return status;
}

int time_zero_leave_out(const struct derivation *from, const uint8_t *arm, struct intake *intake,
                        struct attrition *attrition)
{
    const struct study *study = from->study;
    int64_t n[ARM_MAX][N_LOST] = {0};

    for (size_t i = 0; i < intake->n; i++) {
        if (intake->weight[i] == 0)
            continue;
        const enum lost lost = find_lost(from, i);
        n[arm[i]][lost] += intake->weight[i];
        if (lost != LOST_NOT)
            intake->weight[i] = 0;
    }
    ranks_sum(n[0], ARM_MAX * N_LOST);
    if (tell(study, (const int64_t(*)[N_LOST])n, attrition) != 0)
        return -1;
    for (size_t k = 0; k < study->cohort.arms.n && !study->cohort.some_arms; k++)
        if (n[k][LOST_NOT] == 0)
            return study_fail(study, study->cohort.time_zero_place, "arm '%s' has no people left at time zero",
                              study->cohort.arms.items[k].name.text);
    return 0;
}
