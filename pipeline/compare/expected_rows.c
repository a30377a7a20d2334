/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/expected_rows.h"

#include <math.h>
#include <stdio.h>

#include "compare/comparison.h"
#include "stats/distribution.h"

int expected_row_unknown(struct estimate *row, double last, struct table *estimates)
{
    char note[64];

    snprintf(note, sizeof note, "beyond the last day observed, %.6g", last);
    row->status = "undefined";
    row->note = row->n == 0 ? "nobody is observed" : note;
    return estimates_add(estimates, row);
}

int expected_row_add(struct estimate *row, double estimate, double std_error, double most, struct table *estimates)
{
    row->estimate = estimate;
    if (estimate > 0 && std_error > 0) {
        const double reach = confidence_z(CONF_LEVEL) * std_error / estimate;
        row->std_error = std_error;
        row->conf_low = estimate * exp(-reach);
        row->conf_high = fmin(estimate * exp(reach), most);
        row->conf_level = CONF_LEVEL;
    } else {
        row->note = estimate > 0 ? "everybody is alike so far: no interval" : "nobody so far: no interval";
    }
    return estimates_add(estimates, row);
}
