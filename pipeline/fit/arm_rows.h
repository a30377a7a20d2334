/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * arm_rows.h - the rows of one arm of a frame, for kernels that read rows and not a risk table.
 */
#ifndef FIT_ARM_ROWS_H
#define FIT_ARM_ROWS_H

#include "fit/frame.h"

struct arm_rows {
    size_t n, n_id;
    double *entry; /* NULL when the frame has none; likewise below */
    double *time, *upper, *weight;
    int64_t *frequency;
    int32_t *event, *id, *from;
};

int arm_rows_take(const struct frame *frame, size_t arm, struct arm_rows *rows); /* -1 after telling; clear in any case */
void arm_rows_clear(struct arm_rows *rows);

#endif
