/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program as it is called: exit status, and what goes to which stream. */
#include <fcntl.h>
#include <limits.h>
#include <sys/wait.h>

#include "tests/pipeline/study/good.h"
#include "tests/pipeline/study/study_test.h"

struct answer {
    int status;
    char *out, *err;
};

/* build/tests/pipeline/study/test_main calls build/bin/stepdown-study. */
static char *program_path(void)
{
    char folder[PATH_MAX] = "";
    ssize_t n = readlink("/proc/self/exe", folder, sizeof folder - 1);
    char *path = malloc(PATH_MAX + 64);

    assert_true(n > 0);
    assert_non_null(path);
    *strrchr(folder, '/') = '\0';
    sprintf(path, "%s/../../../bin/stepdown-study", folder);
    return path;
}

static struct answer run(char *const *arguments)
{
    struct answer answer = {0};
    char *path = program_path();
    pid_t child = fork();
    int status;

    assert_true(child >= 0);
    if (child == 0) {
        int out = open("stdout", O_WRONLY | O_CREAT | O_TRUNC, 0600);
        int err = open("stderr", O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (out < 0 || err < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0)
            _exit(127);
        execv(path, arguments);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    answer.status = WEXITSTATUS(status);
    answer.out = scratch_read("stdout");
    answer.err = scratch_read("stderr");
    free(path);
    return answer;
}

#define RUN(...) run((char *const[]){(char *)"stepdown-study", __VA_ARGS__, NULL})

static void free_answer(struct answer answer)
{
    free(answer.out);
    free(answer.err);
}

static void test_a_good_study_is_summed_up_on_stdout(void **state)
{
    struct answer answer;

    (void)state;
    scratch_write("study.yaml", GOOD_STUDY);
    scratch_write("codebook.yaml", GOOD_CODEBOOK);
    answer = RUN((char *)"check", (char *)"study.yaml");
    assert_int_equal(answer.status, 0);
    assert_string_equal(answer.err, "");
    assert_non_null(strstr(answer.out, "study     iop-vs-inpatient\n"));
    assert_non_null(strstr(answer.out, "no mistakes in the study and its codebooks\n"));
    free_answer(answer);
}

static void test_a_bad_study_fails_with_its_mistakes_on_stderr(void **state)
{
    char *text = replaced(GOOD_STUDY, "title:", "titel:");
    struct answer answer;

    (void)state;
    scratch_write("study.yaml", text);
    scratch_write("codebook.yaml", GOOD_CODEBOOK);
    answer = RUN((char *)"check", (char *)"study.yaml");
    assert_int_equal(answer.status, 1);
    assert_string_equal(answer.out, "");
    assert_string_equal(answer.err, "error: study.yaml:2:1: unknown key 'titel'; did you mean 'title'?\n");
    free_answer(answer);
    free(text);
}

static void test_absolute_paths_are_an_option(void **state)
{
    char *text = replaced(GOOD_STUDY, "published: published.csv", "published: /srv/published.csv");
    struct answer answer;

    (void)state;
    scratch_write("study.yaml", text);
    scratch_write("codebook.yaml", GOOD_CODEBOOK);
    answer = RUN((char *)"check", (char *)"study.yaml");
    assert_int_equal(answer.status, 1);
    free_answer(answer);
    answer = RUN((char *)"check", (char *)"--allow-absolute", (char *)"study.yaml");
    assert_int_equal(answer.status, 0);
    free_answer(answer);
    free(text);
}

static void test_a_new_study_passes_its_check(void **state)
{
    struct answer answer = RUN((char *)"new", (char *)"my-study");

    (void)state;
    assert_int_equal(answer.status, 0);
    assert_string_equal(answer.out, "");
    free_answer(answer);
    answer = RUN((char *)"check", (char *)"my-study/study.yaml");
    assert_int_equal(answer.status, 0);
    free_answer(answer);
    answer = RUN((char *)"new", (char *)"my-study");
    assert_int_equal(answer.status, 1);
    assert_string_equal(answer.err, "error: 'my-study/data.csv' exists already; nothing was written\n");
    free_answer(answer);
}

static void assert_usage(struct answer answer)
{
    assert_int_equal(answer.status, 2);
    assert_string_equal(answer.out, "");
    assert_non_null(strstr(answer.err, "stepdown"));
    assert_null(strstr(answer.err, "(null)"));
    free_answer(answer);
}

static void test_wrong_usage_is_told_with_status_2(void **state)
{
    (void)state;
    assert_usage(RUN((char *)"check"));
    assert_usage(RUN((char *)"check", (char *)"a.yaml", (char *)"b.yaml"));
    assert_usage(RUN((char *)"check", (char *)"--no-such-option", (char *)"a.yaml"));
    assert_usage(RUN((char *)"new"));
    assert_usage(RUN((char *)"new", (char *)""));
    assert_usage(RUN((char *)"chekc", (char *)"a.yaml"));
    assert_usage(run((char *const[]){(char *)"stepdown-study", NULL}));
}

static void test_help_shows_an_example(void **state)
{
    struct answer answer = RUN((char *)"check", (char *)"--help");

    (void)state;
    assert_int_equal(answer.status, 0);
    assert_non_null(strstr(answer.out, "Usage: stepdown check [OPTION...] STUDY.yaml"));
    assert_non_null(strstr(answer.out, "stepdown check study.yaml"));
    free_answer(answer);
    answer = RUN((char *)"new", (char *)"--help");
    assert_int_equal(answer.status, 0);
    assert_non_null(strstr(answer.out, "Usage: stepdown new [OPTION...] DIR"));
    free_answer(answer);
    answer = RUN((char *)"--help");
    assert_int_equal(answer.status, 0);
    assert_non_null(strstr(answer.out, "check STUDY.yaml"));
    free_answer(answer);
}

static void test_a_full_disk_behind_stdout_is_a_failure(void **state)
{
    char *path = program_path();
    char *command = malloc(strlen(path) + 64);
    int status;

    (void)state;
    scratch_write("study.yaml", GOOD_STUDY);
    scratch_write("codebook.yaml", GOOD_CODEBOOK);
    sprintf(command, "'%s' check study.yaml > /dev/full 2> stderr", path);
    status = system(command);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
    free(command);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_good_study_is_summed_up_on_stdout),
        cmocka_unit_test(test_a_bad_study_fails_with_its_mistakes_on_stderr),
        cmocka_unit_test(test_absolute_paths_are_an_option),
        cmocka_unit_test(test_a_new_study_passes_its_check),
        cmocka_unit_test(test_wrong_usage_is_told_with_status_2),
        cmocka_unit_test(test_help_shows_an_example),
        cmocka_unit_test(test_a_full_disk_behind_stdout_is_a_failure),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
