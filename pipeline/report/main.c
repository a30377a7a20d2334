/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stepdown-report: what may leave the building, and how it looks.  Commands: report, release, show. */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/program.h"
#include "base/table_print.h"
#include "report/report_stage.h"
#include "report/show.h"

static const char report_doc[] =
    "Writes the release folder of a study: OUT/work/results.h5 to OUT/release/: released.h5, report.html, figures and "
    "tables.\v"
    "Prints the answer in one line and the path of the page.  Example:\n  stepdown report study.yaml -o out";

static const char release_doc[] =
    "Writes only the released tables of a study: OUT/work/results.h5 to OUT/release/released.h5.\v"
    "Example:\n  stepdown release study.yaml -o out";

static const char show_doc[] = "Prints the answer of a run, or one table of one of its files.\v"
                               "Examples:\n  stepdown show out\n  stepdown show out estimates --format csv\n  stepdown "
                               "show out/work/results.h5 curves";

struct show_options {
    const char *path, *table;
    enum table_format format;
    bool format_given;
};

static error_t parse_show(int key, char *argument, struct argp_state *state)
{
    struct show_options *options = state->input;
    char escaped[ESCAPED_SIZE];

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = NULL;
        return 0;
    case 'f':
        if (table_format_from_name(argument, &options->format) != 0)
            argp_error(state, "--format: text, csv or json was expected; value '%s'",
                       escape_value(escaped, argument, strlen(argument)));
        options->format_given = true;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num == 0)
            options->path = argument;
        else if (state->arg_num == 1)
            options->table = argument;
        else
            argp_error(state, "one table at a time, please");
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which run? Give its folder or one of its .h5 files");
        return 0;
    case ARGP_KEY_END:
        if (options->format_given && options->format != TABLE_TEXT && options->table == NULL)
            argp_error(state, "--format csv and json need the name of a table");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int run_show(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {.name = "format", .key = 'f', .arg = "FORMAT", .doc = "text (default), csv or json"}, {0}};
    const struct argp_child children[] = {{&talk_argp, 0, NULL, 0}, {0}};
    const struct argp argp = {.options = options,
                              .parser = parse_show,
                              .args_doc = "OUT|FILE.h5 [TABLE]",
                              .doc = show_doc,
                              .children = children};
    struct show_options chosen = {.format = TABLE_TEXT};

    program_start("stepdown show");
    argp_parse(&argp, argc, argv, 0, NULL, &chosen);
    return show(chosen.path, chosen.table, chosen.format);
}

static int run_stage(int argc, char **argv, bool only_release)
{
    struct stage_options options;

    program_start(only_release ? "stepdown release" : "stepdown report");
    stage_parse(argc, argv, only_release ? release_doc : report_doc, &options);
    stage_refuse_profile(&options);
    return report_stage_run(&options, only_release);
}

int main(int argc, char **argv)
{
    const char *command = argc > 1 ? argv[1] : "";

    if (strcmp(command, "report") == 0)
        return run_stage(argc - 1, argv + 1, false);
    if (strcmp(command, "release") == 0)
        return run_stage(argc - 1, argv + 1, true);
    if (strcmp(command, "show") == 0)
        return run_show(argc - 1, argv + 1);
    program_start("stepdown-report");
    fail("one of the commands report, release, show was expected");
    return EXIT_USAGE;
}
