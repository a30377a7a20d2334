/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * study.h - a study file as one struct.
 *
 * study_read() walks the YAML document once against the schema table (schema.h), tells all mistakes at
 * once with line, column and the likely fix, and fills this struct.  What can be judged without the data
 * is judged here: names that refer to each other, margins on the right side, reasons that are owed.  The
 * struct is read-only to the stages.  Every text keeps its place, so that a stage that finds a fault in
 * the data can point at the line of the study that asked for it.
 */
#ifndef STUDY_STUDY_H
#define STUDY_STUDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/person_index.h"
#include "base/sha256.h"
#include "base/table.h"
#include "study/codebook.h"
#include "study/library.h"
#include "study/level.h"
#include "study/measure.h"
#include "study/profile.h"
#include "study/values.h"

struct arena;

/** A name with a condition: an arm, a population, a competing cause. */
struct study_rule {
    struct study_text name;
    struct study_text when;          /* an expression (expression.h) */
    struct study_text post_baseline; /* why something dated after time zero may be used; text NULL: it may not */
};

struct study_rules {
    size_t n;
    struct study_rule *items;
};

/** What becomes of people in whom a covariate is missing: nothing, a level of its own, or they are left out. */
enum covariate_missing { COVARIATE_KEPT, COVARIATE_LEVEL, COVARIATE_DROPS };

/**
 * tables: one source table.  The key is its role.  `clients` and `episodes` say who there is; the others are
 * dated: each row is something that was seen of a person on a day.
 */
enum table_role {
    ROLE_EPISODES,
    ROLE_CLIENTS,
    ROLE_TESTS,
    ROLE_VISITS,
    ROLE_SPECIMENS,
    ROLE_USE_DAYS,
    ROLE_DOSES,
    N_ROLES,
};
const char *table_role_name(enum table_role role);
bool table_role_looks(enum table_role role); /* tests, visits, specimens: rows on which somebody was looked at */
bool table_role_is_dated(enum table_role role);

struct study_table {
    enum table_role role;
    struct study_place place;
    struct study_texts files;      /* as written: relative to the study file, may be globs */
    struct study_text codebook_file;
    struct codebook *codebook;     /* read and checked by study_read */
    struct study_text person;      /* column; text NULL: the source has no person key */
    struct study_text weight;      /* frequency column; text NULL: each row counts once */
    struct study_text programme;   /* column; may be NULL */
    struct study_text as_of;       /* ISO day the data were drawn: no date lies after it; may be NULL */
    struct study_text day;         /* column of a dated table: day number or date; NULL in the others */
    bool only_positives;           /* `only: positives`: a test that was negative has no row */
    struct study_number from, to;  /* window: days from time zero outside which rows are set aside; may be not given */

    /* Of a table of stays; each may be NULL, which needs what is told in study_link.c. */
    struct study_text admission;   /* column of days: dates, or whole numbers */
    struct study_text discharge;   /* column of days; missing: the stay is open */
    struct study_text last_contact; /* column of days; a stay ends on the earlier of the two */
    struct study_text reason;      /* category: why the stay ended */
    struct study_text transfer;    /* condition: the stay ended by a transfer */
    struct study_text planned_days, weekly_hours, weekly_sessions; /* columns of numbers */
    struct study_texts constant;   /* columns that hold one value a person: sex, birth year */
};

/** levels: which code of the source is which level of care. */
struct study_level_code {
    struct study_text code;        /* a label of the column */
    enum level level;              /* LEVEL_NONE: no treatment */
};

struct study_levels {
    struct study_text column;      /* text NULL: not given */
    size_t n;
    struct study_level_code *codes;
    struct study_hours {           /* level_hours: low <= hours a week < high */
        bool given;
        double low, high;
    } hours[N_LEVELS];
    bool hours_given;
};

/** link: how stays become episodes. */
struct study_link {
    struct study_place place;
    int64_t gap_days;              /* default 30 */
    int64_t transfer_days;         /* default 1 */
    int64_t overlap_days;          /* longest overlap that is no contradiction; -1 (default): any */
    bool inclusive[N_LEVELS];      /* both end days of a stay count */
};

/** cohort.index: which stay brings a person into the cohort. */
struct study_index {
    bool given;
    struct study_place place;
    bool first_stay_in[N_LEVELS];
    int64_t washout_days;          /* 0: none */
    bool washout_ignores[N_LEVELS];
    int64_t look_back_days;        /* the source must reach back so far before the index stay */
    int64_t from, to;              /* days, inclusive; MISSING_INTEGER: open */
    bool every;                    /* several index stays a person */
};

enum time_zero { TIME_ZERO_ADMISSION, TIME_ZERO_DISCHARGE, TIME_ZERO_COLUMN, TIME_ZERO_LANDMARK };
/**
 * evidence: a named kind of dated rows: those of one table that meet a condition, or the days of such rows on which
 * another kind was, or was not, seen as well.  Rules of outcomes speak of nothing else.
 */
struct study_evidence {
    struct study_text name;
    enum table_role role;
    struct study_text when;          /* condition on columns of the table and of the main table; "true": all rows */
    size_t n_with, n_without;
    size_t *with, *without;          /* [n_with], [n_without] indices of other kinds, seen on the same day */
};

enum { NO_EVIDENCE = -1, NO_DAY_LIMIT = 1000000000 };

/**
 * weeks: a named way to judge the weeks of a person.  A week is one or more looks: with `visits`, the rows of that kind
 * whose label names the week; without, all its days together.  A look is bad when one of `bad` is seen (on the day of
 * the visit; on a day of the week) or one of `back` in the days before the visit; else missing when one of `needs` is
 * not seen; else good.  A week is good when a look is good, else bad when a look is bad, else missing.
 */
enum week_missing { WEEK_MISSING_BAD, WEEK_MISSING_GOOD, WEEK_MISSING_IGNORED };

struct study_weeks {
    struct study_text name;
    struct study_place place;
    int visits;                      /* kind of evidence whose rows are the visits; NO_EVIDENCE: weeks of days */
    struct study_text label;         /* column of those rows */
    struct study_text pattern;       /* label of a week: `WK*`, the star is its number */
    int32_t from, to;                /* numbers of the weeks that are judged */
    int32_t first_day, length;       /* week w begins on day first_day + length (w - 1) */
    size_t n_needs, n_bad, n_back;
    size_t *needs, *bad, *back;      /* kinds of evidence */
    int32_t back_from, back_to;      /* days before the visit, back_from >= back_to >= 0 */
    enum week_missing missing;       /* what a missing week counts as; ignored: as if it were not there */
};

/** One of the things that a `first_of` waits for; it happens on a day or not at all. */
enum trigger_kind {
    TRIGGER_DAYS,                    /* n days of a kind of evidence, in a row or within so many days */
    TRIGGER_WEEKS,                   /* n bad (or missing) weeks, in a row or within so many weeks */
    TRIGGER_REASON,                  /* the reason of the main table is one of these, on the day of a column */
    TRIGGER_NEW_EPISODE,             /* linked stays: the first stay at one of these levels in a later episode */
};

struct study_trigger {
    enum trigger_kind kind;
    struct study_place place;
    size_t of;                       /* TRIGGER_DAYS: kind of evidence; TRIGGER_WEEKS: index into weeks */
    int32_t n;                       /* days or weeks, >= 1 */
    int32_t within;                  /* n of so many in a row; n: all of them in a row */
    int32_t from, to;                /* TRIGGER_DAYS: days that are looked at */
    bool missing_only;               /* TRIGGER_WEEKS: weeks that are missing, whatever else is bad */
    bool dated_last;                 /* happens when the last of them is over, not when the first begins */
    struct study_text column, day;   /* TRIGGER_REASON */
    struct study_texts reasons;
    bool levels[N_LEVELS];           /* TRIGGER_NEW_EPISODE */
    int32_t gap_days;                /* least days since the end of all care before */
};

/** How an unnamed kind is called where a table means only one thing: `use` in use_days; "" where it does not. */
const char *study_usual_evidence(const struct study_table *table);

/** Where a person's word ends: on a day of a column and so many days after it, or on a day from time zero. */
struct study_word_end {
    struct study_text when;          /* condition on the person; text NULL: always */
    struct study_text column;        /* text NULL: time zero */
    struct study_number days;
};

/** words: one symbol a week from dated rows (outcomes/weekly_word.h). */
struct study_word {
    struct study_text name;
    size_t positive;                 /* index of a kind of evidence */
    size_t n_seen;
    size_t *seen;                    /* [n_seen] kinds; a seen day without a positive is a negative one */
    struct study_text start;         /* column: the day before week 1; text NULL: time zero */
    struct study_number otherwise;   /* the day for who has none; not given: no word */
    bool positives_only;             /* who starts by `otherwise` has no negatives */
    struct study_number from;        /* first day that is looked at; not given: the first of week 1 */
    size_t n_ends;
    struct study_word_end *ends;     /* [n_ends] the first that holds */
    struct study_texts phases;       /* columns: phase 2, 3, ... begins in the week that holds the day */
};

enum privacy_basis { BASIS_UNDECLARED, BASIS_PUBLIC, BASIS_LIMITED_DATA_SET, BASIS_EXPERT };

/** Where days or a reason come from: a column of the source. */
enum outcome_rule {
    OUTCOME_GIVEN,     /* {time, event, entry, competing}: computed in the source; without time: yes or no */
    OUTCOME_RETENTION, /* {days_until, completed, completed_if} */
    OUTCOME_REASON,    /* {reason, event, no_event | competing, censor, exclude; days_until} */
    OUTCOME_LIBRARY,   /* {library, word, phase, at_least, at_most}: a published definition on weekly words */
    OUTCOME_FIRST_OF,  /* {first_of, missing, grace, competing, censor}: found in dated rows */
    OUTCOME_ANY,       /* {any, at_least, from, to}: yes or no, found in dated rows */
    OUTCOME_WEEKS,     /* {good_weeks, of}: yes or no, found in weeks */
    OUTCOME_PROCESS,   /* {process, ...}: a process measure of linked stays */
};

/** Where the days of retention come from. */
enum days_rule {
    DAYS_COLUMN,       /* the source has counted them */
    DAYS_LAST,         /* to the last day of a kind of evidence; 0 for who never showed it */
    DAYS_INTERVAL,     /* the source gives an interval: columns NAME_low and NAME_high of its codebook */
    DAYS_GAP,          /* to the last such day before the first gap of more than gap_days without one */
};

/** What counts when somebody is not seen to the end and nothing has happened. */
enum unseen_rule { UNSEEN_UNDECLARED, UNSEEN_RELAPSE, UNSEEN_CENSOR, UNSEEN_LAST_SEEN };

/** One line of good_weeks: at least so many of these weeks are good. */
struct study_week_count {
    struct study_numbers weeks;
    int32_t at_least;
};

enum completed_rule { COMPLETED_UNDECLARED, COMPLETED_RETAINED, COMPLETED_LEFT, COMPLETED_COMPETING, COMPLETED_CENSOR };

/** Process measures (study_process.c); what each means is told in outcomes/process.h. */
enum process_kind {
    PROCESS_INITIATION,
    PROCESS_ENGAGEMENT,
    PROCESS_CONTINUITY,
    PROCESS_READMISSION,
    PROCESS_ACTIVE_MONTHS,
    PROCESS_LEAVING,
};
enum leaving_part { LEAVING_STAY, LEAVING_EPISODE, LEAVING_LEVEL, LEAVING_PROGRAMME };
const char *process_name(enum process_kind kind);
bool process_counts_days(enum process_kind kind); /* else it is yes or no */

struct study_process {
    enum process_kind kind;
    bool services[N_LEVELS];         /* levels that count as treatment */
    bool after[N_LEVELS];            /* continuity: levels of the index stay that care should follow */
    int32_t initiation_days, engagement_days, more_services, months;
    enum leaving_part part;
    struct study_text died_on;       /* column: day of death, which competes; NULL: none */
};

struct study_outcome {
    struct study_text name;
    struct study_text label;         /* what a reader calls it; default: the name */
    enum outcome_rule rule;
    bool event_is_bad;
    struct study_text time;          /* column of days (`time`, or `days_until: {column: NAME}`); NULL: yes or no */
    struct study_text entry;         /* column of days at which a person comes under observation; NULL: 0 */
    struct study_text event;         /* OUTCOME_GIVEN: expression */
    struct study_rules competing_if; /* OUTCOME_GIVEN: name -> expression */
    struct study_text reason;        /* OUTCOME_REASON: category column */
    struct study_texts event_reasons, no_event_reasons, censor_reasons, exclude_reasons;
    struct study_texts competing_reasons; /* OUTCOME_REASON; OUTCOME_FIRST_OF: names of the kinds in `competing` */
    struct study_text completion;    /* OUTCOME_REASON: the named rule that made the lists; text NULL: as written */
    enum completed_rule completed;   /* OUTCOME_RETENTION */
    struct study_text completed_if;  /* OUTCOME_RETENTION: expression */
    struct study_text because;       /* owed where death is censored */
    bool planned_equal;              /* `planned_lengths: equal`: every arm plans the same number of days */
    struct study_text library;       /* OUTCOME_LIBRARY: the name of the definition as written */
    const struct definition *definition;
    size_t word;                     /* OUTCOME_LIBRARY: index into study->words */
    size_t phase;                    /* from 1; 0: the whole word from week 1 on */
    bool has_least, has_most;        /* OUTCOME_LIBRARY: the event is a value within these bounds, both included;
                                        without bounds a count, a share or a score is a value of its own */
    double least, most;

    enum days_rule days;             /* OUTCOME_RETENTION */
    struct study_text time_high;     /* DAYS_INTERVAL: column of the largest number of days; `time`: of the least */
    size_t days_of;                  /* DAYS_LAST, DAYS_GAP; OUTCOME_ANY: kind of evidence */
    int32_t gap_days;                /* DAYS_GAP */
    struct study_number completed_at; /* OUTCOME_RETENTION: whoever reaches so many days has completed */

    size_t n_triggers;               /* OUTCOME_FIRST_OF */
    struct study_trigger *triggers;
    int32_t grace;                   /* what happens before this day does not count */
    enum unseen_rule unseen;
    int32_t again_after;             /* it recurs: again after so many days without a trigger; 0: it does not */
    bool between_looks;              /* what a look finds has happened since the look before */
    size_t n_seen, n_competing, n_censor;
    size_t *seen, *competing, *censor; /* kinds of evidence: seen by, competing events, ends of observation */

    int32_t at_least, from, to;      /* OUTCOME_ANY: so many days of days_of among these */
    size_t of_weeks;                 /* OUTCOME_WEEKS: index into weeks */
    size_t n_counts;
    struct study_week_count *counts;
    struct study_process process;    /* OUTCOME_PROCESS; `competing_reasons` names its causes 2, 3, ... */
};

/** Is the outcome counted in days (and not yes or no)? */
bool outcome_has_time(const struct study_outcome *outcome);

/** Is the outcome a number of its own, such as a share of weeks: no event, but a mean? */
bool outcome_has_value(const struct study_outcome *outcome);

/** One line of non_inferiority. */
struct study_margin {
    struct study_place place;
    size_t outcome;                  /* index into study->outcomes */
    enum measure measure;
    struct study_number at;          /* day; not given for an outcome without time */
    bool at_least;                   /* reads P(T >= day) */
    double margin;                   /* > 0; ratios > 1 */
    struct study_text because;
    struct study_text role;          /* "primary", "secondary" (default), "sensitivity", "exploratory" */
    struct study_text population;    /* NULL: every population of the analysis */
};

/** One entry of `models`. */
enum model_rule { MODEL_COX, MODEL_FINEGRAY, MODEL_AFT, MODEL_LOGISTIC }; /* the last: of yes or no, the others of days */
struct study_model {
    enum model_rule rule;
    struct study_text formula;       /* as written */
    const char *name;                /* what its rows have under `adjustment`: the formula, and what else tells models apart */
    struct study_texts terms;        /* "arm" and covariates */
    struct study_texts strata;       /* covariates, or "arm" */
    struct study_text ties;          /* MODEL_COX: efron (also when NULL), breslow or exact */
    struct study_text frailty;       /* MODEL_COX: column of groups with gamma frailties; text NULL: none */
    bool firth;                      /* MODEL_COX: Firth's penalty */
    int32_t cause;                   /* MODEL_FINEGRAY: from 1 */
    int distribution;                /* MODEL_AFT: enum aft_distribution */
    bool recurrent;                  /* of the outcome's event, as often as it happens */
    bool of_moves;                   /* recurrent: of moves into levels of care, of no outcome */
    int arrangement;                 /* enum recurrent_arrangement */
    bool into[N_LEVELS];
};

/** How trials (levels of a column) are pooled; the methods in the order written. */
enum meta_rule { META_RULE_FIXED, META_RULE_DL, META_RULE_REML, META_RULE_PM, META_RULE_MH };
struct study_meta {
    struct study_text by;            /* column; text NULL: no pooling */
    size_t n_rules;
    enum meta_rule *rules;
    bool hartung_knapp;
};

/** A term of a model of covariates: a column, a spline of it, or a product of several. */
struct study_term_part {
    struct study_text column;
    size_t n_knots;                  /* of a restricted cubic spline; 0: the column as it is */
};

struct study_term {
    struct study_text written;       /* "age", "rcs(age, 4)", "age:sex" */
    size_t n_parts;
    struct study_term_part *parts;
};

struct study_terms {
    size_t n;
    struct study_term *items;
};

enum adjust_method {
    ADJUST_OVERLAP,
    ADJUST_IPTW,
    ADJUST_ATT,
    ADJUST_ATC,
    ADJUST_MATCH,
    ADJUST_STRATIFY,
    ADJUST_REGRESSION,
    ADJUST_DOUBLY_ROBUST,
    ADJUST_MODIFIED_POISSON,
    ADJUST_CLONES,          /* what an analysis of `strategies` by clones does; not written under `adjust` */
    ADJUST_MANTEL_HAENSZEL, /* from here on by strata of columns, without a model (compare/stratified.h) */
    ADJUST_DIRECT,
    ADJUST_INDIRECT,
};
const char *adjust_method_name(enum adjust_method method);
bool adjusts_by_strata(enum adjust_method method);

/** Of whom an adjusted number speaks: everybody, people like the arm's, like the reference's, or the overlap of both. */
enum adjust_estimand { ESTIMAND_ATE, ESTIMAND_ATT, ESTIMAND_ATC, ESTIMAND_ATO };

/** One entry of `adjust`. */
struct study_adjustment {
    struct study_place place;
    struct study_text name;          /* what stands under `adjustment`; default: the method */
    enum adjust_method method;
    enum adjust_estimand estimand;
    struct study_terms propensity;   /* of the arm; none for ADJUST_REGRESSION, ADJUST_MODIFIED_POISSON */
    struct study_terms terms;        /* of the outcome: these two and ADJUST_DOUBLY_ROBUST */
    struct study_terms censoring;    /* of being lost, by arm; n 0: the same for everybody in an arm */
    double trim_low, trim_high;      /* scores outside are left out; 0 and 1: none */
    bool common_support;
    double truncate;                 /* quantile of an arm's weights; 1: none */
    bool stabilised;                 /* weights are multiplied by the share of their arm: hazard ratios change */
    double caliper;                  /* in standard deviations of the logit of the score; INFINITY: none */
    size_t ratio;                    /* matches for each */
    struct study_texts exact;        /* columns in which matches agree */
    size_t n_strata;                 /* of the score: ADJUST_STRATIFY */
    size_t n_score_strata;           /* effects by so many strata of the score; 0: none */
    struct study_texts by;           /* columns whose combinations are strata: ADJUST_MANTEL_HAENSZEL and what follows it */
};

/** A strategy: on which days, from time zero, something must be done, or must not be. */
struct study_strategy {
    struct study_text name;
    double from, by;                 /* it is done on a day from .. by; by INFINITY: it need not be */
    double not_by;                   /* it is not done on a day up to this one; -1: free; INFINITY: never */
};

/** One entry of `strategies`: a question about what is done after time zero. */
struct study_strategies {
    struct study_text name;
    struct study_place place;
    struct study_text day;           /* column: the day, from time zero, on which it is done; missing: not seen to be */
    struct study_text done;          /* what is done, in words; default: the column */
    struct study_rule people;        /* of whom it is asked; when.text NULL: of everybody in the cohort */
    size_t n;
    struct study_strategy *items;
    struct study_texts references;
    struct study_rules arms;         /* the strategies as arms: name, and what it says in words */
};

/** `strategies` of an analysis: which ones, and how people come into them. */
struct study_emulation {
    bool given;
    struct study_place place;
    size_t of;                       /* index into study->strategies */
    bool has_landmark;               /* by what was done up to a day; else by clones that are censored when they depart */
    double landmark;
    struct study_terms weights;      /* clones: of the chances of going on */
    double truncate;                 /* quantile of the weights; 1: none */
    double period;                   /* who acts in the last so many days of a grace period stands for who waits */
};

/** One entry of compare. */
struct study_analysis {
    struct study_text name;          /* `analysis:`; default "main", or "analysis-2" for the second, ... */
    struct study_emulation strategies;
    size_t n_outcomes;
    size_t *outcomes;                /* indices into study->outcomes */
    size_t n_measures;
    enum measure *measures;
    struct study_numbers at;         /* days, ascending: P(T > t) */
    struct study_numbers at_least;   /* days, ascending: P(T >= t) */
    struct study_number tau;         /* end of the restricted mean */
    struct study_numbers quantiles;  /* default {0.5} */
    struct study_texts populations;  /* empty: all of the study */
    struct study_texts references;   /* empty: those of the cohort */
    struct study_text conf_type;     /* log-log (default), log, plain, arcsin: for curves and risks */
    int64_t bootstrap_n;             /* replicates of `bootstrap`; 0: none */
    size_t n_margins;
    struct study_margin *margins;
    size_t n_models;
    struct study_model *models;
    size_t n_adjustments;
    struct study_adjustment *adjustments;
    bool range;                      /* its outcomes are definitions of one thing: their range is told */
    struct study_texts subgroups;    /* columns; estimates by level and tests of interaction */
    struct study_meta meta;
    size_t n_controls;
    size_t *controls;                /* outcomes that the arm cannot change */
    bool tipping;                    /* how many of those not seen to the end would turn a verdict */
    bool e_values;                   /* of every ratio */
    struct study_imputation {
        struct study_place place;
        size_t n, iterations;        /* n 0: missing covariates are not imputed */
    } imputation;
};

/** dashboard: programmes by period. */
enum dashboard_period { PERIOD_MONTH, PERIOD_QUARTER, PERIOD_YEAR };
enum dashboard_spread { SPREAD_MULTIPLICATIVE, SPREAD_NONE, SPREAD_ADDITIVE }; /* of programmes beyond chance */

enum dashboard_chart { CHART_P, CHART_LANEY_P, CHART_U, CHART_LANEY_U, CHART_RUN }; /* over its periods */
enum dashboard_rule { RULE_BEYOND = 1, RULE_RUN = 2, RULE_TREND = 4, RULE_NEAR = 8 };

/** A phase of control charts that begins where a process was changed. */
struct dashboard_rebase {
    int32_t from;                    /* a day in its first period */
    int32_t freeze;                  /* a day in the last period of its baseline; INT32_MIN: all of the phase */
    struct study_text because;
    size_t outcome;                  /* index into study->outcomes; SIZE_MAX: of all */
    struct study_texts programmes;   /* n = 0: of all, and of all together */
};

struct dashboard_charts {
    int32_t freeze;                  /* as of a rebase, of the first phase */
    unsigned int rules;              /* enum dashboard_rule */
    size_t run, trend;               /* points; 0: what is usual of the chart */
    size_t n_rebases;
    struct dashboard_rebase *rebases;
};

struct dashboard_measure {
    struct study_place place;
    size_t outcome;                  /* index into study->outcomes */
    struct study_number at;          /* by which day; not given for an outcome without days */
    bool no_event;                   /* the share without the event: retained, not left */
    enum dashboard_chart chart;      /* CHART_U, CHART_LANEY_U: not a share of people but events over time under observation */
    struct study_text label;         /* text NULL: the outcome's */
};

struct study_dashboard {
    bool given;
    struct study_place place;
    struct study_text by;            /* column of the programme */
    struct study_text date;          /* column of dates that periods are of; text NULL: time zero */
    enum dashboard_period period;
    enum dashboard_spread spread;
    size_t population;               /* index into cohort.populations */
    struct study_texts adjust;       /* of the covariates; all of them when the key is left out */
    struct dashboard_charts charts;
    size_t n_measures;
    struct dashboard_measure *measures;
};

/** Is this measure a rate: events over time? */
bool dashboard_is_rate(const struct dashboard_measure *measure);

/** Points of a run or a trend that are a signal of this measure's chart: as the study says, or 8 and 6, on a run chart 6 and 5. */
size_t dashboard_run(const struct study_dashboard *dashboard, const struct dashboard_measure *measure);
size_t dashboard_trend(const struct study_dashboard *dashboard, const struct dashboard_measure *measure);

struct study {
    char *path;                      /* as given on the command line */
    char *folder;                    /* of path */
    char *text;                      /* the file, NUL-terminated */
    size_t text_length;
    char sha256[SHA256_HEX_SIZE];    /* of text */

    struct study_text name;          /* study: */
    struct study_text title;         /* default: the name */
    int64_t seed;                    /* 0 .. 2^53 - 1; default 0 */
    struct study_text registered_where;
    struct study_text registered_date; /* ISO */
    enum privacy_basis basis;
    struct study_text key_file;      /* path of the key that makes person keys unreadable; NULL with BASIS_PUBLIC */

    size_t n_tables;
    struct study_table *tables;      /* [0] is the main table; then those with a row a dated thing */
    struct study_levels levels;
    struct study_link link;

    size_t n_evidence;
    struct study_evidence *evidence; /* one that names others stands behind them */
    size_t n_words;
    struct study_word *words;
    struct library *library;         /* NULL unless an outcome uses it */
    struct study_text definitions;   /* path of definitions of the study's own; text NULL: none */
    size_t n_weeks;
    struct study_weeks *weeks;

    struct {
        struct study_index index;
        enum time_zero time_zero;
        struct study_place time_zero_place;
        struct study_text time_zero_column; /* TIME_ZERO_COLUMN: column of days */
        int64_t landmark_days;         /* TIME_ZERO_LANDMARK: days after admission */
        struct study_text cluster;     /* column; text NULL: people are independent */
        int64_t follow_up_until;       /* last day of the study; MISSING_INTEGER: not given */
        struct study_text follow_up_until_text; /* as written */
        struct study_texts follow_up_end; /* columns of days at which observation ends */
        struct study_texts eligible; /* expressions */
        struct study_texts eligible_post_baseline; /* reason by eligible[i]; text NULL where none is given */
        struct study_rules arms;
        bool some_arms;              /* not of the study: arms may be without people, as at one of several sites */
        struct study_texts references; /* one or more arms that others are compared with */
        struct study_rules populations; /* never empty: {all: "true"} when the study names none */
        struct study_texts covariates; /* columns */
        enum covariate_missing *covariates_missing; /* [covariates.n] */
        struct study_texts covariates_post_baseline; /* reason by covariates[i]; text NULL where none is given */
        struct study_texts strata;     /* columns */
        struct study_texts strata_post_baseline; /* reason by strata[i] */
        struct study_text unit;        /* what one row (or one count of weight) is: "person" (default), "discharge" */
        struct study_number follow_up_days;
    } cohort;

    size_t n_outcomes;
    struct study_outcome *outcomes;

    struct {                         /* the report's headline */
        bool given;
        struct study_place place;
        size_t outcome;
        enum measure measure;
        struct study_number at;
        bool at_least;
        struct study_text population, arm, reference, analysis; /* NULL: the first that fits */
        struct study_text adjust;    /* name of an adjustment, or "unadjusted"; text NULL: unadjusted */
    } primary;

    size_t n_strategies;
    struct study_strategies *strategies;

    size_t n_analyses;
    struct study_analysis *analyses;

    struct study_dashboard dashboard;

    size_t n_profiles;
    struct study_text *profiles;     /* names of named changes (profile.h) */
    const char *profile;             /* the one under which this study was read; NULL: none */
    const char *files[N_STUDY_STAGES]; /* "cohort.h5", or "cohort.gap14.h5": what the stages of this study read and make */
    bool shares[N_STUDY_STAGES];     /* another profile, or the study itself, makes the file */

    int64_t disclosure_threshold;    /* default 11; 0: nothing is hidden */
    int64_t disclosure_round_to;     /* counts that are shown are rounded to its multiples; 0: not rounded */
    struct study_text disclosure_because;
    struct study_text disclosure_ledger; /* path of what earlier releases showed; NULL: OUT/work/ledger.h5 */
    struct study_texts caveats;      /* sentences that every verdict and the report carry */
    struct study_text published;     /* path; NULL: none */

    struct study_texts post_baseline_columns; /* used by conditions of outcomes; see study_is_post_baseline */
    struct arena *memory;            /* every text and array above (arena.h); study_free gives it back */
};

struct study_options {
    bool allow_absolute;             /* paths may be absolute */
    const char *profile;             /* read the study under this profile; NULL: as it is */
};

/** Reads and checks a study and its codebooks.  NULL after telling every mistake found. */
struct study *study_read(const char *path, const struct study_options *options);
void study_free(struct study *study); /* NULL is fine */

/** Tells "error: STUDY:line:column: ..." and returns -1. */
int study_fail(const struct study *study, struct study_place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** The table of a role, or NULL. */
const struct study_table *study_find_table(const struct study *study, enum table_role role);

/** The table that has a row a person (or a counted row): clients, else episodes; never NULL after study_read. */
const struct study_table *study_main_table(const struct study *study);

/** Are the rows stays of persons that can be linked? */
bool study_is_linked(const struct study *study);

/**
 * The columns that conditions, covariates and outcomes may name, as an empty table: those of the source and, of linked
 * stays, the derived ones (derived.h).  NULL after telling.
 */
struct table *study_columns(const struct study *study, const char *table_name);

/**
 * Every scalar of the file as a row of table `study`: key ("cohort.arms.iop", items of lists counted from 1:
 * "compare.1.outcomes.2"), value (at most 4096 bytes), line; for results files.  Written in the file's order.
 * NULL after telling.
 */
struct table *study_flatten(const struct study *study);

/**
 * The columns of records.h5 that tell the persons of a table apart: how many there are, and their names.
 *
 *     0  the table has no person key: every row is a person of its own
 *     1  the person column itself, of its own type (basis public)
 *     2  PERSON_KEY_1 and PERSON_KEY_2, int64, both missing where the key is: the HMAC of the person column, which
 *        is not stored (base/person_key.h).  The names are the same in every table, so keys can be joined.
 */
size_t study_person_columns(const struct study *study, const struct study_table *table, const char *names[static 2]);

/** The same columns of rows of this table, as base/person_index.h takes them. */
struct person_keys study_person_keys(const struct study *study, const struct study_table *table, const struct table *rows);

#define PERSON_KEY_1 "person_key_1"
#define PERSON_KEY_2 "person_key_2"

/** The empty table as ingest stores it: codebook_schema(), with the person column replaced by its keys. */
struct table *study_table_schema(const struct study *study, const struct study_table *table, const char *table_name);

/**
 * The columns that a condition on rows of a dated table may use, as an empty table: its own and, by other names than
 * those, the main table's, of the person that the row speaks of.  NULL after telling.
 */
struct table *study_evidence_schema(const struct study *study, enum table_role role);

/** A path written in the study, joined to the study's folder; caller frees. */
char *study_path(const struct study *study, const char *path);

/**
 * May this column be known only after time zero?  True when its codebook says `known: after`, when it is the
 * time, entry or reason of an outcome, or when a condition of an outcome uses it and its codebook does not say
 * `known: before` (the planned length of stay, say, which decides together with the days what completing is).
 * Arms, eligibility, populations, covariates and strata that use such a column are refused (immortal time)
 * unless they give `post_baseline` with a reason.
 */
bool study_is_post_baseline(const struct study *study, const char *column);

/** The arms of an analysis, those of the cohort or strategies, and which of them are references. */
const struct study_rules *study_analysis_arms(const struct study *study, const struct study_analysis *analysis);
const struct study_texts *study_analysis_references(const struct study *study, const struct study_analysis *analysis);

/** The words under `adjustment` in the results of an analysis by clones. */
#define CLONES_NAME "clone_censor_weight"

/** Does an analysis ask for measures, or models, of paths through levels of care? */
bool study_reads_paths(const struct study *study);

#endif
