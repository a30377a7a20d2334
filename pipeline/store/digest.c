/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/digest.h"

#include "base/memory.h"
#include "store/canonical.h"
#include "store/store.h"
#include "store/value_digest.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void add_number(struct sha256 *sha, uint64_t number)
{
    sha256_add(sha, &number, sizeof number);
}

static void add_text(struct sha256 *sha, const char *text)
{
    const size_t length = strlen(text);
    add_number(sha, length);
    sha256_add(sha, text, length);
}

int digest_table(const struct table *schema, size_t n_rows, const char (*value_digests)[SHA256_HEX_SIZE],
                 char hex[static SHA256_HEX_SIZE])
{
    struct sha256 *const sha = sha256_start();
    if (sha == NULL)
        return -1;
    add_text(sha, "table");
    add_text(sha, schema->name);
    add_text(sha, schema->label);
    add_number(sha, n_rows);
    add_number(sha, schema->n_columns);
    for (size_t j = 0; j < schema->n_columns; j++) {
        const struct column *const column = &schema->columns[j];
        add_text(sha, column->name);
        add_text(sha, column->label);
        add_text(sha, column->units);
        add_text(sha, column_type_name(column->type));
        add_number(sha, column_type_width(column->type, column->width, column->n_labels));
        add_number(sha, column->n_labels);
        for (size_t i = 0; i < column->n_labels; i++)
            add_text(sha, column->labels[i]);
        add_text(sha, value_digests[j]);
    }
    return sha256_finish(sha, hex);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct named_digest *)a)->name, ((const struct named_digest *)b)->name);
}

static bool is_provenance(const char *name)
{
    static const char provenance[] = "provenance";
    const size_t length = sizeof provenance - 1;
    return strncmp(name, provenance, length) == 0 && (name[length] == '\0' || name[length] == '/');
}

int digest_content(struct named_digest *tables, size_t n, char hex[static SHA256_HEX_SIZE])
{
    struct sha256 *const sha = sha256_start();
    if (sha == NULL)
        return -1;
    if (n > 0)
        qsort(tables, n, sizeof *tables, compare_names);
    add_text(sha, "content");
    for (size_t i = 0; i < n; i++) {
        if (is_provenance(tables[i].name))
            continue;
        add_text(sha, tables[i].name);
        add_text(sha, tables[i].hex);
    }
    return sha256_finish(sha, hex);
}

static int add_chunk(struct value_digest *digest, const struct column *column, size_t first, size_t n)
{
    const size_t width = canonical_width(column);
    if (canonical_is_plain(column))
        return value_digest_add(digest, (const unsigned char *)column->values + first * width, n * width);
    void *const chunk = allocate(n, width);
    if (chunk == NULL)
        return -1;
    canonical_copy(chunk, width, column, first, n);
    const int status = value_digest_add(digest, chunk, n * width);
    free(chunk);
    return status;
}

int digest_values(const struct column *column, size_t n, char hex[static SHA256_HEX_SIZE])
{
    struct value_digest digest = {0};
    for (size_t first = 0; first < n; first += STORE_CHUNK_ROWS)
        if (add_chunk(&digest, column, first, n - first < STORE_CHUNK_ROWS ? n - first : STORE_CHUNK_ROWS) != 0) {
            value_digest_free(&digest);
            return -1;
        }
    return value_digest_finish(&digest, hex);
}

int store_table_sha256(const struct table *table, char hex[static SHA256_HEX_SIZE])
{
    char(*const values)[SHA256_HEX_SIZE] = allocate(table->n_columns, sizeof *values);
    if (values == NULL)
        return -1;
    int status = 0;
    for (size_t j = 0; j < table->n_columns && status == 0; j++)
        status = digest_values(&table->columns[j], table->n_rows, values[j]);
    if (status == 0)
        status = digest_table(table, table->n_rows, values, hex);
    free(values);
    return status;
}
