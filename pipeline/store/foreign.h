/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * foreign.h - a file from elsewhere is read in a limited child before it is read here.
 *
 * The library that reads HDF5 crashes on some damaged files.  So the whole file is read by a child process that may not write,
 * has bounded memory and time, and is all that can crash; only then the caller reads it, by the same code, and tells what else is wrong with it.
 *
 *     memory       4 GiB more than the file is large          time         60 s of the processor
 *     open files   as many as it has, and a few               written      nothing
 *
 * Of a file that changes between the two readings nothing is promised.
 */
#ifndef STORE_FOREIGN_H
#define STORE_FOREIGN_H

/** Call before the first OpenMP region (store.h).  0 when reading it comes to an end; -1 after telling how it ended. */
int foreign_check(const char *path);

#endif
