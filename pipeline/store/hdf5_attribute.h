/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * hdf5_attribute.h - scalar attributes: fixed-length UTF-8 padded with NULs, and int64.
 */
#ifndef STORE_HDF5_ATTRIBUTE_H
#define STORE_HDF5_ATTRIBUTE_H

#include <hdf5.h>
#include <stdint.h>

/** Fixed-length UTF-8 of max(width, 1) bytes, padded with NULs.  Caller closes; negative on failure. */
hid_t hdf5_text_type(size_t width);

/* All are silent.  Negative on failure. */
int hdf5_put_scalar(hid_t object, const char *name, hid_t type, const void *value);
int hdf5_put_text(hid_t object, const char *name, const char *text);
int hdf5_put_integer(hid_t object, const char *name, int64_t value);

/** The text, caller frees; NULL when it is not there, is no scalar of fixed-length text or is longer than max. */
char *hdf5_get_text(hid_t object, const char *name, size_t max);

/** -1 when it is not there or is no scalar integer. */
int hdf5_get_integer(hid_t object, const char *name, int64_t *value);

#endif
