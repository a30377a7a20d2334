/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Analyses of strategies: which trial each emulates, how, and who followed what.
 * Rows are those of the TARGET statement that strategies answer in another way than arms do, and the grace period.
 */
#include "report/page.h"

#include <stdlib.h>
#include <string.h>

#include "report/study_words.h"
#include "report/words.h"

/* One analysis of strategies, as the study file has it. */
struct asked {
    const char *analysis; /* its name */
    const char *prefix;   /* "compare.2." */
    const char *question; /* "strategies.step_down." */
    const char *landmark; /* "" for clones */
};

static const char *of_analysis(struct bundle *bundle, const struct asked *asked, const char *key)
{
    return bundle_study_value(bundle, pool_format(bundle->pool, "%s%s", asked->prefix, key));
}

static const char *of_question(struct bundle *bundle, const struct asked *asked, const char *key)
{
    return bundle_study_value(bundle, pool_format(bundle->pool, "%s%s", asked->question, key));
}

/* The k-th analysis of the study; false when it has no strategies. */
static bool find_asked(struct bundle *bundle, int k, struct asked *asked)
{
    asked->prefix = pool_format(bundle->pool, "compare.%d.", k);
    const char *name = of_analysis(bundle, asked, "analysis"), *brief = of_analysis(bundle, asked, "strategies");
    const char *of = brief[0] != '\0' ? brief : of_analysis(bundle, asked, "strategies.of");

    asked->analysis = name[0] != '\0' ? name : k == 1 ? "main" : pool_format(bundle->pool, "analysis-%d", k);
    asked->question = pool_format(bundle->pool, "strategies.%s.", of);
    asked->landmark = of_analysis(bundle, asked, "strategies.landmark");
    return of[0] != '\0';
}

/* ---- what the strategies are ------------------------------------------------------------------------------------------ */

static const char *done(struct bundle *bundle, const struct asked *asked)
{
    const char *words = of_question(bundle, asked, "done"), *day = of_question(bundle, asked, "day");

    return words[0] != '\0' ? words : pool_format(bundle->pool, "does what column %s dates", day);
}

static const char *days_of(struct bundle *bundle, const char *prefix)
{
    struct pool *pool = bundle->pool;
    const char *by = bundle_study_value(bundle, pool_format(pool, "%sby", prefix)),
               *from = bundle_study_value(bundle, pool_format(pool, "%sfrom", prefix)),
               *not_by = bundle_study_value(bundle, pool_format(pool, "%snot_by", prefix));

    if (by[0] != '\0')
        return from[0] != '\0' ? pool_format(pool, "on a day from %s to %s", from, by) : pool_format(pool, "by day %s", by);
    return not_by[0] != '\0' ? pool_format(pool, "not by day %s", not_by) : "never";
}

/* "early: by day 14; stay: not by day 14", in the order of the study file. */
static const char *strategies_said(struct bundle *bundle, const struct asked *asked)
{
    const char *prefix = pool_format(bundle->pool, "%sfollow.", asked->question), *text = "", *last = "";

    for (size_t i = 0; i < cell_rows(bundle->study); i++) {
        const char *key = cell_text(bundle->pool, bundle->study, "key", i);
        if (strncmp(key, prefix, strlen(prefix)) != 0)
            continue;
        const char *rest = key + strlen(prefix), *name = pool_copy(bundle->pool, rest, strcspn(rest, "."));
        if (strcmp(name, last) == 0)
            continue;
        last = name;
        text = pool_format(bundle->pool, "%s%s%s: %s", text, text[0] == '\0' ? "" : "; ", words_spoken(bundle->pool, name),
                           days_of(bundle, pool_format(bundle->pool, "%s%s.", prefix, name)));
    }
    return text;
}

/* The latest day on which a strategy is still open: 0 when none says `by`. */
static long grace(struct bundle *bundle, const struct asked *asked)
{
    const char *prefix = pool_format(bundle->pool, "%sfollow.", asked->question);
    long most = 0;

    for (size_t i = 0; i < cell_rows(bundle->study); i++) {
        const char *key = cell_text(bundle->pool, bundle->study, "key", i);
        const size_t n = strlen(key);
        if (strncmp(key, prefix, strlen(prefix)) != 0 || n < 3 || strcmp(key + n - 3, ".by") != 0)
            continue;
        const long day = strtol(cell_text(bundle->pool, bundle->study, "value", i), NULL, 10);
        most = day > most ? day : most;
    }
    return most;
}

const char *page_strategies_of(struct bundle *bundle, const char *analysis, const char **reference)
{
    struct asked asked;

    for (int k = 1; study_has(bundle, pool_format(bundle->pool, "compare.%d.", k)); k++)
        if (find_asked(bundle, k, &asked) && strcmp(asked.analysis, analysis) == 0) {
            *reference = study_listed(bundle, pool_format(bundle->pool, "%sreference", asked.question), ", ");
            return pool_format(bundle->pool, "%s: %s", words_capital(bundle->pool, done(bundle, &asked)), strategies_said(bundle, &asked));
        }
    return "";
}

/* ---- the trial ---------------------------------------------------------------------------------------------------------- */

static const char *eligible(struct bundle *bundle, const struct asked *asked)
{
    const char *brief = of_question(bundle, asked, "people");
    const char *people = brief[0] != '\0' ? brief : of_question(bundle, asked, "people.when");

    return people[0] == '\0' ? "Everybody in the cohort" : pool_format(bundle->pool, "Of the cohort, those with %s", people);
}

static const char *listed(struct bundle *bundle, const struct asked *asked, const char *key)
{
    return study_listed(bundle, pool_format(bundle->pool, "%s%s", asked->prefix, key), ", ");
}

static const char *assignment(struct bundle *bundle, const struct asked *asked)
{
    const char *weights = listed(bundle, asked, "strategies.weights"), *truncate = of_analysis(bundle, asked, "strategies.truncate");

    if (asked->landmark[0] != '\0')
        return pool_format(bundle->pool,
                           "By what was done to day %s. Taken to be as good as random given the covariates, by the adjustments of the "
                           "analysis; unadjusted numbers stand beside", asked->landmark);
    if (weights[0] == '\0' || strcmp(weights, "covariates") == 0)
        weights = study_listed(bundle, "cohort.covariates", ", ");
    return pool_format(bundle->pool,
                       "Everybody is put into every strategy at time zero: clones are alike. Who departs from a strategy is censored on "
                       "that day; those who go on weigh more, by the inverse of their chance of going on given %s%s%s. Clones without "
                       "weights stand beside",
                       weights, truncate[0] == '\0' ? "" : ", weights held at quantile ", truncate);
}

static const char *zero(struct bundle *bundle, const struct asked *asked)
{
    const char *day = page_time_zero(bundle);

    return asked->landmark[0] == '\0' ? day
                                      : pool_format(bundle->pool, "Day %s after: %s. Only of those seen beyond it without an event; days count "
                                                                  "from it", asked->landmark, day);
}

static const char *grace_said(struct bundle *bundle, const struct asked *asked)
{
    const long day = grace(bundle, asked);
    const char *period = of_analysis(bundle, asked, "strategies.period");

    if (asked->landmark[0] != '\0')
        return pool_format(bundle->pool, "To day %s; what happens in it counts for nobody, and who had an event by then is left out",
                           asked->landmark);
    if (day == 0)
        return "None: a strategy is departed from on the day on which it is done";
    return pool_format(bundle->pool,
                       "To day %ld: until then nobody has departed by waiting, and events count in every strategy they are in line with. "
                       "At its end who acted %s stands for who waited", day,
                       period[0] == '\0' ? "within it" : pool_format(bundle->pool, "in its last %s days", period));
}

static const char *analysis_said(struct bundle *bundle, const struct asked *asked)
{
    (void)bundle;
    return asked->landmark[0] != '\0'
               ? "As of arms; every number is conditional on getting to the landmark"
               : "Weighted Kaplan-Meier, or Aalen-Johansen where events compete, of the clones; limits from the influence function of the "
                 "whole procedure, regressions of the weights included, clones of one person added first";
}

static int add(struct text_table *table, const char *a, const char *b, const char *c)
{
    const char **cells = text_table_row(table);

    if (cells == NULL)
        return -1;
    cells[0] = a;
    cells[1] = b;
    cells[2] = c;
    return 0;
}

static int trial_table(struct bundle *bundle, const struct asked *asked, struct text_table *table)
{
    static const char *const headers[] = {"Part", "In the trial one would do", "With these data"};
    const char *reference = study_listed(bundle, pool_format(bundle->pool, "%sreference", asked->question), ", ");

    *table = (struct text_table){.pool = bundle->pool,
                                 .caption = pool_format(bundle->pool, "The trial of strategies that analysis %s emulates (TARGET)",
                                                        words_spoken(bundle->pool, asked->analysis))};
    for (size_t j = 0; j < 3; j++)
        if (text_table_column(table, headers[j], false) != 0)
            return -1;
    return add(table, "Eligibility", eligible(bundle, asked), "The same; who had done it before time zero is left out and counted") != 0 ||
                   add(table, "Strategies", pool_format(bundle->pool, "%s: %s", words_capital(bundle->pool, done(bundle, asked)), strategies_said(bundle, asked)),
                       pool_format(bundle->pool, "The day is that of column %s", of_question(bundle, asked, "day"))) != 0 ||
                   add(table, "Assignment", "At random, at time zero", assignment(bundle, asked)) != 0 ||
                   add(table, "Time zero", "The day of randomisation", zero(bundle, asked)) != 0 ||
                   add(table, "Grace period", "The same", grace_said(bundle, asked)) != 0 ||
                   add(table, "Contrast", pool_format(bundle->pool, "Each strategy against %s, had all followed it", words_spoken(bundle->pool, reference)),
                       "The same, under the assumptions below") != 0 ||
                   add(table, "Analysis", "By the strategies followed", analysis_said(bundle, asked)) != 0
               ? -1
               : 0;
}

/* ---- who followed what --------------------------------------------------------------------------------------------------- */

static int flow_table(struct bundle *bundle, const struct asked *asked, struct text_table *table)
{
    static const char *const headers[] = {"Outcome", "Population", "Strategy", "Step", "Number"};
    const struct table *t = bundle_table(bundle, "strategies");
    struct pool *pool = bundle->pool;

    *table = (struct text_table){.pool = pool, .caption = pool_format(pool, "Who was asked about and followed which strategy: %s",
                                                                      words_spoken(pool, asked->analysis))};
    for (size_t j = 0; j < 5; j++)
        if (text_table_column(table, headers[j], j == 4) != 0)
            return -1;
    for (size_t i = 0; i < cell_rows(t); i++) {
        const char **cells;
        if (!cell_is(t, "analysis", i, asked->analysis))
            continue;
        if ((cells = text_table_row(table)) == NULL)
            return -1;
        cells[0] = bundle_outcome_label(bundle, cell_text(pool, t, "outcome", i));
        cells[1] = words_spoken(pool, cell_text(pool, t, "population", i));
        cells[2] = cell_is(t, "strategy", i, "") ? "together" : words_spoken(pool, cell_text(pool, t, "strategy", i));
        cells[3] = cell_text(pool, t, "step", i);
        cells[4] = words_count(pool, cell_integer(t, "n", i));
    }
    return 0;
}

static void write_asked(struct html *html, struct bundle *bundle, const struct asked *asked)
{
    struct text_table table;

    if (trial_table(bundle, asked, &table) == 0)
        page_table(html, &table);
    text_table_free(&table);
    if (asked->landmark[0] == '\0')
        html_line(html, "p",
                  "It rests on these: given the covariates, what decides who acts, and when, has nothing to do with what would become of "
                  "people otherwise, on every day until the strategy is decided; among people alike some follow each strategy; what becomes "
                  "of those who act in the grace period depends on having acted, not on how long before its end; losses from sight carry no "
                  "information (Hern\xc3\xa1n 2018, doi:10.1136/bmj.k182; Maringe and others 2020, doi:10.1093/ije/dyaa057; Gaber and "
                  "others 2024, doi:10.1002/cam4.70461).");
    if (flow_table(bundle, asked, &table) == 0 && cell_rows(bundle_table(bundle, "strategies")) > 0)
        page_table(html, &table);
    text_table_free(&table);
}

void page_strategies(struct html *html, struct bundle *bundle)
{
    struct asked asked;

    if (!study_has(bundle, "strategies."))
        return;
    page_section(html, bundle->pool, "strategies", "Strategies: what was done after time zero");
    for (int k = 1; study_has(bundle, pool_format(bundle->pool, "compare.%d.", k)); k++)
        if (find_asked(bundle, k, &asked))
            write_asked(html, bundle, &asked);
    html_end(html);
    html_raw(html, "\n");
}
