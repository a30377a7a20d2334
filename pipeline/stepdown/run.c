/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stepdown/run.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/input.h"
#include "base/lock.h"
#include "base/memory.h"
#include "base/output.h"
#include "base/program.h"
#include "base/ranks.h"
#include "stepdown/commands.h"
#include "stepdown/launch.h"
#include "stepdown/together.h"
#include "study/study.h"

static const char doc[] =
    "Runs a study from its source files to the report: OUT/work/*.h5 and OUT/release/.\v"
    "Stages whose inputs have not changed are not run again.  Example:\n"
    "  stepdown run datasets/uis/study.yaml -o out/uis";

enum { KEY_FROM = 0x200, KEY_UNTIL };

struct run {
    struct stage_options options;
    const char *from;      /* stage to begin with, whatever has changed; NULL: the first */
    const char *until;     /* last stage; NULL: the report */
    struct study *study;   /* for the names of its profiles */
    size_t n_passed;       /* options handed on to every stage */
    char *passed[16];
};

static void check_stage(const char *option, const char *name, struct argp_state *state)
{
    const struct command *command = command_find(name);

    if (command == NULL || !command->is_stage)
        argp_error(state, "%s: one of ingest, episodes, cohort, outcomes, compare, report was expected; value '%s'",
                   option, name);
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct run *run = state->input;

    switch (key) {
    case ARGP_KEY_INIT: state->child_inputs[0] = &run->options; return 0;
    case KEY_FROM:
        check_stage("--from", argument, state);
        run->from = argument;
        return 0;
    case KEY_UNTIL:
        check_stage("--until", argument, state);
        run->until = argument;
        return 0;
    case ARGP_KEY_ARG: program_take_one(state, "study file", argument, &run->options.study); return 0;
    case ARGP_KEY_NO_ARGS: argp_error(state, "which study?"); return 0;
    case ARGP_KEY_END:
        if (run->from != NULL && run->until != NULL && command_find(run->from) > command_find(run->until))
            argp_error(state, "--until %s comes before --from %s", run->until, run->from);
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option option_list[] = {
    {.name = "from", .key = KEY_FROM, .arg = "STAGE",
     .doc = "Begin with this stage and work even when nothing has changed: ingest, episodes, cohort, outcomes, compare "
            "or report"},
    {.name = "until", .key = KEY_UNTIL, .arg = "STAGE", .doc = "Stop after this stage"},
    {0},
};

/* The stages whose files a profile may have of its own; a profile that shares them has nothing to do there. */
static bool knows_profiles(const struct command *command)
{
    return strcmp(command->name, "episodes") == 0 || strcmp(command->name, "cohort") == 0 ||
           strcmp(command->name, "outcomes") == 0;
}

/* The stages whose files hold tables of which each rank has some rows. */
static bool writes_rows(const struct command *command)
{
    return strcmp(command->name, "ingest") == 0 || knows_profiles(command);
}

/* One stage: its exit status; `again` makes it work in any case; profile NULL: the study as it is. */
static int run_stage(const struct run *run, const struct command *command, const char *profile, bool again)
{
    char *argv[32];
    size_t n = 0;

    argv[n++] = (char *)command->program;
    if (command->passes_name)
        argv[n++] = (char *)command->name;
    for (size_t i = 0; i < run->n_passed; i++)
        argv[n++] = run->passed[i];
    if (profile != NULL) {
        argv[n++] = (char *)"--profile";
        argv[n++] = (char *)profile;
    }
    if (run->options.collective && writes_rows(command))
        argv[n++] = (char *)"--collective";
    if (again)
        argv[n++] = (char *)"--again";
    argv[n++] = (char *)"--";
    argv[n++] = (char *)run->options.study;
    argv[n] = NULL;
    return launch_stage(command, (int)n, argv);
}

static bool is_last(const struct run *run, const struct command *command)
{
    return run->until != NULL && strcmp(command->name, run->until) == 0;
}

/* After the first stage that has work to do, those to its right have work too; they cannot tell before it is done. */
static int dry_run(const struct run *run)
{
    bool work = false;

    for (size_t i = 0; i < n_commands; i++) {
        if (!commands[i].is_stage)
            continue;
        const int status = work ? EXIT_CHECK_SAID_NO : run_stage(run, &commands[i], NULL, false);
        if (status != EXIT_DONE && status != EXIT_CHECK_SAID_NO)
            return status;
        work = work || status == EXIT_CHECK_SAID_NO;
        printf("%-10s %s\n", commands[i].name, work ? "has work to do" : "has nothing to do");
        if (is_last(run, &commands[i]))
            break;
    }
    return work ? EXIT_CHECK_SAID_NO : EXIT_DONE;
}

static int run_profiles(const struct run *run, const struct command *command, bool again)
{
    int status = EXIT_DONE;

    for (size_t i = 0; status == EXIT_DONE && knows_profiles(command) && i < run->study->n_profiles; i++)
        status = run_stage(run, command, run->study->profiles[i].text, again);
    return status;
}

static int run_stages(const struct run *run)
{
    bool started = run->from == NULL;
    int status = EXIT_DONE;

    for (size_t i = 0; status == EXIT_DONE && i < n_commands; i++) {
        if (!commands[i].is_stage)
            continue;
        const bool first = run->from != NULL && strcmp(commands[i].name, run->from) == 0;
        started = started || first;
        const bool again = run->options.again || (run->from != NULL && started);
        if (started)
            status = run_stage(run, &commands[i], NULL, again);
        if (started && status == EXIT_DONE)
            status = run_profiles(run, &commands[i], again);
        if (is_last(run, &commands[i]))
            break;
    }
    return status;
}

static int run_locked(const struct run *run)
{
    char *work = path_join(run->options.out, "work");
    struct lock *lock = NULL;
    int status = EXIT_FAILED;

    /* One of several ranks holds the lock for all; the others meet it in the first stage. */
    if (work != NULL && ranks_rank() > 0) {
        status = run_stages(run);
    } else if (work != NULL && output_make_folder(work) == 0 && (lock = lock_acquire(run->options.out)) != NULL) {
        output_sweep(work);
        status = run_stages(run);
    }
    if (status != EXIT_DONE)
        ranks_fail(status);
    lock_release(lock);
    free(work);
    return status;
}

/* The options that stages share, as they were given: everything but the study, --from and --again. */
static void collect_passed(struct run *run, char *threads, size_t size, char *share, size_t share_size, bool share_given)
{
    snprintf(threads, size, "%d", run->options.n_threads);
    run->passed[run->n_passed++] = (char *)"-o";
    run->passed[run->n_passed++] = (char *)run->options.out;
    run->passed[run->n_passed++] = (char *)"-j";
    run->passed[run->n_passed++] = threads;
    if (share_given) {
        snprintf(share, share_size, "%.17g", run->options.max_reject);
        run->passed[run->n_passed++] = (char *)"--max-reject";
        run->passed[run->n_passed++] = share;
    }
    if (run->options.allow_absolute)
        run->passed[run->n_passed++] = (char *)"--allow-absolute";
    if (run->options.some_arms)
        run->passed[run->n_passed++] = (char *)"--some-arms";
    if (run->options.dry_run)
        run->passed[run->n_passed++] = (char *)"--dry-run";
    if (verbosity() == VERBOSITY_QUIET)
        run->passed[run->n_passed++] = (char *)"-q";
    if (verbosity() == VERBOSITY_VERBOSE)
        run->passed[run->n_passed++] = (char *)"-v";
}

int run_study(int argc, char **argv)
{
    const struct argp_child children[] = {{&stage_argp, 0, NULL, 0}, {0}};
    const struct argp argp = {
        .options = option_list, .parser = parse, .args_doc = "STUDY.yaml", .doc = doc, .children = children};
    struct run run = {.from = NULL};
    char threads[16], share[32];
    double default_share;
    int status = EXIT_FAILED;

    stage_options_init(&run.options);
    default_share = run.options.max_reject;
    ranks_start();
    argp_parse(&argp, argc, argv, 0, NULL, &run);
    if (!together_may("run", true, &status))
        return status;
    const struct study_options under = {.allow_absolute = run.options.allow_absolute};
    collect_passed(&run, threads, sizeof threads, share, sizeof share, run.options.max_reject != default_share);
    stage_refuse_profile(&run.options);
    if (run.options.dry_run)
        status = ranks_rank() == 0 ? dry_run(&run) : EXIT_DONE;
    else if ((run.study = study_read(run.options.study, &under)) != NULL)
        status = run_locked(&run);
    else
        ranks_fail(status);
    study_free(run.study);
    return status;
}
