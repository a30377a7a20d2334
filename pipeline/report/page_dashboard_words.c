/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/page_dashboard_parts.h"

#include "report/words.h"

const char *cell_share_words(const struct dashboard *d, size_t m, const struct dashboard_cell *cell)
{
    return cell->withheld ? "withheld" : dashboard_words(d->pool, &d->measures[m], dashboard_value(cell));
}

const char *cell_expected_words(const struct dashboard *d, size_t m, const struct dashboard_cell *cell)
{
    return cell->withheld ? "withheld" : dashboard_words(d->pool, &d->measures[m], dashboard_expected(cell));
}

const char *cell_value_words(const struct dashboard *d, size_t m, const struct dashboard_cell *cell)
{
    const struct dashboard_question *measure = &d->measures[m];

    if (measure->is_rate)
        return pool_format(d->pool, "%s events %s", cell_share_words(d, m, cell), dashboard_per(d->pool, measure));
    if (measure->is_share)
        return cell_share_words(d, m, cell);
    return pool_format(d->pool, "%s of %s people", cell_share_words(d, m, cell), cell->withheld ? "withheld" : words_count(d->pool, cell->n));
}

const char *cell_ratio_words(struct pool *pool, const struct dashboard_cell *cell)
{
    return cell->withheld ? "withheld" : words_fixed(pool, cell->ratio, 2);
}

const char *cell_interval_words(struct pool *pool, const struct dashboard_cell *cell)
{
    if (cell->withheld)
        return "withheld";
    return words_interval(pool, SCALE_RATIO, cell->conf_low, cell->conf_high);
}

const char *cell_count_words(struct pool *pool, const struct dashboard_cell *cell, int64_t n)
{
    return cell->withheld ? "withheld" : words_count(pool, n);
}
