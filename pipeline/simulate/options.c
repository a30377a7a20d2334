/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulate/options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/program.h"
#include "base/threads.h"

static const char doc[] =
    "Makes up a claims-like source with a known truth: stays, clients, tests, codebooks, a study, and beside them the "
    "true effects.  SYNTHETIC: no person is behind any row.\v"
    "Example:\n  stepdown simulate made-up --persons 6000 --seed 7\n  stepdown run made-up/study.yaml -o made-up/out";

/* Largest numbers of persons: a row of theirs must fit into what the rest of the house reads in one run. */
#define PERSONS_MAX 100000000
#define SEED_MAX 9007199254740991 /* 2^53 - 1, as in a study file */

enum {
    KEY_PERSONS = 0x300,
    KEY_SEED,
    KEY_TRUTH,
    KEY_CONFOUNDING,
    KEY_RELAPSE,
    KEY_DROPOUT,
    KEY_DEATH,
    KEY_DISENROLLED,
    KEY_AGAIN,
};

static const struct argp_option option_list[] = {
    {"persons", KEY_PERSONS, "N", 0, "Persons in the files (default: 10000)", 0},
    {"seed", KEY_SEED, "N", 0, "Starts every random number (default: 1)", 0},
    {"truth-persons", KEY_TRUTH, "N", 0, "Persons the truth is averaged over; 0: no truth (default: 1000000)", 0},
    {"confounding", KEY_CONFOUNDING, "C", 0,
     "How strongly need decides first care: 0 not at all (a trial), 1 as it stands (default), at most 5", 0},
    {"relapse-ratio", KEY_RELAPSE, "R", 0, "Hazard ratio of return to use, iop against inpatient (default: 1.1)", 0},
    {"dropout-ratio", KEY_DROPOUT, "R", 0,
     "Odds ratio of dropping out of iop as first care, on top of what is published (default: 1)", 0},
    {"death-ratio", KEY_DEATH, "R", 0, "Hazard ratio of death, iop against inpatient (default: 1)", 0},
    {"disenrolled", KEY_DISENROLLED, "SHARE", 0, "Share that leaves the plan within a year (default: 0.15)", 0},
    {"threads", 'j', "N", 0, "Work on N threads (default: all processors); the files are the same for every N", 0},
    {"again", KEY_AGAIN, NULL, 0, "Write over the files of an earlier run", 0},
    {0},
};

/* Digits alone, at most `high`; -1: not that. */
static int64_t whole(const char *text, int64_t high)
{
    int64_t n = 0;

    if (text[0] == '\0')
        return -1;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9' || n > high)
            return -1;
        n = 10 * n + (*text - '0');
    }
    return n <= high ? n : -1;
}

/* A plain decimal number from low to high; NAN: not that. */
static double real(const char *text, double low, double high)
{
    char *end = NULL;
    double value;

    if (text[0] == '\0' || strspn(text, "0123456789.eE-+") != strlen(text))
        return NAN;
    value = strtod(text, &end);
    return *end == '\0' && value >= low && value <= high ? value : NAN;
}

static void read_whole(struct argp_state *state, const char *expected, const char *text, int64_t low, int64_t high,
                       int64_t *into)
{
    const int64_t value = whole(text, high);

    if (value < low)
        program_refuse(state, expected, text);
    else
        *into = value;
}

static void read_real(struct argp_state *state, const char *expected, const char *text, double low, double high,
                      double *into)
{
    const double value = real(text, low, high);

    if (isnan(value))
        program_refuse(state, expected, text);
    else
        *into = value;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    static const char ratio[] = "a ratio from 0.05 to 20";
    struct simulate_request *request = state->input;
    struct settings *settings = &request->settings;
    int64_t n = 0;

    switch (key) {
    case KEY_PERSONS:
        read_whole(state, "--persons: a whole number from 1 to 100000000", argument, 1, PERSONS_MAX, &settings->n_persons);
        return 0;
    case KEY_SEED:
        read_whole(state, "--seed: a whole number from 0 to 9007199254740991", argument, 0, SEED_MAX, &n);
        settings->seed = (uint64_t)n;
        return 0;
    case KEY_TRUTH:
        read_whole(state, "--truth-persons: a whole number from 0 to 100000000", argument, 0, PERSONS_MAX,
                   &settings->n_truth);
        return 0;
    case KEY_CONFOUNDING:
        read_real(state, "--confounding: a number from 0 to 5", argument, 0, 5, &settings->confounding);
        return 0;
    case KEY_RELAPSE: read_real(state, ratio, argument, 0.05, 20, &settings->relapse_ratio); return 0;
    case KEY_DROPOUT: read_real(state, ratio, argument, 0.05, 20, &settings->dropout_ratio); return 0;
    case KEY_DEATH: read_real(state, ratio, argument, 0.05, 20, &settings->death_ratio); return 0;
    case KEY_DISENROLLED:
        read_real(state, "--disenrolled: a share from 0 to 0.95", argument, 0, 0.95, &settings->disenrolled);
        return 0;
    case 'j':
        settings->n_threads = program_parse_threads(state, argument);
        return 0;
    case KEY_AGAIN: request->again = true; return 0;
    case ARGP_KEY_ARG:
        if (request->folder != NULL || argument[0] == '\0')
            argp_error(state, "one folder was expected");
        request->folder = argument;
        return 0;
    case ARGP_KEY_NO_ARGS: argp_error(state, "which folder?"); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

void simulate_options_read(struct simulate_request *request, int argc, char **argv)
{
    static const struct argp argp = {option_list, parse, "DIR", doc, talk_children, NULL, NULL};

    *request = (struct simulate_request){.settings = default_settings};
    request->settings.n_threads = threads_available();
    argp_parse(&argp, argc, argv, 0, NULL, request);
}
