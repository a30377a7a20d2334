/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/store.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"
#include "store/digest.h"
#include "store/hdf5_attribute.h"
#include "store/hdf5_session.h"
#include "store/layout.h"
#include "store/layout_stream.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct store {
    char *path;
    hid_t file;
    struct named_digest *tables; /* in byte order of names */
    size_t n_tables;
    char content_sha256[SHA256_HEX_SIZE];
};

/* The operating system says better than HDF5 why a file cannot be opened. */
static int check_readable(const char *path)
{
    struct stat status;
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0 || fstat(file, &status) != 0) {
        fail_errno("'%s' cannot be read", path);
        if (file >= 0)
            close(file);
        return -1;
    }
    close(file);
    return S_ISREG(status.st_mode) ? 0 : fail("'%s' cannot be read: it is no regular file", path);
}

static int open_file(struct store *store)
{
    if (check_readable(store->path) != 0 || hdf5_start() != 0)
        return -1;
    const hid_t access = hdf5_file_access();
    if (access < 0)
        return -1;
    store->file = H5Fopen(store->path, H5F_ACC_RDONLY, access);
    const int status = store->file >= 0 ? 0 : hdf5_fail("'%s' is no HDF5 file that can be read", store->path);
    H5Pclose(access);
    return status;
}

static int check_content(struct store *store)
{
    char computed[SHA256_HEX_SIZE];
    char *const recorded = hdf5_get_text(store->file, "content_sha256", SHA256_HEX_SIZE - 1);
    if (recorded == NULL)
        return fail("'%s' is not a file of tables as we write them: it has no content_sha256", store->path);
    int status = layout_list(store->file, store->path, &store->tables, &store->n_tables);
    if (status == 0)
        status = digest_content(store->tables, store->n_tables, computed);
    if (status == 0 && strcmp(recorded, computed) != 0)
        status = fail("'%s': the tables do not agree with its content_sha256", store->path);
    if (status == 0)
        memcpy(store->content_sha256, computed, sizeof computed);
    free(recorded);
    return status;
}

struct store *store_open(const char *path)
{
    struct store *const store = allocate(1, sizeof *store);
    if (store == NULL)
        return NULL;
    store->file = H5I_INVALID_HID;
    if ((store->path = copy_text(path)) == NULL || open_file(store) != 0 || check_content(store) != 0) {
        store_close(store);
        return NULL;
    }
    return store;
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    layout_list_free(store->tables, store->n_tables);
    if (store->file >= 0)
        H5Fclose(store->file);
    free(store->path);
    free(store);
}

size_t store_n_tables(const struct store *store)
{
    return store->n_tables;
}

const char *store_table_name(const struct store *store, size_t i)
{
    return store->tables[i].name;
}

bool store_has(const struct store *store, const char *name)
{
    for (size_t i = 0; i < store->n_tables; i++)
        if (strcmp(store->tables[i].name, name) == 0)
            return true;
    return false;
}

const char *store_content_sha256(const struct store *store)
{
    return store->content_sha256;
}

/* One chunk is read before a thread is up. */
static int threads_for(size_t n_rows)
{
    return n_rows > STORE_CHUNK_ROWS ? threads_available() : 1;
}

static struct column *add_like(struct table *table, const struct column *column)
{
    if (column->type != COLUMN_CATEGORY)
        return table_add_column(table, column->name, column->type, column->width, column->label, column->units);
    struct column *const added =
        table_add_category(table, column->name, (const char *const *)column->labels, column->n_labels, column->label);
    char *const units = copy_text(column->units);
    if (added == NULL || units == NULL) {
        free(units);
        return NULL;
    }
    free(added->units);
    added->units = units;
    return added;
}

static int tell_no_column(const struct layout_table *table, const char *wanted)
{
    const struct table *const schema = table->schema;
    const char **const names = allocate(schema->n_columns, sizeof *names);
    if (names == NULL)
        return -1;
    for (size_t j = 0; j < schema->n_columns; j++)
        names[j] = schema->columns[j].name;
    const char *const near = nearest_name(wanted, names, schema->n_columns);
    free(names);
    if (near != NULL)
        return fail("'%s': table '%s' has no column '%s'; did you mean '%s'?", table->path, schema->name, wanted, near);
    return fail("'%s': table '%s' has no column '%s'", table->path, schema->name, wanted);
}

struct choice {
    struct table *table; /* being filled */
    size_t *columns;     /* [table->n_columns] positions in the stored table */
    const size_t *rows;  /* [n_rows] ascending; NULL: all */
    size_t n_rows;
    size_t first, end;   /* these rows alone, when end > 0 */
};

static void *place_values(void *context, size_t i, size_t first, size_t n)
{
    const struct choice *const choice = context;
    const struct column *const column = &choice->table->columns[i];
    (void)n;
    return (char *)column->values + first * column->width;
}

static int take_values(void *context, size_t i, size_t first, size_t n, const void *values)
{
    const struct choice *const choice = context;
    const struct column *const column = &choice->table->columns[i];
    memcpy((char *)column->values + first * column->width, values, n * column->width);
    return 0;
}

/* What of a chunk lies in the range. */
static int take_range(void *context, size_t i, size_t first, size_t n, const void *values)
{
    const struct choice *const choice = context;
    const struct column *const column = &choice->table->columns[i];
    const size_t from = first > choice->first ? first : choice->first;
    const size_t to = first + n < choice->end ? first + n : choice->end;
    if (from < to)
        memcpy((char *)column->values + (from - choice->first) * column->width,
               (const char *)values + (from - first) * column->width, (to - from) * column->width);
    return 0;
}

/* Where in the rows wanted those from row `first` on begin. */
static size_t find_row(const struct choice *choice, size_t first)
{
    size_t low = 0, high = choice->n_rows;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (choice->rows[middle] < first)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool passes_unwanted(const void *context, size_t first, size_t n)
{
    const struct choice *const choice = context;
    const size_t k = find_row(choice, first);
    return k == choice->n_rows || choice->rows[k] >= first + n;
}

static int take_wanted(void *context, size_t i, size_t first, size_t n, const void *values)
{
    const struct choice *const choice = context;
    const struct column *const column = &choice->table->columns[i];
    for (size_t k = find_row(choice, first); k < choice->n_rows && choice->rows[k] < first + n; k++)
        memcpy((char *)column->values + k * column->width,
               (const char *)values + (choice->rows[k] - first) * column->width, column->width);
    return 0;
}

static int add_column(const struct layout_table *stored, size_t j, struct choice *choice)
{
    choice->columns[choice->table->n_columns] = j;
    return add_like(choice->table, &stored->schema->columns[j]) != NULL ? 0 : -1;
}

static int add_columns(const struct layout_table *stored, const char *const *columns, struct choice *choice)
{
    int status = 0;
    for (size_t i = 0; status == 0 && columns != NULL && columns[i] != NULL; i++) {
        const size_t j = table_column_index(stored->schema, columns[i]);
        status = j < stored->schema->n_columns ? add_column(stored, j, choice) : tell_no_column(stored, columns[i]);
    }
    for (size_t j = 0; status == 0 && columns == NULL && j < stored->schema->n_columns; j++)
        status = add_column(stored, j, choice);
    return status;
}

static size_t count_columns(const struct layout_table *stored, const char *const *columns)
{
    size_t n = 0;
    while (columns != NULL && columns[n] != NULL)
        n++;
    return columns != NULL ? n : stored->schema->n_columns;
}

static int read_columns(const struct layout_table *stored, const char *const *columns, struct choice *choice)
{
    struct table *const table = choice->table;
    const bool all = choice->rows == NULL && choice->end == 0;
    const size_t n_rows = choice->rows != NULL ? choice->n_rows : all ? stored->n_rows : choice->end - choice->first;
    choice->columns = allocate(count_columns(stored, columns), sizeof(size_t));
    int status = choice->columns != NULL && table_reserve(table, n_rows) == 0 ? 0 : -1;
    if (status == 0)
        status = add_columns(stored, columns, choice);
    if (status == 0) {
        const struct layout_stream_task task = {.table = stored,
                                                .columns = choice->columns,
                                                .n_columns = table->n_columns,
                                                .n_threads = threads_for(stored->n_rows),
                                                .first_row = choice->first,
                                                .end_row = choice->end,
                                                .passes = choice->rows != NULL ? passes_unwanted : NULL,
                                                .take = choice->rows != NULL ? take_wanted : all ? take_values : take_range,
                                                .place = all ? place_values : NULL,
                                                .context = choice};
        table->n_rows = n_rows; /* every value is written */
        status = layout_stream(&task);
    }
    free(choice->columns);
    return status;
}

struct digests {
    const struct table *table;
    char (*hex)[SHA256_HEX_SIZE];
};

static int digest_column(void *context, size_t j)
{
    const struct digests *const digests = context;
    return digest_values(&digests->table->columns[j], digests->table->n_rows, digests->hex[j]);
}

/* Is column j the one that was written?  Files of earlier versions do not say. */
static bool column_agrees(const struct layout_table *stored, size_t j, const char *computed)
{
    const hid_t dataset = layout_dataset(stored, j);
    char *const recorded = dataset < 0 ? NULL : hdf5_get_text(dataset, "sha256", SHA256_HEX_SIZE - 1);
    const bool agrees = recorded == NULL || strcmp(recorded, computed) == 0;
    free(recorded);
    if (dataset >= 0)
        H5Dclose(dataset);
    return agrees;
}

/* With the columns that are not what was written, where the file says what that was. */
static int tell_columns(const struct layout_table *stored, const struct table *table, const char (*hex)[SHA256_HEX_SIZE])
{
    char *names = copy_text("");
    for (size_t j = 0; names != NULL && j < table->n_columns; j++) {
        if (column_agrees(stored, j, hex[j]))
            continue;
        char *const longer = format_text("%s%s'%s'", names, *names == '\0' ? ": column " : ", ", table->columns[j].name);
        free(names);
        names = longer;
    }
    fail("'%s': table '%s' does not agree with its sha256%s", stored->path, table->name, names == NULL ? "" : names);
    free(names);
    return -1;
}

/* A choice of columns is covered by the checksums of its chunks, a whole table by its own digest, too. */
static int check_whole(const struct layout_table *stored, const struct table *table)
{
    char computed[SHA256_HEX_SIZE];
    const struct digests digests = {.table = table, .hex = allocate(table->n_columns, SHA256_HEX_SIZE)};
    int status = digests.hex != NULL ? 0 : -1;
    if (status == 0)
        status = threads_run(table->n_columns, threads_for(table->n_rows), digest_column, (void *)&digests);
    if (status == 0)
        status = digest_table(table, table->n_rows, (const char (*)[SHA256_HEX_SIZE])digests.hex, computed);
    if (status == 0 && strcmp(computed, stored->sha256) != 0)
        status = tell_columns(stored, table, (const char (*)[SHA256_HEX_SIZE])digests.hex);
    free(digests.hex);
    return status;
}

/* All rows when `rows` is NULL and end is 0. */
static struct table *read_table(struct store *store, const char *name, const char *const *columns, const size_t *rows,
                                size_t n, size_t first, size_t end)
{
    struct layout_table stored;
    if (!store_has(store, name)) {
        fail("'%s' has no table '%s'", store->path, name);
        return NULL;
    }
    if (layout_open(&stored, store->file, store->path, name) != 0)
        return NULL;
    struct choice choice = {.table = table_alloc(name, stored.schema->label), .rows = rows, .n_rows = n};
    if (end > 0) {
        choice.end = end < stored.n_rows ? end : stored.n_rows;
        choice.first = first < choice.end ? first : choice.end;
    }
    if (choice.table != NULL && (read_columns(&stored, columns, &choice) != 0 ||
                                 (columns == NULL && rows == NULL && end == 0 && check_whole(&stored, choice.table) != 0))) {
        table_free(choice.table);
        choice.table = NULL;
    }
    layout_close(&stored);
    return choice.table;
}

struct table *store_read(struct store *store, const char *name, const char *const *columns)
{
    return read_table(store, name, columns, NULL, 0, 0, 0);
}

struct table *store_read_rows(struct store *store, const char *name, const char *const *columns, const size_t *rows,
                              size_t n)
{
    const size_t none = 0;
    return read_table(store, name, columns, rows != NULL ? rows : &none, n, 0, 0);
}

struct table *store_read_range(struct store *store, const char *name, const char *const *columns, size_t first, size_t end)
{
    const size_t none = 0;
    return first < end ? read_table(store, name, columns, NULL, 0, first, end) : read_table(store, name, columns, &none, 0, 0, 0);
}

int store_n_rows(struct store *store, const char *name, size_t *n)
{
    struct layout_table stored;
    if (!store_has(store, name))
        return fail("'%s' has no table '%s'", store->path, name);
    if (layout_open(&stored, store->file, store->path, name) != 0)
        return -1;
    *n = stored.n_rows;
    layout_close(&stored);
    return 0;
}

struct table *store_read_schema(struct store *store, const char *name)
{
    struct layout_table stored;
    if (!store_has(store, name)) {
        fail("'%s' has no table '%s'", store->path, name);
        return NULL;
    }
    if (layout_open(&stored, store->file, store->path, name) != 0)
        return NULL;
    struct table *const schema = table_take_rows(stored.schema, NULL, 0);
    layout_close(&stored);
    return schema;
}

struct table *store_read_table(const char *path, const char *name)
{
    struct store *const store = store_open(path);
    struct table *const table = store != NULL ? store_read(store, name, NULL) : NULL;
    store_close(store);
    return table;
}
