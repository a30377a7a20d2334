/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/arms.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/ranks.h"
#include "cohort/conditions.h"
#include "study/expression.h"

enum { NO_ARM = 255, UNDECIDED = 254 };

static int overlap(const struct study *study, size_t first, size_t second, int64_t n)
{
    const struct study_rule *arms = study->cohort.arms.items;

    return study_fail(study, arms[second].name.place, "the arms overlap: %lld %ss are in both '%s' and '%s'",
                      (long long)n, study->cohort.unit.text, arms[first].name.text, arms[second].name.text);
}

/* Adds one arm's condition to what is known so far. */
static int add_arm(const struct study *study, size_t which, const struct table *records, int n_threads,
                   const struct intake *intake, uint8_t *arm)
{
    uint8_t *truth = condition_compute(study, &study->cohort.arms.items[which].when, records, n_threads);
    int64_t twice[ARM_MAX] = {0};

    if (truth == NULL)
        return -1;
    for (size_t i = 0; i < intake->n; i++) {
        if (intake->weight[i] == 0 || truth[i] == TRUTH_FALSE)
            continue;
        if (truth[i] == TRUTH_UNKNOWN)
            arm[i] = UNDECIDED;
        else if (arm[i] == NO_ARM)
            arm[i] = (uint8_t)which;
        else if (arm[i] != UNDECIDED)
            twice[arm[i]] += intake->weight[i];
    }
    free(truth);
    ranks_sum(twice, ARM_MAX);
    for (size_t other = 0; other < which; other++)
        if (twice[other] > 0)
            return overlap(study, other, which, twice[other]);
    return 0;
}

static int count(const struct study *study, struct intake *intake, struct attrition *attrition, const uint8_t *arm)
{
    enum { NONE, OPEN, N_OUTSIDE };
    int64_t outside[N_OUTSIDE] = {0}, n[ARM_MAX] = {0};

    for (size_t i = 0; i < intake->n; i++) {
        if (arm[i] < ARM_MAX) {
            n[arm[i]] += intake->weight[i];
            continue;
        }
        outside[arm[i] == NO_ARM ? NONE : OPEN] += intake->weight[i];
        intake->weight[i] = 0;
    }
    ranks_sum(outside, N_OUTSIDE);
    ranks_sum(n, ARM_MAX);
    for (size_t k = 0; k < study->cohort.arms.n && !study->cohort.some_arms; k++)
        if (n[k] == 0) {
            const struct study_rule *rule = &study->cohort.arms.items[k];
            return study_fail(study, rule->name.place, "arm '%s' has no people: nobody eligible meets '%s'",
                              rule->name.text, rule->when.text);
        }
    attrition_step(attrition);
    if (attrition_drop(attrition, "in an arm", "in no arm", outside[NONE]) != 0)
        return -1;
    return outside[OPEN] == 0 ? 0 : attrition_drop(attrition, "in an arm", "undecided: a value is missing", outside[OPEN]);
}

int arms_assign(const struct study *study, const struct table *records, int n_threads, struct intake *intake,
                struct attrition *attrition, uint8_t *arm)
{
    for (size_t i = 0; i < intake->n; i++)
        arm[i] = NO_ARM;
    for (size_t k = 0; k < study->cohort.arms.n; k++)
        if (add_arm(study, k, records, n_threads, intake, arm) != 0)
            return -1;
    return count(study, intake, attrition, arm);
}
