/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * study_test.h - what tests of the study folder share: a folder to work in, a good text broken in one place,
 * and what is told about it.
 */
#ifndef TESTS_PIPELINE_STUDY_STUDY_TEST_H
#define TESTS_PIPELINE_STUDY_STUDY_TEST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "study/study.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

/* A group's setup: an empty folder to work in, so that messages name files without a folder. */
static inline int enter_folder(void **state)
{
    *state = scratch_folder();
    return chdir(*state);
}

static inline int leave_folder(void **state)
{
    int result = chdir("/");

    scratch_remove(*state);
    return result;
}

/* The text with the first `old`, which must be there, replaced; caller frees. */
static inline char *replaced(const char *text, const char *old, const char *with)
{
    const char *at = strstr(text, old);
    char *made = malloc(strlen(text) + strlen(with) + 1);

    assert_non_null(made);
    if (at == NULL)
        fail_msg("'%s' does not stand in the text", old);
    sprintf(made, "%.*s%s%s", (int)(at - text), text, with, at + strlen(old));
    return made;
}

/* Reads study.yaml and compares what is told, to the letter; told "" means that it is good. */
static inline void assert_study_told(const char *study_text, const char *codebook_text, const char *expected)
{
    struct study *study;

    scratch_write("study.yaml", study_text);
    scratch_write("codebook.yaml", codebook_text);
    capture_start();
    study = study_read("study.yaml", NULL);
    assert_string_equal(capture_end(), expected);
    assert_true((study != NULL) == (*expected == '\0'));
    study_free(study);
}

static inline void assert_codebook_told(const char *text, const char *expected)
{
    struct codebook *codebook;

    scratch_write("codebook.yaml", text);
    capture_start();
    codebook = codebook_read("codebook.yaml");
    assert_string_equal(capture_end(), expected);
    assert_true((codebook != NULL) == (*expected == '\0'));
    codebook_free(codebook);
}

/** One place of a good text broken (old NULL: the whole text is `with`), and what is told about it. */
struct rule {
    const char *name, *old, *with, *told;
};

static inline void assert_rule_told(const struct rule *rule, const char *study_text, const char *codebook_text)
{
    char *text = replaced(study_text, rule->old, rule->with);

    assert_study_told(text, codebook_text, rule->told);
    free(text);
}

/* Every rule a test with the name of the rule; state of the test is the rule. */
static inline int run_rules(const struct rule *rules, size_t n, CMUnitTestFunction test)
{
    struct CMUnitTest *tests = calloc(n, sizeof *tests);
    void *folder = NULL; /* no group setup: the state of a group would hide those of its tests */
    int failed;

    if (tests == NULL || enter_folder(&folder) != 0)
        return 1;
    for (size_t i = 0; i < n; i++)
        tests[i] = (struct CMUnitTest){rules[i].name, test, NULL, NULL, (void *)&rules[i]};
    failed = _cmocka_run_group_tests("rules", tests, n, NULL, NULL);
    free(tests);
    return leave_folder(&folder) == 0 ? failed : 1;
}

#endif
