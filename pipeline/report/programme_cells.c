/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/programme_cells.h"

#include <math.h>
#include <string.h>

#include "report/words.h"

static bool is_text(const struct column *column, size_t row, const char *text, size_t length)
{
    size_t size = 0;
    const char *here = column_text(column, row, &size);

    return size == length && memcmp(here, text, length) == 0;
}

struct programme_span programme_rows(struct bundle *bundle, size_t measure)
{
    const struct table *cells = bundle_table(bundle, "programmes");
    const struct column *column = cells == NULL ? NULL : table_column(cells, "measure");
    const char *name = cell_text(bundle->pool, bundle_table(bundle, "programme_measures"), "measure", measure);
    const size_t length = strlen(name), n = column == NULL ? 0 : cells->n_rows;
    struct programme_span span = {0, 0};

    while (span.first < n && !is_text(column, span.first, name, length))
        span.first++;
    for (span.end = span.first; span.end < n && is_text(column, span.end, name, length);)
        span.end++;
    return span;
}

bool programme_is_whole(const struct table *programmes, size_t row)
{
    return cell_is(programmes, "period", row, "");
}

bool programme_signal_has(const struct table *programmes, size_t row, const char *what)
{
    const struct column *column = table_column(programmes, "signal");
    size_t length = 0;
    const char *text = column == NULL ? "" : column_text(column, row, &length);

    return memmem(text, length, what, strlen(what)) != NULL;
}

const char *programme_measure_label(struct bundle *bundle, size_t measure)
{
    const struct table *measures = bundle_table(bundle, "programme_measures");
    const char *label = cell_text(bundle->pool, measures, "label", measure);

    return label[0] != '\0'
               ? label
               : words_capital(bundle->pool, words_spoken(bundle->pool, cell_text(bundle->pool, measures, "measure", measure)));
}

bool programme_is_rate(struct bundle *bundle, size_t measure)
{
    return cell_is(bundle_table(bundle, "programme_measures"), "share", measure, "rate");
}

bool programme_is_share(struct bundle *bundle, size_t measure)
{
    return cell_is(bundle_table(bundle, "programme_measures"), "told_as", measure, "shares");
}

const char *programme_share_words(struct bundle *bundle, size_t measure)
{
    if (!programme_is_share(bundle, measure))
        return "";
    return pool_format(bundle->pool, " Told as a share: the numbers of people are those of \u201c%s\u201d.", programme_measure_label(bundle, 0));
}

double programme_scale(struct bundle *bundle, size_t measure)
{
    return programme_is_rate(bundle, measure) ? 1000 : 100;
}

const char *programme_unit(struct bundle *bundle, size_t measure)
{
    if (!programme_is_rate(bundle, measure))
        return "%";
    return pool_format(bundle->pool, "per 1,000 person-%s",
                       cell_text(bundle->pool, bundle_table(bundle, "programme_measures"), "time_units", measure));
}

const char *programme_bare(struct bundle *bundle, size_t measure, double value)
{
    if (programme_is_rate(bundle, measure))
        return words_fixed(bundle->pool, 1000 * value, 2);
    if (programme_is_share(bundle, measure) && isfinite(value))
        return words_fixed(bundle->pool, 100 * value, 0);
    return words_bare(bundle->pool, SCALE_PERCENT, value);
}

const char *programme_left_out(struct bundle *bundle)
{
    const size_t n = cell_rows(bundle_table(bundle, "programme_measures"));
    const char *names = "";

    for (size_t m = PROGRAMME_FIGURES_MAX; m < n; m++)
        names = pool_format(bundle->pool, "%s%s%s", names, names[0] == '\0' ? "" : "; ", programme_measure_label(bundle, m));
    return names[0] == '\0' ? "" : pool_format(bundle->pool, " Without a picture: %s. The dashboard has them.", names);
}

const char *programme_label(struct bundle *bundle, size_t row)
{
    const char *name = cell_text(bundle->pool, bundle_table(bundle, "programmes"), "programme", row);

    return name[0] == '\0' ? "All programmes" : name;
}
