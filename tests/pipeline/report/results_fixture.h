/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * results_fixture.h - a small results.h5 made by hand, with counts that can be searched for.
 *
 * Two arms of half a million: `day` enters 500,000 and has 61,387 events of the yes-or-no outcome `done`; `night`
 * enters 400,000 and has 161,803.  Under a threshold of 100,000 the 61,387 must be hidden with all that is made of
 * it; nobody meets such a number by chance.  The timed outcome `relapse` loses 50,000 a day in `day` and 40,000 in
 * `night`, nobody is censored.
 */
#ifndef TESTS_REPORT_RESULTS_FIXTURE_H
#define TESTS_REPORT_RESULTS_FIXTURE_H

#include <math.h>
#include <string.h>

#include "base/table.h"
#include "compare/estimates.h"
#include "compare/results.h"
#include "store/chain.h"
#include "store/store.h"
#include "tests/support/near.h"

#define FIXTURE_HIDDEN 61387

struct fixture {
    const char *label; /* of the outcome `done`; NULL: "Done" */
    const char *title; /* NULL: "A title" */
    const char *registered;
    const char *verdict; /* NULL: "inferior" */
};

static inline struct table *fixture_texts(const char *name, const char *const *columns, size_t n)
{
    struct table *table = table_alloc(name, name);

    for (size_t j = 0; j < n; j++)
        assert_non_null(table_add_column(table, columns[j], COLUMN_TEXT, 1, columns[j], ""));
    return table;
}

static inline void fixture_pair(struct table *table, const char *key, const char *value)
{
    struct row_builder row = table_new_row(table);

    row_text(&row, "key", key);
    row_text(&row, "value", value);
    assert_int_equal(row_end(&row), 0);
}

static inline struct table *fixture_study(const struct fixture *fixture)
{
    struct table *table = fixture_texts("study", (const char *const[]){"key", "value"}, 2);

    fixture_pair(table, "study", "toy");
    fixture_pair(table, "title", fixture->title == NULL ? "A title" : fixture->title);
    fixture_pair(table, "tables.clients.file", "/home/somebody/secret/people.csv");
    fixture_pair(table, "cohort.arms.day", "=level == 'iop'");
    fixture_pair(table, "cohort.arms.night", "level == 'inpatient'");
    fixture_pair(table, "cohort.reference", "night");
    fixture_pair(table, "primary.outcome", "done");
    fixture_pair(table, "primary.measure", "risk_difference");
    fixture_pair(table, "caveats.1", "made up");
    if (fixture->registered != NULL)
        fixture_pair(table, "registered.where", fixture->registered);
    return table;
}

static inline struct table *fixture_outcomes(const struct fixture *fixture)
{
    const char *const columns[] = {"outcome", "label", "rule", "event_is", "causes", "units", "definition"};
    struct table *table = fixture_texts("outcomes", columns, 7);
    struct row_builder row;

    row = table_new_row(table);
    row_text(&row, "outcome", "done");
    row_text(&row, "label", fixture->label == NULL ? "Done" : fixture->label);
    row_text(&row, "rule", "given");
    row_text(&row, "event_is", "good");
    assert_int_equal(row_end(&row), 0);
    row = table_new_row(table);
    row_text(&row, "outcome", "relapse");
    row_text(&row, "label", "Relapse");
    row_text(&row, "rule", "given");
    row_text(&row, "event_is", "bad");
    row_text(&row, "units", "days");
    assert_int_equal(row_end(&row), 0);
    return table;
}

static inline struct table *fixture_arms(void)
{
    struct table *table = fixture_texts("arms", (const char *const[]){"arm", "label"}, 2);
    static const int64_t n[] = {500000, 400000};
    static const char *const names[] = {"day", "night"};

    assert_non_null(table_add_column(table, "n", COLUMN_INT64, 0, "People", ""));
    for (size_t i = 0; i < 2; i++) {
        struct row_builder row = table_new_row(table);

        row_text(&row, "arm", names[i]);
        row_integer(&row, "n", n[i]);
        assert_int_equal(row_end(&row), 0);
    }
    return table;
}

/* Moves of both arms together: the 61,387 lie between two levels and are alone there below 100,000. */
static inline struct table *fixture_flow(void)
{
    struct table *table = fixture_texts("flow", (const char *const[]){"arm", "from", "to"}, 3);
    static const struct {
        const char *from, *to;
        int64_t n;
        double gap;
    } rows[] = {{"entry", "inpatient", 700000, NAN}, {"entry", "iop", 300000, NAN},     {"inpatient", "iop", FIXTURE_HIDDEN, 3},
                {"inpatient", "outpatient", 400000, 1.5}, {"iop", "inpatient", 150000, 0}, {"inpatient", "end", 388613, NAN},
                {"iop", "end", 211387, NAN}, {"outpatient", "end", 300000, NAN}, {"outpatient", "open", 100000, NAN}};

    assert_non_null(table_add_column(table, "n", COLUMN_INT64, 0, "Moves", ""));
    assert_non_null(table_add_column(table, "median_gap", COLUMN_FLOAT64, 0, "Median days between", "days"));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct row_builder row = table_new_row(table);

        row_text(&row, "from", rows[i].from);
        row_text(&row, "to", rows[i].to);
        row_integer(&row, "n", rows[i].n);
        row_real(&row, "median_gap", rows[i].gap);
        assert_int_equal(row_end(&row), 0);
    }
    return table;
}

static inline struct table *fixture_attrition(void)
{
    struct table *table = fixture_texts("attrition", (const char *const[]){"label", "unit", "reason"}, 3);
    static const struct {
        const char *label, *reason;
        int64_t step, dropped, left;
    } rows[] = {{"lines of the source", "", 1, 0, 957491},
                {"age >= 18", "not met", 2, 41213, 916278},
                {"in an arm", "in no arm", 3, 16278, 900000}};

    assert_non_null(table_add_column(table, "step", COLUMN_INT64, 0, "Step", ""));
    assert_non_null(table_add_column(table, "dropped", COLUMN_INT64, 0, "Left out", ""));
    assert_non_null(table_add_column(table, "left", COLUMN_INT64, 0, "Left", ""));
    for (size_t i = 0; i < 3; i++) {
        struct row_builder row = table_new_row(table);

        row_integer(&row, "step", rows[i].step);
        row_text(&row, "label", rows[i].label);
        row_text(&row, "unit", "person");
        row_text(&row, "reason", rows[i].reason);
        row_integer(&row, "dropped", rows[i].dropped);
        row_integer(&row, "left", rows[i].left);
        assert_int_equal(row_end(&row), 0);
    }
    return table;
}

static inline void fixture_risk(struct table *estimates, const char *arm, int64_t n, int64_t events)
{
    struct estimate row = ESTIMATE_NONE;

    row.analysis = "main";
    row.outcome = "done";
    row.population = "all";
    row.adjustment = "unadjusted";
    row.measure = MEASURE_risk;
    row.arm = arm;
    row.estimate = (double)events / (double)n;
    row.std_error = sqrt(row.estimate * (1 - row.estimate) / (double)n);
    row.conf_low = row.estimate - 1.96 * row.std_error;
    row.conf_high = row.estimate + 1.96 * row.std_error;
    row.conf_level = 0.95;
    row.n = n;
    row.n_event = events;
    row.method = "events/n; Wilson limits";
    assert_int_equal(estimates_add(estimates, &row), 0);
}

static inline struct table *fixture_estimates(void)
{
    struct table *estimates = estimates_alloc();
    struct estimate row = ESTIMATE_NONE;

    fixture_risk(estimates, "day", 500000, FIXTURE_HIDDEN);
    fixture_risk(estimates, "night", 400000, 161803);
    row.analysis = "main";
    row.outcome = "done";
    row.population = "all";
    row.adjustment = "unadjusted";
    row.measure = MEASURE_risk_difference;
    row.arm = "day";
    row.reference = "night";
    row.estimate = FIXTURE_HIDDEN / 500000. - 161803 / 400000.;
    row.conf_low = row.estimate - 0.0017;
    row.conf_high = row.estimate + 0.0017;
    row.conf_level = 0.95;
    row.n = 900000;
    row.n_event = FIXTURE_HIDDEN + 161803;
    assert_int_equal(estimates_add(estimates, &row), 0);
    row.measure = MEASURE_odds_ratio; /* does not exist */
    row.estimate = row.conf_low = row.conf_high = NAN;
    row.status = "undefined";
    row.note = "no events in arm day";
    assert_int_equal(estimates_add(estimates, &row), 0);
    return estimates;
}

static inline struct table *fixture_verdicts(const struct fixture *fixture)
{
    struct table *verdicts = verdicts_alloc();
    double estimate = FIXTURE_HIDDEN / 500000. - 161803 / 400000.;
    struct verdict_row row = {.analysis = "main",
                              .outcome = "done",
                              .population = "all",
                              .adjustment = "unadjusted",
                              .measure = MEASURE_risk_difference,
                              .arm = "day",
                              .reference = "night",
                              .time = NAN,
                              .margin = 0.1,
                              .because = "made up",
                              .worse_is = "lower",
                              .role = "primary",
                              .estimate = estimate,
                              .conf_low = estimate - 0.0017,
                              .conf_high = estimate + 0.0017,
                              .conf_level = 0.95,
                              .verdict = fixture->verdict == NULL ? "inferior" : fixture->verdict,
                              .statistically = "worse",
                              .power = 1,
                              .n_needed_80 = 300,
                              .n_needed_90 = 400,
                              .gate = "unadjusted; made up"};

    assert_int_equal(verdicts_add(verdicts, &row), 0);
    return verdicts;
}

static inline void fixture_curve(struct table *curves, const char *arm, int64_t n, int64_t daily, int days)
{
    int64_t at_risk = n;

    for (int day = 0; day <= days; day++) {
        int64_t events = day == 0 ? 0 : daily;
        double surv = (double)(at_risk - events) / (double)n, error = sqrt(surv * (1 - surv) / (double)n);
        struct row_builder row = table_new_row(curves);

        row_text(&row, "analysis", "main");
        row_text(&row, "outcome", "relapse");
        row_text(&row, "population", "all");
        row_text(&row, "measure", "survival");
        row_text(&row, "arm", arm);
        row_real(&row, "time", day);
        row_integer(&row, "n_risk", at_risk);
        row_integer(&row, "n_event", events);
        row_integer(&row, "n_censor", 0);
        row_real(&row, "estimate", surv);
        row_real(&row, "std_error", day == 0 ? NAN : error);
        row_real(&row, "conf_low", day == 0 ? NAN : fmax(0, surv - 2 * error));
        row_real(&row, "conf_high", day == 0 ? NAN : fmin(1, surv + 2 * error));
        assert_int_equal(row_end(&row), 0);
        at_risk -= events;
    }
}

static inline struct table *fixture_curves(void)
{
    struct table *curves = curves_alloc();

    fixture_curve(curves, "day", 500000, 50000, 9);
    fixture_curve(curves, "night", 400000, 40000, 9);
    return curves;
}

static inline void fixture_level(struct table *baseline, const char *level, const char *arm, int64_t n, double percent)
{
    struct row_builder row = table_new_row(baseline);

    row_text(&row, "population", "all");
    row_text(&row, "term", "sex");
    row_text(&row, "level", level);
    row_text(&row, "arm", arm);
    row_integer(&row, "n", n);
    row_integer(&row, "n_missing", 0);
    row_real(&row, "percent", percent);
    assert_int_equal(row_end(&row), 0);
}

static inline struct table *fixture_baseline(void)
{
    struct table *baseline = baseline_alloc();

    fixture_level(baseline, "-f", "day", 73421, 14.6842);
    fixture_level(baseline, "m", "day", 426579, 85.3158);
    fixture_level(baseline, "-f", "night", 200000, 50);
    fixture_level(baseline, "m", "night", 200000, 50);
    return baseline;
}

/* Writes it; the provenance is that of a stage without parents. */
static inline void fixture_write(const char *path, const struct fixture *fixture)
{
    struct store_writer *writer = store_writer_open(path, 1);
    struct table *tables[] = {chain_start("compare", "0123", 7),
                              fixture_study(fixture),
                              fixture_outcomes(fixture),
                              fixture_arms(),
                              fixture_attrition(),
                              fixture_flow(),
                              fixture_estimates(),
                              fixture_verdicts(fixture),
                              fixture_curves(),
                              fixture_baseline()};

    assert_non_null(writer);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        assert_non_null(tables[i]);
        assert_int_equal(store_writer_table(writer, tables[i]), 0);
        table_free(tables[i]);
    }
    assert_int_equal(store_writer_commit(writer), 0);
}

#endif
