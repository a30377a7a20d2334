/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/risk_walk.h"

#include <gsl/gsl_errno.h>

int risk_walk_start(struct risk_walk *walk, const struct risk_table *table, size_t arm, size_t stratum, size_t cause)
{
    if ((arm >= table->n_arm && arm != RISK_TABLE_ALL) || (stratum >= table->n_stratum && stratum != RISK_TABLE_ALL) ||
        cause > table->n_cause)
        return GSL_EINVAL;
    walk->table = table;
    walk->arm = arm;
    walk->stratum = stratum;
    walk->cause = cause;
    walk->k = 0;
    walk->n_risk = walk->n_person = risk_table_start(table, arm, stratum);
    return GSL_SUCCESS;
}

bool risk_walk_next(struct risk_walk *walk, struct risk_step *step)
{
    while (walk->k < walk->table->n_time) {
        const size_t k = walk->k++;
        const struct risk_counts counts = risk_table_counts(walk->table, walk->arm, walk->stratum, walk->cause, k);
        const int64_t n_exit = counts.n_event + counts.n_other + counts.n_censor;
        const int64_t n_risk = walk->n_risk;

        walk->n_risk += counts.n_enter - n_exit;
        walk->n_person += counts.n_enter;
        if (n_exit == 0 && (counts.n_enter == 0 || (n_risk == 0 && walk->table->time[k] == 0)))
            continue;
        *step = (struct risk_step){walk->table->time[k], n_risk, counts};
        return true;
    }
    return false;
}
