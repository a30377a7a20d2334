/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * programme_cells.h - rows of the released tables `programmes` and `programme_measures` as figures read them.
 *
 * In `programmes` an empty programme stands for all of them, an empty period for all periods.
 */
#ifndef REPORT_PROGRAMME_CELLS_H
#define REPORT_PROGRAMME_CELLS_H

#include <stdbool.h>
#include <stddef.h>

#include "report/bundle.h"

/** So many measures, the first ones, have figures; the dashboard has all. */
enum { PROGRAMME_FIGURES_MAX = 12 };

/** The rows of programmes that belong to row `measure` of programme_measures: they stand together. */
struct programme_span {
    size_t first, end; /* first == end: none */
};
struct programme_span programme_rows(struct bundle *bundle, size_t measure);

/** Is it over all periods? */
bool programme_is_whole(const struct table *programmes, size_t row);

/** Does its signal speak of this ("95 %", "above the limits")?  "95 %" is not found in "99.8 %". */
bool programme_signal_has(const struct table *programmes, size_t row, const char *what);

/** "Retention at 90 days", what a reader calls the measure. */
const char *programme_measure_label(struct bundle *bundle, size_t measure);

/** Is the measure a rate: events over the time under observation?  Then values are read times 1,000, shares times 100. */
bool programme_is_rate(struct bundle *bundle, size_t measure);
double programme_scale(struct bundle *bundle, size_t measure);

/**
 * Is it told as a share of the people of the first measure (programme_shares.h)?  Then it is known in whole per cent.
 * " Told as a share: the people are those of ...", a sentence for captions; "" when it is told by its counts.
 */
bool programme_is_share(struct bundle *bundle, size_t measure);
const char *programme_share_words(struct bundle *bundle, size_t measure);

/** "%", "per 1,000 person-days". */
const char *programme_unit(struct bundle *bundle, size_t measure);

/** A value as people read it, without its unit. */
const char *programme_bare(struct bundle *bundle, size_t measure, double value);

/** " Without a picture: A; B. The dashboard has them.", of the measures beyond the first ones; "". */
const char *programme_left_out(struct bundle *bundle);

/** "All programmes", or its name. */
const char *programme_label(struct bundle *bundle, size_t row);

#endif
