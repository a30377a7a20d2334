/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * nameless.h - a private file without a name, for what does not fit into memory: it vanishes with its owner, however
 * that ends.
 */
#ifndef BASE_NAMELESS_H
#define BASE_NAMELESS_H

/** Opens an empty file in a folder for reading and writing.  The descriptor, or -1 with errno, nothing told. */
int nameless_open(const char *folder);

#endif
