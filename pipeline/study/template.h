/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * template.h - a study to start from.
 */
#ifndef STUDY_TEMPLATE_H
#define STUDY_TEMPLATE_H

#include <stdbool.h>

/**
 * Writes study.yaml, codebook.yaml and data.csv (80 made-up rows, which run as they are) into a folder, which is
 * made when it is not there; of_stays: a source of stays that are linked, stays.csv in place of data.csv, with a codebook
 * for claims-like files.  When one of the files exists, nothing is written.  -1 after telling.
 */
int template_write(const char *folder, bool of_stays);

/* The texts (template_study.c, template_data.c, template_stays.c, template_stays_data.c). */
extern const char template_study[], template_codebook[], template_data[];
extern const char template_stays_study[], template_stays_codebook[], template_stays_data[];

#endif
