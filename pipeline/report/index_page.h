/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * index_page.h - one page over several studies: what each found, and where its pages are.
 */
#ifndef REPORT_INDEX_PAGE_H
#define REPORT_INDEX_PAGE_H

#include <stddef.h>

/**
 * Writes the page at `path`.  folders: of runs, or of releases; in the order given.  Links are relative to the page, so the
 * whole may be moved together.  A folder without a release is told and fails.  Returns an exit status.
 */
int index_page_write(const char *path, char *const *folders, size_t n);

/** The path of `target` seen from the folder of `page`, both as realpath() gives them; caller frees; NULL after telling. */
char *relative_path(const char *page_folder, const char *target);

/** A path as a link: everything but letters, digits and -._~/ as %XX; caller frees; NULL after telling. */
char *path_as_link(const char *path);

#endif
