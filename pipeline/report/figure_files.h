/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * figure_files.h - the files of a figure: what they are called, and what gnuplot left behind, checked and made the same on
 * every run.
 */
#ifndef REPORT_FIGURE_FILES_H
#define REPORT_FIGURE_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "report/figures.h"

/** Both sizes of every figure, the wide one first. */
enum { N_SIZES = 2 };
struct figure_size {
    const char *name;   /* "wide", "narrow" */
    const char *suffix; /* of the file's name */
    double width;       /* millimetres: two columns of a journal, one column */
};
extern const struct figure_size figure_sizes[N_SIZES];

/** FOLDER/NUMBER-SIZE: what the tables and pictures of a figure begin with in gnuplot's folder. */
const char *figure_stem(struct pool *pool, const char *folder, size_t number, size_t size);

/**
 * Takes pictures from gnuplot's folder, checks them and writes them into release_folder/figures: all six files of a figure or
 * none, since a figure with half of its files would be two figures.  Figures that failed before are passed over; one whose
 * files are not whole is marked.  Sets svg and inlined of the others.
 *
 *     figures_keep_start()                                     NULL after telling
 *     figures_keep_one()                                       a figure that is whole, while others are drawn
 *     figures_keep_rest()                                      all others, side by side; -1 when nothing more can be written
 *     figures_keep_end()                                       tells what went wrong, in the order of figures, and frees
 */
struct figures_keeping;
struct figures_keeping *figures_keep_start(struct bundle *bundle, struct figures *figures, const char *folder,
                                           const char *release_folder);
void figures_keep_one(struct figures_keeping *keeping, size_t number);
bool figures_kept(const struct figures_keeping *keeping, size_t number);
int figures_keep_rest(struct figures_keeping *keeping, int n_threads);
void figures_keep_end(struct figures_keeping *keeping); /* NULL is fine */

/** Largest file a figure may have. */
enum { FIGURE_BYTES_MAX = 64 << 20 };

/** Does a PDF, a PNG begin and end as such a file does?  0, or -1 after telling; name serves the message. */
int figure_check_pdf(const char *bytes, size_t length, const char *name);
int figure_check_png(const char *bytes, size_t length, const char *name);

/** Writes one fixed date over the digits of /CreationDate, the only part of a PDF that differs between runs. */
void figure_fix_pdf_date(char *bytes, size_t length);

#endif
