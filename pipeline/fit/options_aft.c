/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options of parametric models. */
#include "fit/options.h"

static const struct argp_option options[] = {
    {.name = "dist", .key = OPTION_KEY_FIRST, .arg = "weibull|exponential|lognormal|loglogistic",
     .doc = "Distribution of the times"},
    {0},
};

static void take(struct option_parse *parse, int key, char *argument)
{
    static const char *const distributions[] = {"weibull", "exponential", "lognormal", "loglogistic", NULL};
    (void)key;
    parse->request->distribution = (enum aft_distribution)option_word(parse, "--dist", distributions, argument);
}

const struct option_family aft_options = {"Parametric models (aft):", options, take, NULL};
