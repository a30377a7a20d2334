/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options of proportional hazards. */
#include "fit/options.h"

#include <string.h>

#include "base/fail.h"
#include "study/expression_token.h"

enum { TIES = OPTION_KEY_FIRST, ZPH, FRAILTY, RESIDUALS, CURVE, RECURRENT };

static const struct argp_option options[] = {
    {.name = "ties", .key = TIES, .arg = "efron|breslow|exact", .doc = "Likelihood where events are tied"},
    {.name = "zph", .key = ZPH, .arg = "km|identity|rank|log|none",
     .doc = "Time scale of the test of proportional hazards"},
    {.name = "frailty", .key = FRAILTY, .arg = "COLUMN", .doc = "A gamma frailty for each value"},
    {.name = "residuals", .key = RESIDUALS, .arg = "KIND",
     .doc = "Print residuals in place of estimates: martingale, deviance, score, dfbeta, schoenfeld or "
            "scaled-schoenfeld"},
    {.name = "curve", .key = CURVE, .arg = "zero|mean|LINE",
     .doc = "Predicted curves with all covariates 0, their means, or those of a line (--at)"},
    {.name = "recurrent", .key = RECURRENT, .arg = "andersen-gill|pwp-total|pwp-gap",
     .doc = "Events recur, and rows of one --id are a person's: days go on; a stratum for each number of events so far; the "
            "same with days since the last event"},
    {0},
};

/* zero, mean, or the number of a line */
static size_t read_curve(struct option_parse *parse, const char *text)
{
    struct number number;
    if (strcmp(text, "zero") == 0)
        return CURVE_ZERO;
    if (strcmp(text, "mean") == 0)
        return CURVE_MEAN;
    if (number_parse(text, strlen(text), &number) != 0 || number.real < 1 || number.real != (double)(size_t)number.real)
        option_refuse(parse, "--curve", "zero, mean or the number of a line", text);
    return (size_t)number.real;
}

static void take(struct option_parse *parse, int key, char *argument)
{
    static const char *const ties[] = {"efron", "breslow", "exact", NULL};
    static const char *const residuals[] = {"martingale", "deviance", "score", "dfbeta", "schoenfeld",
                                            "scaled-schoenfeld", NULL};
    static const char *const arrangements[] = {"andersen-gill", "pwp-total", "pwp-gap", NULL};
    static const char *const zphs[] = {"km", "identity", "rank", "log", "none", NULL};
    struct fit_request *request = parse->request;
    switch (key) {
    case TIES:
        request->ties = (enum cox_ties)option_word(parse, "--ties", ties, argument);
        break;
    case ZPH:
        request->zph = (enum fit_zph)option_word(parse, "--zph", zphs, argument);
        break;
    case FRAILTY:
        request->frailty = argument;
        break;
    case RESIDUALS:
        request->residuals = (enum fit_residuals)(1 + option_word(parse, "--residuals", residuals, argument));
        break;
    case RECURRENT:
        request->recurrent = true;
        request->arrangement =
            (enum recurrent_arrangement)option_word(parse, "--recurrent", arrangements, argument);
        break;
    default:
        request->curve = true;
        request->curve_line = read_curve(parse, argument);
        break;
    }
}

static void check(struct option_parse *parse)
{
    const struct fit_request *request = parse->request;
    if (!option_taken(parse, "ties"))
        return;
    const bool lists = request->residuals != RESIDUALS_NONE || request->curve;
    const bool robust = request->robust || request->cluster != NULL || request->weight_type == WEIGHT_SAMPLING;
    if (request->ties == COX_EXACT && (request->robust || request->cluster != NULL ||
                                       (request->weights != NULL && request->weight_type == WEIGHT_SAMPLING)))
        argp_error(parse->state,
                   "the exact likelihood has no robust errors: leave out --robust, --cluster and sampling weights");
    if (lists && (request->ties == COX_EXACT || request->firth || request->frailty != NULL))
        argp_error(parse->state, "--residuals and --curve belong to an Efron or Breslow fit without penalty or frailty");
    if (request->firth && (robust || request->frailty != NULL))
        argp_error(parse->state, "--firth has the errors of its own likelihood: leave out --robust, --cluster, "
                                 "--frailty and sampling weights");
    if (request->frailty != NULL && (robust || request->ties == COX_EXACT))
        argp_error(parse->state, "--frailty has the errors of its own likelihood and Efron or Breslow ties");
    if (request->recurrent != (request->id != NULL))
        argp_error(parse->state, "--recurrent and --id belong together: the rows of a person are one cluster");
    if (request->recurrent && (request->cluster != NULL || request->frailty != NULL || request->firth || lists ||
                               request->ties == COX_EXACT || request->timefix))
        argp_error(parse->state, "--recurrent has robust errors by person: leave out --cluster, --frailty, --firth, "
                                 "--residuals, --curve, --timefix and exact ties");
    if (request->at.n > 0 && !request->curve)
        argp_error(parse->state, "--at says when a predicted curve is read: give --curve too");
}

const struct option_family cox_options = {"Proportional hazards (cox):", options, take, check};
