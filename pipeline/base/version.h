/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * version.h - who made these numbers.
 */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

extern const char *const stepdown_version;  /* "0.1.0" */
extern const char *const stepdown_commit;   /* "7929368abcde", or "unknown" */
extern const char *const stepdown_compiler; /* "gcc 12.2.0" */

#endif
