/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/fail.h"
#include "base/program.h"
#include "base/ranks.h"
#include "base/threads.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { N_THREADS_MAX = 1024, KEY_ALLOW_ABSOLUTE = 0x100, KEY_MAX_REJECT, KEY_DRY_RUN, KEY_AGAIN, KEY_PROFILE, KEY_COLLECTIVE, KEY_SOME_ARMS };

void stage_options_init(struct stage_options *options)
{
    *options = (struct stage_options){.out = "out", .n_threads = threads_available(), .max_reject = 0.01};
}

/* Decimal digits only: strtol would take blanks and signs as well. */
static int parse_threads(const char *text)
{
    int n = 0;
    for (const char *digit = text; *digit != '\0'; digit++) {
        if (*digit < '0' || *digit > '9' || n > N_THREADS_MAX)
            return -1;
        n = 10 * n + (*digit - '0');
    }
    return n >= 1 && n <= N_THREADS_MAX ? n : -1;
}

/* "0.05" or "5%".  -1: not a share of 0 .. 1. */
static double parse_share(const char *text)
{
    char *end = NULL;
    if (strspn(text, "0123456789.eE-+%") != strlen(text) || text[0] == '-' || text[0] == '+')
        return -1; /* no blanks, no "inf", no hexadecimal numbers */
    double share = strtod(text, &end);
    if (end == text)
        return -1;
    if (strcmp(end, "%") == 0)
        share /= 100;
    else if (*end != '\0')
        return -1;
    return share >= 0 && share <= 1 ? share : -1;
}

void program_refuse(struct argp_state *state, const char *expected, const char *value)
{
    char escaped[ESCAPED_SIZE];
    argp_error(state, "%s was expected; value '%s'", expected, escape_value(escaped, value, strlen(value)));
}

/* argp and getopt read the name from argv[0], after this first call; program_start set "stepdown ingest". */
static void take_program_name(struct argp_state *state)
{
    if (state->argc > 0)
        state->argv[0] = program_invocation_name;
}

static error_t parse_talk(int key, char *argument, struct argp_state *state)
{
    (void)argument;
    switch (key) {
    case ARGP_KEY_INIT:
        take_program_name(state);
        return 0;
    case 'q':
        set_verbosity(VERBOSITY_QUIET);
        return 0;
    case 'v':
        set_verbosity(VERBOSITY_VERBOSE);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int program_parse_threads(struct argp_state *state, const char *text)
{
    const int n = parse_threads(text);

    if (n < 0)
        program_refuse(state, "-j: a whole number from 1 to 1024", text);
    return n;
}

enum table_format program_parse_format(struct argp_state *state, const char *text)
{
    enum table_format format = TABLE_TEXT;

    if (table_format_from_name(text, &format) != 0)
        program_refuse(state, "--format: text, csv or json", text);
    return format;
}

void program_take_one(struct argp_state *state, const char *what, const char *argument, const char **taken)
{
    if (*taken != NULL)
        argp_error(state, "one %s at a time, please: '%s' is one too many", what, argument);
    *taken = argument;
}

int program_answer(int argc, char **argv, const struct program_command *commands)
{
    for (; commands->name != NULL; commands++)
        if (argc > 1 && strcmp(argv[1], commands->name) == 0)
            return commands->answer(argc - 1, argv + 1);
    return commands->answer(argc, argv);
}

static error_t parse_stage(int key, char *argument, struct argp_state *state)
{
    struct stage_options *const options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        take_program_name(state);
        return 0;
    case 'o':
        if (argument[0] == '\0')
            program_refuse(state, "-o: the name of a folder", argument);
        options->out = argument;
        return 0;
    case 'j':
        options->n_threads = program_parse_threads(state, argument);
        return 0;
    case KEY_ALLOW_ABSOLUTE:
        options->allow_absolute = true;
        return 0;
    case KEY_SOME_ARMS:
        options->some_arms = true;
        return 0;
    case KEY_DRY_RUN:
        options->dry_run = true;
        return 0;
    case KEY_AGAIN:
        options->again = true;
        return 0;
    case KEY_COLLECTIVE:
        if (!ranks_may_be_several())
            argp_error(state, "--collective: this build has no parallel HDF5, with which ranks write files together; "
                              "`make MPI=1` makes one that has");
        options->collective = true;
        return 0;
    case KEY_PROFILE:
        options->profile = argument;
        return 0;
    case KEY_MAX_REJECT:
        if ((options->max_reject = parse_share(argument)) < 0)
            program_refuse(state, "--max-reject: a share from 0 to 1, or from 0% to 100%,", argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option talk_options[] = {
    {.name = "quiet", .key = 'q', .doc = "Tell only warnings and errors"},
    {.name = "verbose", .key = 'v', .doc = "Tell each step as it is done"},
    {0},
};

static const struct argp_option stage_option_list[] = {
    {.name = "out", .key = 'o', .arg = "DIR", .doc = "Folder of the run; made when it is not there"},
    {.name = "threads", .key = 'j', .arg = "N",
     .doc = "Work on N threads (default: all processors); the results are the same for every N"},
    {.name = "allow-absolute", .key = KEY_ALLOW_ABSOLUTE, .doc = "Let the study file name files by absolute paths"},
    {.name = "some-arms", .key = KEY_SOME_ARMS,
     .doc = "Let arms be without people, as at one of several sites: cohort and outcomes only; nothing can be compared then"},
    {.name = "max-reject", .key = KEY_MAX_REJECT, .arg = "SHARE",
     .doc = "Stop when more than this share of the rows is rejected, as 0.01 or 1% (default: 1%)"},
    {.name = "dry-run", .key = KEY_DRY_RUN, .doc = "Only say what would be done; exit status 3 when there is work"},
    {.name = "profile", .key = KEY_PROFILE, .arg = "NAME",
     .doc = "Work on the study under this profile of it: episodes, cohort and outcomes only"},
    {.name = "collective", .key = KEY_COLLECTIVE,
     .doc = "Ranks of a cluster build write the tables of rows in OUT/work together, through parallel HDF5: ingest, episodes, "
            "cohort and outcomes only"},
    {.name = "again", .key = KEY_AGAIN, .doc = "Work even when nothing has changed"},
    {0},
};

const struct argp talk_argp = {.options = talk_options, .parser = parse_talk};

const struct argp_child talk_children[] = {{.argp = &talk_argp}, {0}};

const struct argp stage_argp = {.options = stage_option_list, .parser = parse_stage, .children = talk_children};
