/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fit/regressors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/near.h"
#include "tests/support/scratch.h"

static const char people[] = "t,s,age,sex,site,trt,z\n"
                             "5,1,31,F,a,1,2\n"
                             "8,0,47,M,b,2,-1\n"
                             "3,1,25,M,c,3,0.5\n"
                             "9,1,62,F,a,2,4\n"
                             "7,0,55,M,b,1,1\n"
                             "6,1,38,F,c,3,3\n";

struct reading {
    char *folder;
    struct formula *formula;
    struct design *design;
    struct fit_table *table;
    struct regressors *regressors;
};

/* Columns by name, whatever the formula uses; regressors is NULL when the formula or the data were refused. */
static struct reading read_formula(const char *text, const char *right)
{
    static const char *const names[] = {"t", "s", "age", "sex", "site", "trt", "z"};
    static const size_t rows[] = {0, 1, 2, 3, 4, 5};
    struct reading reading = {.folder = scratch_folder()};
    char formula[256];
    const char *path = scratch_path(reading.folder, "people.csv");
    scratch_write(path, text);
    snprintf(formula, sizeof formula, "Surv(t, s) ~ %s", right);
    reading.formula = formula_parse(formula);
    reading.table = fit_table_read(path, names, 7);
    assert_non_null(reading.table);
    if (reading.formula != NULL)
        reading.design = design_read(reading.formula, "cox", OUTCOME_SURVIVAL, true);
    if (reading.design != NULL)
        reading.regressors = regressors_read(reading.design->terms, reading.design, reading.table, rows, 6, NULL);
    return reading;
}

static void clear(struct reading *reading)
{
    regressors_free(reading->regressors);
    design_free(reading->design);
    formula_free(reading->formula);
    fit_table_free(reading->table);
    scratch_remove(reading->folder);
}

/* "age,sex=M" */
static void assert_names(const struct regressors *regressors, const char *expected)
{
    char list[512] = "";
    assert_non_null(regressors);
    for (size_t j = 0; j < regressors->matrix.p; j++) {
        strcat(list, j > 0 ? "," : "");
        strcat(list, regressors->names[j]);
    }
    assert_string_equal(list, expected);
}

/* The columns are those of R's model.matrix, in its order. */
static void test_terms_become_columns_as_in_r(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"1", ""},
        {"age + sex", "age,sex=M"},
        {"sex:age + site + age", "site=b,site=c,age,sex=M:age"},
        {"sex * site", "sex=M,site=b,site=c,sex=M:site=b,sex=M:site=c"},
        {"age + sex:site", "age,sex=F:site=a,sex=M:site=a,sex=F:site=b,sex=M:site=b,sex=F:site=c,sex=M:site=c"},
        {"sex + sex:site", "sex=M,sex=F:site=b,sex=M:site=b,sex=F:site=c,sex=M:site=c"},
        {"factor(trt)", "factor(trt)=2,factor(trt)=3"},
        {"factor(trt, ref=2)", "factor(trt)=1,factor(trt)=3"},
        {"factor(site, ref='c') + age:z", "factor(site)=a,factor(site)=b,age:z"},
        {"age + sex:age", "age,age:sex=M"},
        {"sex:age", "sex=F:age,sex=M:age"},
        {"(age + sex) * site - sex:site", "age,sex=M,site=b,site=c,age:site=b,age:site=c"},
        {"age * sex - age", "sex=M,age:sex=F,age:sex=M"},
        {"sex / age", "sex=M,sex=F:age,sex=M:age"},
        {"age + age + age:age", "age"},
        {"age*sex*z - age:sex:z", "age,sex=M,z,age:sex=M,age:z,sex=M:z"},
        {"strata(site) + offset(z) + age", "age"},
        {"rcs(age, 3)*sex", "age,age',sex=M,age:sex=M,age':sex=M"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reading reading = read_formula(people, cases[i][0]);
        assert_names(reading.regressors, cases[i][1]);
        clear(&reading);
    }
}

static void test_values_are_those_of_the_rows(void **state)
{
    (void)state;
    struct reading reading = read_formula(people, "age:z + sex*age + factor(trt, ref=2) + offset(z) + offset(age)");
    double x[6];
    assert_names(reading.regressors, "sex=M,age,factor(trt)=1,factor(trt)=3,age:z,age:sex=M");
    design_row(&reading.regressors->matrix, 2, x);
    const double third[6] = {1, 25, 0, 1, 12.5, 25};
    for (size_t j = 0; j < 6; j++)
        assert_near(x[j], third[j], 0);
    design_row(&reading.regressors->matrix, 0, x);
    const double first[6] = {0, 31, 1, 0, 62, 0};
    for (size_t j = 0; j < 6; j++)
        assert_near(x[j], first[j], 0);
    assert_near(reading.regressors->offset[2], 25.5, 0);
    clear(&reading);
}

static void test_strata_and_offsets_are_kept_apart(void **state)
{
    (void)state;
    struct reading reading = read_formula(people, "age + strata(site, factor(trt, ref=2)) + offset(z)");
    assert_int_equal(reading.design->n_strata, 2);
    assert_string_equal(reading.design->strata[1].column, "trt");
    assert_string_equal(reading.design->strata[1].reference, "2");
    assert_string_equal(reading.design->terms->offsets[0], "z");
    clear(&reading);
}

static void test_what_is_no_term_is_refused_at_its_place(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"log(age)", "formula:1:14: 'cox' takes columns, factor(), rcs()"},
        {"age + 2", "formula:1:20: 'cox' takes columns"},
        {"age:strata(site)", "formula:1:18: 'cox' takes columns"},
        {"age - strata(site)", "formula:1:20: '-' cannot stand before this; found 'strata(site)'"},
        {"strata()", "strata() takes one or more columns"},
        {"strata(site, site)", "a column stands twice in strata()"},
        {"offset(age, z)", "offset() takes one column"},
        {"rcs(age, 2)", "rcs() takes a column and 3 to 7 knots"},
        {"rcs(age, 3.5)", "rcs() takes a column and 3 to 7 knots"},
        {"rcs(s, 3)", "column 's' has too few different values for 3 knots"},
        {"rcs(sex, 3)", "(sex): a number was expected; value 'F'"},
        {"factor(age, 3)", "factor() takes a column and, if wanted, ref='level'"},
        {"factor(site, ref='d')", "column 'site' has no level 'd'"},
        {"t:s:age:z:trt", "more than 4 columns in one interaction"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        capture_start();
        struct reading reading = read_formula(people, cases[i][0]);
        const char *told = capture_end();
        if (reading.regressors != NULL || strstr(told, cases[i][1]) == NULL)
            fail_msg("%s: '%s' was expected, not '%s'", cases[i][0], cases[i][1], told);
        clear(&reading);
    }
}

static void test_infinite_values_are_refused_with_their_place(void **state)
{
    (void)state;
    char text[sizeof people + 8];
    strcpy(text, people);
    memcpy(strstr(text, ",4\n") + 1, "Inf\n7,0,55,M,b,1,1\n6,1,38,F,c,3,3\n", 35);
    capture_start();
    struct reading reading = read_formula(text, "age:z");
    assert_non_null(strstr(capture_end(), "people.csv:5:7 (z): a finite number was expected"));
    assert_null(reading.regressors);
    clear(&reading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_terms_become_columns_as_in_r),
        cmocka_unit_test(test_values_are_those_of_the_rows),
        cmocka_unit_test(test_strata_and_offsets_are_kept_apart),
        cmocka_unit_test(test_what_is_no_term_is_refused_at_its_place),
        cmocka_unit_test(test_infinite_values_are_refused_with_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
