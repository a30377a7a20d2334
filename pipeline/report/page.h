/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * page.h - report.html: one page that needs nothing but itself.
 *
 * Order: the answer in a sentence with its caveats; verdicts; figures, each with its numbers; tables; methods in
 * plain words; where it all came from.  The same bundle gives the same bytes.  Every table can be scrolled by
 * keyboard, has a caption and scopes; headings are nested; the page is readable from 320 pixels, in the dark and on
 * paper; colours keep a contrast of at least 4.5 to 1.
 */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include "report/answer.h"
#include "report/bundle.h"
#include "report/figures.h"
#include "report/html.h"
#include "report/page_shell.h"
#include "report/text_table.h"

/** The page, caller frees; NULL after telling. */
char *page_make(struct bundle *bundle, const struct figures *figures, const struct answer *answer, size_t *length);

/** review.html: published and recomputed, then every number with the key of its row.  Caller frees; NULL after telling. */
char *page_review(struct bundle *bundle, size_t *length);

/* The parts, in order; each writes one <section>. */
void page_answer(struct html *html, struct bundle *bundle, const struct answer *answer);
void page_verdicts(struct html *html, struct bundle *bundle);
void page_figures(struct html *html, struct bundle *bundle, const struct figures *figures);
void page_tables(struct html *html, struct bundle *bundle);
void page_methods(struct html *html, struct bundle *bundle);
void page_trial(struct html *html, struct bundle *bundle);
void page_strategies(struct html *html, struct bundle *bundle); /* nothing where the study has none */
void page_checklists(struct html *html, struct bundle *bundle);
void page_provenance(struct html *html, struct bundle *bundle);

/** A finished table in a frame that scrolls sideways. */
void page_table(struct html *html, const struct text_table *table);

/** The tables of the page. -1 after telling; *table is to be freed with text_table_free. */
int verdict_table(struct bundle *bundle, struct text_table *table);
int estimate_table(struct bundle *bundle, const char *outcome, struct text_table *table);
int baseline_table(struct bundle *bundle, const char *population, struct text_table *table);
int attrition_table(struct bundle *bundle, struct text_table *table);
/** Published numbers beside ours; no rows where the study names none. */
int published_table(struct bundle *bundle, struct text_table *table);
/** The same for a reviewer: each with the key of its row. */
int review_table(struct bundle *bundle, struct text_table *table);

struct published_counts {
    size_t n, matches, differs;
};
struct published_counts published_count(const struct bundle *bundle);

/** "outcome=relapse measure=risk arm=iop time=90": by which a row of estimates is found. */
const char *row_key(struct bundle *bundle, const struct table *table, size_t row);
/** What an analysis compares when it is of strategies: "NAME: by day 14; ...", and their reference; "" otherwise. */
const char *page_strategies_of(struct bundle *bundle, const char *analysis, const char **reference);

/** The day from which people are followed, in words. */
const char *page_time_zero(struct bundle *bundle);
int losses_table(struct bundle *bundle, struct text_table *table);
int evidence_table(struct bundle *bundle, struct text_table *table);
int ranges_page_table(struct bundle *bundle, struct text_table *table);
int quality_table(struct bundle *bundle, struct text_table *table);
int quality_columns_table(struct bundle *bundle, struct text_table *table);

/** What all pages of a release say at their end and at their head. */
const char *page_footer(struct bundle *bundle);
const char *page_title(const struct bundle *bundle);

#endif
