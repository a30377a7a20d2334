/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `stepdown check STUDY.yaml` and `stepdown new DIR`. */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/program.h"
#include "study/study.h"
#include "study/summary.h"
#include "study/template.h"

enum { KEY_ALLOW_ABSOLUTE = 0x100 };

struct arguments {
    const char *name; /* the study or the folder */
    struct study_options options;
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;

    switch (key) {
    case KEY_ALLOW_ABSOLUTE:
        arguments->options.allow_absolute = true;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->name != NULL)
            argp_error(state, "one %s was expected", state->root_argp->args_doc);
        arguments->name = argument;
        return 0;
    case ARGP_KEY_END:
        if (arguments->name == NULL || arguments->name[0] == '\0')
            argp_error(state, "%s was expected", state->root_argp->args_doc);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child talk[] = {{&talk_argp, 0, NULL, 0}, {0}};

static int check(int argc, char **argv)
{
    static const struct argp_option list[] = {
        {"allow-absolute", KEY_ALLOW_ABSOLUTE, NULL, 0, "Let the study file name files by absolute paths", 0}, {0}};
    static const struct argp argp = {
        list, parse_argument, "STUDY.yaml",
        "Checks a study file and its codebooks and tells every mistake with line and column; reads no data.\v"
        "Example:\n  stepdown check study.yaml\n\n"
        "Exit status: 0 no mistakes, 1 mistakes, 2 wrong usage.", talk, NULL, NULL};
    struct arguments arguments = {0};
    struct study *study;
    int result;

    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    if ((study = study_read(arguments.name, &arguments.options)) == NULL)
        return EXIT_FAILED;
    study_summary_print(study, stdout);
    result = fflush(stdout) == 0 && ferror(stdout) == 0 ? 0 : fail_errno("cannot write the summary");
    study_free(study);
    return result == 0 ? EXIT_DONE : EXIT_FAILED;
}

static int new(int argc, char **argv)
{
    static const struct argp argp = {
        NULL, parse_argument, "DIR",
        "Writes a commented study file, its codebook and some made-up data into a folder; never over a file that is "
        "there.\v"
        "Example:\n  stepdown new my-study\n  stepdown run my-study/study.yaml -o my-study/out", talk, NULL, NULL};
    struct arguments arguments = {0};

    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    if (template_write(arguments.name) != 0)
        return EXIT_FAILED;
    note("%s/study.yaml is a study to start from; check it with 'stepdown check %s/study.yaml'", arguments.name,
         arguments.name);
    return EXIT_DONE;
}

static int usage(int argc, char **argv)
{
    static const struct argp argp = {
        NULL, NULL, "check STUDY.yaml\nnew DIR",
        "Checks a study file, or writes one to start from.\v"
        "Example:\n  stepdown new my-study\n  stepdown check my-study/study.yaml", talk, NULL, NULL};

    argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, NULL);
    argp_help(&argp, stderr, ARGP_HELP_STD_ERR, (char *)"stepdown");
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    const char *command = argc > 1 ? argv[1] : "";

    if (strcmp(command, "check") == 0) {
        program_start("stepdown check");
        return check(argc - 1, argv + 1);
    }
    if (strcmp(command, "new") == 0) {
        program_start("stepdown new");
        return new(argc - 1, argv + 1);
    }
    program_start("stepdown");
    return usage(argc, argv);
}
