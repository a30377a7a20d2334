/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/fisher.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <math.h>

#include "stats/chance_edge.h"

static const double tie_tolerance = 1e-7;  /* R's: probabilities this close count as equal */
static const double negligible = 0x1p-60;  /* a term this small against its sum no longer changes it */

struct margins {
    double marked, plain, drawn; /* persons of the arm, of the reference, with event */
    double low, high;            /* what the arm's events can be */
    double mode;
};

static double log_pmf(const void *margins, double k)
{
    const struct margins *const m = margins;

    return hypergeometric_log_pmf(k, m->marked, m->plain, m->drawn);
}

/* P(X = k + 1) / P(X = k) */
static double step_up(const struct margins *m, double k)
{
    return (m->marked - k) / (k + 1) * ((m->drawn - k) / (m->plain - m->drawn + k + 1));
}

/* log of the sum of P(X = k) from the edge outwards to `end` */
static double log_tail(const struct margins *m, double edge, double end)
{
    double sum = 1, term = 1;

    if (edge <= end)
        for (double k = edge; k < end && term > sum * negligible; k++)
            sum += term *= step_up(m, k);
    else
        for (double k = edge; k > end && term > sum * negligible; k--)
            sum += term /= step_up(m, k - 1);
    return log_pmf(m, edge) + log(sum);
}

static double log_two_sided(const struct margins *m, double observed)
{
    const double log_limit = log_pmf(m, observed) + log1p(tie_tolerance);
    double edge, log_left = GSL_NEGINF, log_right = GSL_NEGINF, larger;

    if (log_pmf(m, m->mode) <= log_limit)
        return 0; /* nothing is likelier than what was seen */
    if (chance_edge(log_pmf, m, m->mode, m->low, log_limit, &edge))
        log_left = log_tail(m, edge, m->low);
    if (chance_edge(log_pmf, m, m->mode, m->high, log_limit, &edge))
        log_right = log_tail(m, edge, m->high);
    larger = fmax(log_left, log_right);
    return fmin(0, larger + log1p(exp(fmin(log_left, log_right) - larger)));
}

int fisher_exact(const struct two_by_two *table, double *p_value, double *log_p)
{
    struct margins m;
    double log_sum;

    *p_value = GSL_NAN;
    if (log_p != NULL)
        *log_p = GSL_NAN;
    if (two_by_two_check(table) != GSL_SUCCESS)
        return GSL_EINVAL;
    m.marked = (double)table->arm_n;
    m.plain = (double)table->reference_n;
    m.drawn = (double)(table->arm_event + table->reference_event);
    m.low = fmax(0, m.drawn - m.plain);
    m.high = fmin(m.drawn, m.marked);
    m.mode = (double)((__int128)(m.drawn + 1) * (__int128)(m.marked + 1) / (__int128)(m.marked + m.plain + 2));
    log_sum = log_two_sided(&m, (double)table->arm_event);
    *p_value = exp(log_sum);
    if (log_p != NULL)
        *log_p = log_sum;
    return GSL_SUCCESS;
}
