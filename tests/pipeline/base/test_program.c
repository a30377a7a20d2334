/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/fail.h"
#include "base/output.h"
#include "base/program.h"
#include "base/temporary.h"
#include "base/threads.h"
#include "base/version.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- signals ---- */

/* A child with a half-written output; it waits to be killed. */
static pid_t start_writer(const char *folder, int also_forks)
{
    int said[2];
    assert_int_equal(pipe(said), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        program_start("stepdown test");
        struct output *const output = output_open(scratch_path(folder, "a"));
        pid_t grandchild = 0;
        if (also_forks && (grandchild = fork()) == 0)
            for (;;)
                pause();
        const int good = output != NULL && output_text(output, "half") == 0;
        if (!good || write(said[1], &grandchild, sizeof grandchild) != sizeof grandchild)
            _exit(99);
        for (;;)
            pause();
    }
    pid_t grandchild = -1;
    assert_int_equal(read(said[0], &grandchild, sizeof grandchild), sizeof grandchild);
    close(said[0]);
    close(said[1]);
    if (also_forks) {
        assert_int_equal(kill(grandchild, SIGTERM), 0);
        while (kill(grandchild, 0) == 0) { /* its parent does not wait for it: it stays as a zombie */
            char path[64], status[512] = "";
            snprintf(path, sizeof path, "/proc/%ld/stat", (long)grandchild);
            const int file = open(path, O_RDONLY | O_CLOEXEC);
            if (file >= 0 && read(file, status, sizeof status - 1) > 0 && strstr(status, ") Z ") != NULL)
                status[0] = '\0';
            if (file >= 0)
                close(file);
            if (status[0] == '\0')
                break;
            usleep(1000);
        }
    }
    return child;
}

static int end_writer(pid_t child, int number)
{
    int status = 0;
    assert_int_equal(kill(child, number), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_a_signal_leaves_no_temporary_and_ends_with_128_and_its_number(void **state)
{
    (void)state;
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
    for (size_t i = 0; i < 3; i++) {
        char *const folder = scratch_folder();
        scratch_write(scratch_path(folder, "a"), "old");
        signal(numbers[i], SIG_DFL); /* a shell that starts tests beside itself has them ignore some */
        const pid_t child = start_writer(folder, 0);
        assert_int_equal(scratch_count(folder), 2);
        assert_int_equal(end_writer(child, numbers[i]), 128 + numbers[i]);
        assert_int_equal(scratch_count(folder), 1);
        char *const text = scratch_read(scratch_path(folder, "a"));
        assert_string_equal(text, "old");
        free(text);
        scratch_remove(folder);
    }
}

static void test_a_killed_child_does_not_remove_the_temporary_of_its_parent(void **state)
{
    (void)state;
    char *const folder = scratch_folder();
    const pid_t child = start_writer(folder, 1);
    assert_int_equal(scratch_count(folder), 1); /* the grandchild is dead, the file is there */
    assert_int_equal(end_writer(child, SIGTERM), 143);
    assert_int_equal(scratch_count(folder), 0);
    scratch_remove(folder);
}

/* A thread that begins outputs and abandons them without a pause, and a folder with files in it. */
static int write_on_and_on(void *folder, size_t chunk)
{
    char name[16];

    snprintf(name, sizeof name, "%zu", chunk);
    for (;;) {
        char path[4096];
        int file;
        snprintf(path, sizeof path, "%s/%s", (const char *)folder, name);
        const int slot = temporary_create(path, &file);
        if (slot < 0)
            return -1;
        close(file);
        unlink(temporary_path(slot));
        temporary_forget(slot);
        snprintf(path, sizeof path, "%s/.folder.stepdown-%ld.tmp/%s", (const char *)folder, (long)getpid(), name);
        const int other = open(path, O_WRONLY | O_CREAT, 0600); /* gone, once the folder is */
        if (other >= 0)
            close(other);
    }
}

static void test_what_other_threads_make_meanwhile_is_not_left_either(void **state)
{
    (void)state;
    for (int round = 0; round < 60; round++) {
        char *const folder = scratch_folder();
        int said[2];
        char word = '?';
        assert_int_equal(pipe(said), 0);
        const pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            program_start("stepdown test");
            if (temporary_make_folder(scratch_path(folder, "folder")) < 0 || write(said[1], "y", 1) != 1)
                _exit(99);
            threads_run(3, 3, write_on_and_on, folder);
            _exit(98);
        }
        assert_int_equal(read(said[0], &word, 1), 1);
        close(said[0]);
        close(said[1]);
        usleep((unsigned)(round * 100));
        assert_int_equal(end_writer(child, SIGTERM), 143);
        assert_int_equal(scratch_count(folder), 0);
        scratch_remove(folder);
    }
}

/* ---- surroundings ---- */

static int check_surroundings(void)
{
    struct rlimit core;
    struct sigaction action;
    close(STDIN_FILENO);
    program_start("stepdown test");
    if (umask(0) != 077 || getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_cur != 0 || core.rlim_max != 0)
        return 1;
    if (sigaction(SIGPIPE, NULL, &action) != 0 || action.sa_handler != SIG_IGN)
        return 2;
    if (sigaction(SIGXFSZ, NULL, &action) != 0 || action.sa_handler != SIG_IGN)
        return 3;
    if (fcntl(STDIN_FILENO, F_GETFD) < 0 || argp_err_exit_status != 2)
        return 4;
    signal(SIGHUP, SIG_IGN); /* as under nohup */
    program_start("stepdown test");
    return sigaction(SIGHUP, NULL, &action) == 0 && action.sa_handler == SIG_IGN ? 0 : 5;
}

static void test_a_program_starts_in_safe_surroundings(void **state)
{
    (void)state;
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(check_surroundings());
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* ---- options ---- */

static char said[1 << 16]; /* stdout and stderr of the last run */

static error_t parse_root(int key, char *argument, struct argp_state *state)
{
    (void)argument;
    if (key != ARGP_KEY_INIT)
        return ARGP_ERR_UNKNOWN;
    state->child_inputs[0] = state->input;
    return 0;
}

static int parse_and_print(int argc, char **argv)
{
    const struct argp_child children[] = {{.argp = &stage_argp}, {0}};
    const struct argp root = {.parser = parse_root, .doc = "Says what it was told.", .children = children};
    struct stage_options options;
    program_start("stepdown test");
    stage_options_init(&options);
    argp_parse(&root, argc, argv, 0, NULL, &options);
    printf("threads %d, out %s, absolute %d, max_reject %.17g, verbosity %d", options.n_threads,
           options.out != NULL ? options.out : "-", options.allow_absolute, options.max_reject, (int)verbosity());
    fflush(stdout);
    return 0;
}

/* Runs the parser with these arguments (blank-separated) in a child; returns its exit status. */
static int run(const char *arguments)
{
    char copy[256], *argv[32] = {(char *)"/usr/libexec/stepdown/stepdown-test"};
    int argc = 1;
    snprintf(copy, sizeof copy, "%s", arguments);
    for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " "))
        argv[argc++] = word;
    const int file = memfd_create("said", MFD_CLOEXEC);
    fflush(stdout);
    const pid_t child = fork();
    assert_true(file >= 0 && child >= 0);
    if (child == 0) {
        dup2(file, STDOUT_FILENO);
        dup2(file, STDERR_FILENO);
        _exit(parse_and_print(argc, argv));
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    const ssize_t n = pread(file, said, sizeof said - 1, 0);
    said[n > 0 ? n : 0] = '\0';
    close(file);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void says(const char *arguments, int expected_status, const char *expected)
{
    const int status = run(arguments);
    if (status != expected_status || strstr(said, expected) == NULL)
        fail_msg("'%s': status %d, said '%s', expected status %d and '%s'", arguments, status, said, expected_status,
                 expected);
}

static void test_options_are_taken(void **state)
{
    (void)state;
    says("-j 4 -o out/run", 0, "threads 4, out out/run, absolute 0, max_reject 0.01, verbosity 1");
    says("--threads=1024 --out x --allow-absolute -q", 0,
         "threads 1024, out x, absolute 1, max_reject 0.01, verbosity 0");
    says("-v", 0, "verbosity 2");
    says("--quiet", 0, "verbosity 0");
    says("--max-reject 0.05", 0, "max_reject 0.05");
    says("--max-reject=2.5%", 0, "max_reject 0.025");
    says("--max-reject=0", 0, "max_reject 0,");
    says("--max-reject=1", 0, "max_reject 1,");
    says("--max-reject=100%", 0, "max_reject 1,");
    says("--max-reject=1e-3", 0, "max_reject 0.001");
}

static void test_wrong_options_are_refused_with_status_2(void **state)
{
    (void)state;
    static const char *const threads[] = {"0", "-1", "x", "2x", "1.5", "+2", "1025", "99999999999999999999", "0x2"};
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        char arguments[64];
        snprintf(arguments, sizeof arguments, "-j%s", threads[i]);
        says(arguments, 2, "stepdown test: -j: a whole number from 1 to 1024 was expected; value '");
    }
    static const char *const shares[] = {"-0.1", "1.1", "x", "101%", "5%%", "nan", "inf", "0x1", "%", "1e", "+1"};
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        char arguments[64];
        snprintf(arguments, sizeof arguments, "--max-reject=%s", shares[i]);
        says(arguments, 2, "--max-reject: a share from 0 to 1, or from 0% to 100%, was expected; value '");
    }
    says("-o= -j\x1b[2J", 2, "value '\\x1b[2J'");
    says("--nonsense", 2, "unrecognized option '--nonsense'");
    says("-j", 2, "option requires an argument");
    says("stray", 2, "Too many arguments");
    assert_non_null(strstr(said, "Try `stepdown test --help'"));
}

static void test_help_and_version_carry_the_name(void **state)
{
    (void)state;
    char expected[128];
    snprintf(expected, sizeof expected, "stepdown test %s (%s)\n", stepdown_version, stepdown_commit);
    says("--version", 0, expected);
    says("--help", 0, "Usage: stepdown test [OPTION...]");
    assert_non_null(strstr(said, "Says what it was told."));
    assert_non_null(strstr(said, "--max-reject=SHARE"));
    says("--usage", 0, "Usage: stepdown test");
}

static int answer_twice(int argc, char **argv)
{
    return 2 * argc + (argv[0][0] == 't');
}

static int answer_others(int argc, char **argv)
{
    return -10 * argc - (argv[0][0] == 'p');
}

static void test_the_command_that_is_named_answers_from_its_name_on(void **state)
{
    static const struct program_command commands[] = {{"once", answer_others}, {"twice", answer_twice}, {NULL, answer_others}};
    char *argv[] = {(char *)"program", (char *)"twice", (char *)"more", NULL}, *other[] = {(char *)"program", (char *)"twic", NULL};

    (void)state;
    assert_int_equal(program_answer(3, argv, commands), 2 * 2 + 1);
    assert_int_equal(program_answer(2, other, commands), -21);
    assert_int_equal(program_answer(1, argv, commands), -11);
}

static void test_who_made_the_numbers_is_known(void **state)
{
    (void)state;
    char *const version = scratch_read("VERSION");
    assert_non_null(version);
    version[strcspn(version, "\n")] = '\0';
    assert_string_equal(stepdown_version, version);
    free(version);
    assert_true(strlen(stepdown_commit) > 0);
    assert_true(strncmp(stepdown_compiler, "gcc ", 4) == 0 || strncmp(stepdown_compiler, "clang ", 6) == 0);
}

/* ---- places ---- */

static void test_shipped_files_are_found_from_the_place_of_the_program(void **state)
{
    (void)state;
    char *const folder = program_folder();
    assert_non_null(folder);
    assert_non_null(strstr(folder, "/tests/pipeline/base"));
    char share[4200];
    snprintf(share, sizeof share, "%s/../../../share/stepdown", folder);
    free(folder);
    if (access(share, F_OK) != 0)
        skip(); /* made by `make`, not by the rule of a single test */
    char *const here = realpath("VERSION", NULL), *const found = program_share("VERSION");
    assert_string_equal(found, here);
    free(found);
    free(here);
}

static void test_shipped_files_that_are_not_there_are_told(void **state)
{
    (void)state;
    capture_start();
    char *const found = program_share("no-such-thing");
    const char *const told = capture_end();
    assert_null(found);
    assert_non_null(strstr(told, "cannot find the shipped files 'no-such-thing'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_signal_leaves_no_temporary_and_ends_with_128_and_its_number),
        cmocka_unit_test(test_what_other_threads_make_meanwhile_is_not_left_either),
        cmocka_unit_test(test_a_killed_child_does_not_remove_the_temporary_of_its_parent),
        cmocka_unit_test(test_a_program_starts_in_safe_surroundings),
        cmocka_unit_test(test_options_are_taken),
        cmocka_unit_test(test_wrong_options_are_refused_with_status_2),
        cmocka_unit_test(test_help_and_version_carry_the_name),
        cmocka_unit_test(test_the_command_that_is_named_answers_from_its_name_on),
        cmocka_unit_test(test_who_made_the_numbers_is_known),
        cmocka_unit_test(test_shipped_files_are_found_from_the_place_of_the_program),
        cmocka_unit_test(test_shipped_files_that_are_not_there_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
