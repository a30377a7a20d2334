/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options of proportions. */
#include "fit/options.h"

#include <math.h>

enum { CONF = OPTION_KEY_FIRST, RD, MARGIN, WORSE };

static const struct argp_option options[] = {
    {.name = "conf", .key = CONF, .arg = "wilson|exact|wald", .doc = "Interval of a risk"},
    {.name = "rd", .key = RD, .arg = "newcombe|mn|wald", .doc = "Interval of a risk difference"},
    {.name = "margin", .key = MARGIN, .arg = "M", .doc = "Test that the arm is worse by less than M"},
    {.name = "worse", .key = WORSE, .arg = "higher|lower", .doc = "Which risk is the worse one (higher)"},
    {0},
};

static void take(struct option_parse *parse, int key, char *argument)
{
    static const char *const confs[] = {"wilson", "exact", "wald", NULL};
    static const char *const differences[] = {"newcombe", "mn", "wald", NULL};
    static const char *const sides[] = {"higher", "lower", NULL};
    struct fit_request *request = parse->request;
    switch (key) {
    case CONF:
        request->conf = (enum proportion_method)option_word(parse, "--conf", confs, argument);
        break;
    case RD:
        request->rd = (enum risk_difference_method)option_word(parse, "--rd", differences, argument);
        break;
    case MARGIN:
        request->margin = option_real(parse, "--margin", "a difference between 0 and 1", argument, 0, 1, true);
        break;
    default:
        request->worse = (enum worse_is)option_word(parse, "--worse", sides, argument);
        break;
    }
}

static void check(struct option_parse *parse)
{
    if (option_given(parse, "worse") && isnan(parse->request->margin))
        argp_error(parse->state, "--worse says on which side the margin lies: give --margin too");
}

const struct option_family proportion_options = {"Proportions (proportion):", options, take, check};
