/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cox.h - proportional-hazards regression: lambda(t | x) = lambda_stratum(t) exp(x' beta + offset).
 *
 *     loglik(beta) = sum_{events i} w_i eta_i - sum_{event times t} m_t sum_{l < d_t} log( S0(t) - (l/d_t) D0(t) )
 *     score        = sum_i w_i delta_i x_i - sum_i r_i A_i x_i
 *     information  = sum_i r_i A_i x_i x_i' - sum_t m_t sum_l xbar_l xbar_l'
 *
 * with A_i the hazard that row i has been through (cox_risk.h).  The sums over time and over rows are swapped, so a
 * Newton step is two passes over the rows and no work of order p^2 a row beyond the tables of design_gram.h:
 *
 *     cox_risk_add, cox_risk_merge     S0, S1 by time
 *     cox_info_add, cox_info_merge     sum of r A x x'
 *     cox_start, cox_step, cox_test    one iteration in three parts; cox_fit runs them
 *
 * Ties: Efron (exact copies of a row are tied rows; sampling weights as in R, where each of d tied events has their
 * mean weight) or Breslow; the exact conditional likelihood is cox_exact.h.
 * All sums over rows are order-free and those over time go along the axis in fixed slices: the same bits for every
 * order of the rows and any number of threads.
 *
 * Rows may lie in several places (cox_rows.reducer; not with the exact likelihood): each place adds its own, and 2 (p + 1)
 * whole numbers a position, twice as many where sums have two parts, and 1 + p + p^2 more go between them a step, however many rows
 * there are.  What is left behind by row is
 * that of the rows of a place.
 *
 * Cox 1972, doi:10.1111/j.2517-6161.1972.tb00899.x; swap of sums: Therneau & Grambsch 2000, section 3.4.
 */
#ifndef STATS_COX_H
#define STATS_COX_H

#include "stats/cox_data.h"
#include "stats/cox_risk.h"
#include "stats/distribution.h"

/** Why a column has no coefficient. */
enum cox_column {
    COX_FITTED,
    COX_ALIASED,  /* constant in all risk sets, or a combination of columns before it */
    COX_INFINITE, /* the likelihood rises for ever in its direction: monotone likelihood, separation */
};

/** Everything at one beta; z are the standardised columns of data->copy. */
struct cox_point {
    size_t p;
    double loglik;
    double *beta;    /* [p] coefficients of z */
    double *score;   /* [p] */
    double *info;    /* [p * p] */
    double *size;    /* [p] sum of r A z_j^2, what a remainder of info is compared with */
};

struct cox_work; /* arrays by row and by time, reused from step to step */

/** NULL when memory is short. */
struct cox_work *cox_work_alloc(const struct cox_data *data, enum cox_ties ties, size_t n_threads);
void cox_work_free(struct cox_work *work); /* NULL is fine */

struct cox_point *cox_point_alloc(size_t p); /* all zero; NULL when memory is short */
void cox_point_free(struct cox_point *point); /* NULL is fine */
void cox_point_copy(struct cox_point *into, const struct cox_point *from); /* of the same p */

/**
 * cox_evaluate - loglik, score and information at point->beta.
 *
 * GSL_EDOM: the linear predictor spans too far, some risk set lost all its precision.
 */
int cox_evaluate(struct cox_work *work, struct cox_point *point);

/**
 * cox_evaluate_weighted - score and information with a factor g for everything that happens at a position:
 * sum_t g(t) (x - xbar) and sum_t g(t) V(t), at the beta of the last evaluation.
 *
 * time_weight  [n_axis]
 * events       [p] workspace
 *
 * point->loglik means nothing then.  cox_settle before anything by row or time is read.
 */
int cox_evaluate_weighted(struct cox_work *work, const double *time_weight, double *events, struct cox_point *point);

/** What weighted evaluations have left behind by row and time becomes that of the last evaluation without weights again. */
void cox_settle(struct cox_work *work);

/** That evaluation; NULL before the first, and after one that failed. */
const struct cox_point *cox_work_last(const struct cox_work *work);

const struct cox_data *cox_work_data(const struct cox_work *work);

/** What cox_evaluate leaves behind by row and by time, for residuals and curves. */
const double *cox_work_risk(const struct cox_work *work);     /* [n] r = w exp(eta - shift) */
const double *cox_work_exposure(const struct cox_work *work); /* [n] r A */
const double *cox_work_jump(const struct cox_work *work);     /* [n_axis] hazard at each position, of exp(-shift) */
double cox_work_shift(const struct cox_work *work);           /* subtracted from z beta + (offset - offset_shift) */

size_t cox_work_threads(const struct cox_work *work);

/** Do the risks of the last evaluation span so far, or are there so few rows, that their sums need two parts (cox_risk.h)? */
bool cox_work_two_parts(const struct cox_work *work);

/**
 * cox_work_walk - visits every position of the axis with the risks of the last evaluation.
 *
 * The visitor may be called from several threads at once, for each position once, within a slice from the last to the
 * first: it writes to places of that position only.
 */
int cox_work_walk(struct cox_work *work, cox_risk_visitor *visitor, void *context);

/* ---- the information as an additive summary ------------------------------------------------------------------ */

struct cox_info {
    struct gram *gram;
};

/** Adds r A x x' of rows first .. last - 1; exposure is indexed by row, at most the bound given to gram_init. */
void cox_info_add(struct cox_info *info, const double *exposure, size_t first, size_t last);
int cox_info_merge(struct cox_info *into, const struct cox_info *from); /* errors of gram_merge */

/* ---- one fit -------------------------------------------------------------------------------------------------- */

struct cox_control {
    double alias_tolerance; /* CHOLESKY_TOLERANCE */
    double tolerance;       /* a step that changes linear predictors by less ends the iteration: the error left is about
                               its square */
    int n_max;              /* iterations */
};
#define COX_CONTROL {.alias_tolerance = 1.8e-12, .tolerance = 1e-7, .n_max = 60}

struct cox_fit {
    size_t p;
    enum cox_ties ties;
    double *coef;            /* [p] of x; NAN unless fitted */
    int *sign;               /* [p] +-1: towards which end an infinite coefficient goes, else 0 */
    double *std_err;         /* [p] from the information */
    double *covariance;      /* [p * p] of x; 0 where not fitted */
    enum cox_column *column; /* [p] */
    double *remainder;       /* [p] share of a column at beta = 0 that those before it do not explain */
    double loglik_null, loglik;
    struct chi_square_test score_test, wald_test, lr_test; /* df = columns that are not aliased */
    int n_iteration;
    bool converged;
    bool scale_lost;         /* the linear predictor spans too far wherever the last step leads */
    struct cox_point *point; /* the last one evaluated */
    struct cox_point *start; /* at beta = 0 */
    bool *left_out;          /* [p] aliased, or infinite and without information */
    /* Workspace */
    bool *partner;
    struct cox_point *spare;
    double *step, *factor;
    bool walled;             /* the last whole step would have spanned too far */
    int n_linear, n_walled;
};

/** Room for a fit of p columns; NULL when memory is short. */
struct cox_fit *cox_fit_alloc(size_t p);
void cox_fit_free(struct cox_fit *fit); /* NULL is fine */

/** cox_start - evaluates beta = 0 and finds aliased columns.  GSL_EDOM as cox_evaluate (offsets), GSL_ENOMEM. */
int cox_start(struct cox_work *work, const struct cox_control *control, struct cox_fit *fit);

/**
 * cox_step - one Newton step from fit->point, halved until the likelihood does not fall.
 *
 * step       [p] output: the change of beta
 * gain       output: score' info^-1 score before the step, twice what the quadratic model gains
 */
int cox_step(struct cox_work *work, const struct cox_control *control, struct cox_fit *fit, double *step, double *gain);

/** cox_test - has the fit converged with this step, and which columns run away?  Sets converged and column. */
bool cox_test(const struct cox_control *control, struct cox_fit *fit, const double *step, double gain,
              double gain_before);

/**
 * cox_fit_run - start, steps until the test is passed, coefficients, errors and tests.
 *
 * Returns GSL_SUCCESS also when a fit does not converge or columns have no coefficient (see the fit);
 * GSL_EZERODIV when there is no event; GSL_EDOM when offsets span too far; GSL_ENOMEM.
 */
int cox_fit_run(struct cox_work *work, const struct cox_control *control, struct cox_fit *fit);

#endif
