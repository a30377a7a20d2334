/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/answer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/reading.h"

/* "12.9 points higher than long" without the arm in front. */
static const char *difference_words(struct bundle *bundle, const struct table *table, size_t row)
{
    struct pool *pool = bundle->pool;
    const char *measure = cell_text(pool, table, "measure", row);
    const char *outcome = cell_text(pool, table, "outcome", row);
    const char *reference = bundle_arm_label(bundle, cell_text(pool, table, "reference", row));
    double estimate = cell_real(table, "estimate", row);
    enum scale scale = words_scale(measure);
    const char *size = words_value(pool, scale, fabs(estimate), bundle_outcome_units(bundle, outcome));

    if ((scale == SCALE_POINTS || scale == SCALE_DAYS) && strpbrk(size, "123456789") == NULL)
        return pool_format(pool, "%s different from %s", size, reference);
    if (scale == SCALE_POINTS)
        return pool_format(pool, "%s %s than %s", size, estimate < 0 ? "lower" : "higher", reference);
    if (scale == SCALE_DAYS)
        return pool_format(pool, "%s %s than %s", size, estimate < 0 ? "shorter" : "longer", reference);
    return pool_format(pool, "v %s: %s %s", reference, words_lower(pool, words_measure(pool, measure)),
                       words_value(pool, scale, estimate, ""));
}

const char *answer_comparison(struct bundle *bundle, const struct table *table, size_t row)
{
    struct pool *pool = bundle->pool;
    const char *arm = bundle_arm_label(bundle, cell_text(pool, table, "arm", row));
    const char *interval = reading_interval(bundle, table, row);
    const char *text;

    if (!reading_has_value(table, row)) {
        /* Not a small count, but a comparison that cannot be made: the note says why. */
        const char *note = cell_text(pool, table, "note", row);
        const bool told = cell_is(table, "status", row, "withheld") && strncmp(note, "withheld", 8) != 0;
        return pool_format(pool, "%s: %s%s%s", reading_whom(bundle, table, row), reading_value(bundle, table, row),
                           told && note[0] != '\0' ? ", " : "", told ? note : "");
    }
    text =
        cell_is(table, "reference", row, "") ? reading_value(bundle, table, row) : difference_words(bundle, table, row);
    if (strcmp(interval, WORDS_NOTHING) == 0)
        return pool_format(pool, "%s %s", arm, text);
    return pool_format(pool, "%s %s (%s interval %s)", arm, text,
                       words_level(pool, cell_real(table, "conf_level", row)), interval);
}

const char *answer_verdict(struct bundle *bundle, size_t verdict_row)
{
    const char *verdict = cell_text(bundle->pool, bundle->verdicts, "verdict", verdict_row);

    if (strcmp(verdict, "withheld") == 0) /* as the estimate beside it says already */
        return "";
    if (verdict[0] == '\0')
        return verdict;
    if (strcmp(verdict, "undefined") == 0)
        return "no verdict, because the estimate does not exist";
    return pool_format(bundle->pool, "%s at a margin of %s", verdict, reading_margin(bundle, verdict_row));
}

/* Adjusted numbers have an estimand and are asked for by name; those of pooled trials have none. */
static bool has_asked_adjustment(struct bundle *bundle, const struct table *table, size_t row)
{
    static const char *const estimands[] = {"ate", "att", "atc", "ato"};
    const char *adjust = bundle_study_value(bundle, "primary.adjust"),
               *estimand = cell_text(bundle->pool, table, "estimand", row);

    if (adjust[0] != '\0')
        return cell_is(table, "adjustment", row, adjust);
    for (size_t k = 0; k < sizeof estimands / sizeof estimands[0]; k++)
        if (strncmp(estimand, estimands[k], 3) == 0)
            return false;
    return true;
}

/* Does the row answer the declared question? What the declaration leaves open fits everything. */
static bool is_asked(struct bundle *bundle, const struct table *table, size_t row, bool same_arms)
{
    static const char *const keys[] = {"outcome", "measure", "population", "analysis", "arm", "reference"};
    const char *at = bundle_study_value(bundle, "primary.at");

    if (at[0] == '\0')
        at = bundle_study_value(bundle, "primary.at_least");
    if (at[0] != '\0' && cell_real(table, "time", row) != strtod(at, NULL))
        return false;
    if (table == bundle->estimates && bundle_study_value(bundle, "primary.measure")[0] != '\0' &&
        cell_is(table, "term", row, "at least") != (bundle_study_value(bundle, "primary.at_least")[0] != '\0'))
        return false;
    if (!has_asked_adjustment(bundle, table, row))
        return false;
    for (size_t k = 0; k < (same_arms ? 6 : 4); k++) {
        const char *wanted = bundle_study_value(bundle, pool_format(bundle->pool, "primary.%s", keys[k]));

        if (wanted[0] != '\0' && !cell_is(table, keys[k], row, wanted))
            return false;
    }
    return true;
}

/* The first row that fits: of verdicts, else of estimates.  Returns the table, or NULL. */
static const struct table *find_primary(struct bundle *bundle, size_t *row)
{
    bool declared = bundle_study_value(bundle, "primary.outcome")[0] != '\0';

    for (int pass = declared ? 0 : 1; pass < 2; pass++)
        for (size_t i = 0; i < cell_rows(bundle->verdicts); i++)
            if (pass == 0 ? is_asked(bundle, bundle->verdicts, i, true)
                          : !declared && cell_is(bundle->verdicts, "role", i, "primary")) {
                *row = i;
                return bundle->verdicts;
            }
    if (!declared && cell_rows(bundle->verdicts) > 0) {
        *row = 0;
        return bundle->verdicts;
    }
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < cell_rows(bundle->estimates); i++)
            if ((!declared || is_asked(bundle, bundle->estimates, i, true)) &&
                (pass == 1 || reading_is_contrast(bundle, bundle->estimates, i)) &&
                !reading_is_test(bundle, bundle->estimates, i)) {
                *row = i;
                return bundle->estimates;
            }
    return NULL;
}

static const char *row_verdict(struct bundle *bundle, const struct table *table, size_t row)
{
    long verdict = table == bundle->verdicts ? (long)row : reading_verdict_of(bundle, row);

    return verdict == NO_ROW ? "" : answer_verdict(bundle, (size_t)verdict);
}

const char *answer_sentence(struct bundle *bundle, const struct table *table, size_t row)
{
    const char *verdict = row_verdict(bundle, table, row);
    const char *text = answer_comparison(bundle, table, row);

    return verdict[0] == '\0' ? pool_format(bundle->pool, "%s.", text)
                              : pool_format(bundle->pool, "%s \xe2\x80\x93 %s.", text, verdict);
}

/* The same outcome, measure and day with other arms or references. */
static void find_others(struct bundle *bundle, const struct table *table, size_t row, struct answer *answer)
{
    static const char *const keys[] = {"analysis", "outcome", "population", "adjustment", "measure", "term"};

    for (size_t i = 0; i < table->n_rows && answer->n_others < ANSWER_OTHERS_MAX; i++) {
        double a = cell_real(table, "time", i), b = cell_real(table, "time", row);
        bool same = i != row && (a == b || (isnan(a) && isnan(b))) &&
                    !(cells_equal(table, "arm", i, row) && cells_equal(table, "reference", i, row));

        for (size_t k = 0; same && k < sizeof keys / sizeof keys[0]; k++)
            same = cells_equal(table, keys[k], i, row);
        if (same)
            answer->others[answer->n_others++] = words_capital(bundle->pool, answer_sentence(bundle, table, i));
    }
}

static void add_caveat(struct answer *answer, const char *text)
{
    for (size_t i = 0; i < answer->n_caveats; i++)
        if (strcmp(answer->caveats[i], text) == 0)
            return;
    if (text[0] != '\0' && answer->n_caveats < ANSWER_CAVEATS_MAX)
        answer->caveats[answer->n_caveats++] = text;
}

/* A sentence of its own: a capital at the start, a full stop at the end. */
static const char *as_sentence(struct bundle *bundle, const char *text)
{
    size_t length = strlen(text);

    if (length == 0)
        return "";
    return pool_format(bundle->pool, "%s%s", words_capital(bundle->pool, text), text[length - 1] == '.' ? "" : ".");
}

static void add_verdict_counts(struct bundle *bundle, struct answer *answer)
{
    static const char *const kinds[] = {"non-inferior", "inferior", "inconclusive"};
    size_t n[3] = {0}, n_kinds = 0;
    struct pool *pool = bundle->pool;

    for (size_t i = 0; i < cell_rows(bundle->verdicts); i++)
        for (size_t k = 0; k < 3; k++)
            n[k] += cell_is(bundle->verdicts, "verdict", i, kinds[k]);
    for (size_t k = 0; k < 3; k++)
        n_kinds += n[k] > 0;
    if (n_kinds > 1)
        add_caveat(answer, pool_format(pool,
                                       "The verdict depends on what is compared: %zu non-inferior, %zu inferior, "
                                       "%zu inconclusive among the declared margins.",
                                       n[0], n[1], n[2]));
}

static void add_study_caveats(struct bundle *bundle, struct answer *answer)
{
    for (int i = 0; i <= ANSWER_CAVEATS_MAX; i++) {
        const char *key = i == 0 ? "caveats" : pool_format(bundle->pool, "caveats.%d", i);

        add_caveat(answer, as_sentence(bundle, bundle_study_value(bundle, key)));
    }
}

/* Warnings of the verdict itself; the caveats of the study are in its gate too, and are told as sentences. */
static void add_gate(struct bundle *bundle, const char *gate, struct answer *answer)
{
    size_t length = strcspn(gate, ";");

    if (strncmp(gate, "unadjusted", 10) == 0 && length == 10)
        add_caveat(answer, "Unadjusted: the arms may differ in more than their treatment.");
    else if (length > 0 && bundle_study_value(bundle, "caveats")[0] == '\0' &&
             bundle_study_value(bundle, "caveats.1")[0] == '\0')
        add_caveat(answer, as_sentence(bundle, pool_copy(bundle->pool, gate, length)));
}

/* Did the plan come before the outcomes? */
static void add_lock(struct bundle *bundle, struct answer *answer)
{
    const char *words = bundle_provenance_value(bundle, "plan_lock"), *plan = bundle_provenance_value(bundle, "plan");

    if (words[0] != '\0')
        add_caveat(answer, pool_format(bundle->pool, "Plan: %s (SHA-256 %.12s...).", words, plan));
}

static void add_surroundings(struct bundle *bundle, struct answer *answer)
{
    struct pool *pool = bundle->pool;
    const char *where = bundle_study_value(bundle, "registered.where"),
               *date = bundle_study_value(bundle, "registered.date");

    add_study_caveats(bundle, answer);
    if (where[0] == '\0')
        add_caveat(answer,
                   "Not registered: the study file names no registration, so nothing shows that the question and "
                   "the margin were fixed beforehand.");
    else
        add_caveat(answer, pool_format(pool, "Registered: %s%s%s.", where, date[0] == '\0' ? "" : ", ", date));
    add_lock(bundle, answer);
    if (bundle->threshold > 0)
        add_caveat(answer, pool_format(pool,
                                       "Counts of 1 to %lld are hidden, with all that is computed from them and with "
                                       "other counts that would give them away.%s",
                                       (long long)bundle->threshold - 1,
                                       bundle->round_to > 0 ? pool_format(pool, " Other counts are rounded to multiples of %lld.",
                                                                          (long long)bundle->round_to)
                                                            : ""));
}

struct answer answer_find(struct bundle *bundle)
{
    struct answer answer = {.sentence = "This study gives no number that could be an answer.", .verdict = ""};
    size_t row = 0;
    const struct table *table = find_primary(bundle, &row);

    if (table != NULL) {
        long verdict = table == bundle->verdicts ? (long)row : reading_verdict_of(bundle, row);

        answer.sentence =
            pool_format(bundle->pool, "%s: %s", reading_what(bundle, table, row), answer_sentence(bundle, table, row));
        find_others(bundle, table, row, &answer);
        add_verdict_counts(bundle, &answer);
        if (verdict != NO_ROW) {
            answer.verdict = cell_text(bundle->pool, bundle->verdicts, "verdict", (size_t)verdict);
            if (strcmp(answer.verdict, "inconclusive") == 0)
                add_caveat(&answer,
                           "Inconclusive: the interval holds values on both sides of the margin, so these data "
                           "cannot tell.");
            add_gate(bundle, cell_text(bundle->pool, bundle->verdicts, "gate", (size_t)verdict), &answer);
        }
    }
    add_surroundings(bundle, &answer);
    return answer;
}
