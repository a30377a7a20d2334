/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * published.h - the published counts that the made-up persons and stays are calibrated to.
 *
 * Source: Treatment Episode Data Set, discharges (TEDS-D), United States; public domain.
 *   2017-2020   6,441,469 discharges, counts by variable.  Missing codes are left out here.
 *   2004        957,491 discharges from 28 states, Table 2.5 (reason by service) and the tables of length of stay.
 */
#ifndef SIMULATE_PUBLISHED_H
#define SIMULATE_PUBLISHED_H

#include <stdint.h>

#include "simulate/settings.h"

/** Services as TEDS counts them; partial hospital is part of intensive outpatient there. */
enum service { SERVICE_DETOX, SERVICE_HOSPITAL, SERVICE_SHORT, SERVICE_LONG, SERVICE_IOP, SERVICE_OUTPATIENT, N_SERVICES };
extern const char *const service_words[N_SERVICES];
enum service service_of_level(enum level level);

/** Reasons as the tables of 2004 count them: incarcerated, died and other are one. */
enum { N_PUBLISHED_REASONS = 5 };
extern const char *const published_reason_words[N_PUBLISHED_REASONS];
int published_reason(enum reason reason); /* completed, transferred, dropped out, terminated, other: 0 .. 4 */

extern const int64_t published_services[N_SERVICES];                      /* discharges 2017-2020 */
extern const int64_t published_reasons[N_SERVICES][N_PUBLISHED_REASONS]; /* discharges 2004 */
extern const int published_median_days[N_SERVICES][N_PUBLISHED_REASONS]; /* days 2004; 0: none is published */

/** Of discharges 2017-2020 that the tables of 2004 would call other. */
extern const int64_t published_incarcerated, published_died, published_other;

#endif
