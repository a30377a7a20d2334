/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/template.h"

#include "study/summary.h"
#include "tests/pipeline/study/study_test.h"

static void test_the_template_is_a_good_study(void **state)
{
    struct study *study;
    char *written;

    (void)state;
    assert_int_equal(template_write("new/deeper", false), 0);
    capture_start();
    study = study_read("new/deeper/study.yaml", NULL);
    assert_string_equal(capture_end(), "");
    assert_non_null(study);
    assert_int_equal(study->cohort.arms.n, 2);
    assert_true(study->primary.given);
    study_free(study);
    written = scratch_read("new/deeper/data.csv");
    assert_string_equal(written, template_data);
    free(written);
}

/* Every cell of the made-up data is a value of its column. */
static void test_the_data_fit_the_codebook(void **state)
{
    char *data = strdup(template_data);
    char *rest = data;
    const char *line;
    size_t n = 0;

    (void)state;
    assert_int_equal(template_write("fit", false), 0);
    struct codebook *codebook = codebook_read("fit/codebook.yaml");
    assert_non_null(codebook);
    while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
        char *cells = strdup(line);
        char *next = cells;
        for (size_t i = 0; i < codebook->n_columns; i++) {
            const struct codebook_column *column = &codebook->columns[i];
            const char *cell = strsep(&next, ",");
            bool fits = false;
            assert_non_null(cell);
            if (n == 0)
                assert_string_equal(cell, column->name);
            for (size_t k = 0; k < column->n_codes; k++)
                fits |= strcmp(column->codes[k], cell) == 0;
            if (n > 0 && column->type == VALUE_CATEGORY)
                assert_true(fits);
            if (n > 0 && column->has_range)
                assert_true(atof(cell) >= column->low && atof(cell) <= column->high);
        }
        assert_null(next);
        free(cells);
        n++;
    }
    assert_int_equal(n, 81);
    codebook_free(codebook);
    free(data);
}

static void test_the_template_of_stays_is_a_good_study(void **state)
{
    static const char *const services[][2] = {{"H0015", "iop"}, {"0906", "iop"}, {"H0018", "residential"}, {"H0011", "detox"},
                                              {"0912", "php"}, {"H0004", "outpatient"}};
    struct study *study;
    size_t n_found = 0;

    (void)state;
    assert_int_equal(template_write("stays", true), 0);
    capture_start();
    study = study_read("stays/study.yaml", NULL);
    assert_string_equal(capture_end(), "");
    assert_non_null(study);
    assert_true(study_is_linked(study));
    const struct codebook_column *service = codebook_find(study_main_table(study)->codebook, "procedure_code");
    assert_non_null(service);
    for (size_t k = 0; k < sizeof services / sizeof services[0]; k++)
        for (size_t i = 0; i < service->n_codes; i++)
            if (strcmp(service->codes[i], services[k][0]) == 0) {
                assert_string_equal(service->labels[i], services[k][1]);
                n_found++;
            }
    assert_int_equal(n_found, sizeof services / sizeof services[0]);
    study_free(study);
}

static void test_no_file_is_written_over(void **state)
{
    char *text;

    (void)state;
    assert_int_equal(template_write("full", false), 0);
    scratch_write("full/codebook.yaml", "mine\n");
    unlink("full/data.csv");
    capture_start();
    assert_int_equal(template_write("full", false), -1);
    assert_string_equal(capture_end(), "error: 'full/codebook.yaml' exists already; nothing was written\n");
    text = scratch_read("full/codebook.yaml");
    assert_string_equal(text, "mine\n");
    free(text);
    assert_null(scratch_read("full/data.csv"));
}

static void test_a_folder_that_cannot_be_made_is_told(void **state)
{
    (void)state;
    scratch_write("file", "x");
    capture_start();
    assert_int_equal(template_write("file/new", false), -1);
    assert_int_equal(strncmp(capture_end(), "error: ", 7), 0);
}

static void test_summary_names_what_the_study_has(void **state)
{
    char text[2048] = "";
    struct study *study;
    FILE *file;

    (void)state;
    assert_int_equal(template_write("summary", false), 0);
    assert_non_null(study = study_read("summary/study.yaml", NULL));
    assert_non_null(file = fmemopen(text, sizeof text, "w"));
    study_summary_print(study, file);
    fclose(file);
    assert_string_equal(text, "study     example\n"
                              "table     clients: 1 file, 9 columns\n"
                              "arm       iop\n"
                              "arm       inpatient (reference)\n"
                              "outcome   relapse (days; event is bad)\n"
                              "outcome   retention (days; event is bad)\n"
                              "outcome   completion (yes or no; event is good)\n"
                              "analysis  main: 2 outcomes, 7 measures, 1 margin\n"
                              "analysis  completion: 1 outcome, 5 measures, 0 margins\n"
                              "no mistakes in the study and its codebooks\n");
    study_free(study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_template_is_a_good_study),
        cmocka_unit_test(test_the_data_fit_the_codebook),
        cmocka_unit_test(test_the_template_of_stays_is_a_good_study),
        cmocka_unit_test(test_no_file_is_written_over),
        cmocka_unit_test(test_a_folder_that_cannot_be_made_is_told),
        cmocka_unit_test(test_summary_names_what_the_study_has),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
