/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * figures.h - which figures a release has, and how each comes into being.
 *
 * figures_plan() looks at the released tables and lists the figures; figures_make() draws each with gnuplot and
 * writes figures/NAME.svg, .pdf and .png at two sizes (183 mm, and 89 mm as NAME-narrow).  A figure that fails
 * is marked and told; the others, and all numbers, stay.
 */
#ifndef REPORT_FIGURES_H
#define REPORT_FIGURES_H

#include <stdbool.h>
#include <stddef.h>

#include "report/bundle.h"
#include "report/drawing.h"
#include "report/text_table.h"

struct figure;
struct figures;

/** One kind of figure: a file figure_NAME.c and a template. */
struct figure_kind {
    const char *template_name; /* plots/TEMPLATE_NAME.gp */
    /* Adds the figures of this kind that the released tables have rows for, with words and alternative. */
    int (*plan)(struct bundle *bundle, struct figures *figures);
    /* Lays one out at one size. */
    int (*draw)(struct bundle *bundle, const struct figure *figure, struct drawing *drawing);
}; /* both -1 after telling */

struct figure {
    const struct figure_kind *kind;
    const char *name;             /* of its files: [a-z0-9-] */
    const char *title, *caption;  /* for people */
    const char *description;      /* what the picture shows, for those who do not see it */
    struct text_table alternative; /* its numbers */
    size_t row;                   /* curves: a row of the curve; forest, risks: the first row of the scale; step-down:
                                     a row of arms, SIZE_MAX all episodes */
    bool failed;
    char *svg[2];                 /* wide, narrow: the checked SVG text, owned; NULL when failed */
    size_t svg_length[2];
    char *inlined[2];             /* the same as elements of a page, owned; NULL when failed */
};

struct figures {
    size_t n;
    struct figure *items;
};

int figures_plan(struct bundle *bundle, struct figures *figures); /* -1 after telling */
void figures_free(struct figures *figures);

/** Adds an empty figure of this kind and name; NULL after telling. */
struct figure *figures_add(struct figures *figures, struct bundle *bundle, const struct figure_kind *kind,
                           const char *name);

/* In the order of the page. */
extern const struct figure_kind figure_curves, figure_stack, figure_states, figure_rmst, figure_forest, figure_subgroups,
    figure_trials, figure_grid, figure_definitions, figure_specification, figure_risks, figure_love,
    figure_overlap, figure_bias, figure_tipping, figure_calibration, figure_funnel, figure_programmes, figure_control,
    figure_multiples, figure_stepdown, figure_attrition;

/** Removes what processes that were killed have left of pictures in release_folder/figures. */
void figures_sweep(const char *release_folder);

/**
 * Draws all figures into release_folder/figures, dealt to n_processes gnuplots that run side by side; the bytes do
 * not depend on how many.  When one of those ends badly its figures are drawn again, each by itself, so that a bad
 * one takes no other with it.  work_folder: where a private folder for gnuplot is made.  limit_seconds: of the drawing
 * of one figure.  Returns the number of figures that failed (told), or -1 when nothing more can be written.
 */
int figures_make(struct bundle *bundle, struct figures *figures, const char *release_folder, const char *work_folder,
                 int n_processes, int limit_seconds);

#endif
