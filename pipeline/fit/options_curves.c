/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options of curves: when they are read, and how their limits are found. */
#include "fit/options.h"

#include <math.h>

enum { AT = OPTION_KEY_FIRST, CONF_TYPE, QUANTILE, TAU, HAZARD, DIFFERENCE, TIMEFIX };

static const struct argp_option options[] = {
    {.name = "at", .key = AT, .arg = "T,..", .doc = "Read at these times (km, cuminc: default at every exit)"},
    {.name = "conf-type", .key = CONF_TYPE, .arg = "log|log-log|plain|arcsin|none", .doc = "Scale of the limits"},
    {.name = "quantile", .key = QUANTILE, .arg = "P,..", .doc = "km: time by which a share P has had the event (0.5)"},
    {.name = "tau", .key = TAU, .arg = "T", .doc = "km, rmst: end of the restricted mean"},
    {.name = "hazard", .key = HAZARD, .doc = "km: also the cumulative hazard (Nelson-Aalen)"},
    {.name = "difference", .key = DIFFERENCE, .doc = "km: also differences of survival to the first arm; needs --at"},
    {.name = "timefix", .key = TIMEFIX, .doc = "Merge times that differ only by rounding"},
    {0},
};

static void take(struct option_parse *parse, int key, char *argument)
{
    static const char *const conf_types[] = {"log", "log-log", "plain", "arcsin", "none", NULL};
    struct fit_request *request = parse->request;
    switch (key) {
    case AT:
        option_numbers(parse, "--at", "times of 0 or more, as 90,180,", argument, INFINITY, false, &request->at);
        break;
    case CONF_TYPE:
        request->conf_type = (enum survival_conf_type)option_word(parse, "--conf-type", conf_types, argument);
        break;
    case QUANTILE:
        option_numbers(parse, "--quantile", "shares between 0 and 1, as 0.25,0.5,", argument, 1, true,
                       &request->quantiles);
        break;
    case TAU:
        request->tau = option_real(parse, "--tau", "a time above 0", argument, 0, INFINITY, true);
        break;
    case HAZARD:
        request->hazard = true;
        break;
    case DIFFERENCE:
        request->difference = true;
        break;
    default:
        request->timefix = true;
        break;
    }
}

static void check(struct option_parse *parse)
{
    struct fit_request *request = parse->request;
    const struct model *model = request->model;
    if (!option_given(parse, "conf-type"))
        request->conf_type = model->conf_type;
    else if (model->conf_types != 0 && (model->conf_types & 1u << request->conf_type) == 0)
        argp_error(parse->state, "--conf-type: '%s' takes %slog and plain", model->name,
                   (model->conf_types & 1 << SURVIVAL_CONF_LOG_LOG) != 0 ? "log-log, " : "");
    if (request->difference && request->at.n == 0)
        argp_error(parse->state, "--difference says how survival differs on a day: give --at too");
}

const struct option_family curve_options = {"Curves and their readings:", options, take, check};
