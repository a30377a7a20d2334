/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/hdf5_attribute.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

hid_t hdf5_text_type(size_t width)
{
    const hid_t type = H5Tcopy(H5T_C_S1);
    if (type >= 0 && H5Tset_size(type, width > 0 ? width : 1) >= 0 && H5Tset_cset(type, H5T_CSET_UTF8) >= 0 &&
        H5Tset_strpad(type, H5T_STR_NULLPAD) >= 0)
        return type;
    if (type >= 0)
        H5Tclose(type);
    return H5I_INVALID_HID;
}

int hdf5_put_scalar(hid_t object, const char *name, hid_t type, const void *value)
{
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t attribute = space >= 0 ? H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT) : -1;
    int status = attribute >= 0 && H5Awrite(attribute, type, value) >= 0 ? 0 : -1;
    if (attribute >= 0 && H5Aclose(attribute) < 0)
        status = -1;
    if (space >= 0)
        H5Sclose(space);
    return status;
}

int hdf5_put_text(hid_t object, const char *name, const char *text)
{
    const hid_t type = hdf5_text_type(strlen(text));
    const int status = type >= 0 ? hdf5_put_scalar(object, name, type, text) : -1;
    if (type >= 0)
        H5Tclose(type);
    return status;
}

int hdf5_put_integer(hid_t object, const char *name, int64_t value)
{
    return hdf5_put_scalar(object, name, H5T_STD_I64LE, &value);
}

/* A scalar attribute of this class and its type; -1 when there is none. */
static int open_scalar(hid_t object, const char *name, H5T_class_t class, hid_t *attribute, hid_t *type)
{
    if (H5Aexists(object, name) <= 0 || (*attribute = H5Aopen(object, name, H5P_DEFAULT)) < 0)
        return -1;
    const hid_t space = H5Aget_space(*attribute);
    const bool is_scalar = space >= 0 && H5Sget_simple_extent_type(space) == H5S_SCALAR;
    if (space >= 0)
        H5Sclose(space);
    if (is_scalar && (*type = H5Aget_type(*attribute)) >= 0) {
        if (H5Tget_class(*type) == class)
            return 0;
        H5Tclose(*type);
    }
    H5Aclose(*attribute);
    return -1;
}

char *hdf5_get_text(hid_t object, const char *name, size_t max)
{
    hid_t attribute, type;
    char *text = NULL;
    if (open_scalar(object, name, H5T_STRING, &attribute, &type) != 0)
        return NULL;
    const size_t size = H5Tget_size(type);
    if (H5Tis_variable_str(type) == 0 && size <= max && (text = allocate(size + 1, 1)) != NULL &&
        H5Aread(attribute, type, text) < 0) {
        free(text);
        text = NULL;
    }
    H5Tclose(type);
    H5Aclose(attribute);
    return text;
}

int hdf5_get_integer(hid_t object, const char *name, int64_t *value)
{
    hid_t attribute, type;
    if (open_scalar(object, name, H5T_INTEGER, &attribute, &type) != 0)
        return -1;
    const int status = H5Aread(attribute, H5T_NATIVE_INT64, value) >= 0 ? 0 : -1;
    H5Tclose(type);
    H5Aclose(attribute);
    return status;
}
