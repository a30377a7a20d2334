/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stepdown-verify: published and stored numbers against recomputed ones.  Commands: verify, numcheck, digitised,
 * cite. */
#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/program.h"
#include "verify/cite.h"
#include "verify/digitised.h"
#include "verify/numcheck.h"
#include "verify/verifiable.h"
#include "verify/verify_study.h"

static const char verify_doc[] =
    "Recomputes the published numbers of a study from its records and prints both; or checks a results file without the "
    "records: its checksums, its manifest, and every number that follows from its counts.\v"
    "Examples:\n  stepdown verify datasets/uis/study.yaml -o out/uis\n  stepdown verify out/uis/release/released.h5\n"
    "  stepdown verify out/uis/work/results.h5 --study datasets/uis/study.yaml\n"
    "  stepdown verify new/work/results.h5 --against old/work/results.h5\n\n"
    "Exit status: 0 all holds, 3 something that should match does not, 1 failed, 2 wrong usage.";

enum { KEY_AGAINST = 0x100, KEY_STUDY, KEY_ALLOW_ABSOLUTE };

static bool is_results_file(const char *path)
{
    const size_t n = strlen(path);

    return n > 3 && strcmp(path + n - 3, ".h5") == 0;
}

static error_t parse_verify(int key, char *argument, struct argp_state *state)
{
    struct verify_options *options = state->input;

    switch (key) {
    case KEY_AGAINST: options->against = argument; return 0;
    case KEY_STUDY: options->study = argument; return 0;
    case KEY_ALLOW_ABSOLUTE: options->allow_absolute = true; return 0;
    case 'o': options->out = argument; return 0;
    case 'j': options->n_threads = program_parse_threads(state, argument); return 0;
    case 'f': options->format = program_parse_format(state, argument); return 0;
    case ARGP_KEY_ARG: program_take_one(state, "study or results file", argument, &options->what); return 0;
    case ARGP_KEY_NO_ARGS: argp_error(state, "which study or results file?"); return 0;
    case ARGP_KEY_END:
        if (options->what != NULL && !is_results_file(options->what) && (options->against != NULL || options->study != NULL))
            argp_error(state, "--against and --study go with a results file (FILE.h5)");
        if (options->against != NULL && options->study != NULL)
            argp_error(state, "--against and --study are two questions: ask them one after the other");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static int verify(int argc, char **argv)
{
    static const struct argp_option list[] = {
        {.name = "against", .key = KEY_AGAINST, .arg = "OTHER.h5",
         .doc = "What changed since that results file: each estimate, and what in its making can have caused it"},
        {.name = "study", .key = KEY_STUDY, .arg = "STUDY.yaml",
         .doc = "Are this study, its codebooks and its data those that the results file was made from?"},
        {.name = "out", .key = 'o', .arg = "DIR", .doc = "Folder for the run of a study (default: out)"},
        {.name = "threads", .key = 'j', .arg = "N", .doc = "Work on N threads (default: all processors)"},
        {.name = "format", .key = 'f', .arg = "FORMAT", .doc = "text (default), csv or json"},
        {.name = "allow-absolute", .key = KEY_ALLOW_ABSOLUTE, .doc = "Let the study file name files by absolute paths"},
        {0},
    };
    const struct argp argp = {.options = list, .parser = parse_verify, .args_doc = "STUDY.yaml|FILE.h5",
                              .doc = verify_doc, .children = talk_children};
    struct stage_options defaults;

    program_start("stepdown verify");
    stage_options_init(&defaults);
    struct verify_options options = {.out = "out", .n_threads = defaults.n_threads, .format = TABLE_TEXT};
    argp_parse(&argp, argc, argv, 0, NULL, &options);
    gsl_set_error_handler_off(); /* GSL would abort; kernels return codes */
    if (verifiable_check(options.what) != 0)
        return EXIT_FAILED;
    return options.against != NULL           ? verify_against(&options)
           : is_results_file(options.what)   ? verify_file(&options)
                                             : verify_study(&options);
}

/* ---- numcheck ------------------------------------------------------------------------------------------------- */

static const char numcheck_doc[] =
    "Checks printed results, typed as CSV, for consistency with themselves: limits, p-values, percentages, sums, numbers at "
    "risk.\v"
    "Columns, each of which may be left out: item, printed (\"0.91 (0.45-1.85)\", \"184/283 (65%)\") or estimate, low, high; "
    "level, p, std_error, measure, events, n, percent, events_reference, n_reference, median, median_reference, group, "
    "part_of, curve, time, at_risk.\n\n"
    "Example:\n  stepdown numcheck table2.csv\n\n"
    "Exit status: 0 nothing wrong or doubtful, 3 something is, 1 failed, 2 wrong usage.";

struct table_options {
    const char *path;
    enum table_format format;
};

static error_t parse_numcheck(int key, char *argument, struct argp_state *state)
{
    struct table_options *options = state->input;

    switch (key) {
    case 'f': options->format = program_parse_format(state, argument); return 0;
    case ARGP_KEY_ARG: program_take_one(state, "table", argument, &options->path); return 0;
    case ARGP_KEY_NO_ARGS: argp_error(state, "which table?"); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static int run_numcheck(int argc, char **argv)
{
    static const struct argp_option list[] = {
        {.name = "format", .key = 'f', .arg = "FORMAT", .doc = "text (default), csv or json"}, {0}};
    const struct argp argp = {.options = list, .parser = parse_numcheck, .args_doc = "TABLE.csv", .doc = numcheck_doc,
                              .children = talk_children};
    struct table_options options = {.format = TABLE_TEXT};

    program_start("stepdown numcheck");
    argp_parse(&argp, argc, argv, 0, NULL, &options);
    return numcheck(options.path, options.format);
}

/* ---- digitised ------------------------------------------------------------------------------------------------ */

static const char digitised_doc[] =
    "Reconstructs the people behind a printed Kaplan-Meier curve from points read off it (columns time, survival, and arm where "
    "there are several) and the numbers at risk below it (columns time, n, arm; events where printed), after Guyot and others "
    "2012.\v"
    "Prints one row a person (arm, time, status), which `stepdown fit` and a study take like any other table.  "
    "Example:\n  stepdown digitised curve.csv --at-risk risk.csv > people.csv\n"
    "  stepdown fit cox 'Surv(time, status) ~ arm' people.csv";

enum { KEY_AT_RISK = 0x200, KEY_PERCENT, KEY_RISING, KEY_TRIAL, KEY_WHOLE };

static error_t parse_digitised(int key, char *argument, struct argp_state *state)
{
    struct digitised_command *command = state->input;

    switch (key) {
    case KEY_AT_RISK: command->at_risk = argument; return 0;
    case KEY_PERCENT: command->options.percent = true; return 0;
    case KEY_RISING: command->options.rising = true; return 0;
    case KEY_TRIAL: command->trial = argument; return 0;
    case KEY_WHOLE: command->whole = true; return 0;
    case 'f': command->format = program_parse_format(state, argument); return 0;
    case ARGP_KEY_ARG: program_take_one(state, "curve file", argument, &command->curve); return 0;
    case ARGP_KEY_NO_ARGS: argp_error(state, "which curve?"); return 0;
    case ARGP_KEY_END:
        if (command->curve != NULL && command->at_risk == NULL)
            argp_error(state, "--at-risk TABLE.csv is needed: the numbers printed below the curve, at least the one at time 0");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static int run_digitised(int argc, char **argv)
{
    static const struct argp_option list[] = {
        {.name = "at-risk", .key = KEY_AT_RISK, .arg = "TABLE.csv", .doc = "Numbers at risk: columns time, n, arm, events"},
        {.name = "percent", .key = KEY_PERCENT, .doc = "The curve is read in percent"},
        {.name = "rising", .key = KEY_RISING, .doc = "The curve is of events that have happened and rises"},
        {.name = "trial", .key = KEY_TRIAL, .arg = "NAME", .doc = "Add a column trial that holds this name"},
        {.name = "whole", .key = KEY_WHOLE, .doc = "Round times up to whole units"},
        {.name = "format", .key = 'f', .arg = "FORMAT", .doc = "csv (default), text or json"},
        {0},
    };
    const struct argp argp = {.options = list, .parser = parse_digitised, .args_doc = "CURVE.csv", .doc = digitised_doc,
                              .children = talk_children};
    struct digitised_command command = {.format = TABLE_CSV};

    program_start("stepdown digitised");
    argp_parse(&argp, argc, argv, 0, NULL, &command);
    gsl_set_error_handler_off();
    return digitised_run(&command);
}

/* ---- cite ---------------------------------------------------------------------------------------------------------- */

static const char cite_doc[] = "Prints what to cite with a study: its data, its methods and the program.\v"
                               "Example:\n  stepdown cite datasets/uis/study.yaml";

struct cite_options {
    const char *study;
    bool allow_absolute;
    enum table_format format;
};

static error_t parse_cite(int key, char *argument, struct argp_state *state)
{
    struct cite_options *options = state->input;

    switch (key) {
    case KEY_ALLOW_ABSOLUTE: options->allow_absolute = true; return 0;
    case 'f': options->format = program_parse_format(state, argument); return 0;
    case ARGP_KEY_ARG: program_take_one(state, "study", argument, &options->study); return 0;
    case ARGP_KEY_NO_ARGS: argp_error(state, "which study?"); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static int run_cite(int argc, char **argv)
{
    static const struct argp_option list[] = {
        {.name = "format", .key = 'f', .arg = "FORMAT", .doc = "text (default), csv or json"},
        {.name = "allow-absolute", .key = KEY_ALLOW_ABSOLUTE, .doc = "Let the study file name files by absolute paths"},
        {0},
    };
    const struct argp argp = {.options = list, .parser = parse_cite, .args_doc = "STUDY.yaml", .doc = cite_doc,
                              .children = talk_children};
    struct cite_options options = {.format = TABLE_TEXT};

    program_start("stepdown cite");
    argp_parse(&argp, argc, argv, 0, NULL, &options);
    return cite(options.study, options.allow_absolute, options.format);
}

static int unknown(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    program_start("stepdown verify");
    fail("`stepdown verify --help` says what there is");
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    static const struct program_command commands[] = {{"verify", verify}, {"numcheck", run_numcheck}, {"digitised", run_digitised}, {"cite", run_cite}, {NULL, unknown}};

    return program_answer(argc, argv, commands);
}
