/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options of the log-rank family; --rho weights Gray's test, too. */
#include "fit/options.h"

#include <math.h>

enum { RHO = OPTION_KEY_FIRST, GAMMA, WEIGHT, TREND, PAIRWISE };

static const struct argp_option options[] = {
    {.name = "rho", .key = RHO, .arg = "R", .doc = "logrank: weight S(t-)^R (1 - S(t-))^G; cuminc: (1 - F(t-))^R (0)"},
    {.name = "gamma", .key = GAMMA, .arg = "G", .doc = "logrank: see --rho (0)"},
    {.name = "weight", .key = WEIGHT, .arg = "logrank|gehan|tarone-ware|peto",
     .doc = "logrank: weight of an event time: 1, n at risk, its root, or Peto and Prentice's survival"},
    {.name = "trend", .key = TREND, .doc = "logrank: also test for a trend over the arms in their order"},
    {.name = "pairwise", .key = PAIRWISE, .doc = "logrank: also test each pair of arms, adjusted after Holm"},
    {0},
};

static void take(struct option_parse *parse, int key, char *argument)
{
    static const char *const weights[] = {"logrank", "gehan", "tarone-ware", "peto", NULL};
    struct fit_request *request = parse->request;
    switch (key) {
    case RHO:
        request->rho = option_real(parse, "--rho", "a number of 0 or more", argument, 0, INFINITY, false);
        break;
    case GAMMA:
        request->weighting.gamma = option_real(parse, "--gamma", "a number of 0 or more", argument, 0, INFINITY, false);
        break;
    case WEIGHT:
        request->weighting.kind = (enum logrank_weight_kind)option_word(parse, "--weight", weights, argument);
        break;
    case TREND:
        request->trend = true;
        break;
    default:
        request->pairwise = true;
        break;
    }
}

static void check(struct option_parse *parse)
{
    struct logrank_weighting *weighting = &parse->request->weighting;
    weighting->rho = parse->request->rho;
    if (weighting->kind != LOGRANK_FLEMING_HARRINGTON && (weighting->rho != 0 || weighting->gamma != 0))
        argp_error(parse->state, "--rho and --gamma are weights of their own: leave out --weight");
}

const struct option_family logrank_options = {"The log-rank family:", options, take, check};
