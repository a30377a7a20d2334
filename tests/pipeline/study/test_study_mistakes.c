/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mistakes of many kinds in one file, and files that nobody wrote on purpose. */
#include <stdint.h>

#include "study/mistakes.h"
#include "tests/pipeline/study/good.h"
#include "tests/pipeline/study/study_test.h"

static void test_six_mistakes_of_six_checks_are_told_at_once_in_line_order(void **state)
{
    static const struct {
        const char *old, *with;
    } BREAKS[] = {
        {"titel: ignored", "titel: ignored"},                            /* the study begins with this one */
        {"weight: n", "weight: nn"},                                     /* names of columns */
        {"\"arm == 'php'\"", "\"arm == 'pph'\""},                        /* the condition compiler, which tells itself */
        {"no_event: [dropout, moved]", "no_event: [dropout]"},           /* outcomes */
        {"margin: 0.1,", "margin: 10,"},                                 /* verdicts */
        {"{threshold: 0, because: public-use data}", "{threshold: 0}"},  /* the rest */
    };
    char *text = replaced(GOOD_STUDY, "title: Short or long", "titel: ignored");

    (void)state;
    for (size_t i = 0; i < sizeof BREAKS / sizeof BREAKS[0]; i++) {
        char *next = replaced(text, BREAKS[i].old, BREAKS[i].with);
        free(text);
        text = next;
    }
    assert_study_told(
        text, GOOD_CODEBOOK,
        "error: study.yaml:2:1: unknown key 'titel'; did you mean 'title'?\n"
        "error: study.yaml:10:13: weight: there is no column 'nn' in codebook 'example'; did you mean 'n'?\n"
        "error: study.yaml:19:19: column 'arm' has no label 'pph'; did you mean 'php'?\n"
        "error: study.yaml:30:18: reason: every reason stands in one list; missing: 'moved'\n"
        "error: study.yaml:42:71: margin: a difference of two probabilities lies below 1; value '10'; did you mean 0.1 "
        "(10 points)?\n"
        "error: study.yaml:50:25: disclosure: with threshold 0 nothing is hidden; say why that is right: 'because: "
        "public-use data'\n");
    free(text);
}

static void test_mistakes_of_the_codebook_do_not_hide_those_of_the_study(void **state)
{
    char *study_text = replaced(GOOD_STUDY, "basis: public", "basis: publik");
    char *codebook_text = replaced(GOOD_CODEBOOK, "range: [0, 120]", "range: [120, 0]");

    (void)state;
    assert_study_told(study_text, codebook_text,
                      "error: codebook.yaml:6:58: range: the lowest value is above the highest; values '120' and '0'\n"
                      "error: study.yaml:5:18: basis: public, limited_data_set or expert was expected; value 'publik'; "
                      "did you mean 'public'?\n");
    free(study_text);
    free(codebook_text);
}

static void test_a_study_that_is_not_there_is_told(void **state)
{
    (void)state;
    capture_start();
    assert_null(study_read("nowhere.yaml", NULL));
    assert_string_equal(capture_end(), "error: cannot open 'nowhere.yaml': No such file or directory\n");
}

static void test_mistakes_come_by_place_then_by_noting(void **state)
{
    struct mistakes *mistakes = mistakes_alloc("f");

    (void)state;
    mistake(mistakes, (struct study_place){3, 1}, "c");
    mistake(mistakes, (struct study_place){1, 9}, "b");
    mistake(mistakes, (struct study_place){1, 2}, "a");
    mistake(mistakes, (struct study_place){3, 1}, "d");
    capture_start();
    mistakes_tell_before(mistakes, (struct study_place){3, 1});
    assert_string_equal(capture_end(), "error: f:1:2: a\nerror: f:1:9: b\n");
    mistake(mistakes, (struct study_place){2, 1}, "late");
    assert_int_equal(mistakes_count(mistakes), 5);
    capture_start();
    assert_int_equal(mistakes_tell(mistakes), -1);
    assert_string_equal(capture_end(), "error: f:2:1: late\nerror: f:3:1: c\nerror: f:3:1: d\n");
    mistakes_free(mistakes);
}

static void test_no_mistake_is_no_failure_and_one_told_elsewhere_is(void **state)
{
    struct mistakes *mistakes = mistakes_alloc("f");

    (void)state;
    assert_int_equal(mistakes_tell(mistakes), 0);
    mistakes_told_elsewhere(mistakes);
    capture_start();
    assert_int_equal(mistakes_tell(mistakes), -1);
    assert_string_equal(capture_end(), "");
    mistakes_free(mistakes);
}

static void test_beyond_a_hundred_mistakes_are_counted(void **state)
{
    struct mistakes *mistakes = mistakes_alloc("f");
    const char *told;
    size_t lines = 0;

    (void)state;
    for (size_t i = 1; i <= MISTAKES_TOLD + 7; i++)
        mistake(mistakes, (struct study_place){i, 1}, "m");
    capture_start();
    assert_int_equal(mistakes_tell(mistakes), -1);
    told = capture_end();
    for (const char *c = told; *c != '\0'; c++)
        lines += *c == '\n';
    assert_int_equal(lines, MISTAKES_TOLD + 1);
    assert_non_null(strstr(told, "error: f: 7 more mistakes are not shown\n"));
    mistakes_free(mistakes);
}

/* ---- mutations ------------------------------------------------------------------------------------------ */

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13; /* xorshift64, Marsaglia 2003, doi:10.18637/jss.v008.i14 */
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Flips, inserts, doubles and removes bytes, or cuts the end off. */
static size_t mutate(char *text, size_t length, size_t capacity, uint64_t *random)
{
    static const char BYTES[] = "{}[]:,-'\"\n\t #&*!|>%@`~?\\0 9ae\x01\x7f\xc3\xa9\xff";
    size_t n_changes = 1 + next_random(random) % 4;

    for (size_t k = 0; k < n_changes && length > 0; k++) {
        size_t at = next_random(random) % length;
        size_t span = 1 + next_random(random) % 8;
        if (span > length - at)
            span = length - at;
        switch (next_random(random) % 5) {
        case 0:
            text[at] = BYTES[next_random(random) % (sizeof BYTES - 1)];
            break;
        case 1:
            memmove(text + at, text + at + span, length - at - span);
            length -= span;
            break;
        case 2:
            if (length + span <= capacity) {
                memmove(text + at + span, text + at, length - at);
                length += span;
            }
            break;
        case 3:
            text[at] = (char)(text[at] ^ (1 << next_random(random) % 8));
            break;
        default:
            if (next_random(random) % 8 == 0)
                length = at;
        }
    }
    return length;
}

static void write_bytes(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* A changed file is either a good study or told; it never stops the program. */
static void test_two_thousand_mutations_are_read_or_told(void **state)
{
    enum { N_MUTATIONS = 2000, ROOM = 256 };
    char text[sizeof GOOD_STUDY + sizeof GOOD_CODEBOOK + ROOM];
    uint64_t random = UINT64_C(20261121);
    size_t n_good = 0;

    (void)state;
    scratch_write("codebook.yaml", GOOD_CODEBOOK);
    for (int i = 0; i < N_MUTATIONS; i++) {
        bool change_codebook = i >= N_MUTATIONS * 3 / 4;
        const char *good = change_codebook ? GOOD_CODEBOOK : GOOD_STUDY;
        size_t length = strlen(good);
        struct study *study;
        const char *told;
        if (i == N_MUTATIONS * 3 / 4)
            scratch_write("study.yaml", GOOD_STUDY);
        memcpy(text, good, length);
        length = mutate(text, length, sizeof text, &random);
        write_bytes(change_codebook ? "codebook.yaml" : "study.yaml", text, length);
        capture_start();
        study = study_read("study.yaml", NULL);
        told = capture_end();
        if (study == NULL && strncmp(told, "error: ", 7) != 0)
            fail_msg("mutation %d was refused in silence: '%s'", i, told);
        if (study != NULL && *told != '\0')
            fail_msg("mutation %d was taken, and yet told: '%s'", i, told);
        if (study != NULL) {
            struct table *flat = study_flatten(study);
            assert_non_null(flat);
            table_free(flat);
            n_good++;
        }
        study_free(study);
    }
    assert_true(n_good > 0 && n_good < N_MUTATIONS); /* both ways were gone */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_six_mistakes_of_six_checks_are_told_at_once_in_line_order),
        cmocka_unit_test(test_mistakes_of_the_codebook_do_not_hide_those_of_the_study),
        cmocka_unit_test(test_a_study_that_is_not_there_is_told),
        cmocka_unit_test(test_mistakes_come_by_place_then_by_noting),
        cmocka_unit_test(test_no_mistake_is_no_failure_and_one_told_elsewhere_is),
        cmocka_unit_test(test_beyond_a_hundred_mistakes_are_counted),
        cmocka_unit_test(test_two_thousand_mutations_are_read_or_told),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
