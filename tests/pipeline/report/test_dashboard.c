/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/dashboard.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/near.h"

/* Two programmes and two periods of one measure; the second programme's second period is withheld. */
struct small {
    struct bundle bundle;
    struct table *tables[2];
};

static void add_measure(struct table *table, const char *label, const char *better, const char *spread)
{
    struct row_builder row = table_new_row(table);

    row_text(&row, "measure", "left_30");
    row_text(&row, "label", label);
    row_text(&row, "better", better);
    row_text(&row, "spread", spread);
    row_text(&row, "chart", "p");
    row_text(&row, "rules", "beyond, run, trend, near");
    row_integer(&row, "run", 8);
    row_integer(&row, "trend", 6);
    row_real(&row, "phi", 2.385);
    assert_int_equal(row_end(&row), 0);
}

static void add_cell(struct table *table, const char *programme, const char *period, int64_t n, int64_t events, const char *signal)
{
    struct row_builder row = table_new_row(table);

    row_text(&row, "measure", "left_30");
    row_text(&row, "programme", programme);
    row_text(&row, "period", period);
    row_integer(&row, "n", n);
    row_integer(&row, "n_event", events);
    if (n != MISSING_INTEGER) {
        row_real(&row, "expected", (double)n * 0.3);
        row_real(&row, "variance", (double)n * 0.21);
        row_real(&row, "centre", programme[0] == '\0' && period[0] != '\0' ? 0.4 : (double)NAN);
    }
    row_text(&row, "signal", signal);
    row_integer(&row, "phase", period[0] == '\0' ? MISSING_INTEGER : 1);
    row_integer(&row, "baseline", period[0] == '\0' ? MISSING_INTEGER : period[6] == '1');
    row_real(&row, "factor", programme[0] == '\0' && period[0] != '\0' ? 1.25 : (double)NAN);
    assert_int_equal(row_end(&row), 0);
}

static struct table *texts(const char *name, const char *const *columns, size_t n_text, size_t n)
{
    struct table *table = table_alloc(name, name);

    for (size_t j = 0; j < n; j++)
        assert_non_null(table_add_column(table, columns[j],
                                         j < n_text                                                                     ? COLUMN_TEXT
                                         : strstr(" n n_event run trend phase baseline ", columns[j]) != NULL           ? COLUMN_INT64
                                                                                                                        : COLUMN_FLOAT64,
                                         1, columns[j], ""));
    return table;
}

static void small_make(struct small *small, const char *label, const char *programme, const char *spread)
{
    static const char *const of_measures[] = {"measure", "label", "better", "spread", "chart", "rules", "time_units", "phi", "run", "trend"};
    static const char *const of_cells[] = {"measure", "programme", "period", "signal", "n", "n_event", "expected", "variance",
                                           "ratio", "conf_low", "conf_high", "z", "centre", "low", "high", "person_time", "phase", "baseline", "factor"};

    *small = (struct small){.bundle = {.pool = pool_alloc(), .n_tables = 2, .threshold = 11}};
    small->bundle.tables = small->tables;
    small->tables[0] = texts("programme_measures", of_measures, 7, 10);
    small->tables[1] = texts("programmes", of_cells, 4, 19);
    add_measure(small->tables[0], label, "lower", spread);
    add_cell(small->tables[1], "", "", 100, 40, "");
    add_cell(small->tables[1], "", "2019-Q1", 60, 20, "");
    add_cell(small->tables[1], "", "2019-Q2", 40, 20, "above the limits, run above");
    add_cell(small->tables[1], "a", "", 70, 20, "below 99.8 %");
    add_cell(small->tables[1], "a", "2019-Q1", 40, 13, "");
    add_cell(small->tables[1], "a", "2019-Q2", 30, 14, "trend");
    add_cell(small->tables[1], programme, "", 30, 20, "above 95 %");
    add_cell(small->tables[1], programme, "2019-Q1", 20, 11, "run below");
    add_cell(small->tables[1], programme, "2019-Q2", MISSING_INTEGER, MISSING_INTEGER, "");
}

static void small_free(struct small *small)
{
    table_free(small->tables[0]);
    table_free(small->tables[1]);
    pool_free(small->bundle.pool);
}

static void test_programmes_and_periods_are_read_as_a_grid(void **state)
{
    struct dashboard d;
    struct small small;

    (void)state;
    small_make(&small, "Left", "b", "none");
    assert_int_equal(dashboard_read(&small.bundle, &d), 1);
    assert_int_equal(d.n_measures, 1);
    assert_int_equal(d.n_programmes, 2);
    assert_int_equal(d.n_periods, 2);
    assert_string_equal(dashboard_programme(&d, 0), "All programmes");
    assert_string_equal(dashboard_programme(&d, 2), "b");
    assert_int_equal(dashboard_at(&d, 0, 1, 2)->n, 30);
    assert_near(dashboard_value(dashboard_at(&d, 0, 1, 2)), 14. / 30, 1e-15);
    assert_true(dashboard_at(&d, 0, 2, 2)->withheld && isnan(dashboard_value(dashboard_at(&d, 0, 2, 2))));
    dashboard_free(&d);
    small_free(&small);
}

static void test_places_and_signals_become_plain_words(void **state)
{
    struct dashboard d;
    struct small small;

    (void)state;
    small_make(&small, "Left", "b", "none");
    assert_int_equal(dashboard_read(&small.bundle, &d), 1);
    const struct dashboard_question *bad = &d.measures[0];
    const struct dashboard_question good = {.higher_is_better = true, .run = 7};
    assert_int_equal(dashboard_place(dashboard_at(&d, 0, 1, 0)), -2);
    assert_int_equal(dashboard_place(dashboard_at(&d, 0, 2, 0)), 1);
    assert_int_equal(dashboard_place(dashboard_at(&d, 0, 0, 0)), 0);
    assert_string_equal(dashboard_flag(bad, -2), "Better: lower than chance explains");
    assert_string_equal(dashboard_flag(&good, -2), "Worse: lower than chance explains");
    assert_string_equal(dashboard_flag(bad, 2), "Worse: higher than chance explains");
    assert_string_equal(dashboard_flag(bad, 1), "To watch: somewhat higher");
    assert_string_equal(dashboard_flag(bad, 0), "");
    assert_string_equal(dashboard_period_flag(d.pool, bad, dashboard_at(&d, 0, 0, 2)),
                        "Worse: above the control limits; 8 or more in a row above the centre");
    assert_string_equal(dashboard_period_flag(d.pool, bad, dashboard_at(&d, 0, 2, 1)), "Better: 8 or more in a row below the centre");
    const struct dashboard_cell near = {.signal = "above the limits, near the upper limit"}, low = {.signal = "near the lower limit"},
                                run = {.signal = "run above"};
    assert_string_equal(dashboard_period_flag(d.pool, bad, &near), "Worse: above the control limits; 2 of 3 in a row near the upper limit");
    assert_string_equal(dashboard_period_flag(d.pool, bad, &low), "Better: 2 of 3 in a row near the lower limit");
    assert_string_equal(dashboard_period_flag(d.pool, &good, &run), "Better: 7 or more in a row above the centre");
    assert_string_equal(dashboard_period_flag(d.pool, bad, dashboard_at(&d, 0, 1, 2)), "Changing: 6 or more in a row rising or falling");
    dashboard_free(&d);
    small_free(&small);
}

static void test_the_data_of_the_script_say_the_same_and_hide_the_same(void **state)
{
    struct dashboard d;
    struct small small;

    (void)state;
    small_make(&small, "</script><script>alert(1)</script> \"&'", "b \xe2\x80\xa8 \xd9\x85", "multiplicative");
    assert_int_equal(dashboard_read(&small.bundle, &d), 1);
    char *text = dashboard_json(&d);
    assert_non_null(text);
    assert_null(strpbrk(text, "<>&'"));
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL), *measure = json_array_get(json_object_get(json, "measures"), 0);
    assert_non_null(measure);
    assert_string_equal(json_string_value(json_object_get(measure, "label")), "</script><script>alert(1)</script> \"&'");
    assert_string_equal(json_string_value(json_array_get(json_object_get(json, "programmes"), 1)), "b \xe2\x80\xa8 \xd9\x85");
    static const int n[] = {100, 60, 40, 70, 40, 30, 30, 20, -1}, y[] = {40, 20, 20, 20, 13, 14, 20, 11, 0};
    for (size_t c = 0; c < 9; c++) {
        assert_int_equal(json_integer_value(json_array_get(json_object_get(measure, "n"), c)), n[c]);
        assert_int_equal(json_integer_value(json_array_get(json_object_get(measure, "y"), c)), y[c]);
    }
    assert_near(json_number_value(json_array_get(json_object_get(measure, "e"), 4)), 12, 1e-12);
    assert_near(json_number_value(json_array_get(json_object_get(measure, "v"), 4)), 8.4, 1e-12);
    assert_near(json_number_value(json_array_get(json_object_get(measure, "e"), 8)), 0, 0);
    assert_near(json_number_value(json_object_get(measure, "phi")), 2.385, 1e-9);
    /* One phase from period 0, its baseline ends before period 1, centre 0.4, Laney's factor 1.25; without a centre: null. */
    const json_t *charts = json_object_get(measure, "c"), *whole = json_array_get(json_array_get(charts, 0), 0);
    assert_int_equal(json_array_size(json_array_get(charts, 0)), 1);
    assert_int_equal(json_integer_value(json_array_get(whole, 0)), 0);
    assert_int_equal(json_integer_value(json_array_get(whole, 1)), 1);
    assert_near(json_number_value(json_array_get(whole, 2)), 0.4, 1e-9);
    assert_near(json_number_value(json_array_get(whole, 3)), 1.25, 1e-9);
    assert_true(json_is_null(json_array_get(json_array_get(json_array_get(charts, 1), 0), 2)));
    assert_string_equal(json_string_value(json_object_get(measure, "s")), "0b0420");
    assert_string_equal(json_string_value(json_object_get(measure, "chart")), "p");
    assert_int_equal(json_integer_value(json_object_get(measure, "run")), 8);
    json_decref(json);
    free(text);
    dashboard_free(&d);
    small_free(&small);
}

static void test_rules_and_rates_are_told_in_words(void **state)
{
    const struct dashboard_question p = {.chart = "laney_p", .rules = "beyond, near"}, none = {.chart = "p", .rules = ""},
                                    rate = {.chart = "u", .rules = "run, trend", .run = 7, .trend = 5, .is_rate = true, .time_units = "days"};
    const struct dashboard_cell cell = {.n = 40, .n_event = 9, .expected = 6, .person_time = 2500}, share = {.n = 40, .n_event = 9, .person_time = NAN};
    struct pool *pool = pool_alloc();

    (void)state;
    assert_non_null(strstr(dashboard_rules(pool, &p), "Laney's p"));
    assert_non_null(strstr(dashboard_rules(pool, &p), "Told is: a period beyond the limits; 2 of 3 in a row more than two standard deviations from the centre on one side."));
    assert_non_null(strstr(dashboard_rules(pool, &rate), "Told is: 7 periods or more in a row on one side of the centre; 5 or more in a row that rise, or that fall."));
    assert_non_null(strstr(dashboard_rules(pool, &none), "Told is: nothing."));
    assert_near(dashboard_value(&cell), 9. / 2500, 1e-15);
    assert_near(dashboard_expected(&cell), 6. / 2500, 1e-15);
    assert_near(dashboard_value(&share), 0.225, 1e-15);
    assert_string_equal(dashboard_words(pool, &rate, 9. / 2500), "3.60");
    assert_string_equal(dashboard_words(pool, &p, 0.225), "22.5\xc2\xa0%");
    assert_string_equal(dashboard_per(pool, &rate), "per 1,000 person-days");
    pool_free(pool);
}

static void test_a_table_that_is_no_grid_is_refused_and_none_is_no_dashboard(void **state)
{
    struct dashboard d;
    struct small small;

    (void)state;
    small_make(&small, "Left", "b", "none");
    assert_int_equal(table_resize(small.tables[1], 8), 0);
    assert_int_equal(dashboard_read(&small.bundle, &d), -1);
    dashboard_free(&d);
    small.bundle.n_tables = 1;
    assert_int_equal(dashboard_read(&small.bundle, &d), 0);
    dashboard_free(&d);
    small_free(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_programmes_and_periods_are_read_as_a_grid),
        cmocka_unit_test(test_places_and_signals_become_plain_words),
        cmocka_unit_test(test_the_data_of_the_script_say_the_same_and_hide_the_same),
        cmocka_unit_test(test_rules_and_rates_are_told_in_words),
        cmocka_unit_test(test_a_table_that_is_no_grid_is_refused_and_none_is_no_dashboard),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
