/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options of balance and matching. */
#include "fit/options.h"

#include <math.h>

enum { SD = OPTION_KEY_FIRST, CALIPER, RATIO, EXACT, SCORE, PAIRS, RATIO_MAX = 1000 };

static const struct argp_option options[] = {
    {.name = "sd", .key = SD, .arg = "pooled|reference|arm",
     .doc = "What standardised differences are in units of, always of the sample as it is"},
    {.name = "caliper", .key = CALIPER, .arg = "C",
     .doc = "match: largest distance of the scores, in their standard deviations (none)"},
    {.name = "ratio", .key = RATIO, .arg = "K", .doc = "match: matches for each (1)"},
    {.name = "exact", .key = EXACT, .arg = "COLUMN", .doc = "match: column in which matches agree"},
    {.name = "score", .key = SCORE, .arg = "probability|logit", .doc = "match: the propensity, or its logit"},
    {.name = "pairs", .key = PAIRS, .doc = "match: print the pairs in place of the balance"},
    {0},
};

static void take(struct option_parse *parse, int key, char *argument)
{
    static const char *const denominators[] = {"pooled", "reference", "arm", NULL};
    static const char *const scores[] = {"probability", "logit", NULL};
    struct fit_request *request = parse->request;
    switch (key) {
    case SD:
        request->sd = (enum smd_denominator)option_word(parse, "--sd", denominators, argument);
        break;
    case CALIPER:
        request->caliper = option_real(parse, "--caliper", "a number above 0", argument, 0, HUGE_VAL, true);
        break;
    case RATIO: {
        const double ratio = option_real(parse, "--ratio", "a whole number from 1 to 1000", argument, 1, RATIO_MAX, false);
        if (ratio != trunc(ratio))
            option_refuse(parse, "--ratio", "a whole number from 1 to 1000", argument);
        request->ratio = (size_t)ratio;
        break;
    }
    case EXACT:
        request->exact = argument;
        break;
    case SCORE:
        request->logit = option_word(parse, "--score", scores, argument) == 1;
        break;
    default:
        request->pairs = true;
        break;
    }
}

const struct option_family balance_options = {"Balance and matching (balance, match):", options, take, NULL};
