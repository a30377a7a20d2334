/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/page.h"

#include <math.h>
#include <string.h>

#include "report/reading.h"

static const char *value_with_interval(struct bundle *bundle, size_t row)
{
    const char *value = reading_value(bundle, bundle->verdicts, row);

    if (!reading_has_value(bundle->verdicts, row))
        return value;
    return pool_format(bundle->pool, "%s (%s)", value, reading_interval(bundle, bundle->verdicts, row));
}

static const char *needed(struct bundle *bundle, size_t row)
{
    int64_t n80 = cell_integer(bundle->verdicts, "n_needed_80", row),
            n90 = cell_integer(bundle->verdicts, "n_needed_90", row);

    if (n80 == MISSING_INTEGER || n90 == MISSING_INTEGER)
        return WORDS_NOTHING;
    return pool_format(bundle->pool, "%s / %s", words_count(bundle->pool, n80), words_count(bundle->pool, n90));
}

static const char *power(struct bundle *bundle, size_t row)
{
    double power = cell_real(bundle->verdicts, "power", row);

    if (power > 0.999)
        return "> 99.9 %";
    return words_value(bundle->pool, SCALE_PERCENT, power, "");
}

/* "Completed treatment, by day 90: primary question": what the rows below it judge. */
static const char *question(struct bundle *bundle, size_t row)
{
    const char *role = cell_text(bundle->pool, bundle->verdicts, "role", row);

    return pool_format(bundle->pool, "%s%s: %s question", reading_what(bundle, bundle->verdicts, row),
                       reading_where(bundle, bundle->verdicts, row), role);
}

static int add_verdict(struct bundle *bundle, struct text_table *table, size_t row)
{
    const struct table *verdicts = bundle->verdicts;
    const char **cells = text_table_row(table);

    if (cells == NULL)
        return -1;
    cells[0] = reading_whom(bundle, verdicts, row);
    cells[1] = value_with_interval(bundle, row);
    cells[2] = reading_margin(bundle, row);
    cells[3] = cell_text(bundle->pool, verdicts, "verdict", row);
    cells[4] = cell_text(bundle->pool, verdicts, "statistically", row);
    cells[5] = power(bundle, row);
    cells[6] = needed(bundle, row);
    cells[7] = cell_text(bundle->pool, verdicts, "because", row);
    if (strcmp(cells[3], "undefined") == 0)
        cells[3] = pool_format(bundle->pool, "none: %s", cell_text(bundle->pool, verdicts, "note", row));
    return 0;
}

int verdict_table(struct bundle *bundle, struct text_table *table)
{
    static const struct {
        const char *header;
        bool numeric;
    } columns[] = {{"Arms", false},
                   {"Estimate (95 % interval)", true},
                   {"Margin", true},
                   {"Verdict", false},
                   {"Statistically", false},
                   {"Power", true},
                   {"Needed for 80 / 90 %", true}};
    const char *asked = "";

    *table = (struct text_table){
        .pool = bundle->pool, .name = "verdicts", .caption = "Declared margins and what the data say"};
    for (size_t j = 0; j < sizeof columns / sizeof columns[0]; j++)
        if (text_table_column(table, columns[j].header, columns[j].numeric) != 0)
            return -1;
    if (text_table_notes(table, "Why this margin") != 0)
        return -1;
    for (size_t i = 0; i < cell_rows(bundle->verdicts); i++) {
        const char *now = question(bundle, i);

        if (strcmp(now, asked) != 0 && text_table_heading(table, now) != 0)
            return -1;
        asked = now;
        if (add_verdict(bundle, table, i) != 0)
            return -1;
    }
    return 0;
}

/* Is it only how the verdict's number was adjusted?  That stands in its heading. */
static bool is_adjustment(struct bundle *bundle, const char *words)
{
    for (size_t i = 0; i < cell_rows(bundle->verdicts); i++)
        if (cell_is(bundle->verdicts, "adjustment", i, words) ||
            strcmp(words_spoken(bundle->pool, cell_text(bundle->pool, bundle->verdicts, "adjustment", i)), words) == 0)
            return true;
    return false;
}

/* The next of the parts of a gate, which "; " joins; NULL after the last.  *at begins at the gate. */
static const char *next_part(struct bundle *bundle, const char **at)
{
    const char *part = *at, *end = strstr(part, "; ");
    const size_t length = end == NULL ? strlen(part) : (size_t)(end - part);

    if (*part == '\0')
        return NULL;
    *at = part + length + (end == NULL ? 0 : 2);
    return pool_copy(bundle->pool, part, length);
}

/* Warnings and caveats that verdicts carry, each once. */
static void write_gates(struct html *html, struct bundle *bundle)
{
    const char *told = "\n", *part;

    for (size_t i = 0; i < cell_rows(bundle->verdicts); i++)
        for (const char *at = cell_text(bundle->pool, bundle->verdicts, "gate", i); (part = next_part(bundle, &at)) != NULL;) {
            const bool plain = strcmp(part, "unadjusted") == 0;

            if (part[0] == '\0' || (!plain && is_adjustment(bundle, part)) ||
                strstr(told, pool_format(bundle->pool, "\n%s\n", part)) != NULL)
                continue;
            told = pool_format(bundle->pool, "%s%s\n", told, part);
            html_line(html, "li", plain ? "Unadjusted, where no adjustment is named."
                                        : pool_format(bundle->pool, "%s.", words_capital(bundle->pool, part)));
        }
}

/* Was the margin fixed before the result was known?  And what each verdict carries with it. */
static void write_beside(struct html *html, struct bundle *bundle)
{
    const char *where = bundle_study_value(bundle, "registered.where"), *date = bundle_study_value(bundle, "registered.date"),
               *plan = bundle_provenance_value(bundle, "plan_lock");

    html_line(html, "h3", "Beside these verdicts");
    html_start(html, "ul", "class", "caveats", NULL);
    html_line(html, "li",
              where[0] == '\0' ? "Not registered: nothing shows that the margins were fixed before the results were known."
                               : pool_format(bundle->pool, "Registered: %s%s%s.", where, date[0] == '\0' ? "" : ", ", date));
    html_line(html, "li",
              plan[0] == '\0' ? "No plan was locked before the outcomes were computed."
                              : pool_format(bundle->pool, "Plan of the study: %s.", plan));
    write_gates(html, bundle);
    html_end(html);
}

void page_verdicts(struct html *html, struct bundle *bundle)
{
    struct text_table table;

    html_start(html, "section", "id", "verdicts", "aria-labelledby", "verdicts-heading", NULL);
    html_start(html, "h2", "id", "verdicts-heading", NULL);
    html_text(html, "Verdicts");
    html_end(html);
    if (cell_rows(bundle->verdicts) == 0) {
        html_line(html, "p",
                  "The study declares no margin, so there is no verdict: a difference that is not significant is "
                  "no sign that the arms do equally well.");
    } else {
        html_line(html, "p",
                  "Non-inferior: the whole interval lies on the good side of the margin. Inferior: the whole "
                  "interval lies beyond it. Inconclusive: anything else. Power is that of declaring "
                  "non-inferiority if there were no difference at all; needed is how many there "
                  "must be in all for 80 and 90 % power.");
        if (verdict_table(bundle, &table) == 0)
            page_table(html, &table);
        text_table_free(&table);
        write_beside(html, bundle);
    }
    html_end(html);
}
