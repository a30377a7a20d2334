/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * program.h - what every program of the house does first: safe surroundings and the common options.
 */
#ifndef BASE_PROGRAM_H
#define BASE_PROGRAM_H

#include <argp.h>
#include <stdbool.h>

#include "base/table_print.h"

enum exit_status { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_CHECK_SAID_NO = 3 };

/**
 * umask 077, no core dumps, C locale, standard streams that were closed held open on /dev/null,
 * SIGPIPE and SIGXFSZ ignored, SIGINT, SIGTERM and SIGHUP (unless it was ignored) remove temporaries and
 * end with 128 + n, argp's usage status 2.  `name` ("stepdown ingest"; must outlive the program) is what
 * usage and --version print, given that the main's argp has stage_argp or talk_argp as a child.
 */
void program_start(const char *name);

/** Options that every stage takes.  Set defaults with stage_options_init. */
struct stage_options {
    const char *study;        /* the study file */
    const char *out;          /* -o DIR: folder of the run; default "out" */
    int n_threads;            /* -j N, 1 .. 1024; default: all processors */
    bool dry_run;             /* --dry-run: say what would be done, end with EXIT_CHECK_SAID_NO when there is work */
    bool again;               /* --again: work even when nothing has changed */
    bool collective;          /* --collective: ranks write files of rows together; only where ranks_may_be_several() */
    bool allow_absolute;      /* --allow-absolute */
    bool some_arms;           /* --some-arms: arms may be without people */
    const char *profile;      /* --profile NAME: the study under these changes; NULL: as it is */
    double max_reject;        /* --max-reject: largest share of rows that may be rejected; default 0.01 */
};
void stage_options_init(struct stage_options *options);

/** What -j names, 1 .. 1024, and --format: text, csv or json; anything else is wrong usage. */
int program_parse_threads(struct argp_state *state, const char *text);
enum table_format program_parse_format(struct argp_state *state, const char *text);

/** Wrong usage: "EXPECTED was expected; value 'VALUE'". */
void program_refuse(struct argp_state *state, const char *expected, const char *value);

/** The argument is taken; one after another is wrong usage: "one WHAT at a time, please". */
void program_take_one(struct argp_state *state, const char *what, const char *argument, const char **taken);

/**
 * argp child: -o -j --allow-absolute --some-arms --max-reject --profile --collective -q -v, with a struct stage_options * as input: the main's
 * parser sets state->child_inputs[0] at ARGP_KEY_INIT.
 */
extern const struct argp stage_argp;

/**
 * The whole command line of a stage: one STUDY.yaml and the options above.  Wrong usage is told and ends with
 * EXIT_USAGE.  doc: what the stage does, and an example, as argp takes it.
 */
void stage_parse(int argc, char **argv, const char *doc, struct stage_options *options);

/** For those that work on the study and all its profiles at once: tells and ends with EXIT_USAGE when --profile is given. */
void stage_refuse_profile(const struct stage_options *options);

/** For those that write no table of which each rank has some rows: tells and ends with EXIT_USAGE when --collective is given. */
void stage_refuse_collective(const struct stage_options *options);

/** argp child: only -q and -v; input is not used.  talk_children: this child alone. */
extern const struct argp talk_argp;
extern const struct argp_child talk_children[];

/** A program of several commands, by their first argument; the last has no name and answers when it is none of theirs. */
struct program_command {
    const char *name;
    int (*answer)(int argc, char **argv); /* from the command on; those of the program where there is no name */
};
int program_answer(int argc, char **argv, const struct program_command *commands);

/**
 * Folder of shipped files ("plots", "datasets"): share/stepdown of the build tree or of PREFIX, found from
 * the place of the running program, links resolved.  Caller frees; NULL after telling.
 */
char *program_share(const char *name);

/** A shared object of lib/stepdown, of the build tree or of PREFIX; caller frees; NULL, and nothing told, when it is not there. */
char *program_library(const char *name);

/** The folder of the running program; caller frees; NULL after telling. */
char *program_folder(void);

#endif
