/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes describe a file of tables: its types, lengths, chunks, filters, attributes, links, digests and values.  The HDF5 library
 * writes it, which is whole then, and our reader, which the fuzzer sees, reads it in this process.  Most bytes say what a
 * file of ours has; one in sixteen says something odd in its place.
 *
 * Laws: a file without anything odd is read; codes have labels; some of the rows are the same as among all.
 */
#include "tests/fuzz/fuzz.h"

#include <hdf5.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "store/chunk.h"
#include "store/digest.h"
#include "store/hdf5_attribute.h"
#include "store/hdf5_column.h"
#include "store/hdf5_session.h"
#include "store/hidden_labels.h"
#include "store/layout.h"
#include "store/store.h"

enum { TABLES_MAX = 4, COLUMNS_MAX = 5, ROWS_MAX = 40, LABELS_MAX = 5, WIDTH_MAX = 9, PACKED_MAX = 256 };

/* ---- what the bytes say ------------------------------------------------------------------------------------------------- */

struct bytes {
    const uint8_t *at, *end;
    size_t n_odd;
};

/* 0 .. n - 1; 0 when no byte is left. */
static unsigned take(struct bytes *bytes, unsigned n)
{
    return bytes->at < bytes->end ? *bytes->at++ % n : 0;
}

/* 1 .. n: which of n odd things is asked for; 0: none. */
static unsigned odd(struct bytes *bytes, unsigned n)
{
    const unsigned byte = take(bytes, 256);

    bytes->n_odd += byte >= 240;
    return byte >= 240 ? 1 + (byte - 240) % n : 0;
}

/* ---- attributes --------------------------------------------------------------------------------------------------------- */

static void put_list(hid_t object, const char *name, hid_t type, const void *values, hsize_t n)
{
    const hid_t space = H5Screate_simple(1, &n, NULL), attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);

    if (attribute >= 0) {
        H5Awrite(attribute, type, values);
        H5Aclose(attribute);
    }
    H5Sclose(space);
}

static void put_text(struct bytes *bytes, hid_t object, const char *name, const char *text)
{
    static const char *const other[] = {"", "\xff\xfe", "a\nb", "\xe2\x82\xac"};
    hid_t type;

    switch (odd(bytes, 6)) {
    case 0:
        hdf5_put_text(object, name, text);
        break;
    case 1:
        break;
    case 2:
        hdf5_put_integer(object, name, (int64_t)take(bytes, 256));
        break;
    case 3:
        type = H5Tcopy(H5T_C_S1);
        H5Tset_size(type, H5T_VARIABLE);
        hdf5_put_scalar(object, name, type, &text);
        H5Tclose(type);
        break;
    case 4:
        type = hdf5_text_type(4);
        put_list(object, name, type, "ab\0\0cd\0\0", 2);
        H5Tclose(type);
        break;
    default:
        hdf5_put_text(object, name, other[take(bytes, sizeof other / sizeof *other)]);
    }
}

static void put_n_rows(struct bytes *bytes, hid_t group, size_t n)
{
    static const int64_t other[] = {-1, INT64_MIN, INT64_MAX, 65536, 65537, (int64_t)1 << 40, 0, 1};
    const double real = (double)n;

    switch (odd(bytes, 4)) {
    case 0:
        hdf5_put_integer(group, "n_rows", (int64_t)n);
        break;
    case 1:
        hdf5_put_scalar(group, "n_rows", H5T_IEEE_F64LE, &real);
        break;
    case 2:
        put_list(group, "n_rows", H5T_STD_I64LE, other, 2);
        break;
    default:
        hdf5_put_integer(group, "n_rows", other[take(bytes, sizeof other / sizeof *other)]);
    }
}

/* ---- types -------------------------------------------------------------------------------------------------------------- */

enum kind { INTEGER, REAL, TEXT, ENUM, HIDDEN, N_KINDS };

struct shape {
    enum kind kind;
    size_t n_labels;
    hid_t type;
};

static hid_t enum_type(struct bytes *bytes, size_t n_labels)
{
    static const char *const labels[LABELS_MAX] = {"iop", "inpatient", "\xc3\xa9", "no", "yes"};
    const unsigned fault = odd(bytes, 4);
    const hid_t type = H5Tenum_create(fault == 1 ? H5T_STD_I64LE : fault == 2 ? H5T_STD_U8BE : H5T_STD_I8LE);

    for (size_t i = 0; i < n_labels; i++) {
        const int64_t value = fault == 3 ? (int64_t)(2 * i) - 1 : (int64_t)i;
        H5Tenum_insert(type, fault == 4 && i == 1 ? "\xff" : labels[i], &value);
    }
    return type;
}

static hid_t odd_type(struct bytes *bytes)
{
    static const hsize_t two = 2;
    hid_t type;

    switch (take(bytes, 9)) {
    case 0:
        return H5Tcopy(H5T_IEEE_F32LE);
    case 1:
        return H5Tcopy(H5T_IEEE_F64BE);
    case 2:
        return H5Tcopy(H5T_STD_U32LE);
    case 3:
        return H5Tcopy(H5T_STD_I16BE);
    case 4:
        type = H5Tcreate(H5T_COMPOUND, 8);
        H5Tinsert(type, "a", 0, H5T_STD_I32LE);
        return type;
    case 5:
        type = H5Tcopy(H5T_C_S1);
        H5Tset_size(type, H5T_VARIABLE);
        return type;
    case 6:
        return H5Tcreate(H5T_OPAQUE, 3);
    case 7:
        return H5Tarray_create2(H5T_STD_I32LE, 1, &two);
    default:
        type = H5Tcopy(H5T_C_S1); /* neither the padding nor the letters of ours */
        H5Tset_size(type, 5);
        return type;
    }
}

static struct shape take_shape(struct bytes *bytes)
{
    const hid_t integers[] = {H5T_STD_I8LE, H5T_STD_I16LE, H5T_STD_I32LE, H5T_STD_I64LE};
    struct shape shape = {.kind = (enum kind)take(bytes, N_KINDS), .n_labels = 1 + take(bytes, LABELS_MAX)};

    if (odd(bytes, 1) != 0)
        shape.type = odd_type(bytes);
    else if (shape.kind == INTEGER)
        shape.type = H5Tcopy(integers[take(bytes, 4)]);
    else if (shape.kind == REAL)
        shape.type = H5Tcopy(H5T_IEEE_F64LE);
    else if (shape.kind == TEXT)
        shape.type = hdf5_text_type(1 + take(bytes, WIDTH_MAX));
    else if (shape.kind == ENUM)
        shape.type = enum_type(bytes, shape.n_labels);
    else
        shape.type = H5Tcopy(integers[odd(bytes, 3)]);
    return shape;
}

/* ---- datasets ------------------------------------------------------------------------------------------------------------ */

/* A space of n rows, and a list of creation. */
static hid_t make_dataset(struct bytes *bytes, hid_t group, const char *name, hid_t type, size_t n, size_t *chunk_rows)
{
    const unsigned other_rows = odd(bytes, 4), other_list = odd(bytes, 6);
    const hsize_t rows = other_rows == 1 ? n + 1 : other_rows == 2 ? 0 : n, size[2] = {rows, 2};
    const hsize_t chunk[2] = {1 + (take(bytes, 4) == 0 ? n : take(bytes, ROWS_MAX)), 1};
    const int rank = other_rows == 3 ? 2 : 1;
    const hsize_t limits[2] = {H5S_UNLIMITED, 2};
    const hid_t space = other_rows == 4 ? H5Screate(H5S_SCALAR) : H5Screate_simple(rank, size, limits);
    const hid_t list = H5Pcreate(H5P_DATASET_CREATE), links = hdf5_link_list();

    *chunk_rows = (size_t)chunk[0];
    if (other_rows != 4 && other_list != 1)
        H5Pset_chunk(list, rank, chunk);
    if (other_list == 2)
        H5Pset_shuffle(list);
    if (other_list == 3)
        H5Pset_fletcher32(list);
    if (other_rows != 4 && other_list != 1 && other_list != 4)
        H5Pset_deflate(list, 1 + take(bytes, 9));
    if (other_rows != 4 && other_list != 1 && other_list != 3 && other_list != 5)
        H5Pset_fletcher32(list);
    if (other_list == 6)
        H5Pset_layout(list, H5D_COMPACT);
    const hid_t dataset = H5Dcreate2(group, name, type, space, links, list, H5P_DEFAULT);
    H5Pclose(links);
    H5Pclose(list);
    H5Sclose(space);
    return dataset;
}

static bool has_values(hid_t dataset)
{
    const hid_t space = H5Dget_space(dataset);
    const bool has = H5Sget_simple_extent_npoints(space) > 0;

    H5Sclose(space);
    return has;
}

/* A chunk as the bytes say: a stream that our own reading of deflate meets first.  Without a value there is no chunk. */
static void write_chunk(struct bytes *bytes, hid_t dataset)
{
    unsigned char packed[PACKED_MAX + 4];
    const hsize_t offset[2] = {0, 0};
    const size_t n = 1 + take(bytes, PACKED_MAX);
    const uint32_t mask = odd(bytes, 3);

    for (size_t i = 0; i < n; i++)
        packed[i] = (unsigned char)take(bytes, 256);
    if (odd(bytes, 1) == 0 && n >= 2)
        memcpy(packed, "\x78\x01", 2); /* as streams of ours begin */
    const uint32_t sum = odd(bytes, 1) == 0 ? chunk_fletcher32(packed, n) : 0;
    for (int i = 0; i < 4; i++)
        packed[n + (size_t)i] = (unsigned char)(sum >> 8 * i);
    H5Dwrite_chunk(dataset, H5P_DEFAULT, mask, offset, n + 4, packed);
}

static void write_values(struct bytes *bytes, hid_t dataset, const struct shape *shape, size_t n)
{
    const size_t width = H5Tget_size(shape->type);
    unsigned char *const values = calloc((n + 2) * 2, width + 16);
    const unsigned other = odd(bytes, 3);

    if (H5Tis_variable_str(shape->type) > 0 || other == 1 || values == NULL) {
        free(values); /* of such a text the values would be addresses; a dataset may be empty */
        return;
    }
    for (size_t i = 0; i < n && (shape->kind == ENUM || shape->kind == HIDDEN); i++)
        if (width <= sizeof(int64_t)) {
            const int64_t code = odd(bytes, 1) != 0 ? (int64_t)take(bytes, 256) : (int64_t)take(bytes, (unsigned)shape->n_labels + 1) - 1;
            memcpy(values + i * width, &code, width);
        }
    for (size_t i = 0; i < n * width && shape->kind != ENUM && shape->kind != HIDDEN; i++)
        values[i] = (unsigned char)take(bytes, shape->kind == TEXT ? 128 : 256);
    H5Dwrite(dataset, shape->type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    if (other == 2 && has_values(dataset))
        write_chunk(bytes, dataset);
    free(values);
}

static void add_hidden_labels(struct bytes *bytes, hid_t group, hid_t dataset, const char *name, size_t n_labels)
{
    char hidden[HIDDEN_LABELS_NAME_SIZE], texts[LABELS_MAX * 4] = "";
    struct shape shape = {.kind = TEXT, .n_labels = n_labels, .type = odd(bytes, 1) != 0 ? odd_type(bytes) : hdf5_text_type(4)};
    size_t chunk_rows;

    hidden_labels_name(name, hidden);
    put_text(bytes, dataset, "labels", hidden);
    const hid_t labels = odd(bytes, 1) != 0 ? H5I_INVALID_HID : make_dataset(bytes, group, hidden, shape.type, n_labels, &chunk_rows);
    if (labels >= 0) {
        for (size_t i = 0; i < n_labels; i++)
            texts[4 * i] = (char)(odd(bytes, 1) != 0 ? take(bytes, 256) : 'a' + i);
        if (H5Tget_size(shape.type) <= 4 && H5Tis_variable_str(shape.type) == 0)
            H5Dwrite(labels, shape.type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts);
        put_text(bytes, labels, "labels_of", name);
        H5Dclose(labels);
    }
    H5Tclose(shape.type);
}

static void add_column(struct bytes *bytes, hid_t group, size_t j, size_t n)
{
    static const char *const usual[COLUMNS_MAX] = {"age", "arm", "days to event", "\xc3\xa9", "x"};
    static const char *const other[] = {".x", "a\x01", "\xff", "age.labels", "x/y", "age"};
    const char *const name = odd(bytes, 1) != 0 ? other[take(bytes, sizeof other / sizeof *other)] : usual[j];
    size_t chunk_rows;

    switch (odd(bytes, 12)) {
    case 1:
        H5Lcreate_soft("/", group, name, H5P_DEFAULT, H5P_DEFAULT);
        return;
    case 2:
        H5Lcreate_external("elsewhere.h5", "/", group, name, H5P_DEFAULT, H5P_DEFAULT);
        return;
    case 3:
        H5Lcreate_hard(group, ".", group, name, H5P_DEFAULT, H5P_DEFAULT);
        return;
    default:
        break;
    }
    const struct shape shape = take_shape(bytes);
    const hid_t dataset = make_dataset(bytes, group, name, shape.type, n, &chunk_rows);
    if (dataset >= 0) {
        write_values(bytes, dataset, &shape, n);
        put_text(bytes, dataset, "label", "a column");
        put_text(bytes, dataset, "units", j == 0 ? "years" : "");
        if (shape.kind == HIDDEN)
            add_hidden_labels(bytes, group, dataset, name, shape.n_labels);
        H5Dclose(dataset);
    }
    H5Tclose(shape.type);
}

/* ---- the file ------------------------------------------------------------------------------------------------------------ */

static const char no_digest[] = "0000000000000000000000000000000000000000000000000000000000000000";

static void add_table(struct bytes *bytes, hid_t file, size_t k)
{
    static const char *const usual[TABLES_MAX] = {"clients", "curves", "estimates", "provenance"};
    static const char *const other[] = {"A", "curves/iop", "a b", "curves"};
    const char *const name = odd(bytes, 1) != 0 ? other[take(bytes, sizeof other / sizeof *other)] : usual[k];
    const size_t n_columns = take(bytes, COLUMNS_MAX + 1), n = take(bytes, ROWS_MAX);
    const hid_t creation = odd(bytes, 1) != 0 ? H5Pcreate(H5P_GROUP_CREATE) : hdf5_group_list(H5P_GROUP_CREATE), links = hdf5_link_list();

    const hid_t group = H5Gcreate2(file, name, links, creation, H5P_DEFAULT);
    if (group >= 0) {
        put_n_rows(bytes, group, n);
        put_text(bytes, group, "label", "a table");
        put_text(bytes, group, "sha256", no_digest);
        for (size_t j = 0; j < n_columns; j++)
            add_column(bytes, group, j, n);
        H5Gclose(group);
    }
    H5Pclose(links);
    H5Pclose(creation);
}

/* Whatever the reader takes for a table gets the digest of what it reads of it. */
static int digest_of(hid_t file, const char *path, const char *name, char hex[static SHA256_HEX_SIZE])
{
    char values[2 * COLUMNS_MAX][SHA256_HEX_SIZE];
    struct layout_table stored;
    int status = layout_open(&stored, file, path, name);

    if (status != 0)
        return -1;
    if (stored.n_rows > 2 * ROWS_MAX || stored.schema->n_columns > 2 * COLUMNS_MAX || table_resize(stored.schema, stored.n_rows) != 0)
        status = -1;
    for (size_t j = 0; status == 0 && j < stored.schema->n_columns; j++) {
        const hid_t dataset = layout_dataset(&stored, j);
        status = dataset < 0 ? -1 : layout_read(&stored, j, dataset, 0, stored.n_rows, stored.schema->columns[j].values);
        if (dataset >= 0)
            H5Dclose(dataset);
        if (status == 0)
            status = digest_values(&stored.schema->columns[j], stored.n_rows, values[j]);
    }
    if (status == 0)
        status = digest_table(stored.schema, stored.n_rows, (const char (*)[SHA256_HEX_SIZE])values, hex);
    layout_close(&stored);
    return status;
}

static void put_digests(struct bytes *bytes, hid_t file, const char *path)
{
    struct named_digest *tables = NULL;
    char content[SHA256_HEX_SIZE];
    size_t n = 0;

    if (layout_list(file, path, &tables, &n) != 0)
        n = 0;
    for (size_t i = 0; i < n; i++) {
        if (odd(bytes, 1) != 0 || digest_of(file, path, tables[i].name, tables[i].hex) != 0)
            continue;
        const hid_t group = H5Gopen2(file, tables[i].name, H5P_DEFAULT);
        H5Adelete(group, "sha256");
        hdf5_put_text(group, "sha256", tables[i].hex);
        H5Gclose(group);
    }
    if (digest_content(tables, n, content) == 0)
        put_text(bytes, file, "content_sha256", content);
    layout_list_free(tables, n);
}

static void write_file(struct bytes *bytes, const char *path)
{
    const hid_t creation = hdf5_group_list(H5P_FILE_CREATE), access = hdf5_file_access();
    const hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, creation, access);
    const size_t n_tables = take(bytes, TABLES_MAX + 1);

    if (file < 0)
        fuzz_fail("a file can be written");
    for (size_t k = 0; k < n_tables; k++)
        add_table(bytes, file, k);
    put_digests(bytes, file, path);
    H5Fclose(file);
    H5Pclose(access);
    H5Pclose(creation);
}

/* ---- reading it ----------------------------------------------------------------------------------------------------------- */

static void check_codes(const struct table *table)
{
    for (size_t j = 0; j < table->n_columns; j++)
        for (size_t i = 0; i < table->n_rows && table->columns[j].type == COLUMN_CATEGORY; i++) {
            const int32_t code = column_code(&table->columns[j], i);
            if (code != MISSING_CODE && (code < 0 || (size_t)code >= table->columns[j].n_labels))
                fuzz_fail("codes have labels");
        }
}

/* some: rows first, first + 1, ... of all. */
static void check_same(const struct table *all, const struct table *some, size_t first)
{
    for (size_t j = 0; j < some->n_columns; j++) {
        const struct column *const a = &all->columns[j], *const b = &some->columns[j];
        if (first + some->n_rows > all->n_rows || a->width != b->width ||
            (some->n_rows > 0 && memcmp((const char *)a->values + first * a->width, b->values, some->n_rows * a->width) != 0))
            fuzz_fail("some of the rows are the same as among all");
    }
}

static void read_table(struct store *store, const char *name, bool is_ours)
{
    struct table *const all = store_read(store, name, NULL), *const schema = store_read_schema(store, name);
    size_t n = 0;

    if (is_ours && (all == NULL || schema == NULL || store_n_rows(store, name, &n) != 0 || n != all->n_rows))
        fuzz_fail("a table as we write it is read");
    if (all != NULL && all->n_rows <= 2 * ROWS_MAX) {
        const size_t rows[] = {all->n_rows / 2, all->n_rows / 2 + 1};
        struct table *const range = store_read_range(store, name, NULL, all->n_rows / 3, all->n_rows);
        struct table *const some = store_read_rows(store, name, NULL, rows, all->n_rows > 1 ? 2 : 0);

        check_codes(all);
        if (range != NULL)
            check_same(all, range, all->n_rows / 3);
        if (some != NULL && all->n_rows > 2)
            check_same(all, some, rows[0]);
        table_free(range);
        table_free(some);
    }
    table_free(schema);
    table_free(all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes bytes = {data, data + size, 0};
    const char *const path = fuzz_file("tables.h5", "", 0);

    if (hdf5_start() != 0)
        fuzz_fail("the library starts");
    write_file(&bytes, path);
    struct store *const store = store_open(path);
    if (store == NULL && bytes.n_odd == 0)
        fuzz_fail("a file as we write it is read");
    for (size_t i = 0; store != NULL && i < store_n_tables(store); i++)
        read_table(store, store_table_name(store, i), bytes.n_odd == 0);
    store_close(store);
    return 0;
}
