/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of `stepdown fit`. */
#include <argp.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/program.h"
#include "fit/fit.h"
#include "study/expression_token.h"

enum {
    KEY_AT = 0x200, KEY_CONF_TYPE, KEY_QUANTILE, KEY_TAU, KEY_RHO, KEY_GAMMA, KEY_TIMEFIX, KEY_WEIGHTS, KEY_CONF,
    KEY_RD, KEY_MARGIN, KEY_WORSE, KEY_LEVEL, KEY_FORMAT, KEY_WEIGHT, KEY_TREND, KEY_PAIRWISE, KEY_VARIANCE,
    KEY_CLUSTER, KEY_CAUSE, KEY_CENSOR_GROUP, KEY_TIES, KEY_ZPH, KEY_WEIGHT_TYPE, KEY_ROBUST,
    KEY_FIRTH, KEY_EXPOSURE, KEY_METHOD, KEY_HARTUNG_KNAPP, KEY_MEASURE,
    KEY_ID, KEY_FROM, KEY_DIST, KEY_HAZARD, KEY_DIFFERENCE,
    KEY_FRAILTY, KEY_RESIDUALS, KEY_CURVE
};

static const struct argp_option option_list[] = {
    {.name = "format", .key = KEY_FORMAT, .arg = "text|csv|json", .doc = "How rows are printed", .group = 1},
    {.name = "level", .key = KEY_LEVEL, .arg = "P", .doc = "Level of the two-sided intervals (0.95)"},
    {.name = "weights", .key = KEY_WEIGHTS, .arg = "COLUMN", .doc = "How often each row counts, or how much"},
    {.name = "weight-type", .key = KEY_WEIGHT_TYPE, .arg = "frequency|sampling",
     .doc = "cox: whole numbers that stand for copies, or sampling weights with robust errors"},
    {.doc = "km, logrank, cuminc, rmst:", .group = 2},
    {.name = "timefix", .key = KEY_TIMEFIX, .doc = "Merge times that differ only by rounding"},
    {.name = "at", .key = KEY_AT, .arg = "T,..", .doc = "km, cuminc: read at these times (default: at every exit)"},
    {.name = "conf-type", .key = KEY_CONF_TYPE, .arg = "log|log-log|plain|arcsin|none",
     .doc = "km, cuminc: scale of the limits"},
    {.name = "quantile", .key = KEY_QUANTILE, .arg = "P,..",
     .doc = "km: time by which a share P has had the event (0.5)"},
    {.name = "tau", .key = KEY_TAU, .arg = "T", .doc = "km, rmst: end of the restricted mean"},
    {.name = "hazard", .key = KEY_HAZARD, .doc = "km: also the cumulative hazard (Nelson-Aalen)"},
    {.name = "difference", .key = KEY_DIFFERENCE, .doc = "km: also differences of survival to the first arm; needs --at"},
    {.name = "rho", .key = KEY_RHO, .arg = "R", .doc = "logrank: weight S(t-)^R (1 - S(t-))^G; cuminc: (1 - F(t-))^R (0)"},
    {.name = "gamma", .key = KEY_GAMMA, .arg = "G", .doc = "logrank: see --rho (0)"},
    {.name = "weight", .key = KEY_WEIGHT, .arg = "logrank|gehan|tarone-ware|peto",
     .doc = "logrank: weight of an event time: 1, n at risk, its root, or Peto and Prentice's survival"},
    {.name = "trend", .key = KEY_TREND, .doc = "logrank: also test for a trend over the arms in their order"},
    {.name = "pairwise", .key = KEY_PAIRWISE, .doc = "logrank: also test each pair of arms, adjusted after Holm"},
    {.name = "variance", .key = KEY_VARIANCE, .arg = "aalen|ij",
     .doc = "cuminc: Aalen's variance, or the infinitesimal jackknife's"},
    {.doc = "cox, finegray:", .group = 3},
    {.name = "ties", .key = KEY_TIES, .arg = "efron|breslow|exact", .doc = "cox: likelihood where events are tied"},
    {.name = "robust", .key = KEY_ROBUST, .arg = "hc0|hc1|hc2|hc3", .flags = OPTION_ARG_OPTIONAL,
     .doc = "cox: errors by the infinitesimal jackknife, without a kind; logistic, poisson, negbin: of this kind (hc0)"},
    {.name = "cluster", .key = KEY_CLUSTER, .arg = "COLUMN",
     .doc = "Rows of one value are not independent: robust errors with them as one unit"},
    {.name = "zph", .key = KEY_ZPH, .arg = "km|identity|rank|log|none",
     .doc = "cox: time scale of the test of proportional hazards"},
    {.name = "frailty", .key = KEY_FRAILTY, .arg = "COLUMN", .doc = "cox: a gamma frailty for each value"},
    {.name = "residuals", .key = KEY_RESIDUALS, .arg = "KIND",
     .doc = "cox: print residuals in place of estimates: martingale, deviance, score, dfbeta, schoenfeld or "
            "scaled-schoenfeld"},
    {.name = "curve", .key = KEY_CURVE, .arg = "zero|mean|LINE",
     .doc = "cox: predicted curves with all covariates 0, their means, or those of a line (--at)"},
    {.name = "cause", .key = KEY_CAUSE, .arg = "K", .doc = "finegray: cause that is modelled (1)"},
    {.name = "censor-group", .key = KEY_CENSOR_GROUP, .arg = "COLUMN",
     .doc = "finegray: censoring differs between its values"},
    {.doc = "logistic, poisson, negbin:", .group = 4},
    {.name = "firth", .key = KEY_FIRTH, .doc = "cox, logistic: Firth's penalty, with which every coefficient exists"},
    {.name = "exposure", .key = KEY_EXPOSURE, .arg = "COLUMN",
     .doc = "poisson, negbin: time or persons that a count comes from"},
    {.doc = "aft, mcf, multistate:", .group = 5},
    {.name = "dist", .key = KEY_DIST, .arg = "weibull|exponential|lognormal|loglogistic",
     .doc = "aft: distribution of the times"},
    {.name = "id", .key = KEY_ID, .arg = "COLUMN", .doc = "mcf, multistate: whose row it is; --at and --tau as above"},
    {.name = "from", .key = KEY_FROM, .arg = "COLUMN", .doc = "multistate: the state that is left"},
    {.doc = "proportion:", .group = 6},
    {.name = "conf", .key = KEY_CONF, .arg = "wilson|exact|wald", .doc = "Interval of a risk"},
    {.name = "rd", .key = KEY_RD, .arg = "newcombe|mn|wald", .doc = "Interval of a risk difference"},
    {.name = "margin", .key = KEY_MARGIN, .arg = "M", .doc = "Test that the arm is worse by less than M"},
    {.name = "worse", .key = KEY_WORSE, .arg = "higher|lower", .doc = "Which risk is the worse one (higher)"},
    {.doc = "meta:", .group = 7},
    {.name = "method", .key = KEY_METHOD, .arg = "reml|dl|pm|fe|mh|peto",
     .doc = "Variance between studies, fixed effect, or counts pooled by Mantel-Haenszel or Peto"},
    {.name = "hartung-knapp", .key = KEY_HARTUNG_KNAPP, .doc = "Limits after Hartung and Knapp, by Student's t"},
    {.name = "measure", .key = KEY_MEASURE, .arg = "risk_difference|risk_ratio|odds_ratio",
     .doc = "Of events/n: what is pooled"},
    {0},
};

static const struct {
    int key;
    unsigned option; /* enum fit_option; with several bits any of them will do */
    const char *name;
} restricted[] = {
    {KEY_AT, OPTION_AT, "--at"},
    {KEY_CONF_TYPE, OPTION_CONF_TYPE, "--conf-type"},
    {KEY_QUANTILE, OPTION_QUANTILE, "--quantile"},
    {KEY_TAU, OPTION_TAU, "--tau"},
    {KEY_RHO, OPTION_RHO, "--rho"},
    {KEY_GAMMA, OPTION_GAMMA, "--gamma"},
    {KEY_WEIGHT, OPTION_GAMMA, "--weight"},
    {KEY_TREND, OPTION_GAMMA, "--trend"},
    {KEY_PAIRWISE, OPTION_GAMMA, "--pairwise"},
    {KEY_VARIANCE, OPTION_VARIANCE, "--variance"},
    {KEY_CLUSTER, OPTION_CLUSTER, "--cluster"},
    {KEY_CAUSE, OPTION_CAUSE, "--cause"},
    {KEY_ID, OPTION_ID, "--id"},
    {KEY_HAZARD, OPTION_HAZARD, "--hazard"},
    {KEY_DIFFERENCE, OPTION_HAZARD, "--difference"},
    {KEY_DIST, OPTION_DIST, "--dist"},
    {KEY_FROM, OPTION_FROM, "--from"},
    {KEY_CENSOR_GROUP, OPTION_CAUSE, "--censor-group"},
    {KEY_TIMEFIX, OPTION_TIMEFIX, "--timefix"},
    {KEY_WEIGHTS, OPTION_WEIGHTS, "--weights"},
    {KEY_WEIGHT_TYPE, OPTION_WEIGHT_TYPE, "--weight-type"},
    {KEY_TIES, OPTION_TIES, "--ties"},
    {KEY_ZPH, OPTION_TIES, "--zph"},
    {KEY_ROBUST, OPTION_TIES | OPTION_ROBUST, "--robust"},
    {KEY_FIRTH, OPTION_FIRTH, "--firth"},
    {KEY_EXPOSURE, OPTION_EXPOSURE, "--exposure"},
    {KEY_METHOD, OPTION_META, "--method"},
    {KEY_HARTUNG_KNAPP, OPTION_META, "--hartung-knapp"},
    {KEY_MEASURE, OPTION_META, "--measure"},
    {KEY_FRAILTY, OPTION_TIES, "--frailty"},
    {KEY_RESIDUALS, OPTION_TIES, "--residuals"},
    {KEY_CURVE, OPTION_TIES, "--curve"},
    {KEY_CONF, OPTION_CONF, "--conf"},
    {KEY_RD, OPTION_RD, "--rd"},
    {KEY_MARGIN, OPTION_MARGIN, "--margin"},
    {KEY_WORSE, OPTION_MARGIN, "--worse"},
};
enum { N_RESTRICTED = sizeof restricted / sizeof restricted[0] };

struct parse {
    struct fit_request *request;
    const char *model;
    bool given[N_RESTRICTED];
    int n_arguments;
    bool worse_given, conf_type_given, kind_given, measure_given;
    bool failed; /* out of memory, told */
};

/* ---- values of options ------------------------------------------------------------------------------------- */

static void refuse(struct argp_state *state, const char *option, const char *expected, const char *value)
{
    char escaped[ESCAPED_SIZE];
    argp_error(state, "%s: %s was expected; value '%s'", option, expected, escape_value(escaped, value, strlen(value)));
}

static double read_real(struct argp_state *state, const char *option, const char *expected, const char *text,
                        double low, double high, bool open)
{
    struct number number;
    if (number_parse(text, strlen(text), &number) != 0 || number.real < low || number.real > high ||
        (open && (number.real == low || number.real == high)))
        refuse(state, option, expected, text);
    return number.real;
}

/* "90,180,365" */
static int read_numbers(struct argp_state *state, const char *option, const char *expected, const char *text,
                        double high, bool open, struct numbers *numbers)
{
    numbers->n = 0;
    for (const char *start = text;;) {
        const size_t length = strcspn(start, ",");
        char *one = copy_bytes(start, length);
        double *grown = reallocate(numbers->values, numbers->n + 1, sizeof *grown);
        if (one == NULL || grown == NULL) {
            free(one);
            return -1;
        }
        numbers->values = grown;
        grown[numbers->n++] = read_real(state, option, expected, one, 0, high, open);
        free(one);
        if (start[length] == '\0')
            return 0;
        start += length + 1;
    }
}

/* zero, mean, or the number of a line */
static size_t read_curve(struct argp_state *state, const char *text)
{
    struct number number;
    if (strcmp(text, "zero") == 0)
        return CURVE_ZERO;
    if (strcmp(text, "mean") == 0)
        return CURVE_MEAN;
    if (number_parse(text, strlen(text), &number) != 0 || number.real < 1 || number.real != (double)(size_t)number.real)
        refuse(state, "--curve", "zero, mean or the number of a line", text);
    return (size_t)number.real;
}

static int read_word(struct argp_state *state, const char *option, const char *const *words, const char *text)
{
    char list[96] = "";
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], text) == 0)
            return i;
        strncat(list, i > 0 ? ", " : "", sizeof list - strlen(list) - 1);
        strncat(list, words[i], sizeof list - strlen(list) - 1);
    }
    char expected[112] = "one of ";
    strncat(expected, list, sizeof expected - strlen(expected) - 1);
    refuse(state, option, expected, text);
    return 0;
}

/* ---- argp ------------------------------------------------------------------------------------------------------ */

static const char *const robust_kinds[] = {"hc0", "hc1", "hc2", "hc3", NULL};

static void take_robust_kind(struct parse *parse, struct argp_state *state, const char *argument)
{
    parse->request->hc = (enum glm_robust)read_word(state, "--robust", robust_kinds, argument);
    parse->kind_given = true;
}

/* "--robust hc3": the kind of an option that may stand alone comes as a word of its own; no model or table has its name. */
static bool is_robust_kind(const struct parse *parse, const char *argument)
{
    for (size_t i = 0; robust_kinds[i] != NULL; i++)
        if (parse->request->robust && !parse->kind_given && strcmp(robust_kinds[i], argument) == 0)
            return true;
    return false;
}

static void take_argument(struct parse *parse, struct argp_state *state, char *argument)
{
    if (is_robust_kind(parse, argument)) {
        take_robust_kind(parse, state, argument);
        return;
    }
    if (parse->n_arguments == 0)
        parse->model = argument;
    else if (parse->n_arguments == 1)
        parse->request->formula = argument;
    else if (parse->n_arguments == 2)
        parse->request->table = argument;
    else
        argp_error(state, "MODEL 'FORMULA' TABLE were expected; is the formula in quotes?");
    parse->n_arguments++;
}

/* What can be judged only when model and options are all there. */
static void check_request(struct parse *parse, struct argp_state *state)
{
    struct fit_request *request = parse->request;
    bool planned;
    if (request->table == NULL)
        argp_error(state, "MODEL 'FORMULA' TABLE were expected");
    if ((request->model = model_find(parse->model, &planned)) == NULL) {
        char escaped[ESCAPED_SIZE];
        const char *near = model_near(parse->model);
        escape_value(escaped, parse->model, strlen(parse->model));
        if (planned)
            argp_error(state, "model '%s' is not available in this version; it has %s", escaped, model_list());
        else if (near != NULL)
            argp_error(state, "there is no model '%s'; did you mean '%s'?", escaped, near);
        else
            argp_error(state, "there is no model '%s'; this version has %s", escaped, model_list());
    }
    for (size_t i = 0; i < N_RESTRICTED; i++) {
        if (parse->given[i] && (request->model->options & restricted[i].option) == 0)
            argp_error(state, "%s is no option of '%s'", restricted[i].name, request->model->name);
        if (!parse->given[i] && (request->model->needed & restricted[i].option) != 0)
            argp_error(state, "'%s' needs %s", request->model->name, restricted[i].name);
    }
    if (!parse->conf_type_given)
        request->conf_type = request->model->conf_type;
    else if (request->model->conf_types != 0 && (request->model->conf_types & 1u << request->conf_type) == 0)
        argp_error(state, "--conf-type: '%s' takes %slog and plain", request->model->name,
                   (request->model->conf_types & 1 << SURVIVAL_CONF_LOG_LOG) != 0 ? "log-log, " : "");
    request->weighting.rho = request->rho;
    if (request->weighting.kind != LOGRANK_FLEMING_HARRINGTON &&
        (request->weighting.rho != 0 || request->weighting.gamma != 0))
        argp_error(state, "--rho and --gamma are weights of their own: leave out --weight");
    if (request->ties == COX_EXACT && (request->robust || request->cluster != NULL ||
                                       (request->weights != NULL && request->weight_type == WEIGHT_SAMPLING)))
        argp_error(state, "the exact likelihood has no robust errors: leave out --robust, --cluster and sampling weights");
    if (request->pooling == POOL_PETO && !parse->measure_given)
        request->meta_measure = META_LOG_ODDS_RATIO;
    if (request->pooling == POOL_PETO && request->meta_measure != META_LOG_ODDS_RATIO)
        argp_error(state, "--method peto pools odds ratios only");
    if (request->hartung_knapp && request->pooling >= POOL_MANTEL_HAENSZEL)
        argp_error(state, "--hartung-knapp belongs to estimates with a variance each: not to --method mh or peto");
    if (parse->kind_given && (request->model->options & OPTION_ROBUST) == 0)
        argp_error(state, "--robust of '%s' has no kinds", request->model->name);
    if (request->robust && request->cluster != NULL && parse->kind_given)
        argp_error(state, "--robust and --cluster are errors of two kinds: leave one out");
    if (request->difference && request->at.n == 0)
        argp_error(state, "--difference says how survival differs on a day: give --at too");
    const bool cox = (request->model->options & OPTION_TIES) != 0;
    const bool lists = request->residuals != RESIDUALS_NONE || request->curve;
    const bool robust = request->robust || request->cluster != NULL || request->weight_type == WEIGHT_SAMPLING;
    if (lists && (request->ties == COX_EXACT || request->firth || request->frailty != NULL))
        argp_error(state, "--residuals and --curve belong to an Efron or Breslow fit without penalty or frailty");
    if (cox && request->firth && (robust || request->frailty != NULL))
        argp_error(state, "--firth has the errors of its own likelihood: leave out --robust, --cluster, --frailty and "
                          "sampling weights");
    if (request->frailty != NULL && (robust || request->ties == COX_EXACT))
        argp_error(state, "--frailty has the errors of its own likelihood and Efron or Breslow ties");
    if (cox && request->at.n > 0 && !request->curve)
        argp_error(state, "--at says when a predicted curve is read: give --curve too");
    if (parse->worse_given && isnan(request->margin))
        argp_error(state, "--worse says on which side the margin lies: give --margin too");
}

/* Curves, tests and risks.  False: the key is another's. */
static bool take_curve_option(struct parse *parse, struct argp_state *state, int key, char *argument)
{
    static const char *const conf_types[] = {"log", "log-log", "plain", "arcsin", "none", NULL};
    static const char *const weights[] = {"logrank", "gehan", "tarone-ware", "peto", NULL};
    static const char *const distributions[] = {"weibull", "exponential", "lognormal", "loglogistic", NULL};
    static const char *const variances[] = {"aalen", "ij", NULL};
    struct fit_request *request = parse->request;
    switch (key) {
    case KEY_AT:
        parse->failed |= read_numbers(state, "--at", "times of 0 or more, as 90,180,", argument, INFINITY, false,
                                      &request->at) != 0;
        break;
    case KEY_QUANTILE:
        parse->failed |= read_numbers(state, "--quantile", "shares between 0 and 1, as 0.25,0.5,", argument, 1, true,
                                      &request->quantiles) != 0;
        break;
    case KEY_CONF_TYPE:
        request->conf_type = (enum survival_conf_type)read_word(state, "--conf-type", conf_types, argument);
        parse->conf_type_given = true;
        break;
    case KEY_TAU:
        request->tau = read_real(state, "--tau", "a time above 0", argument, 0, INFINITY, true);
        break;
    case KEY_RHO:
        request->rho = read_real(state, "--rho", "a number of 0 or more", argument, 0, INFINITY, false);
        break;
    case KEY_GAMMA:
        request->weighting.gamma = read_real(state, "--gamma", "a number of 0 or more", argument, 0, INFINITY, false);
        break;
    case KEY_WEIGHT:
        request->weighting.kind = (enum logrank_weight_kind)read_word(state, "--weight", weights, argument);
        break;
    case KEY_TREND:
        request->trend = true;
        break;
    case KEY_PAIRWISE:
        request->pairwise = true;
        break;
    case KEY_DIST:
        request->distribution = (enum aft_distribution)read_word(state, "--dist", distributions, argument);
        break;
    case KEY_HAZARD:
        request->hazard = true;
        break;
    case KEY_DIFFERENCE:
        request->difference = true;
        break;
    case KEY_ID:
        request->id = argument;
        break;
    case KEY_FROM:
        request->from = argument;
        break;
    case KEY_CAUSE:
        request->cause = (int32_t)read_real(state, "--cause", "the number of a cause, 1 to 100,", argument, 1, 100, false);
        break;
    case KEY_CENSOR_GROUP:
        request->censor_group = argument;
        break;
    case KEY_VARIANCE:
        request->variance = (enum cuminc_variance)read_word(state, "--variance", variances, argument);
        break;
    case KEY_TIMEFIX:
        request->timefix = true;
        break;
    default:
        return false;
    }
    return true;
}

/* Regressions.  False: the key is another's. */
static bool take_regression_option(struct parse *parse, struct argp_state *state, int key, char *argument)
{
    static const char *const weight_types[] = {"frequency", "sampling", NULL};
    static const char *const ties[] = {"efron", "breslow", "exact", NULL};
    static const char *const residuals[] = {"martingale", "deviance", "score", "dfbeta", "schoenfeld",
                                            "scaled-schoenfeld", NULL};
    static const char *const zphs[] = {"km", "identity", "rank", "log", "none", NULL};
    struct fit_request *request = parse->request;
    switch (key) {
    case KEY_CLUSTER:
        request->cluster = argument;
        break;
    case KEY_WEIGHTS:
        request->weights = argument;
        break;
    case KEY_WEIGHT_TYPE:
        request->weight_type = (enum weight_type)read_word(state, "--weight-type", weight_types, argument);
        break;
    case KEY_TIES:
        request->ties = (enum cox_ties)read_word(state, "--ties", ties, argument);
        break;
    case KEY_ZPH:
        request->zph = (enum fit_zph)read_word(state, "--zph", zphs, argument);
        break;
    case KEY_FRAILTY:
        request->frailty = argument;
        break;
    case KEY_RESIDUALS:
        request->residuals = (enum fit_residuals)(1 + read_word(state, "--residuals", residuals, argument));
        break;
    case KEY_CURVE:
        request->curve = true;
        request->curve_line = read_curve(state, argument);
        break;
    case KEY_ROBUST:
        request->robust = true;
        if (argument != NULL)
            take_robust_kind(parse, state, argument);
        break;
    case KEY_FIRTH:
        request->firth = true;
        break;
    case KEY_EXPOSURE:
        request->exposure = argument;
        break;
    default:
        return false;
    }
    return true;
}

/* Counts and studies.  False: the key is another's. */
static bool take_table_option(struct parse *parse, struct argp_state *state, int key, char *argument)
{
    static const char *const confs[] = {"wilson", "exact", "wald", NULL};
    static const char *const differences[] = {"newcombe", "mn", "wald", NULL};
    static const char *const sides[] = {"higher", "lower", NULL};
    static const char *const poolings[] = {"reml", "dl", "pm", "fe", "mh", "peto", NULL};
    static const char *const meta_measures[] = {"risk_difference", "risk_ratio", "odds_ratio", NULL};
    struct fit_request *request = parse->request;
    switch (key) {
    case KEY_METHOD:
        request->pooling = (enum fit_pooling)read_word(state, "--method", poolings, argument);
        break;
    case KEY_HARTUNG_KNAPP:
        request->hartung_knapp = true;
        break;
    case KEY_MEASURE:
        request->meta_measure = (enum meta_measure)read_word(state, "--measure", meta_measures, argument);
        parse->measure_given = true;
        break;
    case KEY_CONF:
        request->conf = (enum proportion_method)read_word(state, "--conf", confs, argument);
        break;
    case KEY_RD:
        request->rd = (enum risk_difference_method)read_word(state, "--rd", differences, argument);
        break;
    case KEY_MARGIN:
        request->margin = read_real(state, "--margin", "a difference between 0 and 1", argument, 0, 1, true);
        break;
    case KEY_WORSE:
        request->worse = (enum worse_is)read_word(state, "--worse", sides, argument);
        parse->worse_given = true;
        break;
    default:
        return false;
    }
    return true;
}

static void take_option(struct parse *parse, struct argp_state *state, int key, char *argument)
{
    if (!take_curve_option(parse, state, key, argument) && !take_regression_option(parse, state, key, argument))
        take_table_option(parse, state, key, argument);
}

static error_t parse_key(int key, char *argument, struct argp_state *state)
{
    struct parse *parse = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->name = program_invocation_name;
        return 0;
    case ARGP_KEY_ARG:
        take_argument(parse, state, argument);
        return 0;
    case ARGP_KEY_END:
        check_request(parse, state);
        return 0;
    case KEY_FORMAT:
        if (table_format_from_name(argument, &parse->request->format) != 0)
            refuse(state, "--format", "one of text, csv, json", argument);
        return 0;
    case KEY_LEVEL:
        parse->request->level = read_real(state, "--level", "a share between 0 and 1", argument, 0, 1, true);
        return 0;
    default:
        break;
    }
    for (size_t i = 0; i < N_RESTRICTED; i++)
        if (restricted[i].key == key) {
            parse->given[i] = true;
            take_option(parse, state, key, argument);
            return parse->failed ? ENOMEM : 0;
        }
    return ARGP_ERR_UNKNOWN;
}

static const char documentation[] =
    "Fits one statistical model to one table and prints rows of estimates."
    "\v"
    "MODEL is km, logrank, cox, cuminc, finegray, mcf, multistate, turnbull, aft, rmst, logistic, poisson, negbin, "
    "proportion or meta. TABLE is a .csv file, or file.h5:/table.\n"
    "\n"
    "  stepdown fit km 'Surv(time, censor) ~ treat' uis.csv --at 90,180 --conf-type log-log\n"
    "  stepdown fit logrank 'Surv(time, censor) ~ treat + strata(site)' uis.csv\n"
    "  stepdown fit cuminc 'Surv(time, status) ~ arm' people.csv --at 365 --variance ij\n"
    "  stepdown fit finegray 'Surv(time, status) ~ arm + age' people.csv --cause 1\n"
    "  stepdown fit cox 'Surv(time, censor) ~ treat * age + strata(site)' uis.csv\n"
    "  stepdown fit mcf 'Surv(start, stop, relapse) ~ arm' spells.csv --id person --at 365\n"
    "  stepdown fit multistate 'Surv(start, stop, to) ~ arm' stays.csv --id person --from level --at 90 --tau 180\n"
    "  stepdown fit turnbull \"Surv(left, right, type='interval2') ~ arm\" visits.csv\n"
    "  stepdown fit aft 'Surv(time, status) ~ arm + age' people.csv --dist lognormal\n"
    "  stepdown fit rmst 'Surv(time, censor) ~ treat' uis.csv --tau 365 --format csv\n"
    "  stepdown fit logistic 'relapse ~ arm + rcs(age, 4)' people.csv --robust hc3\n"
    "  stepdown fit negbin 'visits ~ arm' people.csv --exposure days\n"
    "  stepdown fit proportion 'relapse ~ arm' people.csv --margin 0.1 --worse higher\n"
    "  stepdown fit meta 'events/n ~ arm + study' trials.csv --measure odds_ratio --hartung-knapp\n";

int fit_options_read(struct fit_request *request, int argc, char *argv[])
{
    static const struct argp_child children[] = {{.argp = &talk_argp}, {0}};
    static const struct argp argp = {.options = option_list, .parser = parse_key, .args_doc = "MODEL 'FORMULA' TABLE",
                                     .doc = documentation, .children = children};
    struct parse parse = {.request = request};
    *request = (struct fit_request){.level = 0.95, .cause = 1, .tau = NAN, .margin = NAN};
    if (argp_parse(&argp, argc, argv, 0, NULL, &parse) != 0)
        return -1;
    if (request->quantiles.n == 0) {
        if ((request->quantiles.values = allocate(1, sizeof *request->quantiles.values)) == NULL)
            return -1;
        request->quantiles.values[request->quantiles.n++] = 0.5;
    }
    return 0;
}

void fit_options_clear(struct fit_request *request)
{
    free(request->at.values);
    free(request->quantiles.values);
}
