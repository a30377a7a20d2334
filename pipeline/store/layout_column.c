/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/layout_column.h"

#include "base/memory.h"
#include "store/chunk.h"
#include "store/hdf5_attribute.h"
#include "store/hidden_labels.h"
#include "store/name_rules.h"

#include <stdlib.h>
#include <string.h>

/* What is read from a dataset before it becomes a column. */
struct description {
    enum column_type type;
    size_t width;
    size_t n_labels;
    char **labels;
};

static void free_labels(struct description *read)
{
    for (size_t i = 0; i < read->n_labels; i++)
        free(read->labels[i]);
    free(read->labels);
    read->labels = NULL;
    read->n_labels = 0;
}

/* deflate, then fletcher32, and nothing else: other filters would be code that others chose. */
static const char *check_list(hid_t list, size_t width, hsize_t chunk[static 1])
{
    static const H5Z_filter_t expected[] = {H5Z_FILTER_DEFLATE, H5Z_FILTER_FLETCHER32};
    if (H5Pget_layout(list) != H5D_CHUNKED || H5Pget_chunk(list, 1, chunk) != 1 || chunk[0] == 0 ||
        chunk[0] > CHUNK_BYTES_MAX / width)
        return "is not stored in chunks as we make them";
    if (H5Pget_nfilters(list) != 2)
        return "has other filters than deflate and fletcher32";
    for (unsigned i = 0; i < 2; i++) {
        unsigned flags, values[8], what;
        size_t n_values = sizeof values / sizeof *values;
        if (H5Pget_filter2(list, i, &flags, &n_values, values, 0, NULL, &what) != expected[i])
            return "has other filters than deflate and fletcher32";
    }
    return NULL;
}

static const char *check_storage(hid_t dataset, uint64_t n_rows, size_t width)
{
    enum { DEFLATE_RATIO_MAX = 1040 }; /* a little more than the 1032 that deflate can reach */
    hsize_t chunk[1], size[1];
    const hid_t space = H5Dget_space(dataset);
    const int rank = space >= 0 && H5Sget_simple_extent_ndims(space) == 1
                         ? H5Sget_simple_extent_dims(space, size, NULL)
                         : -1;
    if (space >= 0)
        H5Sclose(space);
    if (rank != 1 || size[0] != n_rows)
        return "has another number of rows than its table";
    const hid_t list = H5Dget_create_plist(dataset);
    const char *const fault = list >= 0 ? check_list(list, width, chunk) : "cannot be read";
    if (list >= 0)
        H5Pclose(list);
    if (fault != NULL)
        return fault;
    if (n_rows > (H5Dget_storage_size(dataset) * DEFLATE_RATIO_MAX) / width)
        return "claims more rows than its stored bytes can hold";
    return NULL;
}

static const char *read_integer(hid_t type, struct description *read)
{
    const hid_t types[] = {H5T_STD_I8LE, H5T_STD_I16LE, H5T_STD_I32LE, H5T_STD_I64LE};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (H5Tequal(type, types[i]) > 0) {
            read->type = (enum column_type)((size_t)COLUMN_INT8 + i);
            read->width = (size_t)1 << i;
            return NULL;
        }
    return "has integers of a type we do not write";
}

static const char *read_member(hid_t type, unsigned i, size_t width, char **label)
{
    int32_t value = 0;
    if (H5Tget_member_value(type, i, &value) < 0)
        return "has an enum that cannot be read";
    if (width == 1 ? (int8_t)value != (int32_t)i : width == 2 ? (int16_t)value != (int32_t)i : value != (int32_t)i)
        return "has an enum whose values are not 0, 1, ...";
    char *const name = H5Tget_member_name(type, i);
    if (name == NULL)
        return "has an enum that cannot be read";
    *label = copy_text(name);
    H5free_memory(name);
    return *label != NULL ? NULL : "does not fit into memory";
}

static const char *read_enum(hid_t type, struct description *read)
{
    const hid_t base = H5Tget_super(type);
    const char *fault = base >= 0 ? read_integer(base, read) : "cannot be read";
    if (base >= 0)
        H5Tclose(base);
    const int n = H5Tget_nmembers(type);
    if (fault == NULL && (n < 1 || n > STORE_ENUM_MAX || read->width > sizeof(int32_t)))
        fault = "has an enum we do not write";
    if (fault == NULL && (read->labels = allocate((size_t)n, sizeof *read->labels)) == NULL)
        fault = "does not fit into memory";
    for (int i = 0; fault == NULL && i < n; i++)
        if ((fault = read_member(type, (unsigned)i, read->width, &read->labels[i])) == NULL)
            read->n_labels = (size_t)i + 1;
    read->type = COLUMN_CATEGORY;
    return fault;
}

static const char *check_text(hid_t type)
{
    if (H5Tis_variable_str(type) != 0 || H5Tget_cset(type) != H5T_CSET_UTF8 || H5Tget_strpad(type) != H5T_STR_NULLPAD)
        return "has text of a kind we do not write";
    return H5Tget_size(type) <= CHUNK_BYTES_MAX ? NULL : "has text that is too wide";
}

static const char *take_labels(const char *texts, size_t n, size_t width, struct description *read)
{
    if ((read->labels = allocate(n, sizeof *read->labels)) == NULL)
        return "does not fit into memory";
    for (size_t i = 0; i < n; i++) {
        const char *const text = texts + i * width;
        if ((read->labels[i] = copy_bytes(text, strnlen(text, width))) == NULL)
            return "does not fit into memory";
        read->n_labels = i + 1;
    }
    return NULL;
}

static const char *read_label_values(hid_t labels, hid_t type, struct description *read)
{
    const char *fault = H5Tget_class(type) == H5T_STRING ? check_text(type) : "has labels that are no text";
    const hid_t space = H5Dget_space(labels);
    const hssize_t n = space >= 0 ? H5Sget_simple_extent_npoints(space) : -1;
    if (space >= 0)
        H5Sclose(space);
    if (fault == NULL)
        fault = n >= 0 && n <= INT32_MAX ? check_storage(labels, (uint64_t)n, H5Tget_size(type))
                                         : "has labels that cannot be read";
    if (fault != NULL)
        return fault;
    char *const texts = allocate((size_t)n, H5Tget_size(type));
    if (texts == NULL)
        return "does not fit into memory";
    if (n > 0 && H5Dread(labels, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts) < 0)
        fault = "has labels that cannot be read";
    else
        fault = take_labels(texts, (size_t)n, H5Tget_size(type), read);
    free(texts);
    return fault;
}

static const char *read_hidden_labels(hid_t group, const char *name, struct description *read)
{
    char hidden[HIDDEN_LABELS_NAME_SIZE];
    hidden_labels_name(name, hidden);
    if (read->type == COLUMN_INT64)
        return "has integers of a type we do not write";
    H5L_info_t link;
    if (H5Lexists(group, hidden, H5P_DEFAULT) <= 0 || H5Lget_info(group, hidden, &link, H5P_DEFAULT) < 0 ||
        link.type != H5L_TYPE_HARD)
        return "misses its labels";
    const hid_t labels = H5Dopen2(group, hidden, H5P_DEFAULT);
    const hid_t type = labels >= 0 ? H5Dget_type(labels) : H5I_INVALID_HID;
    const char *const fault = type >= 0 ? read_label_values(labels, type, read) : "misses its labels";
    if (type >= 0)
        H5Tclose(type);
    if (labels >= 0)
        H5Dclose(labels);
    read->type = COLUMN_CATEGORY;
    return fault;
}

static const char *describe(hid_t group, hid_t dataset, const char *name, struct description *read)
{
    const hid_t type = H5Dget_type(dataset);
    if (type < 0)
        return "cannot be read";
    const char *fault = NULL;
    switch (H5Tget_class(type)) {
    case H5T_INTEGER:
        fault = read_integer(type, read);
        if (fault == NULL && H5Aexists(dataset, "labels") > 0)
            fault = read_hidden_labels(group, name, read);
        break;
    case H5T_FLOAT:
        read->type = COLUMN_FLOAT64;
        read->width = sizeof(double);
        fault = H5Tequal(type, H5T_IEEE_F64LE) > 0 ? NULL : "has reals of a type we do not write";
        break;
    case H5T_ENUM:
        fault = read_enum(type, read);
        break;
    case H5T_STRING:
        read->type = COLUMN_TEXT;
        read->width = H5Tget_size(type);
        fault = check_text(type);
        break;
    default:
        fault = "has a type we do not write";
    }
    H5Tclose(type);
    if (fault == NULL && read->type == COLUMN_CATEGORY &&
        read->width != column_type_width(COLUMN_CATEGORY, 0, read->n_labels))
        fault = "has codes of another width than its labels need";
    return fault;
}

static const char *add(struct table *table, const char *name, const struct description *read, const char *label,
                       const char *units)
{
    if (label == NULL || units == NULL)
        return label == NULL ? "has no label" : "has no units";
    if (read->type != COLUMN_CATEGORY)
        return table_add_column(table, name, read->type, read->width, label, units) != NULL
                   ? NULL
                   : "does not fit into memory";
    struct column *const column =
        table_add_category(table, name, (const char *const *)read->labels, read->n_labels, label);
    char *const copy = copy_text(units);
    if (column == NULL || copy == NULL) {
        free(copy);
        return "does not fit into memory";
    }
    free(column->units);
    column->units = copy;
    return NULL;
}

const char *layout_column_add(struct table *table, hid_t group, hid_t dataset, const char *name, uint64_t n_rows)
{
    struct description read = {0};
    const char *fault = describe(group, dataset, name, &read);
    if (fault == NULL)
        fault = check_storage(dataset, n_rows, read.width);
    if (fault == NULL) {
        char *const label = hdf5_get_text(dataset, "label", STORE_TEXT_MAX);
        char *const units = hdf5_get_text(dataset, "units", STORE_TEXT_MAX);
        fault = add(table, name, &read, label, units);
        free(units);
        free(label);
    }
    free_labels(&read);
    return fault;
}
