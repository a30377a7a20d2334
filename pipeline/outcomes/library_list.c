/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/library_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"

/* ---- choosing ------------------------------------------------------------------------------------------- */

static int add_once(const struct definition **chosen, size_t *n, const struct definition *definition)
{
    for (size_t i = 0; i < *n; i++)
        if (chosen[i] == definition)
            return 0;
    chosen[(*n)++] = definition;
    return 0;
}

static int add_named(const struct library *library, const char *text, size_t length, const struct definition **chosen,
                     size_t *n)
{
    char *name = copy_bytes(text, length), escaped[ESCAPED_SIZE];
    const struct definition *definition = name == NULL ? NULL : library_find(library, name);
    int status = name == NULL ? -1 : 0;

    if (status == 0 && definition == NULL) {
        const char *near = library_nearest(library, name);
        status = fail("the library has no definition '%s'%s%s%s; `stepdown outcomes --list` shows them all",
                      escape_value(escaped, text, length), near == NULL ? "" : "; did you mean '",
                      near == NULL ? "" : near, near == NULL ? "" : "'?");
    }
    free(name);
    return status != 0 ? -1 : add_once(chosen, n, definition);
}

const struct definition **library_choose(const struct library *library, const char *names, size_t *n)
{
    const struct definition **chosen = allocate(library->n, sizeof(const struct definition *));
    int status = chosen == NULL ? -1 : 0;

    *n = 0;
    for (const char *at = names; status == 0;) {
        const size_t length = strcspn(at, ",");
        if (length == 3 && memcmp(at, "all", 3) == 0)
            for (size_t i = 0; i < library->n; i++)
                add_once(chosen, n, library->definitions[i]);
        else
            status = add_named(library, at, length, chosen, n);
        if (at[length] == '\0')
            break;
        at += length + 1;
    }
    if (status == 0)
        return chosen;
    free(chosen);
    return NULL;
}

/* ---- the list --------------------------------------------------------------------------------------------- */

static const char *missing_name(const struct definition *definition)
{
    static const char *const names[] = {[MISSING_KEPT] = "kept", [MISSING_POSITIVE] = "positive",
                                        [MISSING_NEGATIVE] = "negative", [MISSING_DELETED] = "deleted"};
    static const char *const fills[] = {[FILL_MODE] = "filled by mode", [FILL_NEIGHBOURS] = "filled by neighbours",
                                        [FILL_LAST] = "filled by the last"};

    return definition->fill != FILL_NONE ? fills[definition->fill] : names[definition->missing];
}

static const char *mixed_name(const struct definition *definition)
{
    static const char *const names[] = {[MIXED_HALF] = "half", [MIXED_POSITIVE] = "positive",
                                        [MIXED_NEGATIVE] = "negative", [MIXED_APART] = "apart"};

    return names[definition->mixed];
}

static int add_row(struct table *table, const struct definition *definition)
{
    struct row_builder row = table_new_row(table);
    char *columns = definition->n_columns == 1 ? copy_text(definition->columns[0])
                                               : format_text("%s, %s", definition->columns[0], definition->columns[1]);

    row_text(&row, "definition", definition->name.text);
    row_text(&row, "library", definition->library);
    row_text(&row, "kind", definition_kind_name(definition));
    row_text(&row, "columns", columns == NULL ? "" : columns);
    row_integer(&row, "weeks_needed", (int64_t)definition->weeks_needed);
    row_text(&row, "missing", missing_name(definition));
    row_text(&row, "mixed", mixed_name(definition));
    row_text(&row, "source", definition->source.text);
    row_text(&row, "doi", definition->doi.text == NULL ? "" : definition->doi.text);
    row_text(&row, "rule", definition->rule.text);
    const int status = columns == NULL ? -1 : 0;
    free(columns);
    return row_end(&row) != 0 ? -1 : status;
}

struct table *library_list(const struct definition *const *definitions, size_t n)
{
    static const struct {
        const char *name, *label;
    } texts[] = {
        {"definition", "Definition"}, {"library", "Library"},           {"kind", "Kind of value"},
        {"columns", "Columns"},       {"weeks_needed", "Weeks needed"}, {"missing", "A missing week counts as"},
        {"mixed", "A mixed week counts as"}, {"source", "Source"},      {"doi", "DOI"}, {"rule", "Rule"},
    };
    struct table *table = table_alloc("library", "Definitions of the library");
    int status = table == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < sizeof texts / sizeof texts[0]; i++)
        status = table_add_column(table, texts[i].name,
                                  strcmp(texts[i].name, "weeks_needed") == 0 ? COLUMN_INT16 : COLUMN_TEXT, 1,
                                  texts[i].label, "") == NULL
                     ? -1
                     : 0;
    for (size_t i = 0; status == 0 && i < n; i++)
        status = add_row(table, definitions[i]);
    if (status == 0)
        return table;
    table_free(table);
    return NULL;
}
