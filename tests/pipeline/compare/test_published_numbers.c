/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What others printed about the data of the shipped studies, and curves that were kept from another run of R. */
#include <math.h>

#include "tests/pipeline/compare/shipped_studies.h"

struct key {
    const char *outcome, *measure, *term, *arm, *reference;
    double time; /* NaN: none */
};

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

static double kept(const struct sheet *sheet, size_t line, const char *column)
{
    const char *cell = sheet_cell(sheet, line, column);

    return *cell == '\0' || strcmp(cell, "NA") == 0 ? NAN : strtod(cell, NULL);
}

/* Curves that were kept from another run of R: numbers at risk, events, survival, its error and log-log limits. */
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
        assert_near(column_real(table_column(t, "estimate"), row), kept(&sheet, line, "surv"), 1e-12);
        assert_near(column_real(table_column(t, "std_error"), row), kept(&sheet, line, "std.err"), 1e-12);
        if (strcmp(sheet_cell(&sheet, line, "conf.type"), "log-log") == 0) {
            assert_near(column_real(table_column(t, "conf_low"), row), kept(&sheet, line, "lower"), 1e-12);
            assert_near(column_real(table_column(t, "conf_high"), row), kept(&sheet, line, "upper"), 1e-12);
        }
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
        cmocka_unit_test(test_uis_matches_the_published_medians_and_shares),
        cmocka_unit_test(test_the_19_who_left_on_day_90_part_after_from_at_least),
        cmocka_unit_test(test_pharmaco_matches_its_logrank_and_its_12_events_on_day_0),
        cmocka_unit_test(test_teds_matches_the_national_counts),
        cmocka_unit_test(test_teds_answer_turns_with_the_definition_of_completing),
        cmocka_unit_test(test_curves_equal_those_kept_beside_the_project),
    };
    return cmocka_run_group_tests(tests, run_studies, remove_studies);
}
