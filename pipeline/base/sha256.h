/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * sha256.h - SHA-256 by libcrypto (FIPS 180-4).
 */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>

enum { SHA256_HEX_SIZE = 65 }; /* 64 hexadecimal digits and the NUL */

struct sha256;

struct sha256 *sha256_start(void); /* NULL after telling */
void sha256_add(struct sha256 *sha, const void *bytes, size_t length);
/** Writes the digest and frees.  0, or -1 after telling; sha NULL gives -1 (told at its start).  On -1 hex is "". */
int sha256_finish(struct sha256 *sha, char hex[static SHA256_HEX_SIZE]);
void sha256_free(struct sha256 *sha); /* for error paths; NULL is fine */

const char *sha256_library(void); /* version of libcrypto, "3.0.17" */

int sha256_bytes(const void *bytes, size_t length, char hex[static SHA256_HEX_SIZE]);
int sha256_file(const char *path, char hex[static SHA256_HEX_SIZE]); /* -1 after telling */

/** Reads an open file from where it stands to its end; path serves messages.  -1 after telling. */
int sha256_descriptor(int file, const char *path, char hex[static SHA256_HEX_SIZE]);

#endif
