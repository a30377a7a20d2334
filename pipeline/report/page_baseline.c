/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Table 1: the arms at the start, and how alike they are. */
#include "report/page.h"

#include <math.h>
#include <string.h>

#include "report/words.h"

enum { ARMS_MAX = 12, PAIRS_MAX = 12 };

/* The pairs that the balance table compares, in its order. */
struct layout {
    size_t n_arms, n_pairs;
    const char *arms[ARMS_MAX];
    struct {
        const char *arm, *reference;
    } pairs[PAIRS_MAX];
};

/* The label of a covariate, else its name. */
static const char *said(struct bundle *bundle, size_t row)
{
    const char *label = cell_text(bundle->pool, bundle->baseline, "label", row);

    if (label[0] == '\0')
        label = words_spoken(bundle->pool, cell_text(bundle->pool, bundle->baseline, "term", row));
    return words_capital(bundle->pool, label);
}

static void find_arms(struct bundle *bundle, struct layout *layout)
{
    for (size_t i = 0; i < cell_rows(bundle->arms) && layout->n_arms < ARMS_MAX; i++)
        layout->arms[layout->n_arms++] = cell_text(bundle->pool, bundle->arms, "arm", i);
}

static void find_pairs(struct bundle *bundle, struct layout *layout)
{
    const struct table *balance = bundle->balance;

    for (size_t i = 0; i < cell_rows(balance) && layout->n_pairs < PAIRS_MAX; i++) {
        bool known = false;

        for (size_t k = 0; k < layout->n_pairs; k++)
            known = known || (cell_is(balance, "arm", i, layout->pairs[k].arm) &&
                              cell_is(balance, "reference", i, layout->pairs[k].reference));
        if (known)
            continue;
        layout->pairs[layout->n_pairs].arm = cell_text(bundle->pool, balance, "arm", i);
        layout->pairs[layout->n_pairs++].reference = cell_text(bundle->pool, balance, "reference", i);
    }
}

static int add_columns(struct bundle *bundle, const struct layout *layout, struct text_table *table)
{
    if (text_table_column(table, "Characteristic", false) != 0)
        return -1;
    for (size_t k = 0; k < layout->n_arms; k++)
        if (text_table_column(table, bundle_arm_label(bundle, layout->arms[k]), true) != 0)
            return -1;
    for (size_t k = 0; k < layout->n_pairs; k++) {
        const char *header = layout->n_pairs == 1 ? "SMD"
                                                  : pool_format(bundle->pool, "SMD, %s v %s",
                                                                bundle_arm_label(bundle, layout->pairs[k].arm),
                                                                bundle_arm_label(bundle, layout->pairs[k].reference));
        if (text_table_column(table, header, true) != 0)
            return -1;
    }
    return 0;
}

/* Row of the arm with the same population, term and level as row; cell_rows() when there is none. */
static size_t row_of_arm(struct bundle *bundle, size_t row, const char *arm)
{
    const struct table *baseline = bundle->baseline;
    size_t i = 0;

    for (; i < baseline->n_rows; i++)
        if (cell_is(baseline, "arm", i, arm) && cells_equal(baseline, "population", i, row) &&
            cells_equal(baseline, "term", i, row) && cells_equal(baseline, "level", i, row))
            break;
    return i;
}

static const char *arm_cell(struct bundle *bundle, size_t row, bool is_level)
{
    const struct table *baseline = bundle->baseline;
    struct pool *pool = bundle->pool;
    double mean = cell_real(baseline, "mean", row), std_dev = cell_real(baseline, "std_dev", row);
    double percent = cell_real(baseline, "percent", row);

    if (cell_is(baseline, "status", row, "withheld"))
        return "withheld";
    if (is_level)
        return isnan(percent) ? words_count(pool, cell_integer(baseline, "n", row))
                              : pool_format(pool, "%s (%s)", words_count(pool, cell_integer(baseline, "n", row)),
                                            words_fixed(pool, percent, 1));
    if (isnan(mean))
        return WORDS_NOTHING;
    return isnan(std_dev) ? words_fixed(pool, mean, 1)
                          : pool_format(pool, "%s (%s)", words_fixed(pool, mean, 1), words_fixed(pool, std_dev, 1));
}

/* The SMD of a pair for a term (level "": of the whole term). */
static const char *smd_cell(struct bundle *bundle, size_t row, const char *arm, const char *reference,
                            const char *level)
{
    const struct table *balance = bundle->balance;
    const char *population = cell_text(bundle->pool, bundle->baseline, "population", row);
    const char *term = cell_text(bundle->pool, bundle->baseline, "term", row);

    for (size_t i = 0; i < cell_rows(balance); i++)
        if (cell_is(balance, "population", i, population) && cell_is(balance, "term", i, term) &&
            cell_is(balance, "level", i, level) && cell_is(balance, "arm", i, arm) &&
            cell_is(balance, "reference", i, reference))
            return words_fixed(bundle->pool, cell_real(balance, "smd", i), 2);
    return "";
}

static int add_row(struct bundle *bundle, const struct layout *layout, struct text_table *table, size_t row,
                   const char *label, bool is_level)
{
    const char **cells = text_table_row(table);
    const char *level = cell_text(bundle->pool, bundle->baseline, "level", row);

    if (cells == NULL)
        return -1;
    cells[0] = label;
    for (size_t k = 0; k < layout->n_arms; k++) {
        size_t i = row_of_arm(bundle, row, layout->arms[k]);

        cells[1 + k] = i < bundle->baseline->n_rows ? arm_cell(bundle, i, is_level) : WORDS_NOTHING;
    }
    for (size_t k = 0; k < layout->n_pairs; k++)
        cells[1 + layout->n_arms + k] = smd_cell(bundle, row, layout->pairs[k].arm, layout->pairs[k].reference, level);
    return 0;
}

/* Missing values of a term, when any arm has some. */
static int add_missing(struct bundle *bundle, const struct layout *layout, struct text_table *table, size_t row)
{
    bool any = false;
    const char **cells;

    for (size_t k = 0; k < layout->n_arms; k++) {
        size_t i = row_of_arm(bundle, row, layout->arms[k]);

        any = any || cell_integer(bundle->baseline, "n_missing", i) != 0;
    }
    if (!any)
        return 0;
    if ((cells = text_table_row(table)) == NULL)
        return -1;
    cells[0] = "missing";
    for (size_t k = 0; k < layout->n_arms; k++) {
        size_t i = row_of_arm(bundle, row, layout->arms[k]);

        cells[1 + k] = cell_is(bundle->baseline, "status", i, "withheld")
                           ? "withheld"
                           : words_count(bundle->pool, cell_integer(bundle->baseline, "n_missing", i));
    }
    return 0;
}

static bool is_first(const struct table *baseline, size_t row, bool of_level)
{
    for (size_t i = 0; i < row; i++)
        if (cells_equal(baseline, "population", i, row) && cells_equal(baseline, "term", i, row) &&
            (!of_level || cells_equal(baseline, "level", i, row)))
            return false;
    return true;
}

/* The heading of a factor carries the SMD of the whole factor, where there is one. */
static int add_factor_heading(struct bundle *bundle, const struct layout *layout, struct text_table *table, size_t row)
{
    const char **cells = text_table_row(table);

    if (cells == NULL)
        return -1;
    cells[0] = pool_format(bundle->pool, "%s, n (%%)", said(bundle, row));
    for (size_t k = 0; k < layout->n_pairs; k++)
        cells[1 + layout->n_arms + k] = smd_cell(bundle, row, layout->pairs[k].arm, layout->pairs[k].reference, "");
    return 0;
}

static int add_rows(struct bundle *bundle, const struct layout *layout, struct text_table *table, size_t row)
{
    const struct table *baseline = bundle->baseline;
    const char *level = cell_text(bundle->pool, baseline, "level", row);

    if (level[0] == '\0') {
        if (!is_first(baseline, row, false))
            return 0;
        if (add_row(bundle, layout, table, row, pool_format(bundle->pool, "%s, mean (SD)", said(bundle, row)), false) !=
            0)
            return -1;
        return add_missing(bundle, layout, table, row);
    }
    if (is_first(baseline, row, false) &&
        (add_factor_heading(bundle, layout, table, row) != 0 || add_missing(bundle, layout, table, row) != 0))
        return -1;
    if (!is_first(baseline, row, true))
        return 0;
    return add_row(bundle, layout, table, row, pool_format(bundle->pool, "\xc2\xa0\xc2\xa0%s", level), true);
}

int baseline_table(struct bundle *bundle, const char *population, struct text_table *table)
{
    struct layout layout = {.n_arms = 0};
    bool several = false;

    *table = (struct text_table){.pool = bundle->pool, .name = "baseline"};
    for (size_t i = 1; i < cell_rows(bundle->baseline); i++)
        several = several || !cells_equal(bundle->baseline, "population", 0, i);
    table->caption = several ? pool_format(bundle->pool, "Table 1, population %s", population) : "Table 1";
    table->caption = pool_format(bundle->pool,
                                 "%s. SMD: standardised mean difference; above 0.1 in size is often called "
                                 "imbalance",
                                 table->caption);
    find_arms(bundle, &layout);
    find_pairs(bundle, &layout);
    if (add_columns(bundle, &layout, table) != 0)
        return -1;
    for (size_t i = 0; i < cell_rows(bundle->baseline); i++)
        if (cell_is(bundle->baseline, "population", i, population) && add_rows(bundle, &layout, table, i) != 0)
            return -1;
    return 0;
}
