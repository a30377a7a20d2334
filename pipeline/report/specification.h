/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * specification.h - one question asked in many ways: by profile, adjustment, population and analysis.
 *
 * The ways are rows of estimates that share outcome, measure, day and arms.  What they differ in are factors; a
 * factor with one option alone is no choice and is left out.  Simonsohn, Simmons & Nelson 2020,
 * doi:10.1038/s41562-020-0912-z.
 */
#ifndef REPORT_SPECIFICATION_H
#define REPORT_SPECIFICATION_H

#include <stdbool.h>
#include <stddef.h>

#include "report/bundle.h"

enum { FACTORS = 4, OPTIONS_MAX = 24, WAYS_MAX = 400 };

struct factor {
    const char *name;
    size_t n;
    const char *options[OPTIONS_MAX];
};

struct way {
    size_t row;
    double estimate, conf_low, conf_high;
    size_t option[FACTORS]; /* OPTIONS_MAX: more options than are drawn */
    bool declared;          /* no profile: the study as it stands */
};

struct specification {
    struct factor factors[FACTORS];
    size_t n;
    struct way *ways; /* [n] by estimate */
};

/** Is this row part of such a question, with an estimate? */
bool specification_has(struct bundle *bundle, size_t row);
bool specification_same(const struct table *estimates, size_t row, size_t other);

/** All ways of asking what row `first` asks.  -1 after telling. */
int specification_read(struct bundle *bundle, size_t first, struct specification *spec);
void specification_free(struct specification *spec);

#endif
