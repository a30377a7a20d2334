/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stepdown: the front door.  Finds the program of a command and becomes it; `run` runs the stages in order. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/program.h"
#include "base/ranks.h"
#include "base/spawn.h"
#include "base/version.h"
#include "stepdown/commands.h"
#include "stepdown/launch.h"
#include "stepdown/run.h"
#include "stepdown/together.h"

static void print_usage(FILE *stream)
{
    fputs("Usage: stepdown COMMAND [OPTION...]\n"
          "Do people treated in an intensive outpatient programme stay in treatment, and stay well,\n"
          "as often as people treated in inpatient or residential care?\n\n"
          "  run        a study from its source files to the report\n",
          stream);
    for (size_t i = 0; i < n_commands; i++)
        fprintf(stream, "  %-10s %s\n", commands[i].name, commands[i].summary);
    fputs("\n`stepdown COMMAND --help` tells more.  Example:\n  stepdown run datasets/uis/study.yaml -o out/uis\n", stream);
}

static int unknown(const char *name)
{
    const char *names[64] = {"run"};
    char escaped[ESCAPED_SIZE];
    const char *near;

    for (size_t i = 0; i < n_commands; i++)
        names[i + 1] = commands[i].name;
    near = nearest_name(name, names, n_commands + 1);
    fail("stepdown has no command '%s'%s%s%s; `stepdown --help` lists them", escape_value(escaped, name, strlen(name)),
         near != NULL ? "; did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "");
    return EXIT_USAGE;
}

/* --help and --version answer at once; nothing follows them. */
static bool asks_about(int argc, char **argv)
{
    static const char *const questions[] = {"--help", "-?", "--usage", "--version", "-V"};

    for (int i = 2; i < argc; i++)
        for (size_t k = 0; k < sizeof questions / sizeof questions[0]; k++)
            if (strcmp(argv[i], questions[k]) == 0)
                return true;
    return false;
}

/* The front door's arguments for the program: `first` (NULL: none) in place of the command, then what followed it. */
static char **arguments_for(char *path, char *first, int argc, char **argv)
{
    char **arguments = allocate((size_t)argc + 2, sizeof *arguments);
    size_t n = 0;

    if (arguments == NULL)
        return NULL;
    arguments[n++] = path;
    if (first != NULL)
        arguments[n++] = first;
    for (int i = 2; i < argc; i++)
        arguments[n++] = argv[i];
    return arguments;
}

/* Becomes the program, or (wait) runs it; returns its exit status. */
static int run_program(const char *program, char *first, int argc, char **argv, bool wait)
{
    char *path = spawn_find(program), **arguments = path == NULL ? NULL : arguments_for(path, first, argc, argv);
    int status = EXIT_FAILED;

    if (arguments != NULL && wait)
        status = spawn_wait(path, arguments);
    else if (arguments != NULL)
        spawn_become(path, arguments);
    free(arguments);
    free(path);
    return status < 0 ? EXIT_FAILED : status;
}

/* A stage that several ranks were started for. */
static int run_together(const struct command *command, int argc, char **argv)
{
    char **arguments = arguments_for(argv[1], command->passes_name ? argv[1] : NULL, argc, argv);
    const int status =
        arguments == NULL ? EXIT_FAILED : launch_stage(command, argc - 1 + command->passes_name, arguments);

    free(arguments);
    return status;
}

static int answer(const struct command *command, int argc, char **argv)
{
    const bool works = !asks_about(argc, argv), follows = command->then != NULL && works;
    int status = EXIT_DONE;

    if (command->is_stage && works)
        ranks_start();
    if (works && !together_may(command->name, command->is_stage, &status))
        return status;
    if (ranks_n() > 1)
        return run_together(command, argc, argv);
    status = run_program(command->program, command->passes_name ? argv[1] : NULL, argc, argv, follows);
    char heads[] = "--heads";

    return follows && status == EXIT_DONE ? run_program(command->then, heads, argc, argv, false) : status;
}

int main(int argc, char **argv)
{
    const struct command *command;

    program_start("stepdown");
    if (argc < 2) {
        print_usage(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_usage(stdout);
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("stepdown %s (%s)\n", stepdown_version, stepdown_commit);
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "run") == 0) {
        program_start("stepdown run");
        return run_study(argc - 1, argv + 1);
    }
    if ((command = command_find(argv[1])) == NULL)
        return unknown(argv[1]);
    return answer(command, argc, argv);
}
