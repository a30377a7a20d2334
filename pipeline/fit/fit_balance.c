/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How alike two arms are: means, standardised differences, variance ratios, KS, with or without weights. */
#include "base/fail.h"
#include "fit/balance_rows.h"
#include "fit/frame.h"

static int fit_balance(const struct fit_request *request, const struct frame *frame, struct table *estimates)
{
    const bool weighted = frame->weight != NULL;
    const struct balance_request plain = {request, frame, NULL, weighted ? "unadjusted" : NULL};
    const struct balance_request with_weights = {request, frame, frame->weight, "weighted"};

    if (frame->arms.n != 2)
        return fail("'balance' compares two arms; the column before '~' has %zu", frame->arms.n);
    if (balance_rows_add(&plain, estimates) != 0)
        return -1;
    return weighted ? balance_rows_add(&with_weights, estimates) : 0;
}

const struct model model_balance = {
    .name = "balance", .outcome = OUTCOME_ARM, .fit = fit_balance, .regression = true, .arms_needed = true,
    .options = "sd weights weight-type",
    .examples = {"'arm ~ age + sex' people.csv", "'arm ~ age + sex' people.csv --weights w --weight-type sampling"},
};
