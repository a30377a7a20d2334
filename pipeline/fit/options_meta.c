/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options of studies pooled. */
#include "fit/options.h"

enum { METHOD = OPTION_KEY_FIRST, HARTUNG_KNAPP, MEASURE };

static const struct argp_option options[] = {
    {.name = "method", .key = METHOD, .arg = "reml|dl|pm|fe|mh|peto",
     .doc = "Variance between studies, fixed effect, or counts pooled by Mantel-Haenszel or Peto"},
    {.name = "hartung-knapp", .key = HARTUNG_KNAPP, .doc = "Limits after Hartung and Knapp, by Student's t"},
    {.name = "measure", .key = MEASURE, .arg = "risk_difference|risk_ratio|odds_ratio",
     .doc = "Of events/n: what is pooled"},
    {0},
};

static void take(struct option_parse *parse, int key, char *argument)
{
    static const char *const poolings[] = {"reml", "dl", "pm", "fe", "mh", "peto", NULL};
    static const char *const measures[] = {"risk_difference", "risk_ratio", "odds_ratio", NULL};
    struct fit_request *request = parse->request;
    switch (key) {
    case METHOD:
        request->pooling = (enum fit_pooling)option_word(parse, "--method", poolings, argument);
        break;
    case HARTUNG_KNAPP:
        request->hartung_knapp = true;
        break;
    default:
        request->meta_measure = (enum meta_measure)option_word(parse, "--measure", measures, argument);
        break;
    }
}

static void check(struct option_parse *parse)
{
    struct fit_request *request = parse->request;
    if (request->pooling == POOL_PETO && !option_given(parse, "measure"))
        request->meta_measure = META_LOG_ODDS_RATIO;
    if (request->pooling == POOL_PETO && request->meta_measure != META_LOG_ODDS_RATIO)
        argp_error(parse->state, "--method peto pools odds ratios only");
    if (request->hartung_knapp && request->pooling >= POOL_MANTEL_HAENSZEL)
        argp_error(parse->state,
                   "--hartung-knapp belongs to estimates with a variance each: not to --method mh or peto");
}

const struct option_family meta_options = {"Studies pooled (meta):", options, take, check};
