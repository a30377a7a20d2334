/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cox_lists.h - what a Cox regression says row by row and day by day: residuals and predicted curves.
 */
#ifndef FIT_COX_LISTS_H
#define FIT_COX_LISTS_H

#include "compare/cox_model.h"
#include "fit/fit.h"
#include "fit/frame.h"

/**
 * Table `residuals`, one line a row of the frame and, where they belong to a column, a column: line, time, event, term,
 * residual.  Schoenfeld residuals are those of rows with the event.  NULL after telling.
 */
struct table *cox_residuals(const struct fit_request *request, const struct frame *frame,
                            const struct cox_model *model);

/** Rows cumulative_hazard and survival by stratum, at request->at or at every event.  -1 after telling. */
int cox_curves(const struct fit_request *request, const struct frame *frame, const struct cox_model *model,
               struct table *estimates);

#endif
