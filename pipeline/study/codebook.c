/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/codebook.h"

#include <stdlib.h>
#include <string.h>

#include "base/input.h"
#include "base/memory.h"
#include "study/codebook_file.h"

enum { CODEBOOK_NODES = 200000 };

void codebook_free(struct codebook *codebook)
{
    if (codebook == NULL)
        return;
    free(codebook->path);
    arena_free(codebook->memory);
    free(codebook);
}

const struct codebook_column *codebook_find(const struct codebook *codebook, const char *name)
{
    for (size_t i = 0; i < codebook->n_columns; i++)
        if (strcmp(codebook->columns[i].name, name) == 0)
            return &codebook->columns[i];
    for (size_t i = 0; i < codebook->n_columns; i++)
        for (size_t k = 0; k < codebook->columns[i].n_aliases; k++)
            if (strcmp(codebook->columns[i].aliases[k], name) == 0)
                return &codebook->columns[i];
    return NULL;
}

/* ---- reading ------------------------------------------------------------------------------------------ */

static int read_document(struct codebook *codebook, const char *text, size_t length, struct mistakes *mistakes)
{
    struct codebook_file file = {.codebook = codebook};
    struct schema_reader reader = {.arena = codebook->memory, .mistakes = mistakes};
    struct document *document = document_parse(text, length, CODEBOOK_NODES, mistakes);
    int result = -1;

    if (document == NULL)
        return mistakes_count(mistakes) > 0 ? 0 : -1;
    reader.document = document;
    if (schema_read(&reader, &CODEBOOK_FILE, &file) == 0)
        result = codebook_check(&file, mistakes);
    document_free(document);
    return result;
}

static int read_file(struct codebook *codebook, const char *path, struct mistakes *mistakes)
{
    size_t length;
    char *text;
    int result = -1;

    if ((codebook->path = copy_text(path)) == NULL || (codebook->memory = arena_alloc()) == NULL ||
        (text = input_read(path, DOCUMENT_BYTES, &length)) == NULL)
        return -1;
    if (sha256_bytes(text, length, codebook->sha256) == 0)
        result = read_document(codebook, text, length, mistakes);
    free(text);
    return result;
}

struct codebook *codebook_read(const char *path)
{
    struct codebook *codebook = allocate(1, sizeof *codebook);
    struct mistakes *mistakes = mistakes_alloc(path);
    int result = -1;

    if (codebook != NULL && mistakes != NULL) {
        result = read_file(codebook, path, mistakes);
        if (mistakes_tell(mistakes) != 0)
            result = -1;
    }
    mistakes_free(mistakes);
    if (result == 0)
        return codebook;
    codebook_free(codebook);
    return NULL;
}
