/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options of competing risks. */
#include "fit/options.h"

enum { VARIANCE = OPTION_KEY_FIRST, CAUSE, CENSOR_GROUP };

static const struct argp_option options[] = {
    {.name = "variance", .key = VARIANCE, .arg = "aalen|ij",
     .doc = "cuminc: Aalen's variance, or the infinitesimal jackknife's"},
    {.name = "cause", .key = CAUSE, .arg = "K", .doc = "finegray: cause that is modelled (1)"},
    {.name = "censor-group", .key = CENSOR_GROUP, .arg = "COLUMN",
     .doc = "finegray: censoring differs between its values"},
    {0},
};

static void take(struct option_parse *parse, int key, char *argument)
{
    static const char *const variances[] = {"aalen", "ij", NULL};
    struct fit_request *request = parse->request;
    switch (key) {
    case VARIANCE:
        request->variance = (enum cuminc_variance)option_word(parse, "--variance", variances, argument);
        break;
    case CAUSE:
        request->cause =
            (int32_t)option_real(parse, "--cause", "the number of a cause, 1 to 100,", argument, 1, 100, false);
        break;
    default:
        request->censor_group = argument;
        break;
    }
}

const struct option_family competing_options = {"Competing risks:", options, take, NULL};
