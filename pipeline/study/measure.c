/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/measure.h"

#include <string.h>

#include "base/cells.h"

static const char *const names[N_MEASURES] = {
#define MEASURE(id) #id,
#include "study/measures.def"
#undef MEASURE
};

const char *measure_name(enum measure measure)
{
    return (unsigned)measure < N_MEASURES ? names[measure] : "";
}

int measure_from_name(const char *name, enum measure *measure)
{
    for (int i = 0; i < N_MEASURES; i++)
        if (strcmp(names[i], name) == 0) {
            *measure = (enum measure)i;
            return 0;
        }
    return -1;
}

int measure_of_row(const struct table *table, size_t row, enum measure *measure)
{
    char name[CELL_SHORT_SIZE];

    return measure_from_name(cell_short(table, "measure", row, name), measure);
}

bool measure_is_ratio(enum measure measure)
{
    switch (measure) {
    case MEASURE_rmst_ratio:
    case MEASURE_risk_ratio:
    case MEASURE_odds_ratio:
    case MEASURE_rate_ratio:
    case MEASURE_hazard_ratio:
    case MEASURE_subhazard_ratio:
    case MEASURE_time_ratio:
        return true;
    default:
        return false; /* log ratios are differences; a variance ratio describes balance and has no loss */
    }
}

bool measure_is_contrast(enum measure measure)
{
    switch (measure) {
    case MEASURE_survival_difference:
    case MEASURE_quantile_difference:
    case MEASURE_rmst_difference:
    case MEASURE_risk_difference:
    case MEASURE_mean_difference:
    case MEASURE_log_hazard_ratio:
    case MEASURE_log_subhazard_ratio:
    case MEASURE_log_odds_ratio:
    case MEASURE_log_rate_ratio:
    case MEASURE_log_time_ratio:
    case MEASURE_smd:
    case MEASURE_variance_ratio:
    case MEASURE_ks_statistic:
    case MEASURE_noninferiority_test:
    case MEASURE_equivalence_test:
    case MEASURE_number_needed:
    case MEASURE_e_value:
        return true;
    default:
        return measure_is_ratio(measure);
    }
}

bool measure_reads_path(enum measure measure)
{
    return measure == MEASURE_state_occupation || measure == MEASURE_expected_days ||
           measure == MEASURE_mean_cumulative_count;
}
