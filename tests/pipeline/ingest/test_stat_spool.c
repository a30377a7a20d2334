/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/stat_spool.h"

#include "base/fail.h"
#include "tests/pipeline/ingest/stat_files.h"

/* The CSV, or NULL after talk; caller frees. */
static char *spool(struct small_folder *folder, const char *path, bool head_only, const struct codebook *codebook,
                   char **talk)
{
    char out[128];
    snprintf(out, sizeof out, "%s/spool", folder->path);
    const int file = open(out, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    talk_begin(folder);
    const int status = stat_spool(path, false, head_only, codebook, file);
    *talk = talk_end(folder);
    close(file);
    return status == 0 ? small_read(out, NULL) : NULL;
}

static void test_every_format_becomes_the_same_cells(void **state)
{
    static const char *const names[] = {"x.sas7bdat", "x.xpt", "x.dta", "x.sav", "x.SAV"};
    struct small_folder *const folder = *state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *talk, *const csv = spool(folder, stat_write(folder, names[i], 1), false, NULL, &talk);
        assert_string_equal(talk, "");
        assert_non_null(csv);
        assert_string_equal(csv, stat_csv(stat_format_of(names[i])));
        free(csv);
        free(talk);
    }
}

static void test_the_head_alone_is_the_header(void **state)
{
    struct small_folder *const folder = *state;
    char *talk, *const csv = spool(folder, stat_write(folder, "x.sav", 1), true, NULL, &talk);
    assert_string_equal(csv, "ID,AGE,SEX,DOSE,CAME\n");
    free(csv);
    free(talk);
}

static void test_many_rows_are_as_many_lines(void **state)
{
    struct small_folder *const folder = *state;
    char *talk, *const csv = spool(folder, stat_write(folder, "x.dta", 5000), false, NULL, &talk);
    size_t n = 0;
    for (const char *at = csv; (at = strchr(at, '\n')) != NULL; at++)
        n++;
    assert_int_equal(n, 1 + STAT_ROWS * 5000);
    free(csv);
    free(talk);
}

static void test_names_labels_and_missing_values_of_the_head_are_read(void **state)
{
    static const char *const names[] = {"x.dta", "x.sav"};
    struct small_folder *const folder = *state;
    for (size_t i = 0; i < 2; i++) {
        struct stat_head head;
        assert_int_equal(stat_head_read(stat_write(folder, names[i], 1), false, &head), 0);
        assert_int_equal(head.n_columns, 5);
        assert_string_equal(head.columns[1].label, "Age at admission");
        assert_int_equal(head.columns[0].kind, STAT_TEXT);
        assert_int_equal(head.columns[4].kind, STAT_DATE);
        assert_int_equal(head.columns[2].n_labels, 2);
        assert_string_equal(head.columns[2].labels[0].code, "1");
        assert_string_equal(head.columns[2].labels[1].label, "female");
        assert_int_equal(head.columns[1].n_missing, i == 0 ? 0 : 1);
        if (i == 1)
            assert_true(head.columns[1].missing[0].low == -9 && head.columns[1].missing[0].high == -9);
        stat_head_free(&head);
    }
}

static void test_a_missing_value_of_the_file_must_be_one_of_the_codebook(void **state)
{
    static const struct {
        const char *age;
        bool agrees;
    } cases[] = {
        {"type: integer", false},
        {"type: integer, missing: ['-9']", true},
        {"type: integer, missing: ['-9.0']", true},
        {"type: integer, range: [0, 120]", true}, /* then -9 is out of range and sets the row aside */
        {"type: real", false},
        {"type: category, codes: {34: a, -9: b}", false},
        {"type: category, codes: {34: a, 41: b}", true},
        {"role: drop", true},
    };
    struct small_folder *const folder = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[256], *talk;
        snprintf(text, sizeof text, "codebook: x\ncolumns:\n  AGE: {%s}\n  SEX: {type: category, codes: {1: m, 2: f}}\n",
                 cases[i].age);
        struct codebook *const codebook = codebook_read(small_text(folder, "codebook.yaml", text));
        assert_non_null(codebook);
        char *const csv = spool(folder, stat_write(folder, "x.sav", 1), false, codebook, &talk);
        assert_int_equal(csv != NULL, cases[i].agrees);
        if (!cases[i].agrees)
            assert_says(talk, "column 'AGE': the file says that -9 means missing");
        free(csv);
        free(talk);
        codebook_free(codebook);
    }
}

static void test_a_labelled_value_that_the_codebook_does_not_know_is_warned_of(void **state)
{
    struct small_folder *const folder = *state;
    struct codebook *const codebook = codebook_read(
        small_text(folder, "codebook.yaml", "codebook: x\ncolumns:\n  SEX: {type: category, codes: {1: m, 3: f}}\n"));
    char *talk, *const csv = spool(folder, stat_write(folder, "x.dta", 1), false, codebook, &talk);
    assert_non_null(csv);
    assert_says(talk, "column 'SEX': the file labels 1 value that the codebook does not declare: 2");
    free(csv);
    free(talk);
    codebook_free(codebook);
}

static void test_damaged_files_are_refused(void **state)
{
    static const char *const names[] = {"x.sas7bdat", "x.xpt", "x.dta", "x.sav"};
    struct small_folder *const folder = *state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[128], *talk;
        size_t length;
        strcpy(path, stat_write(folder, names[i], 1));
        char *const bytes = small_read(path, &length);
        small_file(folder, names[i], bytes, length / 3);
        char *csv = spool(folder, path, false, NULL, &talk);
        if (csv != NULL) /* a transport file has no end of its own: what is left must be rows of it */
            assert_int_equal(strncmp(csv, "ID,AGE,SEX,DOSE,CAME\n", 21), 0);
        else
            assert_says(talk, "error: ");
        free(csv);
        free(talk);
        small_text(folder, names[i], "ID,AGE\nA1,34\n");
        csv = spool(folder, path, false, NULL, &talk);
        assert_null(csv);
        assert_says(talk, "cannot be read as ");
        free(csv);
        free(talk);
        free(bytes);
    }
}

/*
 * Any bytes may come: the child may fail in any way, but nothing else happens.  With FULL=1 in the environment 10,000
 * files are tried.
 */
static void test_mutated_files_end_in_rows_or_in_one_error(void **state)
{
    const size_t n_mutations = getenv("FULL") != NULL ? 2500 : 60;
    static const char *const names[] = {"x.sas7bdat", "x.xpt", "x.dta", "x.sav"};
    struct small_folder *const folder = *state;
    uint64_t bits = 20261121;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[128], *talk;
        size_t length;
        strcpy(path, stat_write(folder, names[i], 1));
        char *const bytes = small_read(path, &length), *const changed = malloc(length);
        assert_non_null(changed);
        for (size_t n = 0; n < n_mutations; n++) {
            memcpy(changed, bytes, length);
            for (size_t k = 0; k < 4; k++) {
                bits = bits * UINT64_C(6364136223846793005) + 1442695040888963407;
                changed[(bits >> 20) % length] = (char)(bits >> 50);
            }
            small_file(folder, names[i], changed, length);
            char *const csv = spool(folder, path, false, NULL, &talk);
            if (csv == NULL && strstr(talk, "error: ") == NULL)
                print_error("%s, mutation %zu\n", names[i], n);
            if (csv == NULL)
                assert_says(talk, "error: ");
            free(csv);
            free(talk);
        }
        free(bytes);
        free(changed);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, small_folder_setup, small_folder_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_every_format_becomes_the_same_cells),
        TEST(test_the_head_alone_is_the_header),
        TEST(test_many_rows_are_as_many_lines),
        TEST(test_names_labels_and_missing_values_of_the_head_are_read),
        TEST(test_a_missing_value_of_the_file_must_be_one_of_the_codebook),
        TEST(test_a_labelled_value_that_the_codebook_does_not_know_is_warned_of),
        TEST(test_damaged_files_are_refused),
        TEST(test_mutated_files_end_in_rows_or_in_one_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
