/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * aft_density.h - what a row of an accelerated failure time model adds to the log-likelihood, and its derivatives.
 */
#ifndef STATS_AFT_DENSITY_H
#define STATS_AFT_DENSITY_H

#include "stats/aft.h"

/*
 * The log-likelihood of a row as a function of its one or two standardised ends z = tau y - x'delta, without log tau:
 * slope[k] and curve[k][l] by end k (and l); an end that is open does not count.
 */
struct aft_row {
    double loglik;
    double slope[2];
    double curve[2][2];
};

enum aft_kind { AFT_EVENT, AFT_RIGHT, AFT_LEFT, AFT_BETWEEN };

/** z[0] is the lower end (the event), z[1] the upper. */
void aft_row_solve(enum aft_distribution distribution, enum aft_kind kind, const double z[static 2], struct aft_row *row);

#endif
