/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * fit.h - a request of the command line, and the models that answer it.
 *
 * A model reads a frame (the rows that may be used, frame.h) and adds rows to the table `estimates`.  A new model
 * is one file fit_NAME.c and one line in models.c.
 */
#ifndef FIT_FIT_H
#define FIT_FIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/table.h"
#include "base/table_print.h"
#include "fit/design.h"
#include "stats/aft.h"
#include "stats/cuminc.h"
#include "stats/logrank.h"
#include "stats/proportion.h"
#include "stats/cox_data.h"
#include "stats/glm_sandwich.h"
#include "stats/meta.h"
#include "stats/risk_difference.h"
#include "stats/survival_interval.h"

struct frame;
struct fit_request;

/** Options that only some models take, as bits. */
enum fit_option {
    OPTION_AT = 1 << 0,
    OPTION_CONF_TYPE = 1 << 1,
    OPTION_QUANTILE = 1 << 2,
    OPTION_TAU = 1 << 3,
    OPTION_RHO = 1 << 4,
    OPTION_TIMEFIX = 1 << 5,
    OPTION_WEIGHTS = 1 << 6,
    OPTION_CONF = 1 << 7,
    OPTION_RD = 1 << 8,
    OPTION_MARGIN = 1 << 9, /* and worse */
    OPTION_GAMMA = 1 << 10, /* and weight, trend, pairwise: the log-rank family */
    OPTION_VARIANCE = 1 << 11,
    OPTION_CLUSTER = 1 << 12,
    OPTION_CAUSE = 1 << 13, /* and censor-group */
    OPTION_TIES = 1 << 14, /* and robust, zph, firth, residuals, curve, frailty: the Cox family */
    OPTION_WEIGHT_TYPE = 1 << 15,
    OPTION_META = 1 << 19, /* method, hartung-knapp, measure */
    OPTION_FIRTH = 1 << 16,
    OPTION_EXPOSURE = 1 << 17,
    OPTION_ROBUST = 1 << 18, /* with a kind: hc0 to hc3 */
    OPTION_ID = 1 << 20,
    OPTION_FROM = 1 << 21,
    OPTION_DIST = 1 << 22,
    OPTION_HAZARD = 1 << 23, /* and difference */
};

/** The time scale of a test of proportional hazards. */
enum fit_zph { ZPH_KM, ZPH_IDENTITY, ZPH_RANK, ZPH_LOG, ZPH_NONE };

enum fit_residuals {
    RESIDUALS_NONE, RESIDUALS_MARTINGALE, RESIDUALS_DEVIANCE, RESIDUALS_SCORE, RESIDUALS_DFBETA, RESIDUALS_SCHOENFELD,
    RESIDUALS_SCALED_SCHOENFELD
};

/* Covariates of a predicted curve that are not those of a line. */
#define CURVE_ZERO 0
#define CURVE_MEAN SIZE_MAX

enum weight_type { WEIGHT_FREQUENCY, WEIGHT_SAMPLING };

struct model {
    const char *name;
    enum design_outcome outcome;
    unsigned options;         /* enum fit_option */
    unsigned needed;          /* options without a default */
    bool arms_needed;         /* at least two arms */
    bool regression;          /* the right side is a sum of terms (terms.h) */
    enum survival_conf_type conf_type; /* default of --conf-type */
    unsigned conf_types;      /* the types it takes, as bits 1 << type; 0: all */
    /** Adds rows.  -1 after telling; a number that does not exist is a row with status undefined, no error. */
    int (*fit)(const struct fit_request *request, const struct frame *frame, struct table *estimates);
    /** The table in place of estimates when residuals are asked for; NULL: the model has none.  NULL after telling. */
    struct table *(*residuals)(const struct fit_request *request, const struct frame *frame);
};

/** A model that this version has, or NULL.  planned: the name is one that a later version will have. */
const struct model *model_find(const char *name, bool *planned);

/** Names of the models of this version, "km, logrank, ...". */
const char *model_list(void);

/** The nearest name of a model of this version, or NULL. */
const char *model_near(const char *name);

struct numbers {
    size_t n;
    double *values;
};

/** How studies are pooled: as the kernels of meta.h, or by their counts. */
enum fit_pooling { POOL_REML, POOL_DL, POOL_PM, POOL_FIXED, POOL_MANTEL_HAENSZEL, POOL_PETO };

struct fit_request {
    const struct model *model;
    const char *formula;
    const char *table;
    enum table_format format;
    double level;              /* two-sided */
    struct numbers at;         /* empty: at every exit */
    struct numbers quantiles;  /* of the event, in (0, 1) */
    enum survival_conf_type conf_type;
    double tau;                /* NAN: none */
    double rho;
    struct logrank_weighting weighting; /* with rho */
    bool trend, pairwise;
    enum cuminc_variance variance;
    bool timefix;
    const char *weights;       /* column, or NULL */
    enum weight_type weight_type;
    const char *cluster;       /* column, or NULL */
    int32_t cause;
    const char *censor_group;  /* column, or NULL */
    bool robust;
    enum glm_robust hc;        /* kind of robust errors, where a model has several */
    bool firth;
    const char *exposure;      /* column, or NULL */
    enum fit_pooling pooling;
    bool hartung_knapp;
    enum meta_measure meta_measure;
    enum cox_ties ties;
    enum fit_zph zph;
    const char *id;            /* column of persons, or NULL */
    bool hazard, difference;
    enum aft_distribution distribution;
    const char *from;          /* column of the state that is left, or NULL */
    const char *frailty;       /* column of groups, or NULL */
    enum fit_residuals residuals;
    bool curve;
    size_t curve_line;         /* of the table, from 1; CURVE_ZERO, CURVE_MEAN */
    enum proportion_method conf;
    enum risk_difference_method rd;
    double margin;             /* NAN: none */
    enum worse_is worse;
};

/** Reads the command line; ends the program with status 2 on wrong usage.  -1 after telling "out of memory". */
int fit_options_read(struct fit_request *request, int argc, char *argv[]);
void fit_options_clear(struct fit_request *request);

struct table *fit_cox_residuals(const struct fit_request *request, const struct frame *frame);
int fit_cox(const struct fit_request *request, const struct frame *frame, struct table *estimates);
int fit_km(const struct fit_request *request, const struct frame *frame, struct table *estimates);
int fit_cuminc(const struct fit_request *request, const struct frame *frame, struct table *estimates);
int fit_finegray(const struct fit_request *request, const struct frame *frame, struct table *estimates);
int fit_logistic(const struct fit_request *request, const struct frame *frame, struct table *estimates);
int fit_meta(const struct fit_request *request, const struct frame *frame, struct table *estimates);
int fit_poisson(const struct fit_request *request, const struct frame *frame, struct table *estimates);
int fit_negbin(const struct fit_request *request, const struct frame *frame, struct table *estimates);
int fit_mcf(const struct fit_request *request, const struct frame *frame, struct table *estimates);
int fit_multistate(const struct fit_request *request, const struct frame *frame, struct table *estimates);
int fit_turnbull(const struct fit_request *request, const struct frame *frame, struct table *estimates);
int fit_aft(const struct fit_request *request, const struct frame *frame, struct table *estimates);
int fit_logrank(const struct fit_request *request, const struct frame *frame, struct table *estimates);
int fit_rmst(const struct fit_request *request, const struct frame *frame, struct table *estimates);
int fit_proportion(const struct fit_request *request, const struct frame *frame, struct table *estimates);

#endif
