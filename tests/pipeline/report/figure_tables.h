/* SPDX-License-Identifier: GPL-3.0-or-later */
/** figure_tables.h - released tables that every kind of figure has rows in: made up, with the shapes that real ones have. */
#ifndef TESTS_REPORT_FIGURE_TABLES_H
#define TESTS_REPORT_FIGURE_TABLES_H

#include "tests/pipeline/report/tables_of_text.h"

#define LINE_SIZE 400

/** A line of a table, from a format. */
static inline void add_format(struct table *table, const char *header, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static inline void add_format(struct table *table, const char *header, const char *format, ...)
{
    struct text_column columns[TEXT_COLUMNS];
    const size_t n = read_header(header, columns);
    char line[LINE_SIZE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    add_line(table, columns, n, line);
}

/** Evenly spread numbers of 0 .. 1 that look like chance. */
static inline double scattered(size_t i)
{
    const double x = (double)(i + 1) * 0.6180339887498949;

    return x - floor(x);
}

static inline struct table *some_arms(const char *first_label, const char *second_label)
{
    struct table *table = table_of("arms", "arm label n:i is_reference:i", NULL);

    add_format(table, "arm label n:i is_reference:i", "iop|%s|500|0", first_label);
    add_format(table, "arm label n:i is_reference:i", "inpatient|%s|400|1", second_label);
    return table;
}

static inline struct table *some_outcomes(const char *label)
{
    struct table *table = table_of("outcomes", "outcome label rule event_is causes units", NULL);

    add_format(table, "outcome label rule event_is causes units", "relapse|%s|given|bad|event, death|days", label);
    return table;
}

#define BALANCE "analysis outcome population adjustment term level arm reference smd:r"
static inline struct table *some_balance(size_t n, const char *name)
{
    struct table *table = table_of("balance", BALANCE, NULL);

    for (size_t i = 0; i < n; i++)
        add_format(table, BALANCE, "||itt|unadjusted|%s %zu||iop|inpatient|%.4f", name, i, 0.9 * scattered(i) - 0.4);
    for (size_t i = 0; i < n; i++)
        add_format(table, BALANCE, "main|relapse|itt|overlap|%s %zu||iop|inpatient|%.4f", name, i, 0.0001 * (double)i);
    for (size_t i = 0; i < n; i++)
        add_format(table, BALANCE, "main|relapse|itt|match|%s %zu||iop|inpatient|%.4f", name, i, 0.12 * scattered(2 * i));
    return table;
}

#define CURVES "analysis outcome population adjustment stratum measure cause arm time:r n_risk:i n_event:i n_censor:i estimate:r " \
               "std_error:r conf_low:r conf_high:r"
static inline void add_incidence(struct table *table, const char *measure, const char *cause, const char *arm, double limit,
                                 double speed)
{
    for (int day = 0; day <= 360; day += 10) {
        const double share = limit * (1 - exp(-speed * day));

        add_format(table, CURVES, "main|relapse|itt|unadjusted||%s|%s|%s|%d|%d|%d|1|%.5f|0.02|%.5f|%.5f", measure, cause, arm, day,
                   400 - day, day > 0, share, fmax(0, share - 0.04), fmin(1, share + 0.04));
    }
}

static inline struct table *some_incidences(void)
{
    struct table *table = table_of("curves", CURVES, NULL);
    static const char *const arms[] = {"iop", "inpatient"};

    for (size_t a = 0; a < 2; a++) {
        add_incidence(table, "cumulative_incidence", "event", arms[a], 0.45 + 0.1 * (double)a, 0.009);
        add_incidence(table, "cumulative_incidence", "death", arms[a], 0.05, 0.004);
        add_incidence(table, "cumulative_incidence", "transferred", arms[a], 0.15, 0.02);
    }
    return table;
}

#define STATES "arm state time:i n:i n_followed:i"
/* People of four levels of care, and who is still followed. */
static inline struct table *some_states(void)
{
    static const char *const states[] = {"inpatient", "iop", "outpatient", "out"}, *const arms[] = {"iop", "inpatient"};
    struct table *table = table_of("states", STATES, NULL);

    for (size_t a = 0; a < 2; a++)
        for (size_t s = 0; s < 4; s++)
            for (int day = 0; day <= 180; day += 6) {
                const double high = exp(-0.03 * day * (double)(a + 1)), next = (1 - high) * exp(-0.02 * day);
                const double third = 0.5 * (1 - high - next), share[] = {high, next, third, 1 - high - next - third};

                add_format(table, STATES, "%s|%s|%d|%.0f|%d", arms[a], states[s], day, share[s] * (4000 - 10 * day), 4000 - 10 * day);
            }
    return table;
}

#define MEASURES "measure outcome time:r share label better n:i n_event:i n_programme:i phi:r spread adjusted note chart run:i trend:i time_units"
#define CELLS "measure programme period n:i n_event:i n_unknown:i expected:r variance:r ratio:r conf_low:r conf_high:r z:r " \
              "centre:r low:r high:r signal person_time:r phase:i baseline:i factor:r"
static inline struct table *some_programme_measures(double phi, const char *spread)
{
    struct table *table = table_of("programme_measures", MEASURES, NULL);

    add_format(table, MEASURES, "retained_90|relapse|90|no_event|Retained for 90 days|higher|9000|4500|40|%g|%s|age, sex||p|8|6|", phi, spread);
    return table;
}

/* A rate of events: the same programmes, with time under observation. */
static inline struct table *some_rates(size_t n, int periods, struct table **measures, struct table **phases)
{
    struct table *table = table_of("programmes", CELLS, NULL);

    *measures = table_of("programme_measures", MEASURES,
                         "relapse_90_rate|relapse|90|rate|Relapse until day 90|lower|9000|450|4|1|none|age||laney_u|8|6|days", NULL);
    *phases = table_of("programme_phases", "measure programme phase:i from freeze because note",
                       "relapse_90_rate||1|2018-01|2018-08||", "relapse_90_rate||2|2019-07||The telephone line opened|", NULL);
    for (size_t p = 0; p <= n; p++) {
        const char *name[] = {"", "North", "South", "East", "West"};
        const double days = p == 0 ? 900.0 * (double)n : 900, events = days / 300 * (0.6 + 0.8 * scattered(p));

        add_format(table, CELLS, "relapse_90_rate|%s||%.0f|%.0f||%.3f|%.3f|%.4f|0.8|1.2|%.3f||||%s|%.0f|||", name[p], days / 60 * periods,
                   events * periods, days / 300 * periods, days / 300 * periods, events / (days / 300),
                   (events - days / 300) * periods / sqrt(days / 300 * periods), "", days * periods);
        for (int m = 0; m < periods; m++) {
            const double centre = m < 18 ? 1. / 300 : 1. / 380, half = 3.6 * sqrt(centre / days);
            const double now = ceil(fmax(0, days * (centre + 1.4 * half * (scattered(5 * p + (size_t)m) - 0.5))));

            add_format(table, CELLS, "relapse_90_rate|%s|%d-%02d|%.0f|%.0f||%.3f|%.3f|1|0.8|1.2||%.6f|%.6f|%.6f|%s|%.0f|%d|%d|1.2", name[p],
                       2018 + m / 12, m % 12 + 1, days / 60, now, days * centre, days * centre, centre, fmax(0, centre - half), centre + half,
                       m % 13 == 12 ? "near the upper limit" : "", days, m < 18 ? 1 : 2, m < 8 || m >= 18);
        }
    }
    return table;
}

static inline void add_programme(struct table *table, const char *name, size_t k, int periods, double share)
{
    const double monthly = 4 + 60 * scattered(k) * scattered(k), total = monthly * periods, expected = 0.5 * total;
    const double z = (share * total - expected) / sqrt(0.25 * total);

    add_format(table, CELLS, "retained_90|%s||%.0f|%.0f|3|%.3f|%.3f|%.4f|%.4f|%.4f|%.3f||||%s||||", name, total, share * total, expected,
               0.25 * total, share / 0.5, share / 0.5 * 0.85, share / 0.5 * 1.17, z,
               fabs(z) > 3.09 ? (z > 0 ? "above 99.8 %" : "below 99.8 %") : fabs(z) > 1.96 ? (z > 0 ? "above 95 %" : "below 95 %") : "");
    for (int m = 0; m < periods; m++) {
        const double centre = m < periods / 2 ? share : share + 0.08, n = ceil(monthly);
        const double now = centre + 0.5 * (scattered(7 * k + (size_t)m) - 0.5), half = 3 * sqrt(0.25 / n);

        add_format(table, CELLS, "retained_90|%s|%d-%02d|%.0f|%.0f|0|%.3f|%.3f|1|0.8|1.2||%.5f|%.5f|%.5f|%s||%d|%d|1", name, 2018 + m / 12,
                   m % 12 + 1, n, fmin(n, fmax(0, now * n)), 0.5 * n, 0.25 * n, centre, fmax(0, centre - half), fmin(1, centre + half),
                   fabs(now - centre) > half ? "above the limits" : m % 11 == 10 ? "run above" : "",
                   m < periods / 2 ? 1 : 2, m < periods / 2 - 4 || m >= periods / 2);
    }
}

static inline struct table *some_programmes(size_t n, int periods, const char *name)
{
    struct table *table = table_of("programmes", CELLS, NULL);
    char label[LINE_SIZE / 2];

    add_programme(table, "", 4, periods, 0.5);
    for (size_t k = 0; k < n; k++) {
        snprintf(label, sizeof label, "%s %zu", name, k + 1);
        add_programme(table, label, k, periods, 0.5 + 0.3 * (scattered(3 * k) - 0.5));
    }
    return table;
}

#define OVERLAP "analysis outcome population adjustment arm reference people_of score_from:r score_to:r n:i"
static inline struct table *some_overlap(void)
{
    struct table *table = table_of("overlap", OVERLAP, NULL);

    for (int k = 0; k < 20; k++) {
        const double x = (k + 0.5) / 20;

        add_format(table, OVERLAP, "main|relapse|itt|overlap|iop|inpatient|iop|%.2f|%.2f|%.0f", k / 20., (k + 1) / 20.,
                   500 * exp(-20 * (x - 0.6) * (x - 0.6)));
        add_format(table, OVERLAP, "main|relapse|itt|overlap|iop|inpatient|inpatient|%.2f|%.2f|%.0f", k / 20., (k + 1) / 20.,
                   300 * exp(-30 * (x - 0.35) * (x - 0.35)));
    }
    return table;
}

#define DIFFERENCES "analysis outcome population adjustment measure arm reference time:r estimate:r std_error:r conf_low:r conf_high:r"
static inline struct table *some_differences(void)
{
    struct table *table = table_of("differences", DIFFERENCES, NULL);

    for (int day = 6; day <= 360; day += 6) {
        const double at = -0.0004 * day * day + 0.05 * day, half = 0.06 * day;

        add_format(table, DIFFERENCES, "main|relapse|itt|unadjusted|rmst_difference|iop|inpatient|%d|%.4f|%.4f|%.4f|%.4f", day, at, half / 2,
                   at - half, at + half);
    }
    return table;
}

#define CALIBRATION "model measure analysis outcome population adjustment arm reference group:i n:i n_event:i predicted:r observed:r conf_low:r conf_high:r"
static inline struct table *some_calibration(void)
{
    struct table *table = table_of("calibration", CALIBRATION, NULL);

    for (int k = 0; k < 10; k++) {
        const double x = 0.05 + 0.08 * k, y = 0.9 * x + 0.06 * (scattered((size_t)k) - 0.5);

        add_format(table, CALIBRATION, "propensity||main|relapse|itt|overlap|iop|inpatient|%d|200|100|%.4f|%.4f|%.4f|%.4f", k + 1, x, y, y - 0.05, y + 0.05);
    }
    return table;
}

#define TIPPING "analysis outcome population measure term arm reference time:r n_arm:i lost_arm:i n_reference:i lost_reference:i " \
                "verdict_same verdict_worst verdict_best observed_risk:r tipping_events:i tipping_risk:r turns_to note"
static inline struct table *some_tipping(void)
{
    return table_of("tipping", TIPPING,
                    "main|relapse|itt|risk_difference||iop|inpatient|180|500|40|400|30|non-inferior|inconclusive|non-inferior|0.31|27|0.675|inconclusive|",
                    "main|relapse|itt|risk_difference||iop|inpatient|365|500|80|400|60|inconclusive|inferior|non-inferior|0.45|12|0.15|non-inferior|",
                    "main|relapse|itt|risk_ratio||iop|inpatient|365|500|4|400|3|inferior|inferior|inferior|0.6||||", NULL);
}

#define ESTIMATES "analysis outcome population adjustment estimand stratum measure term cause arm reference time:r estimate:r " \
                  "std_error:r conf_low:r conf_high:r conf_level:r statistic:r df:r df2:r p_value:r n:i n_event:i status method note"
static inline void add_estimate(struct table *table, const char *analysis, const char *outcome, const char *adjustment,
                                const char *stratum, const char *measure, const char *term, double estimate, double half)
{
    const bool ratio = strstr(measure, "ratio") != NULL;

    add_format(table, ESTIMATES, "%s|%s|itt|%s||%s|%s|%s||iop|inpatient|180|%.5f|%.5f|%.5f|%.5f|0.95||||0.04|900|300|shown||", analysis,
               outcome, adjustment, stratum, measure, term, estimate, half / 2, ratio ? estimate * exp(-half) : estimate - half,
               ratio ? estimate * exp(half) : estimate + half);
}

/* An effect in all people and by level of two columns, with tests. */
static inline void add_subgroups(struct table *table, size_t n_levels)
{
    char stratum[64];

    add_estimate(table, "main", "relapse", "unadjusted", "", "risk_difference", "", -0.06, 0.04);
    for (size_t i = 0; i < n_levels; i++) {
        snprintf(stratum, sizeof stratum, i < 2 ? "sex=%zu" : "site=%zu", i);
        add_estimate(table, "main", "relapse", "unadjusted", stratum, "risk_difference", "", 0.3 * scattered(i) - 0.2, 0.1);
    }
    add_estimate(table, "main", "relapse", "unadjusted", "sex", "interaction_test", "risk_difference", 0, 0);
    add_estimate(table, "main", "relapse", "unadjusted", "site", "interaction_test", "risk_difference", 0, 0);
}

/* The same under an adjustment, by strata of its score. */
static inline void add_score_strata(struct table *table)
{
    char stratum[64];

    add_estimate(table, "main", "relapse", "iptw", "", "risk_difference", "", -0.05, 0.05);
    for (size_t i = 0; i < 5; i++) {
        snprintf(stratum, sizeof stratum, "score of iptw=%zu of 5", i + 1);
        add_estimate(table, "main", "relapse", "iptw", stratum, "risk_difference", "", 0.2 * scattered(i) - 0.1, 0.1);
    }
    add_estimate(table, "main", "relapse", "iptw", "score of iptw", "interaction_test", "risk_difference", 0, 0);
    add_estimate(table, "main", "relapse", "iptw", "sex=0", "risk_difference", "", -0.05, 0.05); /* without a test */
}

/* Trials of a meta-analysis, pooled in two ways, with a prediction. */
static inline void add_trials(struct table *table)
{
    static const char *const trials[] = {"trial=Short 1991", "trial=Rychtarik 2000", "trial=McKay 1995", "trial=Witbrodt 2007"};

    for (size_t i = 0; i < 4; i++)
        add_estimate(table, "pooled", "relapse", "unadjusted", trials[i], "odds_ratio", "", 0.7 + 0.8 * scattered(i), 0.6);
    add_estimate(table, "pooled", "relapse", "meta_reml", "", "odds_ratio", "", 1.04, 0.3);
    add_estimate(table, "pooled", "relapse", "meta_reml", "", "odds_ratio", "Hartung-Knapp", 1.04, 0.5);
    add_estimate(table, "pooled", "relapse", "meta_reml", "", "prediction_interval", "odds_ratio", 1.04, 0.5);
    add_estimate(table, "pooled", "relapse", "meta_reml", "", "i_squared", "odds_ratio", 0.34, 0);
    add_estimate(table, "pooled", "relapse", "meta_reml", "", "heterogeneity", "odds_ratio", NAN, 0);
}

/* Three adjustments under five profiles. */
static inline void add_ways(struct table *table)
{
    static const char *const adjustments[] = {"unadjusted", "overlap", "doubly_robust"},
                             *const analyses[] = {"main", "main@gap 14", "main@gap 60", "main@adults only", "main@first stay"};

    for (size_t p = 0; p < 5; p++)
        for (size_t a = 0; a < 3; a++)
            add_estimate(table, analyses[p], "relapse", adjustments[a], "", "hazard_ratio", "", 0.7 + 0.6 * scattered(3 * p + a), 0.25);
}

#endif
