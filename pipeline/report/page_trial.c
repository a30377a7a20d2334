/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is estimated, and which trial is emulated, from the study file.
 * Estimand: ICH E9(R1) 2019, five attributes.  Target trial: Hernan & Robins 2016, doi:10.1093/aje/kwv254; its rows are those
 * of the TARGET statement, Cashin et al. 2025.
 */
#include "report/page.h"

#include <string.h>

#include "report/study_words.h"
#include "report/words.h"

static int two_columns(struct bundle *bundle, struct text_table *table, const char *caption, const char *first, const char *second,
                       const char *third)
{
    *table = (struct text_table){.pool = bundle->pool, .caption = caption};
    return text_table_column(table, first, false) != 0 || text_table_column(table, second, false) != 0 ||
                   (third != NULL && text_table_column(table, third, false) != 0)
               ? -1
               : 0;
}

static int add(struct text_table *table, const char *a, const char *b, const char *c)
{
    const char **cells = text_table_row(table);

    if (cells == NULL)
        return -1;
    cells[0] = a;
    cells[1] = b;
    if (c != NULL)
        cells[2] = c;
    return 0;
}

/* ---- pieces, from the study file ---------------------------------------------------------------------------------- */

static const char *or_else(const char *text, const char *otherwise)
{
    return text[0] == '\0' ? otherwise : text;
}

static const char *eligible(struct bundle *bundle)
{
    const char *conditions = study_listed(bundle, "cohort.eligible", "; ");
    const char *stays = study_listed(bundle, "cohort.index.first_stay_in", ", ");
    const char *washout = bundle_study_value(bundle, "cohort.index.washout_days");
    const char *from = bundle_study_value(bundle, "cohort.index.from"), *to = bundle_study_value(bundle, "cohort.index.to");
    const char *text = "";

    if (stays[0] != '\0')
        text = pool_format(bundle->pool, "First stay at level %s", words_spoken(bundle->pool, stays));
    if (washout[0] != '\0')
        text = pool_format(bundle->pool, "%s, without treatment in the %s days before", text, washout);
    if (from[0] != '\0' || to[0] != '\0')
        text = pool_format(bundle->pool, "%s, begun %s to %s", text, or_else(from, "at any time"), or_else(to, "the end of the data"));
    if (conditions[0] != '\0')
        text = pool_format(bundle->pool, "%s%s%s", text, text[0] == '\0' ? "" : "; ", conditions);
    return or_else(text, "Everybody in the source who belongs to an arm");
}

/* The outcome of the headline; else the first one. */
static const char *primary_outcome(struct bundle *bundle)
{
    const char *outcome = bundle_study_value(bundle, "primary.outcome");

    return outcome[0] != '\0' ? outcome : cell_text(bundle->pool, bundle->outcomes, "outcome", 0);
}

static const char *primary_day(struct bundle *bundle)
{
    const char *at = bundle_study_value(bundle, "primary.at"), *at_least = bundle_study_value(bundle, "primary.at_least");

    if (at[0] != '\0')
        return pool_format(bundle->pool, ", by day %s", at);
    return at_least[0] != '\0' ? pool_format(bundle->pool, ", before day %s", at_least) : "";
}

static const char *endpoint(struct bundle *bundle)
{
    const char *outcome = primary_outcome(bundle);
    const char *definition = bundle_outcome_text(bundle, outcome, "definition");

    return pool_format(bundle->pool, "%s%s%s%s", bundle_outcome_label(bundle, outcome), primary_day(bundle),
                       definition[0] == '\0' ? "" : ". ", words_capital(bundle->pool, definition));
}

const char *page_time_zero(struct bundle *bundle)
{
    const char *at = bundle_study_value(bundle, "cohort.time_zero"), *column = bundle_study_value(bundle, "cohort.time_zero.column"),
               *landmark = bundle_study_value(bundle, "cohort.time_zero.landmark");

    if (column[0] != '\0')
        return pool_format(bundle->pool, "The day in column %s", column);
    if (landmark[0] != '\0')
        return pool_format(bundle->pool, "Day %s after admission, for those still in treatment: conditional on that", landmark);
    if (strcmp(at, "discharge") == 0)
        return "Discharge from the index stay: conditional on its end";
    return study_has(bundle, "cohort.index") || at[0] != '\0' ? "Admission to the index stay"
                                                              : "As the source counts its days, from the start of treatment";
}

static const char *follow_up(struct bundle *bundle)
{
    const char *days = bundle_study_value(bundle, "cohort.follow_up.days"), *until = bundle_study_value(bundle, "cohort.follow_up.until"),
               *end = study_listed(bundle, "cohort.follow_up.end", ", ");
    const char *text = "From time zero to the outcome or the end of what the source observed";

    if (days[0] != '\0')
        text = pool_format(bundle->pool, "%s, at most %s days", text, days);
    if (until[0] != '\0')
        text = pool_format(bundle->pool, "%s, until %s", text, until);
    if (end[0] != '\0')
        text = pool_format(bundle->pool, "%s; observation ends on %s", text, end);
    return text;
}

static const char *primary_population(struct bundle *bundle)
{
    const char *population = bundle_study_value(bundle, "primary.population");
    const char *rule = population[0] == '\0' ? "" : bundle_study_value(bundle, pool_format(bundle->pool, "cohort.populations.%s", population));

    if (population[0] == '\0' || strcmp(rule, "true") == 0)
        return eligible(bundle);
    return pool_format(bundle->pool, "%s; population %s: %s", eligible(bundle), population, rule);
}

static const char *intercurrent(struct bundle *bundle)
{
    const char *causes = bundle_outcome_text(bundle, primary_outcome(bundle), "causes"), *competing = strchr(causes, ',');
    const char *reference, *said = page_strategies_of(bundle, bundle_study_value(bundle, "primary.analysis"), &reference);
    const char *text = said[0] != '\0' ? "Departing from the strategy: as if everybody had followed it (hypothetical)."
                                       : "Leaving, stepping up or down after time zero: treatment policy, people stay in the arm in "
                                         "which they began.";

    if (competing != NULL)
        text = pool_format(bundle->pool, "%s Competing: %s, after which the outcome cannot happen; the risk is that of the outcome "
                                         "first (no hypothetical world without them).",
                           text, words_spoken(bundle->pool, competing + 2));
    return pool_format(bundle->pool, "%s Loss from sight: censoring, taken to be without information within an arm.", text);
}

/* What the headline compares: arms, or strategies. */
static const char *treatments(struct bundle *bundle, const char **reference)
{
    const char *said = page_strategies_of(bundle, bundle_study_value(bundle, "primary.analysis"), reference);

    if (said[0] != '\0')
        return said;
    *reference = study_listed(bundle, "cohort.reference", ", ");
    return study_rules_said(bundle, "cohort.arms.");
}

static const char *contrast(struct bundle *bundle)
{
    const char *reference;
    const char *measure = bundle_study_value(bundle, "primary.measure");
    const char *said = measure[0] == '\0' ? "Differences of risks" : words_measure(bundle->pool, measure);

    (void)treatments(bundle, &reference);
    return pool_format(bundle->pool, "%s%s, each arm against %s", said, primary_day(bundle),
                       words_spoken(bundle->pool, or_else(reference, "the reference")));
}

static const char *made_alike(struct bundle *bundle)
{
    const char *how = study_adjustments(bundle), *covariates = study_listed(bundle, "cohort.covariates", ", ");

    if (how[0] == '\0')
        return "Nothing makes the arms alike: unadjusted numbers answer the question only if chance put people into them";
    return pool_format(bundle->pool, "Taken to be as good as random given the covariates (%s), by: %s; unadjusted numbers stand beside",
                       or_else(covariates, "none"), how);
}

static const char *analysis(struct bundle *bundle)
{
    const char *margin = cell_rows(bundle->verdicts) > 0 ? " Verdicts against a margin declared beforehand." : "";

    const char *population = bundle_study_value(bundle, "primary.population");

    return pool_format(bundle->pool, "Everybody in the arm in which they began, %s.%s",
                       population[0] == '\0' ? "the whole cohort" : pool_format(bundle->pool, "population %s", population), margin);
}

/* ---- tables ---------------------------------------------------------------------------------------------------------- */

static int estimand_table(struct bundle *bundle, struct text_table *table)
{
    const char *reference;

    return two_columns(bundle, table, "Estimand of the primary question (ICH E9(R1))", "Attribute", "In this study", NULL) != 0 ||
                   add(table, "Population", primary_population(bundle), NULL) != 0 ||
                   add(table, "Treatments", treatments(bundle, &reference), NULL) != 0 ||
                   add(table, "Endpoint", endpoint(bundle), NULL) != 0 ||
                   add(table, "Intercurrent events", intercurrent(bundle), NULL) != 0 ||
                   add(table, "Summary", contrast(bundle), NULL) != 0
               ? -1
               : 0;
}

static int target_table(struct bundle *bundle, struct text_table *table)
{
    const char *losses = "Those whose data cannot tell are left out and counted (Who was counted)";

    return two_columns(bundle, table, "The trial that is emulated (TARGET)", "Part", "In the trial one would do", "With these data") != 0 ||
                   add(table, "Eligibility", eligible(bundle), losses) != 0 ||
                   add(table, "Strategies", study_rules_said(bundle, "cohort.arms."), "The care in which people were seen to begin") != 0 ||
                   add(table, "Assignment", "At random, known to all", made_alike(bundle)) != 0 ||
                   add(table, "Time zero", "The day of randomisation", page_time_zero(bundle)) != 0 ||
                   add(table, "Follow-up", "The same for all arms", follow_up(bundle)) != 0 ||
                   add(table, "Outcome", endpoint(bundle), "As recorded; how often it could be seen may differ by arm") != 0 ||
                   add(table, "Contrast", contrast(bundle), "The same, of the arm in which care began") != 0 ||
                   add(table, "Analysis", "As randomised", analysis(bundle)) != 0
               ? -1
               : 0;
}

void page_trial(struct html *html, struct bundle *bundle)
{
    struct text_table table;
    const char *reference;

    page_section(html, bundle->pool, "trial", "What is estimated, and of which trial");
    if (estimand_table(bundle, &table) == 0)
        page_table(html, &table);
    text_table_free(&table);
    if (page_strategies_of(bundle, bundle_study_value(bundle, "primary.analysis"), &reference)[0] == '\0') {
        html_line(html, "p", "Where the arms were formed by lot, the right-hand column is the trial itself; the study file does not say.");
        if (target_table(bundle, &table) == 0)
            page_table(html, &table);
        text_table_free(&table);
    } else {
        html_line(html, "p", "The trial that is emulated is one of strategies; it follows.");
    }
    html_end(html);
    html_raw(html, "\n");
}
