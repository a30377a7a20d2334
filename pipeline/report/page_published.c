/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What others printed, beside what came out here. */
#include "report/page.h"

#include <math.h>
#include <string.h>

#include "report/reading.h"

static const struct table *published_of(const struct bundle *bundle)
{
    for (size_t i = 0; i < bundle->n_tables; i++)
        if (strcmp(bundle->tables[i]->name, "published") == 0)
            return bundle->tables[i];
    return NULL;
}

/* Decimals of a number as it was printed. */
static int decimals(const char *printed)
{
    const char *const point = strchr(printed, '.');

    return point == NULL ? 0 : (int)strspn(point + 1, "0123456789");
}

/* Ours with two digits more than were printed, so that a reader can round it himself; a difference likewise. */
static const char *beside(struct bundle *bundle, const struct table *published, const char *column, size_t row)
{
    const char *const printed = cell_text(bundle->pool, published, "printed", row);
    const double value = cell_real(published, column, row);
    const char *const unit = strchr(printed, '%') != NULL && strcmp(column, "recomputed") == 0 ? "%" : "";

    if (isnan(value))
        return WORDS_NOTHING;
    return pool_format(bundle->pool, "%s%s", words_fixed(bundle->pool, value, decimals(printed) + 2), unit);
}

/* "37.7% (36.0 to 39.4)" */
static const char *printed_of(struct bundle *bundle, const struct table *published, size_t row)
{
    const char *const printed = cell_text(bundle->pool, published, "printed", row);
    const char *const low = cell_text(bundle->pool, published, "printed_low", row);
    const char *const high = cell_text(bundle->pool, published, "printed_high", row);

    return low[0] == '\0' || high[0] == '\0' ? printed : pool_format(bundle->pool, "%s (%s to %s)", printed, low, high);
}

static const char *match_of(struct bundle *bundle, const struct table *published, size_t row)
{
    const char *const match = words_spoken(bundle->pool, cell_text(bundle->pool, published, "match", row));

    if (cell_is(published, "match", row, "differs") && cell_is(published, "expected", row, "differs"))
        return "differs, as expected";
    return match;
}

/* "Lee 2018, doi:..., table 2, hazard ratio: why it differs" */
static const char *origin_of(struct bundle *bundle, const struct table *published, size_t row)
{
    const char *const parts[] = {cell_text(bundle->pool, published, "source", row),
                                 cell_text(bundle->pool, published, "table", row),
                                 cell_text(bundle->pool, published, "cell", row)};
    const char *const note = cell_text(bundle->pool, published, "note", row);
    const char *origin = "";

    for (size_t k = 0; k < 3; k++)
        if (parts[k][0] != '\0')
            origin = pool_format(bundle->pool, "%s%s%s", origin, origin[0] == '\0' ? "" : ", ", parts[k]);
    return note[0] == '\0' ? origin : pool_format(bundle->pool, "%s: %s", origin, note);
}

struct published_counts published_count(const struct bundle *bundle)
{
    const struct table *published = published_of(bundle);
    struct published_counts counts = {.n = cell_rows(published)};

    for (size_t i = 0; i < counts.n; i++) {
        counts.matches += cell_is(published, "match", i, "matches");
        counts.differs += cell_is(published, "match", i, "differs");
    }
    return counts;
}

static const char *count_matches(struct bundle *bundle)
{
    const struct published_counts counts = published_count(bundle);

    return pool_format(bundle->pool, "Published numbers beside ours: %zu match, %zu differ, %zu cannot be computed here",
                       counts.matches, counts.differs, counts.n - counts.matches - counts.differs);
}

int published_table(struct bundle *bundle, struct text_table *table)
{
    const struct table *const published = published_of(bundle);
    struct pool *const pool = bundle->pool;

    *table = (struct text_table){.pool = pool, .name = "published"};
    if (cell_rows(published) == 0)
        return 0;
    table->caption = count_matches(bundle);
    if (text_table_column(table, "What", false) != 0 || text_table_column(table, "Arms", false) != 0 ||
        text_table_column(table, "Printed", true) != 0 || text_table_column(table, "Ours", true) != 0 ||
        text_table_column(table, "Ours less printed", true) != 0 || text_table_column(table, "Match", false) != 0 ||
        text_table_notes(table, "Where it was printed") != 0)
        return -1;
    for (size_t i = 0; i < cell_rows(published); i++) {
        const char **const cells = text_table_row(table);

        if (cells == NULL)
            return -1;
        cells[0] = pool_format(pool, "%s: %s%s", reading_what(bundle, published, i),
                               words_lower(pool, words_measure(pool, cell_text(pool, published, "measure", i))),
                               reading_where(bundle, published, i));
        cells[1] = reading_whom(bundle, published, i);
        cells[2] = printed_of(bundle, published, i);
        cells[3] = beside(bundle, published, "recomputed", i);
        cells[4] = beside(bundle, published, "difference", i);
        cells[5] = match_of(bundle, published, i);
        cells[6] = origin_of(bundle, published, i);
    }
    return 0;
}

const char *row_key(struct bundle *bundle, const struct table *table, size_t row)
{
    static const char *const keys[] = {"analysis", "outcome", "population", "adjustment", "estimand", "stratum",
                                       "measure",  "term",    "cause",      "arm",        "reference"};
    const double time = cell_real(table, "time", row);
    const char *text = "";

    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
        const char *value = cell_text(bundle->pool, table, keys[k], row);
        if (value[0] != '\0')
            text = pool_format(bundle->pool, "%s%s%s=%s", text, text[0] == '\0' ? "" : " ", keys[k], value);
    }
    return isnan(time) ? text : pool_format(bundle->pool, "%s time=%s", text, words_plain(bundle->pool, time));
}

int review_table(struct bundle *bundle, struct text_table *table)
{
    const struct table *const published = published_of(bundle);

    *table = (struct text_table){.pool = bundle->pool, .name = "published", .caption = count_matches(bundle)};
    if (text_table_column(table, "What", false) != 0 || text_table_column(table, "Published", true) != 0 ||
        text_table_column(table, "Recomputed", true) != 0 || text_table_column(table, "Difference", true) != 0 ||
        text_table_column(table, "Verdict", false) != 0 || text_table_column(table, "Key of its row", false) != 0 ||
        text_table_notes(table, "Where it was printed") != 0)
        return -1;
    for (size_t i = 0; i < cell_rows(published); i++) {
        const char **const cells = text_table_row(table);

        if (cells == NULL)
            return -1;
        cells[0] = pool_format(bundle->pool, "%s, %s", reading_what(bundle, published, i), reading_whom(bundle, published, i));
        cells[1] = printed_of(bundle, published, i);
        cells[2] = beside(bundle, published, "recomputed", i);
        cells[3] = beside(bundle, published, "difference", i);
        cells[4] = match_of(bundle, published, i);
        cells[5] = row_key(bundle, published, i);
        cells[6] = origin_of(bundle, published, i);
    }
    return 0;
}
