/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * dashboard_chart.h - the two charts of a dashboard, drawn for readers without the script; with it the script draws the
 * same for a programme and a stretch of time.
 *
 *     funnel    programmes: share, adjusted for who came, against the number of people (stats/funnel.h: `effective`);
 *               limits at 95 % and 99.8 %, with dispersion
 *     control   all programmes together by period: share, centre, limits at three standard deviations
 *
 * Colours come from the page's style, so both are legible on dark ground; what stands out differs in shape.
 */
#ifndef REPORT_DASHBOARD_CHART_H
#define REPORT_DASHBOARD_CHART_H

#include "report/dashboard.h"
#include "report/html.h"

/* False when there was nothing to draw, and a sentence stands there. */
bool dashboard_funnel(struct html *html, const struct dashboard *dashboard, size_t measure);
bool dashboard_control(struct html *html, const struct dashboard *dashboard, size_t measure);

#endif
