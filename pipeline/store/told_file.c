/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/told_file.h"

#include "base/fail.h"
#include "base/memory.h"
#include "store/hdf5_attribute.h"
#include "store/hdf5_session.h"

#include <stdlib.h>
#include <string.h>

int told_file_broken(const struct told_file *file)
{
    return fail("'%s' is not written: a message between its processes is broken", file->path);
}

/* Intermediate groups are made one by one: those the library makes by itself carry the time. */
static hid_t make_group(const struct told_file *file, const char *name)
{
    hid_t group = H5I_INVALID_HID;
    const hid_t creation = hdf5_group_list(H5P_GROUP_CREATE), links = hdf5_link_list();
    char *const path = copy_text(name);
    for (char *end = path; path != NULL && creation >= 0 && links >= 0 && end != NULL;) {
        if ((end = strchr(end, '/')) != NULL)
            *end = '\0';
        if (group >= 0)
            H5Gclose(group);
        group = end != NULL && H5Lexists(file->file, path, H5P_DEFAULT) > 0
                    ? H5Gopen2(file->file, path, H5P_DEFAULT)
                    : H5Gcreate2(file->file, path, links, creation, H5P_DEFAULT);
        if (group < 0) {
            hdf5_fail("'%s' is not written: table '%s' cannot be made", file->path, name);
            break;
        }
        if (end != NULL)
            *end++ = '/';
    }
    free(path);
    if (links >= 0)
        H5Pclose(links);
    if (creation >= 0)
        H5Pclose(creation);
    return group;
}

int told_file_table(struct told_file *file, struct message *message)
{
    const char *const name = message_take_text(message), *const label = message_take_text(message);
    file->n_columns = (size_t)message_take_number(message);
    file->chunk_rows = message_take_number(message);
    file->n_rows = message_take_number(message);
    if (message->broken || file->group >= 0)
        return told_file_broken(file);
    if ((file->name = copy_text(name)) == NULL ||
        (file->columns = allocate(file->n_columns, sizeof *file->columns)) == NULL ||
        (file->chunks = allocate(file->n_columns, sizeof *file->chunks)) == NULL ||
        (file->group = make_group(file, name)) < 0)
        return -1;
    if (hdf5_put_text(file->group, "label", label) < 0)
        return hdf5_fail("'%s' is not written: table '%s' cannot be made", file->path, name);
    return 0;
}

/* A table without rows stands for the description of the column. */
static struct table *take_description(struct message *message)
{
    const char *const name = message_take_text(message), *const label = message_take_text(message);
    const char *const units = message_take_text(message);
    const enum column_type type = (enum column_type)message_take_number(message);
    const size_t width = (size_t)message_take_number(message), n_labels = (size_t)message_take_number(message);
    struct table *const table = table_alloc("", "");
    const char **const labels = allocate(n_labels, sizeof *labels);
    struct column *column = NULL;
    for (size_t i = 0; labels != NULL && i < n_labels; i++)
        labels[i] = message_take_text(message);
    if (table != NULL && labels != NULL && type != COLUMN_CATEGORY)
        column = table_add_column(table, name, type, width, label, units);
    else if (table != NULL && labels != NULL)
        column = table_add_category(table, name, labels, n_labels, label);
    free(labels);
    if (column != NULL && type == COLUMN_CATEGORY) {
        free(column->units);
        column->units = copy_text(units);
    }
    if (column != NULL && column->units != NULL)
        return table;
    table_free(table);
    return NULL;
}

int told_file_column(struct told_file *file, struct message *message)
{
    const size_t index = (size_t)message_take_number(message);
    if (file->group < 0 || index >= file->n_columns || file->columns[index].name != NULL)
        return told_file_broken(file);
    struct table *const described = take_description(message);
    if (described == NULL)
        return -1;
    const int status = message->broken ? told_file_broken(file)
                                       : hdf5_column_create(&file->columns[index], file->file, file->path,
                                                            described->columns, file->chunk_rows, file->n_rows, &file->transfer);
    table_free(described);
    return status;
}

static int take_digest(struct message *message, char hex[static SHA256_HEX_SIZE])
{
    const char *const text = message_take_text(message);
    if (strlen(text) + 1 != SHA256_HEX_SIZE)
        return -1;
    memcpy(hex, text, SHA256_HEX_SIZE);
    return 0;
}

static int remember_table(struct told_file *file, struct message *message)
{
    struct written_table *const tables = reallocate(file->tables, file->n_tables + 1, sizeof *tables);
    if (tables == NULL)
        return -1;
    file->tables = tables;
    struct written_table *const table = &tables[file->n_tables];
    *table = (struct written_table){.name = file->name,
                                    .n_columns = file->n_columns,
                                    .columns = allocate(file->n_columns, sizeof *table->columns),
                                    .end_chunk = SIZE_MAX};
    if (table->columns == NULL)
        return -1;
    bool complete = take_digest(message, table->hex) == 0;
    for (size_t j = 0; complete && j < file->n_columns; j++) {
        complete = file->columns[j].name != NULL && take_digest(message, table->columns[j].values) == 0;
        table->columns[j].chunks = file->chunks[j];
    }
    if (!complete || message->broken)
        return told_file_broken(file);
    free(file->chunks);
    file->chunks = NULL;
    file->name = NULL;
    file->n_tables++;
    return 0;
}

int told_file_end(struct told_file *file, struct message *message)
{
    const uint64_t n_rows = message_take_number(message);
    if (file->group < 0)
        return told_file_broken(file);
    if (remember_table(file, message) != 0)
        return -1;
    const struct written_table *const table = &file->tables[file->n_tables - 1];
    for (size_t j = 0; j < file->n_columns; j++)
        if (hdf5_put_text(file->columns[j].dataset, "sha256", table->columns[j].values) < 0)
            return hdf5_fail("'%s' is not written: column '%s' cannot be finished", file->path,
                             file->columns[j].name);
    for (size_t j = 0; j < file->n_columns; j++)
        if (hdf5_column_finish(&file->columns[j], file->group) != 0)
            return -1;
    if (hdf5_put_integer(file->group, "n_rows", (int64_t)n_rows) < 0 ||
        hdf5_put_text(file->group, "sha256", table->hex) < 0 || H5Gclose(file->group) < 0)
        return hdf5_fail("'%s' is not written: table '%s' cannot be finished", file->path, table->name);
    file->group = H5I_INVALID_HID;
    free(file->columns);
    file->columns = NULL;
    return 0;
}

int told_file_commit(struct told_file *file, struct message *message, char hex[static SHA256_HEX_SIZE])
{
    if (take_digest(message, hex) != 0 || message->broken || file->group >= 0)
        return told_file_broken(file);
    if (hdf5_put_text(file->file, "content_sha256", hex) < 0 || H5Fflush(file->file, H5F_SCOPE_GLOBAL) < 0)
        return hdf5_fail("'%s' cannot be written", file->path);
    if (H5Fclose(file->file) < 0)
        return hdf5_fail("'%s' cannot be closed", file->path);
    file->file = H5I_INVALID_HID;
    return 0;
}

void told_file_free(struct told_file *file)
{
    for (size_t i = 0; i < file->n_tables; i++) {
        free(file->tables[i].name);
        free(file->tables[i].columns);
    }
    free(file->tables);
    for (size_t j = 0; file->columns != NULL && j < file->n_columns; j++)
        free(file->columns[j].name);
    free(file->columns);
    free(file->chunks);
    free(file->name);
    file->tables = NULL;
    file->columns = NULL;
    file->chunks = NULL;
    file->name = NULL;
    file->n_tables = 0;
}
