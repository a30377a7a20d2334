/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/marks.h"

#include "compare/conditional.h"
#include "compare/detection.h"
#include "compare/differences.h"
#include "compare/e_values.h"
#include "compare/gates.h"
#include "compare/negative_controls.h"
#include "compare/overlap.h"
#include "compare/roles.h"

int marks_add(const struct analyses_input *input, struct analyses *analyses)
{
    const struct study *const study = input->study;

    if (conditional_mark(study, analyses->estimates) != 0 || conditional_mark(study, analyses->verdicts) != 0 ||
        conditional_mark_clusters(study, analyses->estimates) != 0 ||
        conditional_mark_clusters(study, analyses->verdicts) != 0)
        return -1;
    if (overlap_withhold(study, input->cohort, input->records, input->reducer, analyses->estimates, analyses->verdicts) != 0 ||
        e_values_add(study, analyses->estimates) != 0 || detection_mark(analyses->estimates, analyses->verdicts) != 0 ||
        negative_controls_mark(study, analyses->estimates, analyses->verdicts) != 0)
        return -1;
    differences_withhold(analyses->estimates, analyses->differences);
    return gates_close_verdicts(analyses->estimates, analyses->verdicts) != 0 ? -1 : roles_settle(study, analyses->verdicts);
}
