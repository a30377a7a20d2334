/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `stepdown check STUDY.yaml`, `stepdown new DIR`, `stepdown lock STUDY.yaml` and `stepdown key`. */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/person_key.h"
#include "base/program.h"
#include "study/plan.h"
#include "study/study.h"
#include "study/summary.h"
#include "study/template.h"

enum { KEY_ALLOW_ABSOLUTE = 0x100, KEY_STAYS, KEY_LATE, KEY_AGAIN };

struct arguments {
    const char *name; /* the study or the folder */
    struct study_options options;
    bool of_stays; /* new --stays */
    struct plan_lock_request lock;
    const char *wanted; /* what the argument is */
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;

    switch (key) {
    case KEY_ALLOW_ABSOLUTE:
        arguments->options.allow_absolute = true;
        return 0;
    case KEY_STAYS:
        arguments->of_stays = true;
        return 0;
    case 'o':
        arguments->lock.out = argument;
        return 0;
    case KEY_LATE:
        arguments->lock.late = true;
        return 0;
    case KEY_AGAIN:
        arguments->lock.again = true;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->name != NULL)
            argp_error(state, "one %s was expected; '%s' is one too many", arguments->wanted, argument);
        arguments->name = argument;
        return 0;
    case ARGP_KEY_END:
        if (arguments->name == NULL || arguments->name[0] == '\0')
            argp_error(state, "%s was expected", arguments->wanted);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int check(int argc, char **argv)
{
    static const struct argp_option list[] = {
        {"allow-absolute", KEY_ALLOW_ABSOLUTE, NULL, 0, "Let the study file name files by absolute paths", 0}, {0}};
    static const struct argp argp = {
        list, parse_argument, "STUDY.yaml",
        "Checks a study file and its codebooks and tells every mistake with line and column.  Of the data no more than\n"
        "the headers are read.\v"
        "Example:\n  stepdown check study.yaml\n\n"
        "Exit status: 0 no mistakes, 1 mistakes, 2 wrong usage.", talk_children, NULL, NULL};
    struct arguments arguments = {.wanted = "STUDY.yaml"};
    struct study *study;
    int result;

    program_start("stepdown check");
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
    static const struct argp_option list[] = {
        {"stays", KEY_STAYS, NULL, 0, "A source with several stays a person, as claims have them, linked into episodes", 0},
        {0}};
    static const struct argp argp = {
        list, parse_argument, "DIR",
        "Writes a commented study file, its codebook and some made-up data into a folder; never over a file that is "
        "there.\v"
        "Example:\n  stepdown new my-study\n  stepdown run my-study/study.yaml -o my-study/out", talk_children, NULL, NULL};
    struct arguments arguments = {.wanted = "a folder"};

    program_start("stepdown new");
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    if (template_write(arguments.name, arguments.of_stays) != 0)
        return EXIT_FAILED;
    note("%s/study.yaml is a study to start from; check it with 'stepdown check %s/study.yaml'", arguments.name,
         arguments.name);
    return EXIT_DONE;
}

static int lock(int argc, char **argv)
{
    static const struct argp_option list[] = {
        {"out", 'o', "DIR", 0, "The folder of the run, where outcomes would be (out)", 0},
        {"late", KEY_LATE, NULL, 0, "Lock although outcomes were computed already; the lock says so", 0},
        {"again", KEY_AGAIN, NULL, 0, "Lock a plan that has changed since it was locked", 0},
        {"allow-absolute", KEY_ALLOW_ABSOLUTE, NULL, 0, "Let the study file name files by absolute paths", 0},
        {0}};
    static const struct argp argp = {
        list, parse_argument, "STUDY.yaml",
        "Writes the SHA-256 of the plan - the parts of a study that decide numbers - beside the study, before any outcome is "
        "computed.  Results and report then say whether the plan came first, and whether it has changed since.\v"
        "Example:\n  stepdown lock study.yaml -o out\n\n"
        "Exit status: 0 locked, 1 mistakes, 2 wrong usage, 3 refused.", talk_children, NULL, NULL};
    struct arguments arguments = {.lock = {.out = "out"}, .wanted = "STUDY.yaml"};
    struct study *study;
    int result;

    program_start("stepdown lock");
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    if ((study = study_read(arguments.name, &arguments.options)) == NULL)
        return EXIT_FAILED;
    result = plan_lock_write(study, &arguments.lock);
    study_free(study);
    return result == 0 ? EXIT_DONE : result == 1 ? EXIT_CHECK_SAID_NO : EXIT_FAILED;
}

/* ---- key ------------------------------------------------------------------------------------------------ */

struct key_arguments {
    const char *action, *file;
};

static error_t parse_key_argument(int key, char *argument, struct argp_state *state)
{
    struct key_arguments *arguments = state->input;

    switch (key) {
    case ARGP_KEY_ARG:
        if (state->arg_num == 0 && strcmp(argument, "new") != 0 && strcmp(argument, "show") != 0)
            argp_error(state, "new or show was expected");
        if (state->arg_num > 1)
            argp_error(state, "one file was expected");
        *(state->arg_num == 0 ? &arguments->action : &arguments->file) = argument;
        return 0;
    case ARGP_KEY_END:
        if (arguments->file == NULL || arguments->file[0] == '\0')
            argp_error(state, "new FILE or show FILE was expected");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int show_fingerprint(const char *path)
{
    struct person_key *key = person_key_read(path);

    if (key == NULL)
        return EXIT_FAILED;
    printf("%s\n", person_key_fingerprint(key));
    person_key_free(key);
    return fflush(stdout) == 0 && ferror(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
}

static int key(int argc, char **argv)
{
    static const struct argp argp = {
        NULL, parse_key_argument, "new FILE\nshow FILE",
        "Makes a key for person keys in a new file that only its owner can read, or shows the fingerprint of one.  "
        "Whoever has the key can find persons again by their ids: keep it apart from the data.\v"
        "Example:\n  stepdown key new site.key", talk_children, NULL, NULL};
    struct key_arguments arguments = {0};

    program_start("stepdown key");
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    if (strcmp(arguments.action, "show") == 0)
        return show_fingerprint(arguments.file);
    if (person_key_make(arguments.file) != 0)
        return EXIT_FAILED;
    note("'%s' is a new key; name it in the study: 'privacy: {basis: ..., key_file: ...}'", arguments.file);
    return EXIT_DONE;
}

static int usage(int argc, char **argv)
{
    static const struct argp argp = {
        NULL, NULL, "check STUDY.yaml\nnew DIR\nlock STUDY.yaml\nkey new FILE",
        "Checks a study file, writes one to start from, locks its plan, or makes a key.\v"
        "Example:\n  stepdown new my-study\n  stepdown check my-study/study.yaml", talk_children, NULL, NULL};

    program_start("stepdown");
    argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, NULL);
    argp_help(&argp, stderr, ARGP_HELP_STD_ERR, (char *)"stepdown");
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    static const struct program_command commands[] = {{"check", check}, {"new", new}, {"lock", lock}, {"key", key}, {NULL, usage}};

    return program_answer(argc, argv, commands);
}
