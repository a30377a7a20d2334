/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/ledger_people.h"

#include <string.h>

#include "base/cells.h"

enum { MARK_LENGTH = 16 };

/* Files besides those of people: published numbers (compare) and definitions (outcomes) may be shared by strangers. */
static bool is_source_of_people(const struct table *provenance, size_t row)
{
    return cell_begins(provenance, "key", row, "input:") && !cell_begins(provenance, "key", row, "input:compare/") &&
           !cell_begins(provenance, "key", row, "input:outcomes/");
}

const char *ledger_sources(struct pool *pool, const struct table *provenance)
{
    const char *sources = "";

    for (size_t i = 0; i < cell_rows(provenance); i++)
        if (is_source_of_people(provenance, i))
            sources = pool_format(pool, "%s%s%.*s", sources, sources[0] == '\0' ? "" : " ", MARK_LENGTH,
                                  cell_text(pool, provenance, "value", i));
    return sources;
}

bool ledger_people_are_same(const struct ledger_people *people, const struct table *table, size_t row)
{
    char mark[MARK_LENGTH + 1] = "";

    if (cell_is(table, "study", row, people->study))
        return true;
    for (const char *next = people->sources; strlen(next) >= MARK_LENGTH; next += MARK_LENGTH) {
        next += strspn(next, " ");
        memcpy(mark, next, MARK_LENGTH);
        if (cell_contains(table, "sources", row, mark))
            return true;
    }
    return false;
}

bool ledger_people_are_own(const struct ledger_people *people, const struct table *table, size_t row)
{
    return cell_is(table, "study", row, people->study) && cell_is(table, "sources", row, people->sources);
}
