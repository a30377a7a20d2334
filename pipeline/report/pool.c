/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/pool.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct pool {
    pthread_mutex_t lock; /* guards all below */
    size_t n, capacity;
    char **texts; /* [n] */
    bool failed;
};

struct pool *pool_alloc(void)
{
    struct pool *pool = allocate(1, sizeof *pool);

    if (pool != NULL)
        pthread_mutex_init(&pool->lock, NULL);
    return pool;
}

void pool_free(struct pool *pool)
{
    if (pool == NULL)
        return;
    for (size_t i = 0; i < pool->n; i++)
        free(pool->texts[i]);
    free(pool->texts);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

bool pool_failed(const struct pool *pool)
{
    return pool->failed;
}

static bool grow(struct pool *pool)
{
    size_t capacity = pool->capacity == 0 ? 256 : 2 * pool->capacity;
    char **texts = reallocate(pool->texts, capacity, sizeof *texts);

    if (texts == NULL)
        return false;
    pool->texts = texts;
    pool->capacity = capacity;
    return true;
}

/* Takes over text, which may be NULL after a failed allocation. */
static const char *pool_keep(struct pool *pool, char *text)
{
    pthread_mutex_lock(&pool->lock);
    if (text != NULL && pool->n == pool->capacity && !grow(pool)) {
        free(text);
        text = NULL;
    }
    if (text == NULL)
        pool->failed = true;
    else
        pool->texts[pool->n++] = text;
    pthread_mutex_unlock(&pool->lock);
    if (text == NULL)
        fail_memory();
    return text == NULL ? "" : text;
}

const char *pool_copy(struct pool *pool, const char *text, size_t length)
{
    return length == 0 ? "" : pool_keep(pool, copy_bytes(text, length));
}

const char *pool_format(struct pool *pool, const char *format, ...)
{
    va_list arguments;
    char *text = NULL;

    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    return pool_keep(pool, text);
}

const char *cell_text(struct pool *pool, const struct table *table, const char *column, size_t row)
{
    const struct column *cells = row < cell_rows(table) ? table_column(table, column) : NULL;
    size_t length = 0;
    const char *text;

    if (cells == NULL || (cells->type != COLUMN_TEXT && cells->type != COLUMN_CATEGORY))
        return "";
    text = column_text(cells, row, &length);
    return pool_copy(pool, text, length);
}

bool texts_agree(const struct table *table, const char *column, size_t row, const struct table *other,
                 const char *other_column, size_t other_row)
{
    const struct column *left = table_column(table, column), *right = table_column(other, other_column);
    size_t left_length = 0, right_length = 0;
    const char *left_text, *right_text;

    if (left == NULL || right == NULL)
        return true;
    left_text = column_text(left, row, &left_length);
    right_text = column_text(right, other_row, &right_length);
    return left_length == right_length && memcmp(left_text, right_text, left_length) == 0;
}

bool rows_agree(const struct table *table, const char *columns, size_t row, size_t other)
{
    char name[64];
    const char *const names[] = {name, NULL};

    for (size_t length; columns[0] != '\0'; columns += length, columns += columns[0] == ' ') {
        length = strcspn(columns, " ");
        if (length >= sizeof name)
            return false; /* no column has such a name */
        memcpy(name, columns, length);
        name[length] = '\0';
        if (!cells_agree(table, row, table, other, names))
            return false;
    }
    return true;
}
