/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/adjusted_losses.h"

#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/adjusted_hazard.h"

void adjusted_ratio_explain(const struct adjusting *a, const struct arm_ratio *ratio, int code, char note[static NOTE_SIZE])
{
    if (code == GSL_EZERODIV)
        snprintf(note, NOTE_SIZE, "no events in either arm");
    else if (code == GSL_EDOM)
        snprintf(note, NOTE_SIZE, "the estimate does not exist: no events in arm %.100s", adjusting_arm(a, ratio->sign < 0));
    else if (code == GSL_ESING)
        snprintf(note, NOTE_SIZE, "at no event were people of both arms at risk");
    else
        snprintf(note, NOTE_SIZE, "%s", gsl_strerror(code));
}

int adjusted_loss_ratio(const struct adjusting *a, enum loss_ratio_kind kind, struct arm_ratio *ratio, double *phi, int *code)
{
    const struct pair_rows *const rows = &a->rows;
    const size_t n_treated = rows->n_treated;
    double *const lost = allocate(rows->n + 1, sizeof *lost);
    int status = lost == NULL ? -1 : 0;

    if (status == 0) {
        /* The treated come first. */
        const struct loss_weights *const arm[2] = {rows->losses->arm[0], rows->losses->arm[1]};
        const double *const weight[2] = {a->weights.weight + n_treated, a->weights.weight};
        double *const slope[2] = {phi + n_treated, phi}, *const by_arm[2] = {lost + n_treated, lost};
        *code = loss_ratio_solve(arm, weight, a->c->n_cause, kind, ratio, slope, by_arm);
        if (*code == GSL_ENOMEM)
            status = fail_memory();
    }
    if (status == 0 && *code == GSL_SUCCESS) {
        status = adjusted_hazard_linear(&a->weights, phi);
        for (size_t i = 0; i < rows->n; i++)
            phi[i] += lost[i];
    }
    free(lost);
    return status;
}
