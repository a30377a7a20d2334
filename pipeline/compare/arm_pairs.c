/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/arm_pairs.h"

#include <string.h>

static bool is_named(const struct study_texts *names, const char *name)
{
    for (size_t i = 0; i < names->n; i++)
        if (strcmp(names->items[i].text, name) == 0)
            return true;
    return false;
}

void arm_pairs_list(const struct study *study, const struct study_analysis *analysis, struct arm_pairs *pairs)
{
    const struct study_rules *arms = &study->cohort.arms;
    const struct study_texts *references =
        analysis != NULL && analysis->references.n > 0 ? &analysis->references : &study->cohort.references;

    pairs->n = 0;
    for (size_t r = 0; r < arms->n; r++)
        for (size_t a = 0; a < arms->n; a++)
            if (is_named(references, arms->items[r].name.text) && !is_named(references, arms->items[a].name.text))
                pairs->items[pairs->n++] = (struct arm_pair){a, r};
}
