/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every number of results.h5 of the shipped studies against R (tests/reference/whole_*.csv,
 * scripts/references/whole.R), and the published ones against what was printed.  The stage programs themselves are run,
 * on a folder of their own.
 */
#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/store.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

enum { N_STUDIES = 3, MAX_COLUMNS = 32 };
static const char *const studies[N_STUDIES] = {"uis", "pharmaco", "teds2004"};

/* ---- the studies, run once -------------------------------------------------------------------------------- */

static void run_stage(const char *stage, const char *study, const char *out)
{
    const char *build = getenv("BUILD");
    char program[512], file[512];
    char *const argv[] = {program, (char *)stage, (char *)"-q", (char *)"-o", (char *)out, file, NULL};
    int status;
    pid_t child;

    snprintf(program, sizeof program, "%s/bin/stepdown", build != NULL ? build : "build");
    snprintf(file, sizeof file, "datasets/%s/study.yaml", study);
    assert_int_equal(posix_spawn(&child, program, NULL, NULL, argv, environ), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static int run_studies(void **state)
{
    static const char *const stages[] = {"ingest", "episodes", "cohort", "outcomes", "compare"};
    char *folder = scratch_folder();

    for (size_t i = 0; i < N_STUDIES; i++)
        for (size_t k = 0; k < sizeof stages / sizeof stages[0]; k++)
            run_stage(stages[k], studies[i], scratch_path(folder, studies[i]));
    *state = folder;
    return 0;
}

static int remove_studies(void **state)
{
    scratch_remove(*state);
    return 0;
}

static struct table *results_of(const char *folder, const char *study, const char *table)
{
    char name[256];

    snprintf(name, sizeof name, "%s/work/results.h5", study);
    struct table *results = store_read_table(scratch_path(folder, name), table);
    assert_non_null(results);
    return results;
}

/* ---- reference files ---------------------------------------------------------------------------------------- */

struct sheet { /* a CSV as texts */
    size_t n_rows, n_columns;
    char *name[MAX_COLUMNS];
    char **cell; /* [n_rows * n_columns] by row */
    char *text;
};

/* Ends the field in place and returns what follows it; quotes as R writes them. */
static char *end_field(char **field)
{
    char *end;

    if (**field == '"') {
        (*field)++;
        end = strchr(*field, '"');
        assert_non_null(end);
        *end++ = '\0';
    } else
        end = *field + strcspn(*field, ",");
    if (*end == ',')
        *end++ = '\0';
    else
        end = NULL;
    return end;
}

static size_t split_line(char *line, char **fields)
{
    size_t n = 0;

    for (char *next; line != NULL; line = next) {
        assert_true(n < MAX_COLUMNS);
        fields[n] = line;
        next = end_field(&fields[n++]);
    }
    return n;
}

static struct sheet sheet_read(const char *path)
{
    struct sheet s = {.text = scratch_read(path)};
    char *rest = s.text, *line;

    assert_non_null(s.text);
    s.n_columns = split_line(strsep(&rest, "\n"), s.name);
    while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
        s.cell = realloc(s.cell, (s.n_rows + 1) * s.n_columns * sizeof *s.cell);
        assert_non_null(s.cell);
        char *fields[MAX_COLUMNS];
        assert_int_equal(split_line(line, fields), s.n_columns);
        memcpy(s.cell + s.n_rows++ * s.n_columns, fields, s.n_columns * sizeof *fields);
    }
    return s;
}

static void sheet_free(struct sheet *s)
{
    free(s->cell);
    free(s->text);
}

static const char *sheet_cell(const struct sheet *s, size_t row, const char *column)
{
    for (size_t j = 0; j < s->n_columns; j++)
        if (strcmp(s->name[j], column) == 0)
            return s->cell[row * s->n_columns + j];
    return NULL;
}

/* ---- rows against rows ------------------------------------------------------------------------------------------ */

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

static void our_cell(const struct column *column, size_t row, char *text, size_t size)
{
    size_t n;

    *text = '\0';
    if (column_is_missing(column, row))
        return;
    if (column->type == COLUMN_TEXT) {
        const char *bytes = column_text(column, row, &n);
        snprintf(text, size, "%.*s", (int)n, bytes);
    } else if (column->type == COLUMN_FLOAT64)
        snprintf(text, size, "%.17g", column_real(column, row));
    else
        snprintf(text, size, "%lld", (long long)column_integer(column, row));
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
    static const struct rule rule = {"baseline", {"population", "term", "level", "arm", NULL}, {NULL}};
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

/* ---- published numbers ------------------------------------------------------------------------------------------- */

struct key {
    const char *outcome, *measure, *term, *arm, *reference;
    double time; /* NaN: none */
};

static bool cell_is(const struct table *table, const char *column, size_t row, const char *wanted)
{
    char text[512];

    our_cell(table_column(table, column), row, text, sizeof text);
    return strcmp(text, wanted) == 0;
}

static size_t find(const struct table *table, const struct key *key)
{
    size_t found = table->n_rows;

    for (size_t i = 0; i < table->n_rows; i++) {
        const double time = column_real(table_column(table, "time"), i);
        if (!cell_is(table, "outcome", i, key->outcome) || !cell_is(table, "measure", i, key->measure) ||
            !cell_is(table, "term", i, key->term) || !cell_is(table, "arm", i, key->arm) ||
            !cell_is(table, "reference", i, key->reference) ||
            !(time == key->time || (isnan(time) && isnan(key->time))))
            continue;
        assert_int_equal(found, table->n_rows); /* two hits are an error */
        found = i;
    }
    assert_true(found < table->n_rows);
    return found;
}

static double value(const struct table *table, struct key key, const char *column)
{
    return column_real(table_column(table, column), find(table, &key));
}

/* As printed: points with one decimal. */
static void assert_points(const struct table *table, struct key key, double estimate, double low, double high)
{
    assert_true(fabs(100 * value(table, key, "estimate") - estimate) <= 0.05);
    assert_true(isnan(low) || fabs(100 * value(table, key, "conf_low") - low) <= 0.05);
    assert_true(isnan(high) || fabs(100 * value(table, key, "conf_high") - high) <= 0.05);
}

static void test_uis_matches_the_published_medians_and_shares(void **state)
{
    struct table *t = results_of(*state, "uis", "estimates");
    const struct key logrank = {"relapse", "logrank_test", "", "short", "long", NAN};

    assert_near(value(t, (struct key){"relapse", "quantile_time", "0.5", "short", "", NAN}, "estimate"), 131.5, 0);
    assert_near(value(t, (struct key){"relapse", "quantile_time", "0.5", "long", "", NAN}, "estimate"), 192, 0);
    assert_near(value(t, logrank, "n"), 628, 0);
    assert_near(value(t, logrank, "n_event"), 508, 0);
    assert_points(t, (struct key){"over_90_days", "risk_difference", "", "short", "long", NAN}, -26.3, -33.5, -18.8);
    assert_points(t, (struct key){"planned_stay_reached", "risk_difference", "", "short", "long", NAN}, 12.1, 5.3,
                  18.7);
    table_free(t);
}

static void test_the_19_who_left_on_day_90_part_after_from_at_least(void **state)
{
    struct table *t = results_of(*state, "uis", "estimates");
    const double after = value(t, (struct key){"retention", "risk_difference", "", "short", "long", 90}, "n_event"),
                 at_least =
                     value(t, (struct key){"retention", "risk_difference", "at least", "short", "long", 90}, "n_event");

    assert_near(after - at_least, 19, 0);
    table_free(t);
}

static void test_pharmaco_matches_its_logrank_and_its_12_events_on_day_0(void **state)
{
    struct table *t = results_of(*state, "pharmaco", "estimates"), *curves = results_of(*state, "pharmaco", "curves");
    int64_t on_day_0 = 0;

    assert_near(value(t, (struct key){"relapse", "logrank_test", "", "combination", "patch_only", NAN}, "statistic"),
                8.02763413956484, 1e-14);
    for (size_t i = 0; i < curves->n_rows; i++)
        if (column_real(table_column(curves, "time"), i) == 0)
            on_day_0 += column_integer(table_column(curves, "n_event"), i);
    assert_int_equal(on_day_0, 12);
    table_free(curves);
    table_free(t);
}

static void test_teds_matches_the_national_counts(void **state)
{
    static const struct {
        const char *arm;
        int64_t n_event, n;
        double percent;
    } printed[] = {{"iop", 43119, 114440, 37.7},
                   {"short_term", 48222, 78423, 61.5},
                   {"long_term", 40771, 95087, 42.9},
                   {"hospital", 5597, 8080, 69.3}};
    struct table *t = results_of(*state, "teds2004", "estimates"),
                 *attrition = results_of(*state, "teds2004", "attrition");
    bool everybody = false;

    for (size_t i = 0; i < 4; i++) {
        const struct key key = {"completed", "risk", "", printed[i].arm, "", NAN};
        assert_near(value(t, key, "n_event"), (double)printed[i].n_event, 0);
        assert_near(value(t, key, "n"), (double)printed[i].n, 0);
        assert_points(t, key, printed[i].percent, NAN, NAN);
    }
    for (size_t i = 0; i < attrition->n_rows; i++)
        everybody |=
            column_integer(table_column(attrition, "left"), i) == 957491 && cell_is(attrition, "unit", i, "discharge");
    assert_true(everybody);
    table_free(attrition);
    table_free(t);
}

static void test_teds_answer_turns_with_the_definition_of_completing(void **state)
{
    struct table *t = results_of(*state, "teds2004", "estimates");

    assert_points(t, (struct key){"completed", "risk_difference", "", "iop", "short_term", NAN}, -23.8, -24.3, -23.4);
    assert_points(t, (struct key){"completed_or_transferred", "risk_difference", "", "iop", "long_term", NAN}, 0.2,
                  -0.2, 0.6);
    assert_points(t, (struct key){"completed", "risk_difference", "", "iop", "long_term", NAN}, -5.2, NAN, NAN);
    assert_points(t, (struct key){"completed_v_dropped_out", "risk_difference", "", "iop", "long_term", NAN}, 1.5, NAN,
                  NAN);
    assert_points(t,
                  (struct key){"completed_v_dropped_out_or_terminated", "risk_difference", "", "iop", "long_term", NAN},
                  -4.2, NAN, NAN);
    table_free(t);
}

/* Curves that were kept from another run of R, with other limits: numbers at risk, events, survival and its error. */
static void compare_kept_curve(const char *folder, const char *study, const char *path, const char *const strata[2],
                               const char *const arms[2])
{
    struct sheet sheet = sheet_read(path);
    struct table *t = results_of(folder, study, "curves");
    const struct column *time = table_column(t, "time");

    assert_true(sheet.n_rows > 20);
    for (size_t line = 0; line < sheet.n_rows; line++) {
        const char *arm = strcmp(sheet_cell(&sheet, line, "stratum"), strata[0]) == 0 ? arms[0] : arms[1];
        const double day = strtod(sheet_cell(&sheet, line, "time"), NULL);
        size_t row = 0;
        while (row < t->n_rows &&
               !(cell_is(t, "outcome", row, "relapse") && cell_is(t, "arm", row, arm) && column_real(time, row) == day))
            row++;
        assert_true(row < t->n_rows);
        assert_true(cell_is(t, "n_risk", row, sheet_cell(&sheet, line, "n.risk")));
        assert_true(cell_is(t, "n_event", row, sheet_cell(&sheet, line, "n.event")));
        assert_near(column_real(table_column(t, "estimate"), row), strtod(sheet_cell(&sheet, line, "surv"), NULL),
                    1e-12);
        assert_near(column_real(table_column(t, "std_error"), row), strtod(sheet_cell(&sheet, line, "std.err"), NULL),
                    1e-12);
    }
    table_free(t);
    sheet_free(&sheet);
}

static void test_curves_equal_those_kept_beside_the_project(void **state)
{
    static const char *const uis = "../shared/reference/ref_uis_km_treat628.csv",
                             *const pharmaco = "../shared/reference/ref_pharmaco_km_grp.csv";

    if (access(uis, R_OK) != 0 || access(pharmaco, R_OK) != 0)
        skip();
    compare_kept_curve(*state, "uis", uis, (const char *const[]){"treat=0", "treat=1"},
                       (const char *const[]){"short", "long"});
    compare_kept_curve(*state, "pharmaco", pharmaco, (const char *const[]){"grp=combination", "grp=patchOnly"},
                       (const char *const[]){"combination", "patch_only"});
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
        cmocka_unit_test(test_uis_matches_the_published_medians_and_shares),
        cmocka_unit_test(test_the_19_who_left_on_day_90_part_after_from_at_least),
        cmocka_unit_test(test_pharmaco_matches_its_logrank_and_its_12_events_on_day_0),
        cmocka_unit_test(test_teds_matches_the_national_counts),
        cmocka_unit_test(test_teds_answer_turns_with_the_definition_of_completing),
        cmocka_unit_test(test_curves_equal_those_kept_beside_the_project),
    };
    return cmocka_run_group_tests(tests, run_studies, remove_studies);
}
