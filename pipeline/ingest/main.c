/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stepdown-ingest: the source files of a study to records.h5 and rejects.csv. */
#include "base/program.h"
#include "ingest/ingest.h"
#include "study/study.h"

static const char doc[] =
    "Reads the source files of a study strictly by their codebooks: OUT/work/records.h5 holds the rows that were "
    "kept, OUT/work/rejects.csv says where each of the others stands and why.\v"
    "Examples:\n"
    "  stepdown ingest study.yaml -o out\n"
    "  stepdown ingest study.yaml --heads      only the header lines: do they fit?";

enum { KEY_HEADS = 0x200 };

struct command {
    struct stage_options options;
    bool heads;
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    struct command *const command = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &command->options;
        return 0;
    case KEY_HEADS:
        command->heads = true;
        return 0;
    case ARGP_KEY_ARG:
        if (command->options.study != NULL)
            argp_error(state, "one study file at a time, please: '%s' is one too many", argument);
        command->options.study = argument;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which study?");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void parse(int argc, char **argv, struct command *command)
{
    static const struct argp_option options[] = {
        {.name = "heads", .key = KEY_HEADS, .doc = "Only check that the headers fit the codebooks; write nothing"},
        {0},
    };
    const struct argp_child children[] = {{&stage_argp, 0, NULL, 0}, {0}};
    const struct argp argp = {
        .options = options, .parser = parse_option, .args_doc = "STUDY.yaml", .doc = doc, .children = children};
    *command = (struct command){0};
    stage_options_init(&command->options);
    argp_parse(&argp, argc, argv, 0, NULL, command);
}

int main(int argc, char **argv)
{
    struct command command;
    program_start("stepdown ingest");
    parse(argc, argv, &command);
    const struct study_options study_options = {.allow_absolute = command.options.allow_absolute};
    struct study *const study = study_read(command.options.study, &study_options);
    if (study == NULL)
        return EXIT_FAILED;
    enum exit_status status;
    if (command.heads)
        status = ingest_check_headers(study) == 0 ? EXIT_DONE : EXIT_FAILED;
    else
        status = ingest_run(study, &command.options);
    study_free(study);
    return (int)status;
}
