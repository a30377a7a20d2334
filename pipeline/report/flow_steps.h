/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * flow_steps.h - the attrition table as the stations of a flow chart.
 *
 * A main station is where counting starts in a unit (rows, then people) and the end of the way; between them stand
 * the losses, one station a row that dropped somebody.  Rows that count a part beside the way (a population) are
 * no stations.
 */
#ifndef REPORT_FLOW_STEPS_H
#define REPORT_FLOW_STEPS_H

#include <stdbool.h>
#include <stdint.h>

#include "report/bundle.h"

struct flow_step {
    bool is_main;
    const char *label, *unit;
    int64_t left, dropped; /* MISSING_INTEGER: withheld */
};

struct flow_steps {
    size_t n;
    struct flow_step *items;
};

int flow_steps_read(struct bundle *bundle, struct flow_steps *steps); /* -1 after telling */
void flow_steps_free(struct flow_steps *steps);

#endif
