/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every number of results.h5 of the shipped studies against R: tests/reference/whole_TABLE.csv, made by
 * scripts/references/whole.R from the data files.
 */
#include <math.h>

#include "tests/pipeline/compare/shipped_studies.h"

struct rule {
    const char *table;
    const char *keys[14];     /* together they name a row */
    const char *unchecked[4]; /* sentences: everything else of ours must have a reference */
};

static bool is_one_of(const char *const *names, const char *name)
{
    for (; *names != NULL; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

static void our_key(const struct table *table, size_t row, const struct rule *rule, char *key, size_t size)
{
    size_t used = 0;

    for (const char *const *name = rule->keys; *name != NULL; name++) {
        char text[512];
        assert_non_null(table_column(table, *name));
        our_cell(table_column(table, *name), row, text, sizeof text);
        used += (size_t)snprintf(key + used, size - used, "%s|", text);
        assert_true(used < size);
    }
}

static void reference_key(const struct sheet *sheet, size_t row, const struct rule *rule, char *key, size_t size)
{
    size_t used = 0;

    for (const char *const *name = rule->keys; *name != NULL; name++) {
        assert_non_null(sheet_cell(sheet, row, *name));
        used += (size_t)snprintf(key + used, size - used, "%s|", sheet_cell(sheet, row, *name));
        assert_true(used < size);
    }
}

/* Texts and counts are equal, reals within 1e-12, p-values within 1e-9. */
static bool agrees(const struct column *column, size_t row, const char *expected)
{
    char ours[512];

    our_cell(column, row, ours, sizeof ours);
    if (column->type != COLUMN_FLOAT64 || *ours == '\0' || *expected == '\0')
        return strcmp(ours, expected) == 0;
    const double x = strtod(expected, NULL), relative = strcmp(column->name, "p_value") == 0 ? 1e-9 : 1e-12;
    /* R gives up at 1e-308 as we do, with or without the last denormals. */
    return fabs(column_real(column, row) - x) <= relative * fabs(x) ||
           (fabs(x) < 1e-300 && column_real(column, row) < 1e-300);
}

static size_t compare_row(const struct table *table, size_t row, const struct sheet *sheet, size_t line,
                          const struct rule *rule, const char *key)
{
    size_t n_wrong = 0;

    for (size_t j = 0; j < table->n_columns; j++) {
        const struct column *column = &table->columns[j];
        if (is_one_of(rule->unchecked, column->name))
            continue;
        const char *expected = sheet_cell(sheet, line, column->name);
        char ours[512];
        our_cell(column, row, ours, sizeof ours);
        if (expected == NULL || !agrees(column, row, expected)) {
            print_error("%s: %s: %s is '%s', R has '%s'\n", key, rule->table, column->name, ours,
                        expected == NULL ? "no such column" : expected);
            n_wrong++;
        }
    }
    return n_wrong;
}

/* Every row of ours has its row in R's table and every row of R's has ours; returns how many do not. */
static size_t compare_study(const char *folder, const char *study, const struct sheet *sheet, const struct rule *rule)
{
    struct table *table = results_of(folder, study, rule->table);
    unsigned char *met = calloc(table->n_rows + 1, 1);
    size_t n_wrong = 0;

    assert_non_null(met);
    for (size_t line = 0; line < sheet->n_rows; line++) {
        char wanted[1024], key[1024];
        size_t row = 0;
        if (strcmp(sheet_cell(sheet, line, "study"), study) != 0)
            continue;
        reference_key(sheet, line, rule, wanted, sizeof wanted);
        for (; row < table->n_rows; row++) {
            our_key(table, row, rule, key, sizeof key);
            if (strcmp(key, wanted) == 0)
                break;
        }
        if (row == table->n_rows || met[row]++ > 0) {
            print_error("%s: %s %s: %s\n", study, rule->table, wanted, row == table->n_rows ? "is missing" : "twice");
            n_wrong++;
        } else
            n_wrong += compare_row(table, row, sheet, line, rule, wanted);
    }
    for (size_t row = 0; row < table->n_rows; row++)
        if (met[row] == 0) {
            char key[1024];
            our_key(table, row, rule, key, sizeof key);
            print_error("%s: %s %s: R has no such row\n", study, rule->table, key);
            n_wrong++;
        }
    free(met);
    table_free(table);
    return n_wrong;
}

static void compare_table(const char *folder, const struct rule *rule)
{
    char path[128];
    size_t n_wrong = 0;

    snprintf(path, sizeof path, "tests/reference/whole_%s.csv", rule->table);
    struct sheet sheet = sheet_read(path);
    assert_true(sheet.n_rows > 0);
    for (size_t i = 0; i < N_STUDIES; i++)
        n_wrong += compare_study(folder, studies[i], &sheet, rule);
    sheet_free(&sheet);
    assert_int_equal(n_wrong, 0);
}

#define KEYS_OF_ANALYSIS "analysis", "outcome", "population", "adjustment"

static void test_estimates_equal_those_of_r(void **state)
{
    static const struct rule rule = {
        "estimates",
        {KEYS_OF_ANALYSIS, "estimand", "stratum", "measure", "term", "cause", "arm", "reference", "time", NULL},
        {"note", NULL}};
    compare_table(*state, &rule);
}

static void test_curves_equal_those_of_r_at_every_time(void **state)
{
    static const struct rule rule = {
        "curves", {KEYS_OF_ANALYSIS, "stratum", "measure", "cause", "arm", "time", NULL}, {NULL}};
    compare_table(*state, &rule);
}

static void test_risk_tables_equal_counts_of_the_rows(void **state)
{
    static const struct rule rule = {"risk_tables", {KEYS_OF_ANALYSIS, "stratum", "arm", "time", NULL}, {NULL}};
    compare_table(*state, &rule);
}

static void test_table_1_equals_means_and_shares_of_r(void **state)
{
    static const struct rule rule = {"baseline", {"population", "term", "level", "arm", NULL}, {"label", NULL}};
    compare_table(*state, &rule);
}

static void test_standardised_differences_equal_their_formula_in_r(void **state)
{
    static const struct rule rule = {
        "balance", {"population", "adjustment", "term", "level", "arm", "reference", NULL}, {NULL}};
    compare_table(*state, &rule);
}

static void test_verdicts_equal_the_rule_applied_in_r(void **state)
{
    static const struct rule rule = {
        "verdicts",
        {KEYS_OF_ANALYSIS, "estimand", "measure", "arm", "reference", "time", "margin", "role", NULL},
        {"because", "gate", "note", NULL}};
    compare_table(*state, &rule);
}

static void test_arms_hold_the_people_of_the_data(void **state)
{
    static const struct rule rule = {"arms", {"arm", NULL}, {"condition", NULL}};
    compare_table(*state, &rule);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_estimates_equal_those_of_r),
        cmocka_unit_test(test_curves_equal_those_of_r_at_every_time),
        cmocka_unit_test(test_risk_tables_equal_counts_of_the_rows),
        cmocka_unit_test(test_table_1_equals_means_and_shares_of_r),
        cmocka_unit_test(test_standardised_differences_equal_their_formula_in_r),
        cmocka_unit_test(test_verdicts_equal_the_rule_applied_in_r),
        cmocka_unit_test(test_arms_hold_the_people_of_the_data),
    };
    return cmocka_run_group_tests(tests, run_studies, remove_studies);
}
