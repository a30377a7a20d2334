/* SPDX-License-Identifier: GPL-3.0-or-later */
/** figure_curves.h - the two halves of the figures of curves: which there are, in words; and how one is laid out. */
#ifndef REPORT_FIGURE_CURVES_H
#define REPORT_FIGURE_CURVES_H

#include "report/figures.h"

int curves_plan(struct bundle *bundle, struct figures *figures);

#endif
