/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * person_key.h - person identifiers made unreadable: HMAC-SHA256 (RFC 2104, FIPS 198-1) under a secret key.
 *
 * The same identifier gives the same two numbers under the same key, in every table and every year, and nothing
 * without the key: it is drawn at random (256 bits), lies in a file that only its owner can read, and never stands
 * in an argument, the environment or an output.  What may be shown is its fingerprint.
 *
 *     printf %s C0001 | openssl dgst -sha256 -mac HMAC -macopt hexkey:$(cat site.key)
 *
 * gives the bytes whose first and second eight, most significant byte first, are the two numbers.
 */
#ifndef BASE_PERSON_KEY_H
#define BASE_PERSON_KEY_H

#include <stddef.h>
#include <stdint.h>

enum { PERSON_KEY_BYTES = 32, PERSON_KEY_FINGERPRINT_SIZE = 33 };

struct person_key;

/** Draws a key and writes it as 64 hexadecimal digits to a new file, mode 0600.  -1 after telling: it exists. */
int person_key_make(const char *path);

/**
 * NULL after telling: no such file, not a regular file, not owned by this user, readable by others, not 64
 * hexadecimal digits.  Messages never show what the file holds.
 */
struct person_key *person_key_read(const char *path);
void person_key_free(struct person_key *key); /* wipes it; NULL is fine */

/** 32 hexadecimal digits that name the key and tell nothing about it. */
const char *person_key_fingerprint(const struct person_key *key);

/**
 * The two numbers of an identifier.  Neither is INT64_MIN, which marks a missing value (one identifier in 2^63
 * shares its number with a neighbour).  Threads may share a key.  -1 after telling.
 */
int person_key_digest(const struct person_key *key, const char *text, size_t length, int64_t digest[static 2]);

#endif
