/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/layout.h"

#include "base/fail.h"
#include "base/memory.h"
#include "store/canonical.h"
#include "store/hdf5_attribute.h"
#include "store/hdf5_session.h"
#include "store/hidden_labels.h"
#include "store/layout_column.h"
#include "store/name_rules.h"

#include <stdlib.h>
#include <string.h>

/* Only hard links: the others lead to other files, or in circles. */
static bool is_hard_link(hid_t group, const char *name)
{
    H5L_info_t link;
    return H5Lget_info(group, name, &link, H5P_DEFAULT) >= 0 && link.type == H5L_TYPE_HARD;
}

/* ---- which tables there are ---------------------------------------------------------------------- */

struct walk {
    const char *path;
    const char *folder; /* "" or "a/b/" */
    struct named_digest *tables;
    size_t n, capacity;
};

static int read_head(hid_t group, const char *path, const char *name, size_t *n_rows, char **label,
                     char sha256[static SHA256_HEX_SIZE])
{
    int64_t rows;
    if (hdf5_get_integer(group, "n_rows", &rows) != 0 || rows < 0)
        return fail("'%s': table '%s' has no number of rows", path, name);
    char *const recorded = hdf5_get_text(group, "sha256", SHA256_HEX_SIZE - 1);
    if (recorded == NULL || strlen(recorded) != SHA256_HEX_SIZE - 1) {
        free(recorded);
        return fail("'%s': table '%s' has no sha256", path, name);
    }
    memcpy(sha256, recorded, SHA256_HEX_SIZE);
    free(recorded);
    *n_rows = (size_t)rows;
    *label = hdf5_get_text(group, "label", STORE_TEXT_MAX);
    return *label != NULL ? 0 : fail("'%s': table '%s' has no label", path, name);
}

static int walk_add(struct walk *walk, hid_t group, const char *name)
{
    if (walk->n == LAYOUT_TABLES_MAX)
        return fail("'%s' has more than %d tables", walk->path, LAYOUT_TABLES_MAX);
    if (walk->n == walk->capacity) {
        const size_t capacity = 2 * walk->capacity + 16;
        struct named_digest *const tables = reallocate(walk->tables, capacity, sizeof *tables);
        if (tables == NULL)
            return -1;
        walk->tables = tables;
        walk->capacity = capacity;
    }
    struct named_digest *const table = &walk->tables[walk->n];
    size_t n_rows;
    char *label;
    if (read_head(group, walk->path, name, &n_rows, &label, table->hex) != 0)
        return -1;
    free(label);
    if ((table->name = copy_text(name)) == NULL)
        return -1;
    walk->n++;
    return 0;
}

static herr_t visit(hid_t parent, const char *link, const H5L_info_t *info, void *context);

static int visit_group(struct walk *walk, hid_t group, const char *name)
{
    if (H5Aexists(group, "n_rows") > 0)
        return walk_add(walk, group, name);
    const char *const folder_before = walk->folder;
    char *const folder = format_text("%s/", name);
    if (folder == NULL)
        return -1;
    hsize_t position = 0;
    walk->folder = folder;
    const herr_t status = H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, &position, visit, walk);
    if (status < 0)
        hdf5_fail("'%s': group '%s' cannot be read", walk->path, name);
    walk->folder = folder_before;
    free(folder);
    return status == 0 ? 0 : -1;
}

/* The rules of names end the depth of the walk, also where links go in circles.  1: told. */
static herr_t visit(hid_t parent, const char *link, const H5L_info_t *info, void *context)
{
    struct walk *const walk = context;
    char shown[ESCAPED_SIZE];
    char *const name = format_text("%s%s", walk->folder, link);
    if (name == NULL)
        return 1;
    int status = 0;
    if (name_rules_table(name) != NULL || info->type != H5L_TYPE_HARD) {
        status = fail("'%s' is not a file of tables as we write them: it has '%s'", walk->path,
                      escape_value(shown, name, strlen(name)));
    } else {
        const hid_t object = H5Oopen(parent, link, H5P_DEFAULT);
        if (object < 0)
            status = hdf5_fail("'%s': '%s' cannot be read", walk->path, name);
        else if (H5Iget_type(object) != H5I_GROUP)
            status = fail("'%s' is not a file of tables as we write them: '%s' is no group", walk->path, name);
        else
            status = visit_group(walk, object, name);
        if (object >= 0)
            H5Oclose(object);
    }
    free(name);
    return status == 0 ? 0 : 1;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct named_digest *)a)->name, ((const struct named_digest *)b)->name);
}

int layout_list(hid_t file, const char *path, struct named_digest **tables, size_t *n)
{
    struct walk walk = {.path = path, .folder = ""};
    hsize_t position = 0;
    *tables = NULL;
    *n = 0;
    const herr_t status = H5Literate(file, H5_INDEX_NAME, H5_ITER_INC, &position, visit, &walk);
    if (status < 0)
        hdf5_fail("'%s' cannot be read", path);
    if (status != 0) {
        layout_list_free(walk.tables, walk.n);
        return -1;
    }
    if (walk.n > 0)
        qsort(walk.tables, walk.n, sizeof *walk.tables, compare_names);
    *tables = walk.tables;
    *n = walk.n;
    return 0;
}

void layout_list_free(struct named_digest *tables, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(tables[i].name);
    free(tables);
}

/* ---- one table ------------------------------------------------------------------------------------ */

/* Is it what holds the labels of one of our columns? */
static bool is_hidden(hid_t dataset, const char *name)
{
    char hidden[HIDDEN_LABELS_NAME_SIZE];
    if (H5Aexists(dataset, "labels_of") <= 0)
        return false;
    char *const column = hdf5_get_text(dataset, "labels_of", STORE_NAME_MAX);
    if (column != NULL)
        hidden_labels_name(column, hidden);
    const bool is_it = column != NULL && strcmp(hidden, name) == 0;
    free(column);
    return is_it;
}

/* 1: told. */
static herr_t add_column(hid_t group, const char *name, const H5L_info_t *info, void *context)
{
    struct layout_table *const table = context;
    char shown[ESCAPED_SIZE];
    const char *fault = NULL;
    const hid_t dataset = info->type == H5L_TYPE_HARD ? H5Oopen(group, name, H5P_DEFAULT) : H5I_INVALID_HID;
    if (dataset < 0 || H5Iget_type(dataset) != H5I_DATASET)
        fault = "is no dataset that can be read";
    else if (!is_hidden(dataset, name) && (fault = name_rules_column(name)) == NULL)
        fault = layout_column_add(table->schema, group, dataset, name, table->n_rows);
    if (dataset >= 0)
        H5Oclose(dataset);
    if (fault == NULL)
        return 0;
    fail("'%s': table '%s', column '%s' %s", table->path, table->schema->name,
         escape_value(shown, name, strlen(name)), fault);
    return 1;
}

/* All columns, then the names and labels as a whole. */
static int read_schema(struct layout_table *table)
{
    hsize_t position = 0;
    const herr_t status = H5Literate(table->group, H5_INDEX_CRT_ORDER, H5_ITER_INC, &position, add_column, table);
    if (status < 0)
        return hdf5_fail("'%s': the columns of table '%s' cannot be read", table->path, table->schema->name);
    if (status > 0)
        return -1;
    return name_rules_check(table->schema);
}

int layout_open(struct layout_table *table, hid_t file, const char *path, const char *name)
{
    char *label = NULL;
    *table = (struct layout_table){.path = path, .group = H5Gopen2(file, name, H5P_DEFAULT)};
    if (table->group < 0)
        return hdf5_fail("'%s': table '%s' cannot be read", path, name);
    int status = read_head(table->group, path, name, &table->n_rows, &label, table->sha256);
    if (status == 0 && (table->schema = table_alloc(name, label)) == NULL)
        status = -1;
    free(label);
    if (status == 0)
        status = read_schema(table);
    if (status != 0)
        layout_close(table);
    return status;
}

void layout_close(struct layout_table *table)
{
    table_free(table->schema);
    if (table->group >= 0)
        H5Gclose(table->group);
    *table = (struct layout_table){.group = H5I_INVALID_HID};
}

hid_t layout_dataset(const struct layout_table *table, size_t j)
{
    const char *const name = table->schema->columns[j].name;
    const hid_t dataset =
        is_hard_link(table->group, name) ? H5Dopen2(table->group, name, H5P_DEFAULT) : H5I_INVALID_HID;
    if (dataset < 0)
        hdf5_fail("'%s': table '%s', column '%s' cannot be read", table->path, table->schema->name, name);
    return dataset;
}

int layout_read(const struct layout_table *table, size_t j, hid_t dataset, size_t first, size_t n, void *values)
{
    const struct column *const column = &table->schema->columns[j];
    const hsize_t start[1] = {first}, count[1] = {n};
    if (n == 0)
        return 0;
    /* Types are those of this machine (layout_column.c), so the dataset's own serves memory, too. */
    const hid_t type = H5Dget_type(dataset), in_file = H5Dget_space(dataset);
    const hid_t in_memory = H5Screate_simple(1, count, NULL);
    int status = 0;
    if (type < 0 || in_file < 0 || in_memory < 0 ||
        H5Sselect_hyperslab(in_file, H5S_SELECT_SET, start, NULL, count, NULL) < 0 ||
        H5Dread(dataset, type, in_memory, in_file, H5P_DEFAULT, values) < 0)
        status = hdf5_fail("'%s': table '%s', column '%s' cannot be read", table->path, table->schema->name,
                           column->name);
    if (status == 0 && column->type == COLUMN_CATEGORY) {
        const struct column codes = {
            .type = COLUMN_CATEGORY, .width = column->width, .values = values, .n_labels = column->n_labels};
        if (!canonical_codes_fit(&codes, n))
            status = fail("'%s': table '%s', column '%s' holds a code that has no label", table->path,
                          table->schema->name, column->name);
    }
    if (in_memory >= 0)
        H5Sclose(in_memory);
    if (in_file >= 0)
        H5Sclose(in_file);
    if (type >= 0)
        H5Tclose(type);
    return status;
}
