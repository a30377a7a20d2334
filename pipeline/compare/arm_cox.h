/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * arm_cox.h - a Cox model of the arm alone on weighted rows, of people one by one or of many that are alike.
 *
 *     struct arm_cox m;
 *     if (arm_cox_alloc(&m, n, true) == 0) {
 *         for (...) arm_cox_add(&m, row, entry, time, event, weight, treated);
 *         code = arm_cox_fit(&m, COX_EFRON, n_threads, NULL);
 *     }
 *     arm_cox_free(&m);                                                  in any case
 */
#ifndef COMPARE_ARM_COX_H
#define COMPARE_ARM_COX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/cox.h"

/** Rows of positive weight. */
struct arm_cox {
    size_t *row;          /* [rows.n] the caller's number of each */
    double *entry, *time, *weight; /* entry NULL: all from the start */
    int32_t *event;
    uint16_t *code;       /* 0 reference, 1 the other arm */
    int64_t *tied;        /* rows that each stands for: 1, or what arm_cox_tie() said */
    int32_t column[2];
    struct design_block block;
    struct design_matrix design;
    struct cox_rows rows;
    struct cox_data *data;
    struct cox_work *work;
    struct cox_fit *fit;  /* one column: the log ratio */
};

/** Room for n rows; -1 after telling. */
int arm_cox_alloc(struct arm_cox *m, size_t n, bool has_entry);
void arm_cox_free(struct arm_cox *m);

static inline void arm_cox_add(struct arm_cox *m, size_t row, double entry, double time, bool event, double weight, bool treated)
{
    const size_t k = m->rows.n++;

    m->row[k] = row;
    if (m->entry != NULL)
        m->entry[k] = entry;
    m->time[k] = time;
    m->event[k] = event;
    m->weight[k] = weight;
    m->code[k] = treated;
    m->tied[k] = 1;
}

/** The row that was added last stands for n that are alike, and its weight is theirs together. */
static inline void arm_cox_tie(struct arm_cox *m, int64_t n)
{
    m->tied[m->rows.n - 1] = n;
}

/**
 * Fits the rows that were added: GSL_SUCCESS, GSL_ENOMEM, or a code of cox_fit_run().  reducer: those that were added in several
 * places (stats/reducer.h); NULL: these are all.
 */
int arm_cox_fit(struct arm_cox *m, enum cox_ties ties, size_t n_threads, const struct reducer *reducer);

/** p-value of the test of proportional hazards of a fit (Kaplan-Meier's axis, stats/cox_zph.h); NaN when there is none. */
double arm_cox_proportional(const struct arm_cox *m);

#endif
