/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * study_file.h - a study file as it is written, before names are looked up.
 *
 * schema_read() fills a struct study_file by STUDY_FILE (study_schema.c); the study_check_*() functions judge
 * what the schema cannot see and fill the struct study in it.  Each notes its mistakes and goes on, so that
 * one run tells all of them.  They return -1 only when memory is short.
 */
#ifndef STUDY_STUDY_FILE_H
#define STUDY_STUDY_FILE_H

#include "study/mistakes.h"
#include "study/schema.h"
#include "study/study.h"

/** A column that may need a reason to be used: `NAME`, or {column: NAME, post_baseline: WHY}. */
struct file_column {
    struct study_text name, post_baseline;
    struct study_choice missing; /* enum covariate_missing */
};

struct file_columns {
    size_t n;
    struct file_column *items;
};

struct file_table {
    struct study_table table;
    struct study_choice only;
};

/** A source code and its level, as written. */
struct file_level_code {
    struct study_text code;
    struct study_choice level;
};

struct file_level_map {
    struct study_text column;
    size_t n;
    struct file_level_code *codes;
};

/** Bounds of hours a week of one level. */
struct file_level_hours {
    struct study_text level;
    struct study_numbers bounds;
};

struct file_choices {
    size_t n;
    struct study_choice *items;
};

struct file_link {
    struct study_place place;
    struct study_number gap_days, transfer_days, overlap_days;
    struct file_choices inclusive_days;
};

struct file_index {
    struct study_place place;
    struct file_choices first_stay_in, washout_ignores;
    struct study_number washout_days, look_back_days;
    struct study_text from, to;
    struct study_choice every;
};

/** `admission`, `discharge`, or one of two keys. */
struct file_time_zero {
    struct study_place place;
    struct study_choice moment;
    struct study_text column;
    struct study_number landmark;
};

struct file_evidence {
    struct study_text name;
    struct study_place place;
    struct study_text when[N_ROLES]; /* given for one role */
    struct study_texts with, without;
};

struct file_word_end {
    struct study_place place;
    struct study_text when, column;
    struct study_number days;
};

struct file_word {
    struct study_text name;
    struct study_place place;
    struct study_text positive, start;
    struct study_texts seen, phases;
    struct study_number otherwise, from;
    struct study_choice only;
    size_t n_ends;
    struct file_word_end *ends;
};

struct file_weeks {
    struct study_weeks weeks;     /* first: it begins with the name */
    struct study_text visits;
    struct study_number from, to, first_day, length, back_from, back_to;
    struct study_texts needs, bad, back;
    struct study_choice missing;
};

/** Forms of a trigger, by what its first key says. */
enum trigger_form { FORM_ON, FORM_TEST, FORM_VISIT, FORM_SPECIMEN, FORM_USE_DAY, FORM_DOSE, FORM_BAD_WEEKS,
                    FORM_MISSED_VISITS, FORM_REASON, FORM_NEW_EPISODE };

struct file_trigger {
    struct study_trigger trigger;
    int form;                     /* enum trigger_form */
    bool doubtful;
    struct study_text evidence, weeks;
    struct study_number days, bad_weeks, missed_visits, within, from, to, gap_days;
    struct study_choice in_a_row, dated;
    struct file_choices levels;
};

struct file_week_count {
    struct study_numbers weeks;
    struct study_number at_least;
};

struct file_process {
    struct study_choice kind, part;
    struct file_choices services, after;
    struct study_number initiation, engagement, more, months;
};

/** Named rules of completion, and the ways in which treatment ends that they tell apart. */
enum completion_rule { COMPLETION_ALL = 1, COMPLETION_WITH_TRANSFERS, COMPLETION_V_DROPOUT, COMPLETION_V_ENDED };
enum ended { ENDED_COMPLETED, ENDED_TRANSFERRED, ENDED_DROPPED_OUT, ENDED_TERMINATED, ENDED_OTHER, N_ENDED };

struct file_outcome {
    struct study_outcome outcome; /* first: it begins with the name */
    int form;                     /* enum outcome_rule */
    bool doubtful;                /* its keys hold mistakes: what it needs cannot be judged */
    struct study_choice event_is; /* 1 bad, 2 good */
    struct study_choice completed;
    struct study_choice planned_lengths; /* 1 equal, 0 they may differ */
    struct study_text word;              /* of a definition of the library */
    struct study_number phase, at_most;
    int days_form;                /* enum days_rule */
    bool days_doubtful;
    struct study_text days_of, any, of_weeks, interval;
    struct study_choice completion;  /* enum completion_rule */
    struct study_texts ended[N_ENDED]; /* labels by how treatment ended */
    struct study_number gap_days, grace, at_least, from, to;
    struct study_choice between_looks;
    struct study_number again_after;
    struct study_choice unseen, ends[3]; /* death, incarceration, transfer */
    struct study_texts seen_by, competing, censor;
    size_t n_triggers;
    struct file_trigger *triggers;
    size_t n_counts;
    struct file_week_count *counts;
    struct file_process process;
};

struct file_margin {
    struct study_place place;
    struct study_text outcome, measure, because, population;
    struct study_number at, at_least, margin;
    struct study_choice role;
};

struct file_model {
    struct study_place place;
    struct study_text cox, finegray, aft, logistic; /* one of them */
    struct study_text frailty;
    struct study_choice ties, recurrent, firth, distribution;
    struct study_number cause;
    struct file_choices into;
};

struct file_adjustment {
    struct study_adjustment adjustment;
    struct study_choice method, estimand, common_support, stabilised;
    struct study_texts propensity, terms, censoring;
    struct study_numbers trim;
    struct study_number truncate, caliper, ratio, n_strata, n_score_strata;
};

struct file_strategy {
    struct study_strategy strategy; /* first: it begins with the name */
    struct study_place place;
    struct study_number by, from, not_by;
    struct study_choice never;
};

struct file_strategies {
    struct study_strategies strategies; /* first: it begins with the name */
    size_t n_follow;
    struct file_strategy *follow;
};

struct file_emulation {
    struct study_place place;
    struct study_text of;
    struct study_number landmark, truncate, period;
    struct study_texts weights;
};

struct file_analysis {
    struct study_analysis analysis;
    struct file_emulation emulation;
    struct study_place place;
    struct study_texts outcomes, measures, negative_controls;
    struct study_choice conf_type, range, tipping, hartung_knapp;
    struct study_number imputations, iterations;
    struct file_choices meta_rules;
    struct study_number bootstrap;
    size_t n_margins;
    struct file_margin *margins;
    size_t n_models;
    struct file_model *models;
    size_t n_adjustments;
    struct file_adjustment *adjustments;
};

struct file_primary {
    struct study_place place;
    struct study_text outcome, measure, population, arm, reference, analysis, adjust;
    struct study_number at, at_least;
};

struct file_dashboard_measure {
    struct study_place place;
    struct study_text outcome, label;
    struct study_number at;
    struct study_choice share, chart;
};

struct file_rebase {
    struct study_place place;
    struct study_text from, freeze, because, outcome;
    struct study_texts programmes;
};

struct file_charts {
    struct study_place place;
    struct study_text freeze;
    size_t n_rules;
    struct study_choice *rules;
    struct study_number run, trend;
    size_t n_rebases;
    struct file_rebase *rebases;
};

struct file_dashboard {
    struct study_place place;
    struct study_text by, date, population;
    struct study_choice period, spread;
    struct study_texts adjust;
    struct file_charts charts;
    size_t n_measures;
    struct file_dashboard_measure *measures;
};

struct study_file {
    struct study study;
    struct study_number seed;
    struct study_choice basis;
    struct study_place tables, cohort;
    struct file_table of_role[N_ROLES];
    size_t n_level_maps;
    struct file_level_map *level_maps;
    size_t n_level_hours;
    struct file_level_hours *level_hours;
    struct file_link link;
    struct file_index index;
    struct file_time_zero time_zero;
    size_t n_evidence;
    struct file_evidence *evidence;
    size_t n_words;
    struct file_word *words;
    size_t n_weeks;
    struct file_weeks *weeks;
    struct study_rules eligible;
    struct file_columns covariates, strata;
    size_t n_outcomes;
    struct file_outcome *outcomes;
    struct file_primary primary;
    size_t n_strategies;
    struct file_strategies *strategies;
    size_t n_analyses;
    struct file_analysis *analyses;
    struct file_dashboard dashboard;
    struct study_number threshold, round_to;
};

/** The schema of a study file: fills a struct study_file. */
extern const struct schema_type STUDY_FILE;

/** The schemas of `words` and of an outcome by a published definition (words_schema.c). */
extern const struct schema_type STUDY_WORDS, LIBRARY_OUTCOME;
/* Parts of it that are about dated rows (study_schema_evidence.c). */
extern const struct schema_type STUDY_EVIDENCE, STUDY_WEEKS, STUDY_DAYS_UNTIL, STUDY_FIRST_OF, STUDY_ANY,
    STUDY_GOOD_WEEKS, STUDY_COMPLETION;
/* An outcome that is a process measure (study_schema_process.c). */
extern const struct schema_type STUDY_PROCESS;

/* Strategies, and how an analysis asks for them (study_strategies.c). */
extern const struct schema_type STUDY_STRATEGIES, STUDY_EMULATION;

/* The programmes of a dashboard (study_schema_dashboard.c). */
extern const struct schema_type STUDY_DASHBOARD;

/** What checking needs. */
struct study_checker {
    struct study_file *file;
    struct study *study;       /* &file->study */
    struct arena *arena;       /* of the study */
    struct mistakes *mistakes;
    struct table *columns;     /* of the main table (codebook_schema); NULL: its codebook could not be read */
};

int study_check_tables(const struct study_checker *checker);   /* roles, readable codebooks */
void study_check_keys(const struct study_checker *checker);     /* columns that tables name */
int study_check_link(const struct study_checker *checker);     /* stays, levels, link; calls the next three */
void study_check_index(const struct study_checker *checker);
void study_check_time_zero(const struct study_checker *checker);
void study_check_follow_up(const struct study_checker *checker);
int study_check_evidence(const struct study_checker *checker); /* kinds of dated rows; conditions compile */
int study_check_words(const struct study_checker *checker);    /* weekly words: kinds, columns, ends */
int study_check_weeks(const struct study_checker *checker);    /* ways to judge weeks */
int study_check_cohort(const struct study_checker *checker);   /* arms, references, populations, columns */
int study_check_outcomes(const struct study_checker *checker); /* rules of outcomes, every reason in one list */
int study_check_compare(const struct study_checker *checker);  /* analyses: names, measures, days */
int study_check_primary(const struct study_checker *checker);
int study_check_dashboard(const struct study_checker *checker); /* measures, columns of programme and date */
int study_check_charts(const struct study_checker *checker);    /* rules and phases of its control charts */
void study_check_privacy(const struct study_checker *checker); /* basis, key file, what must be keyed */
void study_check_rest(const struct study_checker *checker);    /* disclosure, defaults */

/** The verdicts of one analysis, whose names are already looked up. */
int study_check_margins(const struct study_checker *checker, const struct file_analysis *written,
                        struct study_analysis *analysis);

/** The schema of `adjust` (study_adjust.c). */
extern const struct schema_type STUDY_ADJUST;
int study_check_adjust(const struct study_checker *checker, const struct file_analysis *written,
                       struct study_analysis *analysis);

/** Does one of the outcomes of an analysis happen again (`again_after`)? */
bool analysis_recurs(const struct study_checker *checker, const struct study_analysis *analysis);

/** Terms of a model of covariates (study_adjust.c); none written: all covariates known at time zero. */
int check_terms(const struct study_checker *checker, const char *key, struct study_place place,
                const struct study_texts *written, struct study_terms *terms);

int study_check_models(const struct study_checker *checker, const struct file_analysis *written,
                       struct study_analysis *analysis);

int study_check_strategies(const struct study_checker *checker); /* before the analyses that ask for them */
/** Which strategies an analysis asks for; before its other keys are checked. */
void study_check_emulation(const struct study_checker *checker, const struct file_analysis *written,
                           struct study_analysis *analysis);
/** Do its other keys fit?  After they are checked. */
int study_check_emulated(const struct study_checker *checker, const struct file_analysis *written,
                         struct study_analysis *analysis);

/** Subgroups, trials that are pooled, negative controls, tipping points, E-values (study_robustness.c). */
int study_check_robustness(const struct study_checker *checker, const struct file_analysis *written,
                           struct study_analysis *analysis);

/**
 * Compiles every condition against the columns of the main table and refuses those that use what is dated after
 * time zero.  Runs last: it tells the mistakes noted before each condition, so that all stand in line order.
 */
int study_check_conditions(const struct study_checker *checker);

/* ---- small things that several checks need ------------------------------------------------------ */

/** Types of columns that a key may name, as a mask. */
enum column_kind {
    KIND_INTEGER = 1,
    KIND_REAL = 2,
    KIND_CATEGORY = 4,
    KIND_TEXT = 8,
    KIND_DATE = 16,
    KIND_NUMBER = KIND_INTEGER | KIND_REAL,
    KIND_DAY = KIND_INTEGER | KIND_DATE,
};

/** Notes a mistake unless the text (given or not) names a column of the main table of one of these kinds. */
void check_column(const struct study_checker *checker, const char *key, const struct study_text *name, unsigned kinds);

/** The same in another table. */
void check_table_column(const struct study_checker *checker, const struct study_table *table, const char *key,
                        const struct study_text *name, unsigned kinds);
/** What the mask asks for, in words: "a column of whole numbers". */
const char *kinds_expected(unsigned kinds);

/** Notes a day column that is not of the kind (dates or numbers) of the admissions. */
void check_same_kind(const struct study_checker *checker, const struct study_table *stays, const char *key,
                     const struct study_text *other);

void mark_levels(bool marked[N_LEVELS], const struct file_choices *choices);
int64_t whole_or(const struct study_number *number, int64_t otherwise);

/** Notes texts that stand twice in a list. */
void check_doubled(const struct study_checker *checker, const char *key, const struct study_texts *texts);

/** What outcomes find in dated rows: names of kinds and of weeks (study_first_of.c). */
int check_first_of(const struct study_checker *checker, const struct file_outcome *written,
                   struct study_outcome *outcome);
void check_any(const struct study_checker *checker, const struct file_outcome *written, struct study_outcome *outcome);
int check_good_weeks(const struct study_checker *checker, const struct file_outcome *written,
                     struct study_outcome *outcome);
int expand_completion(const struct study_checker *checker, const struct file_outcome *written,
                      struct study_outcome *outcome); /* study_completion.c */
void check_days_until(const struct study_checker *checker, const struct file_outcome *written,
                      struct study_outcome *outcome);

bool speaks_of_death(const char *reason);

/** Outcomes whose days are known in intervals are read at their edges alone (study_intervals.c). */
int check_interval(const struct study_checker *checker, const struct file_outcome *written, struct study_outcome *outcome);
void check_interval_readings(const struct study_checker *checker, const struct file_analysis *written,
                             const struct study_analysis *analysis);

/** Looks up names of kinds of evidence; what is not found was noted.  -1 without memory. */
int find_evidences(const struct study_checker *checker, const char *key, const struct study_texts *names, size_t *n,
                   size_t **found);

/** Index of a name among outcomes; n_outcomes, and a mistake noted, when there is none. */
size_t find_outcome(const struct study_checker *checker, const struct study_text *name);

/** Index of a name among the kinds of evidence; n_evidence, and a mistake noted, when there is none. */
size_t find_evidence(const struct study_checker *checker, const char *key, const struct study_text *name);

/** The rule of a name, or NULL and a mistake noted: "arms: there is no arm 'x'". */
const struct study_rule *find_rule(const struct study_checker *checker, const char *what,
                                   const struct study_rules *rules, const struct study_text *name);

bool is_one_of(const struct study_texts *texts, const char *name);

/** An outcome by a published definition: the library is read, the definition and its word are found. */
int check_process(const struct study_checker *checker, const struct file_outcome *written, struct study_outcome *outcome);
int check_library_outcome(const struct study_checker *checker, const struct file_outcome *written,
                          struct study_outcome *outcome);

/** Could some of its outcomes or measures not be found, so that what it computes cannot be judged? */
bool analysis_is_doubtful(const struct file_analysis *written, const struct study_analysis *analysis);

/** Does this analysis compute this number: outcome, measure and, where one is given, day? */
bool analysis_computes(const struct study_analysis *analysis, size_t outcome, enum measure measure,
                       const struct study_number *day, bool at_least);

/* ---- what a measure needs (study_measures.c) ---------------------------------------------------- */

struct measure_need {
    enum measure measure;
    bool day;        /* for an outcome with days: read on a day */
    bool tau;        /* a restricted mean */
    bool yes_no;     /* also for an outcome without days */
    bool margin;     /* a verdict may be given on it */
};

/** Is it a mean of values, and not something about events? */
bool measure_reads_value(enum measure measure);

/** What a measure needs; NULL and a mistake noted when the name is unknown or not available in this version. */
const struct measure_need *find_measure(const struct study_checker *checker, const struct study_text *name);

/** The same of a measure that has been found before; never NULL for one that find_measure gave. */
const struct measure_need *measure_needs(enum measure measure);

/**
 * Do `at` and `at_least` fit this measure of this outcome?  Notes what is wrong; `key` is where it is written:
 * "primary", "non_inferiority".  A doubtful outcome fits.
 */
bool check_day(const struct study_checker *checker, const char *key, struct study_place place,
               const struct study_outcome *outcome, const struct measure_need *need, const struct study_number *at,
               const struct study_number *at_least);

#endif
