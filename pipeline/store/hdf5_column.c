/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/hdf5_column.h"

#include "base/fail.h"
#include "base/memory.h"
#include "store/chunk.h"
#include "store/hdf5_attribute.h"
#include "store/hdf5_session.h"
#include "store/hidden_labels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

hid_t hdf5_group_list(hid_t class)
{
    const hid_t list = H5Pcreate(class);
    if (list >= 0 && H5Pset_link_creation_order(list, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) >= 0 &&
        H5Pset_obj_track_times(list, 0) >= 0)
        return list;
    if (list >= 0)
        H5Pclose(list);
    return H5I_INVALID_HID;
}

hid_t hdf5_link_list(void)
{
    const hid_t list = H5Pcreate(H5P_LINK_CREATE);
    if (list >= 0 && H5Pset_char_encoding(list, H5T_CSET_UTF8) < 0) {
        H5Pclose(list);
        return H5I_INVALID_HID;
    }
    return list;
}

static hid_t integer_type(size_t width)
{
    return width == 1 ? H5T_STD_I8LE : width == 2 ? H5T_STD_I16LE : width == 4 ? H5T_STD_I32LE : H5T_STD_I64LE;
}

static hid_t enum_type(const struct column *column)
{
    const size_t width = column_type_width(COLUMN_CATEGORY, 0, column->n_labels);
    const hid_t type = H5Tenum_create(integer_type(width));
    for (size_t i = 0; type >= 0 && i < column->n_labels; i++) {
        const int32_t value = (int32_t)i; /* little-endian: its first bytes are the narrower integer */
        if (H5Tenum_insert(type, column->labels[i], &value) < 0) {
            H5Tclose(type);
            return H5I_INVALID_HID;
        }
    }
    return type;
}

static hid_t type_of(const struct column *column)
{
    switch (column->type) {
    case COLUMN_FLOAT64:
        return H5Tcopy(H5T_IEEE_F64LE);
    case COLUMN_TEXT:
        return hdf5_text_type(column->width);
    case COLUMN_CATEGORY:
        if (!hidden_labels_needed(column))
            return enum_type(column);
        return H5Tcopy(integer_type(column_type_width(COLUMN_CATEGORY, 0, column->n_labels)));
    default:
        return H5Tcopy(integer_type(column->width));
    }
}

static int put_missing(hid_t dataset, const struct column *column)
{
    static const int64_t lowest = INT64_MIN;
    static const int32_t no_code = MISSING_CODE;
    const double nan = (double)NAN;
    switch (column->type) {
    case COLUMN_FLOAT64:
        return hdf5_put_scalar(dataset, "missing", H5T_IEEE_F64LE, &nan);
    case COLUMN_TEXT:
        return hdf5_put_text(dataset, "missing", "");
    case COLUMN_CATEGORY:
        return hdf5_put_scalar(dataset, "missing",
                               integer_type(column_type_width(COLUMN_CATEGORY, 0, column->n_labels)), &no_code);
    default: /* the last bytes of the lowest int64 are the lowest narrower integer */
        return hdf5_put_scalar(dataset, "missing", integer_type(column->width),
                               (const char *)&lowest + sizeof lowest - column->width);
    }
}

static hid_t dataset_list(uint64_t chunk_rows)
{
    const hsize_t chunk[1] = {chunk_rows};
    const hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    if (list >= 0 && H5Pset_chunk(list, 1, chunk) >= 0 && H5Pset_deflate(list, CHUNK_DEFLATE_LEVEL) >= 0 &&
        H5Pset_fletcher32(list) >= 0 && H5Pset_obj_track_times(list, 0) >= 0)
        return list;
    if (list >= 0)
        H5Pclose(list);
    return H5I_INVALID_HID;
}

/* A dataset without a link; the library forgets it when it is closed before it got one. */
static hid_t create(hid_t file, hid_t type, uint64_t chunk_rows, uint64_t n_rows)
{
    const bool grows = n_rows == HDF5_ROWS_GROW;
    const hsize_t size[1] = {grows ? 0 : n_rows}, limit[1] = {grows || n_rows == 0 ? H5S_UNLIMITED : n_rows};
    const hid_t space = H5Screate_simple(1, size, limit);
    const hid_t list = dataset_list(chunk_rows);
    hid_t dataset = H5I_INVALID_HID;
    if (space >= 0 && list >= 0)
        dataset = H5Dcreate_anon(file, type, space, list, H5P_DEFAULT);
    if (list >= 0)
        H5Pclose(list);
    if (space >= 0)
        H5Sclose(space);
    return dataset;
}

int hdf5_write_rows(hid_t dataset, const struct hdf5_transfer *transfer, uint64_t first, uint64_t n, const void *values,
                    const char *path, const char *name)
{
    static const char nothing;
    const hsize_t start[1] = {first}, count[1] = {transfer->writes ? n : 0}, room[1] = {count[0] > 0 ? count[0] : 1};
    const hid_t type = H5Dget_type(dataset), in_file = H5Dget_space(dataset);
    const hid_t in_memory = H5Screate_simple(1, room, NULL);
    herr_t status = type < 0 || in_file < 0 || in_memory < 0 ? -1 : 0;
    if (status >= 0 && count[0] > 0)
        status = H5Sselect_hyperslab(in_file, H5S_SELECT_SET, start, NULL, count, NULL);
    else if (status >= 0)
        status = H5Sselect_none(in_file) < 0 || H5Sselect_none(in_memory) < 0 ? -1 : 0;
    if (status >= 0)
        status = H5Dwrite(dataset, type, in_memory, in_file, transfer->list, count[0] > 0 ? values : &nothing);
    if (status < 0)
        hdf5_fail("'%s' is not written: column '%s'", path, name);
    if (in_memory >= 0)
        H5Sclose(in_memory);
    if (in_file >= 0)
        H5Sclose(in_file);
    if (type >= 0)
        H5Tclose(type);
    return status < 0 ? -1 : 0;
}

/* Labels are few beside rows: the library compresses them itself. */
static hid_t create_labels(hid_t file, const char *path, const struct column *column, const struct hdf5_transfer *transfer)
{
    size_t width = 1;
    for (size_t i = 0; i < column->n_labels; i++) {
        const size_t length = strlen(column->labels[i]);
        width = length > width ? length : width;
    }
    if (column->n_labels > CHUNK_BYTES_MAX / width) {
        fail("'%s' is not written: the labels of column '%s' are too many or too long", path, column->name);
        return H5I_INVALID_HID;
    }
    char *const texts = allocate(column->n_labels, width);
    if (texts == NULL)
        return H5I_INVALID_HID;
    for (size_t i = 0; i < column->n_labels; i++)
        memcpy(texts + i * width, column->labels[i], strlen(column->labels[i]));
    const hid_t type = hdf5_text_type(width);
    hid_t labels = H5I_INVALID_HID;
    if (type >= 0)
        labels = create(file, type, column->n_labels > 0 ? column->n_labels : 1, column->n_labels);
    int status = 0;
    if (labels < 0 || hdf5_put_text(labels, "labels_of", column->name) < 0)
        status = hdf5_fail("'%s' is not written: the labels of column '%s'", path, column->name);
    if (status == 0 && column->n_labels > 0)
        status = hdf5_write_rows(labels, transfer, 0, column->n_labels, texts, path, column->name);
    if (status != 0 && labels >= 0) {
        H5Dclose(labels);
        labels = H5I_INVALID_HID;
    }
    if (type >= 0)
        H5Tclose(type);
    free(texts);
    return labels;
}

static int put_attributes(const struct hdf5_column *made, const struct column *column)
{
    char hidden[HIDDEN_LABELS_NAME_SIZE];
    hidden_labels_name(column->name, hidden);
    return hdf5_put_text(made->dataset, "label", column->label) < 0 ||
                   hdf5_put_text(made->dataset, "units", column->units) < 0 ||
                   put_missing(made->dataset, column) < 0 ||
                   (made->labels >= 0 && hdf5_put_text(made->dataset, "labels", hidden) < 0)
               ? -1
               : 0;
}

int hdf5_column_create(struct hdf5_column *made, hid_t file, const char *path, const struct column *column,
                       uint64_t chunk_rows, uint64_t n_rows, const struct hdf5_transfer *transfer)
{
    *made = (struct hdf5_column){.path = path, .dataset = H5I_INVALID_HID, .labels = H5I_INVALID_HID};
    made->name = copy_text(column->name);
    if (made->name == NULL)
        return -1;
    const hid_t type = type_of(column);
    if (type >= 0) {
        made->dataset = create(file, type, chunk_rows, n_rows);
        H5Tclose(type);
    }
    if (made->dataset < 0)
        return hdf5_fail("'%s' is not written: column '%s' cannot be made", path, column->name);
    if (column->type == COLUMN_CATEGORY && hidden_labels_needed(column) &&
        (made->labels = create_labels(file, path, column, transfer)) < 0)
        return -1;
    if (put_attributes(made, column) != 0)
        return hdf5_fail("'%s' is not written: column '%s' cannot be described", path, column->name);
    return 0;
}

/* Silent. */
static int grow(hid_t dataset, uint64_t n_rows)
{
    const hsize_t size[1] = {n_rows};
    hsize_t now[1];
    const hid_t space = H5Dget_space(dataset);
    int status = space >= 0 && H5Sget_simple_extent_dims(space, now, NULL) == 1 ? 0 : -1;
    if (space >= 0)
        H5Sclose(space);
    if (status == 0 && now[0] < n_rows)
        status = H5Dset_extent(dataset, size) < 0 ? -1 : 0;
    return status;
}

int hdf5_column_write(const struct hdf5_column *made, uint64_t first, uint64_t n_rows, const void *packed,
                      size_t n_packed)
{
    const hsize_t offset[1] = {first};
    /* Filter mask 0: every filter was applied. */
    if (grow(made->dataset, n_rows) != 0 || H5Dwrite_chunk(made->dataset, H5P_DEFAULT, 0, offset, n_packed, packed) < 0)
        return hdf5_fail("'%s' is not written: column '%s'", made->path, made->name);
    return 0;
}

int hdf5_column_grow(const struct hdf5_column *made, uint64_t n_rows, size_t chunk_rows, size_t *n_bytes)
{
    const hid_t type = H5Dget_type(made->dataset);
    *n_bytes = type >= 0 ? chunk_rows * H5Tget_size(type) : 0;
    if (type >= 0)
        H5Tclose(type);
    return *n_bytes > 0 && grow(made->dataset, n_rows) == 0
               ? 0
               : hdf5_fail("'%s' is not written: column '%s'", made->path, made->name);
}

static int link_and_close(const struct hdf5_column *made, hid_t dataset, hid_t group, const char *name)
{
    const hid_t list = hdf5_link_list();
    int status = list >= 0 && H5Olink(dataset, group, name, list, H5P_DEFAULT) >= 0 ? 0 : -1;
    if (status != 0)
        hdf5_fail("'%s' is not written: column '%s' cannot be placed", made->path, name);
    if (list >= 0)
        H5Pclose(list);
    /* A write may succeed and its flush fail only here. */
    if (H5Dclose(dataset) < 0 && status == 0)
        status = hdf5_fail("'%s' is not written: column '%s' cannot be closed", made->path, name);
    return status;
}

int hdf5_column_finish(struct hdf5_column *made, hid_t group)
{
    int status = link_and_close(made, made->dataset, group, made->name);
    if (status == 0 && made->labels >= 0) {
        char hidden[HIDDEN_LABELS_NAME_SIZE];
        hidden_labels_name(made->name, hidden);
        status = link_and_close(made, made->labels, group, hidden);
    }
    free(made->name);
    *made = (struct hdf5_column){.dataset = H5I_INVALID_HID, .labels = H5I_INVALID_HID};
    return status;
}
