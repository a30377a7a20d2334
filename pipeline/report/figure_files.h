/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * figure_files.h - what gnuplot left behind, checked and made the same on every run.
 */
#ifndef REPORT_FIGURE_FILES_H
#define REPORT_FIGURE_FILES_H

#include <stddef.h>

/** Largest file a figure may have. */
enum { FIGURE_BYTES_MAX = 64 << 20 };

/** Does a PDF, a PNG begin and end as such a file does?  0, or -1 after telling; name serves the message. */
int figure_check_pdf(const char *bytes, size_t length, const char *name);
int figure_check_png(const char *bytes, size_t length, const char *name);

/** Writes one fixed date over the digits of /CreationDate, the only part of a PDF that differs between runs. */
void figure_fix_pdf_date(char *bytes, size_t length);

/** Writes a file of the release by base/output.h; -1 after telling. */
int figure_write(const char *path, const char *bytes, size_t length);

#endif
