/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * comparison.h - one outcome in one population, summarised by arm: everything that estimates read.
 *
 * An outcome with a time becomes an additive risk table and one curve an arm; a yes-or-no outcome becomes two
 * counts an arm.  Rows of persons are looked at again by regressions alone.
 */
#ifndef COMPARE_COMPARISON_H
#define COMPARE_COMPARISON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/table.h"
#include "stats/cuminc.h"
#include "stats/km.h"
#include "stats/reducer.h"
#include "stats/risk_table.h"
#include "stats/survival_interval.h"
#include "stats/welch.h"
#include "study/study.h"

/** Two-sided level of every interval in results.h5. */
#define CONF_LEVEL 0.95

struct sample;

struct comparison {
    const struct study *study;
    const struct study_analysis *analysis;
    const struct study_outcome *outcome;
    const struct study_rule *population;
    const char *stratum;          /* "sex=F": the part of the people that is compared; NULL: all */
    size_t n_arm, n_cause;
    int64_t *n;                   /* [n_arm] people */
    int64_t *n_event;             /* [n_arm] with the outcome's event, at any time */
    /* Outcomes with a time; NULL or empty for yes or no. */
    struct risk_table *table;
    struct km_curve **event_free; /* [n_arm] free of events of every declared cause */
    struct cuminc_curve **cuminc; /* [n_arm * n_cause], arm by arm; NULL when nothing competes */
    double first_censored;        /* earliest censoring in any arm; INFINITY when there is none */
    bool delayed_entry;
    struct sample *people;        /* for regressions; NULL for yes or no */
    const struct reducer *reducer; /* people are those of this rank, all else is of all; NULL: these are all people */
    int n_threads;
    struct group_moments *moments; /* [n_arm] of an outcome that is a value; else NULL */
    struct adjusted_numbers *adjusted; /* kept by adjusted.h; NULL: none */
};

/** Columns of table `cohort` and of `outcome/NAME`, row by row the same people. */
struct comparison_input {
    size_t n_rows;
    const struct column *arm, *weight, *member; /* member: population:NAME */
    const struct column *cause, *time, *entry;  /* time and entry NULL where the outcome has none */
    const struct column *cluster;               /* NULL: people are independent */
    const struct column *value;                 /* likewise */
    const struct column *low, *high;            /* days known in an interval (outcomes/outcome.h); NULL: they are known */
    const struct column *looked;                /* days on which it was looked for; NULL: it is not sought on days */
    bool looked_together;                       /* ... of all people of a row together */
    const size_t *rows;                         /* [n_rows] which rows of the columns; NULL: the first n_rows */
    const struct reducer *reducer;              /* the rows lie in several places; NULL: these are all */
    bool sparse;                                /* arms with fewer than two people are let pass; they have no curves */
};

/** Summarises; -1 after telling, e.g. an arm with fewer than two people.  Free in any case. */
int comparison_solve(const struct study *study, const struct study_analysis *analysis, const struct study_outcome *outcome,
                     const struct study_rule *population, const struct comparison_input *input, int n_threads,
                     struct comparison *comparison);
void comparison_free(struct comparison *comparison);

/** The scale of the limits of curves, as the analysis asks for; GSL_SUCCESS. */
int comparison_interval(const struct study_analysis *analysis, struct survival_interval *interval);

const char *comparison_arm(const struct comparison *comparison, size_t arm); /* its name */

#endif
