/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stepdown-ingest: the source files of a study to records.h5 and rejects.csv; or a codebook drafted from a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/output.h"
#include "base/print_buffer.h"
#include "base/program.h"
#include "ingest/draft_file.h"
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
    case ARGP_KEY_ARG: program_take_one(state, "study file", argument, &command->options.study); return 0;
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
    stage_refuse_profile(&command->options);
}

/* ---- codebook ------------------------------------------------------------------------------------------- */

static const char codebook_doc[] =
    "Drafts a codebook from a file, for you to edit: types, codes, ranges, and cells that seem to mean missing.  Columns "
    "that hold identifiers are dropped; none of their values is printed.  FILE is .csv, .csv.gz, .sas7bdat, .xpt, .dta, "
    ".sav, or '-' for CSV from standard input.\v"
    "Examples:\n"
    "  stepdown codebook episodes.csv -o codebook.yaml\n"
    "  stepdown codebook episodes.csv --delimiter ';' --encoding latin-1";

enum { KEY_DELIMITER = 0x201, KEY_ENCODING };

struct codebook_command {
    const char *file, *out;
    char delimiter;
    bool latin1;
};

static char parse_delimiter(const char *text, struct argp_state *state)
{
    if (strcmp(text, "tab") == 0)
        return '\t';
    if (strlen(text) != 1 || strchr("\"\r\n", text[0]) != NULL)
        program_refuse(state, "--delimiter: one byte such as ';', or the word tab,", text);
    return text[0];
}

static error_t parse_codebook_option(int key, char *argument, struct argp_state *state)
{
    struct codebook_command *const command = state->input;
    switch (key) {
    case 'o':
        command->out = argument;
        return 0;
    case KEY_DELIMITER:
        command->delimiter = parse_delimiter(argument, state);
        return 0;
    case KEY_ENCODING:
        command->latin1 = strcmp(argument, "latin-1") == 0;
        if (!command->latin1 && strcmp(argument, "utf-8") != 0)
            program_refuse(state, "--encoding: utf-8 or latin-1", argument);
        return 0;
    case ARGP_KEY_ARG: program_take_one(state, "file", argument, &command->file); return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which file?");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int write_draft(const char *text, const char *out)
{
    static struct print_buffer printed; /* 16 kB */
    if (out == NULL) {
        print_start(&printed, STDOUT_FILENO);
        print_text(&printed, text);
        return print_end(&printed);
    }
    if (access(out, F_OK) == 0)
        return fail("'%s' exists already; nothing was written", out);
    return output_file(out, text, strlen(text));
}

static int draft_codebook(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {.name = "out", .key = 'o', .arg = "FILE", .doc = "Write to a new file instead of standard output"},
        {.name = "delimiter", .key = KEY_DELIMITER, .arg = "C", .doc = "What separates cells: one byte, or tab (default ,)"},
        {.name = "encoding", .key = KEY_ENCODING, .arg = "NAME", .doc = "utf-8 (default) or latin-1"},
        {0},
    };
    const struct argp argp = {.options = options, .parser = parse_codebook_option, .args_doc = "FILE",
                              .doc = codebook_doc, .children = talk_children};
    struct codebook_command command = {.delimiter = ','};
    argp_parse(&argp, argc, argv, 0, NULL, &command);
    char *const text = draft_file(command.file, command.delimiter, command.latin1);
    const int status = text != NULL ? write_draft(text, command.out) : -1;
    free(text);
    if (status == 0 && command.out != NULL)
        note("'%s' is a draft: look at every line of it", command.out);
    return status == 0 ? EXIT_DONE : EXIT_FAILED;
}

/* ---- ingest --------------------------------------------------------------------------------------------- */

int main(int argc, char **argv)
{
    struct command command;
    if (argc > 1 && strcmp(argv[1], "codebook") == 0) {
        program_start("stepdown codebook");
        return draft_codebook(argc - 1, argv + 1);
    }
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
