/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * replaces_malloc.h - may a test put functions of its own in the place of malloc?  Sanitizers have theirs.
 */
#ifndef TESTS_SUPPORT_REPLACES_MALLOC_H
#define TESTS_SUPPORT_REPLACES_MALLOC_H

#if defined(__SANITIZE_ADDRESS__)
#define REPLACES_MALLOC 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define REPLACES_MALLOC 0
#endif
#endif
#ifndef REPLACES_MALLOC
#define REPLACES_MALLOC 1
#endif

#endif
