/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/specification.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/reading.h"
#include "report/words.h"

bool specification_same(const struct table *estimates, size_t row, size_t other)
{
    return rows_agree(estimates, "outcome measure term cause arm reference", row, other) &&
           rows_agree(estimates, "time", row, other);
}

bool specification_has(struct bundle *bundle, size_t row)
{
    const struct table *estimates = bundle->estimates;

    return reading_is_contrast(bundle, estimates, row) && reading_has_value(estimates, row) &&
           cell_is(estimates, "stratum", row, "") && !reading_is_pooled(bundle, row) &&
           !reading_is_of_range(bundle, estimates, row) &&
           words_scale(cell_text(bundle->pool, estimates, "measure", row)) != SCALE_PLAIN;
}

/* The option of a row in each factor. */
static const char *option_of(struct bundle *bundle, size_t row, size_t factor)
{
    static const char *const columns[FACTORS] = {"analysis", "adjustment", "population", "analysis"};
    struct pool *pool = bundle->pool;
    const char *text = cell_text(pool, bundle->estimates, columns[factor], row), *at = strchr(text, '@');

    switch (factor) {
    case 0:
        return at == NULL ? "as declared" : words_spoken(pool, at + 1);
    case 1:
        return text[0] == '\0' ? "no adjustment" : words_adjustment(pool, text);
    case 2:
        return words_spoken(pool, at == NULL ? text : pool_copy(pool, text, (size_t)(at - text)));
    default:
        return words_spoken(pool, at == NULL ? text : pool_copy(pool, text, (size_t)(at - text)));
    }
}

static size_t find_option(struct factor *factor, const char *option)
{
    for (size_t k = 0; k < factor->n; k++)
        if (strcmp(factor->options[k], option) == 0)
            return k;
    if (factor->n == OPTIONS_MAX)
        return OPTIONS_MAX;
    factor->options[factor->n++] = option;
    return factor->n - 1;
}

static int by_estimate(const void *a, const void *b)
{
    const struct way *one = a, *two = b;

    if (one->estimate != two->estimate)
        return one->estimate < two->estimate ? -1 : 1;
    return (one->row > two->row) - (one->row < two->row);
}

int specification_read(struct bundle *bundle, size_t first, struct specification *spec)
{
    static const char *const names[FACTORS] = {"Profile", "Adjustment", "Population", "Analysis"};
    const struct table *estimates = bundle->estimates;

    *spec = (struct specification){.ways = allocate(WAYS_MAX, sizeof *spec->ways)};
    if (spec->ways == NULL)
        return -1;
    for (size_t f = 0; f < FACTORS; f++)
        spec->factors[f].name = names[f];
    for (size_t i = 0; i < cell_rows(estimates) && spec->n < WAYS_MAX; i++) {
        struct way *way = &spec->ways[spec->n];

        if (!specification_same(estimates, first, i) || !specification_has(bundle, i))
            continue;
        *way = (struct way){.row = i,
                            .estimate = cell_real(estimates, "estimate", i),
                            .conf_low = cell_real(estimates, "conf_low", i),
                            .conf_high = cell_real(estimates, "conf_high", i),
                            .declared = !reading_is_of_profile(estimates, i)};
        for (size_t f = 0; f < FACTORS; f++)
            way->option[f] = find_option(&spec->factors[f], option_of(bundle, i, f));
        spec->n++;
    }
    qsort(spec->ways, spec->n, sizeof *spec->ways, by_estimate);
    return 0;
}

void specification_free(struct specification *spec)
{
    free(spec->ways);
    *spec = (struct specification){.n = 0};
}
