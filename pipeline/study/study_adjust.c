/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `adjust`: its keys, and the terms of its models. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "study/study_file.h"

/* ---- keys -------------------------------------------------------------------------------------------- */

#define OPTIONAL SCHEMA_OPTIONAL
#define REQUIRED SCHEMA_REQUIRED
#define END {NULL, NULL, OPTIONAL, 0, NULL}

static const struct schema_word METHODS[] = {
    {"overlap", ADJUST_OVERLAP},     {"iptw", ADJUST_IPTW},   {"att", ADJUST_ATT},
    {"atc", ADJUST_ATC},             {"match", ADJUST_MATCH}, {"stratify", ADJUST_STRATIFY},
    {"regression", ADJUST_REGRESSION}, {"doubly_robust", ADJUST_DOUBLY_ROBUST},
    {"modified_poisson", ADJUST_MODIFIED_POISSON},
    {"mantel_haenszel", ADJUST_MANTEL_HAENSZEL}, {"direct", ADJUST_DIRECT}, {"indirect", ADJUST_INDIRECT}, {NULL, 0}};
static const struct schema_type METHOD = {
    .kind = SCHEMA_WORD,
    .expected = "a method (overlap, iptw, att, atc, match, stratify, regression, doubly_robust, modified_poisson, mantel_haenszel, "
                "direct or indirect)",
    .words = METHODS};
/* From 1, so that 0 is none given. */
static const struct schema_word ESTIMANDS[] = {
    {"ate", 1 + ESTIMAND_ATE}, {"att", 1 + ESTIMAND_ATT}, {"atc", 1 + ESTIMAND_ATC}, {NULL, 0}};
static const struct schema_type ESTIMAND = {.kind = SCHEMA_WORD, .expected = "ate, att or atc", .words = ESTIMANDS};

static const struct schema_type TRIM = {
    .kind = SCHEMA_NUMBERS, .expected = "the least score, or [LEAST, LARGEST], from 0 to 1", .low = 0, .high = 1};
static const struct schema_type QUANTILE = {
    .kind = SCHEMA_NUMBER, .expected = "a number above 0.5 and below 1", .low = 0.500001, .high = 0.999999};
static const struct schema_type CALIPER = {
    .kind = SCHEMA_NUMBER, .expected = "a number above 0, in standard deviations", .low = 1e-9, .high = 1e9};
static const struct schema_type RATIO = {
    .kind = SCHEMA_NUMBER, .expected = "a whole number from 1 to 100", .low = 1, .high = 100, .whole = true};
static const struct schema_type STRATA = {
    .kind = SCHEMA_NUMBER, .expected = "a whole number from 2 to 100", .low = 2, .high = 100, .whole = true};

static const struct schema_key KEYS[] = {
    {"method",         &METHOD,        REQUIRED, INTO(file_adjustment, method),           "how"},
    {"name",           &schema_name,   OPTIONAL, INTO(file_adjustment, adjustment.name),  "what it is called"},
    {"propensity",     &schema_texts,  OPTIONAL, INTO(file_adjustment, propensity),       "terms of the model of the arm"},
    {"terms",          &schema_texts,  OPTIONAL, INTO(file_adjustment, terms),            "terms of the model of the outcome"},
    {"censoring",      &schema_texts,  OPTIONAL, INTO(file_adjustment, censoring),        "terms of the chance of being lost"},
    {"estimand",       &ESTIMAND,      OPTIONAL, INTO(file_adjustment, estimand),         "of whom it speaks"},
    {"trim",           &TRIM,          OPTIONAL, INTO(file_adjustment, trim),             "scores that are kept"},
    {"common_support", &schema_yes_no, OPTIONAL, INTO(file_adjustment, common_support),   "scores that both arms have"},
    {"truncate",       &QUANTILE,      OPTIONAL, INTO(file_adjustment, truncate),         "quantile that weights are held at"},
    {"stabilised",     &schema_yes_no, OPTIONAL, INTO(file_adjustment, stabilised),       "weights times the share of the arm"},
    {"caliper",        &CALIPER,       OPTIONAL, INTO(file_adjustment, caliper),          "largest distance of matches"},
    {"ratio",          &RATIO,         OPTIONAL, INTO(file_adjustment, ratio),            "matches for each"},
    {"exact",          &schema_texts,  OPTIONAL, INTO(file_adjustment, adjustment.exact), "columns in which matches agree"},
    {"by",             &schema_texts,  OPTIONAL, INTO(file_adjustment, adjustment.by),    "columns whose combinations are strata"},
    {"strata",         &STRATA,        OPTIONAL, INTO(file_adjustment, n_strata),         "strata of the score"},
    {"score_strata",   &STRATA,        OPTIONAL, INTO(file_adjustment, n_score_strata),   "effects by strata of the score"},
    END,
};
static const struct schema_type ITEM = {.kind = SCHEMA_KEYS, .expected = "{method: ..., ...}", .keys = KEYS,
                                        .short_key = "method", .place = PLACE(file_adjustment, adjustment.place)};
const struct schema_type STUDY_ADJUST = {.kind = SCHEMA_LIST, .expected = "a list of adjustments", .each = &ITEM,
                                         .size = sizeof(struct file_adjustment), .or_one = true};

_Static_assert(offsetof(struct file_analysis, adjustments) - offsetof(struct file_analysis, n_adjustments) ==
                   offsetof(struct schema_items, items), "a count and its array");

const char *adjust_method_name(enum adjust_method method)
{
    for (size_t i = 0; METHODS[i].word != NULL; i++)
        if (METHODS[i].value == (int)method)
            return METHODS[i].word;
    return "";
}

/* ---- terms ------------------------------------------------------------------------------------------- */

enum { KNOTS_MIN = 3, KNOTS_MAX = 7, PARTS_MAX = 4 };

struct term_reader {
    const struct study_checker *checker;
    const char *key; /* "propensity" or "terms" */
    const struct study_text *written;
};

static int bad_term(const struct term_reader *reader)
{
    mistake(reader->checker->mistakes, reader->written->place,
            "%s: a column, rcs(COLUMN, 4), or several of them joined by ':' was expected; value '%s'", reader->key,
            shown(reader->checker->mistakes, reader->written->text));
    return 0;
}

/* Known only after time zero: shown, but no ground for an adjustment. */
static bool is_late(const struct study_checker *checker, size_t covariate)
{
    return checker->study->cohort.covariates_post_baseline.items[covariate].text != NULL;
}

static int check_covariate(const struct term_reader *reader, const char *name)
{
    const struct study_checker *checker = reader->checker;
    const struct study_texts *covariates = &checker->study->cohort.covariates;
    const char **names;

    for (size_t i = 0; i < covariates->n; i++) {
        if (strcmp(covariates->items[i].text, name) != 0)
            continue;
        if (is_late(checker, i))
            mistake(checker->mistakes, reader->written->place,
                    "%s: '%s' is dated after time zero, so that the treatment may have changed it; it cannot be adjusted for",
                    reader->key, name);
        return 0;
    }
    if ((names = arena_take(checker->arena, covariates->n + 1, sizeof *names)) == NULL)
        return -1;
    for (size_t i = 0; i < covariates->n; i++)
        names[i] = covariates->items[i].text;
    mistake(checker->mistakes, reader->written->place, "%s: '%s' is not one of the cohort's covariates%s", reader->key,
            shown(checker->mistakes, name), did_you_mean(checker->mistakes, name, names, covariates->n));
    return 0;
}

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

/* `rcs(NAME, KNOTS)` behind its opening parenthesis, or NAME; what follows it, NULL when it cannot be read. */
static const char *read_part(const struct term_reader *reader, const char *text, struct study_term_part *part, int *status)
{
    const bool spline = strncmp(text, "rcs(", 4) == 0;
    size_t length;

    text = skip_blanks(spline ? text + 4 : text);
    length = strcspn(text, " \t,():");
    if (length == 0)
        return NULL;
    part->column.place = reader->written->place;
    if ((part->column.text = arena_text(reader->checker->arena, text, length)) == NULL ||
        check_covariate(reader, part->column.text) != 0) {
        *status = -1;
        return NULL;
    }
    text = skip_blanks(text + length);
    if (!spline)
        return text;
    if (*text != ',')
        return NULL;
    text = skip_blanks(text + 1);
    if (!isdigit((unsigned char)text[0]) || isdigit((unsigned char)text[1]))
        return NULL;
    part->n_knots = (size_t)(text[0] - '0');
    if (part->n_knots < KNOTS_MIN || part->n_knots > KNOTS_MAX)
        return NULL;
    check_column(reader->checker, reader->key, &part->column, KIND_NUMBER);
    text = skip_blanks(text + 1);
    return *text == ')' ? skip_blanks(text + 1) : NULL;
}

static int read_term(const struct term_reader *reader, struct study_term *term)
{
    const char *text = skip_blanks(reader->written->text);
    int status = 0;

    term->written = *reader->written;
    if ((term->parts = arena_take(reader->checker->arena, PARTS_MAX, sizeof *term->parts)) == NULL)
        return -1;
    for (;; text = skip_blanks(text + 1)) {
        if (term->n_parts == PARTS_MAX || (text = read_part(reader, text, &term->parts[term->n_parts], &status)) == NULL ||
            (*text != ':' && *text != '\0'))
            return status != 0 ? -1 : bad_term(reader);
        term->n_parts++;
        if (*text == '\0')
            return 0;
    }
}

static bool same_part(const struct study_term_part *a, const struct study_term_part *b)
{
    return strcmp(a->column.text, b->column.text) == 0 && a->n_knots == b->n_knots;
}

static bool same_term(const struct study_term *a, const struct study_term *b)
{
    bool same = a->n_parts == b->n_parts;

    for (size_t i = 0; same && i < a->n_parts; i++)
        same = same_part(&a->parts[i], &b->parts[i]);
    return same;
}

static bool has_term(const struct study_terms *terms, const struct study_term *term)
{
    for (size_t i = 0; i < terms->n; i++)
        if (same_term(&terms->items[i], term))
            return true;
    return false;
}

/* A product stands beside the terms that it is made of: those that are not there come before it. */
static int add_term(const struct study_checker *checker, const struct study_term *term, struct study_terms *terms)
{
    for (size_t i = 0; term->n_parts > 1 && i < term->n_parts; i++) {
        struct study_term alone = {.written = term->parts[i].column, .n_parts = 1, .parts = &term->parts[i]};
        if (has_term(terms, &alone))
            continue;
        if (alone.parts->n_knots > 0 &&
            (alone.written.text = arena_format(checker->arena, "rcs(%s, %zu)", alone.parts->column.text,
                                               alone.parts->n_knots)) == NULL)
            return -1;
        terms->items[terms->n++] = alone;
    }
    if (!has_term(terms, term))
        terms->items[terms->n++] = *term;
    return 0;
}

static bool says_covariates(const struct study_texts *written)
{
    return written->n == 0 || (written->n == 1 && strcmp(written->items[0].text, "covariates") == 0);
}

/* Covariates that may be adjusted for. */
static int early_covariates(const struct study_checker *checker, struct study_texts *list)
{
    const struct study_texts *covariates = &checker->study->cohort.covariates;

    *list = (struct study_texts){0, arena_take(checker->arena, covariates->n + 1, sizeof *list->items)};
    for (size_t i = 0; list->items != NULL && i < covariates->n; i++)
        if (!is_late(checker, i))
            list->items[list->n++] = covariates->items[i];
    return list->items == NULL ? -1 : 0;
}

int check_terms(const struct study_checker *checker, const char *key, struct study_place place,
                const struct study_texts *written, struct study_terms *terms)
{
    struct study_texts early;
    const struct study_texts *list = says_covariates(written) ? &early : written;

    if (early_covariates(checker, &early) != 0 ||
        (terms->items = arena_take(checker->arena, list->n * (PARTS_MAX + 1) + 1, sizeof *terms->items)) == NULL)
        return -1;
    if (list->n == 0)
        mistake(checker->mistakes, place,
                "%s: the cohort has no covariates known at time zero; name them under cohort: covariates", key);
    for (size_t i = 0; i < list->n; i++) {
        const struct term_reader reader = {checker, key, &list->items[i]};
        const size_t before = mistakes_count(checker->mistakes);
        struct study_term term = {0};
        if (read_term(&reader, &term) != 0)
            return -1;
        if (mistakes_count(checker->mistakes) == before && add_term(checker, &term, terms) != 0)
            return -1;
    }
    return 0;
}

/* ---- one adjustment ---------------------------------------------------------------------------------- */

bool adjusts_by_strata(enum adjust_method method)
{
    return method >= ADJUST_MANTEL_HAENSZEL;
}

static bool has_propensity(enum adjust_method method)
{
    return method != ADJUST_REGRESSION && method != ADJUST_MODIFIED_POISSON && !adjusts_by_strata(method);
}

static bool has_outcome_model(enum adjust_method method)
{
    return method == ADJUST_REGRESSION || method == ADJUST_DOUBLY_ROBUST || method == ADJUST_MODIFIED_POISSON;
}

static bool is_weighting(enum adjust_method method)
{
    return method <= ADJUST_ATC;
}

/* A key that says nothing to this method is a misunderstanding. */
static void refuse(const struct study_checker *checker, const struct file_adjustment *written, bool given,
                   struct study_place place, const char *key, const char *whose)
{
    if (given)
        mistake(checker->mistakes, place, "adjust: '%s' belongs to %s, not to '%s'; remove it", key, whose,
                written->method.word.text);
}

static struct study_place first_place(const struct study_texts *texts)
{
    return texts->n > 0 ? texts->items[0].place : (struct study_place){0, 0};
}

static void check_keys(const struct study_checker *checker, const struct file_adjustment *w, enum adjust_method method)
{
    const bool match = method == ADJUST_MATCH, estimand = method == ADJUST_STRATIFY || method == ADJUST_DIRECT ||
                                                        (has_outcome_model(method) && method != ADJUST_MODIFIED_POISSON);
    const struct study_texts *exact = &w->adjustment.exact;

    refuse(checker, w, w->propensity.n > 0 && !has_propensity(method), first_place(&w->propensity), "propensity",
           "methods with a model of the arm");
    refuse(checker, w, w->terms.n > 0 && !has_outcome_model(method), first_place(&w->terms), "terms",
           "regression, doubly_robust and modified_poisson");
    refuse(checker, w, w->censoring.n > 0 && (adjusts_by_strata(method) || method == ADJUST_MODIFIED_POISSON),
           first_place(&w->censoring), "censoring", "weights, matches, strata of the score, regression and doubly_robust");
    refuse(checker, w, w->estimand.word.text != NULL && !estimand, w->estimand.word.place, "estimand",
           "stratify, regression, doubly_robust and direct");
    refuse(checker, w, w->trim.n > 0 && !has_propensity(method), w->trim.place, "trim", "methods with a model of the arm");
    refuse(checker, w, w->common_support.word.text != NULL && !has_propensity(method), w->common_support.word.place,
           "common_support", "methods with a model of the arm");
    refuse(checker, w, w->truncate.given && !is_weighting(method), w->truncate.place, "truncate", "weights");
    refuse(checker, w, w->stabilised.word.text != NULL && !is_weighting(method), w->stabilised.word.place, "stabilised",
           "weights");
    refuse(checker, w, w->caliper.given && !match, w->caliper.place, "caliper", "match");
    refuse(checker, w, w->ratio.given && !match, w->ratio.place, "ratio", "match");
    refuse(checker, w, exact->n > 0 && !match, first_place(exact), "exact", "match");
    refuse(checker, w, w->adjustment.by.n > 0 && !adjusts_by_strata(method), first_place(&w->adjustment.by), "by",
           "mantel_haenszel, direct and indirect");
    refuse(checker, w, w->n_strata.given && method != ADJUST_STRATIFY, w->n_strata.place, "strata", "stratify");
    refuse(checker, w, w->n_score_strata.given && !has_propensity(method), w->n_score_strata.place, "score_strata",
           "methods with a model of the arm");
}

static enum adjust_estimand estimand_of(enum adjust_method method, const struct study_choice *written)
{
    switch (method) {
    case ADJUST_OVERLAP: return ESTIMAND_ATO;
    case ADJUST_ATT:
    case ADJUST_MATCH: return ESTIMAND_ATT;
    case ADJUST_ATC: return ESTIMAND_ATC;
    default: return written->word.text == NULL ? ESTIMAND_ATE : (enum adjust_estimand)(written->value - 1);
    }
}

static void set_trim(const struct study_checker *checker, const struct study_numbers *trim, struct study_adjustment *a)
{
    a->trim_low = 0;
    a->trim_high = 1;
    if (trim->n == 0)
        return;
    a->trim_low = trim->values[0];
    a->trim_high = trim->n == 2 ? trim->values[1] : 1 - trim->values[0];
    if (trim->n > 2 || !(a->trim_low < a->trim_high))
        mistake(checker->mistakes, trim->place,
                "trim: the least score, below 0.5, or [LEAST, LARGEST] was expected, such as 0.05 or [0.05, 0.95]");
}

static int set_name(const struct study_checker *checker, struct study_analysis *analysis, struct study_adjustment *a)
{
    const char *method = adjust_method_name(a->method);

    if (a->name.text == NULL) {
        a->name.place = a->place;
        if ((a->name.text = arena_text(checker->arena, method, strlen(method))) == NULL)
            return -1;
    }
    if (strcmp(a->name.text, "unadjusted") == 0)
        mistake(checker->mistakes, a->name.place, "adjust: 'unadjusted' is what the others are called; choose another name");
    for (size_t i = 0; i < analysis->n_adjustments; i++)
        if (strcmp(analysis->adjustments[i].name.text, a->name.text) == 0)
            mistake(checker->mistakes, a->name.place,
                    "adjust: '%s' is the name of another one, at %zu:%zu; give one of them a 'name'", a->name.text,
                    analysis->adjustments[i].name.place.line, analysis->adjustments[i].name.place.column);
    return 0;
}

static int check_exact(const struct study_checker *checker, const struct study_adjustment *a)
{
    for (size_t i = 0; i < a->exact.n; i++) {
        const struct term_reader reader = {checker, "exact", &a->exact.items[i]};
        if (check_covariate(&reader, a->exact.items[i].text) != 0)
            return -1;
    }
    return 0;
}

/* Columns of strata are known at time zero: covariates or strata of the cohort, of whole numbers or labels. */
static int check_by(const struct study_checker *checker, const struct study_adjustment *a)
{
    const struct study_texts *strata = &checker->study->cohort.strata;

    if (!adjusts_by_strata(a->method))
        return 0;
    if (a->by.n == 0)
        mistake(checker->mistakes, a->place, "adjust: '%s' needs 'by': the columns whose combinations are its strata",
                adjust_method_name(a->method));
    check_doubled(checker, "by", &a->by);
    for (size_t i = 0; i < a->by.n; i++) {
        const struct term_reader reader = {checker, "by", &a->by.items[i]};
        check_column(checker, "by", &a->by.items[i], KIND_INTEGER | KIND_CATEGORY);
        if (!is_one_of(strata, a->by.items[i].text) && check_covariate(&reader, a->by.items[i].text) != 0)
            return -1;
    }
    return 0;
}

/* A method with one number is of use where that number is asked for. */
static void check_measures(const struct study_checker *checker, const struct study_analysis *analysis,
                           const struct study_adjustment *a)
{
    if (a->method != ADJUST_MODIFIED_POISSON || analysis->n_measures == 0)
        return;
    for (size_t i = 0; i < analysis->n_measures; i++)
        if (analysis->measures[i] == MEASURE_risk_ratio)
            return;
    mistake(checker->mistakes, a->place,
            "adjust: 'modified_poisson' gives risk ratios alone; add 'risk_ratio' to the measures, or take 'regression'");
}

static int check_one(const struct study_checker *checker, const struct file_adjustment *written,
                     struct study_analysis *analysis)
{
    struct study_adjustment a = written->adjustment;

    a.method = (enum adjust_method)written->method.value;
    a.estimand = estimand_of(a.method, &written->estimand);
    a.truncate = written->truncate.given ? written->truncate.value : 1;
    a.caliper = written->caliper.given ? written->caliper.value : INFINITY;
    a.ratio = written->ratio.given ? (size_t)written->ratio.value : 1;
    a.n_strata = written->n_strata.given ? (size_t)written->n_strata.value : 5;
    a.n_score_strata = written->n_score_strata.given    ? (size_t)written->n_score_strata.value
                       : a.method == ADJUST_STRATIFY ? a.n_strata
                                                     : 0;
    a.common_support = written->common_support.value == 1;
    a.stabilised = written->stabilised.value == 1;
    set_trim(checker, &written->trim, &a);
    check_keys(checker, written, a.method);
    check_measures(checker, analysis, &a);
    if (written->censoring.n > 0 && analysis->bootstrap_n > 0)
        mistake(checker->mistakes, first_place(&written->censoring),
                "adjust: 'censoring' has limits by influence functions alone; remove it, or 'bootstrap' from this analysis");
    if (check_exact(checker, &a) != 0 || check_by(checker, &a) != 0 || set_name(checker, analysis, &a) != 0 ||
        (has_propensity(a.method) &&
         check_terms(checker, "propensity", a.place, &written->propensity, &a.propensity) != 0) ||
        (written->censoring.n > 0 && check_terms(checker, "censoring", a.place, &written->censoring, &a.censoring) != 0) ||
        (has_outcome_model(a.method) && check_terms(checker, "terms", a.place, &written->terms, &a.terms) != 0))
        return -1;
    analysis->adjustments[analysis->n_adjustments++] = a;
    return 0;
}

int study_check_adjust(const struct study_checker *checker, const struct file_analysis *written,
                       struct study_analysis *analysis)
{
    analysis->n_adjustments = 0;
    if ((analysis->adjustments = arena_take(checker->arena, written->n_adjustments, sizeof *analysis->adjustments)) == NULL)
        return -1;
    for (size_t i = 0; i < written->n_adjustments; i++)
        if (written->adjustments[i].method.word.text != NULL && check_one(checker, &written->adjustments[i], analysis) != 0)
            return -1;
    return 0;
}
