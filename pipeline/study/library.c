/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/library.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"
#include "base/program.h"
#include "study/arena.h"
#include "study/library_file.h"

enum { LIBRARY_NODES = 50000 };

struct library *library_alloc(void)
{
    struct library *library = allocate(1, sizeof *library);

    if (library != NULL && (library->memory = arena_alloc()) == NULL) {
        free(library);
        return NULL;
    }
    return library;
}

void library_free(struct library *library)
{
    if (library == NULL)
        return;
    arena_free(library->memory);
    free(library->definitions);
    free(library);
}

/* ---- finding -------------------------------------------------------------------------------------------- */

static bool is_called(const struct definition *definition, const char *name)
{
    for (size_t k = 0; k < definition->n_columns; k++)
        if (strcmp(definition->columns[k], name) == 0)
            return true;
    return strcmp(definition->name.text, name) == 0;
}

const struct definition *library_find(const struct library *library, const char *name)
{
    for (size_t i = 0; i < library->n; i++)
        if (is_called(library->definitions[i], name))
            return library->definitions[i];
    return NULL;
}

const char *library_nearest(const struct library *library, const char *name)
{
    const char **names = allocate(library->n, sizeof *names);
    const char *near = NULL;

    if (names == NULL)
        return NULL;
    for (size_t i = 0; i < library->n; i++)
        names[i] = library->definitions[i]->name.text;
    near = nearest_name(name, names, library->n);
    free(names);
    return near;
}

bool definition_is_whole(const struct definition *definition)
{
    if (definition->kind == DEFINITION_SCORE)
        return false;
    if (definition->kind != DEFINITION_QUANTITY)
        return true;
    switch (definition->quantity.kind) {
    case QUANTITY_SHARE:
    case QUANTITY_SHARE_FREE_OF:
        return false;
    case QUANTITY_COUNT:
        return definition->mixed != MIXED_HALF; /* half weeks */
    default:
        return true;
    }
}

const char *definition_kind_name(const struct definition *definition)
{
    switch (definition->kind) {
    case DEFINITION_YES_NO: return "yes or no";
    case DEFINITION_SCORE: return "score";
    case DEFINITION_TIME: return "time";
    case DEFINITION_QUANTITY: break;
    }
    return definition->quantity.kind == QUANTITY_SHARE || definition->quantity.kind == QUANTITY_SHARE_FREE_OF ? "share"
                                                                                                              : "count";
}

/* ---- reading ---------------------------------------------------------------------------------------------- */

/* Names of definitions and columns are one set: a name leads to one place. */
static void check_new(const struct library *library, const struct definition *definition, struct mistakes *mistakes)
{
    for (size_t k = 0; k <= definition->n_columns; k++) {
        const char *name = k == 0 ? definition->name.text : definition->columns[k - 1];
        const struct definition *first = name == NULL ? NULL : library_find(library, name);
        if (first == NULL || (k > 0 && strcmp(name, definition->name.text) == 0))
            continue;
        mistake(mistakes, definition->name.place, "the name '%s' is taken by definition '%s' of library '%s'",
                shown(mistakes, name), first->name.text, first->library);
    }
}

static bool has_names(const struct definition *definition)
{
    return definition->columns[0] != NULL && (definition->n_columns == 1 || definition->columns[1] != NULL);
}

static int add_definitions(struct library *library, const struct library_file *file, struct mistakes *mistakes)
{
    const struct library_checker checker = {file, library->memory, mistakes};
    struct definition *definitions = arena_take(library->memory, file->n_definitions, sizeof *definitions);
    const struct definition **longer =
        reallocate(library->definitions, library->n + file->n_definitions, sizeof(const struct definition *));

    if (longer == NULL)
        return -1;
    library->definitions = longer;
    if (definitions == NULL)
        return -1;
    for (size_t i = 0; i < file->n_definitions; i++) {
        if (library_check(&checker, &file->definitions[i], &definitions[i]) != 0)
            return -1;
        if (!has_names(&definitions[i]))
            continue; /* a name was refused, and that was noted */
        check_new(library, &definitions[i], mistakes);
        library->definitions[library->n++] = &definitions[i];
    }
    return 0;
}

static int read_document(struct library *library, const char *text, size_t length, struct mistakes *mistakes)
{
    struct library_file file = {.name = {NULL, {0, 0}}};
    struct schema_reader reader = {.arena = library->memory, .mistakes = mistakes};
    struct document *document = document_parse(text, length, LIBRARY_NODES, mistakes);
    int result = -1;

    if (document == NULL)
        return mistakes_count(mistakes) > 0 ? 0 : -1;
    reader.document = document;
    if (schema_read(&reader, &LIBRARY_FILE, &file) == 0)
        result = add_definitions(library, &file, mistakes);
    document_free(document);
    return result;
}

int library_add_file(struct library *library, const char *path)
{
    struct mistakes *mistakes = mistakes_alloc(path);
    char *text = NULL;
    size_t length;
    int result = -1;

    if (mistakes != NULL && (text = input_read(path, DOCUMENT_BYTES, &length)) != NULL) {
        result = read_document(library, text, length, mistakes);
        if (mistakes_tell(mistakes) != 0)
            result = -1;
    }
    free(text);
    mistakes_free(mistakes);
    return result;
}

static int is_yaml(const struct dirent *entry)
{
    const size_t length = strlen(entry->d_name);

    return entry->d_name[0] != '.' && length > 5 && strcmp(entry->d_name + length - 5, ".yaml") == 0;
}

static int by_bytes(const struct dirent **left, const struct dirent **right)
{
    return strcmp((*left)->d_name, (*right)->d_name);
}

static int add_folder(struct library *library, const char *folder)
{
    struct dirent **entries;
    const int n = scandir(folder, &entries, is_yaml, by_bytes);
    int status = n > 0 ? 0 : n < 0 ? fail_errno("cannot read the folder '%s'", folder)
                                   : fail("the folder '%s' holds no library of definitions", folder);

    for (int i = 0; i < n; i++) {
        char *path = status != 0 ? NULL : path_join(folder, entries[i]->d_name);
        if (status == 0)
            status = path == NULL ? -1 : library_add_file(library, path);
        free(path);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    return status;
}

struct library *library_shipped(void)
{
    char *datasets = program_share("datasets");
    char *folder = datasets == NULL ? NULL : path_join(datasets, "outcome-library");
    struct library *library = folder == NULL ? NULL : library_alloc();

    if (library != NULL && add_folder(library, folder) != 0) {
        library_free(library);
        library = NULL;
    }
    free(folder);
    free(datasets);
    return library;
}
