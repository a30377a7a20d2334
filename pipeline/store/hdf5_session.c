/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/hdf5_session.h"

#include "base/fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { CAUSE_SIZE = 256, TEXT_SIZE = 1024 };

int hdf5_start(void)
{
    if (H5open() < 0)
        return fail("the HDF5 library does not start");
    if (H5Eset_auto2(H5E_DEFAULT, NULL, NULL) < 0 || H5PLset_loading_state(0) < 0)
        return hdf5_fail("the HDF5 library does not start");
    return 0;
}

/* The library's text of a failed read or write is a line of addresses and times around the reason. */
static void copy_cause(char cause[static CAUSE_SIZE], const char *text)
{
    static const char marker[] = "error message = '";
    const char *const reason = strstr(text, marker);
    const char *const start = reason != NULL ? reason + sizeof marker - 1 : text;
    const size_t length = reason != NULL ? strcspn(start, "'") : strlen(start);
    snprintf(cause, CAUSE_SIZE, "%.*s", (int)(length < CAUSE_SIZE ? length : CAUSE_SIZE - 1), start);
}

static herr_t take_innermost(unsigned n, const H5E_error2_t *error, void *cause)
{
    if (n == 0 && error->desc != NULL)
        copy_cause(cause, error->desc);
    return 0;
}

int hdf5_fail(const char *format, ...)
{
    char cause[CAUSE_SIZE] = "", text[TEXT_SIZE];
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_innermost, cause);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return cause[0] != '\0' ? fail("%s: %s", text, cause) : fail("%s", text);
}

hid_t hdf5_file_access(void)
{
    const hid_t list = H5Pcreate(H5P_FILE_ACCESS);
    if (list >= 0 && H5Pset_fapl_sec2(list) >= 0 && H5Pset_libver_bounds(list, H5F_LIBVER_V110, H5F_LIBVER_V110) >= 0 &&
        H5Pset_file_locking(list, 0, 1) >= 0 && H5Pset_fclose_degree(list, H5F_CLOSE_SEMI) >= 0)
        return list;
    hdf5_fail("the HDF5 library refuses its settings");
    if (list >= 0)
        H5Pclose(list);
    return H5I_INVALID_HID;
}
