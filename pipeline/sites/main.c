/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stepdown-sites: results from sites that may not share records.  Commands: site, merge. */
#include <gsl/gsl_errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/output.h"
#include "base/program.h"
#include "sites/merge.h"
#include "sites/rounds.h"
#include "sites/site.h"

enum { KEY_WORK = 0x100, KEY_THRESHOLD, KEY_ALLOW_ABSOLUTE, KEY_ROUND, KEY_ROUNDS, KEY_ONE_BASELINE };

/* ---- site ------------------------------------------------------------------------------------------------------------ */

static const char site_doc[] =
    "Counts the people of a study at one site, so that results can be computed without anybody's record leaving it: who had "
    "which outcome when, by arm, population and stratum, in cells of at least the threshold.\v"
    "Example:\n  stepdown site study.yaml -o north.h5\n  stepdown site study.yaml --round round-1.h5 -o north-1.h5\n\n"
    "All sites use the same study file; see `stepdown merge`.";

static error_t parse_site(int key, char *argument, struct argp_state *state)
{
    struct site_options *options = state->input;
    char *end;

    switch (key) {
    case 'o': options->file = argument; return 0;
    case 'j': options->n_threads = program_parse_threads(state, argument); return 0;
    case KEY_WORK: options->work = argument; return 0;
    case KEY_ROUND: options->round = argument; return 0;
    case KEY_ALLOW_ABSOLUTE: options->allow_absolute = true; return 0;
    case KEY_THRESHOLD:
        options->threshold = strtoll(argument, &end, 10);
        if (*argument == '\0' || *end != '\0' || options->threshold < 0 || options->threshold > 1000000)
            program_refuse(state, "--threshold: a number of people from 0 to 1000000", argument);
        return 0;
    case ARGP_KEY_ARG: program_take_one(state, "study", argument, &options->study); return 0;
    case ARGP_KEY_NO_ARGS: argp_error(state, "which study?"); return 0;
    case ARGP_KEY_END:
        if (options->study != NULL && options->file == NULL)
            argp_error(state, "-o SITE.h5: where to?");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static int site(int argc, char **argv)
{
    static const struct argp_option list[] = {
        {.name = "out", .key = 'o', .arg = "SITE.h5", .doc = "The file that others may have"},
        {.name = "work", .key = KEY_WORK, .arg = "DIR", .doc = "Folder of the run, which stays here (default: out)"},
        {.name = "threshold", .key = KEY_THRESHOLD, .arg = "N",
         .doc = "Fewest people in a cell (default, and least: the study's disclosure threshold)"},
        {.name = "round", .key = KEY_ROUND, .arg = "ROUND.h5",
         .doc = "Answer a round of regressions: sums at the coefficients that it asks for"},
        {.name = "threads", .key = 'j', .arg = "N", .doc = "Work on N threads (default: all processors)"},
        {.name = "allow-absolute", .key = KEY_ALLOW_ABSOLUTE, .doc = "Let the study file name files by absolute paths"},
        {0},
    };
    const struct argp argp = {.options = list, .parser = parse_site, .args_doc = "STUDY.yaml", .doc = site_doc,
                              .children = talk_children};
    struct stage_options defaults;

    program_start("stepdown site");
    stage_options_init(&defaults);
    struct site_options options = {.work = "out", .threshold = -1, .n_threads = defaults.n_threads};
    argp_parse(&argp, argc, argv, 0, NULL, &options);
    gsl_set_error_handler_off(); /* GSL would abort; kernels return codes */
    return site_write(&options);
}

/* ---- merge ----------------------------------------------------------------------------------------------------------- */

static const char merge_doc[] =
    "Adds the counts of several sites and computes what follows from them: survival, cumulative incidence, restricted means, "
    "tests, risks, rates, balance, adjustments by strata (Mantel-Haenszel, direct, indirect), verdicts; with --rounds its models.\v"
    "Example:\n  stepdown merge north.h5 south.h5 -o merged.h5\n  stepdown show merged.h5 estimates\n"
    "  stepdown merge --rounds north.h5 south.h5 -o round-1.h5\n  stepdown merge --rounds north-1.h5 south-1.h5 -o round-2.h5\n\n"
    "Where no site hides anything the numbers are those of the pooled records; else table `sites` says what was lost.";

struct merge_command {
    struct merge_options merge;
    bool rounds, one_baseline;
};

static error_t parse_merge(int key, char *argument, struct argp_state *state)
{
    struct merge_command *const command = state->input;
    struct merge_options *const options = &command->merge;

    switch (key) {
    case 'o': options->file = argument; return 0;
    case 'j': options->n_threads = program_parse_threads(state, argument); return 0;
    case KEY_ROUNDS: command->rounds = true; return 0;
    case KEY_ONE_BASELINE: command->one_baseline = true; return 0;
    case ARGP_KEY_ARGS:
        options->sites = state->argv + state->next;
        options->n_sites = (size_t)(state->argc - state->next);
        return 0;
    case ARGP_KEY_NO_ARGS: argp_error(state, "which sites?"); return 0;
    case ARGP_KEY_END:
        if (options->n_sites > 0 && options->file == NULL)
            argp_error(state, command->rounds ? "-o ROUND.h5: where to?" : "-o MERGED.h5: where to?");
        if (command->one_baseline && !command->rounds)
            argp_error(state, "--one-baseline belongs to --rounds");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static int check_apart(const struct merge_options *options)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < options->n_sites; i++)
        status = output_check_apart(options->file, options->sites[i]);
    return status;
}

static int merge(int argc, char **argv)
{
    static const struct argp_option list[] = {
        {.name = "out", .key = 'o', .arg = "MERGED.h5", .doc = "The results of all sites together, or the next round"},
        {.name = "rounds", .key = KEY_ROUNDS,
         .doc = "Regressions: from the counts of all sites the first round, from their answers the next"},
        {.name = "one-baseline", .key = KEY_ONE_BASELINE,
         .doc = "Rounds: one baseline for all sites instead of one each; sites hand out sums by day, so that none may have a "
                "threshold"},
        {.name = "threads", .key = 'j', .arg = "N", .doc = "Work on N threads (default: all processors)"},
        {0},
    };
    const struct argp argp = {.options = list, .parser = parse_merge, .args_doc = "SITE.h5...", .doc = merge_doc,
                              .children = talk_children};
    struct stage_options defaults;

    program_start("stepdown merge");
    stage_options_init(&defaults);
    struct merge_command command = {.merge = {.n_threads = defaults.n_threads}};
    argp_parse(&argp, argc, argv, 0, NULL, &command);
    gsl_set_error_handler_off(); /* GSL would abort; kernels return codes */
    const struct merge_options *const merge = &command.merge;
    const struct rounds_options rounds = {merge->sites, merge->n_sites, merge->file, command.one_baseline, merge->n_threads};
    if (check_apart(merge) != 0)
        return EXIT_FAILED;
    return command.rounds ? rounds_merge(&rounds) : merge_sites(merge);
}

static int unknown(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    program_start("stepdown sites");
    fail("`stepdown merge --help` says what there is");
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    static const struct program_command commands[] = {{"site", site}, {"merge", merge}, {NULL, unknown}};

    return program_answer(argc, argv, commands);
}
