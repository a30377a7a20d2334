/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/version.h"

/* Given by the Makefile from the file VERSION and from git; a build by hand has neither. */
#ifndef STEPDOWN_VERSION
#define STEPDOWN_VERSION "unknown"
#endif
#ifndef STEPDOWN_COMMIT
#define STEPDOWN_COMMIT "unknown"
#endif

#define AS_TEXT(value) AS_TEXT_(value)
#define AS_TEXT_(value) #value

const char *const stepdown_version = STEPDOWN_VERSION;
const char *const stepdown_commit = STEPDOWN_COMMIT;

#if defined(__clang__) /* clang calls itself gcc 4.2.1 as well */
const char *const stepdown_compiler =
    "clang " AS_TEXT(__clang_major__) "." AS_TEXT(__clang_minor__) "." AS_TEXT(__clang_patchlevel__);
#elif defined(__GNUC__)
const char *const stepdown_compiler =
    "gcc " AS_TEXT(__GNUC__) "." AS_TEXT(__GNUC_MINOR__) "." AS_TEXT(__GNUC_PATCHLEVEL__);
#else
const char *const stepdown_compiler = "unknown";
#endif
