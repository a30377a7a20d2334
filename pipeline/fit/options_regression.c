/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options of regressions, and the weights that most models take. */
#include "fit/options.h"

#include <string.h>

enum { WEIGHTS = OPTION_KEY_FIRST, WEIGHT_TYPE, CLUSTER, ROBUST, FIRTH, EXPOSURE, WORKING, EXACT_RATIO, PROFILE };

static const struct argp_option options[] = {
    {.name = "weights", .key = WEIGHTS, .arg = "COLUMN", .doc = "How often each row counts, or how much"},
    {.name = "weight-type", .key = WEIGHT_TYPE, .arg = "frequency|sampling",
     .doc = "Whole numbers that stand for copies, or sampling weights with robust errors"},
    {.name = "cluster", .key = CLUSTER, .arg = "COLUMN",
     .doc = "Rows of one value are not independent: robust errors with them as one unit"},
    {.name = "robust", .key = ROBUST, .arg = "hc0|hc1|hc2|hc3", .flags = OPTION_ARG_OPTIONAL,
     .doc = "cox: errors by the infinitesimal jackknife, without a kind; logistic, poisson, negbin: of this kind (hc0)"},
    {.name = "firth", .key = FIRTH, .doc = "cox, logistic: Firth's penalty, with which every coefficient exists"},
    {.name = "exposure", .key = EXPOSURE, .arg = "COLUMN",
     .doc = "poisson, negbin: time or persons that a count comes from"},
    {.name = "working", .key = WORKING, .arg = "independence|exchangeable",
     .doc = "logistic, poisson: correlation of rows of one cluster by which the estimating equations are weighted"},
    {.name = "profile", .key = PROFILE, .doc = "logistic, poisson: limits from the profile of the likelihood, not Wald's"},
    {.name = "exact-ratio", .key = EXACT_RATIO, .doc = "poisson: exact limits of the ratio of two rates as well"},
    {0},
};

static const char *const robust_kinds[] = {"hc0", "hc1", "hc2", "hc3", NULL};

static void take_robust_kind(struct option_parse *parse, const char *argument)
{
    parse->request->hc = (enum glm_robust)option_word(parse, "--robust", robust_kinds, argument);
    parse->robust_kind = true;
}

/* No model or table has the name of a kind. */
bool option_take_robust_kind(struct option_parse *parse, const char *argument)
{
    for (size_t i = 0; robust_kinds[i] != NULL; i++)
        if (parse->request->robust && !parse->robust_kind && strcmp(robust_kinds[i], argument) == 0) {
            take_robust_kind(parse, argument);
            return true;
        }
    return false;
}

static void take(struct option_parse *parse, int key, char *argument)
{
    static const char *const weight_types[] = {"frequency", "sampling", NULL},
                            *const workings[] = {"independence", "exchangeable", NULL};
    struct fit_request *request = parse->request;
    switch (key) {
    case WEIGHTS:
        request->weights = argument;
        break;
    case WEIGHT_TYPE:
        request->weight_type = (enum weight_type)option_word(parse, "--weight-type", weight_types, argument);
        break;
    case CLUSTER:
        request->cluster = argument;
        break;
    case ROBUST:
        request->robust = true;
        if (argument != NULL)
            take_robust_kind(parse, argument);
        break;
    case FIRTH:
        request->firth = true;
        break;
    case PROFILE:
        request->profile = true;
        break;
    case EXACT_RATIO:
        request->exact_ratio = true;
        break;
    case WORKING:
        request->exchangeable = option_word(parse, "--working", workings, argument) == 1;
        break;
    default:
        request->exposure = argument;
        break;
    }
}

static void check(struct option_parse *parse)
{
    const struct fit_request *request = parse->request;
    if (parse->robust_kind && option_taken(parse, "ties"))
        argp_error(parse->state, "--robust of '%s' has no kinds", request->model->name);
    if (request->robust && request->cluster != NULL && parse->robust_kind)
        argp_error(parse->state, "--robust and --cluster are errors of two kinds: leave one out");
    if (request->profile && (request->firth || request->robust || request->cluster != NULL || request->weight_type != WEIGHT_FREQUENCY))
        argp_error(parse->state, "--profile rests on the model's likelihood: it takes no %s",
                   request->firth ? "--firth" : request->robust ? "--robust" : request->cluster != NULL ? "--cluster" : "sampling weights");
    if (request->exact_ratio && (request->cluster != NULL || request->weights != NULL))
        argp_error(parse->state, "--exact-ratio takes no %s", request->cluster != NULL ? "--cluster" : "--weights");
    if (request->exchangeable && request->cluster == NULL)
        argp_error(parse->state, "--working exchangeable needs --cluster: whose rows resemble each other");
    if (request->exchangeable && (request->firth || request->weights != NULL))
        argp_error(parse->state, "--working exchangeable takes no %s", request->firth ? "--firth" : "--weights");
}

const struct option_family regression_options = {"Weights and regressions:", options, take, check};
