/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/page.h"

#include <math.h>
#include <string.h>

#include "report/reading.h"

static int add_columns(struct text_table *table, const char *const *headers, const bool *numeric, size_t n)
{
    for (size_t j = 0; j < n; j++)
        if (text_table_column(table, headers[j], numeric[j]) != 0)
            return -1;
    return 0;
}

/* "8.03 on 1 df" for a test, else the estimate. */
static const char *value_of(struct bundle *bundle, size_t row)
{
    const struct table *estimates = bundle->estimates;
    double statistic = cell_real(estimates, "statistic", row), df = cell_real(estimates, "df", row);

    if (!reading_is_test(bundle, estimates, row) || isnan(statistic))
        return reading_value(bundle, estimates, row);
    if (isnan(df))
        return pool_format(bundle->pool, "z = %s", words_fixed(bundle->pool, statistic, 2));
    return pool_format(bundle->pool, "%s on %s df", words_times(bundle->pool, statistic),
                       words_plain(bundle->pool, df));
}

static const char *when_of(struct bundle *bundle, size_t row)
{
    const struct table *estimates = bundle->estimates;
    const char *when = reading_when(bundle, estimates, row), *cause = cell_text(bundle->pool, estimates, "cause", row);

    if (cause[0] != '\0')
        when = pool_format(bundle->pool, "%s%s%s", when, when[0] == '\0' ? "" : ", ", cause);
    return pool_format(bundle->pool, "%s%s", when, reading_where(bundle, estimates, row));
}

static const char *remark_of(struct bundle *bundle, size_t row)
{
    const char *method = cell_text(bundle->pool, bundle->estimates, "method", row);
    const char *note = cell_text(bundle->pool, bundle->estimates, "note", row);

    if (note[0] == '\0')
        return method;
    return method[0] == '\0' ? note : pool_format(bundle->pool, "%s. Note: %s", method, note);
}

int estimate_table(struct bundle *bundle, const char *outcome, struct text_table *table)
{
    static const char *const headers[] = {"Measure", "When", "Arms", "Value", "95 % interval", "p", "Number", "Events"};
    static const bool numeric[] = {false, false, false, true, true, true, true, true};
    const struct table *estimates = bundle->estimates;
    struct pool *pool = bundle->pool;

    *table = (struct text_table){.pool = pool, .name = "estimates", .caption = bundle_outcome_label(bundle, outcome)};
    if (add_columns(table, headers, numeric, 8) != 0 || text_table_notes(table, "How each number was made") != 0)
        return -1;
    for (size_t i = 0; i < cell_rows(estimates); i++) {
        const char **cells;

        if (!cell_is(estimates, "outcome", i, outcome))
            continue;
        if ((cells = text_table_row(table)) == NULL)
            return -1;
        cells[0] = words_measure(pool, cell_text(pool, estimates, "measure", i));
        cells[1] = when_of(bundle, i);
        cells[2] = reading_whom(bundle, estimates, i);
        cells[3] = value_of(bundle, i);
        cells[4] = reading_interval(bundle, estimates, i);
        cells[5] = words_p(pool, cell_real(estimates, "p_value", i));
        cells[6] = words_count(pool, cell_integer(estimates, "n", i));
        cells[7] = words_count(pool, cell_integer(estimates, "n_event", i));
        cells[8] = remark_of(bundle, i);
    }
    return 0;
}

int attrition_table(struct bundle *bundle, struct text_table *table)
{
    static const char *const headers[] = {"Step",       "What was asked", "Left out because",
                                          "Counted in", "Left out",       "Left"};
    static const bool numeric[] = {true, false, false, false, true, true};
    const struct table *attrition = bundle->attrition;
    struct pool *pool = bundle->pool;

    *table =
        (struct text_table){.pool = pool, .name = "attrition", .caption = "From the source to the arms, step by step"};
    if (add_columns(table, headers, numeric, 6) != 0)
        return -1;
    for (size_t i = 0; i < cell_rows(attrition); i++) {
        const char **cells = text_table_row(table);

        if (cells == NULL)
            return -1;
        cells[0] = words_count(pool, cell_integer(attrition, "step", i));
        cells[1] = cell_text(pool, attrition, "label", i);
        cells[2] = cell_text(pool, attrition, "reason", i);
        cells[3] = words_noun(pool, cell_text(pool, attrition, "unit", i), 2);
        cells[4] = words_count(pool, cell_integer(attrition, "dropped", i));
        cells[5] = words_count(pool, cell_integer(attrition, "left", i));
    }
    return 0;
}

static const struct table *find_table(const struct bundle *bundle, const char *name)
{
    for (size_t i = 0; i < bundle->n_tables; i++)
        if (strcmp(bundle->tables[i]->name, name) == 0)
            return bundle->tables[i];
    return NULL;
}

int losses_table(struct bundle *bundle, struct text_table *table)
{
    static const char *const headers[] = {"Outcome", "Left out because", "Number"};
    static const bool numeric[] = {false, false, true};
    const struct table *losses = find_table(bundle, "losses");
    struct pool *pool = bundle->pool;

    *table = (struct text_table){.pool = pool, .name = "losses", .caption = "Left out of one outcome"};
    if (add_columns(table, headers, numeric, 3) != 0)
        return -1;
    for (size_t i = 0; i < cell_rows(losses); i++) {
        const char **cells = text_table_row(table);

        if (cells == NULL)
            return -1;
        cells[0] = bundle_outcome_label(bundle, cell_text(pool, losses, "outcome", i));
        cells[1] = cell_text(pool, losses, "reason", i);
        cells[2] = words_count(pool, cell_integer(losses, "n", i));
    }
    return 0;
}

int evidence_table(struct bundle *bundle, struct text_table *table)
{
    static const char *const headers[] = {"Source", "What was counted", "Reason", "Number"};
    static const bool numeric[] = {false, false, false, true};
    const struct table *evidence = find_table(bundle, "evidence");
    struct pool *pool = bundle->pool;

    *table = (struct text_table){.pool = pool, .name = "evidence", .caption = "Dated rows of the people who are compared"};
    if (add_columns(table, headers, numeric, 4) != 0)
        return -1;
    for (size_t i = 0; i < cell_rows(evidence); i++) {
        const char **cells = text_table_row(table);

        if (cells == NULL)
            return -1;
        cells[0] = cell_text(pool, evidence, "table", i);
        cells[1] = words_spoken(pool, cell_text(pool, evidence, "quantity", i));
        cells[2] = cell_text(pool, evidence, "reason", i);
        cells[3] = words_count(pool, cell_integer(evidence, "n", i));
    }
    return 0;
}

int ranges_page_table(struct bundle *bundle, struct text_table *table)
{
    static const char *const headers[] = {"Comparison", "Measure", "Definitions", "Lowest", "By", "Highest", "By"};
    static const bool numeric[] = {false, false, true, true, false, true, false};
    const struct table *ranges = find_table(bundle, "ranges");
    struct pool *pool = bundle->pool;

    *table = (struct text_table){.pool = pool, .name = "ranges", .caption = "How far the answer turns with the definition"};
    if (add_columns(table, headers, numeric, 7) != 0)
        return -1;
    for (size_t i = 0; i < cell_rows(ranges); i++) {
        const char **cells = text_table_row(table);
        const char *measure = cell_text(pool, ranges, "measure", i);
        const enum scale scale = words_scale(measure);

        if (cells == NULL)
            return -1;
        cells[0] = pool_format(pool, "%s v %s", bundle_arm_label(bundle, cell_text(pool, ranges, "arm", i)),
                               bundle_arm_label(bundle, cell_text(pool, ranges, "reference", i)));
        cells[1] = words_measure(pool, measure);
        cells[2] = words_count(pool, cell_integer(ranges, "n_definitions", i));
        cells[3] = words_value(pool, scale, cell_real(ranges, "lowest", i), "days");
        cells[4] = bundle_outcome_label(bundle, cell_text(pool, ranges, "lowest_outcome", i));
        cells[5] = words_value(pool, scale, cell_real(ranges, "highest", i), "days");
        cells[6] = bundle_outcome_label(bundle, cell_text(pool, ranges, "highest_outcome", i));
    }
    return 0;
}

static void write_if_rows(struct html *html, struct text_table *table, int status)
{
    if (status == 0 && table->n_rows > 0)
        page_table(html, table);
    text_table_free(table);
}

/* Each population has a Table 1 of its own. */
static void write_baselines(struct html *html, struct bundle *bundle)
{
    const struct table *baseline = bundle->baseline;

    for (size_t i = 0; i < cell_rows(baseline); i++) {
        struct text_table table;
        bool first = true;

        for (size_t k = 0; first && k < i; k++)
            first = !cells_equal(baseline, "population", k, i);
        if (first)
            write_if_rows(html, &table,
                          baseline_table(bundle, cell_text(bundle->pool, baseline, "population", i), &table));
    }
}

static void write_estimates(struct html *html, struct bundle *bundle)
{
    const struct table *estimates = bundle->estimates;

    for (size_t i = 0; i < cell_rows(estimates); i++) {
        struct text_table table;
        bool first = true;

        for (size_t k = 0; first && k < i; k++)
            first = !cells_equal(estimates, "outcome", k, i);
        if (first)
            write_if_rows(html, &table,
                          estimate_table(bundle, cell_text(bundle->pool, estimates, "outcome", i), &table));
    }
}

static void write_published(struct html *html, struct bundle *bundle)
{
    struct text_table table;
    const int status = published_table(bundle, &table);

    if (status == 0 && table.n_rows > 0)
        html_line(html, "h3", "Published and recomputed");
    write_if_rows(html, &table, status);
}

static void heading(struct html *html, const char *id, const char *text)
{
    html_start(html, "h3", "id", id, NULL);
    html_text(html, text);
    html_end(html);
}

void page_tables(struct html *html, struct bundle *bundle)
{
    struct text_table table;

    html_start(html, "section", "id", "tables", "aria-labelledby", "tables-heading", NULL);
    html_start(html, "h2", "id", "tables-heading", NULL);
    html_text(html, "Tables");
    html_end(html);
    html_line(html, "h3", "Estimates");
    write_if_rows(html, &table, ranges_page_table(bundle, &table));
    write_estimates(html, bundle);
    write_published(html, bundle);
    if (cell_rows(bundle->baseline) > 0)
        heading(html, "tables-baseline", "The arms at the start");
    write_baselines(html, bundle);
    heading(html, "tables-counted", "Who was counted");
    write_if_rows(html, &table, attrition_table(bundle, &table));
    write_if_rows(html, &table, losses_table(bundle, &table));
    write_if_rows(html, &table, evidence_table(bundle, &table));
    heading(html, "tables-quality", "Quality of the source");
    write_if_rows(html, &table, quality_table(bundle, &table));
    write_if_rows(html, &table, quality_columns_table(bundle, &table));
    html_end(html);
}
