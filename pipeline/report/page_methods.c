/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was done, in words, from the study file and from the method that each number carries. */
#include "report/page.h"

#include <string.h>

#include "report/study_words.h"
#include "report/words.h"

static void term(struct html *html, const char *name)
{
    html_line(html, "dt", name);
}

static void sentence(struct html *html, const char *text)
{
    html_line(html, "dd", text);
}

/* Every rule below a key ("cohort.arms.NAME"): its name as said, then its condition as code. */
static void write_rules(struct html *html, struct bundle *bundle, const char *prefix)
{
    size_t length = strlen(prefix);

    for (size_t i = 0; i < cell_rows(bundle->study); i++) {
        const char *key = cell_text(bundle->pool, bundle->study, "key", i);

        if (strncmp(key, prefix, length) != 0 || strchr(key + length, '.') != NULL)
            continue;
        html_start(html, "dd", NULL);
        html_text(html, pool_format(bundle->pool, "%s: ", words_spoken(bundle->pool, key + length)));
        html_line(html, "code", cell_text(bundle->pool, bundle->study, "value", i));
        html_end(html);
    }
}

static void write_cohort(struct html *html, struct bundle *bundle)
{
    const char *eligible = study_listed(bundle, "cohort.eligible", " and ");
    const char *reference = study_listed(bundle, "cohort.reference", ", ");
    const char *unit = words_noun(bundle->pool, bundle_study_unit(bundle), 2);

    term(html, "Who was compared");
    if (eligible[0] == '\0') {
        sentence(html, pool_format(bundle->pool, "All %s of the source that belong to an arm.", unit));
    } else {
        html_start(html, "dd", NULL);
        html_text(html, pool_format(bundle->pool, "%s of the source for whom ", words_capital(bundle->pool, unit)));
        html_line(html, "code", eligible);
        html_text(html, ". A condition that cannot be decided because a value is missing excludes, and is counted.");
        html_end(html);
    }
    term(html, "Arms");
    write_rules(html, bundle, "cohort.arms.");
    if (reference[0] != '\0')
        sentence(html, pool_format(bundle->pool, "Compared with: %s.", words_spoken(bundle->pool, reference)));
    if (study_has(bundle, "cohort.populations.")) {
        term(html, "Populations");
        write_rules(html, bundle, "cohort.populations.");
    }
}

static const char *outcome_sentence(struct bundle *bundle, size_t row)
{
    struct pool *pool = bundle->pool;
    const struct table *outcomes = bundle->outcomes;
    const char *causes = cell_text(pool, outcomes, "causes", row);
    const char *definition = cell_text(pool, outcomes, "definition", row);
    const char *text = pool_format(pool, "%s%s", words_capital(pool, definition), definition[0] == '\0' ? "" : ". ");

    text = pool_format(pool, "%sThe event is %s.", text,
                       cell_is(outcomes, "event_is", row, "bad") ? "a bad one" : "a good one");
    if (strchr(causes, ',') != NULL)
        text = pool_format(pool, "%s Kinds of event: %s; the first is the outcome's, the others compete with it.", text,
                           causes);
    if (cell_integer(outcomes, "descriptive", row) == 1)
        text = pool_format(pool,
                           "%s Descriptive only: the definition leaves people out by what happened to them later, so "
                           "no verdict rests on it.",
                           text);
    return text;
}

static void write_outcomes(struct html *html, struct bundle *bundle)
{
    for (size_t i = 0; i < cell_rows(bundle->outcomes); i++) {
        const char *name = cell_text(bundle->pool, bundle->outcomes, "outcome", i);

        term(html, pool_format(bundle->pool, "Outcome: %s", bundle_outcome_label(bundle, name)));
        sentence(html, outcome_sentence(bundle, i));
    }
}

/* Every pair of measure and method that occurs, once. */
static void write_measures(struct html *html, struct bundle *bundle)
{
    const struct table *estimates = bundle->estimates;

    term(html, "How each number was computed");
    for (size_t i = 0; i < cell_rows(estimates); i++) {
        bool first = !cell_is(estimates, "method", i, "");

        for (size_t k = 0; first && k < i; k++)
            first = !(cells_equal(estimates, "measure", k, i) && cells_equal(estimates, "method", k, i));
        if (first)
            sentence(html, pool_format(bundle->pool, "%s: %s.",
                                       words_measure(bundle->pool, cell_text(bundle->pool, estimates, "measure", i)),
                                       cell_text(bundle->pool, estimates, "method", i)));
    }
}

static bool has_measure(const struct bundle *bundle, const char *prefix)
{
    for (size_t i = 0; i < cell_rows(bundle->estimates); i++) {
        size_t length = 0;
        const char *text = column_text(table_column(bundle->estimates, "measure"), i, &length);

        if (length >= strlen(prefix) && memcmp(text, prefix, strlen(prefix)) == 0)
            return true;
    }
    return false;
}

static void write_rules_of_reading(struct html *html, struct bundle *bundle)
{
    term(html, "Rules of reading");
    sentence(html, "Intervals are two-sided 95 % unless a row says otherwise. Differences are the first arm minus the "
                   "second, "
                   "ratios the first divided by the second.");
    if (has_measure(bundle, "risk"))
        sentence(html,
                 "Risk at a day is events divided by people only when nobody in any arm is censored before that day; "
                 "otherwise it is one minus the Kaplan-Meier estimate, or Aalen-Johansen where events compete.");
    if (cell_rows(bundle->curves) > 0)
        sentence(html, "Somebody censored on the day of an event was still at risk of it. \xe2\x80\x9c"
                       "By day t\xe2\x80\x9d counts "
                       "events on day t; \xe2\x80\x9c"
                       "beyond day t\xe2\x80\x9d is without the event after it; \xe2\x80\x9c"
                       "before "
                       "day t\xe2\x80\x9d leaves day t out.");
    if (has_measure(bundle, "quantile"))
        sentence(html,
                 "A median is the first day on which the curve is at or below one half; where it runs flat at exactly "
                 "one half, the middle of that stretch.");
    if (cell_rows(bundle->verdicts) > 0)
        sentence(html,
                 "A verdict compares the interval of the loss, signed so that positive is worse, with the margin "
                 "declared "
                 "in the study file: non-inferior when its upper limit is below the margin, inferior when its lower "
                 "limit is above, else inconclusive.");
    if (cell_rows(bundle->balance) > 0)
        sentence(html, "Standardised mean differences are in units of the pooled standard deviation of the two arms.");
}

static void write_disclosure(struct html *html, struct bundle *bundle)
{
    const char *because = bundle_release_value(bundle, "because");

    term(html, "What was hidden");
    if (bundle->threshold == 0) {
        sentence(html, pool_format(bundle->pool, "Nothing: the study sets no threshold%s%s.",
                                   because[0] == '\0' ? "" : ", because: ", because));
        return;
    }
    sentence(html, pool_format(bundle->pool,
                               "Counts of 1 to %lld, every number computed from one, and further counts without which "
                               "one could be worked out by adding and subtracting: all are marked "
                               "\xe2\x80\x9cwithheld\xe2\x80\x9d alike. Linear programmes over all tables of this "
                               "release, and what earlier ones showed, found for every hidden count values that span %lld "
                               "or more and reach beyond %lld.",
                               (long long)bundle->threshold - 1, (long long)bundle->threshold,
                               (long long)bundle->threshold - 1));
    if (bundle->round_to > 0)
        sentence(html, pool_format(bundle->pool, "Counts that are shown are rounded to the nearest multiple of %lld.",
                                   (long long)bundle->round_to));
    sentence(html, pool_format(bundle->pool,
                               "Computed numbers have %s significant digits. The steps of a curve are merged until each "
                               "holds at least %lld events; numbers of days between two steps, restricted means and medians "
                               "are read from these curves. Minimum and maximum are not shown.",
                               bundle->round_to > 0 ? "two" : "three", (long long)bundle->threshold));
}

void page_methods(struct html *html, struct bundle *bundle)
{
    html_start(html, "section", "id", "methods", "aria-labelledby", "methods-heading", NULL);
    html_start(html, "h2", "id", "methods-heading", NULL);
    html_text(html, "Methods");
    html_end(html);
    html_start(html, "dl", NULL);
    write_cohort(html, bundle);
    write_outcomes(html, bundle);
    write_measures(html, bundle);
    write_rules_of_reading(html, bundle);
    term(html, "Program");
    sentence(html, pool_format(bundle->pool, "stepdown %s, commit %s; the libraries it was built with stand under Provenance.",
                               bundle_provenance_value(bundle, "version"), bundle_provenance_value(bundle, "commit")));
    write_disclosure(html, bundle);
    html_end(html);
    html_end(html);
    html_raw(html, "\n");
}

/* What a paper needs to name so that somebody else can make the same numbers. */
static void write_citation(struct html *html, struct bundle *bundle)
{
    const char *where = bundle_study_value(bundle, "registered.where");

    html_line(html, "h3", "How to cite");
    html_start(html, "p", "id", "cite", NULL);
    html_text(html, pool_format(bundle->pool, "The stepdown developers. stepdown, version %s, commit %s [computer program]. "
                                              "Study \xe2\x80\x9c%s\xe2\x80\x9d, study file SHA-256 %s, content of released.h5 %s%s%s.",
                                bundle_provenance_value(bundle, "version"), bundle_provenance_value(bundle, "commit"),
                                page_title(bundle), bundle_provenance_value(bundle, "study"), bundle->content_sha256,
                                where[0] == '\0' ? "" : ", registered at ", where));
    html_end(html);
    html_line(html, "p", "Cite the source of the data as well, as its owner asks.");
}

void page_provenance(struct html *html, struct bundle *bundle)
{
    const struct table *provenance = bundle->provenance;
    struct text_table table = {.pool = bundle->pool, .caption = "Program, study and sources (SHA-256)"};
    int status = text_table_column(&table, "What", false) == 0 ? text_table_column(&table, "Value", false) : -1;

    for (size_t i = 0; status == 0 && i < cell_rows(provenance); i++) {
        const char **cells = text_table_row(&table);

        status = cells == NULL ? -1 : 0;
        if (status != 0)
            break;
        cells[0] = cell_text(bundle->pool, provenance, "key", i);
        cells[1] = cell_text(bundle->pool, provenance, "value", i);
    }
    html_start(html, "section", "id", "provenance", "aria-labelledby", "provenance-heading", NULL);
    html_start(html, "h2", "id", "provenance-heading", NULL);
    html_text(html, "Provenance");
    html_end(html);
    html_line(html, "p", pool_format(bundle->pool, "Content of released.h5: %s.", bundle->content_sha256));
    if (bundle->threshold > 0)
        html_line(html, "p",
                  "Hashes of the sources and of the exact results are not given: a hash of a small table could be "
                  "guessed back.");
    if (status == 0)
        page_table(html, &table);
    write_citation(html, bundle);
    html_end(html);
    text_table_free(&table);
}
