/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * verifiable.h - is this something that `stepdown verify` takes?  A folder, a page, a manifest or a table of a release are not: the
 * results file beside them is, and they are checked with it.
 */
#ifndef VERIFY_VERIFIABLE_H
#define VERIFY_VERIFIABLE_H

/** 0; -1 after telling what to verify instead. */
int verifiable_check(const char *path);

#endif
