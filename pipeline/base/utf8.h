/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * utf8.h - where a character of UTF-8 text ends.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/**
 * Bytes (1..4) of the valid character that starts at bytes[0], of `length` bytes that may be read; 0
 * when there is none (length 0, a stray or missing continuation byte, an overlong form, a surrogate,
 * beyond U+10FFFF).  Its code point goes to *character, which may be NULL.
 */
size_t utf8_character(const char *bytes, size_t length, uint32_t *character);

/** The longest prefix of at most `max` bytes that does not cut a valid character in two. */
size_t utf8_cut(const char *bytes, size_t length, size_t max);

#endif
