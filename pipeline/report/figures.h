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

enum figure_kind { FIGURE_CURVES, FIGURE_FOREST, FIGURE_RISKS, FIGURE_ATTRITION, FIGURE_STEPDOWN };

struct figure {
    enum figure_kind kind;
    const char *name;             /* of its files: [a-z0-9-] */
    const char *title, *caption;  /* for people */
    const char *description;      /* what the picture shows, for those who do not see it */
    struct text_table alternative; /* its numbers */
    size_t row;                   /* curves: a row of the curve; forest, risks: the first row of the scale; step-down:
                                     a row of arms, SIZE_MAX all episodes */
    bool failed;
    char *svg[2];                 /* wide, narrow: the checked SVG text, owned; NULL when failed */
    size_t svg_length[2];
};

struct figures {
    size_t n;
    struct figure *items;
};

int figures_plan(struct bundle *bundle, struct figures *figures); /* -1 after telling */
void figures_free(struct figures *figures);

/** Adds an empty figure of this kind and name; NULL after telling. */
struct figure *figures_add(struct figures *figures, struct bundle *bundle, enum figure_kind kind, const char *name);

/* Each kind: plan adds its figures with words and alternative, draw lays one out at one size. -1 after telling. */
int curves_plan(struct bundle *bundle, struct figures *figures);
int curves_draw(struct bundle *bundle, const struct figure *figure, struct drawing *drawing);
int forest_plan(struct bundle *bundle, struct figures *figures);
int forest_draw(struct bundle *bundle, const struct figure *figure, struct drawing *drawing);
int risks_plan(struct bundle *bundle, struct figures *figures);
int risks_draw(struct bundle *bundle, const struct figure *figure, struct drawing *drawing);
int flow_plan(struct bundle *bundle, struct figures *figures);
int flow_draw(struct bundle *bundle, const struct figure *figure, struct drawing *drawing);
int stepdown_plan(struct bundle *bundle, struct figures *figures);
int stepdown_draw(struct bundle *bundle, const struct figure *figure, struct drawing *drawing);

/**
 * Draws all figures into release_folder/figures.  work_folder: where a private folder for gnuplot is made.
 * limit_seconds: of one run of gnuplot.  Returns the number of figures that failed (told), or -1 when nothing more
 * can be written.
 */
int figures_make(struct bundle *bundle, struct figures *figures, const char *release_folder, const char *work_folder,
                 int limit_seconds);

#endif
