/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * source.h - the made-up source files.
 *
 *     episodes.csv   a row a stay, with the person's traits    what a payer would hand out: these are to be linked
 *     clients.csv    a row a person
 *     tests.csv      a row a urine test
 *     visits.csv     a row a person who left the plan or died
 *     people.csv     a row a person, with the outcomes as the simulator knows them: the same answers without linking
 *
 * Rows stand in the order of persons, then of days.  A stay that begins after the last day on which the source sees
 * the person is not there; one that ends after it has neither discharge nor reason.
 */
#ifndef SIMULATE_SOURCE_H
#define SIMULATE_SOURCE_H

#include "simulate/margins.h"
#include "simulate/model.h"

struct source_counts {
    int64_t stays, tests, cohort, full; /* full: persons whose stays did not all fit (history.h) */
};

/** Writes the files into the folder; the same bytes for any number of threads.  -1 after telling. */
int source_write(const struct model *model, const char *folder, struct margins *margins, struct source_counts *counts);

#endif
