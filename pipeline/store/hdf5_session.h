/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * hdf5_session.h - how we talk to the HDF5 library: quietly, and as we want it whatever the environment says.
 */
#ifndef STORE_HDF5_SESSION_H
#define STORE_HDF5_SESSION_H

#include <hdf5.h>

/** Starts the library: no error stack on stderr, no plugins from the file system.  -1 after telling. */
int hdf5_start(void);

/**
 * Tells "error: TEXT: CAUSE" with the innermost message of the library's error stack (of a failed read
 * or write only the operating system's reason) and returns -1.  Call it before any other HDF5 function.
 */
int hdf5_fail(const char *format, ...) __attribute__((format(printf, 1, 2), cold));

/**
 * File access list: POSIX files, format V110, no file locks (HDF5's can be switched off by the
 * environment; ours is base/lock.h), and a file does not close while an object in it is open.  Caller
 * closes; negative after telling.
 */
hid_t hdf5_file_access(void);

#endif
