/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * fit.h - a request of the command line, and the models that answer it.
 *
 * A model reads a frame (the rows that may be used, frame.h) and adds rows to the table `estimates`.  A new model
 * is one file fit_NAME.c and one line in FIT_MODELS below.
 */
#ifndef FIT_FIT_H
#define FIT_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/table.h"
#include "base/table_print.h"
#include "fit/design.h"
#include "stats/aft.h"
#include "stats/balance.h"
#include "stats/cuminc.h"
#include "stats/logrank.h"
#include "stats/proportion.h"
#include "stats/cox_data.h"
#include "stats/glm_sandwich.h"
#include "stats/meta.h"
#include "stats/recurrent.h"
#include "stats/risk_difference.h"
#include "stats/survival_interval.h"

struct frame;
struct fit_request;

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

enum { MODEL_EXAMPLES = 2, MODEL_LIST_SIZE = 512 };

struct model {
    const char *name;
    enum design_outcome outcome;
    const char *options;      /* those it takes, "at tau timefix", of the tables in options_*.c */
    const char *needed;       /* of these the ones without a default; NULL: none */
    bool arms_needed;         /* at least two arms */
    bool regression;          /* the right side is a sum of terms (terms.h) */
    enum survival_conf_type conf_type; /* default of --conf-type */
    unsigned conf_types;      /* the types it takes, as bits 1 << type; 0: all */
    const char *examples[MODEL_EXAMPLES]; /* for --help: formula, table and options */
    /** Adds rows.  -1 after telling; a number that does not exist is a row with status undefined, no error. */
    int (*fit)(const struct fit_request *request, const struct frame *frame, struct table *estimates);
    /** The table in place of estimates when residuals, or pairs, are asked for; NULL: the model has none.  NULL after telling. */
    struct table *(*residuals)(const struct fit_request *request, const struct frame *frame);
};

/** Each is defined as model_NAME where it is fitted. */
#define FIT_MODELS(ONE) \
    ONE(km)             \
    ONE(logrank)        \
    ONE(cox)            \
    ONE(cuminc)         \
    ONE(finegray)       \
    ONE(mcf)            \
    ONE(multistate)     \
    ONE(turnbull)       \
    ONE(aft)            \
    ONE(rmst)           \
    ONE(linear)         \
    ONE(logistic)       \
    ONE(poisson)        \
    ONE(negbin)         \
    ONE(proportion)     \
    ONE(balance)        \
    ONE(match)          \
    ONE(meta)

#define ONE(name) extern const struct model model_##name;
FIT_MODELS(ONE)
#undef ONE

/** A model, or NULL. */
const struct model *model_find(const char *name);

/** Is `name` one of the words of `options`, which may be NULL? */
bool model_takes(const char *options, const char *name);

/** Names of the models of this version, "km, logrank, ...". */
const char *model_list(char list[static MODEL_LIST_SIZE]);

/** The examples of all models, a line each. */
void model_print_examples(FILE *stream);

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
    bool profile;              /* limits from the profile likelihood */
    bool exact_ratio;          /* of two rates */
    bool exchangeable;         /* generalised estimating equations with this working correlation */
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
    bool recurrent;
    enum recurrent_arrangement arrangement;
    enum fit_residuals residuals;
    bool curve;
    size_t curve_line;         /* of the table, from 1; CURVE_ZERO, CURVE_MEAN */
    enum proportion_method conf;
    enum risk_difference_method rd;
    enum smd_denominator sd;   /* of standardised differences */
    double caliper;            /* in standard deviations of the score; INFINITY: none */
    size_t ratio;              /* matches for each */
    const char *exact;         /* column in which matches agree, or NULL */
    bool logit;                /* the score is the logit of the propensity */
    bool pairs;                /* the pairs in place of estimates */
    double margin;             /* NAN: none */
    enum worse_is worse;
};

/** Reads the command line; ends the program with status 2 on wrong usage.  -1 after telling "out of memory". */
int fit_options_read(struct fit_request *request, int argc, char *argv[]);
void fit_options_clear(struct fit_request *request);

#endif
