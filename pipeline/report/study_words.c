/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/study_words.h"

#include <string.h>

#include "report/words.h"

const char *study_listed(struct bundle *bundle, const char *key, const char *separator)
{
    const char *text = bundle_study_value(bundle, key);

    for (int i = 1; text[0] == '\0' || i > 1; i++) {
        const char *item = bundle_study_value(bundle, pool_format(bundle->pool, "%s.%d", key, i));

        if (item[0] == '\0')
            break;
        text = text[0] == '\0' ? item : pool_format(bundle->pool, "%s%s%s", text, separator, item);
    }
    return text;
}

const char *study_rules_said(struct bundle *bundle, const char *prefix)
{
    const size_t length = strlen(prefix);
    const char *text = "";

    for (size_t i = 0; i < cell_rows(bundle->study); i++) {
        const char *key = cell_text(bundle->pool, bundle->study, "key", i);
        const char *rest = strncmp(key, prefix, length) == 0 ? key + length : NULL;
        const char *dot = rest == NULL ? NULL : strchr(rest, '.');

        if (rest == NULL || (dot != NULL && strcmp(dot, ".when") != 0))
            continue;
        text = pool_format(bundle->pool, "%s%s%s: %s", text, text[0] == '\0' ? "" : "; ",
                           words_spoken(bundle->pool, pool_copy(bundle->pool, rest, strcspn(rest, "."))),
                           cell_text(bundle->pool, bundle->study, "value", i));
    }
    return text;
}

bool study_has(struct bundle *bundle, const char *prefix)
{
    const size_t length = strlen(prefix);

    for (size_t i = 0; i < cell_rows(bundle->study); i++)
        if (strncmp(cell_text(bundle->pool, bundle->study, "key", i), prefix, length) == 0)
            return true;
    return false;
}

bool study_estimates(const struct bundle *bundle, const char *measure)
{
    for (size_t i = 0; i < cell_rows(bundle->estimates); i++)
        if (cell_is(bundle->estimates, "measure", i, measure))
            return true;
    return false;
}

static bool is_adjusted(const struct table *estimates, size_t i)
{
    return !cell_is(estimates, "adjustment", i, "unadjusted") && !cell_is(estimates, "adjustment", i, "");
}

bool study_adjusts(const struct bundle *bundle)
{
    for (size_t i = 0; i < cell_rows(bundle->estimates); i++)
        if (is_adjusted(bundle->estimates, i))
            return true;
    return false;
}

const char *study_adjustments(struct bundle *bundle)
{
    const struct table *estimates = bundle->estimates;
    const char *text = "";

    for (size_t i = 0; i < cell_rows(estimates); i++) {
        bool first = is_adjusted(estimates, i);

        for (size_t k = 0; first && k < i; k++)
            first = !cells_equal(estimates, "adjustment", k, i);
        if (first)
            text = pool_format(bundle->pool, "%s%s%s", text, text[0] == '\0' ? "" : ", ",
                               cell_text(bundle->pool, estimates, "adjustment", i));
    }
    return text;
}
