/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stepdown-report: what may leave the building, and how it looks.  Commands: report, release, show. */
#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/program.h"
#include "report/index_page.h"
#include "report/report_stage.h"
#include "report/show.h"

static const char report_doc[] =
    "Writes the release folder of a study: OUT/work/results.h5 to OUT/release/: released.h5, report.html, figures and "
    "tables.\v"
    "Prints the answer in one line and the path of the page.  Examples:\n  stepdown report study.yaml -o out\n  stepdown report "
    "--index -o index.html out/uis out/pharmaco";

static const char release_doc[] =
    "Writes only the released tables of a study: OUT/work/results.h5 to OUT/release/released.h5.\v"
    "Example:\n  stepdown release study.yaml -o out";

static const char show_doc[] = "Prints the answer of a run, or one table of one of its files.\v"
                               "Examples:\n  stepdown show out\n  stepdown show out estimates --format csv\n  stepdown "
                               "show out baseline --format md\n  stepdown show out/work/results.h5 curves";

struct show_options {
    const char *path, *table;
    enum show_format format;
    bool format_given;
};

static error_t parse_show(int key, char *argument, struct argp_state *state)
{
    struct show_options *options = state->input;

    switch (key) {
    case 'f':
        if (show_format_from_name(argument, &options->format) != 0)
            program_refuse(state, "--format: text, csv, json, words, md or tex", argument);
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
        if (options->format_given && options->format != SHOW_TEXT && options->table == NULL)
            argp_error(state, "--format %s needs the name of a table", "csv, json, words, md or tex");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int run_show(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {.name = "format", .key = 'f', .arg = "FORMAT", .doc = "text (default), csv, json; as the page has it: words, md or tex"}, {0}};
    const struct argp argp = {.options = options,
                              .parser = parse_show,
                              .args_doc = "OUT|FILE.h5 [TABLE]",
                              .doc = show_doc,
                              .children = talk_children};
    struct show_options chosen = {.format = SHOW_TEXT};

    program_start("stepdown show");
    argp_parse(&argp, argc, argv, 0, NULL, &chosen);
    return show(chosen.path, chosen.table, chosen.format);
}

static const char index_doc[] = "Writes one page over several studies: what each found, and links to its pages.\v"
                                "Example:\n  stepdown report --index -o index.html out/uis out/pharmaco";

struct index_options {
    const char *path;
    size_t n;
    char **folders; /* [n] of the command line */
};

static error_t parse_index(int key, char *argument, struct argp_state *state)
{
    struct index_options *options = state->input;

    switch (key) {
    case 'i':
        return 0;
    case 'o':
        options->path = argument;
        return 0;
    case ARGP_KEY_ARGS:
        options->folders = state->argv + state->next;
        options->n = (size_t)(state->argc - state->next);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which studies? Give the folders of their runs");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int run_index(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {.name = "index", .key = 'i', .doc = "one page over several studies"},
        {.name = "out", .key = 'o', .arg = "FILE", .doc = "the page (default index.html)"},
        {0}};
    const struct argp argp = {
        .options = options, .parser = parse_index, .args_doc = "--index OUT...", .doc = index_doc, .children = talk_children};
    struct index_options chosen = {.path = "index.html"};

    program_start("stepdown report");
    argp_parse(&argp, argc, argv, 0, NULL, &chosen);
    return index_page_write(chosen.path, chosen.folders, chosen.n);
}

static bool asks_for_index(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--index") == 0)
            return true;
    return false;
}

static int run_stage(int argc, char **argv, bool only_release)
{
    struct stage_options options;

    program_start(only_release ? "stepdown release" : "stepdown report");
    gsl_set_error_handler_off(); /* GSL would abort; kernels return codes */
    stage_parse(argc, argv, only_release ? release_doc : report_doc, &options);
    stage_refuse_profile(&options);
    stage_refuse_collective(&options);
    return report_stage_run(&options, only_release);
}

int main(int argc, char **argv)
{
    const char *command = argc > 1 ? argv[1] : "";

    if (strcmp(command, "report") == 0 && asks_for_index(argc - 1, argv + 1))
        return run_index(argc - 1, argv + 1);
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
