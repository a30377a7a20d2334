/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * verdict.h - what an estimate and its interval say about a margin that was declared beforehand.
 *
 * The loss L of an arm against its reference is the estimate signed so that positive is worse; ratios are taken on the
 * log scale, where their margin is log(margin).  With two-sided limits of L:
 *
 *     non-inferior   high(L) < margin
 *     inferior       low(L) > margin
 *     inconclusive   otherwise, limits that touch the margin included
 *
 *     statistically better: high(L) < 0; worse: low(L) > 0; not different: 0 within the limits
 *
 *     power      Phi(margin / se - z),         z = confidence_z(level); the true difference is taken as 0,
 *     n needed   n ((z + z_b) se / margin)^2   for power Phi(z_b) at the same allocation, rounded up
 *
 * Power at the observed difference only restates the p-value and is not offered.
 */
#ifndef STATS_VERDICT_H
#define STATS_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

enum event_is { EVENT_IS_BAD, EVENT_IS_GOOD };
enum worse_is { WORSE_IS_HIGHER, WORSE_IS_LOWER };

/** verdict_worse_is - rises: the measure grows with the event (risk, ratios); false: survival, time without it. */
enum worse_is verdict_worse_is(enum event_is event_is, bool rises);

enum verdict_answer { VERDICT_INCONCLUSIVE, VERDICT_NON_INFERIOR, VERDICT_INFERIOR };
enum statistically { STATISTICALLY_NOT_DIFFERENT, STATISTICALLY_BETTER, STATISTICALLY_WORSE };

/** Words as they stand in results: "non-inferior", "inferior", "inconclusive"; "better", "worse", "not different". */
const char *verdict_answer_name(enum verdict_answer answer);
const char *verdict_statistically_name(enum statistically statistically);

struct verdict_question {
    double estimate;            /* arm - reference, or arm / reference */
    double std_error;           /* of the difference, or of the log ratio; NAN when there is none */
    double conf_low, conf_high; /* limits of the estimate on its own scale */
    double level;               /* their two-sided level */
    bool ratio;
    enum worse_is worse;
    double margin;              /* > 0; ratios > 1 */
    double n;                   /* persons in the comparison, for n needed; NAN when unknown */
};

struct verdict {
    enum verdict_answer answer;
    enum statistically statistically;
    double loss, loss_low, loss_high; /* positive is worse; logarithms for ratios */
    double margin;                    /* on the scale of the loss */
    double power;                     /* NAN without a positive standard error */
    double n_needed_80, n_needed_90;  /* whole numbers; NAN without standard error or n */
};

/**
 * verdict_decide - the rule above.
 *
 * Returns GSL_SUCCESS; GSL_EINVAL when the margin is not positive (ratio: not above 1) or not finite, the level is
 * outside (0, 1), a limit or the estimate is NaN, the lower limit is above the upper, a ratio is not positive or
 * its limit is negative.
 * An infinite limit is allowed (a one-sided bound), a ratio limit of 0 is its logarithm's -infinity.  O(1).
 */
int verdict_decide(const struct verdict_question *question, struct verdict *verdict);

/** struct margin_test - one-sided z tests against the margin, and both together. */
struct margin_test {
    double statistic;       /* z of non-inferiority, (margin - loss) / se: large is good */
    double p_value;         /* P(Z > statistic): null loss >= margin */
    double statistic_other; /* z against -margin, (loss + margin) / se */
    double p_value_other;   /* null loss <= -margin */
    double p_equivalence;   /* the larger of the two: two one-sided tests */
};

/**
 * verdict_margin_test - the distance of the loss from the margin in standard errors.
 *
 * All on the scale of the loss (logarithms for ratios); margin > 0.  GSL_EINVAL for a bad margin or NaN, GSL_EDOM for
 * a standard error that is not positive; then the result is NAN throughout.  Schuirmann 1987, doi:10.1007/BF01068419.
 */
int verdict_margin_test(double loss, double std_error, double margin, struct margin_test *result);

/**
 * verdict_equivalent - two one-sided tests at (1 - level)/2 each, read from the interval: both limits of the loss
 * strictly within -margin .. margin.
 *
 * question   with limits at level 0.90 for tests at 5 %; `level` is not looked at otherwise
 * Returns as verdict_decide.
 */
int verdict_equivalent(const struct verdict_question *question, bool *equivalent);

#endif
