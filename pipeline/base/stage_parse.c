/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <argp.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/program.h"

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
    struct stage_options *options = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = options;
        return 0;
    case ARGP_KEY_ARG: program_take_one(state, "study file", argument, &options->study); return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which study?");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

void stage_parse(int argc, char **argv, const char *doc, struct stage_options *options)
{
    const struct argp_child children[] = {{&stage_argp, 0, NULL, 0}, {0}};
    const struct argp argp = {
        .parser = parse_argument, .args_doc = "STUDY.yaml", .doc = doc, .children = children};

    stage_options_init(options);
    argp_parse(&argp, argc, argv, 0, NULL, options);
}

void stage_refuse_collective(const struct stage_options *options)
{
    if (!options->collective)
        return;
    fail("--collective: this writes no table of which each rank has some rows; the option is for ingest, episodes, cohort and outcomes");
    exit(EXIT_USAGE);
}

void stage_refuse_profile(const struct stage_options *options)
{
    if (options->profile == NULL)
        return;
    fail("--profile: this works on the study and all its profiles at once; the option is for episodes, cohort and outcomes");
    exit(EXIT_USAGE);
}
